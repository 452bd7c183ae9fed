//! The BERT encoder (Devlin et al., 2019), also under MiniLM, E5, BGE and many others.
//!
//! An own one over the shared layers: candle-transformers' pads every text to the longest, masks, and multiplies for
//! queries, keys and values one by one. Deliberately absent: the pooler and heads, RoBERTa's positions, relative positions.

use candle_core::{Device, Tensor};
use serde::Deserialize;

use crate::Error;
use crate::folder::Folder;
use crate::layers::{Activation, Attending, Block, LayerNorm, Order, Table};
use crate::weights::Weights;

/// An encoder of tokens.
pub(super) struct Bert {
    words: Table,
    /// Positions, with the vector of the first token type added to each.
    positions: Table,
    norm: LayerNorm,
    blocks: Vec<Block>,
    how: Attending,
}

#[derive(Deserialize)]
struct Config {
    num_attention_heads: usize,
    num_hidden_layers: usize,
    #[serde(default = "gelu")]
    hidden_act: String,
    #[serde(default = "epsilon")]
    layer_norm_eps: f64,
    position_embedding_type: Option<String>,
}

fn gelu() -> String {
    "gelu".into()
}

fn epsilon() -> f64 {
    1e-12
}

impl Bert {
    /// Loads the encoder whose `config.json` and weights are `below` the folder.
    pub(super) fn load(folder: &Folder, below: &str, device: &Device) -> Result<Self, Error> {
        let name = if below.is_empty() { "config.json".into() } else { format!("{below}/config.json") };
        let config: Config = folder.needed(&name)?;
        if let Some(kind) = config.position_embedding_type.as_deref().filter(|kind| *kind != "absolute") {
            return Err(folder.unsupported(format!("its positions are “{kind}”")));
        }
        let activation = Activation::named(&config.hidden_act)
            .ok_or_else(|| folder.unsupported(format!("its activation is “{}”", config.hidden_act)))?;
        let weights = Weights::open(folder, below, device)?;
        let weights = if weights.shape("bert.embeddings.word_embeddings.weight").is_some() {
            weights.at("bert")
        } else {
            weights
        };
        let embeddings = weights.at("embeddings");
        let failed = |error| folder.failed(error);
        let words = Table::new(&embeddings.get("word_embeddings.weight")?).map_err(failed)?;
        let width = words.width();
        let places = embeddings.get("position_embeddings.weight")?;
        let kind = embeddings.get("token_type_embeddings.weight")?;
        let places = kind.narrow(0, 0, 1).and_then(|first| places.broadcast_add(&first)).map_err(failed)?;
        let layer = |index| block(&weights.at(format!("encoder.layer.{index}")), width, &config, activation);
        Ok(Self {
            positions: Table::new(&places).map_err(failed)?,
            norm: embeddings.at("LayerNorm").norm(width, config.layer_norm_eps)?,
            blocks: (0..config.num_hidden_layers).map(layer).collect::<Result<_, _>>()?,
            how: Attending { heads: config.num_attention_heads, causal: false, order: Order::NormLast },
            words,
        })
    }

    /// Numbers in the vector of a token.
    pub(super) fn width(&self) -> usize {
        self.words.width()
    }

    /// The most tokens it has positions for.
    pub(super) fn positions(&self) -> usize {
        self.positions.entries()
    }

    /// How many blocks it has.
    pub(super) fn layers(&self) -> usize {
        self.blocks.len()
    }

    /// The tokens of texts laid end to end, to `[Σ lengths, width]`.
    pub(super) fn forward(&self, ids: &[u32], lengths: &[usize]) -> candle_core::Result<Tensor> {
        let rows = self.norm.forward(&self.words.with_positions(&self.positions, ids, lengths)?)?;
        self.blocks.iter().try_fold(rows, |rows, block| block.forward(&rows, lengths, self.how))
    }
}

fn block(weights: &Weights, width: usize, config: &Config, activation: Activation) -> Result<Block, Error> {
    let attention = weights.at("attention");
    let up = weights.at("intermediate.dense").linear(width, Some(activation))?;
    Ok(Block {
        qkv: attention.at("self").projections(["query", "key", "value"], width, config.num_attention_heads)?,
        out: attention.at("output.dense").linear(width, None)?,
        attention_norm: attention.at("output.LayerNorm").norm(width, config.layer_norm_eps)?,
        down: weights.at("output.dense").linear(up.width(), None)?,
        up,
        perceptron_norm: weights.at("output.LayerNorm").norm(width, config.layer_norm_eps)?,
    })
}
