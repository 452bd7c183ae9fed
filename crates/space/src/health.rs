//! The state of an embedding set: broken numbers, lengths, duplicates, and how well its dimensions are used.
//!
//! Deliberately absent: judgement; what is healthy depends on the model.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::moments::{Centred, cross, gram};
use crate::neighbours::{Neighbours, NeighboursParams};
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
    /// `(Σλ)² / Σλ²` of the variances along the principal axes: the same question, asked of variances; 0 when nothing varies.
    pub participation_ratio: f64,
    /// How evenly variance is spread over all dimensions (Rudman 2022): 1 for a round cloud, 0 for a line or a point.
    pub iso_score: f64,
    /// Exponential of the entropy of the singular values of the rows as they are (Garrido 2023): like the effective rank,
    /// but a common offset lowers it.
    pub rank_me: f64,
    /// How many dimensions neighbourhoods have (Levina and Bickel 2004, averaged as MacKay and Ghahramani 2005), on the rows
    /// that hubness is counted on; 0 where all of them lie in one place.
    pub intrinsic_dimension: f64,
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
        let spectrum = Spectrum::new(&vectors, cancel)?;
        let near = self.near(&vectors, progress, cancel)?;
        Ok(Health {
            non_finite,
            norm_mean,
            norm_std,
            duplicate_share: 1.0 - seen.len() as f64 / count,
            anisotropy: anisotropy(&vectors, &norms),
            effective_rank: spectrum.effective_rank(),
            participation_ratio: spectrum.participation_ratio(),
            iso_score: spectrum.iso_score(),
            rank_me: spectrum.rank_me,
            intrinsic_dimension: intrinsic_dimension(&near, self.0.metric),
            hubness_skew: hubness(&near),
        })
    }

    /// The neighbours of sampled rows among each other.
    fn near(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Neighbours, Error> {
        let HealthParams { k, metric, sample, seed } = self.0;
        let chosen = vectors.select(&sample::rows(vectors.rows(), sample, seed));
        NeighboursParams { k, metric, ..Default::default() }.check()?.run(&chosen, progress, cancel)
    }
}

fn hubness(near: &Neighbours) -> f64 {
    let mut counts = vec![0.0_f64; near.rows()];
    near.indices.iter().for_each(|&row| counts[row as usize] += 1.0);
    let mean = near.k as f64;
    let moment = |power: i32| counts.iter().map(|count| (count - mean).powi(power)).sum::<f64>() / counts.len() as f64;
    let spread = if counts.is_empty() { 0.0 } else { moment(2) };
    if spread > 0.0 { moment(3) / spread.powf(1.5) } else { 0.0 }
}

