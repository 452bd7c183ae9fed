//! The few layers every architecture is built of, working on rows of `f32`: a row is a token, or a pixel with its channels.
//!
//! Texts of different lengths are laid end to end instead of being padded, so nothing is computed for padding and no
//! mask is needed. Deliberately absent: names of weights (the architectures) and threads (`device`).

mod activation;
mod attention;
mod block;
mod conv;
mod depthwise;
mod laid;
mod linear;
mod norm;
mod rotary;
mod table;

pub(crate) use activation::Activation;
use attention::attend;
pub(crate) use attention::{Bias, Heads, Sight, join_projections};
pub(crate) use block::{Attention, Block, Branch, Perceptron, starts, through};
pub(crate) use conv::{Conv, Grid, max_pool};
pub(crate) use depthwise::Depthwise;
pub(crate) use linear::{Linear, Part};
pub(crate) use norm::Norm;
pub(crate) use rotary::Rotary;
pub(crate) use table::{Table, places};

use candle_core::{CpuStorage, Layout, Result};

/// The numbers of a contiguous `f32` tensor on the CPU.
pub(crate) fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let values: &[f32] = storage.as_slice()?;
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&values[start..end]),
        None => candle_core::bail!("a contiguous tensor was expected"),
    }
}

/// The numbers that stand in the bytes of a file, if they stand there as this computer reads them.
pub(crate) fn in_place(bytes: &[u8]) -> Option<&[f32]> {
    // SAFETY: every four bytes are a number.
    let (before, values, after) = unsafe { bytes.align_to::<f32>() };
    (cfg!(target_endian = "little") && before.is_empty() && after.is_empty()).then_some(values)
}
