//! Matrices that verbs read, and how long reading them took.
//!
//! Deliberately absent: the file format, which is the engine's.

use std::path::Path;
use std::time::Instant;

use embedscope_engine::Vectors;
use embedscope_engine::export::read_vectors;

use crate::answer::{Making, ms_since};
use crate::failure::Failure;
use crate::setting::Setting;

/// Measures a verb that reads matrices and then works.
pub struct Work {
    seed: u64,
    load_ms: f64,
    began: Instant,
}

impl Work {
    /// Reads as many matrices as there are paths.
    pub fn on<const N: usize>(setting: &Setting, paths: [&Path; N]) -> Result<([Vectors; N], Self), Failure> {
        let began = Instant::now();
        let read: Vec<Vectors> = paths.iter().map(|path| read_vectors(path)).collect::<Result<_, _>>()?;
        let read = read.try_into().expect("one matrix a path");
        Ok((read, Self { seed: setting.seed, load_ms: ms_since(began), began: Instant::now() }))
    }

    /// The work is over; what follows is writing.
    pub fn done(&self) -> Making {
        Making { elapsed_ms: ms_since(self.began), load_ms: self.load_ms, seed: self.seed }
    }
}
