//! One transformer block: attention and a two-layer perceptron, each a branch beside the rows that come in.
//!
//! Deliberately absent: names of weights (the architectures).

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Device, Layout, Result, Shape, Tensor};

use super::rotary::Approach;
use super::{Activation, Bias, Heads, Linear, Norm, Sight, attend, contiguous};

/// A block over rows `[n, width]`.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// The first branch.
    pub(crate) attention: Branch<Attention>,
    /// The second.
    pub(crate) perceptron: Branch<Perceptron>,
}

impl Block {
    /// Rows of sequences laid end to end to rows of the same shape, or to those that are kept.
    fn forward(&self, rows: &Tensor, lengths: &[usize], kept: Option<&Tensor>) -> Result<Tensor> {
        let attend = |work: &Attention, rows: &Tensor, onto: Option<&Tensor>| work.forward(rows, lengths, kept, onto);
        let rows = self.attention.forward(rows, kept, attend)?;
        self.perceptron.forward(&rows, None, Perceptron::forward)
    }
}

/// Rows `[n, width]` of sequences laid end to end through blocks, to rows of the same shape. Where only the rows of some
/// numbers are asked for, it gives those, and computes nothing for the others after the last attention.
pub(crate) fn through(blocks: &[Block], rows: Tensor, lengths: &[usize], kept: Option<&[u32]>) -> Result<Tensor> {
    let (others, last) = match (blocks.split_last(), kept) {
        (Some((last, others)), Some(_)) => (others, Some(last)),
        _ => (blocks, None),
    };
    let rows = others.iter().try_fold(rows, |rows, block| block.forward(&rows, lengths, None))?;
    let kept = kept.map(|kept| Tensor::new(kept, &Device::Cpu)).transpose()?;
    match last {
        Some(last) => last.forward(&rows, lengths, kept.as_ref()),
        None => some_of(&rows, kept.as_ref()),
    }
}

/// The numbers of the first rows of sequences laid end to end.
pub(crate) fn starts(lengths: &[usize]) -> Vec<u32> {
    let start = |next: &mut usize, &length: &usize| {
        *next += length;
        Some((*next - length) as u32)
    };
    lengths.iter().scan(0, start).collect()
}

fn some_of(rows: &Tensor, kept: Option<&Tensor>) -> Result<Tensor> {
    kept.map_or_else(|| Ok(rows.clone()), |kept| rows.index_select(&kept.to_device(rows.device())?, 0))
}

/// What is added to the rows that come in, and the norms around it, each where the architecture has one.
#[derive(Clone, Debug)]
pub(crate) struct Branch<W> {
    /// Before the work, inside the branch.
    pub(crate) before: Option<Norm>,
    /// The work.
    pub(crate) work: W,
    /// Behind the work, inside the branch.
    pub(crate) behind: Option<Norm>,
    /// After the sum.
    pub(crate) after: Option<Norm>,
}

impl<W> Branch<W> {
    /// With a norm before the work, as in GPT-2 and CLIP.
    pub(crate) fn norm_first(norm: Norm, work: W) -> Self {
        Self { before: Some(norm), work, behind: None, after: None }
    }

    /// With a norm after the sum, as in BERT.
    pub(crate) fn norm_last(norm: Norm, work: W) -> Self {
        Self { before: None, work, behind: None, after: Some(norm) }
    }

    /// The work gives those rows that are kept.
    fn forward(
        &self,
        rows: &Tensor,
        kept: Option<&Tensor>,
        run: impl Fn(&W, &Tensor, Option<&Tensor>) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let normed = self.before.as_ref().map(|norm| norm.forward(rows)).transpose()?;
        let input = normed.as_ref().unwrap_or(rows);
        let rows = some_of(rows, kept)?;
        let sum = match &self.behind {
            None => run(&self.work, input, Some(&rows))?,
            Some(norm) => {
                let out = norm.forward(&run(&self.work, input, None)?)?;
                let rows = rows.to_device(out.device())?;
                (out + rows)?
            }
        };
        match &self.after {
            Some(norm) => norm.take(sum),
            None => Ok(sum),
        }
    }
}

