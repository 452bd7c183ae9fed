//! DistilBERT (Sanh et al., 2019); reference: transformers' `DistilBertModel`.
//!
//! BERT without kinds of tokens, under other names. An own one: candle-transformers' takes the approximate GELU and masks
//! the wrong way round. Deliberately absent: what BERT's file leaves out.

use rayon::prelude::*;
use serde::Deserialize;

use super::bert::gelu;
use super::encoder::{Encoder, Files, Places};
use crate::Error;
use crate::layers::{Block, Branch};
use crate::weights::{Weights, activation};

/// The reference writes it into its code.
const EPSILON: f64 = 1e-12;

#[derive(Deserialize)]
struct Config {
    n_heads: usize,
    n_layers: usize,
    #[serde(default = "gelu")]
    activation: String,
}

pub(super) fn load(files: Files<'_>) -> Result<Encoder, Error> {
    let Files { folder, .. } = files;
    let config: Config = folder.needed(files.config)?;
    let weights = Weights::open(folder, files.below, files.place)?;
    let weights = weights.below(&["distilbert"], "embeddings.word_embeddings.weight");
    let embeddings = weights.at("embeddings");
    let words = embeddings.table("word_embeddings.weight")?;
    let width = words.width();
    let heads = weights.heads(width, config.n_heads)?;
    let between = activation(folder, &config.activation)?;
    let block = |index| {
        let weights = weights.at(format!("transformer.layer.{index}"));
        let names = ["q_lin", "k_lin", "v_lin", "out_lin"];
        let attention = weights.at("attention").attention(names, width, heads, heads.scale())?;
        let perceptron = weights.perceptron(["ffn.lin1", "ffn.lin2"], width, between)?;
        Ok(Block {
            attention: Branch::norm_last(weights.at("sa_layer_norm").norm(width, EPSILON)?, attention),
            perceptron: Branch::norm_last(weights.at("output_layer_norm").norm(width, EPSILON)?, perceptron),
        })
    };
    let places = Places { table: embeddings.table("position_embeddings.weight")?, padding: None };
    Ok(Encoder {
        before: Some(embeddings.at("LayerNorm").norm(width, EPSILON)?),
        blocks: (0..config.n_layers).into_par_iter().map(block).collect::<Result<_, _>>()?,
        after: None,
        positions: places.count(),
        places: Some(places),
        second: None,
        words,
    })
}
