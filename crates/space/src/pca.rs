//! Principal components: the directions in which vectors vary most, and how much of the whole each holds.
//!
//! Exactly, through the covariance of the columns, or of the rows when there are fewer of those; where there are more than
//! 2048 of either, a few components are found by sampling, which keep 99.9 % of the variance that exact ones would where it
//! falls as the root of their number or faster. Signs are fixed: the largest loading of a component is positive.
//! Deliberately absent: incremental forms, whitening.

mod sampled;

use rayon::prelude::*;

use crate::eigen;
use crate::moments::{Centred, cross, gram};
use crate::product::{AsItIs, BLOCK, Packed, View};
use crate::wide::widely;
use crate::{Cancel, Error, Progress, Vectors};

/// Up to so many rows or columns everything is decomposed; and beyond, where more than this share of the components is wanted.
const EXACT: usize = 2048;
const MANY: usize = 4;

/// What to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PcaParams {
    /// How many components, from 1 to the vectors' dimension.
    pub components: usize,
}

impl Default for PcaParams {
    fn default() -> Self {
        Self { components: 2 }
    }
}

/// [`PcaParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedPca(PcaParams);

/// Principal components and the share of variance each holds.
#[derive(Debug, Clone)]
pub struct Pca {
    /// The mean row.
    pub mean: Vec<f32>,
    /// Orthonormal directions, most variance first: `[components, dim]`.
    pub components: Vectors,
    /// Variance along each, with `rows − 1` in the denominator.
    pub explained_variance: Vec<f64>,
    /// The same as a share of all variance, kept or not; 0 when nothing varies.
    pub explained_variance_ratio: Vec<f64>,
}

impl PcaParams {
    /// Fails when no component is asked for.
    pub fn check(self) -> Result<CheckedPca, Error> {
        if self.components == 0 {
            return Err(Error::parameter("components", "at least 1", 0));
        }
        Ok(CheckedPca(self))
    }
}

