//! NN-descent (Dong, Charikar and Li 2011) turned round so that matrix products do the work.
//!
//! Rows that lie near each other are improved together, against all the rows that their neighbours call neighbours, and
//! every row writes only its own list. So no result depends on which thread came first. Deliberately absent: where to
//! begin and when it is enough (`approximate`); sampling of pairs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::forest::Tree;
use super::least::least;
use super::sketch::{self, Sketch};
use super::{Candidate, by_key};
use crate::Cancel;
use crate::codes::{self, Codes};
use crate::distances::{Block, Distances};
use crate::wide::widely;

/// What all pairs of a group and its candidates are compared by.
#[derive(Clone, Copy)]
pub(super) enum Sieve<'a> {
    /// Sketches; the pairs that they put first are measured.
    Sketch(&'a Sketch),
    /// Codes, which come near enough; rows are places in their order.
    Codes(&'a Codes),
    /// Whole rows.
    Whole,
}

/// Lists of neighbours while they become better.
pub(super) struct Descent<'a> {
    distances: &'a Distances<'a>,
    pub(super) sieve: Sieve<'a>,
    /// Candidates kept of each row.
    keep: usize,
    /// Ascending by key.
    pub(super) lists: Vec<Vec<Candidate>>,
    cancel: &'a Cancel,
}

impl<'a> Descent<'a> {
    /// Empty lists.
    pub(super) fn new(distances: &'a Distances<'a>, sieve: Sieve<'a>, keep: usize, cancel: &'a Cancel) -> Self {
        // Of the size they will have: a million lists that grow leave as much again in gaps.
        let lists = (0..distances.rows()).map(|_| Vec::with_capacity(keep + 1)).collect();
        Self { distances, sieve, keep, lists, cancel }
    }

    /// Compares all rows of each leaf with each other.
    pub(super) fn compare_leaves(&mut self, tree: &Tree) {
        self.compare(tree, |_, at, candidates| candidates.extend_from_slice(tree.leaf(at)));
    }

    /// Compares the rows of each leaf with those of the leaves named for it.
    pub(super) fn compare_near(&mut self, tree: &Tree, near: &[Vec<u32>]) {
        self.compare(tree, |_, at, candidates| {
            near[at].iter().for_each(|&leaf| candidates.extend_from_slice(tree.leaf(leaf as usize)));
        });
    }

