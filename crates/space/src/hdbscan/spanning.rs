//! The least tree that joins all rows by their mutual reachability: the larger of their distance and both their cores.
//!
//! Borůvka's rounds: every part takes the least edge that leaves it. The neighbours of a row tell its least edge, or
//! else how long it is at least; only rows that may still hold a shorter one are compared with all others. Where there
//! are many rows neighbours are believed, and comparing only joins what they leave apart; on a map a k-d tree knows.
//! Deliberately absent: what the tree is for.

use rayon::prelude::*;

use crate::distances::{Block, Distances};
use crate::kd::Map;
use crate::neighbours::Neighbours;
use crate::product::BLOCK;
use crate::{Cancel, Error, Metric, Vectors};

/// Up to this many rows those in doubt are compared with all others.
pub(super) const COMPARED_ROWS: usize = 16_384;

/// An edge and its length; the smaller row first, so that equal edges are equal from both ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    pub(super) length: f64,
    pub(super) ends: [u32; 2],
}

impl Edge {
    fn new(length: f64, a: usize, b: usize) -> Self {
        Self { length, ends: [a.min(b) as u32, a.max(b) as u32] }
    }

    fn is_before(&self, other: &Self) -> bool {
        self.length.total_cmp(&other.length).then(self.ends.cmp(&other.ends)).is_lt()
    }
}

/// Which rows are joined so far.
pub(super) struct Parts(Vec<u32>);

impl Parts {
    pub(super) fn new(rows: usize) -> Self {
        Self((0..rows as u32).collect())
    }

    pub(super) fn of(&mut self, row: u32) -> u32 {
        let mut root = row;
        while self.0[root as usize] != root {
            // Every look shortens the way for the next.
            self.0[root as usize] = self.0[self.0[root as usize] as usize];
            root = self.0[root as usize];
        }
        root
    }

    /// Joins two parts; false when they were one. The smaller root stays.
    pub(super) fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b) as usize] = a.min(b);
        a != b
    }
}

/// All `rows − 1` edges, in no particular order.
pub(super) fn tree(
    vectors: &Vectors,
    metric: Metric,
    found: &Neighbours,
    cores: &[f64],
    cancel: &Cancel,
) -> Result<Vec<Edge>, Error> {
    let rows = vectors.rows();
    let by_map = metric == Metric::Euclidean && rows > COMPARED_ROWS;
    if let Some(map) = by_map.then(|| Map::new(vectors)).flatten() {
        return on_map(&map, cores, cancel);
    }
    let believed = rows > COMPARED_ROWS || found.recall < 1.0;
    let distances = Distances::new(vectors, metric)?;
    let mut edges = Vec::with_capacity(rows - 1);
    let mut joined = Parts::new(rows);
    while edges.len() + 1 < rows {
        cancel.check()?;
        let parts: Vec<u32> = (0..rows as u32).map(|row| joined.of(row)).collect();
        let known: Vec<(Option<Edge>, f64)> =
            (0..rows).into_par_iter().map(|row| from_neighbours(row, found, cores, &parts)).collect();
        let mut best: Vec<Option<Edge>> = vec![None; rows];
        for &(edge, _) in &known {
            edge.into_iter().for_each(|edge| keep(&mut best, &parts, edge));
        }
        let open: Vec<usize> = if !believed {
            let open = |row: usize| best[parts[row] as usize].is_none_or(|edge| known[row].1 < edge.length);
            (0..rows).filter(|&row| open(row)).collect()
        } else if best.iter().any(Option::is_some) {
            Vec::new()
        } else {
            // The largest part need not look for the others: they look for it.
            let largest = largest(&parts);
            (0..rows).filter(|&row| parts[row] != largest).collect()
        };
        let found = by_comparing(&distances, &open, cores, &parts, cancel);
        cancel.check()?;
        found.into_iter().for_each(|edge| keep(&mut best, &parts, edge));
        let least = best.into_iter().flatten();
        edges.extend(least.filter(|edge| joined.join(edge.ends[0], edge.ends[1])));
    }
    Ok(edges)
}

