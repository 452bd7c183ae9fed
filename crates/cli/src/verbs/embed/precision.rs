//! `embed --precision`: the matrix in fewer bits, and the neighbours that costs.
//!
//! Deliberately absent: how it is done; that is the space's.

use std::path::Path;

use clap::ValueEnum;
use embedscope_engine::export::{write_blocks, write_quantised};
use embedscope_engine::space::precision::{Precision, Recall, RecallParams};
use embedscope_engine::{Cancel, Engine, Error, SetSummary, UNWATCHED};
use serde::Serialize;

use crate::failure::Failure;

/// Rows read and written at a time.
const AT_ONCE: usize = 4096;

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

    /// Writes these rows of a set as a matrix; says what fewer bits cost.
    pub fn write(
        self,
        out: &Path,
        engine: &Engine,
        set: &SetSummary,
        rows: &[usize],
        seed: u64,
    ) -> Result<Option<Lost>, Failure> {
        let Some(precision) = self.precision() else {
            write_blocks::<Error>(out, (rows.len(), set.dim), |sink| {
                rows.chunks(AT_ONCE).try_for_each(|some| sink(engine.copy_vectors(set.id, some)?.as_slice()))
            })?;
            return Ok(None);
        };
        let vectors = &engine.copy_vectors(set.id, rows)?;
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
