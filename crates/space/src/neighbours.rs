//! The `k` nearest of every row, exactly, itself left out.
//!
//! Every pair of row blocks is multiplied once and feeds the lists of both; candidates are then measured again in
//! `f64`, so that order and distances are exact. Deliberately absent: approximate graphs and indexes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::distances::{Block, Distances};
use crate::product::BLOCK;
use crate::{Cancel, Error, Metric, Progress, Vectors};

/// Candidates kept beyond `k` until they are measured exactly.
const SPARE: usize = 8;

/// What to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeighboursParams {
    /// Neighbours of each row; more than there are rows means all others.
    pub k: usize,
    /// How rows are compared.
    pub metric: Metric,
}

impl Default for NeighboursParams {
    fn default() -> Self {
        Self { k: 15, metric: Metric::Cosine }
    }
}

/// [`NeighboursParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedNeighbours(NeighboursParams);

/// The neighbours of every row, nearest first; equal distances by the smaller row.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    /// Neighbours of each row: as asked, or all other rows when there are fewer.
    pub k: usize,
    /// Rows, `[rows, k]`.
    pub indices: Vec<u32>,
    /// Distances, `[rows, k]`: `1 − cosine`, `−dot`, or the distance itself.
    pub distances: Vec<f32>,
}

impl NeighboursParams {
    /// Fails when `k` is 0.
    pub fn check(self) -> Result<CheckedNeighbours, Error> {
        if self.k == 0 {
            return Err(Error::parameter("k", "at least 1", 0));
        }
        Ok(CheckedNeighbours(self))
    }
}

impl Neighbours {
    /// The neighbours of one row, nearest first.
    pub fn of(&self, row: usize) -> &[u32] {
        &self.indices[row * self.k..(row + 1) * self.k]
    }

    /// How many rows have a list.
    pub fn rows(&self) -> usize {
        self.indices.len().checked_div(self.k).unwrap_or(0)
    }
}

impl CheckedNeighbours {
    /// Searches all pairs. Fewer than two rows give empty lists (`k` is 0); fails on numbers that are not finite.
    /// A vector of zeros has cosine distance 1 to every other.
    pub fn run(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Neighbours, Error> {
        let distances = Distances::new(vectors, self.0.metric)?;
        let k = self.0.k.min(vectors.rows().saturating_sub(1));
        if k == 0 {
            return Ok(Neighbours { k, indices: Vec::new(), distances: Vec::new() });
        }
        let lists = search(&distances, k + SPARE, progress, cancel)?;
        let (mut indices, mut found) = (vec![0; vectors.rows() * k], vec![0.0; vectors.rows() * k]);
        indices.par_chunks_mut(k).zip(found.par_chunks_mut(k)).enumerate().for_each(|(row, (indices, found))| {
            let list = &lists[row / BLOCK].lists[row % BLOCK];
            let measure = |&(_, other): &(f32, u32)| (distances.exact(row, other as usize), other);
            let mut exact: Vec<(f64, u32)> = list.iter().map(measure).collect();
            exact.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            for (at, (distance, other)) in exact.into_iter().take(k).enumerate() {
                indices[at] = other;
                found[at] = distance as f32;
            }
        });
        Ok(Neighbours { k, indices, distances: found })
    }
}

/// The lists of one block of rows while they fill.
struct Lists {
    keep: usize,
    lists: Vec<Vec<(f32, u32)>>,
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
            list.select_nth_unstable_by(self.keep - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            list.truncate(self.keep);
            self.limits[row] = list[self.keep - 1].0;
        }
    }
}

fn search(distances: &Distances, keep: usize, progress: Progress, cancel: &Cancel) -> Result<Vec<Lists>, Error> {
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
                offer_both(&mut upper, &mut lower, keys, span(first).start, span(second).start);
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, pairs.len());
        },
    );
    cancel.check()?;
    let mut finished: Vec<Lists> =
        lists.into_iter().map(|list| list.into_inner().unwrap_or_else(|e| e.into_inner())).collect();
    for block in &mut finished {
        for list in &mut block.lists {
            list.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            list.truncate(keep);
        }
    }
    Ok(finished)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UNWATCHED;
    use crate::sample::normal;

    fn run(vectors: &Vectors, k: usize, metric: Metric) -> Result<Neighbours, Error> {
        NeighboursParams { k, metric }.check()?.run(vectors, UNWATCHED, &Cancel::default())
    }

    fn slowly(vectors: &Vectors, row: usize, k: usize, metric: Metric) -> Vec<u32> {
        let mut others: Vec<u32> = (0..vectors.rows() as u32).filter(|&other| other as usize != row).collect();
        let distance = |other: u32| metric.distance(vectors.row(row), vectors.row(other as usize));
        others.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)).then(a.cmp(&b)));
        others.truncate(k);
        others
    }

    #[test]
    fn lists_are_those_of_a_full_sort() {
        let vectors = normal(1300, 17, 3);
        for metric in Metric::ALL {
            let found = run(&vectors, 12, metric).expect("runs");
            for row in [0, 511, 512, 700, 1299] {
                assert_eq!(found.of(row), slowly(&vectors, row, 12, metric), "{metric} row {row}");
            }
        }
    }

    #[test]
    fn a_far_origin_does_not_hide_near_neighbours() {
        let values = normal(600, 8, 4).into_vec().into_iter().map(|x| x + 5000.0).collect();
        let vectors = Vectors::new(values, 8).expect("whole rows");
        let found = run(&vectors, 5, Metric::Euclidean).expect("runs");
        for row in 0..600 {
            assert_eq!(found.of(row), slowly(&vectors, row, 5, Metric::Euclidean));
        }
    }

    #[test]
    fn threads_do_not_change_the_answer() {
        let vectors = normal(1200, 9, 1);
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("pool");
        let many = rayon::ThreadPoolBuilder::new().num_threads(5).build().expect("pool");
        let (a, b) = (
            alone.install(|| run(&vectors, 10, Metric::Cosine)).expect("runs"),
            many.install(|| run(&vectors, 10, Metric::Cosine)).expect("runs"),
        );
        assert_eq!(a, b);
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert_eq!(run(&Vectors::empty(4), 3, Metric::Cosine).expect("empty").k, 0);
        assert_eq!(run(&normal(1, 4, 0), 3, Metric::Cosine).expect("alone").indices, []);
        let pair = run(&normal(2, 4, 0), 30, Metric::Dot).expect("pair");
        assert_eq!((pair.k, pair.indices), (1, vec![1, 0]));
        let same = Vectors::new(vec![1.0; 40], 2).expect("twenty rows");
        let found = run(&same, 3, Metric::Euclidean).expect("identical rows");
        assert_eq!(found.of(0), [1, 2, 3]);
        assert_eq!(found.of(19), [0, 1, 2]);
        let zeros = run(&Vectors::new(vec![0.0; 6], 2).expect("three rows"), 2, Metric::Cosine).expect("zeros");
        assert_eq!(zeros.distances, [1.0; 6]);
        let bad = Vectors::new(vec![0.0, f32::NAN], 1).expect("two rows");
        assert_eq!(run(&bad, 1, Metric::Dot), Err(Error::NotFinite { row: 1 }));
        assert!(run(&same, 0, Metric::Dot).is_err());
    }

    #[test]
    fn cancelled_work_says_so() {
        let cancel = Cancel::default();
        cancel.cancel();
        let checked = NeighboursParams::default().check().expect("defaults");
        assert_eq!(checked.run(&normal(600, 4, 0), UNWATCHED, &cancel), Err(Error::Cancelled));
    }
}
