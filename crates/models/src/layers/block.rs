//! One transformer block: attention and a two-layer perceptron, each with a residual and a layer norm.
//!
//! Deliberately absent: rotary positions, gates and root-mean-square norms, which no architecture here needs yet.

use candle_core::{Result, Tensor};

use super::{LayerNorm, Linear, attend};

/// Which side of its residual branch a layer norm stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Before the branch, as in CLIP.
    NormFirst,
    /// After the sum, as in BERT.
    NormLast,
}

/// A block over rows `[n, width]`.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Queries, keys and values in one.
    pub(crate) qkv: Linear,
    /// What follows attention.
    pub(crate) out: Linear,
    /// The norm that goes with attention.
    pub(crate) attention_norm: LayerNorm,
    /// The perceptron's first layer, with its activation.
    pub(crate) up: Linear,
    /// Its second.
    pub(crate) down: Linear,
    /// The norm that goes with the perceptron.
    pub(crate) perceptron_norm: LayerNorm,
}

impl Block {
    /// Rows of sequences laid end to end to rows of the same shape.
    pub(crate) fn forward(&self, rows: &Tensor, lengths: &[usize], how: Attending) -> Result<Tensor> {
        let attended = |rows: &Tensor| attend(&self.qkv.forward(rows)?, lengths, how.heads, how.causal);
        match how.order {
            Order::NormFirst => {
                let rows = self.out.forward_onto(&attended(&self.attention_norm.forward(rows)?)?, rows)?;
                self.down.forward_onto(&self.up.forward(&self.perceptron_norm.forward(&rows)?)?, &rows)
            }
            Order::NormLast => {
                let rows = self.attention_norm.forward(&self.out.forward_onto(&attended(rows)?, rows)?)?;
                self.perceptron_norm.forward(&self.down.forward_onto(&self.up.forward(&rows)?, &rows)?)
            }
        }
    }
}

/// What all blocks of a model have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attending {
    /// Attention heads.
    pub(crate) heads: usize,
    /// Whether a row sees only itself and those before it.
    pub(crate) causal: bool,
    /// Where the norms stand.
    pub(crate) order: Order,
}