impl CheckedPca {
    /// Finds the components of at least one row. Where the rows span fewer directions than were asked for, the others
    /// are orthonormal fillings with variance 0. Fails on more components than dimensions and on numbers that are not
    /// finite.
    pub fn run(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Pca, Error> {
        let (rows, dim, wanted) = (vectors.rows(), vectors.dim(), self.0.components);
        if rows == 0 {
            return Err(Error::TooFew { what: "PCA", needed: 1, found: 0 });
        }
        if wanted > dim {
            return Err(Error::parameter("components", format!("at most the dimension {dim}"), wanted));
        }
        let centred = Centred::new(vectors)?;
        let least = rows.min(dim);
        let spectrum = if least > EXACT && MANY * (wanted + sampled::EXTRA) < least {
            sampled::by_sampling(&centred, wanted, progress, cancel)?
        } else if rows < dim {
            by_rows(&centred, wanted, cancel)?
        } else {
            by_columns(&centred, wanted, progress, cancel)?
        };
        progress(rows, rows);
        let variance = |sum: f64| sum.max(0.0) / (centred.scale * centred.scale) / rows.saturating_sub(1).max(1) as f64;
        let explained_variance: Vec<f64> = spectrum.values.iter().map(|&value| variance(value)).collect();
        let total = variance(spectrum.trace);
        let share = |&value: &f64| if total > 0.0 { value / total } else { 0.0 };
        let explained_variance_ratio = explained_variance.iter().map(share).collect();
        let components = spectrum.directions.iter().flatten().map(|&value| value as f32).collect();
        Ok(Pca {
            mean: centred.mean.iter().map(|&value| value as f32).collect(),
            components: Vectors::new(components, dim)?,
            explained_variance,
            explained_variance_ratio,
        })
    }
}

impl Pca {
    /// Coordinates of `vectors` along the components: `[rows, components]`.
    pub fn transform(&self, vectors: &Vectors) -> Result<Vectors, Error> {
        let (dim, width) = (self.components.dim(), self.components.rows());
        if vectors.dim() != dim {
            return Err(Error::shape(format!("rows of {dim}"), format!("rows of {}", vectors.dim())));
        }
        if vectors.rows() == 0 {
            return Ok(Vectors::empty(width));
        }
        let mut out = vec![0.0; vectors.rows() * width];
        let components = Packed::new(View::of_rows(self.components.as_slice(), dim).transposed());
        let blocks = out.par_chunks_mut(BLOCK * width).zip(vectors.as_slice().par_chunks(BLOCK * dim));
        blocks.for_each_init(Vec::new, |centred, (out, rows)| {
            centred.resize(rows.len(), 0.0);
            widely(
                #[inline(always)]
                || subtract(rows, &self.mean, centred),
            );
            components.times_into(View::of_rows(centred, dim), out, width, &AsItIs);
        });
        let coordinates = Vectors::new(out, width)?;
        // What is not finite in a vector is not finite in its coordinates.
        coordinates.check_finite()?;
        Ok(coordinates)
    }
}

#[inline(always)]
fn subtract(rows: &[f32], mean: &[f32], into: &mut [f32]) {
    for (row, into) in rows.chunks_exact(mean.len()).zip(into.chunks_exact_mut(mean.len())) {
        into.iter_mut().zip(row).zip(mean).for_each(|((into, x), mean)| *into = x - mean);
    }
}

struct Spectrum {
    values: Vec<f64>,
    directions: Vec<Vec<f64>>,
    trace: f64,
}

fn by_columns(centred: &Centred, wanted: usize, progress: Progress, cancel: &Cancel) -> Result<Spectrum, Error> {
    let dim = centred.dim();
    let matrix = cross(centred, centred, progress, cancel)?;
    let trace = (0..dim).map(|at| matrix[at * dim + at]).sum();
    let (values, mut directions) = eigen::leading(&matrix, dim, wanted)?;
    directions.iter_mut().for_each(|direction| fix_sign(direction));
    Ok(Spectrum { values, directions, trace })
}

/// The eigenvectors of the rows' inner products, carried over to the columns: `v = Xᵀu / ‖Xᵀu‖`.
fn by_rows(centred: &Centred, wanted: usize, cancel: &Cancel) -> Result<Spectrum, Error> {
    let (rows, dim) = (centred.rows(), centred.dim());
    let matrix = gram(centred, cancel)?;
    let trace = (0..rows).map(|at| matrix[at * rows + at]).sum::<f64>();
    let (values, weights) = eigen::symmetric(&matrix, rows)?;
    let mut all = Vec::new();
    centred.block(0, rows, &mut all);
    // Below this share of the whole, f32 products cannot tell variance from rounding.
    let least = trace * 1e-9;
    let mut spectrum = Spectrum { values: Vec::new(), directions: Vec::new(), trace };
    let mut found = values.into_iter().zip(weights.iter().map(Vec::as_slice));
    for _ in 0..wanted {
        let (value, weights) = found.next().unwrap_or((0.0, &[]));
        let direction = (value > least).then(|| {
            let mut direction = vec![0.0; dim];
            for (row, weight) in all.chunks_exact(dim).zip(weights) {
                direction.iter_mut().zip(row).for_each(|(sum, &x)| *sum += weight * f64::from(x));
            }
            direction
        });
        let kept = direction.and_then(|direction| perpendicular(direction, &spectrum.directions, 1e-3));
        spectrum.values.push(if kept.is_some() { value } else { 0.0 });
        let direction = match kept {
            Some(direction) => direction,
            None => filling(dim, &spectrum.directions),
        };
        spectrum.directions.push(direction);
    }
    Ok(spectrum)
}

/// A unit vector perpendicular to all `others`: the first axis that is not in their span.
fn filling(dim: usize, others: &[Vec<f64>]) -> Vec<f64> {
    let axis = |at: usize| (0..dim).map(|i| f64::from(u8::from(i == at))).collect();
    (0..dim).find_map(|at| perpendicular(axis(at), others, 1e-3)).unwrap_or_else(|| vec![0.0; dim])
}

/// `direction` without its parts along `others`, of length one; nothing when no more than a share of `least` is left of it.
fn perpendicular(mut direction: Vec<f64>, others: &[Vec<f64>], least: f64) -> Option<Vec<f64>> {
    let norm = |direction: &[f64]| direction.iter().map(|x| x * x).sum::<f64>().sqrt();
    let before = norm(&direction);
    for other in others.iter().chain(others) {
        let along: f64 = direction.iter().zip(other).map(|(x, y)| x * y).sum();
        direction.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
    }
    let after = norm(&direction);
    (after > least * before).then(|| {
        direction.iter_mut().for_each(|x| *x /= after);
        fix_sign(&mut direction);
        direction
    })
}

fn fix_sign(direction: &mut [f64]) {
    let largest = direction.iter().copied().fold(0.0, |best: f64, x| if x.abs() > best.abs() { x } else { best });
    if largest < 0.0 {
        direction.iter_mut().for_each(|x| *x = -*x);
    }
}

#[cfg(test)]
mod tests {
    use linfa::DatasetBase;
    use linfa::traits::Fit;
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::UNWATCHED;
    use crate::metric::sum;
    use crate::sample::normal;

