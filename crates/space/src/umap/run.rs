//! The state of a map that moves: pulled along edges as often as they are strong, pushed away from random points.
//!
//! Points move in turns, each turn a fixed share of them at once: those of one turn see each other where they were,
//! and the others where they are. So a map is the same at any number of threads, and ends of an edge rarely swap
//! places. Deliberately absent: how it began (`umap`), and who calls `step`.

use rayon::prelude::*;

use super::UmapParams;
use super::curve::{Forces, fit};
use crate::layout::{Run, Step, check_finished};
use crate::sparse::Sparse;
use crate::{Error, Vectors};

/// Turns of a step: row `r` moves in turn `r mod TURNS`.
const TURNS: usize = 8;
/// Rows of one turn that one task moves.
const CHUNK: usize = 128;
/// No pull or push along an axis is longer.
const LONGEST: f32 = 4.0;

/// A UMAP on its way.
pub struct UmapRun {
    dims: usize,
    seed: u64,
    learning_rate: f32,
    negatives: usize,
    spread: f32,
    /// Weights are the share of steps in which an edge pulls.
    graph: Sparse,
    forces: Forces,
    layout: Vec<f32>,
    moved: Vec<f32>,
    iteration: usize,
    total: usize,
    recall: f64,
}

impl UmapRun {
    pub(super) fn new(params: &UmapParams, total: usize, mut graph: Sparse, layout: Vec<f32>, recall: f64) -> Self {
        share_of_steps(&mut graph.weights);
        let (a, b) = fit(f64::from(params.min_dist), f64::from(params.spread));
        Self {
            dims: params.dims,
            seed: params.seed,
            learning_rate: params.learning_rate,
            negatives: params.negatives,
            spread: params.spread,
            graph,
            forces: Forces::new(a, b),
            layout,
            moved: Vec::new(),
            iteration: 0,
            total,
            recall,
        }
    }

    /// Share of the true neighbours that the map is made from.
    pub fn recall(&self) -> f64 {
        self.recall
    }

    /// Changes how near points may come to each other from the next step on; drawn to what [`UmapParams`] allow, NaN is
    /// ignored.
    pub fn set_min_dist(&mut self, min_dist: f32) {
        if !min_dist.is_nan() {
            let spread = f64::from(self.spread);
            let (a, b) = fit(f64::from(min_dist).clamp(0.0, 2.99 * spread), spread);
            self.forces = Forces::new(a, b);
        }
    }

    fn advance<const D: usize>(&mut self) {
        let rows = self.graph.rows();
        let rate = self.learning_rate * (1.0 - self.iteration as f32 / self.total as f32);
        // Both ends of an edge draw on each other in the original, each by itself and by the other.
        let mover =
            Mover { forces: &self.forces, rate, pulls: 2, negatives: self.negatives, iteration: self.iteration };
        self.moved.resize(rows.div_ceil(TURNS) * D, 0.0);
        for turn in 0..TURNS.min(rows) {
            let count = (rows - turn).div_ceil(TURNS);
            let (layout, graph, seed) = (&self.layout, &self.graph, self.seed);
            let (points, _) = layout.as_chunks::<D>();
            self.moved[..count * D].par_chunks_mut(CHUNK * D).enumerate().for_each(|(chunk, moved)| {
                for (at, place) in moved.chunks_exact_mut(D).enumerate() {
                    let row = (chunk * CHUNK + at) * TURNS + turn;
                    let chance = Chance::new(seed, mover.iteration, row);
                    place.copy_from_slice(&mover.moved(points, points[row], row, graph.of(row), chance));
                }
            });
            let moved = self.moved[..count * D].par_chunks(CHUNK * D);
            self.layout.par_chunks_mut(CHUNK * TURNS * D).zip(moved).for_each(|(layout, moved)| {
                let places = layout.chunks_exact_mut(D).skip(turn).step_by(TURNS);
                places.zip(moved.chunks_exact(D)).for_each(|(place, moved)| place.copy_from_slice(moved));
            });
        }
    }
}

/// The strongest edges pull in every step, others as often as they are strong.
pub(super) fn share_of_steps(weights: &mut [f32]) {
    let strongest = weights.iter().copied().fold(0.0, f32::max);
    weights.iter_mut().for_each(|weight| *weight /= strongest);
}

impl Run for UmapRun {
    fn step(&mut self) -> Step {
        if !self.finished() {
            match self.dims {
                3 => self.advance::<3>(),
                _ => self.advance::<2>(),
            }
            self.iteration += 1;
        }
        Step { iteration: self.iteration, total: self.total }
    }

    fn layout(&self) -> &[f32] {
        &self.layout
    }

    fn iteration(&self) -> usize {
        self.iteration
    }

    fn total(&self) -> usize {
        self.total
    }

    fn extend(&mut self, iterations: usize) {
        self.total += iterations;
    }

    fn set_layout(&mut self, layout: &Vectors) -> Result<(), Error> {
        check_finished(layout, self.graph.rows(), self.dims)?;
        self.layout.copy_from_slice(layout.as_slice());
        Ok(())
    }
}

/// Where a point goes in one step.
pub(super) struct Mover<'a> {
    pub(super) forces: &'a Forces,
    pub(super) rate: f32,
    /// How often an edge pulls at a time.
    pub(super) pulls: usize,
    pub(super) negatives: usize,
    pub(super) iteration: usize,
}

impl Mover<'_> {
    /// The place of a point after its edges (to other rows, in which share of steps) have pulled and random points have
    /// pushed. `row` is the point itself, which does not push, or a number beyond the last.
    pub(super) fn moved<const D: usize>(
        &self,
        points: &[[f32; D]],
        mut here: [f32; D],
        row: usize,
        (others, shares): (&[u32], &[f32]),
        mut chance: Chance,
    ) -> [f32; D] {
        for (&other, &share) in others.iter().zip(shares) {
            let due = |step: usize| (step as f32 * share) as u32;
            if due(self.iteration + 1) == due(self.iteration) {
                continue;
            }
            let there = points[other as usize];
            for _ in 0..self.pulls {
                let (apart, square) = difference(here, there);
                self.shift(&mut here, apart, self.forces.pull(square));
            }
            for _ in 0..self.negatives {
                let other = chance.below(points.len());
                if other != row {
                    let (apart, square) = difference(here, points[other]);
                    self.shift(&mut here, apart, self.forces.push(square));
                }
            }
        }
        here
    }

    fn shift<const D: usize>(&self, here: &mut [f32; D], apart: [f32; D], force: f32) {
        (0..D).for_each(|axis| here[axis] += self.rate * (force * apart[axis]).clamp(-LONGEST, LONGEST));
    }
}

fn difference<const D: usize>(here: [f32; D], there: [f32; D]) -> ([f32; D], f32) {
    let apart = std::array::from_fn(|axis| here[axis] - there[axis]);
    (apart, apart.iter().map(|x| x * x).sum())
}

/// Draws that depend on nothing but the seed, the step and the row (SplitMix64).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64, iteration: usize, row: usize) -> Self {
        Self(mix(mix(seed ^ ((iteration as u64) << 32)) ^ row as u64))
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        (((mix(self.0) >> 32) * end as u64) >> 32) as usize
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
