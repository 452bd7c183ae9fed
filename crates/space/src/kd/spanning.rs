//! The least tree that joins all points of a map by their mutual reachability: the larger of their distance and both
//! their cores.
//!
//! Borůvka's rounds over the k-d tree. What a point once found nearest outside its part stays its nearest until both are
//! one part, and how far it looked in vain stays a bound; so most points are searched for once or twice, and only where
//! they may still hold the least edge of their part. Deliberately absent: an order of equal edges, of which any may be
//! taken.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::{Branch, CHUNK, Tree, square};
use crate::{Cancel, Error};

/// A branch of several parts, and a point that has nobody.
const NONE: u32 = u32::MAX;

/// What a point knows: nothing outside its part is nearer than `bound`, and `other` is that near if it is outside.
#[derive(Clone, Copy)]
struct Known {
    bound: f64,
    other: u32,
}

/// All numbers squared, in the order of the tree.
struct Round<'a> {
    cores: &'a [f64],
    /// The least core in each branch.
    least: &'a [f64],
    /// The part of each point, named by one of its points.
    parts: &'a [u32],
    /// The part that all points of a branch are in, or [`NONE`].
    whole: Vec<u32>,
    /// For each part the bits of a length that leaves it, or of infinity; it falls as shorter ones are found.
    leaving: Vec<AtomicU64>,
}

impl<const D: usize> Tree<D> {
    /// All `rows − 1` edges `(length, row, other)` of finite `cores`, one for each row.
    pub(crate) fn spanning(&self, cores: &[f64], cancel: &Cancel) -> Result<Vec<(f64, u32, u32)>, Error> {
        let count = self.points.len();
        let squares: Vec<f64> = self.rows.iter().map(|&row| cores[row as usize] * cores[row as usize]).collect();
        let least = |branch: &Branch<D>| squares[branch.from..branch.to].iter().copied().fold(f64::INFINITY, f64::min);
        let least: Vec<f64> = self.branches.par_iter().map(least).collect();
        let mut known: Vec<Known> = squares.iter().map(|&bound| Known { bound, other: NONE }).collect();
        let mut parts: Vec<u32> = (0..count as u32).collect();
        let mut edges = Vec::with_capacity(count.saturating_sub(1));
        while edges.len() + 1 < count {
            cancel.check()?;
            let round = Round {
                cores: &squares,
                least: &least,
                whole: self.whole(&parts),
                leaving: (0..count).map(|_| AtomicU64::new(f64::INFINITY.to_bits())).collect(),
                parts: &parts,
            };
            known.par_iter_mut().enumerate().with_min_len(CHUNK).for_each(|(at, known)| round.review(at, known));
            known.par_iter_mut().enumerate().with_min_len(CHUNK).for_each(|(at, known)| {
                if known.other == NONE && known.bound < round.limit(at) {
                    let limit = round.limit(at);
                    *known = Known { bound: limit, other: NONE };
                    self.leave(0, at, &round, known);
                    round.offer(at, known);
                }
            });
            let chosen = round.chosen(&known);
            for (from, to) in chosen {
                if join(&mut parts, from, to) {
                    let reach = squares[from as usize].max(squares[to as usize]);
                    let length = square(&self.points[from as usize], &self.points[to as usize]).max(reach).sqrt();
                    // Rounded as neighbours' distances are, so that equal edges are equal however they were found.
                    edges.push((f64::from(length as f32), self.rows[from as usize], self.rows[to as usize]));
                }
            }
            for at in 0..count as u32 {
                let root = root(&mut parts, at);
                parts[at as usize] = root;
            }
        }
        Ok(edges)
    }

    fn whole(&self, parts: &[u32]) -> Vec<u32> {
        let mut whole = vec![NONE; self.branches.len()];
        for at in (0..self.branches.len()).rev() {
            let Branch { from, to, .. } = self.branches[at];
            whole[at] = match whole.get(2 * at + 2) {
                Some(&right) if whole[2 * at + 1] == right => right,
                Some(_) => NONE,
                None if parts[from..to].iter().all(|&part| part == parts[from]) => parts[from],
                None => NONE,
            };
        }
        whole
    }

