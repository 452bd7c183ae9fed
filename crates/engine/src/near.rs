//! The neighbours of a set's rows, which its maps and clusters share.
//!
//! What they get never depends on what was computed before: where all pairs are compared it cannot, and elsewhere lists are looked
//! for in a few lengths only, from one seed, and serve those who ask for that length. Deliberately absent: how neighbours are found
//! (`space::neighbours`).

use std::sync::Arc;

use embedscope_space::neighbours::{EXACT_ROWS, Neighbours, NeighboursParams};
use embedscope_space::{Cancel, Error, Metric, Progress, Vectors};

/// The most numbers of lists that are kept (256 MB).
const KEPT: usize = 32_000_000;
/// Approximate lists are multiples of this long.
const LENGTH: usize = 16;

/// Lists that were found, by the metric they are nearest by.
#[derive(Clone, Default)]
pub(crate) struct Near(Vec<(Metric, Arc<Neighbours>)>);

impl Near {
    /// How many neighbours of each of so many rows are looked for when `k` are wanted.
    fn length(rows: usize, k: usize) -> usize {
        let k = if rows <= EXACT_ROWS { k } else { k.next_multiple_of(LENGTH) };
        k.min(rows.saturating_sub(1))
    }

    /// At least `k` neighbours of each of so many rows, where they are known.
    pub(crate) fn known(&self, rows: usize, metric: Metric, k: usize) -> Option<Arc<Neighbours>> {
        let length = Self::length(rows, k);
        let serves = |near: &Neighbours| {
            near.rows() == rows && if rows <= EXACT_ROWS { near.k >= length } else { near.k == length }
        };
        self.0.iter().find(|(by, near)| *by == metric && serves(near)).map(|(_, near)| near.clone())
    }

    /// Keeps what was found, in the place of what it serves as well, and of all else where that would be too much.
    pub(crate) fn keep(&mut self, metric: Metric, found: Arc<Neighbours>) {
        let rows = found.rows();
        self.0.retain(|(by, near)| near.rows() == rows && !(rows <= EXACT_ROWS && *by == metric));
        let numbers: usize = self.0.iter().map(|(_, near)| near.indices.len()).sum();
        if numbers + found.indices.len() > KEPT {
            self.0.clear();
        }
        if found.indices.len() <= KEPT {
            self.0.push((metric, found));
        }
    }
}

/// Looks for at least `k` neighbours of every row.
pub(crate) fn search(
    vectors: &Vectors,
    metric: Metric,
    k: usize,
    progress: Progress,
    cancel: &Cancel,
) -> Result<Neighbours, Error> {
    let params = NeighboursParams { k: Near::length(vectors.rows(), k).max(1), metric, ..Default::default() };
    params.check()?.run(vectors, progress, cancel)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(rows: usize, k: usize) -> Arc<Neighbours> {
        Arc::new(Neighbours { k, indices: vec![0; rows * k], distances: vec![0.0; rows * k], recall: 1.0 })
    }

    #[test]
    fn exact_lists_serve_all_who_want_fewer() {
        let mut near = Near::default();
        near.keep(Metric::Cosine, lists(100, 10));
        near.keep(Metric::Cosine, lists(100, 30));
        let known = |k| near.known(100, Metric::Cosine, k).map(|near| near.k);
        assert_eq!((known(10), known(30), known(31)), (Some(30), Some(30), None));
        assert_eq!(near.0.len(), 1, "the shorter lists are of no more use");
        assert!(near.known(100, Metric::Euclidean, 10).is_none() && near.known(101, Metric::Cosine, 10).is_none());
    }

    #[test]
    fn approximate_lists_serve_their_own_length() {
        let rows = EXACT_ROWS + 1;
        let mut near = Near::default();
        near.keep(Metric::Cosine, lists(rows, 96));
        near.keep(Metric::Cosine, lists(rows, 16));
        let known = |k| near.known(rows, Metric::Cosine, k).map(|near| near.k);
        assert_eq!((known(14), known(15), known(17), known(90)), (Some(16), Some(16), None, Some(96)));
        assert_eq!((Near::length(rows, 15), Near::length(rows, 90), Near::length(100, 15)), (16, 96, 15));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (rows, mut near) = (1_000_000, Near::default());
        near.keep(Metric::Cosine, lists(rows, 16));
        near.keep(Metric::Cosine, lists(rows, 32));
        assert!(near.known(rows, Metric::Cosine, 16).is_none() && near.known(rows, Metric::Cosine, 32).is_some());
    }
}
