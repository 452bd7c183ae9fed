//! `builtin-text`: a text as a sketch of the words and letters in it; texts that share them lie close, in any language.
//!
//! Words, pairs of words and pieces of words (see [`features`]) are weighted by how rare their word is in general, and
//! each adds ±1 at eight of 384 places chosen by its hash: a sparse random projection (Li, Hastie & Church 2006, "Very
//! sparse random projections") of an endless TF-IDF vector, drawn afresh from the hash each time, so nothing is fitted
//! and nothing is stored. Deliberately absent: meaning; "car" and "automobile" are strangers here.

mod features;
mod rarity;

use embedscope_space::Vectors;
use rayon::prelude::*;
use serde_json::json;

use crate::{About, Anatomy, Embedder, Error, Input, Kind, Role, Similarity, Stage};

/// Its id in the catalogue.
pub(super) const ID: &str = "builtin-text";

const DIM: usize = 384;

/// How many places of the vector a feature touches; fewer make unrelated features collide harder, more take longer.
const PLACES: u32 = 8;

/// What a text without any word, letter or sign stands for: a feature of its own, so that its vector has length 1,
/// is the same for every such text, and is far from all others.
const NOTHING: u64 = 0x0065_6d70_7479;

pub(super) struct TextBaseline {
    about: About,
}

impl TextBaseline {
    pub(super) fn new() -> Self {
        let about = About {
            id: ID.into(),
            kinds: vec![Kind::Text],
            dim: DIM,
            max_tokens: None,
            similarity: Similarity::Cosine,
            device: "CPU".into(),
            recipe: json!({ "dim": DIM, "model": ID, "version": 1 }),
        };
        Self { about }
    }
}

impl Embedder for TextBaseline {
    fn about(&self) -> &About {
        &self.about
    }

    fn count_tokens(&self, text: &str) -> usize {
        embedscope_words::words(text).count()
    }

    fn embed(&self, inputs: &[Input<'_>], _: Role) -> Result<Vectors, Error> {
        let rows = inputs.par_iter().map(|input| match input {
            Input::Text(text) => Ok(normalised(project(&features::weigh(text)))),
            Input::Image(_) => Err(Error::Input { id: ID.into(), what: "a picture".into() }),
        });
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        Vectors::new(rows.concat(), DIM).map_err(|wrong| Error::Input { id: ID.into(), what: wrong.to_string() })
    }

    fn explain(&self, text: &str) -> Result<Anatomy, Error> {
        let found = features::list(text);
        let weights = features::weigh(text);
        let projected = project(&weights);
        let norm = length(&projected);
        Ok(Anatomy {
            ids: found.iter().map(|feature| feature.hash as u32).collect(),
            offsets: found.iter().map(|feature| (feature.range.start, feature.range.end)).collect(),
            stages: vec![
                Stage { name: "words".into(), shape: vec![self.count_tokens(text)] },
                Stage { name: "features".into(), shape: vec![found.len()] },
                Stage { name: "distinct weighted features".into(), shape: vec![weights.len()] },
                Stage { name: "random projection".into(), shape: vec![DIM] },
                Stage { name: "normalised".into(), shape: vec![DIM] },
            ],
            tokens: found.into_iter().map(|feature| feature.text).collect(),
            cut: 0,
            pooled: Vec::new(),
            norm,
            vector: normalised(projected),
        })
    }
}

/// Adds up the features, each at its own places with its own signs.
fn project(weights: &[(u64, f32)]) -> Vec<f32> {
    let mut sums = vec![0.0; DIM];
    for &(hash, weight) in weights {
        for place in 0..PLACES {
            let draw = features::mix(hash, place);
            let sign = if draw >> 63 == 0 { weight } else { -weight };
            sums[(draw % DIM as u64) as usize] += sign;
        }
    }
    if length(&sums) > 0.0 { sums } else { project(&[(NOTHING, 1.0)]) }
}

fn normalised(mut values: Vec<f32>) -> Vec<f32> {
    let length = length(&values);
    for value in &mut values {
        *value = (f64::from(*value) / length) as f32;
    }
    values
}

fn length(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests;
