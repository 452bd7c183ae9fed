//! ModernBERT (Warner et al., 2024); reference: transformers' `ModernBertModel`.
//!
//! Rotary positions, gates, norms first and without biases, and two of three layers that see only what is near. An own
//! one: candle-transformers' reads one prefix of names and one activation. Deliberately absent: the heads.

use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;

use super::bert::gelu;
use super::encoder::{Encoder, Files};
use super::turning::{LONGEST, Turning};
use crate::Error;
use crate::layers::{Block, Branch, Perceptron, Rotary, Sight};
use crate::weights::{Weights, activation};

#[derive(Deserialize)]
struct Config {
    num_attention_heads: usize,
    num_hidden_layers: usize,
    #[serde(default = "gelu")]
    hidden_activation: String,
    #[serde(default = "epsilon")]
    norm_eps: f64,
    #[serde(default = "positions")]
    max_position_embeddings: usize,
    #[serde(default = "local")]
    local_attention: usize,
    #[serde(default = "every")]
    global_attn_every_n_layers: usize,
    #[serde(flatten)]
    turning: Turning,
}

fn epsilon() -> f64 {
    1e-5
}

fn positions() -> usize {
    8192
}

fn local() -> usize {
    128
}

fn every() -> usize {
    3
}

pub(super) fn load(files: Files<'_>) -> Result<Encoder, Error> {
    let Files { folder, .. } = files;
    let config: Config = folder.needed(files.config)?;
    let weights = Weights::open(folder, files.below, files.place)?;
    let weights = weights.below(&["model"], "embeddings.tok_embeddings.weight");
    let words = weights.table("embeddings.tok_embeddings.weight")?;
    let width = words.width();
    let heads = weights.heads(width, config.num_attention_heads)?;
    let opens = activation(folder, &config.hidden_activation)?;
    let positions = config.max_position_embeddings.min(LONGEST);
    let bases = config.turning.bases(folder, (160_000.0, 10_000.0))?;
    let rotary = |base| Arc::new(Rotary::new(positions, heads.width, base));
    let (full, near) = (rotary(bases.0), rotary(bases.1));
    let norm = |weights: Weights| weights.norm(width, config.norm_eps);
    let block = |(index, is_near): (usize, bool)| {
        let weights = weights.at(format!("layers.{index}"));
        let mut attention = weights.at("attn").joined_attention(["Wqkv", "Wo"], width, heads)?;
        attention.approach.rotary = Some(Arc::clone(if is_near { &near } else { &full }));
        attention.sight = if is_near { Sight::Near(config.local_attention / 2) } else { Sight::All };
        let mlp = weights.at("mlp");
        let up = mlp.at("Wi").linear(width, None)?;
        let down = mlp.at("Wo").linear(up.width() / 2, None)?;
        let perceptron = Perceptron { up, gate: Some(opens), down };
        // The first block follows the norm of the embeddings and has none of its own.
        let before = (index > 0).then(|| norm(weights.at("attn_norm"))).transpose()?;
        Ok(Block {
            attention: Branch { before, work: attention, behind: None, after: None },
            perceptron: Branch::norm_first(norm(weights.at("mlp_norm"))?, perceptron),
        })
    };
    let every = config.global_attn_every_n_layers.max(1);
    let kinds = config.turning.near(folder, config.num_hidden_layers, |layer| layer % every != 0)?;
    Ok(Encoder {
        before: Some(norm(weights.at("embeddings.norm"))?),
        blocks: kinds.into_par_iter().enumerate().map(block).collect::<Result<_, _>>()?,
        after: Some(norm(weights.at("final_norm"))?),
        places: None,
        second: None,
        positions,
        words,
    })
}
