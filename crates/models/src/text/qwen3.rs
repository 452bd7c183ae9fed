//! Qwen3 (Yang et al., 2025), under Qwen3-Embedding; reference: transformers' `Qwen3Model`.
//!
//! Causal, so that the last token stands for the text; norms inside the heads; keys shared by heads. An own one:
//! candle-transformers' keeps a cache from text to text. Deliberately absent: generating, windows, mixtures of experts.

use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;

use super::encoder::{Encoder, Files};
use super::turning::{LONGEST, Turning};
use crate::Error;
use crate::layers::{Block, Branch, Norm, Rotary, Sight};
use crate::weights::{Weights, activation, grouped_heads};

#[derive(Deserialize)]
struct Config {
    num_attention_heads: usize,
    num_key_value_heads: Option<usize>,
    num_hidden_layers: usize,
    head_dim: Option<usize>,
    #[serde(default = "silu")]
    hidden_act: String,
    #[serde(default = "epsilon")]
    rms_norm_eps: f64,
    #[serde(default = "positions")]
    max_position_embeddings: usize,
    #[serde(default)]
    use_sliding_window: bool,
    #[serde(flatten)]
    turning: Turning,
}

fn silu() -> String {
    "silu".into()
}

fn epsilon() -> f64 {
    1e-6
}

fn positions() -> usize {
    32_768
}

pub(super) fn load(files: Files<'_>) -> Result<Encoder, Error> {
    let Files { folder, .. } = files;
    let config: Config = folder.needed(files.config)?;
    if config.use_sliding_window {
        return Err(folder.unsupported("its attention has a sliding window"));
    }
    let opens = activation(folder, &config.hidden_act)?;
    let weights = Weights::open(folder, files.below, files.place)?.below(&["model"], "embed_tokens.weight");
    let words = weights.table("embed_tokens.weight")?;
    let width = words.width();
    let queries = config.num_attention_heads;
    let keys = config.num_key_value_heads.unwrap_or(queries);
    let heads = grouped_heads(folder, queries, keys, config.head_dim.unwrap_or(width / queries.max(1)))?;
    let positions = config.max_position_embeddings.min(LONGEST);
    let (base, _) = config.turning.bases(folder, (10_000.0, 10_000.0))?;
    let rotary = Arc::new(Rotary::new(positions, heads.width, base));
    let norm = |weights: &Weights, name: &str, width: usize, scale: f64| {
        let weight = weights.shaped(name, &[width])?;
        let norm = weight.affine(scale, 0.0).and_then(|weight| Norm::root_mean_square(&weight, config.rms_norm_eps));
        norm.map_err(|error| weights.bad(name, error))
    };
    let block = |index| {
        let weights = weights.at(format!("layers.{index}"));
        let own = weights.at("self_attn");
        // The norm stands between the projection and the product, so it is the norm that takes the scale.
        let mut attention = own.attention(["q_proj", "k_proj", "v_proj", "o_proj"], width, heads, 1.0)?;
        attention.approach.norms = Some([
            norm(&own, "q_norm.weight", heads.width, heads.scale())?,
            norm(&own, "k_norm.weight", heads.width, 1.0)?,
        ]);
        attention.approach.rotary = Some(Arc::clone(&rotary));
        attention.sight = Sight::Before;
        let perceptron = weights.at("mlp").gated(["gate_proj", "up_proj", "down_proj"], width, opens)?;
        Ok(Block {
            attention: Branch::norm_first(norm(&weights, "input_layernorm.weight", width, 1.0)?, attention),
            perceptron: Branch::norm_first(norm(&weights, "post_attention_layernorm.weight", width, 1.0)?, perceptron),
        })
    };
    Ok(Encoder {
        before: None,
        blocks: (0..config.num_hidden_layers).into_par_iter().map(block).collect::<Result<_, _>>()?,
        after: Some(norm(&weights, "norm.weight", width, 1.0)?),
        places: None,
        second: None,
        positions,
        words,
    })
}
