//! All pairs: every pair of row blocks is multiplied once and feeds the lists of both.
//!
//! Deliberately absent: measuring what was found; see `neighbours`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::{Candidate, by_key};
use crate::distances::{Block, Distances};
use crate::product::BLOCK;
use crate::wide::widely;
use crate::{Cancel, Error, Progress};

/// The lists of one block of rows while they fill.
struct Lists {
    keep: usize,
    lists: Vec<Vec<Candidate>>,
    /// The worst key that can still enter each list.
    limits: Vec<f32>,
}

impl Lists {
    fn new(rows: usize, keep: usize) -> Self {
        Self { keep, lists: vec![Vec::new(); rows], limits: vec![f32::INFINITY; rows] }
    }

    fn offer(&mut self, row: usize, key: f32, other: u32) {
        let list = &mut self.lists[row];
        list.push((key, other));
        if list.len() >= 2 * self.keep {
            // What survives is the same in whatever order the offers came.
            list.select_nth_unstable_by(self.keep - 1, by_key);
            list.truncate(self.keep);
            self.limits[row] = list[self.keep - 1].0;
        }
    }
}

/// The `keep` nearest of each row by key, ascending.
pub(super) fn search(
    distances: &Distances,
    keep: usize,
    progress: Progress,
    cancel: &Cancel,
) -> Result<Vec<Vec<Candidate>>, Error> {
    let rows = distances.rows();
    let span = |block: usize| block * BLOCK..((block + 1) * BLOCK).min(rows);
    let blocks = rows.div_ceil(BLOCK);
    let lists: Vec<Mutex<Lists>> = (0..blocks).map(|block| Mutex::new(Lists::new(span(block).len(), keep))).collect();
    // By diagonals, so that threads rarely want the same lists.
    let pairs: Vec<(usize, usize)> =
        (0..blocks).flat_map(|gap| (0..blocks - gap).map(move |first| (first, first + gap))).collect();
    let done = AtomicUsize::new(0);
    pairs.par_iter().for_each_init(
        || (Block::default(), Block::default(), Vec::new()),
        |(a, b, keys), &(first, second)| {
            if cancel.is_cancelled() {
                return;
            }
            distances.load(span(first), a);
            distances.load(span(second), b);
            distances.keys(a, b, keys);
            let mut upper = lock(&lists[first]);
            if first == second {
                offer_within(&mut upper, keys, span(first).start);
            } else {
                let mut lower = lock(&lists[second]);
                widely(
                    #[inline(always)]
                    || offer_both(&mut upper, &mut lower, keys, span(first).start, span(second).start),
                );
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, pairs.len());
        },
    );
    cancel.check()?;
    let finished = lists.into_iter().map(|list| list.into_inner().unwrap_or_else(|e| e.into_inner()));
    let mut lists: Vec<Vec<Candidate>> = finished.flat_map(|block| block.lists).collect();
    lists.par_iter_mut().for_each(|list| {
        list.sort_unstable_by(by_key);
        list.truncate(keep);
    });
    Ok(lists)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn offer_within(lists: &mut Lists, keys: &[f32], start: usize) {
    let height = lists.limits.len();
    for (row, keys) in keys.chunks_exact(height).enumerate() {
        for (column, &key) in keys.iter().enumerate() {
            if key <= lists.limits[row] && row != column {
                lists.offer(row, key, (start + column) as u32);
            }
        }
    }
}

/// Offers every key to the list of its row and to the list of its column.
#[inline(always)]
fn offer_both(upper: &mut Lists, lower: &mut Lists, keys: &[f32], row_start: usize, column_start: usize) {
    const STEP: usize = 16;
    let width = lower.limits.len();
    for (row, keys) in keys.chunks_exact(width).enumerate() {
        for (step, chunk) in keys.chunks(STEP).enumerate() {
            let from = step * STEP;
            let limit = upper.limits[row];
            let limits = &lower.limits[from..from + chunk.len()];
            // Most chunks hold nothing new: one comparison without branches sets them aside.
            if !chunk.iter().zip(limits).fold(false, |any, (&key, &other)| any | (key <= limit) | (key <= other)) {
                continue;
            }
            for (at, &key) in chunk.iter().enumerate() {
                if key <= upper.limits[row] {
                    upper.offer(row, key, (column_start + from + at) as u32);
                }
                if key <= lower.limits[from + at] {
                    lower.offer(from + at, key, (row_start + row) as u32);
                }
            }
        }
    }
}
