//! The tower for texts: a causal transformer whose last token stands for the text.
//!
//! Deliberately absent: tokenising.

use candle_core::{Result, Tensor};

use super::{DEVICE, TowerConfig, attending, blocks};
use crate::Error;
use crate::folder::Folder;
use crate::layers::{Attending, Block, LayerNorm, Linear, Table};
use crate::text::numbers;
use crate::weights::Weights;

/// The end-of-text token that old configurations name by mistake; there, the token with the highest number is meant.
const OLD_END: u32 = 2;

pub(super) struct TextTower {
    words: Table,
    positions: Table,
    blocks: Vec<Block>,
    norm: LayerNorm,
    projection: Linear,
    how: Attending,
    end: u32,
}

impl TextTower {
    pub(super) fn load(folder: &Folder, config: &TowerConfig, weights: &Weights) -> std::result::Result<Self, Error> {
        let tower = weights.at("text_model");
        let table = |name: &str| {
            Table::new(&tower.get(&format!("embeddings.{name}.weight"))?).map_err(|error| folder.failed(error))
        };
        let (words, positions) = (table("token_embedding")?, table("position_embedding")?);
        let width = words.width();
        let heads = config.num_attention_heads.unwrap_or(8);
        Ok(Self {
            blocks: blocks(folder, config, &tower, width, heads)?,
            norm: tower.at("final_layer_norm").norm(width, config.layer_norm_eps)?,
            projection: weights.at("text_projection").linear(width, None)?,
            how: attending(heads, true),
            end: config.eos_token_id,
            words,
            positions,
        })
    }

    /// Numbers in the vector of a token.
    pub(super) fn width(&self) -> usize {
        self.words.width()
    }

    /// Numbers in the vector of a text.
    pub(super) fn dim(&self) -> usize {
        self.projection.width()
    }

    /// The most tokens it has positions for.
    pub(super) fn positions(&self) -> usize {
        self.positions.entries()
    }

    pub(super) fn layers(&self) -> usize {
        self.blocks.len()
    }

    /// The tokens of texts laid end to end, to `[Σ lengths, width]` numbers after the last norm.
    pub(super) fn tokens(&self, ids: &[u32], lengths: &[usize]) -> Result<Vec<f32>> {
        let rows = self.words.with_positions(&self.positions, ids, lengths)?;
        let rows = self.blocks.iter().try_fold(rows, |rows, block| block.forward(&rows, lengths, self.how))?;
        numbers(&self.norm.forward(&rows)?)
    }

    /// Which token stands for the text.
    pub(super) fn end(&self, ids: &[u32]) -> usize {
        let end = if self.end == OLD_END { ids.iter().copied().max().unwrap_or_default() } else { self.end };
        ids.iter().position(|&id| id == end).unwrap_or_default()
    }

    /// Vectors `[count, width]` to `[count, dim]`.
    pub(super) fn project(&self, pooled: Vec<f32>, count: usize) -> Result<Vec<f32>> {
        numbers(&self.projection.forward(&Tensor::from_vec(pooled, (count, self.width()), &DEVICE)?)?)
    }

    /// Texts given as tokens to their vectors, one after the other, not normalised.
    pub(super) fn vectors(&self, texts: &[&[u32]]) -> Result<Vec<f32>> {
        let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
        let tokens = self.tokens(&texts.concat(), &lengths)?;
        let mut first = 0;
        let mut pooled = Vec::with_capacity(texts.len() * self.width());
        for ids in texts {
            let row = (first + self.end(ids)) * self.width();
            pooled.extend_from_slice(&tokens[row..row + self.width()]);
            first += ids.len();
        }
        self.project(pooled, texts.len())
    }
}
