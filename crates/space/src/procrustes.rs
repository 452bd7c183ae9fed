//! How alike two point sets are once shifted, turned, mirrored and scaled onto each other.
//!
//! Deliberately absent: correspondence; row `i` of one is row `i` of the other.

use crate::eigen::singular;
use crate::moments::{Centred, cross};
use crate::{Cancel, Error, UNWATCHED, Vectors};

/// What remains between two spaces after the best shift, rotation, mirror and scale, 0 (same shape) to 1: the
/// disparity of `scipy.spatial.procrustes`. Spaces of unequal dimension are compared as if the smaller one had columns
/// of zeros. Two spaces that do not vary are the same (0); one that varies and one that does not share nothing (1).
pub fn disparity(a: &Vectors, b: &Vectors, cancel: &Cancel) -> Result<f64, Error> {
    let (a, b) = (Centred::new(a)?, Centred::new(b)?);
    let products = cross(&a, &b, UNWATCHED, cancel)?;
    let lengths = (squares(&a) * squares(&b)).sqrt();
    if lengths <= 0.0 {
        return Ok(if squares(&a) == squares(&b) { 0.0 } else { 1.0 });
    }
    let shared: f64 = singular(&products, a.dim(), b.dim(), false)?.values.iter().sum::<f64>() / lengths;
    Ok((1.0 - shared * shared).clamp(0.0, 1.0))
}

/// `moved`, shifted, turned, mirrored and scaled as a whole so that it lies as near to `reference` as it can (least
/// squares). Both `[rows, dim]`; where either does not vary, `moved` is only shifted. Distances within it keep their
/// proportions.
pub fn align(reference: &Vectors, moved: &Vectors) -> Result<Vectors, Error> {
    let dim = reference.dim();
    if (moved.rows(), moved.dim()) != (reference.rows(), dim) {
        let shape = |vectors: &Vectors| format!("{} × {}", vectors.rows(), vectors.dim());
        return Err(Error::shape(shape(reference), shape(moved)));
    }
    let (target, source) = (Centred::new(reference)?, Centred::new(moved)?);
    let products = cross(&source, &target, UNWATCHED, &Cancel::default())?;
    let spread = squares(&source);
    let (turn, factor) = if spread > 0.0 && squares(&target) > 0.0 {
        let found = singular(&products, dim, dim, true)?;
        let factor = found.values.iter().sum::<f64>() / spread * source.scale / target.scale;
        (&found.u * found.v.transpose(), factor)
    } else {
        (faer::Mat::identity(dim, dim), 1.0)
    };
    let mut values = Vec::with_capacity(moved.as_slice().len());
    for row in moved.iter() {
        for column in 0..dim {
            let along: f64 = (0..dim).map(|at| (f64::from(row[at]) - source.mean[at]) * turn[(at, column)]).sum();
            values.push((along * factor + target.mean[column]) as f32);
        }
    }
    if values.is_empty() { Ok(Vectors::empty(dim)) } else { Vectors::new(values, dim) }
}

/// The sum of squares of the centred, scaled rows.
fn squares(centred: &Centred) -> f64 {
    let mut row = Vec::with_capacity(centred.dim());
    let square = |at| {
        centred.block(at, at + 1, &mut row);
        crate::metric::sum(&row, &row, |x, y| x * y)
    };
    (0..centred.rows()).map(square).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::normal;

    fn turned(layout: &Vectors, angle: f32, factor: f32, shift: f32, mirrored: bool) -> Vectors {
        let (sin, cos) = angle.sin_cos();
        let flip = if mirrored { -1.0 } else { 1.0 };
        let place = |row: &[f32]| {
            let (x, y) = (row[0] * flip, row[1]);
            [(cos * x - sin * y) * factor + shift, (sin * x + cos * y) * factor - shift]
        };
        Vectors::new(layout.iter().flat_map(place).collect(), 2).expect("whole rows")
    }

    proptest! {
        #[test]
        fn a_moved_copy_comes_back(
            angle in 0.0_f32..6.2, factor in 0.1_f32..20.0, shift in -50.0_f32..50.0, mirrored in any::<bool>(),
        ) {
            let layout = normal(40, 2, 9);
            let moved = turned(&layout, angle, factor, shift, mirrored);
            let back = align(&layout, &moved).expect("same shape");
            for (a, b) in back.as_slice().iter().zip(layout.as_slice()) {
                prop_assert!((a - b).abs() < 1e-3, "{} {}", a, b);
            }
            prop_assert!(disparity(&layout, &moved, &Cancel::default()).expect("same rows") < 1e-5);
        }
    }

    #[test]
    fn disparity_is_symmetric_and_bounded() {
        let (a, b) = (normal(50, 3, 1), normal(50, 7, 2));
        let (ab, ba) = (
            disparity(&a, &b, &Cancel::default()).expect("same rows"),
            disparity(&b, &a, &Cancel::default()).expect("same rows"),
        );
        assert!((ab - ba).abs() < 1e-9 && (0.5..=1.0).contains(&ab));
    }

    #[test]
    fn degenerate_input_is_answered() {
        let (flat, layout) = (Vectors::new(vec![1.0; 8], 2).expect("four rows"), normal(4, 2, 0));
        assert_eq!(disparity(&flat, &flat, &Cancel::default()), Ok(0.0));
        assert_eq!(disparity(&flat, &layout, &Cancel::default()), Ok(1.0));
        assert!(align(&layout, &flat).expect("same shape").check_finite().is_ok());
        assert!(align(&flat, &layout).expect("same shape").check_finite().is_ok());
        assert!(align(&layout, &normal(5, 2, 0)).is_err());
        assert_eq!(align(&Vectors::empty(2), &Vectors::empty(2)).expect("empty").rows(), 0);
    }
}
