//! The tower for texts: an encoder of whose tokens one stands for the text, and a projection.
//!
//! Deliberately absent: tokenising.

use candle_core::{Device, Result, Tensor};

use super::{Shape, blocks};
use crate::Error;
use crate::layers::{Linear, Sight, starts};
use crate::text::{Encoder, Places, numbers};
use crate::weights::Weights;

pub(crate) struct TextTower {
    pub(crate) encoder: Encoder,
    pub(crate) stands: Stands,
    pub(crate) projection: Linear,
}

/// Which token stands for a text.
#[derive(Clone, Copy)]
pub(crate) enum Stands {
    /// The first of this number.
    First(u32),
    /// The first of the highest number.
    Highest,
    /// The last.
    Last,
}

impl Stands {
    /// Its place in a text.
    pub(super) fn of(self, ids: &[u32]) -> usize {
        let end = match self {
            Self::First(end) => end,
            Self::Highest => ids.iter().copied().max().unwrap_or_default(),
            Self::Last => return ids.len().saturating_sub(1),
        };
        ids.iter().position(|&id| id == end).unwrap_or_default()
    }

    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::First(_) | Self::Highest => "end of text",
            Self::Last => "last token",
        }
    }
}

/// The encoder of a tower, whose names are the same in every architecture.
pub(crate) fn encoder(weights: &Weights, shape: &Shape, sight: Sight) -> std::result::Result<Encoder, Error> {
    let table = |name: &str| weights.table(&format!("embeddings.{name}.weight"));
    let words = table("token_embedding")?;
    let places = Places { table: table("position_embedding")?, padding: None };
    let width = words.width();
    Ok(Encoder {
        second: None,
        before: None,
        blocks: blocks(weights, shape, width, sight)?,
        after: Some(weights.at("final_layer_norm").norm(width, shape.epsilon)?),
        positions: places.count(),
        places: Some(places),
        words,
    })
}

impl TextTower {
    /// Vectors `[count, width]` to `[count, dim]`.
    pub(super) fn project(&self, pooled: Vec<f32>, count: usize) -> Result<Vec<f32>> {
        let rows = Tensor::from_vec(pooled, (count, self.encoder.width()), &Device::Cpu)?;
        numbers(&self.projection.forward(&rows)?)
    }

    /// Texts given as tokens to their vectors, one after the other, not normalised.
    pub(super) fn vectors(&self, texts: &[&[u32]]) -> Result<Vec<f32>> {
        let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
        let stands = starts(&lengths).into_iter().zip(texts).map(|(start, ids)| start + self.stands.of(ids) as u32);
        let pooled = self.encoder.forward_to(&texts.concat(), &lengths, &stands.collect::<Vec<_>>())?;
        self.projection.forward(&pooled).and_then(|rows| numbers(&rows))
    }
}
