//! One matrix product by itself, as numpy's is timed in `benches/peers.py`: a JSON line with the least seconds of fifteen.
//!
//! Deliberately absent: products inside of anything else, which `benches/jobs/space.py` measures.

use std::time::Instant;

use embedscope_space::product::product;
use embedscope_space::{Error, Vectors};

/// Rows of both factors, and numbers in a row.
const SHAPE: (usize, usize) = (2048, 768);
const REPEATS: usize = 15;

fn main() -> Result<(), Error> {
    let matrix = |step: usize| {
        let values = (0..SHAPE.0 * SHAPE.1).map(|at| (at * step % 1000) as f32 / 1000.0 - 0.5).collect();
        Vectors::new(values, SHAPE.1)
    };
    let (a, b) = (matrix(7)?, matrix(11)?);
    let mut least = f64::INFINITY;
    for _ in 0..REPEATS {
        let began = Instant::now();
        product(&a, &b)?;
        least = least.min(began.elapsed().as_secs_f64());
    }
    println!(r#"{{"seconds": {least}}}"#);
    Ok(())
}
