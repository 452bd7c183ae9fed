//! What is done to queries and keys, head by head, before they meet: normalising, and rotary positions (Su et al., 2021).
//!
//! A head's first half is turned against its second, as in GPT-NeoX. Deliberately absent: turning only a part of a head,
//! and scaled frequencies.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, D, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::{Heads, Norm, contiguous};

/// Rows one thread works on at a time.
const ROWS: usize = 32;

/// The angles by which positions are turned.
#[derive(Debug)]
pub(crate) struct Rotary {
    /// `[positions, width / 2]`, cosine and sine.
    turns: Vec<(f32, f32)>,
    half: usize,
}

impl Rotary {
    /// For heads of `width` numbers; the n-th pair turns by `base^(−2n/width)` a position.
    pub(crate) fn new(positions: usize, width: usize, base: f64) -> Self {
        let half = width / 2;
        // In single precision, as the reference rounds.
        let speeds: Vec<f32> =
            (0..half).map(|pair| 1.0 / (base as f32).powf((2 * pair) as f32 / width as f32)).collect();
        let turn = |position: usize, speed: &f32| {
            let (sin, cos) = f64::from(position as f32 * speed).sin_cos();
            (cos as f32, sin as f32)
        };
        let turns = (0..positions).flat_map(|position| speeds.iter().map(move |speed| turn(position, speed))).collect();
        Self { turns, half }
    }

    fn turn(&self, head: &mut [f32], position: usize) {
        let turns = &self.turns[position * self.half..(position + 1) * self.half];
        let (first, second) = head.split_at_mut(self.half);
        for ((a, b), (cos, sin)) in first.iter_mut().zip(second).zip(turns) {
            (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
        }
    }
}

/// The steps before attention.
#[derive(Clone, Debug, Default)]
pub(crate) struct Approach {
    /// Norms of a head's width for queries and for keys.
    pub(crate) norms: Option<[Norm; 2]>,
    /// Positions.
    pub(crate) rotary: Option<Arc<Rotary>>,
}

impl Approach {
    /// Queries, keys and values `[n, heads.joined()]` of sequences laid end to end to the same.
    pub(crate) fn forward(&self, qkv: Tensor, lengths: &[usize], heads: Heads) -> Result<Tensor> {
        if self.norms.is_none() && self.rotary.is_none() {
            return Ok(qkv);
        }
        if !qkv.device().is_cpu() {
            return self.elsewhere(&qkv, lengths, heads);
        }
        qkv.apply_op1_no_bwd(&Step { approach: self, lengths, heads })
    }

    /// The same by candle's operations.
    fn elsewhere(&self, qkv: &Tensor, lengths: &[usize], heads: Heads) -> Result<Tensor> {
        let (rows, device) = (qkv.dim(0)?, qkv.device());
        let part = |start: usize, count: usize| {
            qkv.narrow(1, start * heads.width, count * heads.width)?.contiguous()?.reshape((rows, count, heads.width))
        };
        let mut parts = vec![part(0, heads.queries)?, part(heads.queries, heads.keys)?];
        if let Some(norms) = &self.norms {
            for (part, norm) in parts.iter_mut().zip(norms) {
                *part = norm.elsewhere(part, &norm.there(device)?)?;
            }
        }
        if let Some(Rotary { turns, half }) = self.rotary.as_deref() {
            let places =
                || lengths.iter().flat_map(|&length| 0..length).flat_map(|at| &turns[at * half..(at + 1) * half]);
            let shape = (rows, 1, *half);
            let cos = Tensor::from_vec(places().map(|turn| turn.0).collect(), shape, device)?;
            let sin = Tensor::from_vec(places().map(|turn| turn.1).collect(), shape, device)?;
            for part in &mut parts {
                let (first, second) = (part.narrow(2, 0, *half)?, part.narrow(2, *half, *half)?);
                let turned = (first.broadcast_mul(&cos)? - second.broadcast_mul(&sin)?)?;
                let other = (second.broadcast_mul(&cos)? + first.broadcast_mul(&sin)?)?;
                *part = Tensor::cat(&[turned, other], D::Minus1)?;
            }
        }
        parts.push(part(heads.queries + heads.keys, heads.keys)?);
        Tensor::cat(&parts, 1)?.reshape((rows, heads.joined()))
    }
}

struct Step<'a> {
    approach: &'a Approach,
    lengths: &'a [usize],
    heads: Heads,
}

