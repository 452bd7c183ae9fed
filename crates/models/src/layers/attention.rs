//! Scaled dot-product attention (Vaswani et al., 2017) over texts laid end to end, each seeing only itself.
//!
//! Deliberately absent: padding, masks, and the projections around it (`Linear`).

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::activation::exp;
use super::contiguous;
use super::matmul::{Onto, View, multiply};

/// Queries, keys and values `[n, 3 · width]`, the queries scaled already, to `[n, width]`. The rows are sequences of the
/// given lengths, one after the other; where `causal`, a row does not see those after it.
pub(crate) fn attend(qkv: &Tensor, lengths: &[usize], heads: usize, causal: bool) -> Result<Tensor> {
    qkv.apply_op1_no_bwd(&Attend { lengths, heads, causal })
}

/// One weight `[3 · width, in]` and bias of those of queries, keys and values, with the scale `1/√(width per head)` taken
/// into the queries.
pub(crate) fn join_projections(parts: [(Tensor, Tensor); 3], heads: usize) -> Result<(Tensor, Tensor)> {
    let [(query, query_bias), (key, key_bias), (value, value_bias)] = parts;
    let width = query.dim(0)?;
    if heads == 0 || !width.is_multiple_of(heads) {
        candle_core::bail!("{width} numbers cannot be shared by {heads} heads");
    }
    let scale = ((width / heads) as f64).powf(-0.5);
    let weight = Tensor::cat(&[&(query * scale)?, &key, &value], 0)?;
    let bias = Tensor::cat(&[&(query_bias * scale)?, &key_bias, &value_bias], 0)?;
    Ok((weight, bias))
}

struct Attend<'a> {
    lengths: &'a [usize],
    heads: usize,
    causal: bool,
}

impl Attend<'_> {
    /// One sequence: `qkv [length, 3 · width]` to `out [length, width]`; `scores` is scratch space.
    fn sequence(&self, qkv: &[f32], out: &mut [f32], width: usize, scores: &mut Vec<f32>) {
        let (length, per_head) = (out.len() / width, width / self.heads);
        scores.resize(length * length, 0.0);
        for head in 0..self.heads {
            let part = |which: usize| View::new(&qkv[which * width + head * per_head..], length, per_head, 3 * width);
            multiply(part(0), part(1).transposed(), scores, length, Onto::Nothing, false);
            pulp::Arch::new().dispatch(|| {
                for (row, scores) in scores.chunks_exact_mut(length).enumerate() {
                    let (seen, unseen) = scores.split_at_mut(if self.causal { row + 1 } else { length });
                    softmax(seen);
                    unseen.fill(0.0);
                }
            });
            let weights = View::new(scores, length, length, length);
            multiply(weights, part(2), &mut out[head * per_head..], width, Onto::Nothing, false);
        }
    }
}

impl CustomOp1 for Attend<'_> {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(&self, qkv: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, joined) = layout.shape().dims2()?;
        let width = joined / 3;
        if self.lengths.iter().sum::<usize>() != rows || self.heads == 0 || joined % (3 * self.heads) != 0 {
            candle_core::bail!("{rows} rows of {joined} are not those sequences with {} heads", self.heads);
        }
        let mut qkv = contiguous(qkv, layout)?;
        let mut out = vec![0.0; rows * width];
        let mut rest = out.as_mut_slice();
        let mut sequences = Vec::with_capacity(self.lengths.len());
        for length in self.lengths {
            let (rows, out);
            (rows, qkv) = qkv.split_at(length * joined);
            (out, rest) = rest.split_at_mut(length * width);
            sequences.push((rows, out));
        }
        sequences
            .into_par_iter()
            .for_each_init(Vec::new, |scores, (rows, out)| self.sequence(rows, out, width, scores));
        Ok((CpuStorage::F32(out), Shape::from((rows, width))))
    }
}

/// `exp(x) / Σ exp(x)` in place.
#[inline(always)]
fn softmax(scores: &mut [f32]) {
    let highest = fold(scores, f32::NEG_INFINITY, f32::max);
    scores.iter_mut().for_each(|score| *score = exp(*score - highest));
    let scale = 1.0 / fold(scores, 0.0, |a, b| a + b);
    scores.iter_mut().for_each(|score| *score *= scale);
}

/// Folds a slice side by side, so that the compiler can use vector registers.
#[inline(always)]
fn fold(values: &[f32], start: f32, join: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [start; 16];
    let chunks = values.chunks_exact(lanes.len());
    let rest = chunks.remainder().iter().fold(start, |a, &b| join(a, b));
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, &value)| *lane = join(*lane, value));
    }
    lanes.into_iter().fold(rest, join)
}

#[cfg(test)]
mod tests {
    use candle_core::Device;
    use proptest::prelude::*;

    use super::*;

    /// By the definition, one query at a time, in double precision.
    fn by_definition(qkv: &[f32], lengths: &[usize], width: usize, heads: usize, causal: bool) -> Vec<f64> {
        let per_head = width / heads;
        let at = |row: usize, which: usize, i: usize| f64::from(qkv[row * 3 * width + which * width + i]);
        let mut out = Vec::new();
        let mut first = 0;
        for &length in lengths {
            for query in first..first + length {
                for i in 0..width {
                    let head = i / per_head * per_head..i / per_head * per_head + per_head;
                    let last = if causal { query + 1 } else { first + length };
                    let weights: Vec<f64> = (first..last)
                        .map(|key| head.clone().map(|j| at(query, 0, j) * at(key, 1, j)).sum::<f64>().exp())
                        .collect();
                    let total: f64 = weights.iter().sum();
                    out.push(weights.iter().zip(first..).map(|(w, key)| w / total * at(key, 2, i)).sum());
                }
            }
            first += length;
        }
        out
    }

    proptest! {
        #[test]
        fn it_is_what_its_definition_says(
            lengths in prop::collection::vec(1_usize..40, 1..4), heads in 1_usize..4, causal: bool, seed in 0_u32..1000,
        ) {
            let (rows, width) = (lengths.iter().sum::<usize>(), heads * 8);
            let mut state = seed;
            let qkv: Vec<f32> = (0..rows * 3 * width).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 23) as f32 - 1.0
            }).collect();
            let expected = by_definition(&qkv, &lengths, width, heads, causal);
            let tensor = Tensor::from_vec(qkv, (rows, 3 * width), &Device::Cpu).expect("a tensor");
            let found = attend(&tensor, &lengths, heads, causal).expect("attended");
            let found: Vec<f32> = found.flatten_all().and_then(|out| out.to_vec1()).expect("numbers");
            for (found, expected) in found.iter().zip(&expected) {
                prop_assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} is not {expected}");
            }
        }
    }

    #[test]
    fn lengths_that_do_not_add_up_are_refused() {
        let qkv = Tensor::zeros((4, 12), candle_core::DType::F32, &Device::Cpu).expect("a tensor");
        assert!(attend(&qkv, &[3], 1, false).is_err());
        assert!(attend(&qkv, &[4], 3, false).is_err());
        assert!(attend(&qkv, &[1, 3], 2, false).is_ok());
    }
}
