//! Gemma 3 (Gemma Team, 2025) as EmbeddingGemma (Vera et al., 2025) uses it; reference: transformers' `Gemma3TextModel`.
//!
//! Norms on both sides of every branch, vectors of words scaled by the root of their width, most layers seeing only what
//! is near. candle-transformers' is causal. Deliberately absent: generating and pictures.

use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;

use super::encoder::{Encoder, Files};
use super::turning::{LONGEST, Turning};
use crate::Error;
use crate::layers::{Block, Branch, Norm, Rotary, Sight, Table};
use crate::weights::{Weights, activation, grouped_heads};

#[derive(Deserialize)]
struct Config {
    num_attention_heads: usize,
    num_key_value_heads: usize,
    num_hidden_layers: usize,
    head_dim: usize,
    #[serde(default = "gelu_tanh")]
    hidden_activation: String,
    #[serde(default = "epsilon")]
    rms_norm_eps: f64,
    max_position_embeddings: usize,
    query_pre_attn_scalar: f64,
    sliding_window: usize,
    #[serde(default = "every", rename = "_sliding_window_pattern", alias = "sliding_window_pattern")]
    sliding_window_pattern: usize,
    #[serde(default)]
    use_bidirectional_attention: bool,
    attn_logit_softcapping: Option<f64>,
    #[serde(flatten)]
    turning: Turning,
}

fn gelu_tanh() -> String {
    "gelu_pytorch_tanh".into()
}

fn epsilon() -> f64 {
    1e-6
}

fn every() -> usize {
    6
}

pub(super) fn load(files: Files<'_>) -> Result<Encoder, Error> {
    let Files { folder, .. } = files;
    let config: Config = folder.needed(files.config)?;
    if !config.use_bidirectional_attention || config.attn_logit_softcapping.is_some() {
        return Err(folder.unsupported("it is a Gemma that generates text and not one that embeds it"));
    }
    let opens = activation(folder, &config.hidden_activation)?;
    let weights = Weights::open(folder, files.below, files.place)?.below(&["model"], "embed_tokens.weight");
    let words = weights.get("embed_tokens.weight")?;
    let width = words.dims().last().copied().unwrap_or_default();
    let scaled = (words * (width as f64).sqrt()).and_then(|words| Table::new(&words));
    let words = scaled.map_err(|error| weights.bad("embed_tokens.weight", error))?;
    let (queries, keys) = (config.num_attention_heads, config.num_key_value_heads);
    let heads = grouped_heads(folder, queries, keys, config.head_dim)?;
    let positions = config.max_position_embeddings.min(LONGEST);
    let bases = config.turning.bases(folder, (1_000_000.0, 10_000.0))?;
    let rotary = |base| Arc::new(Rotary::new(positions, heads.width, base));
    let (full, near) = (rotary(bases.0), rotary(bases.1));
    // The weight is what is added to 1.
    let norm = |weights: &Weights, name: &str, width, scale: f64| {
        let name = format!("{name}.weight");
        let norm = weights.shaped(&name, &[width])?.affine(scale, scale);
        let norm = norm.and_then(|weight| Norm::root_mean_square(&weight, config.rms_norm_eps));
        norm.map_err(|error| weights.bad(&name, error))
    };
    let block = |(index, is_near): (usize, bool)| {
        let weights = weights.at(format!("layers.{index}"));
        let own = weights.at("self_attn");
        let mut attention = own.attention(["q_proj", "k_proj", "v_proj", "o_proj"], width, heads, 1.0)?;
        attention.approach.norms = Some([
            norm(&own, "q_norm", heads.width, config.query_pre_attn_scalar.powf(-0.5))?,
            norm(&own, "k_norm", heads.width, 1.0)?,
        ]);
        attention.approach.rotary = Some(Arc::clone(if is_near { &near } else { &full }));
        attention.sight = if is_near { Sight::Near(config.sliding_window / 2) } else { Sight::All };
        let perceptron = weights.at("mlp").gated(["gate_proj", "up_proj", "down_proj"], width, opens)?;
        let norm = |name: &str| norm(&weights, name, width, 1.0).map(Some);
        Ok(Block {
            attention: Branch {
                before: norm("input_layernorm")?,
                work: attention,
                behind: norm("post_attention_layernorm")?,
                after: None,
            },
            perceptron: Branch {
                before: norm("pre_feedforward_layernorm")?,
                work: perceptron,
                behind: norm("post_feedforward_layernorm")?,
                after: None,
            },
        })
    };
    let every = config.sliding_window_pattern.max(1);
    let kinds = config.turning.near(folder, config.num_hidden_layers, |layer| (layer + 1) % every != 0)?;
    Ok(Encoder {
        before: None,
        blocks: kinds.into_par_iter().enumerate().map(block).collect::<Result<_, _>>()?,
        after: Some(norm(&weights, "norm", width, 1.0)?),
        places: None,
        second: None,
        positions,
        words,
    })
}