    fn run(vectors: &Vectors, components: usize) -> Result<Pca, Error> {
        PcaParams { components }.check()?.run(vectors, UNWATCHED, &Cancel::default())
    }

    /// Numbers whose columns vary unequally.
    fn stretched(rows: usize, dim: usize, seed: u64) -> Vectors {
        let values = normal(rows, dim, seed).into_vec().into_iter().enumerate();
        let values = values.map(|(at, x)| x * 3.0 / (1 + at % dim) as f32 + 0.5).collect();
        Vectors::new(values, dim).expect("whole rows")
    }

    fn dot(a: &[f32], b: &[f32]) -> f64 {
        sum(a, b, |x, y| x * y)
    }

    #[test]
    fn components_are_those_of_linfa() {
        let vectors = stretched(400, 12, 1);
        let ours = run(&vectors, 4).expect("runs");
        let values = vectors.as_slice().iter().map(|&x| f64::from(x)).collect();
        let data = DatasetBase::from(Array2::from_shape_vec((400, 12), values).expect("shape"));
        let theirs = linfa_reduction::Pca::params(4).fit(&data).expect("fits");
        for (at, row) in theirs.components().rows().into_iter().enumerate() {
            let row: Vec<f32> = row.iter().map(|&x| x as f32).collect();
            assert!((dot(&row, ours.components.row(at)).abs() - 1.0).abs() < 1e-5, "component {at}");
        }
    }

    #[test]
    fn rows_and_columns_lead_to_the_same_components() {
        let vectors = stretched(30, 40, 2);
        let centred = Centred::new(&vectors).expect("finite");
        let a = by_rows(&centred, 5, &Cancel::default()).expect("runs");
        let b = by_columns(&centred, 5, UNWATCHED, &Cancel::default()).expect("runs");
        for at in 0..5 {
            assert!((a.values[at] / b.values[at] - 1.0).abs() < 1e-5);
            let along: f64 = a.directions[at].iter().zip(&b.directions[at]).map(|(x, y)| x * y).sum();
            assert!((along - 1.0).abs() < 1e-6, "component {at}: {along}");
        }
        assert!((a.trace / b.trace - 1.0).abs() < 1e-6);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn components_are_orthonormal_and_shares_add_up(rows in 1_usize..40, dim in 1_usize..20, seed in 0_u64..99) {
            let vectors = stretched(rows, dim, seed);
            let pca = run(&vectors, dim).expect("runs");
            for a in 0..dim {
                for b in 0..=a {
                    let wanted = f64::from(u8::from(a == b));
                    prop_assert!((dot(pca.components.row(a), pca.components.row(b)) - wanted).abs() < 1e-5);
                }
            }
            let sum: f64 = pca.explained_variance_ratio.iter().sum();
            prop_assert!(if rows > 1 { (sum - 1.0).abs() < 1e-5 } else { sum == 0.0 }, "{}", sum);
            prop_assert!(pca.explained_variance.windows(2).all(|pair| pair[0] >= pair[1] - 1e-9));
        }

        #[test]
        fn all_components_keep_all_distances(seed in 0_u64..99) {
            let vectors = stretched(20, 6, seed);
            let map = run(&vectors, 6).expect("runs").transform(&vectors).expect("same width");
            for (a, b) in [(0, 1), (3, 19), (7, 8)] {
                let before = crate::Metric::Euclidean.distance(vectors.row(a), vectors.row(b));
                let after = crate::Metric::Euclidean.distance(map.row(a), map.row(b));
                prop_assert!((before - after).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert!(matches!(run(&Vectors::empty(3), 2), Err(Error::TooFew { .. })));
        let one = run(&normal(1, 3, 0), 2).expect("one row");
        assert_eq!(one.explained_variance_ratio, [0.0, 0.0]);
        let same = Vectors::new(vec![2.5; 12], 3).expect("four rows");
        let pca = run(&same, 3).expect("identical rows");
        assert!(pca.transform(&same).expect("same width").as_slice().iter().all(|&x| x == 0.0));
        assert!(run(&same, 4).is_err());
        assert!(PcaParams { components: 0 }.check().is_err());
        assert_eq!(run(&Vectors::new(vec![f32::NAN; 3], 3).expect("row"), 1).err(), Some(Error::NotFinite { row: 0 }));
        let line = Vectors::new(vec![1.0, 5.0, 3.0], 1).expect("three rows");
        assert!((run(&line, 1).expect("one column").explained_variance[0] - 4.0).abs() < 1e-6);
    }
}
