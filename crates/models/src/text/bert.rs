//! BERT (Devlin et al., 2019), also under MiniLM, E5, BGE, GTE and many others; reference: transformers' `BertModel`.
//!
//! An own one over the shared layers: candle-transformers' pads every text to the longest, masks, and multiplies for
//! queries, keys and values one by one. Deliberately absent: the pooler (only a reranker uses it) and relative positions.

use rayon::prelude::*;
use serde::Deserialize;

use super::encoder::{Encoder, Files, Places};
use crate::Error;
use crate::folder::Folder;
use crate::layers::{Activation, Block, Branch, Heads, Table};
use crate::text::numbers;
use crate::weights::{Weights, activation};

/// What `config.json` says.
#[derive(Deserialize)]
pub(super) struct Config {
    pub(super) num_attention_heads: usize,
    pub(super) num_hidden_layers: usize,
    #[serde(default = "gelu")]
    pub(super) hidden_act: String,
    #[serde(default = "epsilon")]
    pub(super) layer_norm_eps: f64,
    position_embedding_type: Option<String>,
    pub(super) pad_token_id: Option<u32>,
}

pub(super) fn gelu() -> String {
    "gelu".into()
}

fn epsilon() -> f64 {
    1e-12
}

pub(super) fn load(files: Files<'_>) -> Result<Encoder, Error> {
    read(files, "bert", |_| None)
}

/// An encoder with BERT's names of weights below `prefix` or nothing; `padding` where places count on from it.
pub(super) fn read(files: Files<'_>, prefix: &str, padding: impl Fn(&Config) -> Option<u32>) -> Result<Encoder, Error> {
    let Files { folder, .. } = files;
    let config: Config = folder.needed(files.config)?;
    if let Some(kind) = config.position_embedding_type.as_deref().filter(|kind| *kind != "absolute") {
        return Err(folder.unsupported(format!("its positions are “{kind}”")));
    }
    let weights = Weights::open(folder, files.below, files.place)?;
    let weights = weights.below(&[prefix], "embeddings.word_embeddings.weight");
    let embeddings = weights.at("embeddings");
    let words = embeddings.table("word_embeddings.weight")?;
    let width = words.width();
    let shape = Shape {
        width,
        heads: weights.heads(width, config.num_attention_heads)?,
        activation: activation(folder, &config.hidden_act)?,
        epsilon: config.layer_norm_eps,
    };
    let (places, second) = places(folder, &embeddings)?;
    let places = Places { table: places, padding: padding(&config) };
    let block = |index| block(&weights.at(format!("encoder.layer.{index}")), shape);
    Ok(Encoder {
        before: Some(embeddings.at("LayerNorm").norm(width, config.layer_norm_eps)?),
        blocks: (0..config.num_hidden_layers).into_par_iter().map(block).collect::<Result<_, _>>()?,
        after: None,
        positions: places.count(),
        places: Some(places),
        second,
        words,
    })
}

/// The vectors of places with that of the first kind of token added to each, and what the second kind adds to the first.
fn places(folder: &Folder, embeddings: &Weights) -> Result<(Table, Option<Vec<f32>>), Error> {
    let places = embeddings.get("position_embeddings.weight")?;
    let kinds = embeddings.get("token_type_embeddings.weight")?;
    let read = || -> candle_core::Result<_> {
        let first = kinds.narrow(0, 0, 1)?;
        let places = Table::new(&places.broadcast_add(&first)?)?;
        let second = (kinds.dim(0)? > 1).then(|| numbers(&(kinds.narrow(0, 1, 1)? - first)?)).transpose()?;
        Ok((places, second))
    };
    read().map_err(|error| folder.failed(error))
}

/// What all blocks have in common.
#[derive(Clone, Copy)]
struct Shape {
    width: usize,
    heads: Heads,
    activation: Activation,
    epsilon: f64,
}

fn block(weights: &Weights, shape: Shape) -> Result<Block, Error> {
    let Shape { width, heads, activation, epsilon } = shape;
    let names = ["self.query", "self.key", "self.value", "output.dense"];
    let attention = weights.at("attention").attention(names, width, heads, heads.scale())?;
    let perceptron = weights.perceptron(["intermediate.dense", "output.dense"], width, activation)?;
    Ok(Block {
        attention: Branch::norm_last(weights.at("attention.output.LayerNorm").norm(width, epsilon)?, attention),
        perceptron: Branch::norm_last(weights.at("output.LayerNorm").norm(width, epsilon)?, perceptron),
    })
}
