//! GPT-2 (Radford et al., 2019); reference: transformers' `GPT2Model`.
//!
//! Not made for embedding: the mean of its raw states shows what anisotropy is (Ethayarajh, 2019). Causal, norms first,
//! weights the other way round. candle-transformers has none. Deliberately absent: generating.

use embedscope_space::product::View;
use rayon::prelude::*;
use serde::Deserialize;

use super::encoder::{Encoder, Files, Places};
use crate::Error;
use crate::device::Place;
use crate::layers::{Activation, Attention, Block, Branch, Linear, Part, Perceptron, Sight, join_projections};
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
    let weights = Weights::open(folder, files.below, files.place)?.below(&["transformer"], "wte.weight");
    let words = weights.table("wte.weight")?;
    let width = words.width();
    let heads = weights.heads(width, config.n_head)?;
    let norm = |weights: Weights| weights.norm(width, config.layer_norm_epsilon);
    let block = |index| {
        let weights = weights.at(format!("h.{index}"));
        let joined = weights.at("attn.c_attn");
        let (weight, bias) = (joined.values("weight", &[width, 3 * width])?, joined.values("bias", &[3 * width])?);
        let weight = View::of_rows(&weight, 3 * width);
        let part = |index: usize| {
            let columns = index * width..(index + 1) * width;
            Part { weight: weight.part(0..width, columns.clone()), bias: Some(&bias[columns]), factor: 1.0 }
        };
        let qkv = join_projections([part(0), part(1), part(2)], heads, heads.scale(), files.place);
        let qkv = qkv.map_err(|error| joined.bad("weight", error))?;
        let mut attention = Attention::plain(qkv, linear(&weights.at("attn.c_proj"), width, None, files.place)?, heads);
        attention.sight = Sight::Before;
        let mlp = weights.at("mlp");
        let up = linear(&mlp.at("c_fc"), width, Some(between), files.place)?;
        let perceptron = Perceptron { down: linear(&mlp.at("c_proj"), up.width(), None, files.place)?, up, gate: None };
        Ok(Block {
            attention: Branch::norm_first(norm(weights.at("ln_1"))?, attention),
            perceptron: Branch::norm_first(norm(weights.at("ln_2"))?, perceptron),
        })
    };
    let places = Places { table: weights.table("wpe.weight")?, padding: None };
    Ok(Encoder {
        before: None,
        blocks: (0..config.n_layer).into_par_iter().map(block).collect::<Result<_, _>>()?,
        after: Some(norm(weights.at("ln_f"))?),
        positions: places.count(),
        places: Some(places),
        second: None,
        words,
    })
}

/// A layer whose weight is kept as `[in, out]`.
fn linear(weights: &Weights, inner: usize, activation: Option<Activation>, place: &Place) -> Result<Linear, Error> {
    let out = weights.shape("weight").and_then(|shape| shape.last()).copied().unwrap_or_default();
    let (weight, bias) = (weights.values("weight", &[inner, out])?, weights.values("bias", &[out])?);
    let part = Part { weight: View::of_rows(&weight, out), bias: Some(&bias), factor: 1.0 };
    Linear::of(&[part], place, activation).map_err(|error| weights.bad("weight", error))
}
