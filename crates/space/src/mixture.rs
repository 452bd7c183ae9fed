//! A mixture of Gaussians of any shape: how likely each row came from each of `k` clouds that may overlap.
//!
//! Through linfa-clustering, in `f64`, for sets that are small in both directions: every cloud has a covariance of
//! `dim × dim` numbers, and the work is one call. Deliberately absent: large sets (`kmeans`, `hdbscan`), choosing `k`.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use linfa_clustering::{GaussianMixtureModel, GmmError};
use ndarray::Array2;

use crate::{Cancel, Error, Progress, Vectors};

/// The largest set that is taken: rows, and numbers in a row.
pub const LARGEST: (usize, usize) = (20_000, 64);

/// How to cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureParams {
    /// How many clouds, at least 1.
    pub k: usize,
    /// The most rounds.
    pub iterations: usize,
    /// A change of the mean log-likelihood so small ends the rounds; above 0.
    pub tolerance: f64,
}

impl Default for MixtureParams {
    fn default() -> Self {
        // At the customary 1e-3 the rounds end on the plateau before long clouds come apart.
        Self { k: 8, iterations: 200, tolerance: 1e-5 }
    }
}

/// [`MixtureParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedMixture(MixtureParams);

/// The clouds.
#[derive(Debug, Clone)]
pub struct Mixture {
    /// The likeliest cloud of every row, `0..k`.
    pub labels: Vec<i32>,
    /// How likely that cloud is, above 0 to 1.
    pub probabilities: Vec<f32>,
    /// The middle of each, `[k, dim]`.
    pub means: Vectors,
    /// The share of each, summing to 1.
    pub weights: Vec<f64>,
}

impl MixtureParams {
    /// Fails when there are no clouds or no rounds, or when no change would be small enough.
    pub fn check(self) -> Result<CheckedMixture, Error> {
        if self.k == 0 || self.k > i32::MAX as usize {
            return Err(Error::parameter("k", "at least 1", self.k));
        }
        if self.iterations == 0 {
            return Err(Error::parameter("iterations", "at least 1", 0));
        }
        if !(self.tolerance.is_finite() && self.tolerance > 0.0) {
            return Err(Error::parameter("tolerance", "above 0", self.tolerance));
        }
        Ok(CheckedMixture(self))
    }
}

impl CheckedMixture {
    /// Fits more rows of finite numbers than there are clouds, at most [`LARGEST`]. Fails where the rounds do not settle or
    /// leave a cloud empty; fewer clouds then help. The work cannot be interrupted; the same rows give the same clouds.
    pub fn run(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Mixture, Error> {
        cancel.check()?;
        let (rows, dim, k) = (vectors.rows(), vectors.dim(), self.0.k);
        if rows <= k {
            return Err(Error::TooFew { what: "a mixture of Gaussians", needed: k + 1, found: rows });
        }
        if rows > LARGEST.0 || dim > LARGEST.1 {
            let most = format!("at most {} rows of {}", LARGEST.0, LARGEST.1);
            return Err(Error::shape(most, format!("{rows} × {dim}")));
        }
        vectors.check_finite()?;
        let values = vectors.as_slice().iter().map(|&x| f64::from(x)).collect();
        let data = Array2::from_shape_vec((rows, dim), values).map_err(|error| Error::shape("whole rows", error))?;
        let params = GaussianMixtureModel::params(k)
            .max_n_iterations(self.0.iterations as u64)
            .tolerance(self.0.tolerance)
            .check()
            .map_err(|error: GmmError| Error::parameter("k, iterations and tolerance", "usable", error))?;
        let data = DatasetBase::from(data);
        let model = params.fit(&data).map_err(|_| Error::NotConverged { what: "the mixture of Gaussians" })?;
        let likely = model.predict_proba(data.records());
        progress(rows, rows);
        let best = likely.rows().into_iter().map(|row| {
            let best = (0..k).rev().max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or_default();
            (best as i32, row[best] as f32)
        });
        let (labels, probabilities) = best.unzip();
        Ok(Mixture {
            labels,
            probabilities,
            means: Vectors::new(model.means().iter().map(|&x| x as f32).collect(), dim)?,
            weights: model.weights().to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UNWATCHED;
    use crate::sample::normal;

    fn run(vectors: &Vectors, k: usize) -> Result<Mixture, Error> {
        MixtureParams { k, ..Default::default() }.check()?.run(vectors, UNWATCHED, &Cancel::default())
    }

    #[test]
    fn long_clouds_side_by_side_are_told_apart() {
        // Four units apart, ten long: means would be drawn along them.
        let noise = normal(600, 2, 5);
        let values = noise.iter().enumerate().flat_map(|(at, p)| [10.0 * p[0], 0.5 * p[1] + 4.0 * (at % 2) as f32]);
        let vectors = Vectors::new(values.collect(), 2).expect("rows");
        let found = run(&vectors, 2).expect("settles");
        let first = found.labels[0];
        let right = found.labels.iter().enumerate().filter(|&(at, &label)| (label == first) == (at % 2 == 0)).count();
        assert!(right > 590, "{right}");
        assert!((found.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9 && found.means.check_finite().is_ok());
        assert!(found.probabilities.iter().all(|&p| p > 0.0 && p <= 1.0 + 1e-6));
        let again = run(&vectors, 2).expect("settles");
        assert_eq!((again.labels, again.probabilities), (found.labels, found.probabilities));
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert!(matches!(run(&Vectors::empty(2), 1), Err(Error::TooFew { .. })));
        assert!(matches!(run(&normal(3, 2, 0), 3), Err(Error::TooFew { .. })));
        assert!(matches!(run(&normal(3, 65, 0), 1), Err(Error::Shape { .. })));
        assert!(run(&Vectors::new(vec![f32::NAN; 20], 2).expect("rows"), 2).is_err());
        assert!(run(&normal(9, 2, 0), 0).is_err());
        let one = run(&normal(50, 1, 0), 1).expect("settles");
        assert!(one.labels.iter().all(|&label| label == 0));
        // Rows in one place are either one cloud or none: never numbers that are not finite.
        if let Ok(same) = run(&Vectors::new(vec![3.0; 40], 2).expect("rows"), 2) {
            assert!(same.means.check_finite().is_ok() && same.probabilities.iter().all(|p| p.is_finite()));
        }
    }
}