/// Attention with its projections.
#[derive(Clone, Debug)]
pub(crate) struct Attention {
    /// Queries, keys and values in one.
    pub(crate) qkv: Linear,
    /// What follows attention.
    pub(crate) out: Linear,
    /// How the numbers are shared.
    pub(crate) heads: Heads,
    /// Which rows a row sees.
    pub(crate) sight: Sight,
    /// What is done to queries and keys first.
    pub(crate) approach: Approach,
    /// What distances add to scores.
    pub(crate) bias: Option<Arc<Bias>>,
}

impl Attention {
    /// Attention in which every row sees all of its sequence, whose projections know no positions.
    pub(crate) fn plain(qkv: Linear, out: Linear, heads: Heads) -> Self {
        Self { qkv, out, heads, sight: Sight::All, approach: Approach::default(), bias: None }
    }

    fn forward(
        &self,
        rows: &Tensor,
        lengths: &[usize],
        kept: Option<&Tensor>,
        onto: Option<&Tensor>,
    ) -> Result<Tensor> {
        let qkv = self.approach.forward(self.qkv.forward(rows)?, lengths, self.heads)?;
        let attended = attend(&qkv, lengths, self.heads, self.sight, self.bias.as_deref())?;
        self.out.forward_with(&some_of(&attended, kept)?, onto)
    }
}

/// Two linear layers, each row on its own.
#[derive(Clone, Debug)]
pub(crate) struct Perceptron {
    /// The first layer; with its activation where there is no gate.
    pub(crate) up: Linear,
    /// Where the first layer gives two halves: what is applied to the first before it multiplies the second (Shazeer, 2020).
    pub(crate) gate: Option<Activation>,
    /// The second layer.
    pub(crate) down: Linear,
}

impl Perceptron {
    /// Rows to rows, added to a residual where there is one.
    pub(crate) fn forward(&self, rows: &Tensor, onto: Option<&Tensor>) -> Result<Tensor> {
        let up = self.up.forward(rows)?;
        let inner = self.gate.map_or(Ok(up.clone()), |activation| Gate(activation).forward(&up))?;
        self.down.forward_with(&inner, onto)
    }
}

/// `activation(first half) · second half` of every row.
struct Gate(Activation);

impl Gate {
    fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        if rows.device().is_cpu() { rows.apply_op1_no_bwd(self) } else { self.elsewhere(rows) }
    }

    fn elsewhere(&self, rows: &Tensor) -> Result<Tensor> {
        let width = rows.dim(1)? / 2;
        self.0.of(&rows.narrow(1, 0, width)?.contiguous()?)?.mul(&rows.narrow(1, width, width)?)
    }
}

impl CustomOp1 for Gate {
    fn name(&self) -> &'static str {
        "gate"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (count, both) = layout.shape().dims2()?;
        let width = both / 2;
        if width == 0 || both % 2 != 0 {
            candle_core::bail!("{both} numbers have no halves");
        }
        let rows = contiguous(rows, layout)?;
        let mut out = Vec::with_capacity(count * width);
        rows.chunks_exact(both).for_each(|row| out.extend_from_slice(&row[..width]));
        self.0.apply(&mut out);
        for (out, row) in out.chunks_exact_mut(width).zip(rows.chunks_exact(both)) {
            out.iter_mut().zip(&row[width..]).for_each(|(out, factor)| *out *= factor);
        }
        Ok((CpuStorage::F32(out), Shape::from((count, width))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_half_opens_the_gate_for_the_second() {
        let rows = Tensor::new(&[[2.0_f32, -1.0, 3.0, 5.0], [0.5, 4.0, -2.0, 1.0]], &Device::Cpu).expect("rows");
        let gated = rows.apply_op1_no_bwd(&Gate(Activation::Relu)).and_then(|rows| rows.to_vec2::<f32>());
        assert_eq!(gated.expect("gated"), [[6.0, 0.0], [-1.0, 4.0]]);
        let elsewhere = Gate(Activation::Relu).elsewhere(&rows).and_then(|rows| rows.to_vec2::<f32>());
        assert_eq!(elsewhere.expect("gated"), [[6.0, 0.0], [-1.0, 4.0]]);
        let odd = Tensor::new(&[[1.0_f32; 3]], &Device::Cpu).expect("a row");
        assert!(odd.apply_op1_no_bwd(&Gate(Activation::Relu)).is_err());
    }
}
