//! The first principal components of many rows in very many columns, without all products of columns.
//!
//! Random directions are turned towards those of most variance by multiplying them with the covariance again and again,
//! and what is best within their span is taken (Halko, Martinsson and Tropp 2011). Deliberately absent: small matrices,
//! which are decomposed exactly.

use super::{Spectrum, filling, fix_sign, perpendicular};
use crate::moments::{Centred, cross_along, squares};
use crate::{Cancel, Error, Progress, eigen, sample};

/// Directions beyond those wanted, and how often all are turned.
pub(super) const EXTRA: usize = 10;
const TURNS: usize = 6;
const SEED: u64 = 42;
/// What is left of a direction when it is no more than rounding.
const LEAST: f64 = 1e-6;

pub(super) fn by_sampling(
    centred: &Centred,
    wanted: usize,
    progress: Progress,
    cancel: &Cancel,
) -> Result<Spectrum, Error> {
    let (dim, width) = (centred.dim(), (wanted + EXTRA).min(centred.dim()));
    let mut chance = sample::generator(SEED);
    let drawn = (0..width).map(|_| (0..dim).map(|_| sample::gauss(&mut chance)).collect());
    let mut basis = orthonormal(drawn, dim);
    for turn in 0..TURNS {
        basis = orthonormal(spread(centred, &basis, cancel)?.into_iter(), dim);
        progress(turn + 1, TURNS + 1);
    }
    let spread = spread(centred, &basis, cancel)?;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let within: Vec<f64> = basis.iter().flat_map(|a| spread.iter().map(|b| product(a, b))).collect();
    let (mut values, mut weights) = eigen::symmetric(&within, width)?;
    values.truncate(wanted);
    weights.truncate(wanted);
    let direction = |weights: Vec<f64>| {
        let mut direction = vec![0.0; dim];
        for (weight, along) in weights.into_iter().zip(&basis) {
            direction.iter_mut().zip(along).for_each(|(sum, x)| *sum += weight * x);
        }
        fix_sign(&mut direction);
        direction
    };
    let directions = weights.into_iter().map(direction).collect();
    Ok(Spectrum { values, directions, trace: squares(centred, cancel)? })
}

/// The covariance, in scaled units, times each direction.
fn spread(centred: &Centred, basis: &[Vec<f64>], cancel: &Cancel) -> Result<Vec<Vec<f64>>, Error> {
    let directions: Vec<f32> = basis.iter().flatten().map(|&x| x as f32).collect();
    let spread = cross_along(centred, &directions, cancel)?;
    Ok(spread.chunks_exact(centred.dim()).map(<[f64]>::to_vec).collect())
}

/// Directions of length one at right angles to each other, each near the one given where there was anything left of it.
fn orthonormal(directions: impl Iterator<Item = Vec<f64>>, dim: usize) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for direction in directions {
        let direction = perpendicular(direction, &basis, LEAST).unwrap_or_else(|| filling(dim, &basis));
        basis.push(direction);
    }
    basis
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pca::{PcaParams, by_columns};
    use crate::sample::normal;
    use crate::{UNWATCHED, Vectors};

    fn kept(values: &[f64]) -> f64 {
        values.iter().sum()
    }

    #[test]
    fn sampled_components_keep_as_much_as_exact_ones() {
        for (fall, least) in [(1.0, 0.9999), (0.5, 0.999), (0.0, 0.95)] {
            let scale = |at: usize| ((1 + at % 300) as f32).powf(-fall);
            let values = normal(900, 300, 1).into_vec().into_iter().enumerate().map(|(at, x)| x * scale(at) + 0.5);
            let vectors = Vectors::new(values.collect(), 300).expect("whole rows");
            let centred = Centred::new(&vectors).expect("finite");
            let exact = by_columns(&centred, 12, UNWATCHED, &Cancel::default()).expect("runs");
            let sampled = by_sampling(&centred, 12, UNWATCHED, &Cancel::default()).expect("runs");
            let share = kept(&sampled.values) / kept(&exact.values);
            assert!(share > least && share < 1.0 + 1e-6, "{fall} {share}");
            assert!((sampled.trace / exact.trace - 1.0).abs() < 1e-6);
            if fall == 1.0 {
                for (a, b) in exact.directions.iter().zip(&sampled.directions).take(3) {
                    let along: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
                    assert!((along - 1.0).abs() < 1e-4, "{along}");
                }
            }
        }
    }

    #[test]
    fn wide_rows_on_few_axes_are_kept_whole() {
        let (places, axes) = (normal(2100, 3, 1), normal(2100, 3, 2));
        let wide = crate::product::product(&places, &axes).expect("same width");
        let run =
            |components| PcaParams { components }.check().expect("params").run(&wide, UNWATCHED, &Cancel::default());
        let pca = run(5).expect("runs");
        let shares = &pca.explained_variance_ratio;
        assert!(shares[..3].iter().sum::<f64>() > 0.9999 && shares[4] < 1e-6, "{shares:?}");
        assert_eq!(pca.components.as_slice(), run(5).expect("runs").components.as_slice());
        let same = Vectors::new(vec![1.5; 2100 * 2100], 2100).expect("whole rows");
        let none = PcaParams { components: 2 }.check().expect("params").run(&same, UNWATCHED, &Cancel::default());
        assert_eq!(none.expect("identical rows").explained_variance_ratio, [0.0, 0.0]);
    }
}
