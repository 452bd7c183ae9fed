//! A weight on the CPU, laid out for the product that reads it: our own, or that of a library this program is built with.
//!
//! Our own products finish their numbers while those are in registers, and need no library. But the matrix unit of Apple's
//! processors is reached through Accelerate alone, and MKL is for who has it at hand: candle's product calls either where it is
//! built for one, and what follows is a pass of its own. Deliberately absent: attention's products, which are always our own.

use std::sync::Arc;

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, Layout, Result};
use embedscope_space::product::{Finish, Packed, View, fused};
use embedscope_space::widely;
use rayon::prelude::*;

use super::{Part, contiguous};

/// Rows one thread finishes at a time.
const ROWS: usize = 16;

/// A weight, from rows of `inner` numbers to rows of `width`.
#[derive(Clone, Debug)]
pub(super) enum Laid {
    /// For our own product.
    Ours(Arc<Packed>),
    /// For a library's: `[out, in]`.
    Library { numbers: Arc<CpuStorage>, width: usize, inner: usize },
}

impl Laid {
    /// Parts side by side, for our own product.
    pub(super) fn ours(parts: &[Part<'_>]) -> Self {
        Self::Ours(Arc::new(Packed::beside(&parts.iter().map(|part| part.weight).collect::<Vec<_>>())))
    }

    /// The same for a library's.
    pub(super) fn library(parts: &[Part<'_>]) -> Self {
        let width = parts.iter().map(|part| part.weight.columns()).sum();
        let inner = parts.first().map_or(0, |part| part.weight.rows());
        Self::Library { numbers: Arc::new(CpuStorage::F32(columns(parts).collect())), width, inner }
    }

    /// Numbers in a row that it multiplies.
    pub(super) fn inner(&self) -> usize {
        match self {
            Self::Ours(packed) => packed.inner(),
            Self::Library { inner, .. } => *inner,
        }
    }

    /// Numbers in a row of a product.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Ours(packed) => packed.width(),
            Self::Library { width, .. } => *width,
        }
    }

    /// Multiplies each number of a row of a product with a factor of its own.
    pub(super) fn scaled(self, factors: &[f32]) -> Result<Self> {
        Ok(match self {
            Self::Ours(packed) => {
                let mut packed = Arc::unwrap_or_clone(packed);
                packed.scale_columns(factors);
                Self::Ours(Arc::new(packed))
            }
            Self::Library { numbers, width, inner } => {
                let mut values = numbers.as_slice::<f32>()?.to_vec();
                for (column, factor) in values.chunks_exact_mut(inner.max(1)).zip(factors) {
                    column.iter_mut().for_each(|value| *value *= factor);
                }
                Self::Library { numbers: Arc::new(CpuStorage::F32(values)), width, inner }
            }
        })
    }

    /// Contiguous `rows [n, in]` times the weight, finished, row after row.
    pub(super) fn times(&self, rows: &CpuStorage, layout: &Layout, finish: &impl Finish) -> Result<Vec<f32>> {
        let (count, _) = layout.shape().dims2()?;
        let values = contiguous(rows, layout)?;
        let (numbers, width, inner) = match self {
            Self::Ours(packed) => return Ok(packed.times(View::new(values, count, self.inner(), self.inner()), finish)),
            Self::Library { numbers, width, inner } => (numbers, *width, *inner),
        };
        if count * width * inner == 0 {
            return Ok(finished(vec![0.0; count * width], width, finish));
        }
        let right = Layout::contiguous((width, inner)).transpose(0, 1)?;
        match rows.matmul(numbers, (1, count, width, inner), layout, &right)? {
            CpuStorage::F32(out) => Ok(finished(out, width, finish)),
            _ => candle_core::bail!("a product of f32 was expected"),
        }
    }
}

/// The columns of parts, one after the other, without the parts' factors.
pub(super) fn columns<'a>(parts: &'a [Part<'_>]) -> impl Iterator<Item = f32> + 'a {
    parts.iter().flat_map(|part| {
        let columns = part.weight.transposed();
        (0..columns.rows()).flat_map(move |column| columns.row(column))
    })
}

/// The rows of a product after what follows it.
fn finished(mut out: Vec<f32>, width: usize, finish: &impl Finish) -> Vec<f32> {
    let fused = fused();
    out.par_chunks_mut((ROWS * width).max(1)).enumerate().for_each(|(chunk, rows)| {
        widely(
            #[inline(always)]
            || {
                for (at, row) in rows.chunks_exact_mut(width).enumerate() {
                    match fused {
                        true => finish.finish::<true>(chunk * ROWS + at, 0, row),
                        false => finish.finish::<false>(chunk * ROWS + at, 0, row),
                    }
                }
            },
        );
    });
    out
}
