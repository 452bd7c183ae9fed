//! How true a map is to the vectors it shows: are near things drawn near, and far things far?
//!
//! Trustworthiness and continuity after Venna and Kaski 2001, shares of kept neighbours, the rank correlation of all
//! distances (Shepard's diagram), and random triplets (Wang 2021). Deliberately absent: the error of a single point, scores of clusters.

use std::cmp::Ordering;
use std::sync::atomic::{self, AtomicUsize};

use rand::RngExt;
use rayon::prelude::*;

use crate::distances::{Block, Distances, pairs};
use crate::product::BLOCK;
use crate::{Cancel, Error, Metric, Progress, Vectors, ranks, sample};

/// Rows whose distances to each other are ranked for Shepard's correlation.
const SHEPARD_ROWS: usize = 2000;
/// Triplets drawn for each row measured, as PaCMAP's evaluation draws them.
const TRIPLETS: usize = 5;
/// Parts that a sample is split into for the standard error of a correlation.
const PARTS: usize = 8;

/// How to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualityParams {
    /// Neighbours looked at; fewer where there are fewer than `2k + 1` rows.
    pub k: usize,
    /// How the original rows are compared; on the map it is always Euclid.
    pub metric: Metric,
    /// Above this many rows a seeded sample of so many stands for all; each is still compared with every row.
    pub sample: usize,
    /// Same seed, same sample.
    pub seed: u64,
}

impl Default for QualityParams {
    fn default() -> Self {
        Self { k: 15, metric: Metric::Cosine, sample: 5000, seed: 42 }
    }
}

/// [`QualityParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedQuality(QualityParams);

/// How true the map is.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// 1 when whatever is drawn near is near, 0 at worst.
    pub trustworthiness: f64,
    /// 1 when whatever is near is drawn near, 0 at worst.
    pub continuity: f64,
    /// Mean share of a row's `k` neighbours that are among its `k` neighbours on the map.
    pub neighbour_preservation: f64,
    /// Spearman correlation of distances before and after, over all pairs of at most 2000 rows; −1 to 1.
    pub shepard: f64,
    /// Share of random triplets of rows of which the same one of two is nearer to the third before and after: five for each
    /// row measured; a half by chance.
    pub triplets: f64,
    /// Standard errors of the above; 0 where nothing was sampled.
    pub standard_error: QualityError,
    /// Neighbours looked at.
    pub k: usize,
    /// Rows measured.
    pub rows: usize,
}

/// Standard errors of [`Quality`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct QualityError {
    /// Of the trustworthiness.
    pub trustworthiness: f64,
    /// Of the continuity.
    pub continuity: f64,
    /// Of the share of kept neighbours.
    pub neighbour_preservation: f64,
    /// Of Shepard's correlation, from parts of the sample.
    pub shepard: f64,
    /// Of the share of triplets, which are always a sample.
    pub triplets: f64,
}

impl QualityParams {
    /// Fails when no neighbours or no rows would be looked at.
    pub fn check(self) -> Result<CheckedQuality, Error> {
        if self.k == 0 {
            return Err(Error::parameter("k", "at least 1", 0));
        }
        if self.sample == 0 {
            return Err(Error::parameter("sample", "at least 1", 0));
        }
        Ok(CheckedQuality(self))
    }
}

impl CheckedQuality {
    /// Compares at least three rows with their places on the map; row `i` of both is the same thing.
    pub fn run(
        &self,
        original: &Vectors,
        map: &Vectors,
        progress: Progress,
        cancel: &Cancel,
    ) -> Result<Quality, Error> {
        let rows = original.rows();
        if map.rows() != rows {
            return Err(Error::shape(format!("{rows} rows"), format!("{} rows", map.rows())));
        }
        if rows < 3 {
            return Err(Error::TooFew { what: "the quality of a map", needed: 3, found: rows });
        }
        let k = self.0.k.min((rows - 1) / 2);
        let before = Distances::new(original, self.0.metric)?;
        let after = Distances::new(map, Metric::Euclidean)?;
        let anchors = sample::rows(rows, self.0.sample, self.0.seed);
        // At most four million keys of each side at a time.
        let stripe = ((1 << 22) / rows).clamp(1, 64);
        let done = AtomicUsize::new(0);
        let stripes: Vec<Vec<[f64; 3]>> = anchors
            .par_chunks(stripe)
            .map(|stripe| {
                if cancel.is_cancelled() {
                    return Vec::new();
                }
                let scores = measure(&before, &after, stripe, k);
                let now = done.fetch_add(stripe.len(), atomic::Ordering::Relaxed) + stripe.len();
                progress(now, anchors.len());
                scores
            })
            .collect();
        cancel.check()?;
        let scores = stripes.concat();
        let column = |at: usize| sample::mean(&scores.iter().map(|score| score[at]).collect::<Vec<_>>(), rows);
        let (trustworthiness, continuity, kept) = (column(0), column(1), column(2));
        let chosen = sample::rows(rows, SHEPARD_ROWS.min(self.0.sample), self.0.seed);
        let correlation = |rows: &[usize]| ranks::spearman(&pairs(&before, rows), &pairs(&after, rows));
        let shepard = correlation(&chosen);
        let triplets = triplets(&before, &after, &anchors, self.0.seed);
        let standard_error = QualityError {
            trustworthiness: trustworthiness.1,
            continuity: continuity.1,
            neighbour_preservation: kept.1,
            shepard: spread_of_parts(&chosen, rows, self.0.seed, correlation),
            triplets: triplets.1,
        };
        Ok(Quality {
            trustworthiness: trustworthiness.0,
            continuity: continuity.0,
            neighbour_preservation: kept.0,
            shepard,
            triplets: triplets.0,
            standard_error,
            k,
            rows: anchors.len(),
        })
    }
}

