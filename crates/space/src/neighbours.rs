//! The `k` nearest of every row, itself left out: the one graph that layouts, clusters and metrics share.
//!
//! Few rows are compared with all others, and many on a map through a k-d tree; many in many dimensions are searched
//! through random trees and the neighbours of neighbours, and a sample of them compared with all others, which says how
//! much of the truth was found. Distances are always measured in `f64`. Deliberately absent: questions
//! that come later (`index`).

mod approximate;
mod descent;
mod forest;
mod least;
mod probe;
mod sketch;
mod tiles;

use rayon::prelude::*;

use self::approximate::Found;
use self::forest::Tree;
use self::sketch::Sketch;
use crate::codes::Codes;
use crate::distances::Distances;
use crate::kd::Map;
use crate::wide::widely;
use crate::{Cancel, Error, Metric, Progress, Vectors, similarity};

/// Candidates kept beyond `k` until they are measured exactly.
const SPARE: usize = 8;
/// Up to this many rows [`Search::Auto`] compares all pairs.
pub const EXACT_ROWS: usize = 16_384;
/// Up to this many rows sifting by codes is not worth its while.
const SIFTED_ROWS: usize = 2_048;
/// Rows of a leaf of the tree by which rows are put in order.
const NEAR: usize = 64;
/// Rows whose neighbours are measured exactly at a time: what that takes is small beside the vectors.
const MEASURED: usize = 65_536;

/// How neighbours are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Search {
    /// Exactly up to 16 384 rows and on maps (Euclid in at most three dimensions), else approximately.
    #[default]
    Auto,
    /// Exactly, however many rows there are.
    Exact,
    /// Through random trees and neighbours of neighbours (NN-descent, Dong 2011), with more effort where a sample
    /// shows that too little was found.
    Approximate,
}

/// What to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeighboursParams {
    /// Neighbours of each row; more than there are rows means all others.
    pub k: usize,
    /// How rows are compared.
    pub metric: Metric,
    /// How hard to look.
    pub search: Search,
    /// Same seed, same neighbours; an exact search draws nothing.
    pub seed: u64,
}

impl Default for NeighboursParams {
    fn default() -> Self {
        Self { k: 15, metric: Metric::Cosine, search: Search::Auto, seed: 42 }
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
    /// Share of the true neighbours that were found, 0 to 1: measured on a sample of rows, 1 after an exact search.
    pub recall: f64,
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

    /// The distances of one row to its neighbours, ascending.
    pub fn distances_of(&self, row: usize) -> &[f32] {
        &self.distances[row * self.k..(row + 1) * self.k]
    }

    /// How many rows have a list.
    pub fn rows(&self) -> usize {
        self.indices.len().checked_div(self.k).unwrap_or(0)
    }
}

impl CheckedNeighbours {
    /// All pairs.
    fn exactly(&self, distances: &Distances, k: usize, progress: Progress, cancel: &Cancel) -> Result<Found, Error> {
        if distances.rows() > SIFTED_ROWS && Codes::serve(distances) {
            // Rows near each other side by side: what is nearest is seen early, and little is looked at whole.
            let sketch = Sketch::new(distances, self.0.seed, cancel)?;
            let order = Tree::grow(&sketch, NEAR, self.0.seed).into_order();
            let codes = Codes::new(distances, order, cancel)?;
            if let Some(lists) = tiles::sifted(distances, &codes, k + SPARE, progress, cancel)? {
                return Ok(Found { lists, recall: 1.0, order: codes.into_order() });
            }
        }
        let lists = tiles::search(distances, k + SPARE, progress, cancel)?;
        Ok(Found { lists, recall: 1.0, order: (0..distances.rows() as u32).collect() })
    }

