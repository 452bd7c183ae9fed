//! Approximate neighbours: those of a random tree first, then neighbours of neighbours until little is new.
//!
//! Where rows can be had in codes (`codes`), these are compared all along, cell by cell of one tree, and a row more than
//! is wanted is kept until whole rows decide. Elsewhere sketches are multiplied at first, the pairs that they put first
//! are measured, and where a sample shows that this found too little, whole rows are compared. Deliberately absent: how
//! lists become better (`descent`).

use super::descent::{Descent, Sieve};
use super::forest::Tree;
use super::probe::Probe;
use super::sketch::Sketch;
use super::{Candidate, SPARE, tiles};
use crate::codes::Codes;
use crate::distances::Distances;
use crate::{Cancel, Error, Progress, sample};

/// Rows that stand for all when recall is measured.
const PROBED: usize = 400;
/// From this share of true neighbours on more rounds are not worth their time: 0.99, and what the share among rows that stand for
/// all is off by (its standard error is about 0.0015).
const ENOUGH: f64 = 0.9925;
/// Below this share of true neighbours the search goes on with more effort.
const LEAST: f64 = 0.95;
/// How often effort is raised, and up to which number of rows comparing all pairs comes before the last time.
const LEVELS: usize = 3;
const EXACT_ROWS: usize = 65_536;
/// Rows that are improved together.
const GROUP: usize = 64;
/// Trees that are looked at by sketch or codes, and how many leaves each leaf is compared with.
const SIFTED_TREES: usize = 4;
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

/// What a search found.
pub(super) struct Found {
    /// All rows, those near each other side by side.
    pub(super) order: Vec<u32>,
    /// At least `k` candidates for each of them.
    pub(super) lists: Vec<Vec<Candidate>>,
    /// The share of true neighbours among the `k` nearest of these.
    pub(super) recall: f64,
}

/// Looks for the `k` nearest of each row.
pub(super) fn search(
    distances: &Distances,
    k: usize,
    seed: u64,
    progress: Progress,
    cancel: &Cancel,
) -> Result<Found, Error> {
    let sketch = Sketch::new(distances, seed, cancel)?;
    if Codes::serve(distances) {
        return by_codes(distances, sketch, k, seed, progress, cancel);
    }
    by_sketch(distances, &sketch, k, seed, progress, cancel)
}

fn by_codes(
    distances: &Distances,
    sketch: Sketch,
    k: usize,
    seed: u64,
    progress: Progress,
    cancel: &Cancel,
) -> Result<Found, Error> {
    let rows = distances.rows();
    let most = NEAR.max((16 * k).div_ceil(GROUP));
    let first = Tree::grow(&sketch, GROUP, seed);
    let near = sketch.near_leaves(&first, most);
    let codes = Codes::new(distances, first.into_order(), cancel)?;
    let of = |place: usize| codes.order()[place] as usize;
    let places = sample::rows(rows, PROBED, seed ^ 1);
    let probe = Probe::new(distances, places.iter().map(|&place| of(place)).collect(), k);
    let recall = |descent: &Descent| {
        probe.recall(|at, row| {
            let (list, mut keys) = (&descent.lists[places[at]], Vec::new());
            let others: Vec<u32> = list.iter().map(|&(_, place)| of(place as usize) as u32).collect();
            distances.keys_from(row, &others, &mut keys);
            keys
        })
    };
    let mut descent = Descent::new(distances, Sieve::Codes(&codes), k + SPARE, cancel);
    let steps = SIFTED_TREES + LEVELS * ROUNDS;
    let cells = Tree::of_places(rows, GROUP);
    descent.compare_near(&cells, &near);
    let mut found = recall(&descent);
    for tree in 1..SIFTED_TREES {
        cancel.check()?;
        progress(tree, steps);
        if found >= ENOUGH {
            break;
        }
        let cells = Tree::grow(&sketch, GROUP, seed.wrapping_add(tree as u64));
        let near = sketch.near_leaves(&cells, most);
        descent.compare_near(&cells.renamed(&codes.places()), &near);
        found = recall(&descent);
    }
    drop(sketch);
    let mut level = 0;
    for round in 0..LEVELS * ROUNDS {
        cancel.check()?;
        progress(SIFTED_TREES + round, steps);
        if found >= ENOUGH {
            break;
        }
        let changed = descent.improve(&cells, (CANDIDATES << level).max(16 * k));
        found = recall(&descent);
        let settled = (changed as f64) < SETTLED * (rows * k) as f64;
        if settled && (found >= LEAST || level + 1 == LEVELS) {
            break;
        }
        // Where more of the same candidates would find little, there are twice as many.
        if found < LEAST {
            level = (level + 1).min(LEVELS - 1);
        }
    }
    cancel.check()?;
    let mut lists = descent.lists;
    lists.iter_mut().flatten().for_each(|(_, place)| *place = of(*place as usize) as u32);
    Ok(Found { lists, recall: found, order: codes.into_order() })
}

fn by_sketch(
    distances: &Distances,
    sketch: &Sketch,
    k: usize,
    seed: u64,
    progress: Progress,
    cancel: &Cancel,
) -> Result<Found, Error> {
    let rows = distances.rows();
    let probe = Probe::new(distances, sample::rows(rows, PROBED, seed ^ 1), k);
    let recall = |descent: &Descent| probe.recall(|_, row| descent.lists[row].iter().map(|&(key, _)| key).collect());
    let mut descent = Descent::new(distances, Sieve::Sketch(sketch), k + SPARE, cancel);
    let (mut level, mut grown) = (0_usize, seed);
    let mut grow = |leaf: usize| {
        grown = grown.wrapping_add(1);
        Tree::grow(sketch, leaf, grown)
    };
    loop {
        let doubled = level.saturating_sub(1);
        let trees = if level == 0 { SIFTED_TREES } else { TREES << doubled };
        let mut groups = None;
        for tree in 0..trees {
            cancel.check()?;
            if level == 0 {
                let cells = grow(GROUP);
                descent.compare_near(&cells, &sketch.near_leaves(&cells, NEAR.max((16 * k).div_ceil(GROUP))));
                groups = Some(cells);
            } else {
                descent.sieve = Sieve::Whole;
                descent.compare_leaves(&grow(LEAF.max(4 * k)));
            }
            progress(tree + 1, trees + ROUNDS);
        }
        let groups = groups.unwrap_or_else(|| grow(GROUP));
        let mut found = recall(&descent);
        for round in 0..ROUNDS {
            cancel.check()?;
            if found >= ENOUGH {
                break;
            }
            let changed = descent.improve(&groups, (CANDIDATES << doubled).max(16 * k));
            found = recall(&descent);
            progress(trees + round + 1, trees + ROUNDS);
            if (changed as f64) < SETTLED * (rows * k) as f64 {
                break;
            }
        }
        cancel.check()?;
        level += 1;
        let mut lists = if found < LEAST && level == LEVELS && rows <= EXACT_ROWS {
            found = 1.0;
            tiles::search(distances, k + SPARE, progress, cancel)?
        } else if found >= LEAST || level > LEVELS {
            descent.lists
        } else {
            continue;
        };
        let order = groups.into_order();
        let lists = order.iter().map(|&row| std::mem::take(&mut lists[row as usize])).collect();
        return Ok(Found { lists, recall: found, order });
    }
}
