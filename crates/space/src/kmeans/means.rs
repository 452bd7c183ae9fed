//! The means of clusters, from sums that are kept from round to round.
//!
//! Deliberately absent: which row is in which cluster.

use rayon::prelude::*;

use crate::distances::{Block, Distances};
use crate::moments::add;
use crate::wide::widely;

/// What every cluster's rows add up to, kept from round to round: only rows that changed over are looked at again.
pub(super) struct Totals {
    /// `[k, dim]`.
    sums: Vec<f64>,
    counts: Vec<usize>,
    /// The clusters that are added up.
    labels: Vec<i32>,
}

impl Totals {
    pub(super) fn new(distances: &Distances, k: usize) -> Self {
        Self { sums: vec![0.0; k * distances.dim()], counts: vec![0; k], labels: vec![NONE; distances.rows()] }
    }

    /// Moves every row to its cluster.
    pub(super) fn follow(&mut self, distances: &Distances, labels: &[i32]) {
        let mut changes = vec![Vec::new(); self.counts.len()];
        for (row, (&from, &to)) in self.labels.iter().zip(labels).enumerate().filter(|(_, (from, to))| from != to) {
            if from != NONE {
                changes[from as usize].push((row, false));
            }
            changes[to as usize].push((row, true));
        }
        let clusters = self.sums.par_chunks_mut(distances.dim()).zip(&mut self.counts).zip(&changes);
        clusters.for_each_init(Block::default, |block, ((sums, count), changes)| {
            for &(row, comes) in changes {
                let row = distances.span(row..row + 1, block).values;
                widely(
                    #[inline(always)]
                    || if comes { add(sums, row) } else { subtract(sums, row) },
                );
                *count = if comes { *count + 1 } else { *count - 1 };
            }
        });
        self.labels.copy_from_slice(labels);
    }
}

/// The cluster of a row that is in none yet.
const NONE: i32 = -1;

#[inline(always)]
fn subtract(sums: &mut [f64], row: &[f32]) {
    sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum -= f64::from(value));
}

/// The mean of every cluster's rows. An empty cluster takes the row that lies farthest from its own centre.
pub(super) fn means(distances: &Distances, totals: &Totals, keys: &[f32], spherical: bool, old: &Block) -> Block {
    let (dim, counts) = (distances.dim(), &totals.counts);
    let mut farthest: Vec<usize> = Vec::new();
    let empty = counts.iter().filter(|count| **count == 0).count();
    if empty > 0 {
        farthest = (0..keys.len()).filter(|&row| keys[row] > 0.0).collect();
        farthest.sort_by(|&a, &b| keys[b].total_cmp(&keys[a]).then(a.cmp(&b)));
        farthest.truncate(empty);
        farthest.reverse();
    }
    let mut block = Block::default();
    let mut values = old.values().to_vec();
    for ((centre, sums), &count) in values.chunks_exact_mut(dim).zip(totals.sums.chunks_exact(dim)).zip(counts) {
        let (mut alone, mut count) = (vec![], count);
        if count == 0 {
            let Some(row) = farthest.pop() else { continue };
            alone.extend(distances.span(row..row + 1, &mut block).values.iter().copied().map(f64::from));
            count = 1;
        }
        let sums = if alone.is_empty() { sums } else { &alone };
        let norm = sums.iter().map(|x| x * x).sum::<f64>().sqrt();
        let factor = match spherical {
            true if norm > 0.0 => 1.0 / norm,
            _ => 1.0 / count as f64,
        };
        centre.iter_mut().zip(sums).for_each(|(x, sum)| *x = (sum * factor) as f32);
    }
    distances.block(values)
}