    /// Looks in a branch for a point of another part that is nearer than what is known.
    fn leave(&self, branch: usize, at: usize, round: &Round, known: &mut Known) {
        let (here, core, part) = (&self.points[at], round.cores[at], round.parts[at]);
        if let Some(halves) = self.nearer_first(branch, here) {
            for (away, child) in halves {
                let near = away.max(core).max(round.least[child]) < known.bound;
                if near && round.whole[child] != part {
                    self.leave(child, at, round, known);
                }
            }
            return;
        }
        // Others may have found a shorter way out of the part meanwhile.
        known.bound = known.bound.min(round.limit(at));
        for other in self.branches[branch].from..self.branches[branch].to {
            if round.parts[other] != part {
                let length = square(here, &self.points[other]).max(core).max(round.cores[other]);
                if length < known.bound {
                    *known = Known { bound: length, other: other as u32 };
                }
            }
        }
    }
}

impl Round<'_> {
    /// How long the edge that leaves the part of a point is at most.
    fn limit(&self, at: usize) -> f64 {
        f64::from_bits(self.leaving[self.parts[at] as usize].load(Ordering::Relaxed))
    }

    /// Forgets who is in the same part by now, and offers who is not.
    fn review(&self, at: usize, known: &mut Known) {
        if known.other != NONE && self.parts[known.other as usize] == self.parts[at] {
            known.other = NONE;
        }
        self.offer(at, known);
    }

    /// An edge leaves the parts of both its ends.
    fn offer(&self, at: usize, known: &Known) {
        if known.other != NONE {
            for part in [self.parts[at], self.parts[known.other as usize]] {
                // Bits of numbers from 0 on are in the order of the numbers.
                self.leaving[part as usize].fetch_min(known.bound.to_bits(), Ordering::Relaxed);
            }
        }
    }

    /// For each part an edge that leaves it and is as short as any.
    fn chosen(&self, known: &[Known]) -> Vec<(u32, u32)> {
        let mut chosen = vec![(NONE, NONE); known.len()];
        for (at, known) in (0..).zip(known).filter(|(_, known)| known.other != NONE) {
            for part in [self.parts[at as usize], self.parts[known.other as usize]] {
                if known.bound.to_bits() == self.leaving[part as usize].load(Ordering::Relaxed) {
                    chosen[part as usize] = (at, known.other);
                }
            }
        }
        chosen.retain(|&(from, _)| from != NONE);
        chosen
    }
}

fn root(parts: &mut [u32], at: u32) -> u32 {
    let mut root = at;
    while parts[root as usize] != root {
        // Every look shortens the way for the next.
        parts[root as usize] = parts[parts[root as usize] as usize];
        root = parts[root as usize];
    }
    root
}

fn join(parts: &mut [u32], a: u32, b: u32) -> bool {
    let (a, b) = (root(parts, a), root(parts, b));
    parts[a.max(b) as usize] = a.min(b);
    a != b
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::normal;
    use crate::{Metric, Vectors};

    /// The length of the least tree, grown from the first row by comparing all pairs (Prim).
    fn least(vectors: &Vectors, cores: &[f64]) -> f64 {
        let rows = vectors.rows();
        let length =
            |a: usize, b: usize| Metric::Euclidean.distance(vectors.row(a), vectors.row(b)).max(cores[a]).max(cores[b]);
        let mut away: Vec<f64> = (0..rows).map(|row| length(0, row)).collect();
        let mut left: Vec<usize> = (1..rows).collect();
        let mut sum = 0.0;
        while let Some(at) = (0..left.len()).min_by(|&a, &b| away[left[a]].total_cmp(&away[left[b]])) {
            let joined = left.swap_remove(at);
            sum += away[joined];
            left.iter().for_each(|&row| away[row] = away[row].min(length(joined, row)));
        }
        sum
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn all_rows_are_joined_and_no_tree_is_shorter(rows in 1_usize..300, keep in 0_usize..12, seed in 0_u64..99) {
            // On a coarse grid for every other seed, where many lengths are equal.
            let coarse = |x: f32| if seed % 2 == 0 { x } else { (2.0 * x).round() };
            let values = normal(rows, 2, seed).into_vec().into_iter().map(coarse).collect();
            let vectors = Vectors::new(values, 2).expect("whole rows");
            let tree = Tree::<2>::new(&vectors);
            let cores = tree.reach(keep);
            let edges = tree.spanning(&cores, &Cancel::default()).expect("not cancelled");
            let mut parts: Vec<u32> = (0..rows as u32).collect();
            prop_assert!(edges.iter().all(|&(_, a, b)| join(&mut parts, a, b)));
            prop_assert_eq!(edges.len(), rows - 1);
            let (sum, wanted) = (edges.iter().map(|edge| edge.0).sum::<f64>(), least(&vectors, &cores));
            prop_assert!((sum - wanted).abs() < 1e-4 * wanted.max(1.0), "{} {}", sum, wanted);
        }
    }
}
