//! ConvNeXt (Liu et al., 2022); references: transformers' `ConvNextModel` and timm's `ConvNeXt`.
//!
//! The vector is the mean over the picture after the last norm. An own one over the shared layers: candle-transformers'
//! leaves that norm out. Depths and widths are taken from the weights. Deliberately absent: the second version's response
//! normalisation, other stems, and heads.

use candle_core::{Device, Tensor};
use serde::Deserialize;

use crate::Error;
use crate::device::Place;
use crate::folder::Folder;
use crate::layers::{Activation, Conv, Depthwise, Grid, Linear, Norm};
use crate::text::numbers;
use crate::weights::{Weights, activation};

/// What both references write into their code.
const EPSILON: f64 = 1e-6;

/// The network without its classifier.
pub(super) struct ConvNext {
    stem: Conv,
    stem_norm: Norm,
    stages: Vec<Stage>,
    norm: Norm,
}

struct Stage {
    down: Option<(Norm, Conv)>,
    blocks: Vec<Block>,
}

struct Block {
    spread: Depthwise,
    norm: Norm,
    up: Linear,
    down: Linear,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    hidden_act: Option<String>,
    layer_norm_eps: Option<f64>,
}

/// The names of the parts, the whole network's and a block's.
struct Names {
    stem: [&'static str; 2],
    stage: &'static str,
    down: &'static str,
    block: &'static str,
    parts: [&'static str; 5],
    norm: &'static str,
    idle: &'static str,
}

const TRANSFORMERS: Names = Names {
    stem: ["embeddings.patch_embeddings", "embeddings.layernorm"],
    stage: "encoder.stages",
    down: "downsampling_layer",
    block: "layers",
    parts: ["dwconv", "layernorm", "pwconv1", "pwconv2", "layer_scale_parameter"],
    norm: "layernorm",
    idle: "classifier.",
};

const TIMM: Names = Names {
    stem: ["stem.0", "stem.1"],
    stage: "stages",
    down: "downsample",
    block: "blocks",
    parts: ["conv_dw", "norm", "mlp.fc1", "mlp.fc2", "gamma"],
    norm: "head.norm",
    idle: "head.fc.",
};

impl ConvNext {
    /// Loads the network in a folder.
    pub(super) fn load(folder: &Folder, place: &Place) -> Result<Self, Error> {
        let config = folder.json::<Config>("config.json")?.unwrap_or_default();
        let between = activation(folder, config.hidden_act.as_deref().unwrap_or("gelu"))?;
        let weights = Weights::open(folder, "", place)?;
        let names = if weights.shape("stem.0.weight").is_some() { TIMM } else { TRANSFORMERS };
        let weights = weights.below(&["convnext"], "embeddings.patch_embeddings.weight");
        let known = |name: &str| {
            let parts = || names.parts.iter().chain(&[names.down]).any(|part| name.contains(part));
            let around = names.stem.iter().chain(&[names.norm, names.idle]).any(|start| name.starts_with(start));
            around || name.starts_with(names.stage) && parts()
        };
        if let Some(name) = weights.names().find(|name| !known(name) && !name.starts_with(names.idle)) {
            return Err(folder.unsupported(format!("its tensor “{name}” is no part of a plain ConvNeXt")));
        }
        let stem = conv(&weights.at(names.stem[0]), 3)?;
        let mut width = stem.channels();
        let stem_norm = weights.at(names.stem[1]).norm(width, EPSILON)?;
        let mut stages = Vec::new();
        let is_there = |stage: usize, block: usize| {
            let name = format!("{}.{stage}.{}.{block}.{}.weight", names.stage, names.block, names.parts[0]);
            weights.shape(&name).is_some()
        };
        while is_there(stages.len(), 0) {
            let index = stages.len();
            let stage = weights.at(format!("{}.{index}", names.stage));
            let mut down = None;
            if stage.shape(&format!("{}.1.weight", names.down)).is_some() {
                let norm = stage.at(names.down).at(0).norm(width, EPSILON)?;
                let conv = conv(&stage.at(names.down).at(1), width)?;
                width = conv.channels();
                down = Some((norm, conv));
            }
            let blocks = (0..).take_while(|&block| is_there(index, block));
            let blocks = blocks.map(|index| block(&stage.at(names.block).at(index), names.parts, width, between));
            stages.push(Stage { down, blocks: blocks.collect::<Result<_, _>>()? });
        }
        if stages.is_empty() {
            return Err(folder.unsupported("its weights have no stages of a ConvNeXt"));
        }
        let norm = weights.at(names.norm).norm(width, config.layer_norm_eps.unwrap_or(EPSILON))?;
        Ok(Self { stem, stem_norm, stages, norm })
    }

    /// Numbers in its vector.
    pub(super) fn width(&self) -> usize {
        self.norm.width()
    }

    /// Prepared pixels, three numbers each, to the vector of each picture, one after the other.
    pub(super) fn forward(&self, pixels: Vec<f32>, grid: Grid) -> candle_core::Result<Vec<f32>> {
        let rows = Tensor::from_vec(pixels, (grid.count * grid.height * grid.width, 3), &Device::Cpu)?;
        let (rows, mut grid) = self.stem.forward(&rows, grid, None)?;
        let mut rows = self.stem_norm.forward(&rows)?;
        for stage in &self.stages {
            if let Some((norm, conv)) = &stage.down {
                (rows, grid) = conv.forward(&norm.forward(&rows)?, grid, None)?;
            }
            for block in &stage.blocks {
                let spread = block.norm.forward(&block.spread.forward(&rows, grid)?.0)?;
                rows = block.down.forward_with(&block.up.forward(&spread)?, Some(&rows))?;
            }
        }
        let rows = rows.reshape((grid.count, grid.height * grid.width, self.width()))?;
        numbers(&self.norm.forward(&Tensor::mean(&rows, 1)?)?)
    }
}

/// A convolution whose window does not overlap itself.
fn conv(weights: &Weights, inner: usize) -> Result<Conv, Error> {
    let weight = weights.get("weight")?;
    let bias = weights.get("bias")?;
    let side = weight.dims().last().copied().unwrap_or_default();
    Conv::new(&weight, Some(&bias), inner, side, None).map_err(|error| weights.bad("weight", error))
}

fn block(weights: &Weights, parts: [&str; 5], width: usize, between: Activation) -> Result<Block, Error> {
    let [spread, norm, up, down, scale] = parts;
    let spread = weights.at(spread);
    let spread = Depthwise::new(&spread.get("weight")?, &spread.shaped("bias", &[width])?, 1, None)
        .map_err(|error| spread.bad("weight", error))?;
    let up = weights.at(up).linear(width, Some(between))?;
    let mut down = weights.at(down).linear(up.width(), None)?;
    if weights.shape(scale).is_some() {
        let factors = weights.shaped(scale, &[width])?;
        down = down.scaled(&factors).map_err(|error| weights.bad(scale, error))?;
    }
    Ok(Block { spread, norm: weights.at(norm).norm(width, EPSILON)?, up, down })
}
