//! Approximate neighbours: leaves of random trees first, then neighbours of neighbours until little is new.
//!
//! NN-descent (Dong, Charikar and Li 2011) turned round so that matrix products do the work: rows that lie near each
//! other are improved together, against all the rows that their neighbours call neighbours, and every row writes only
//! its own list. So no result depends on which thread came first. At first only sketches are multiplied, and of each row
//! the pairs that they put first are measured; where a sample shows that this found too little, whole rows are.
//! Deliberately absent: sampling of pairs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::forest::Tree;
use super::least::least;
use super::probe::Probe;
use super::sketch::{Room, Sketch};
use super::{Candidate, SPARE, by_key, tiles};
use crate::distances::{Block, Distances};
use crate::wide::widely;
use crate::{Cancel, Error, Progress, sample};

/// Rows that stand for all when recall is measured.
const PROBED: usize = 400;
/// From this share of true neighbours on more rounds are not worth their time.
const ENOUGH: f64 = 0.99;
/// Below this share of true neighbours the search goes on with more effort.
const LEAST: f64 = 0.95;
/// How often effort is raised, and up to which number of rows comparing all pairs comes before the last time.
const LEVELS: usize = 3;
const EXACT_ROWS: usize = 65_536;
/// Rows that are improved together.
const GROUP: usize = 64;
/// Trees that are looked at by sketch, and how many leaves each leaf is compared with.
const SKETCHED_TREES: usize = 4;
const NEAR: usize = 8;
/// Rows of a leaf in which all are compared with each other as they are.
const LEAF: usize = 256;
/// Trees of which whole rows are compared and candidates of a row, doubled with each level that does; and the most rounds
/// of a level.
const TREES: usize = 6;
const CANDIDATES: usize = 1280;
const ROUNDS: usize = 3;
/// A round that changes a smaller share of all entries is the last of its level.
const SETTLED: f64 = 0.05;

/// What the search found.
pub(super) struct Found {
    /// At least `k` candidates for each row, ascending by key.
    pub(super) lists: Vec<Vec<Candidate>>,
    /// The share of true neighbours among the first `k` of them.
    pub(super) recall: f64,
    /// All rows, those near each other side by side.
    pub(super) order: Vec<u32>,
}

/// Looks for the `k` nearest of each row.
pub(super) fn search(
    distances: &Distances,
    k: usize,
    seed: u64,
    progress: Progress,
    cancel: &Cancel,
) -> Result<Found, Error> {
    let rows = distances.rows();
    let sketch = Sketch::new(distances, seed, cancel)?;
    let probe = Probe::new(distances, sample::rows(rows, PROBED, seed ^ 1), k);
    // Of the size they will have: a million lists that grow leave as much again in gaps.
    let lists = (0..rows).map(|_| Vec::with_capacity(k + SPARE + 1)).collect();
    let mut descent = Descent { distances, sketch: Some(&sketch), keep: k + SPARE, lists, cancel };
    let (mut level, mut grown) = (0_usize, seed);
    let mut grow = |leaf: usize| {
        grown = grown.wrapping_add(1);
        Tree::grow(&sketch, leaf, grown)
    };
    loop {
        let doubled = level.saturating_sub(1);
        descent.sketch = (level == 0).then_some(&sketch);
        let trees = if level == 0 { SKETCHED_TREES } else { TREES << doubled };
        let mut groups = None;
        for tree in 0..trees {
            cancel.check()?;
            if level == 0 {
                let cells = grow(GROUP);
                descent.compare_near(&cells, NEAR.max((16 * k).div_ceil(GROUP)));
                groups = Some(cells);
            } else {
                descent.compare_leaves(&grow(LEAF.max(4 * k)));
            }
            progress(tree + 1, trees + ROUNDS);
        }
        let groups = groups.unwrap_or_else(|| grow(GROUP));
        let mut recall = probe.recall(&descent.lists);
        for round in 0..ROUNDS {
            cancel.check()?;
            if recall >= ENOUGH {
                break;
            }
            let changed = descent.improve(&groups, (CANDIDATES << doubled).max(16 * k));
            recall = probe.recall(&descent.lists);
            progress(trees + round + 1, trees + ROUNDS);
            if (changed as f64) < SETTLED * (rows * k) as f64 {
                break;
            }
        }
        cancel.check()?;
        if recall >= LEAST || level == LEVELS {
            return Ok(Found { lists: descent.lists, recall, order: groups.into_order() });
        }
        level += 1;
        if level == LEVELS && rows <= EXACT_ROWS {
            let lists = tiles::search(distances, k + SPARE, progress, cancel)?;
            return Ok(Found { lists, recall: 1.0, order: groups.into_order() });
        }
    }
}

struct Descent<'a> {
    distances: &'a Distances<'a>,
    /// What candidates are sifted by before they are measured; nothing measures them all.
    sketch: Option<&'a Sketch>,
    /// Candidates kept of each row.
    keep: usize,
    /// Ascending by key.
    lists: Vec<Vec<Candidate>>,
    cancel: &'a Cancel,
}

impl Descent<'_> {
    /// Compares all rows of each leaf with each other.
    fn compare_leaves(&mut self, tree: &Tree) {
        self.compare(tree, |_, at, candidates| candidates.extend_from_slice(tree.leaf(at)));
    }

    /// Compares the rows of each leaf with those of the `most` leaves nearest to it.
    fn compare_near(&mut self, tree: &Tree, most: usize) {
        let near = self.sketch.map_or_else(Vec::new, |sketch| sketch.near_leaves(tree, most));
        self.compare(tree, |_, at, candidates| {
            near[at].iter().for_each(|&leaf| candidates.extend_from_slice(tree.leaf(leaf as usize)));
        });
    }

    /// Compares the rows of each group with at most `most` rows that their neighbours call neighbours, those named
    /// most often. Returns how many entries are new.
    fn improve(&mut self, groups: &Tree, most: usize) -> usize {
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
        let (distances, sketch, keep, cancel) = (self.distances, self.sketch, self.keep, self.cancel);
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
            match sketch {
                Some(sketch) => sketch.keys(group, &bench.candidates, &mut bench.room, &mut bench.keys),
                None => bench.compare_whole(distances, group),
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
                        if sketch.is_none() {
                            new += offer(&mut list, keep, row, keys, candidates);
                            continue;
                        }
                        least(keys, 2 * keep, shares, places);
                        likely.clear();
                        let named = places.iter().map(|&place| candidates[place as usize]);
                        likely.extend(named.filter(|&other| list.iter().all(|&(_, known)| known != other)));
                        distances.keys_from(row as usize, likely, measured);
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
    room: Room,
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
