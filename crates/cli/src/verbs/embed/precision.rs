//! `embed --precision`: the matrix in fewer bits, and the neighbours that costs.
//!
//! Deliberately absent: how it is done; that is the space's.

use std::path::Path;

use clap::ValueEnum;
use embedscope_engine::export::{write_quantised, write_vectors};
use embedscope_engine::space::precision::{Precision, Recall, RecallParams};
use embedscope_engine::{Cancel, UNWATCHED, Vectors};
use serde::Serialize;

use crate::failure::Failure;

/// How the numbers of the matrix are kept.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kept {
    F32,
    Int8,
    Uint8,
    Binary,
    Ubinary,
}

/// What fewer bits cost.
#[derive(Serialize)]
pub struct Lost {
    precision: &'static str,
    /// Bytes of a row, and before.
    bytes: usize,
    bytes_before: usize,
    k: usize,
    /// Share of the true neighbours found among the nearest in fewer bits.
    recall: f64,
    /// The same once four times as many candidates are put in order by the whole query.
    rescored: f64,
}

impl Kept {
    fn precision(self) -> Option<Precision> {
        match self {
            Self::F32 => None,
            Self::Int8 => Some(Precision::Int8),
            Self::Uint8 => Some(Precision::Uint8),
            Self::Binary => Some(Precision::Binary),
            Self::Ubinary => Some(Precision::Ubinary),
        }
    }

    /// Writes the matrix; says what fewer bits cost.
    pub fn write(self, out: &Path, vectors: &Vectors, seed: u64) -> Result<Option<Lost>, Failure> {
        let Some(precision) = self.precision() else {
            write_vectors(out, vectors)?;
            return Ok(None);
        };
        let quantised = precision.of(vectors);
        write_quantised(out, &quantised)?;
        let params = RecallParams { seed, ..RecallParams::default() }.check()?;
        let Recall { k, plain, rescored } = params.run(vectors, &quantised, UNWATCHED, &Cancel::default())?;
        let bytes_before = vectors.dim() * size_of::<f32>();
        let (precision, bytes) = (precision.name(), quantised.columns);
        Ok(Some(Lost { precision, bytes, bytes_before, k, recall: plain, rescored }))
    }

    /// The recipe with the precision in it.
    pub fn in_recipe(self, mut recipe: serde_json::Value) -> serde_json::Value {
        if let Some(precision) = self.precision() {
            recipe["precision"] = precision.name().into();
        }
        recipe
    }
}

impl Lost {
    /// In words.
    pub fn line(&self) -> String {
        format!(
            "{} keeps {} bytes of {} a row; of the {} nearest {:.3} are found, {:.3} when candidates are put in order anew",
            self.precision, self.bytes, self.bytes_before, self.k, self.recall, self.rescored
        )
    }
}
