//! Places for new rows in a finished map whose points stay where they are, after Poličar and others (2023).
//!
//! A new row begins at the mean of its neighbours' places by how strongly it holds on to them, and then follows the
//! gradient of its own divergence, pushed by every old point and by no new one: its place does not depend on what else
//! is new. Deliberately absent: judging whether the new rows belong there at all.

use rayon::prelude::*;

use super::{CheckedTsne, affinities, enough};
use crate::layout::check_finished;
use crate::{Cancel, Error, Progress, Vectors, neighbours};

/// Moves of each new point.
const STEPS: usize = 30;
/// New points between two looks at whether to go on.
const BLOCK: usize = 64;

impl CheckedTsne {
    /// Where `new` rows belong among `vectors` laid out as `layout`, `[rows of new, dims]`. Progress counts new rows.
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
        enough(vectors.rows())?;
        if new.rows() == 0 {
            return Ok(Vectors::empty(params.dims));
        }
        let k = self.neighbours(vectors.rows());
        let found = neighbours::between(new, vectors, k, params.metric, cancel)?;
        let perplexity = f64::from(self.perplexity(vectors.rows()));
        let mut places = vec![0.0; new.rows() * params.dims];
        for (block, places) in places.chunks_mut(BLOCK * params.dims).enumerate() {
            cancel.check()?;
            places.par_chunks_exact_mut(params.dims).enumerate().for_each(|(at, place)| {
                let row = block * BLOCK + at;
                let weights = affinities::conditional(found.distances_of(row), perplexity, params.metric);
                let edges = (found.of(row), weights.as_slice());
                match params.dims {
                    3 => settle::<3>(layout, edges, place),
                    _ => settle::<2>(layout, edges, place),
                }
            });
            progress((block * BLOCK + places.len() / params.dims).min(new.rows()), new.rows());
        }
        Vectors::new(places, params.dims)
    }
}

fn settle<const D: usize>(layout: &Vectors, (others, weights): (&[u32], &[f32]), place: &mut [f32]) {
    let (points, _) = layout.as_slice().as_chunks::<D>();
    let mut here = [0.0_f32; D];
    for (&other, weight) in others.iter().zip(weights) {
        (0..D).for_each(|axis| here[axis] += weight * points[other as usize][axis]);
    }
    for _ in 0..STEPS {
        let (mut pull, mut push, mut z) = ([0.0_f32; D], [0.0_f32; D], 0.0_f32);
        for (&other, weight) in others.iter().zip(weights) {
            let (apart, near) = near(&here, &points[other as usize]);
            (0..D).for_each(|axis| pull[axis] += weight * near * apart[axis]);
        }
        for point in points {
            let (apart, near) = near(&here, point);
            z += near;
            (0..D).for_each(|axis| push[axis] += near * near * apart[axis]);
        }
        (0..D).for_each(|axis| here[axis] -= pull[axis] - push[axis] / z.max(f32::MIN_POSITIVE));
    }
    place.copy_from_slice(&here);
}

/// The difference of two places, and `1 / (1 + r²)`.
fn near<const D: usize>(a: &[f32; D], b: &[f32; D]) -> ([f32; D], f32) {
    let apart: [f32; D] = std::array::from_fn(|axis| a[axis] - b[axis]);
    let square: f32 = apart.iter().map(|x| x * x).sum();
    (apart, 1.0 / (1.0 + square))
}
