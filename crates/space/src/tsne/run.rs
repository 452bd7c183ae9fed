//! The state of a layout that moves: gradient, momentum, gains.
//!
//! Deliberately absent: how it began (`tsne`), and who calls `step`.

use rayon::prelude::*;

use super::TsneParams;
use super::grid::Grid;
use super::{direct, tree};
use crate::layout::{Run, Step, check_finished};
use crate::sparse::Sparse;
use crate::{Error, Vectors};

/// Up to this many rows all pairs are summed: of a flat map, and of a spatial one.
const DIRECT_ROWS: (usize, usize) = (2500, 8000);
/// Share of the last move that is kept.
const MOMENTUM: f32 = 0.8;
const LEAST_GAIN: f32 = 0.01;
/// No point moves farther than this in one step.
const LONGEST_MOVE: f32 = 5.0;
/// What exaggeration may be set to while running.
const EXAGGERATIONS: (f32, f32) = (0.1, 100.0);
/// Rows that one task moves.
const CHUNK: usize = 256;

/// A t-SNE map on its way; centred.
pub struct TsneRun {
    params: TsneParams,
    perplexity: f32,
    affinities: Sparse,
    repulsion: Repulsion,
    layout: Vec<f32>,
    moves: Vec<f32>,
    gains: Vec<f32>,
    forces: Vec<f32>,
    iteration: usize,
    grad_norm: f64,
}

enum Repulsion {
    DirectFlat,
    DirectSpatial,
    Grid(Box<Grid>),
    Tree,
}

impl Repulsion {
    fn new(rows: usize, dims: usize) -> Self {
        match dims {
            3 if rows <= DIRECT_ROWS.1 => Self::DirectSpatial,
            3 => Self::Tree,
            _ if rows <= DIRECT_ROWS.0 => Self::DirectFlat,
            _ => Self::Grid(Box::new(Grid::new())),
        }
    }

    fn sum(&mut self, layout: &[f32], forces: &mut [f32]) -> f64 {
        let z = match self {
            Self::DirectFlat => direct::repulsion::<2>(layout, forces),
            Self::DirectSpatial => direct::repulsion::<3>(layout, forces),
            Self::Tree => tree::repulsion(layout, forces),
            Self::Grid(grid) => grid.repulsion(layout, forces),
        };
        z.max(f64::MIN_POSITIVE)
    }
}

impl TsneRun {
    pub(super) fn new(params: TsneParams, perplexity: f32, affinities: Sparse, layout: Vec<f32>) -> Self {
        let size = layout.len();
        Self {
            repulsion: Repulsion::new(affinities.rows(), params.dims),
            params,
            perplexity,
            affinities,
            layout,
            moves: vec![0.0; size],
            gains: vec![1.0; size],
            forces: vec![0.0; size],
            iteration: 0,
            grad_norm: 0.0,
        }
    }

    /// Length of the gradient before the last step; it falls towards 0 as the layout settles.
    pub fn grad_norm(&self) -> f64 {
        self.grad_norm
    }

    /// The perplexity in use: the one asked for, or less where there are too few rows for it.
    pub fn perplexity(&self) -> f32 {
        self.perplexity
    }

    /// Changes the attraction after the early phase from the next step on; drawn to 0.1–100, NaN is ignored.
    pub fn set_exaggeration(&mut self, exaggeration: f32) {
        if !exaggeration.is_nan() {
            self.params.exaggeration = exaggeration.clamp(EXAGGERATIONS.0, EXAGGERATIONS.1);
        }
    }

    /// Kullback-Leibler divergence of the present layout from the affinities, without exaggeration. As much work as
    /// one step.
    pub fn kl(&self) -> f64 {
        let dims = self.params.dims;
        let z = Repulsion::new(self.affinities.rows(), dims).sum(&self.layout, &mut vec![0.0; self.layout.len()]);
        let parts: Vec<f64> = (0..self.affinities.rows())
            .into_par_iter()
            .map(|row| {
                let (others, weights) = self.affinities.of(row);
                let here = &self.layout[row * dims..(row + 1) * dims];
                let edges = others.iter().zip(weights).map(|(&other, &weight)| {
                    let there = &self.layout[other as usize * dims..(other as usize + 1) * dims];
                    let square: f64 = here.iter().zip(there).map(|(a, b)| f64::from(a - b).powi(2)).sum();
                    f64::from(weight) * (f64::from(weight).ln() + square.ln_1p())
                });
                edges.sum()
            })
            .collect();
        let all: f64 = self.affinities.weights.iter().map(|&weight| f64::from(weight)).sum();
        parts.iter().sum::<f64>() + all * z.ln()
    }