/// The same on a map.
pub(super) fn on_map(map: &Map, cores: &[f64], cancel: &Cancel) -> Result<Vec<Edge>, Error> {
    let edges = map.spanning(cores, cancel)?.into_iter();
    Ok(edges.map(|(length, row, other)| Edge::new(length, row as usize, other as usize)).collect())
}

/// Remembers an edge that is the least of one of the parts it joins.
fn keep(best: &mut [Option<Edge>], parts: &[u32], edge: Edge) {
    for end in edge.ends {
        let least = &mut best[parts[end as usize] as usize];
        if least.is_none_or(|least| edge.is_before(&least)) {
            *least = Some(edge);
        }
    }
}

fn largest(parts: &[u32]) -> u32 {
    let mut sizes = vec![0_u32; parts.len()];
    parts.iter().for_each(|&part| sizes[part as usize] += 1);
    (0..parts.len() as u32).rev().max_by_key(|&part| sizes[part as usize]).unwrap_or(0)
}

/// The least edge that leaves the part of a row as far as its neighbours tell, and how long an edge to anyone else is
/// at least.
fn from_neighbours(row: usize, found: &Neighbours, cores: &[f64], parts: &[u32]) -> (Option<Edge>, f64) {
    let mut least: Option<Edge> = None;
    let mut beyond = if found.k + 1 == found.rows() { f64::INFINITY } else { cores[row] };
    for (&other, &distance) in found.of(row).iter().zip(found.distances_of(row)) {
        let distance = f64::from(distance);
        if beyond.is_finite() {
            beyond = beyond.max(distance);
        }
        if least.is_some_and(|least| distance > least.length) {
            break;
        }
        if parts[other as usize] != parts[row] {
            let edge = Edge::new(distance.max(cores[row]).max(cores[other as usize]), row, other as usize);
            if least.is_none_or(|least| edge.is_before(&least)) {
                least = Some(edge);
            }
        }
    }
    // A list that was left early holds nothing shorter either.
    let sure = least.is_some_and(|least| least.length <= beyond);
    (least, if sure { f64::INFINITY } else { beyond })
}

/// The least edge of each row of `open` that leaves its part.
fn by_comparing(distances: &Distances, open: &[usize], cores: &[f64], parts: &[u32], cancel: &Cancel) -> Vec<Edge> {
    let stripe = |(left, right, keys): &mut (Block, Block, Vec<f32>), open: &[usize]| {
        let mut least: Vec<(f64, usize)> = vec![(f64::INFINITY, 0); open.len()];
        distances.load(open.iter().copied(), left);
        for from in (0..parts.len()).step_by(BLOCK) {
            if cancel.is_cancelled() {
                return Vec::new();
            }
            let to = (from + BLOCK).min(parts.len());
            distances.load(from..to, right);
            distances.keys(left, right, keys);
            for ((&row, least), keys) in open.iter().zip(&mut least).zip(keys.chunks_exact(to - from)) {
                for (other, &key) in (from..to).zip(keys) {
                    let reach = cores[row].max(cores[other]);
                    if parts[other] != parts[row] && reach < least.0 {
                        let length = distances.distance(key.max(0.0)).max(reach);
                        if length < least.0 {
                            *least = (length, other);
                        }
                    }
                }
            }
        }
        let found = open.iter().zip(least).filter(|(_, (length, _))| length.is_finite());
        let measure = |(&row, (_, other)): (&usize, (f64, usize))| {
            // Rounded as neighbours' distances are, so that equal edges are equal however they were found.
            let distance = f64::from(distances.exact(row, other) as f32);
            Edge::new(distance.max(cores[row]).max(cores[other]), row, other)
        };
        found.map(measure).collect::<Vec<Edge>>()
    };
    let scratch = || (Block::default(), Block::default(), Vec::new());
    open.par_chunks(BLOCK).map_init(scratch, stripe).collect::<Vec<_>>().concat()
}