/// From how fast distances grow from the nearest neighbour to the farthest.
fn intrinsic_dimension(near: &Neighbours, metric: Metric) -> f64 {
    // Between unit rows `1 − cosine` grows as the square of their distance.
    let power = if metric == Metric::Cosine { 0.5 } else { 1.0 };
    let (mut sum, mut count) = (0.0, 0.0);
    for row in 0..near.rows() {
        let distances = near.distances_of(row);
        let Some(&farthest) = distances.last().filter(|farthest| **farthest > 0.0) else { continue };
        for &distance in distances[..distances.len() - 1].iter().filter(|distance| **distance > 0.0) {
            sum += power * f64::from(farthest / distance).ln();
            count += 1.0;
        }
    }
    if sum > 0.0 { count / sum } else { 0.0 }
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

/// How much rows vary along their principal axes.
struct Spectrum {
    /// Variances times rows, largest first; those too small to tell from rounding are left out.
    values: Vec<f64>,
    dim: usize,
    rank_me: f64,
}

impl Spectrum {
    fn new(vectors: &Vectors, cancel: &Cancel) -> Result<Self, Error> {
        let centred = Centred::new(vectors)?;
        let by_rows = vectors.rows() < vectors.dim();
        let (mut matrix, size) = if by_rows {
            (gram(&centred, cancel)?, vectors.rows())
        } else {
            (cross(&centred, &centred, crate::UNWATCHED, cancel)?, vectors.dim())
        };
        let values = whole(eigen::symmetric_values(&matrix, size)?);
        // The same of the rows as they are: the mean put back.
        let mean: Vec<f64> = centred.mean.iter().map(|x| x * centred.scale).collect();
        let sides: Vec<f64> = if by_rows {
            let along = |row: &[f32]| {
                let products = row.iter().zip(&centred.mean).map(|(&x, m)| (f64::from(x) - m) * m).sum::<f64>();
                products * centred.scale * centred.scale
            };
            vectors.iter().map(along).collect()
        } else {
            mean.clone()
        };
        let square = mean.iter().map(|x| x * x).sum::<f64>();
        for (at, value) in matrix.iter_mut().enumerate() {
            let (row, column) = (sides[at / size], sides[at % size]);
            *value += if by_rows { row + column + square } else { vectors.rows() as f64 * row * column };
        }
        let uncentred = whole(eigen::symmetric_values(&matrix, size)?);
        let rank_me = of_entropy(&uncentred, 1e-7);
        Ok(Self { values, dim: vectors.dim(), rank_me })
    }

    fn effective_rank(&self) -> f64 {
        of_entropy(&self.values, 0.0)
    }

    fn participation_ratio(&self) -> f64 {
        let (sum, squares) = self.sums();
        if squares > 0.0 { sum * sum / squares } else { 0.0 }
    }

    fn iso_score(&self) -> f64 {
        let (sum, squares) = self.sums();
        let d = self.dim as f64;
        if squares == 0.0 || self.dim < 2 {
            return f64::from(u8::from(squares > 0.0));
        }
        // Variances scaled to length √d, and how far they are from being all 1.
        let defect = (2.0 * d - 2.0 * sum * (d / squares).sqrt()).max(0.0) / (2.0 * (d - d.sqrt()));
        let used = d - defect * (d - d.sqrt());
        ((used * used - d) / (d * (d - 1.0))).clamp(0.0, 1.0)
    }

    fn sums(&self) -> (f64, f64) {
        (self.values.iter().sum(), self.values.iter().map(|value| value * value).sum())
    }
}

/// Without what f32 products leave of directions that do not vary.
fn whole(mut values: Vec<f64>) -> Vec<f64> {
    let least = values.first().copied().unwrap_or(0.0) * 1e-9;
    values.retain(|&value| value > least);
    values
}

/// The exponential of the entropy of singular values, given by their squares; `soft` is added to every share. 0 without
/// any.
fn of_entropy(squares: &[f64], soft: f64) -> f64 {
    let total: f64 = squares.iter().map(|square| square.sqrt()).sum();
    let share = |square: &f64| square.sqrt() / total + soft;
    let entropy: f64 = squares.iter().map(share).map(|share| -share * share.ln()).sum();
    if total > 0.0 { entropy.exp() } else { 0.0 }
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
        assert!((health.participation_ratio - 8.0).abs() < 0.1 && health.iso_score > 0.97, "{health:?}");
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
    fn a_plane_is_seen_to_have_two_dimensions() {
        let flat = normal(2000, 2, 4);
        let bent = flat.iter().flat_map(|p| [p[0], p[1], p[0] - p[1], 0.5 * p[1], 2.0 * p[0]]).collect();
        let params = HealthParams { metric: Metric::Euclidean, ..Default::default() }.check().expect("params");
        let bent = Vectors::new(bent, 5).expect("rows");
        let health = params.run(&bent, UNWATCHED, &Cancel::default()).expect("runs");
        assert!((health.intrinsic_dimension - 2.0).abs() < 0.25, "{health:?}");
        assert!(health.participation_ratio <= 2.0 && health.iso_score < 0.4, "{health:?}");
    }

    #[test]
    fn an_offset_lowers_the_rank_of_rows_as_they_are() {
        for rows in [300, 20] {
            let cloud = normal(rows, 30, 2);
            let offset = Vectors::new(cloud.as_slice().iter().map(|x| x + 20.0).collect(), 30).expect("rows");
            let (near, far) = (run(&cloud), run(&offset));
            assert!((near.effective_rank - far.effective_rank).abs() < 0.05 * near.effective_rank);
            assert!(far.rank_me < 0.8 * near.rank_me, "{} {}", near.rank_me, far.rank_me);
        }
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
        assert_eq!((one.participation_ratio, one.iso_score, one.intrinsic_dimension), (0.0, 0.0, 0.0));
        let zeros = run(&Vectors::new(vec![0.0; 30], 3).expect("rows"));
        assert_eq!((zeros.duplicate_share, zeros.effective_rank, zeros.norm_mean), (0.9, 0.0, 0.0));
    }
}
