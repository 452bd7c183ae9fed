//! A table of vectors looked up by number: the vectors of tokens and of positions.
//!
//! Deliberately absent: padding entries.

use candle_core::{Device, Result, Tensor};

/// `[entries, width]` numbers.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    values: Vec<f32>,
    width: usize,
}

impl Table {
    /// From a tensor `[entries, width]`.
    pub(crate) fn new(values: &Tensor) -> Result<Self> {
        let (_, width) = values.dims2()?;
        Ok(Self { values: values.flatten_all()?.to_vec1()?, width })
    }

    /// From numbers, `width` an entry.
    pub(crate) fn of(values: Vec<f32>, width: usize) -> Self {
        Self { values, width }
    }

    /// How many entries there are.
    pub(crate) fn entries(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    /// Numbers in a vector.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The vector of an entry; fails where the table has no such entry.
    pub(crate) fn row(&self, entry: usize) -> Result<&[f32]> {
        match self.values.get(entry * self.width..(entry + 1) * self.width) {
            Some(row) => Ok(row),
            None => candle_core::bail!("number {entry} in a table of {}", self.entries()),
        }
    }

    /// The vectors of entries, one after the other: `[ids, width]`.
    pub(crate) fn rows(&self, ids: &[u32]) -> Result<Tensor> {
        let mut rows = Vec::with_capacity(ids.len() * self.width);
        for &id in ids {
            rows.extend_from_slice(self.row(id as usize)?);
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
        for (&id, place) in ids.iter().zip(places) {
            let (token, place) = (self.row(id as usize)?, positions.row(place)?);
            rows.extend(token.iter().zip(place).map(|(token, place)| token + place));
        }
        Tensor::from_vec(rows, (ids.len(), self.width), &Device::Cpu)
    }
}

/// The places of rows in sequences laid end to end: each counts from 0.
pub(crate) fn places(lengths: &[usize]) -> impl Iterator<Item = usize> {
    lengths.iter().flat_map(|&length| 0..length)
}