    fn exaggeration(&self) -> f32 {
        let early = self.iteration < self.params.early_iterations;
        if early { self.params.early_exaggeration } else { self.params.exaggeration }
    }

    fn advance<const D: usize>(&mut self) {
        let exaggeration = self.exaggeration();
        let rows = self.affinities.rows();
        let rate = self.params.learning_rate.unwrap_or(rows as f32 / exaggeration);
        let share = (1.0 / self.repulsion.sum(&self.layout, &mut self.forces)) as f32;
        let (layout, affinities) = (&self.layout, &self.affinities);
        // The repulsion of a row is replaced by its whole gradient.
        let squares: Vec<f64> = self
            .forces
            .par_chunks_mut(CHUNK * D)
            .enumerate()
            .map(|(chunk, forces)| {
                let mut square = 0.0;
                for (at, force) in forces.chunks_exact_mut(D).enumerate() {
                    let pull = attraction::<D>(affinities, layout, chunk * CHUNK + at);
                    for axis in 0..D {
                        force[axis] = exaggeration * pull[axis] - share * force[axis];
                        square += f64::from(force[axis]) * f64::from(force[axis]);
                    }
                }
                square
            })
            .collect();
        self.grad_norm = squares.iter().sum::<f64>().sqrt();
        let sums: Vec<[f64; D]> = self
            .layout
            .par_chunks_mut(CHUNK * D)
            .zip(self.moves.par_chunks_mut(CHUNK * D))
            .zip(self.gains.par_chunks_mut(CHUNK * D))
            .zip(self.forces.par_chunks(CHUNK * D))
            .map(|(((layout, moves), gains), gradient)| {
                shift(moves, gains, gradient, rate);
                let mut sum = [0.0; D];
                for (point, step) in layout.chunks_exact_mut(D).zip(moves.chunks_exact_mut(D)) {
                    shorten(step);
                    for axis in 0..D {
                        point[axis] += step[axis];
                        sum[axis] += f64::from(point[axis]);
                    }
                }
                sum
            })
            .collect();
        let middle: [f32; D] =
            std::array::from_fn(|axis| (sums.iter().map(|sum| sum[axis]).sum::<f64>() / rows as f64) as f32);
        self.layout.par_chunks_mut(CHUNK * D).for_each(|layout| {
            layout.chunks_exact_mut(D).for_each(|point| (0..D).for_each(|axis| point[axis] -= middle[axis]));
        });
    }
}

impl Run for TsneRun {
    fn step(&mut self) -> Step {
        if !self.finished() {
            match self.params.dims {
                3 => self.advance::<3>(),
                _ => self.advance::<2>(),
            }
            self.iteration += 1;
        }
        Step { iteration: self.iteration, total: self.total() }
    }

    fn layout(&self) -> &[f32] {
        &self.layout
    }

    fn iteration(&self) -> usize {
        self.iteration
    }

    fn total(&self) -> usize {
        self.params.early_iterations + self.params.iterations
    }

    fn extend(&mut self, iterations: usize) {
        self.params.iterations += iterations;
    }

    fn set_layout(&mut self, layout: &Vectors) -> Result<(), Error> {
        check_finished(layout, self.affinities.rows(), self.params.dims)?;
        self.layout.copy_from_slice(layout.as_slice());
        Ok(())
    }
}

/// `Σ_j p_ij (y_i − y_j) / (1 + r²)`.
fn attraction<const D: usize>(affinities: &Sparse, layout: &[f32], row: usize) -> [f32; D] {
    let (others, weights) = affinities.of(row);
    let (points, _) = layout.as_chunks::<D>();
    let here = points[row];
    let mut sum = [0.0; D];
    for (&other, &weight) in others.iter().zip(weights) {
        let there = &points[other as usize];
        let mut square = 1.0;
        let mut apart = [0.0; D];
        for axis in 0..D {
            apart[axis] = here[axis] - there[axis];
            square += apart[axis] * apart[axis];
        }
        let pull = weight / square;
        (0..D).for_each(|axis| sum[axis] += pull * apart[axis]);
    }
    sum
}

/// Momentum and gains (Jacobs 1988): a number that keeps its direction is moved faster, one that turns slower.
fn shift(moves: &mut [f32], gains: &mut [f32], gradient: &[f32], rate: f32) {
    for ((step, gain), &slope) in moves.iter_mut().zip(gains).zip(gradient) {
        *gain = if (*step > 0.0) == (slope > 0.0) { *gain * 0.8 + LEAST_GAIN } else { *gain + 0.2 };
        *step = MOMENTUM * *step - rate * *gain * slope;
    }
}

fn shorten(step: &mut [f32]) {
    let length = step.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > LONGEST_MOVE {
        step.iter_mut().for_each(|x| *x *= LONGEST_MOVE / length);
    }
}
