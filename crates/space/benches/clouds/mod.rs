//! Rows to measure by: seeded, of any number, spread as sentences' embeddings are.

use embedscope_space::{Error, Vectors};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Numbers of a row.
pub const DIM: usize = 384;
/// Clouds that rows are drawn from.
const CLOUDS: usize = 60;

/// Unit rows in clouds whose spread falls with the number of the column, off the origin, as sentences' embeddings are.
pub fn vectors(rows: usize) -> Result<Vectors, Error> {
    let spread = |at: usize| 1.0 / ((1 + at % DIM) as f32).sqrt();
    let mut chance = ChaCha8Rng::seed_from_u64(1);
    let centres: Vec<f32> = (0..CLOUDS * DIM).map(|at| 1.5 * spread(at) * normal(&mut chance)).collect();
    let mut values = vec![0.0; rows * DIM];
    values.par_chunks_mut(DIM).enumerate().for_each(|(row, values)| {
        let mut chance = ChaCha8Rng::seed_from_u64(2 + row as u64);
        let centre = chance.random_range(0..CLOUDS as u64) as usize * DIM;
        for (at, value) in values.iter_mut().enumerate() {
            *value = centres[centre + at] + spread(at) * normal(&mut chance) + 0.3;
        }
        let length = values.iter().map(|x| x * x).sum::<f32>().sqrt();
        values.iter_mut().for_each(|x| *x /= length);
    });
    Vectors::new(values, DIM)
}

/// About normal: the sum of four even draws (Irwin and Hall), of variance 1.
fn normal(chance: &mut ChaCha8Rng) -> f32 {
    let draws: u64 = chance.random();
    let sum: u64 = (0..4).map(|at| draws >> (16 * at) & 0xFFFF).sum();
    (sum as f32 / 65536.0 - 2.0) * 3.0_f32.sqrt()
}