    /// Searches. Fewer than two rows give empty lists (`k` is 0); fails on numbers that are not finite. A vector of
    /// zeros has cosine distance 1 to every other.
    pub fn run(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Neighbours, Error> {
        let distances = Distances::new(vectors, self.0.metric)?;
        let k = self.0.k.min(vectors.rows().saturating_sub(1));
        if k == 0 {
            return Ok(Neighbours { k, indices: Vec::new(), distances: Vec::new(), recall: 1.0 });
        }
        let exact = match self.0.search {
            Search::Auto => vectors.rows() <= EXACT_ROWS,
            // Where every row is nearly everyone's neighbour there is nothing to descend.
            Search::Approximate => vectors.rows() <= 4 * (k + SPARE),
            Search::Exact => true,
        };
        let by_tree = self.0.metric == Metric::Euclidean && vectors.rows() > EXACT_ROWS;
        let by_rows = || (0..vectors.rows() as u32).collect();
        let Found { lists, recall, order } = if let Some(map) = by_tree.then(|| Map::new(vectors)).flatten() {
            Found { lists: map.nearest(k + SPARE), recall: 1.0, order: by_rows() }
        } else if exact {
            self.exactly(&distances, k, progress, cancel)?
        } else {
            approximate::search(&distances, k, self.0.seed, progress, cancel)?
        };
        let (mut indices, mut found) = (vec![0; vectors.rows() * k], vec![0.0; vectors.rows() * k]);
        // Rows near each other one after the other: what one is compared with is still at hand for the next.
        for (some, lists) in order.chunks(MEASURED).zip(lists.chunks(MEASURED)) {
            let measured: Vec<Vec<(f64, u32)>> = some
                .par_iter()
                .zip(lists)
                .with_min_len(64)
                .map(|(&row, list)| {
                    let mut exact: Vec<(f64, u32)> = widely(
                        #[inline(always)]
                        || {
                            let mut exact = Vec::with_capacity(list.len());
                            for &(_, other) in list {
                                exact.push((distances.exact(row as usize, other as usize), other));
                            }
                            exact
                        },
                    );
                    exact.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                    exact.truncate(k);
                    exact
                })
                .collect();
            for (&row, measured) in some.iter().zip(measured) {
                let places = row as usize * k..(row as usize + 1) * k;
                for ((index, distance), (exact, other)) in
                    indices[places.clone()].iter_mut().zip(&mut found[places]).zip(measured)
                {
                    (*index, *distance) = (other, exact as f32);
                }
            }
        }
        Ok(Neighbours { k, indices, distances: found, recall })
    }
}

/// The `k` rows of `base` nearest to each of `new`, all pairs compared; all where there are fewer.
pub fn between(new: &Vectors, base: &Vectors, k: usize, metric: Metric, cancel: &Cancel) -> Result<Neighbours, Error> {
    let k = k.min(base.rows());
    let (mut indices, mut distances) = (Vec::with_capacity(new.rows() * k), Vec::with_capacity(new.rows() * k));
    similarity::blocks(new, base, metric, |_, block| {
        cancel.check()?;
        let nearest = |row: &[f32]| -> Vec<Candidate> {
            // What is shown is a distance already, or falls where the distance rises.
            let distance = |shown: f32| match metric {
                Metric::Cosine => 1.0 - shown,
                Metric::Dot => -shown,
                Metric::Euclidean | Metric::Manhattan => shown,
            };
            let mut list: Vec<Candidate> = row.iter().map(|&shown| distance(shown)).zip(0..).collect();
            if k < list.len() {
                list.select_nth_unstable_by(k, by_key);
                list.truncate(k);
            }
            list.sort_unstable_by(by_key);
            list
        };
        let lists: Vec<Vec<Candidate>> = block.as_slice().par_chunks(base.rows()).map(nearest).collect();
        for (distance, other) in lists.into_iter().flatten() {
            indices.push(other);
            distances.push(distance);
        }
        Ok::<_, Error>(())
    })?;
    Ok(Neighbours { k, indices, distances, recall: 1.0 })
}

/// A key of `Distances` and the row it belongs to.
type Candidate = (f32, u32);

fn by_key(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

#[cfg(test)]
mod tests;
