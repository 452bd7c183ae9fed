//! How many of the true neighbours a search found, told by comparing a few rows with all others.
//!
//! Deliberately absent: doing anything about it.

use rayon::prelude::*;

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

    /// Share of the true neighbours among those whose keys `list` tells for each probed row, by its place and its number.
    /// As near as the farthest of the true ones is true, so that ties count.
    pub(super) fn recall(&self, mut list: impl FnMut(usize, usize) -> Vec<f32>) -> f64 {
        let hits = |(at, (&row, &limit)): (usize, (&usize, &f32))| {
            let mut keys = list(at, row);
            keys.sort_unstable_by(f32::total_cmp);
            // Sums of the same pair in another order may differ in their last digits.
            let reach = limit + 1e-5 * limit.abs().max(1e-3);
            keys.iter().take(self.k).filter(|key| **key <= reach).count()
        };
        let found: usize = self.rows.iter().zip(&self.limits).enumerate().map(hits).sum();
        found as f64 / (self.rows.len() * self.k) as f64
    }
}
