//! MPNet (Song et al., 2020); reference: transformers' `MPNetModel`.
//!
//! BERT with biases for relative distances, in buckets shared by all layers (Raffel et al., 2020). candle-transformers has
//! none. Deliberately absent: the pooler.

use std::sync::Arc;

use rayon::prelude::*;

use super::bert::Config;
use super::encoder::{Encoder, Files, Places};
use crate::Error;
use crate::layers::{Bias, Block, Branch};
use crate::weights::{Weights, activation};

/// The padding token's number, which the reference writes into its code.
const PADDING: u32 = 1;
/// Distances from which on all share the last bucket.
const REACH: usize = 128;

pub(super) fn load(files: Files<'_>) -> Result<Encoder, Error> {
    let Files { folder, .. } = files;
    let config: Config = folder.needed(files.config)?;
    let weights = Weights::open(folder, files.below, files.place)?;
    let weights = weights.below(&["mpnet"], "embeddings.word_embeddings.weight");
    let embeddings = weights.at("embeddings");
    let words = embeddings.table("word_embeddings.weight")?;
    let width = words.width();
    let heads = weights.heads(width, config.num_attention_heads)?;
    let between = activation(folder, &config.hidden_act)?;
    let name = "encoder.relative_attention_bias.weight";
    let buckets = weights.table(name)?;
    if buckets.width() != heads.queries || buckets.entries() < 4 {
        let shape = [buckets.entries(), buckets.width()];
        return Err(weights.bad(name, format!("is {shape:?} instead of [buckets, {}]", heads.queries)));
    }
    let of = |head: usize, distance: isize| {
        let row = buckets.row(bucket(distance, buckets.entries()));
        row.map_or(0.0, |row| row[head])
    };
    let bias = Arc::new(Bias::new(heads.queries, REACH, of));
    let block = |index| {
        let weights = weights.at(format!("encoder.layer.{index}"));
        let attention = weights.at("attention");
        let norm = |weights: Weights| weights.at("LayerNorm").norm(width, config.layer_norm_eps);
        let mut work = attention.at("attn").attention(["q", "k", "v", "o"], width, heads, heads.scale())?;
        work.bias = Some(Arc::clone(&bias));
        let perceptron = weights.perceptron(["intermediate.dense", "output.dense"], width, between)?;
        Ok(Block {
            attention: Branch::norm_last(norm(attention)?, work),
            perceptron: Branch::norm_last(norm(weights.at("output"))?, perceptron),
        })
    };
    let places = Places { table: embeddings.table("position_embeddings.weight")?, padding: Some(PADDING) };
    Ok(Encoder {
        before: Some(embeddings.at("LayerNorm").norm(width, config.layer_norm_eps)?),
        blocks: (0..config.num_hidden_layers).into_par_iter().map(block).collect::<Result<_, _>>()?,
        after: None,
        positions: places.count(),
        places: Some(places),
        second: None,
        words,
    })
}

/// The bucket of a distance from query to key: the first half of them for keys before, one a distance at first and then
/// wider and wider.
fn bucket(distance: isize, buckets: usize) -> usize {
    let half = buckets / 2;
    let (start, far) = (if distance > 0 { half } else { 0 }, distance.unsigned_abs());
    let exact = half / 2;
    if far < exact {
        return start + far;
    }
    let wide = (far as f32 / exact as f32).ln() / (REACH as f32 / exact as f32).ln() * (half - exact) as f32;
    start + (exact + wide as usize).min(half - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_exact_near_by_and_wider_far_away() {
        let before = [0, -1, -7, -8, -11, -12, -127, -128, -900].map(|distance| bucket(distance, 32));
        assert_eq!(before, [0, 1, 7, 8, 8, 9, 15, 15, 15]);
        assert_eq!([1, 7, 8, 900].map(|distance| bucket(distance, 32)), [17, 23, 24, 31]);
    }
}