    /// Compares the rows of each group with at most `most` rows that their neighbours call neighbours, those named
    /// most often. Returns how many entries are new.
    pub(super) fn improve(&mut self, groups: &Tree, most: usize) -> usize {
        let known: Vec<u32> = self.lists.iter().flat_map(|list| list.iter().map(|&(_, other)| other)).collect();
        let mut starts = vec![0];
        starts.extend(self.lists.iter().scan(0, |end, list| {
            *end += list.len();
            Some(*end)
        }));
        let of = |row: u32| &known[starts[row as usize]..starts[row as usize + 1]];
        let reverse = Reverse::new(self.lists.len(), self.keep, of);
        self.compare(groups, |votes, at, candidates| {
            votes.resize(starts.len() - 1);
            for &row in groups.leaf(at) {
                of(row).iter().chain(reverse.of(row)).for_each(|&near| votes.add(near, 1));
            }
            let near = votes.take();
            for &(other, weight) in &near {
                votes.add(other, weight);
                of(other).iter().for_each(|&next| votes.add(next, weight));
            }
            let mut named = votes.take();
            if named.len() > most {
                named.select_nth_unstable_by(most - 1, |a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
                named.truncate(most);
            }
            candidates.extend(named.into_iter().map(|(row, _)| row));
            candidates.sort_unstable();
        })
    }

    /// Offers every row of a group the candidates chosen for the group. Returns how many entries are new.
    fn compare(&mut self, tree: &Tree, choose: impl Fn(&mut Votes, usize, &mut Vec<u32>) + Sync) -> usize {
        let (distances, sieve, keep, cancel) = (self.distances, self.sieve, self.keep, self.cancel);
        // A row belongs to one group alone: nobody waits for these locks.
        let lists: Vec<Mutex<&mut Vec<Candidate>>> = self.lists.iter_mut().map(Mutex::new).collect();
        let changed = AtomicUsize::new(0);
        (0..tree.leaves()).into_par_iter().for_each_init(Bench::default, |bench, at| {
            if cancel.is_cancelled() {
                return;
            }
            let group = tree.leaf(at);
            bench.candidates.clear();
            choose(&mut bench.votes, at, &mut bench.candidates);
            if bench.candidates.is_empty() {
                return;
            }
            match sieve {
                Sieve::Sketch(sketch) => sketch.keys(group, &bench.candidates, &mut bench.sketches, &mut bench.keys),
                Sieve::Codes(codes) => codes.keys(group, &bench.candidates, &mut bench.codes, &mut bench.keys),
                Sieve::Whole => bench.compare_whole(distances, group),
            }
            let (keys, candidates) = (&bench.keys, &bench.candidates);
            let (shares, places) = (&mut bench.shares, &mut bench.places);
            let (likely, measured) = (&mut bench.likely, &mut bench.measured);
            let new = widely(
                #[inline(always)]
                || {
                    let mut new = 0;
                    for (&row, keys) in group.iter().zip(keys.chunks_exact(candidates.len())) {
                        let mut list = lists[row as usize].lock().unwrap_or_else(PoisonError::into_inner);
                        let by_sketch = matches!(sieve, Sieve::Sketch(_));
                        // A list that holds what it may has a limit that sets most aside.
                        if !by_sketch && list.len() == keep {
                            new += offer(&mut list, keep, row, keys, candidates);
                            continue;
                        }
                        least(keys, 2 * keep, shares, places);
                        likely.clear();
                        measured.clear();
                        for &place in places.iter() {
                            let other = candidates[place as usize];
                            if list.iter().all(|&(_, known)| known != other) {
                                likely.push(other);
                                measured.push(keys[place as usize]);
                            }
                        }
                        if by_sketch {
                            distances.keys_from(row as usize, likely, measured);
                        }
                        new += offer(&mut list, keep, row, measured, likely);
                    }
                    new
                },
            );
            changed.fetch_add(new, Ordering::Relaxed);
        });
        changed.into_inner()
    }
}

/// What one thread works with, from group to group.
#[derive(Default)]
struct Bench {
    votes: Votes,
    candidates: Vec<u32>,
    keys: Vec<f32>,
    sketches: sketch::Room,
    codes: codes::Room,
    left: Block,
    right: Block,
    shares: Vec<f32>,
    places: Vec<u32>,
    likely: Vec<u32>,
    measured: Vec<f32>,
}

impl Bench {
    /// Keys of a group and its candidates, from whole rows.
    fn compare_whole(&mut self, distances: &Distances, group: &[u32]) {
        let load = |rows: &[u32], block: &mut Block| distances.load(rows.iter().map(|&row| row as usize), block);
        load(group, &mut self.left);
        let right = if self.candidates == group {
            &self.left
        } else {
            load(&self.candidates, &mut self.right);
            &self.right
        };
        distances.keys(&self.left, right, &mut self.keys);
    }
}

/// Takes from the offered rows those nearer than what the list holds. Returns how many it took.
#[inline(always)]
fn offer(list: &mut Vec<Candidate>, keep: usize, itself: u32, keys: &[f32], rows: &[u32]) -> usize {
    const STEP: usize = 16;
    let worst = |list: &[Candidate]| if list.len() < keep { f32::INFINITY } else { list[keep - 1].0 };
    let (mut limit, mut taken) = (worst(list), 0);
    for (keys, rows) in keys.chunks(STEP).zip(rows.chunks(STEP)) {
        // Most chunks hold nothing new: one comparison without branches sets them aside.
        if !keys.iter().fold(false, |any, &key| any | (key < limit)) {
            continue;
        }
        for (&key, &row) in keys.iter().zip(rows) {
            if key < limit && row != itself && list.iter().all(|&(_, known)| known != row) {
                let place = list.partition_point(|known| by_key(known, &(key, row)).is_lt());
                list.insert(place, (key, row));
                list.truncate(keep);
                limit = worst(list);
                taken += 1;
            }
        }
    }
    taken
}

/// Who calls a row its neighbour, the nearest first and not more than a few.
struct Reverse {
    most: usize,
    rows: Vec<u32>,
    counts: Vec<u32>,
}

impl Reverse {
    fn new<'a>(rows: usize, most: usize, of: impl Fn(u32) -> &'a [u32]) -> Self {
        let mut reverse = Self { most, rows: vec![0; rows * most], counts: vec![0; rows] };
        for rank in 0..most {
            for row in 0..rows as u32 {
                let Some(&other) = of(row).get(rank) else { continue };
                let count = &mut reverse.counts[other as usize];
                if (*count as usize) < most {
                    reverse.rows[other as usize * most + *count as usize] = row;
                    *count += 1;
                }
            }
        }
        reverse
    }

    fn of(&self, row: u32) -> &[u32] {
        let from = row as usize * self.most;
        &self.rows[from..from + self.counts[row as usize] as usize]
    }
}

/// How often rows were named, kept for all rows so that counting is one step.
#[derive(Default)]
struct Votes {
    counts: Vec<u32>,
    named: Vec<u32>,
}

impl Votes {
    fn resize(&mut self, rows: usize) {
        self.counts.resize(rows, 0);
    }

    fn add(&mut self, row: u32, weight: u32) {
        let count = &mut self.counts[row as usize];
        if *count == 0 {
            self.named.push(row);
        }
        *count += weight;
    }

    /// All named rows and how often they were, and forgets them.
    fn take(&mut self) -> Vec<(u32, u32)> {
        self.named.drain(..).map(|row| (row, std::mem::take(&mut self.counts[row as usize]))).collect()
    }
}
