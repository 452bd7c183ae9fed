//! Nomic BERT (Nussbaum et al., 2024); reference: transformers' `NomicBertModel`.
//!
//! BERT with rotary positions and gates. An own one over the shared layers, which packs texts instead of padding them.
//! Deliberately absent: turning a part of each head, and stretching positions beyond the trained ones.

use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;

use super::encoder::{Encoder, Files};
use super::turning::{LONGEST, Turning};
use crate::Error;
use crate::layers::{Activation, Block, Branch, Rotary, Table};
use crate::weights::Weights;

/// Both the names of the model's own code and those transformers gave it later.
#[derive(Deserialize)]
struct Config {
    #[serde(alias = "n_head")]
    num_attention_heads: usize,
    #[serde(alias = "n_layer")]
    num_hidden_layers: usize,
    #[serde(alias = "activation_function", default = "swiglu")]
    hidden_act: String,
    #[serde(alias = "layer_norm_epsilon", default = "epsilon")]
    layer_norm_eps: f64,
    #[serde(alias = "n_positions", default = "positions")]
    max_position_embeddings: usize,
    rotary_emb_base: Option<f64>,
    rotary_emb_fraction: Option<f64>,
    rotary_emb_interleaved: Option<bool>,
    #[serde(default)]
    prenorm: bool,
    #[serde(flatten)]
    turning: Turning,
}

fn swiglu() -> String {
    "swiglu".into()
}

fn epsilon() -> f64 {
    1e-12
}

fn positions() -> usize {
    2048
}

pub(super) fn load(files: Files<'_>) -> Result<Encoder, Error> {
    let Files { folder, .. } = files;
    let config: Config = folder.needed(files.config)?;
    let whole = config.rotary_emb_fraction.is_none_or(|part| part == 1.0);
    if config.prenorm || !whole || config.rotary_emb_interleaved == Some(true) {
        return Err(folder.unsupported("it is a Nomic BERT of another build than nomic-embed-text"));
    }
    let opens = match config.hidden_act.as_str() {
        "swiglu" | "silu" => Activation::Silu,
        other => return Err(folder.unsupported(format!("its activation is “{other}”"))),
    };
    let weights = Weights::open(folder, files.below, files.place)?;
    let weights = weights.below(&["nomic_bert", "bert"], "embeddings.word_embeddings.weight");
    let words = weights.get("embeddings.word_embeddings.weight")?;
    let kinds = weights.get("embeddings.token_type_embeddings.weight")?;
    // Every token is of the first kind, whose vector therefore goes with every word.
    let words = || -> candle_core::Result<Table> { Table::new(&words.broadcast_add(&kinds.narrow(0, 0, 1)?)?) };
    let words = words().map_err(|error| folder.failed(error))?;
    let width = words.width();
    let heads = weights.heads(width, config.num_attention_heads)?;
    let positions = config.max_position_embeddings.min(LONGEST);
    let (base, _) = config.turning.bases(folder, (config.rotary_emb_base.unwrap_or(1000.0), 0.0))?;
    let rotary = Arc::new(Rotary::new(positions, heads.width, base));
    let norm = |weights: Weights| weights.norm(width, config.layer_norm_eps);
    let block = |index| {
        let weights = weights.at(format!("encoder.layers.{index}"));
        let mut attention = weights.at("attn").joined_attention(["Wqkv", "out_proj"], width, heads)?;
        attention.approach.rotary = Some(Arc::clone(&rotary));
        let perceptron = weights.at("mlp").gated(["fc12", "fc11", "fc2"], width, opens)?;
        Ok(Block {
            attention: Branch::norm_last(norm(weights.at("norm1"))?, attention),
            perceptron: Branch::norm_last(norm(weights.at("norm2"))?, perceptron),
        })
    };
    Ok(Encoder {
        before: Some(norm(weights.at("emb_ln"))?),
        blocks: (0..config.num_hidden_layers).into_par_iter().map(block).collect::<Result<_, _>>()?,
        after: None,
        places: None,
        second: None,
        positions,
        words,
    })
}
