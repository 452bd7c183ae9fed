//! The tower for pictures: a transformer over square patches whose first, learned token stands for the picture.
//!
//! Deliberately absent: other sizes than the trained one.

use candle_core::{Result, Tensor};

use super::{DEVICE, TowerConfig, attending, blocks};
use crate::Error;
use crate::folder::Folder;
use crate::layers::{Attending, Block, Conv, Grid, LayerNorm, Linear};
use crate::text::numbers;
use crate::weights::Weights;

pub(super) struct VisionTower {
    patches: Conv,
    side: usize,
    /// The learned token with its position, `[width]`.
    class: Vec<f32>,
    /// The positions of the patches, `[patches × width]`.
    positions: Vec<f32>,
    before: LayerNorm,
    blocks: Vec<Block>,
    after: LayerNorm,
    projection: Linear,
    how: Attending,
}

impl VisionTower {
    pub(super) fn load(folder: &Folder, config: &TowerConfig, weights: &Weights) -> std::result::Result<Self, Error> {
        let tower = weights.at("vision_model");
        let embeddings = tower.at("embeddings");
        let kernel = embeddings.get("patch_embedding.weight")?;
        let side = kernel.dims().last().copied().unwrap_or_default();
        let patches =
            Conv::new(&kernel, None, 3, side, None).map_err(|error| embeddings.bad("patch_embedding.weight", error))?;
        let width = patches.channels();
        let class = numbers(&embeddings.shaped("class_embedding", &[width])?).map_err(|error| folder.failed(error))?;
        let positions = embeddings.get("position_embedding.weight")?;
        if positions.rank() != 2 || positions.dims()[0] < 2 || positions.dims()[1] != width {
            return Err(embeddings.bad("position_embedding.weight", format!("is {:?}", positions.dims())));
        }
        let mut first = numbers(&positions).map_err(|error| folder.failed(error))?;
        let positions = first.split_off(width);
        let heads = config.num_attention_heads.unwrap_or(12);
        Ok(Self {
            class: class.iter().zip(&first).map(|(class, position)| class + position).collect(),
            positions,
            before: tower.at("pre_layrnorm").norm(width, config.layer_norm_eps)?,
            blocks: blocks(folder, config, &tower, width, heads)?,
            after: tower.at("post_layernorm").norm(width, config.layer_norm_eps)?,
            projection: weights.at("visual_projection").linear(width, None)?,
            how: attending(heads, false),
            side,
            patches,
        })
    }

    /// Numbers in the vector of a picture.
    pub(super) fn dim(&self) -> usize {
        self.projection.width()
    }

    fn width(&self) -> usize {
        self.class.len()
    }

    /// That it has a position for every patch of such a picture; says otherwise in words.
    pub(super) fn check(&self, grid: Grid) -> std::result::Result<(), String> {
        let (across, down) = (grid.width / self.side, grid.height / self.side);
        let positions = self.positions.len() / self.width();
        if across * down == positions {
            return Ok(());
        }
        Err(format!("it has positions for {positions} patches, but its pictures have {across}×{down}"))
    }

    /// Prepared pixels, three numbers each, to the vectors of the pictures, one after the other, not normalised.
    pub(super) fn vectors(&self, pixels: Vec<f32>, grid: Grid) -> Result<Vec<f32>> {
        let width = self.width();
        let pixels = Tensor::from_vec(pixels, (grid.count * grid.height * grid.width, 3), &DEVICE)?;
        let patches = numbers(&self.patches.forward(&pixels, grid, None)?.0)?;
        let length = patches.len() / grid.count / width + 1;
        let mut rows = Vec::with_capacity(grid.count * length * width);
        for picture in patches.chunks_exact((length - 1) * width) {
            rows.extend_from_slice(&self.class);
            rows.extend(picture.iter().zip(&self.positions).map(|(patch, position)| patch + position));
        }
        let rows = self.before.forward(&Tensor::from_vec(rows, (grid.count * length, width), &DEVICE)?)?;
        let lengths = vec![length; grid.count];
        let rows = self.blocks.iter().try_fold(rows, |rows, block| block.forward(&rows, &lengths, self.how))?;
        let first = rows.reshape((grid.count, length, width))?.narrow(1, 0, 1)?.reshape((grid.count, width))?;
        numbers(&self.projection.forward(&self.after.forward(&first.contiguous()?)?)?)
    }
}