/// The share of triplets in the same order, and its standard error. Equal distances before and unequal ones after are not
/// in the same order.
fn triplets(before: &Distances, after: &Distances, anchors: &[usize], seed: u64) -> (f64, f64) {
    let rows = before.rows() as u64;
    let kept = |&anchor: &usize| {
        let mut chance = sample::generator(seed ^ (anchor as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut other = |not: &[usize]| loop {
            let drawn = chance.random_range(0..rows) as usize;
            if !not.contains(&drawn) {
                return drawn;
            }
        };
        let same = (0..TRIPLETS).filter(|_| {
            let a = other(&[anchor]);
            let b = other(&[anchor, a]);
            let nearer = |space: &Distances| space.exact(anchor, a).total_cmp(&space.exact(anchor, b));
            nearer(before) == nearer(after)
        });
        same.count() as f64 / TRIPLETS as f64
    };
    let shares: Vec<f64> = anchors.par_iter().map(kept).collect();
    // Of all triplets these are few, even where every row has some.
    sample::mean(&shares, usize::MAX)
}

/// The standard error of a statistic of sampled rows, from its values on parts of them; 0 when all rows were taken.
fn spread_of_parts(chosen: &[usize], rows: usize, seed: u64, statistic: impl Fn(&[usize]) -> f64) -> f64 {
    if chosen.len() >= rows || chosen.len() < 4 * PARTS {
        return 0.0;
    }
    let order = sample::shuffled(chosen.len(), seed);
    let parts: Vec<f64> = order
        .chunks(chosen.len().div_ceil(PARTS))
        .map(|part| statistic(&part.iter().map(|&at| chosen[at]).collect::<Vec<_>>()))
        .collect();
    sample::mean(&parts, usize::MAX).1
}

/// Trustworthiness, continuity and share of kept neighbours of each anchor.
fn measure(before: &Distances, after: &Distances, anchors: &[usize], k: usize) -> Vec<[f64; 3]> {
    let (originals, places) = (keys_to_all(before, anchors), keys_to_all(after, anchors));
    let rows = before.rows();
    let worst = (k * (2 * rows - 3 * k - 1)) as f64 / 2.0;
    let each = anchors.iter().zip(originals.chunks_exact(rows).zip(places.chunks_exact(rows)));
    each.map(|(&anchor, (original, place))| {
        let (near, drawn) = (smallest(original, anchor, k), smallest(place, anchor, k));
        let intruders = excess(original, anchor, k, drawn.iter().filter(|row| !near.contains(row)));
        let missing = excess(place, anchor, k, near.iter().filter(|row| !drawn.contains(row)));
        let kept = near.iter().filter(|row| drawn.contains(row)).count();
        [1.0 - intruders / worst, 1.0 - missing / worst, kept as f64 / k as f64]
    })
    .collect()
}

fn keys_to_all(distances: &Distances, anchors: &[usize]) -> Vec<f32> {
    let rows = distances.rows();
    let mut all = vec![0.0; anchors.len() * rows];
    let (mut left, mut right, mut keys) = (Block::default(), Block::default(), Vec::new());
    distances.load(anchors.iter().copied(), &mut left);
    for from in (0..rows).step_by(BLOCK) {
        let to = (from + BLOCK).min(rows);
        distances.load(from..to, &mut right);
        distances.keys(&left, &right, &mut keys);
        for (all, keys) in all.chunks_exact_mut(rows).zip(keys.chunks_exact(to - from)) {
            all[from..to].copy_from_slice(keys);
        }
    }
    all
}

/// The `k` rows with the smallest keys, ties by the smaller row, the anchor left out.
fn smallest(keys: &[f32], anchor: usize, k: usize) -> Vec<u32> {
    let others = || keys.iter().copied().zip(0_u32..).filter(|&(_, row)| row as usize != anchor);
    let mut values: Vec<f32> = others().map(|(key, _)| key).collect();
    let limit = *values.select_nth_unstable_by(k - 1, f32::total_cmp).1;
    let mut near: Vec<(f32, u32)> = others().filter(|&(key, _)| key <= limit).collect();
    near.sort_unstable_by(by_key);
    near.into_iter().take(k).map(|(_, row)| row).collect()
}

/// How far beyond rank `k` the given rows stand, summed. They are few: counting what stands before each is less work than
/// putting all in order.
fn excess<'r>(keys: &[f32], anchor: usize, k: usize, rows: impl Iterator<Item = &'r u32>) -> f64 {
    let beyond = |&row: &u32| {
        let row = row as usize;
        let key = keys[row];
        // Of equal keys the smaller row stands first.
        let before = count(&keys[..row], |other| other <= key) + count(&keys[row + 1..], |other| other < key);
        let own = keys[anchor] < key || (keys[anchor] == key && anchor < row);
        (before + 1 - usize::from(own)).saturating_sub(k) as f64
    };
    rows.map(beyond).sum()
}

fn count(keys: &[f32], holds: impl Fn(f32) -> bool) -> usize {
    keys.iter().map(|&key| u32::from(holds(key))).sum::<u32>() as usize
}

fn by_key(a: &(f32, u32), b: &(f32, u32)) -> Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::UNWATCHED;
    use crate::sample::normal;

    fn run(original: &Vectors, map: &Vectors, params: QualityParams) -> Result<Quality, Error> {
        params.check()?.run(original, map, UNWATCHED, &Cancel::default())
    }

    const EUCLID: QualityParams = QualityParams { k: 5, metric: Metric::Euclidean, sample: 5000, seed: 42 };

    #[test]
    fn a_copy_is_true_and_chance_is_not() {
        let vectors = normal(300, 2, 1);
        let copy = run(&vectors, &vectors, EUCLID).expect("runs");
        assert_eq!((copy.trustworthiness, copy.continuity, copy.neighbour_preservation), (1.0, 1.0, 1.0));
        assert!((copy.shepard - 1.0).abs() < 1e-9);
        assert_eq!((copy.triplets, copy.standard_error.triplets), (1.0, 0.0));
        let chance = run(&vectors, &normal(300, 2, 2), EUCLID).expect("runs");
        assert!((chance.trustworthiness - 0.5).abs() < 0.1 && chance.shepard.abs() < 0.1);
        assert!((chance.triplets - 0.5).abs() < 4.0 * chance.standard_error.triplets, "{chance:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn scores_are_bounded_and_swap_with_the_sides(rows in 3_usize..60, seed in 0_u64..99) {
            let (a, b) = (normal(rows, 2, seed), normal(rows, 2, seed + 1));
            let (ab, ba) = (run(&a, &b, EUCLID).expect("runs"), run(&b, &a, EUCLID).expect("runs"));
            prop_assert!((ab.trustworthiness - ba.continuity).abs() < 1e-9);
            for score in [ab.trustworthiness, ab.continuity, ab.neighbour_preservation] {
                prop_assert!((-1e-9..=1.0 + 1e-9).contains(&score), "{}", score);
            }
        }

        #[test]
        fn turning_the_map_changes_nothing(angle in 0.0_f32..6.2) {
            let (original, map) = (normal(80, 5, 3), normal(80, 2, 4));
            let (sin, cos) = angle.sin_cos();
            let turned = map.iter().flat_map(|p| [cos * p[0] - sin * p[1], sin * p[0] + cos * p[1]]).collect();
            let turned = Vectors::new(turned, 2).expect("rows");
            let (a, b) = (run(&original, &map, EUCLID).expect("runs"), run(&original, &turned, EUCLID).expect("runs"));
            prop_assert!((a.trustworthiness - b.trustworthiness).abs() < 1e-3);
            prop_assert!((a.shepard - b.shepard).abs() < 1e-4);
        }
    }

    #[test]
    fn a_sample_comes_near_the_whole_and_says_how_near() {
        let original = normal(1500, 6, 1);
        let map = original.iter().flat_map(|row| [row[0], row[1]]).collect();
        let map = Vectors::new(map, 2).expect("rows");
        let whole = run(&original, &map, EUCLID).expect("runs");
        let part = run(&original, &map, QualityParams { sample: 300, ..EUCLID }).expect("runs");
        assert_eq!(QualityError { triplets: 0.0, ..whole.standard_error }, QualityError::default());
        let error = part.standard_error.trustworthiness;
        assert!(error > 0.0 && (whole.trustworthiness - part.trustworthiness).abs() < 4.0 * error);
        assert!((whole.shepard - part.shepard).abs() < 0.05 && part.standard_error.shepard > 0.0);
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert!(matches!(run(&normal(2, 2, 0), &normal(2, 2, 0), EUCLID), Err(Error::TooFew { .. })));
        assert!(run(&normal(5, 2, 0), &normal(6, 2, 0), EUCLID).is_err());
        assert_eq!(run(&normal(4, 2, 0), &normal(4, 2, 1), EUCLID).expect("few rows").k, 1);
        let same = Vectors::new(vec![1.0; 40], 2).expect("rows");
        let found = run(&same, &same, EUCLID).expect("identical rows");
        assert!(found.trustworthiness.is_finite() && found.shepard == 0.0);
        assert!(run(&same, &Vectors::new(vec![f32::NAN; 40], 2).expect("rows"), EUCLID).is_err());
        assert!(QualityParams { k: 0, ..EUCLID }.check().is_err());
    }
}
