//! The state of an embedding set: broken numbers, lengths, duplicates, and how well its dimensions are used.
//!
//! Deliberately absent: judgement; what is healthy depends on the model.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::moments::{Centred, cross, gram};
use crate::neighbours::NeighboursParams;
use crate::{Cancel, Error, Metric, Progress, Vectors, eigen, sample};

/// How to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthParams {
    /// Neighbours counted for hubness; all others where there are fewer.
    pub k: usize,
    /// How rows are compared for hubness.
    pub metric: Metric,
    /// The most rows taken (seeded) for hubness.
    pub sample: usize,
    /// Same seed, same sample.
    pub seed: u64,
}

impl Default for HealthParams {
    fn default() -> Self {
        Self { k: 10, metric: Metric::Cosine, sample: 5000, seed: 42 }
    }
}

/// [`HealthParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedHealth(HealthParams);

/// The state of an embedding set. Everything but `non_finite` is about the rows whose numbers are all finite; with no
/// such rows the rest is 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Health {
    /// Rows that hold NaN or an infinity.
    pub non_finite: usize,
    /// Mean length of a row.
    pub norm_mean: f64,
    /// Standard deviation of the lengths (whole population).
    pub norm_std: f64,
    /// Share of rows that repeat an earlier row exactly.
    pub duplicate_share: f64,
    /// Mean cosine of all pairs of rows (Ethayarajh 2019): near 1 when all point the same way.
    pub anisotropy: f64,
    /// Exponential of the entropy of the singular values of the centred rows (Roy and Vetterli 2007): as how many
    /// equally used dimensions they behave; 0 when nothing varies.
    pub effective_rank: f64,
    /// Skewness of how often a row is among the `k` nearest of others (Radovanović 2010): large when a few rows are
    /// near everything.
    pub hubness_skew: f64,
}

impl HealthParams {
    /// Fails when no neighbours or no rows would be looked at.
    pub fn check(self) -> Result<CheckedHealth, Error> {
        if self.k == 0 {
            return Err(Error::parameter("k", "at least 1", 0));
        }
        if self.sample == 0 {
            return Err(Error::parameter("sample", "at least 1", 0));
        }
        Ok(CheckedHealth(self))
    }
}

impl CheckedHealth {
    /// Looks at any rows, broken ones too.
    pub fn run(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Health, Error> {
        let whole: Vec<usize> =
            (0..vectors.rows()).into_par_iter().filter(|&row| vectors.row(row).iter().all(|x| x.is_finite())).collect();
        let non_finite = vectors.rows() - whole.len();
        let vectors = if non_finite == 0 { vectors.clone() } else { vectors.select(&whole) };
        if vectors.rows() == 0 {
            return Ok(Health { non_finite, ..Health::default() });
        }
        let length = |row: &[f32]| crate::metric::sum(row, row, |x, y| x * y).sqrt();
        let norms: Vec<f64> = vectors.as_slice().par_chunks(vectors.dim()).map(length).collect();
        let count = norms.len() as f64;
        let norm_mean = norms.iter().sum::<f64>() / count;
        let norm_std = (norms.iter().map(|norm| (norm - norm_mean).powi(2)).sum::<f64>() / count).sqrt();
        let seen: HashSet<Bits> = vectors.iter().map(Bits).collect();
        Ok(Health {
            non_finite,
            norm_mean,
            norm_std,
            duplicate_share: 1.0 - seen.len() as f64 / count,
            anisotropy: anisotropy(&vectors, &norms),
            effective_rank: effective_rank(&vectors, cancel)?,
            hubness_skew: self.hubness(&vectors, progress, cancel)?,
        })
    }

    fn hubness(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<f64, Error> {
        let HealthParams { k, metric, sample, seed } = self.0;
        let chosen = vectors.select(&sample::rows(vectors.rows(), sample, seed));
        let found = NeighboursParams { k, metric, ..Default::default() }.check()?.run(&chosen, progress, cancel)?;
        let mut counts = vec![0.0_f64; chosen.rows()];
        found.indices.iter().for_each(|&row| counts[row as usize] += 1.0);
        let mean = found.k as f64;
        let moment =
            |power: i32| counts.iter().map(|count| (count - mean).powi(power)).sum::<f64>() / counts.len() as f64;
        let spread = moment(2);
        Ok(if spread > 0.0 { moment(3) / spread.powf(1.5) } else { 0.0 })
    }
}

/// From the length of the sum of unit rows, which holds every pair at once. Rows of zeros count as cosine 0.
fn anisotropy(vectors: &Vectors, norms: &[f64]) -> f64 {
    if norms.len() < 2 {
        return 0.0;
    }
    let mut sum = vec![0.0_f64; vectors.dim()];
    let mut units = 0.0;
    for (row, &norm) in vectors.iter().zip(norms).filter(|(_, norm)| **norm > 0.0) {
        sum.iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x) / norm);
        units += 1.0;
    }
    let count = norms.len() as f64;
    (sum.iter().map(|x| x * x).sum::<f64>() - units) / (count * (count - 1.0))
}

