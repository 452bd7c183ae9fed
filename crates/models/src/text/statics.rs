//! Tables of vectors of tokens, averaged: model2vec (Tulkens and van Dongen, 2024) and sentence-transformers'
//! `StaticEmbedding`.
//!
//! References: model2vec's `StaticModel` with no limit of length, which leaves out unknown tokens, where the folder is
//! model2vec's, and sentence-transformers' module elsewhere. Deliberately absent: learned tokens of several words.

use candle_core::Tensor;
use serde::Deserialize;

use super::encoder::Encoder;
use super::tokens::{Rules, Tokens};
use crate::Error;
use crate::device::Place;
use crate::folder::Folder;
use crate::layers::Table;
use crate::weights::Weights;

#[derive(Default, Deserialize)]
struct Config {
    model_type: Option<String>,
}

/// The table `below` a folder as an encoder without blocks, and its tokenizer.
pub(super) fn load(folder: &Folder, below: &str, place: &Place) -> Result<(Encoder, Tokens), Error> {
    let weights = Weights::open(folder, below, place)?;
    let name = ["embedding.weight", "embeddings"].into_iter().find(|name| weights.shape(name).is_some());
    let name = name.unwrap_or("embeddings");
    let mut words = weights.get(name)?;
    let rank = words.rank();
    if rank != 2 {
        return Err(weights.bad(name, format!("is {:?}", words.dims())));
    }
    if weights.shape("mapping").is_some() {
        let rows: Vec<f32> = weights.get("mapping")?.to_vec1().map_err(|error| weights.bad("mapping", error))?;
        let rows: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
        let count = rows.len();
        let chosen = Tensor::from_vec(rows, count, &place.device).and_then(|rows| words.index_select(&rows, 0));
        words = chosen.map_err(|error| weights.bad("mapping", error))?;
    }
    if weights.shape("weights").is_some() {
        let entries = words.dims()[0];
        let weighted = weights.shaped("weights", &[entries])?;
        let weighted = weighted.reshape((entries, 1)).and_then(|factors| words.broadcast_mul(&factors));
        words = weighted.map_err(|error| weights.bad("weights", error))?;
    }
    let words = Table::new(&words).map_err(|error| weights.bad(name, error))?;
    let config = folder.json::<Config>("config.json")?.unwrap_or_default();
    let of_model2vec = config.model_type.as_deref() == Some("model2vec");
    let dropped = if of_model2vec { Tokens::unknown(folder, below)? } else { None };
    let rules = Rules { bare: true, dropped, ..Rules::default() };
    let tokens = Tokens::open(folder, below, usize::MAX, words.entries(), rules)?;
    Ok((Encoder::table(words), tokens))
}
