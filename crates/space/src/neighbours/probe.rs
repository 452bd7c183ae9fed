//! How many of the true neighbours a search found, told by comparing a few rows with all others.
//!
//! Deliberately absent: doing anything about it.

use rayon::prelude::*;

use super::{Candidate, by_key};
use crate::distances::{Block, Distances};
use crate::product::BLOCK;

/// Rows that are compared with all others at a time.
const TOGETHER: usize = 128;

/// For each probed row the key of its `k`-th nearest.
pub(super) struct Probe {
    rows: Vec<usize>,
    limits: Vec<f32>,
    k: usize,
}

impl Probe {
    pub(super) fn new(distances: &Distances, rows: Vec<usize>, k: usize) -> Self {
        let limits: Vec<Vec<f32>> = rows
            .par_chunks(TOGETHER)
            .map_init(
                || (Block::default(), Block::default(), Vec::new()),
                |(left, right, keys), probed| {
                    distances.load(probed.iter().copied(), left);
                    let mut nearest: Vec<Vec<f32>> = vec![Vec::new(); probed.len()];
                    for from in (0..distances.rows()).step_by(BLOCK) {
                        let to = (from + BLOCK).min(distances.rows());
                        distances.load(from..to, right);
                        distances.keys(left, right, keys);
                        for ((&row, nearest), keys) in probed.iter().zip(&mut nearest).zip(keys.chunks_exact(to - from))
                        {
                            let others = keys.iter().enumerate().filter(|(at, _)| from + at != row);
                            nearest.extend(others.map(|(_, &key)| key));
                            if nearest.len() > k {
                                nearest.select_nth_unstable_by(k - 1, f32::total_cmp);
                                nearest.truncate(k);
                            }
                        }
                    }
                    nearest.into_iter().map(|keys| keys.into_iter().fold(f32::NEG_INFINITY, f32::max)).collect()
                },
            )
            .collect();
        Self { rows, limits: limits.concat(), k }
    }

    /// Share of the true neighbours in `lists`. As near as the farthest of the true ones is true, so that ties count.
    pub(super) fn recall(&self, lists: &[Vec<Candidate>]) -> f64 {
        let hits = |(&row, &limit): (&usize, &f32)| {
            let mut list = lists[row].clone();
            list.sort_unstable_by(by_key);
            // Sums of the same pair in another order may differ in their last digits.
            let reach = limit + 1e-5 * limit.abs().max(1e-3);
            list.iter().take(self.k).filter(|(key, _)| *key <= reach).count()
        };
        let found: usize = self.rows.iter().zip(&self.limits).map(hits).sum();
        found as f64 / (self.rows.len() * self.k) as f64
    }
}