impl CustomOp1 for Step<'_> {
    fn name(&self) -> &'static str {
        "approach"
    }

    fn cpu_fwd(&self, qkv: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, joined) = layout.shape().dims2()?;
        let Heads { queries, keys, width } = self.heads;
        let (norms, rotary) = (&self.approach.norms, &self.approach.rotary);
        let longest = self.lengths.iter().max().copied().unwrap_or_default();
        let reached = rotary
            .as_ref()
            .is_none_or(|rotary| rotary.half * 2 == width && longest * rotary.half <= rotary.turns.len());
        let normed = norms.iter().flatten().all(|norm| norm.width() == width);
        if self.lengths.iter().sum::<usize>() != rows || joined != self.heads.joined() || !reached || !normed {
            candle_core::bail!("{rows} rows of {joined} are not those sequences with {:?}", self.heads);
        }
        let mut out = contiguous(qkv, layout)?.to_vec();
        let places: Vec<usize> = self.lengths.iter().flat_map(|&length| 0..length).collect();
        out.par_chunks_mut(ROWS * joined).zip(places.par_chunks(ROWS)).for_each(|(rows, places)| {
            for (row, &place) in rows.chunks_exact_mut(joined).zip(places) {
                for (index, head) in row.chunks_exact_mut(width).take(queries + keys).enumerate() {
                    if let Some(norms) = norms {
                        norms[usize::from(index >= queries)].row(head);
                    }
                    if let Some(rotary) = rotary {
                        rotary.turn(head, place);
                    }
                }
            }
        });
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};

    use super::*;

    #[test]
    fn products_depend_on_the_distance_alone_and_values_stay() {
        let heads = Heads { queries: 1, keys: 1, width: 6 };
        let row: Vec<f32> = (0..18).map(|i| (i as f32 * 0.7).sin()).collect();
        let qkv = Tensor::from_vec(row.repeat(9), (9, 18), &Device::Cpu).expect("rows");
        let approach = Approach { norms: None, rotary: Some(Arc::new(Rotary::new(9, 6, 100.0))) };
        let rows = approach.forward(qkv, &[9], heads).and_then(|rows| rows.to_vec2::<f32>()).expect("turned");
        let inner = |query: usize, key: usize| (0..6).map(|i| rows[query][i] * rows[key][6 + i]).sum::<f32>();
        assert!((inner(0, 3) - inner(5, 8)).abs() < 1e-5 && (inner(7, 2) - inner(6, 1)).abs() < 1e-5);
        assert!((inner(0, 3) - inner(0, 1)).abs() > 1e-3);
        assert_eq!(rows[8][12..], row[12..]);
        assert_eq!(rows[0][..12], row[..12]);
    }

    #[test]
    fn it_is_the_same_elsewhere() {
        let heads = Heads { queries: 4, keys: 2, width: 6 };
        let lengths = [3, 5];
        let values = (0..8 * heads.joined()).map(|i| (i as f32 * 0.37).sin()).collect();
        let qkv = Tensor::from_vec(values, (8, heads.joined()), &Device::Cpu).expect("rows");
        let norm = |factor: f64| {
            let weight = (Tensor::ones(6, DType::F32, &Device::Cpu).expect("ones") * factor).expect("a weight");
            Norm::root_mean_square(&weight, 1e-6).expect("a norm")
        };
        let rotary = Some(Arc::new(Rotary::new(9, 6, 100.0)));
        for norms in [None, Some([norm(0.5), norm(2.0)])] {
            let approach = Approach { norms, rotary: rotary.clone() };
            let there = approach.elsewhere(&qkv, &lengths, heads).expect("there");
            let here = approach.forward(qkv.clone(), &lengths, heads).expect("here");
            let apart = (here - there).and_then(|apart| apart.abs()?.max_all()?.to_scalar::<f32>());
            assert!(apart.is_ok_and(|apart| apart < 1e-5));
        }
    }

    #[test]
    fn more_positions_than_there_are_is_refused() {
        let heads = Heads { queries: 1, keys: 1, width: 4 };
        let qkv = Tensor::zeros((5, 12), DType::F32, &Device::Cpu).expect("zeros");
        let approach = Approach { norms: None, rotary: Some(Arc::new(Rotary::new(4, 4, 100.0))) };
        assert!(approach.forward(qkv.clone(), &[5], heads).is_err());
        assert!(approach.forward(qkv, &[4, 1], heads).is_ok());
    }
}
