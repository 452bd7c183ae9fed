//! How steady the machine itself is: one small product, always the same, timed again and again between samples.
//!
//! A virtual machine is slowed by what it cannot see, a laptop by its own heat. Deliberately absent: correcting other times by it.

use std::time::Instant;

use embedscope_space::product::product;
use embedscope_space::{Error, Vectors};

/// Rows of both factors, and numbers in a row: about a millisecond.
const SIDE: usize = 384;
/// The product is made so often for a time, and the least counts: what interrupts one is no change of speed.
const TRIES: usize = 3;
/// By how much the slower of times may exceed the faster ones on a machine that is called steady.
pub(super) const STEADY: f64 = 0.15;

pub(super) struct Gauge {
    factor: Vectors,
    pub(super) samples_ms: Vec<f64>,
}

impl Gauge {
    pub(super) fn new() -> Result<Self, Error> {
        let values = (0..SIDE * SIDE).map(|at| (at % 1000) as f32 / 1000.0 - 0.5).collect();
        Ok(Self { factor: Vectors::new(values, SIDE)?, samples_ms: Vec::new() })
    }

    /// Times the product once more.
    pub(super) fn read(&mut self) -> Result<(), Error> {
        let mut least = f64::INFINITY;
        for _ in 0..TRIES {
            let began = Instant::now();
            product(&self.factor, &self.factor)?;
            least = least.min(began.elapsed().as_secs_f64() * 1e3);
        }
        self.samples_ms.push(least);
        Ok(())
    }
}