fn effective_rank(vectors: &Vectors, cancel: &Cancel) -> Result<f64, Error> {
    let centred = Centred::new(vectors)?;
    let (matrix, size) = if vectors.rows() < vectors.dim() {
        (gram(&centred, cancel)?, vectors.rows())
    } else {
        (cross(&centred, &centred, crate::UNWATCHED, cancel)?, vectors.dim())
    };
    let values = eigen::symmetric_values(&matrix, size)?;
    // What f32 products leave of directions that do not vary.
    let least = values.first().copied().unwrap_or(0.0) * 1e-9;
    let singular: Vec<f64> = values.into_iter().filter(|&value| value > least).map(f64::sqrt).collect();
    let total: f64 = singular.iter().sum();
    let entropy: f64 = singular.iter().map(|value| value / total).map(|share| -share * share.ln()).sum();
    Ok(if total > 0.0 { entropy.exp() } else { 0.0 })
}

/// A row compared bit by bit.
struct Bits<'a>(&'a [f32]);

impl PartialEq for Bits<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(|x| x.to_bits()).eq(other.0.iter().map(|x| x.to_bits()))
    }
}

impl Eq for Bits<'_> {}

impl std::hash::Hash for Bits<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|x| state.write_u32(x.to_bits()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UNWATCHED;
    use crate::sample::normal;

    fn run(vectors: &Vectors) -> Health {
        HealthParams::default().check().expect("defaults").run(vectors, UNWATCHED, &Cancel::default()).expect("runs")
    }

    #[test]
    fn a_round_cloud_uses_all_its_dimensions() {
        let health = run(&normal(3000, 8, 1));
        assert!((health.effective_rank - 8.0).abs() < 0.05, "{health:?}");
        assert!(health.anisotropy.abs() < 0.01 && health.duplicate_share == 0.0 && health.non_finite == 0);
    }

    #[test]
    fn a_shifted_cloud_is_anisotropic_and_a_line_has_rank_one() {
        let shifted = normal(200, 4, 1).into_vec().into_iter().map(|x| x + 50.0).collect();
        assert!(run(&Vectors::new(shifted, 4).expect("rows")).anisotropy > 0.99);
        let line = (0..50).flat_map(|i| [i as f32, 2.0 * i as f32, -(i as f32)]).collect();
        assert!((run(&Vectors::new(line, 3).expect("rows")).effective_rank - 1.0).abs() < 0.01);
    }

    #[test]
    fn broken_and_repeated_rows_are_counted() {
        let values = vec![1.0, 0.0, 1.0, 0.0, f32::NAN, 0.0, 0.0, f32::INFINITY, 0.0, 3.0];
        let health = run(&Vectors::new(values, 2).expect("rows"));
        assert_eq!(health.non_finite, 2);
        assert!((health.duplicate_share - 1.0 / 3.0).abs() < 1e-12);
        assert!((health.norm_mean - 5.0 / 3.0).abs() < 1e-12);
        assert!((health.anisotropy - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert_eq!(run(&Vectors::empty(5)), Health::default());
        assert_eq!(run(&Vectors::new(vec![f32::NAN], 1).expect("row")), Health { non_finite: 1, ..Health::default() });
        let one = run(&normal(1, 5, 0));
        assert_eq!((one.anisotropy, one.effective_rank, one.hubness_skew), (0.0, 0.0, 0.0));
        let zeros = run(&Vectors::new(vec![0.0; 30], 3).expect("rows"));
        assert_eq!((zeros.duplicate_share, zeros.effective_rank, zeros.norm_mean), (0.9, 0.0, 0.0));
    }
}
