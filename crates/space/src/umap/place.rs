//! Places for new rows in a finished map whose points stay where they are.
//!
//! Deliberately absent: judging whether the new rows belong there at all.

use rayon::prelude::*;

use super::curve::{Forces, fit};
use super::run::{Chance, Mover, share_of_steps};
use super::{CheckedUmap, fuzzy};
use crate::layout::check_finished;
use crate::{Cancel, Error, Progress, Vectors, neighbours};

/// Share of a map's steps that new rows are moved.
const SHARE: usize = 3;
/// Share of the step size that new rows start with: they begin amid their neighbours.
const RATE: f32 = 0.25;

impl CheckedUmap {
    /// Where `new` rows belong among `vectors` laid out as `layout`: first the mean of their neighbours' places by how
    /// surely they are neighbours, then moved as a map is while the old points stay. Progress counts steps.
    pub fn place(
        &self,
        vectors: &Vectors,
        layout: &Vectors,
        new: &Vectors,
        progress: Progress,
        cancel: &Cancel,
    ) -> Result<Vectors, Error> {
        let params = &self.0;
        check_finished(layout, vectors.rows(), params.dims)?;
        super::enough(vectors.rows())?;
        if new.rows() == 0 {
            return Ok(Vectors::empty(params.dims));
        }
        let found = neighbours::between(new, vectors, params.neighbours, params.metric, cancel)?;
        let overall = found.distances.iter().map(|&d| f64::from(d)).sum::<f64>() / found.distances.len() as f64;
        let lists = (0..new.rows()).into_par_iter();
        let mut shares: Vec<Vec<f32>> = lists.map(|row| fuzzy::strengths(found.distances_of(row), overall)).collect();
        let mut places = vec![0.0; new.rows() * params.dims];
        for ((row, place), shares) in places.chunks_exact_mut(params.dims).enumerate().zip(&shares) {
            let sum: f32 = shares.iter().sum();
            for (&other, share) in found.of(row).iter().zip(shares) {
                let there = layout.row(other as usize);
                place.iter_mut().zip(there).for_each(|(x, there)| *x += share / sum * there);
            }
        }
        shares.iter_mut().for_each(|shares| share_of_steps(shares));
        let (a, b) = fit(f64::from(params.min_dist), f64::from(params.spread));
        let (forces, steps) = (Forces::new(a, b), self.steps(vectors.rows()).div_ceil(SHARE));
        for iteration in 0..steps {
            cancel.check()?;
            let rate = RATE * params.learning_rate * (1.0 - iteration as f32 / steps as f32);
            let mover = Mover { forces: &forces, rate, pulls: 1, negatives: params.negatives, iteration };
            places.par_chunks_exact_mut(params.dims).zip(&shares).enumerate().for_each(|(row, (place, shares))| {
                let (edges, chance) = ((found.of(row), shares.as_slice()), Chance::new(params.seed, iteration, row));
                match params.dims {
                    3 => move_one::<3>(&mover, layout, place, edges, chance),
                    _ => move_one::<2>(&mover, layout, place, edges, chance),
                }
            });
            progress(iteration + 1, steps);
        }
        Vectors::new(places, params.dims)
    }
}

fn move_one<const D: usize>(
    mover: &Mover,
    layout: &Vectors,
    place: &mut [f32],
    edges: (&[u32], &[f32]),
    chance: Chance,
) {
    let (points, _) = layout.as_slice().as_chunks::<D>();
    let here = std::array::from_fn(|axis| place[axis]);
    place.copy_from_slice(&mover.moved(points, here, usize::MAX, edges, chance));
}
