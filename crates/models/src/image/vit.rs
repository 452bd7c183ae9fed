//! ViT (Dosovitskiy et al., 2021) and DINOv2 (Oquab et al., 2023), also with registers (Darcet et al., 2024); references:
//! transformers' `ViTModel`, `Dinov2Model` and `Dinov2WithRegistersModel`, and timm's `VisionTransformer`.
//!
//! The vector is the first row after the last norm. An own one over the shared layers: candle-transformers' gives logits
//! only, and enlarges positions by repeating them. Deliberately absent: heads, and timm's variants with other stems or
//! pooling, which are refused by the tensor that gives them away.

use rayon::prelude::*;
use serde::Deserialize;

use super::interpolate::{Kernel, interpolate};
use super::patches::Patches;
use crate::Error;
use crate::device::Place;
use crate::folder::Folder;
use crate::layers::{Activation, Attention, Block, Branch, Grid, Norm, Perceptron, starts, through};
use crate::text::numbers;
use crate::weights::{Weights, activation};

/// The network without its head.
pub(super) struct Vit {
    patches: Patches,
    blocks: Vec<Block>,
    norm: Norm,
}

#[derive(Deserialize)]
struct Config {
    model_type: Option<String>,
    num_attention_heads: Option<usize>,
    num_hidden_layers: Option<usize>,
    #[serde(default = "gelu")]
    hidden_act: String,
    layer_norm_eps: Option<f64>,
    architecture: Option<String>,
}

fn gelu() -> String {
    "gelu".into()
}

/// timm says how many heads there are only in its code: in these sizes, this many numbers are in each.
const TIMM_HEAD: usize = 64;

/// What all blocks have in common.
struct Shape {
    heads: usize,
    activation: Activation,
    epsilon: f64,
}

impl Vit {
    /// Loads the network in a folder for pictures of one size.
    pub(super) fn load(folder: &Folder, place: &Place, grid: Grid) -> Result<Self, Error> {
        let config: Config = folder.needed("config.json")?;
        let weights = Weights::open(folder, "", place)?;
        match config.model_type.as_deref() {
            None => Self::of_timm(folder, &config, &weights, grid),
            Some(kind) => Self::of_transformers(folder, &config, kind, weights, grid),
        }
    }

    fn of_transformers(
        folder: &Folder,
        config: &Config,
        kind: &str,
        weights: Weights,
        grid: Grid,
    ) -> Result<Self, Error> {
        let weights = weights.below(&["vit", "dinov2", "dinov2_with_registers"], "embeddings.cls_token");
        let embeddings = weights.at("embeddings");
        let kernel = match kind {
            "dinov2" => Some(Kernel::Torch),
            "dinov2_with_registers" => Some(Kernel::Antialiased),
            _ => None,
        };
        let side = embeddings.shape("patch_embeddings.projection.weight").and_then(|shape| shape.last()).copied();
        let (mut leading, positions) =
            positions(&embeddings, ["cls_token", "position_embeddings"], patches(grid, side), kernel)?;
        if embeddings.shape("register_tokens").is_some() {
            leading.extend(embeddings.numbers("register_tokens")?);
        }
        let patches = Patches::new(&embeddings, "patch_embeddings.projection", leading, positions)?;
        patches.check(grid).map_err(|problem| folder.unsupported(problem))?;
        let (Some(heads), Some(layers)) = (config.num_attention_heads, config.num_hidden_layers) else {
            return Err(folder.unsupported("its config.json does not say how many heads and layers it has"));
        };
        let shape = Shape {
            heads,
            activation: activation(folder, &config.hidden_act)?,
            epsilon: config.layer_norm_eps.unwrap_or(if kernel.is_some() { 1e-6 } else { 1e-12 }),
        };
        let width = patches.width();
        let block = |index| {
            let weights = weights.at(format!("encoder.layer.{index}"));
            if kernel.is_some() { dinov2_block(&weights, width, &shape) } else { vit_block(&weights, width, &shape) }
        };
        Ok(Self {
            blocks: (0..layers).into_par_iter().map(block).collect::<Result<_, _>>()?,
            norm: weights.at("layernorm").norm(width, shape.epsilon)?,
            patches,
        })
    }

    fn of_timm(folder: &Folder, config: &Config, weights: &Weights, grid: Grid) -> Result<Self, Error> {
        let known = |name: &str| {
            ["cls_token", "pos_embed", "norm.weight", "norm.bias"].contains(&name)
                || ["patch_embed.proj.", "head.", "mask_token"].iter().any(|start| name.starts_with(start))
                || name.strip_prefix("blocks.").is_some_and(|name| {
                    let parts = ["norm1", "norm2", "attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2", "ls1", "ls2"];
                    let name = name.split_once('.').map_or(name, |(_, name)| name);
                    parts.contains(&name.rsplit_once('.').map_or(name, |(part, _)| part))
                })
        };
        if let Some(name) = weights.names().find(|name| !known(name)) {
            return Err(folder.unsupported(format!("its tensor “{name}” is no part of a plain vision transformer")));
        }
        let name = config.architecture.as_deref().unwrap_or_default();
        let sized = ["vit_tiny_", "vit_small_", "vit_base_", "vit_large_"].iter().any(|start| name.starts_with(start));
        if !sized || ["_gap_", "_quickgelu_", "clip", "siglip"].iter().any(|part| name.contains(part)) {
            return Err(folder.unsupported(format!("its architecture “{name}” is not a plain vision transformer")));
        }
        let side = weights.shape("patch_embed.proj.weight").and_then(|shape| shape.last()).copied();
        let (leading, positions) = positions(weights, ["cls_token", "pos_embed"], patches(grid, side), None)?;
        let patches = Patches::new(weights, "patch_embed.proj", leading, positions)?;
        patches.check(grid).map_err(|problem| folder.unsupported(problem))?;
        let width = patches.width();
        let shape = Shape { heads: (width / TIMM_HEAD).max(1), activation: Activation::Gelu, epsilon: 1e-6 };
        let heads = weights.heads(width, shape.heads)?;
        let mut blocks = Vec::new();
        while weights.shape(&format!("blocks.{}.norm1.weight", blocks.len())).is_some() {
            let weights = weights.at(format!("blocks.{}", blocks.len()));
            let attention = weights.at("attn").joined_attention(["qkv", "proj"], width, heads)?;
            let perceptron = weights.at("mlp").perceptron(["fc1", "fc2"], width, shape.activation)?;
            let scaled = ["ls1.gamma", "ls2.gamma"];
            blocks.push(block(&weights, attention, perceptron, ["norm1", "norm2"], scaled, shape.epsilon)?);
        }
        Ok(Self { blocks, norm: weights.at("norm").norm(width, shape.epsilon)?, patches })
    }

