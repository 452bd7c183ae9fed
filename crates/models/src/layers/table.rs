//! A table of vectors looked up by number: the vectors of tokens and of positions.
//!
//! Deliberately absent: padding entries.

use std::sync::Arc;

use candle_core::safetensors::MmapedSafetensors;
use candle_core::{Device, Result, Tensor};

use super::in_place;

/// `[entries, width]` numbers.
#[derive(Clone)]
pub(crate) struct Table {
    source: Source,
    width: usize,
}

/// Where the numbers are.
#[derive(Clone)]
enum Source {
    Held(Vec<f32>),
    /// In a mapped file, under this name: most of a large table is never asked for.
    Mapped(Arc<MmapedSafetensors>, String),
}

impl Table {
    /// From a tensor `[entries, width]`.
    pub(crate) fn new(values: &Tensor) -> Result<Self> {
        let (_, width) = values.dims2()?;
        Ok(Self::of(values.flatten_all()?.to_vec1()?, width))
    }

    /// From numbers, `width` an entry.
    pub(crate) fn of(values: Vec<f32>, width: usize) -> Self {
        Self { source: Source::Held(values), width }
    }

    /// From a tensor `[entries, width]` in a mapped file, whose numbers can be read where they are.
    pub(crate) fn mapped(tensors: Arc<MmapedSafetensors>, name: String, width: usize) -> Self {
        Self { source: Source::Mapped(tensors, name), width }
    }

    fn values(&self) -> &[f32] {
        match &self.source {
            Source::Held(values) => values,
            Source::Mapped(tensors, name) => {
                tensors.get(name).ok().and_then(|view| in_place(view.data())).unwrap_or_default()
            }
        }
    }

    /// How many entries there are.
    pub(crate) fn entries(&self) -> usize {
        self.values().len() / self.width.max(1)
    }

    /// Numbers in a vector.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The vector of an entry; fails where the table has no such entry.
    pub(crate) fn row(&self, entry: usize) -> Result<&[f32]> {
        row(self.values(), self.width, entry)
    }

    /// The vectors of entries, one after the other: `[ids, width]`.
    pub(crate) fn rows(&self, ids: &[u32]) -> Result<Tensor> {
        let mut rows = Vec::with_capacity(ids.len() * self.width);
        let values = self.values();
        for &id in ids {
            rows.extend_from_slice(row(values, self.width, id as usize)?);
        }
        Tensor::from_vec(rows, (ids.len(), self.width), &Device::Cpu)
    }

    /// The sums of the vectors of tokens and of those `positions` has for their places: `[ids, width]`.
    pub(crate) fn with_positions(
        &self,
        positions: &Self,
        ids: &[u32],
        places: impl IntoIterator<Item = usize>,
    ) -> Result<Tensor> {
        let mut rows = Vec::with_capacity(ids.len() * self.width);
        let (values, places_values) = (self.values(), positions.values());
        for (&id, place) in ids.iter().zip(places) {
            let token = row(values, self.width, id as usize)?;
            let place = row(places_values, positions.width, place)?;
            rows.extend(token.iter().zip(place).map(|(token, place)| token + place));
        }
        Tensor::from_vec(rows, (ids.len(), self.width), &Device::Cpu)
    }
}

fn row(values: &[f32], width: usize, entry: usize) -> Result<&[f32]> {
    match values.get(entry * width..(entry + 1) * width) {
        Some(row) => Ok(row),
        None => candle_core::bail!("number {entry} in a table of {}", values.len() / width.max(1)),
    }
}

/// The places of rows in sequences laid end to end: each counts from 0.
pub(crate) fn places(lengths: &[usize]) -> impl Iterator<Item = usize> {
    lengths.iter().flat_map(|&length| 0..length)
}
