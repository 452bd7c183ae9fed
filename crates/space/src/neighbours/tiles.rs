//! All pairs: every pair of row blocks is multiplied once and feeds the lists of both.
//!
//! Where rows can be had in codes, those are multiplied first, and only pairs that may be among the nearest by what codes
//! leave open are looked at whole. Deliberately absent: measuring what was found in `f64`; see `neighbours`.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::{Candidate, by_key};
use crate::codes::Codes;
use crate::distances::{Block, Distances};
use crate::product::BLOCK;
use crate::wide::widely;
use crate::{Cancel, Error, Progress};

/// Candidates of a row, for each one kept, beyond which codes tell too little and whole rows are multiplied instead.
const UNDECIDED: usize = 32;

/// The lists of one block of rows while they fill.
struct Lists<'a> {
    keep: usize,
    lists: Vec<Vec<Candidate>>,
    /// The worst key that can still enter each list.
    limits: Vec<f32>,
    /// How long each may grow until it is shortened.
    room: Vec<usize>,
    /// What tells how far keys may be off, if they are not exact, and the place of the first row there.
    codes: Option<(&'a Codes, usize)>,
    /// Whether those left too much open.
    undecided: bool,
}

impl<'a> Lists<'a> {
    fn new(rows: usize, keep: usize, codes: Option<(&'a Codes, usize)>) -> Self {
        let (lists, limits) = (vec![Vec::new(); rows], vec![f32::INFINITY; rows]);
        Self { keep, lists, limits, room: vec![2 * keep; rows], codes, undecided: false }
    }

    fn offer(&mut self, row: usize, key: f32, other: u32) {
        self.lists[row].push((key, other));
        if self.lists[row].len() >= self.room[row] {
            self.shorten(row);
        }
    }

    /// Leaves all that can be among the nearest, whatever is offered in whatever order.
    fn shorten(&mut self, row: usize) {
        let (list, nth) = (&mut self.lists[row], self.keep - 1);
        let Some((codes, first)) = self.codes else {
            list.select_nth_unstable_by(nth, by_key);
            list.truncate(self.keep);
            self.limits[row] = list[nth].0;
            return;
        };
        let most = |&(least, other): &Candidate| least + codes.span(first + row, other as usize);
        let mut most: Vec<f32> = list.iter().map(most).collect();
        let limit = *most.select_nth_unstable_by(nth, f32::total_cmp).1;
        list.retain(|&(least, _)| least <= limit);
        self.limits[row] = limit;
        self.room[row] = (2 * list.len()).max(4 * self.keep);
        self.undecided |= list.len() > UNDECIDED * self.keep;
    }
}

/// The `keep` nearest of each row by key, ascending.
pub(super) fn search(
    distances: &Distances,
    keep: usize,
    progress: Progress,
    cancel: &Cancel,
) -> Result<Vec<Vec<Candidate>>, Error> {
    let multiply = |(a, b): &mut (Block, Block), first, second, keys: &mut Vec<f32>| {
        distances.load(first, a);
        distances.load(second, b);
        distances.keys(a, b, keys);
    };
    let mut lists = all_pairs(distances.rows(), keep, None, multiply, progress, cancel)?;
    lists.par_iter_mut().for_each(|list| first(list, keep));
    Ok(lists)
}

/// The same of the rows as codes have them in order, sifted by these; None where they leave too much open.
pub(super) fn sifted(
    distances: &Distances,
    codes: &Codes,
    keep: usize,
    progress: Progress,
    cancel: &Cancel,
) -> Result<Option<Vec<Vec<Candidate>>>, Error> {
    let panels = codes.panels();
    let multiply = |(): &mut (), left, right, keys: &mut Vec<f32>| codes.least_keys(left, &panels, right, keys);
    let places = all_pairs(codes.rows(), keep, Some(codes), multiply, progress, cancel)?;
    let whole = |(others, keys): &mut (Vec<u32>, Vec<f32>), (places, &row): (Vec<Candidate>, &u32)| {
        others.clear();
        others.extend(places.iter().map(|&(_, place)| codes.order()[place as usize]));
        widely(
            #[inline(always)]
            || distances.keys_from(row as usize, others, keys),
        );
        let mut list: Vec<Candidate> = keys.iter().copied().zip(others.iter().copied()).collect();
        first(&mut list, keep);
        list
    };
    let lists: Vec<_> = places.into_par_iter().zip(codes.order()).map_init(Default::default, whole).collect();
    Ok((!lists.is_empty()).then_some(lists))
}

/// The `keep` smallest, ascending.
fn first(list: &mut Vec<Candidate>, keep: usize) {
    list.sort_unstable_by(by_key);
    list.truncate(keep);
}

/// All that can be among the `keep` nearest of each of `rows`, by keys that `multiply` writes for two spans of rows; no
/// lists at all where codes leave too much open.
fn all_pairs<R: Default>(
    rows: usize,
    keep: usize,
    codes: Option<&Codes>,
    multiply: impl Fn(&mut R, Range<usize>, Range<usize>, &mut Vec<f32>) + Sync,
    progress: Progress,
    cancel: &Cancel,
) -> Result<Vec<Vec<Candidate>>, Error> {
    let span = |block: usize| block * BLOCK..((block + 1) * BLOCK).min(rows);
    let blocks = rows.div_ceil(BLOCK);
    let of = |block: usize| Lists::new(span(block).len(), keep, codes.map(|codes| (codes, span(block).start)));
    let lists: Vec<Mutex<Lists>> = (0..blocks).map(|block| Mutex::new(of(block))).collect();
    // By diagonals, so that threads rarely want the same lists.
    let pairs: Vec<(usize, usize)> =
        (0..blocks).flat_map(|gap| (0..blocks - gap).map(move |first| (first, first + gap))).collect();
    let (done, undecided) = (AtomicUsize::new(0), AtomicBool::new(false));
    pairs.par_iter().for_each_init(
        || (R::default(), Vec::new()),
        |(room, keys), &(first, second)| {
            if cancel.is_cancelled() || undecided.load(Ordering::Relaxed) {
                return;
            }
            multiply(room, span(first), span(second), keys);
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
            if upper.undecided {
                undecided.store(true, Ordering::Relaxed);
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, pairs.len());
        },
    );
    cancel.check()?;
    if undecided.into_inner() {
        return Ok(Vec::new());
    }
    let finished = lists.into_par_iter().flat_map_iter(|lists| {
        let mut lists = lists.into_inner().unwrap_or_else(PoisonError::into_inner);
        for row in 0..lists.lists.len() {
            if lists.lists[row].len() > keep {
                lists.shorten(row);
            }
        }
        lists.lists
    });
    Ok(finished.collect())
}

fn lock<'a, 'b>(mutex: &'a Mutex<Lists<'b>>) -> std::sync::MutexGuard<'a, Lists<'b>> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
