//! How far a map errs about each of its rows: whether what is drawn beside a row is near it in the full space.
//!
//! For each of the `k` rows drawn nearest, the share of all rows that are nearer in the full space, estimated on a seeded
//! sample of them; their mean is the row's error. 0 when whatever is drawn beside it is near, 0.5 when it is drawn among
//! strangers. It is the intrusion that trustworthiness (Venna and Kaski 2001) sums up, for each row by itself. Deliberately
//! absent: near rows that are drawn far away.

use rayon::prelude::*;

use crate::neighbours::{NeighboursParams, Search};
use crate::{Cancel, Error, Metric, Progress, Vectors, sample, similarity};

/// How to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MisplacedParams {
    /// Rows drawn nearest that are looked at; fewer where there are fewer rows.
    pub k: usize,
    /// How the original rows are compared; on the map it is always Euclid.
    pub metric: Metric,
    /// Rows that stand for all.
    pub sample: usize,
    /// Same seed, same sample.
    pub seed: u64,
}

impl Default for MisplacedParams {
    fn default() -> Self {
        Self { k: 10, metric: Metric::Cosine, sample: 1000, seed: 42 }
    }
}

/// [`MisplacedParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedMisplaced(MisplacedParams);

/// Rows measured at a time.
const STRIPE: usize = 512;

impl MisplacedParams {
    /// Fails when no rows would be looked at.
    pub fn check(self) -> Result<CheckedMisplaced, Error> {
        if self.k == 0 {
            return Err(Error::parameter("k", "at least 1", 0));
        }
        if self.sample == 0 {
            return Err(Error::parameter("sample", "at least 1", 0));
        }
        Ok(CheckedMisplaced(self))
    }
}

impl CheckedMisplaced {
    /// The error of each row, 0 to 1: `[rows]`. Row `i` of the original and of the map is the same thing; fewer than two
    /// rows have no error.
    pub fn run(
        &self,
        original: &Vectors,
        map: &Vectors,
        progress: Progress,
        cancel: &Cancel,
    ) -> Result<Vec<f32>, Error> {
        let Self(MisplacedParams { k, metric, sample, seed }) = *self;
        let rows = original.rows();
        if map.rows() != rows {
            return Err(Error::shape(format!("{rows} rows"), format!("{} rows", map.rows())));
        }
        if rows < 2 {
            return Ok(vec![0.0; rows]);
        }
        let drawn = NeighboursParams { k, metric: Metric::Euclidean, search: Search::Auto, seed };
        let drawn = drawn.check()?.run(map, progress, cancel)?;
        let chosen = sample::rows(rows, sample, seed);
        let others = original.select(&chosen);
        let mut errors = Vec::with_capacity(rows);
        for first in (0..rows).step_by(STRIPE) {
            cancel.check()?;
            let stripe: Vec<usize> = (first..(first + STRIPE).min(rows)).collect();
            let near = similarity::matrix(&original.select(&stripe), &others, metric)?;
            errors.par_extend(stripe.par_iter().map(|&row| {
                let to_others = near.row(row - first);
                let shares = drawn.of(row).iter().map(|&other| {
                    let drawn = similarity::pair(original.row(row), original.row(other as usize), metric);
                    let nearer = |value: f32| if metric.is_similarity() { value > drawn } else { value < drawn };
                    let strangers =
                        chosen.iter().zip(to_others).filter(|(at, _)| **at != row && **at != other as usize);
                    let (counted, nearer) = strangers.fold((0_usize, 0_usize), |(all, found), (_, &value)| {
                        (all + 1, found + usize::from(nearer(value)))
                    });
                    if counted == 0 { 0.0 } else { nearer as f64 / counted as f64 }
                });
                (shares.sum::<f64>() / drawn.k as f64) as f32
            }));
            progress(errors.len(), rows);
        }
        Ok(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UNWATCHED;

    fn errors(original: &Vectors, map: &Vectors, sample: usize) -> Vec<f32> {
        let params = MisplacedParams { k: 2, metric: Metric::Euclidean, sample, seed: 1 };
        params.check().expect("sound").run(original, map, UNWATCHED, &Cancel::default()).expect("measured")
    }

    #[test]
    fn a_true_map_has_no_error_and_a_stray_row_has() {
        let line = Vectors::new((0..40).map(|x| x as f32).collect(), 1).expect("numbers");
        let flat = |place: &dyn Fn(usize) -> f32| {
            Vectors::new((0..40).flat_map(|row| [place(row), 0.0]).collect(), 2).expect("pairs")
        };
        let same = errors(&line, &flat(&|row| row as f32), 1000);
        assert!(same.iter().all(|&error| error < 0.05), "{same:?}");
        // The first row is drawn beside the last.
        let strayed = errors(&line, &flat(&|row| if row == 0 { 39.5 } else { row as f32 }), 1000);
        assert!(strayed[0] > 0.9, "{strayed:?}");
        assert!(strayed[20] < 0.05 && strayed[39] > 0.3, "{strayed:?}");
        let sampled = errors(&line, &flat(&|row| if row == 0 { 39.5 } else { row as f32 }), 20);
        assert!((sampled[0] - strayed[0]).abs() < 0.2, "{sampled:?}");
    }

    #[test]
    fn shapes_are_checked() {
        let params = MisplacedParams::default().check().expect("sound");
        let (two, one) = (Vectors::new(vec![1.0, 2.0], 1).expect("two"), Vectors::new(vec![1.0], 1).expect("one"));
        assert!(params.run(&two, &one, UNWATCHED, &Cancel::default()).is_err());
        assert_eq!(params.run(&one, &one, UNWATCHED, &Cancel::default()).expect("measured"), [0.0]);
        assert!(MisplacedParams { k: 0, ..MisplacedParams::default() }.check().is_err());
    }
}
