//! GPT-2 (Radford et al., 2019); reference: transformers' `GPT2Model`.
//!
//! Not made for embedding: the mean of its raw states shows what anisotropy is (Ethayarajh, 2019). Causal, norms first,
//! weights the other way round. candle-transformers has none. Deliberately absent: generating.

use candle_core::Tensor;
use serde::Deserialize;

use super::encoder::{Encoder, Files, Places};
use crate::Error;
use crate::layers::{Activation, Attention, Block, Branch, Linear, Perceptron, Sight, join_projections};
use crate::weights::{Weights, activation};

#[derive(Deserialize)]
struct Config {
    n_head: usize,
    n_layer: usize,
    #[serde(default = "gelu_new")]
    activation_function: String,
    #[serde(default = "epsilon")]
    layer_norm_epsilon: f64,
    scale_attn_weights: Option<bool>,
    #[serde(default)]
    scale_attn_by_inverse_layer_idx: bool,
}

fn gelu_new() -> String {
    "gelu_new".into()
}

fn epsilon() -> f64 {
    1e-5
}

pub(super) fn load(files: Files<'_>) -> Result<Encoder, Error> {
    let Files { folder, .. } = files;
    let config: Config = folder.needed(files.config)?;
    if config.scale_attn_weights == Some(false) || config.scale_attn_by_inverse_layer_idx {
        return Err(folder.unsupported("its attention is scaled in an unusual way"));
    }
    let between = activation(folder, &config.activation_function)?;
    let weights = Weights::open(folder, files.below, files.device)?.below(&["transformer"], "wte.weight");
    let words = weights.table("wte.weight")?;
    let width = words.width();
    let heads = weights.heads(width, config.n_head)?;
    let norm = |weights: Weights| weights.norm(width, config.layer_norm_epsilon);
    let block = |index| {
        let weights = weights.at(format!("h.{index}"));
        let (weight, bias) = turned(&weights.at("attn.c_attn"), width)?;
        let part = |index: usize| -> candle_core::Result<_> {
            let cut = |tensor: &Tensor| tensor.narrow(0, index * width, width);
            Ok((cut(&weight)?, Some(cut(&bias)?)))
        };
        let joined = || -> candle_core::Result<Linear> {
            let (weight, bias) = join_projections([part(0)?, part(1)?, part(2)?], heads, heads.scale())?;
            Linear::new(weight, bias, None)
        };
        let qkv = joined().map_err(|error| weights.bad("attn.c_attn.weight", error))?;
        let mut attention = Attention::plain(qkv, linear(&weights.at("attn.c_proj"), width, None)?, heads);
        attention.sight = Sight::Before;
        let mlp = weights.at("mlp");
        let up = linear(&mlp.at("c_fc"), width, Some(between))?;
        let perceptron = Perceptron { down: linear(&mlp.at("c_proj"), up.width(), None)?, up, gate: None };
        Ok(Block {
            attention: Branch::norm_first(norm(weights.at("ln_1"))?, attention),
            perceptron: Branch::norm_first(norm(weights.at("ln_2"))?, perceptron),
        })
    };
    let places = Places { table: weights.table("wpe.weight")?, padding: None };
    Ok(Encoder {
        before: None,
        blocks: (0..config.n_layer).map(block).collect::<Result<_, _>>()?,
        after: Some(norm(weights.at("ln_f"))?),
        positions: places.count(),
        places: Some(places),
        second: None,
        words,
    })
}

/// A weight that is kept as `[in, out]`, as `[out, in]`, and its bias.
fn turned(weights: &Weights, inner: usize) -> Result<(Tensor, Tensor), Error> {
    let weight = weights.get("weight")?;
    let [rows, out] = weight.dims()[..] else { return Err(weights.bad("weight", format!("is {:?}", weight.dims()))) };
    if rows != inner {
        return Err(weights.bad("weight", format!("is {:?} instead of [{inner}, any]", weight.dims())));
    }
    let turned = weight.t().and_then(|weight| weight.contiguous()).map_err(|error| weights.bad("weight", error))?;
    Ok((turned, weights.shaped("bias", &[out])?))
}

fn linear(weights: &Weights, inner: usize, activation: Option<Activation>) -> Result<Linear, Error> {
    let (weight, bias) = turned(weights, inner)?;
    Linear::new(weight, Some(bias), activation).map_err(|error| weights.bad("weight", error))
}