    /// Rows a picture becomes.
    pub(super) fn rows(&self) -> usize {
        self.patches.rows()
    }

    /// Numbers in its vector.
    pub(super) fn width(&self) -> usize {
        self.patches.width()
    }

    /// Prepared pixels, three numbers each, to the vector of each picture, one after the other.
    pub(super) fn forward(&self, pixels: Vec<f32>, grid: Grid) -> candle_core::Result<Vec<f32>> {
        let (rows, lengths) = self.patches.forward(pixels, grid)?;
        let first = through(&self.blocks, rows, &lengths, Some(&starts(&lengths)))?;
        numbers(&self.norm.forward(&first)?)
    }
}

/// Patches down and across.
fn patches(grid: Grid, side: Option<usize>) -> (usize, usize) {
    let side = side.unwrap_or_default().max(1);
    (grid.height / side, grid.width / side)
}

/// The learned first row with its position, and the positions of so many patches down and across.
fn positions(
    weights: &Weights,
    [class, positions]: [&str; 2],
    (down, across): (usize, usize),
    kernel: Option<Kernel>,
) -> Result<(Vec<f32>, Vec<f32>), Error> {
    let mut leading = weights.numbers(class)?;
    let mut first = weights.numbers(positions)?;
    let width = leading.len();
    if width == 0 || first.len() <= width || first.len() % width != 0 {
        return Err(weights.bad(positions, format!("does not go with rows of {width}")));
    }
    let rest = first.split_off(width);
    leading.iter_mut().zip(&first).for_each(|(class, position)| *class += position);
    let count = rest.len() / width;
    let side = count.isqrt();
    Ok(match kernel {
        Some(kernel) if side * side == count && (side, side) != (down, across) && down > 0 && across > 0 => {
            (leading, interpolate(&rest, (side, side), (down, across), kernel))
        }
        _ => (leading, rest),
    })
}

fn vit_block(weights: &Weights, width: usize, shape: &Shape) -> Result<Block, Error> {
    let heads = weights.heads(width, shape.heads)?;
    let attention = attention(weights, width, heads)?;
    let names = ["intermediate.dense", "output.dense"];
    let perceptron = weights.perceptron(names, width, shape.activation)?;
    block(weights, attention, perceptron, ["layernorm_before", "layernorm_after"], ["", ""], shape.epsilon)
}

fn dinov2_block(weights: &Weights, width: usize, shape: &Shape) -> Result<Block, Error> {
    let heads = weights.heads(width, shape.heads)?;
    let mlp = weights.at("mlp");
    let perceptron = if mlp.shape("weights_in.weight").is_some() {
        let up = mlp.at("weights_in").linear(width, None)?;
        Perceptron { down: mlp.at("weights_out").linear(up.width() / 2, None)?, up, gate: Some(Activation::Silu) }
    } else {
        mlp.perceptron(["fc1", "fc2"], width, shape.activation)?
    };
    let scales = ["layer_scale1.lambda1", "layer_scale2.lambda1"];
    block(weights, attention(weights, width, heads)?, perceptron, ["norm1", "norm2"], scales, shape.epsilon)
}

fn attention(weights: &Weights, width: usize, heads: crate::layers::Heads) -> Result<Attention, Error> {
    let names = ["attention.query", "attention.key", "attention.value", "output.dense"];
    weights.at("attention").attention(names, width, heads, heads.scale())
}

/// A block with its norms first, whose branches are scaled number by number where there are such tensors.
fn block(
    weights: &Weights,
    mut attention: Attention,
    mut perceptron: Perceptron,
    norms: [&str; 2],
    scales: [&str; 2],
    epsilon: f64,
) -> Result<Block, Error> {
    let width = attention.out.width();
    for (layer, scale) in [(&mut attention.out, scales[0]), (&mut perceptron.down, scales[1])] {
        if weights.shape(scale).is_some() {
            let factors = weights.shaped(scale, &[layer.width()])?;
            *layer = layer.clone().scaled(&factors).map_err(|error| weights.bad(scale, error))?;
        }
    }
    Ok(Block {
        attention: Branch::norm_first(weights.at(norms[0]).norm(width, epsilon)?, attention),
        perceptron: Branch::norm_first(weights.at(norms[1]).norm(width, epsilon)?, perceptron),
    })
}
