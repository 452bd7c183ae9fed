//! MobileNetV2 (Sandler et al., 2018); references: torchvision's `MobileNetV2` and timm's `mobilenetv2_100`.
//!
//! Widths and depths are taken from the weights, strides from the paper's seven stages. Deliberately absent: the other versions,
//! whose squeezes and activations their weights do not tell apart.

use std::collections::BTreeSet;

use candle_core::{Device, Tensor};
use serde::Deserialize;

use super::folded::folded;
use crate::Error;
use crate::device;
use crate::folder::Folder;
use crate::layers::{Activation, Conv, Depthwise, Grid};
use crate::text::numbers;
use crate::weights::Weights;

/// What the first block of each stage steps by.
const STRIDES: [usize; 7] = [1, 2, 2, 2, 1, 2, 1];

/// The network without its classifier.
pub(super) struct MobileNet {
    stem: Conv,
    blocks: Vec<Block>,
    head: Conv,
}

/// A block that is wide in its middle.
struct Block {
    widen: Option<Conv>,
    spread: Depthwise,
    narrow: Conv,
    /// Whether what comes in is added to what goes out.
    is_beside: bool,
}

/// What timm's `config.json` says; torchvision has none.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    architecture: Option<String>,
}

/// Whose names the weights have.
#[derive(Clone, Copy)]
enum Names {
    Torchvision,
    Timm,
}

/// The names of a convolution and of its norm.
type Place = [String; 2];

fn place(conv: impl Into<String>, norm: impl Into<String>) -> Place {
    [conv.into(), norm.into()]
}

impl Names {
    fn stem(self) -> Place {
        match self {
            Self::Torchvision => place("features.0.0", "features.0.1"),
            Self::Timm => place("conv_stem", "bn1"),
        }
    }

    fn head(self, blocks: usize) -> Place {
        match self {
            Self::Torchvision => place(format!("features.{}.0", blocks + 1), format!("features.{}.1", blocks + 1)),
            Self::Timm => place("conv_head", "bn2"),
        }
    }

    /// Where the blocks are, in order.
    fn blocks(self, weights: &Weights) -> Vec<String> {
        let is_there = |name: String| weights.shape(&name).is_some();
        match self {
            Self::Torchvision => {
                let name = |block: usize| format!("features.{block}");
                (1..).take_while(|&block| is_there(format!("{}.conv.0.0.weight", name(block)))).map(name).collect()
            }
            Self::Timm => {
                let of = |stage: usize| {
                    let name = move |block: usize| format!("blocks.{stage}.{block}");
                    (0..).take_while(|&block| is_there(format!("{}.conv_dw.weight", name(block)))).map(name).collect()
                };
                (0..).map(of).take_while(|blocks: &Vec<String>| !blocks.is_empty()).flatten().collect()
            }
        }
    }

    /// Whether a stage begins with a block, where its name says so.
    fn begins(self, block: &str) -> Option<bool> {
        match self {
            Self::Torchvision => None,
            Self::Timm => Some(block.ends_with(".0")),
        }
    }

    /// A block's convolutions: the one that widens, where there is one, that of every channel alone, and the one that narrows.
    fn parts(self, weights: &Weights, block: &str) -> (Option<Place>, Place, Place) {
        let of = |conv: &str, norm: &str| place(format!("{block}.{conv}"), format!("{block}.{norm}"));
        let has = |part: &str| weights.shape(&format!("{block}.{part}.weight")).is_some();
        match self {
            Self::Torchvision if has("conv.3") => {
                (Some(of("conv.0.0", "conv.0.1")), of("conv.1.0", "conv.1.1"), of("conv.2", "conv.3"))
            }
            Self::Torchvision => (None, of("conv.0.0", "conv.0.1"), of("conv.1", "conv.2")),
            Self::Timm if has("conv_pwl") => (Some(of("conv_pw", "bn1")), of("conv_dw", "bn2"), of("conv_pwl", "bn3")),
            Self::Timm => (None, of("conv_dw", "bn1"), of("conv_pw", "bn2")),
        }
    }
}

impl MobileNet {
    /// Whether weights have this network's names.
    pub(super) fn knows(weights: &Weights) -> bool {
        ["features.0.0.weight", "conv_stem.weight"].iter().any(|name| weights.shape(name).is_some())
    }

    /// Loads the network in a folder.
    pub(super) fn load(folder: &Folder, place: &device::Place) -> Result<Self, Error> {
        let config = folder.json::<Config>("config.json")?.unwrap_or_default();
        if let Some(name) = config.architecture.filter(|name| !name.starts_with("mobilenetv2_")) {
            return Err(folder.unsupported(format!("its architecture “{name}” is not MobileNetV2")));
        }
        let weights = Weights::open(folder, "", place)?;
        let names = if weights.shape("conv_stem.weight").is_some() { Names::Timm } else { Names::Torchvision };
        let mut parts = Parts { weights, used: BTreeSet::new() };
        let stem = parts.conv(&names.stem(), 3, 2, Some(Activation::Relu6))?;
        let places = names.blocks(&parts.weights);
        let (mut blocks, mut width, mut stage) = (Vec::with_capacity(places.len()), stem.channels(), 0);
        for (index, block) in places.iter().enumerate() {
            let (widen, spread, narrow) = names.parts(&parts.weights, block);
            // Else a stage begins where the width changes; the first even where it does not.
            let out = parts.width(&narrow)?;
            let is_first = names.begins(block).unwrap_or(index == 0 || out != width);
            stage += usize::from(is_first);
            let stride = match stage.checked_sub(1).and_then(|stage| STRIDES.get(stage)) {
                Some(&stride) if is_first => stride,
                Some(_) => 1,
                None => return Err(folder.unsupported("its stages are not the seven of MobileNetV2")),
            };
            let widen = widen.map(|place| parts.conv(&place, width, 1, Some(Activation::Relu6))).transpose()?;
            let inner = widen.as_ref().map_or(width, Conv::channels);
            let spread = parts.depthwise(&spread, stride)?;
            if spread.channels() != inner {
                return Err(parts.weights.bad(block, format!("spreads {} of {inner} channels", spread.channels())));
            }
            let narrow = parts.conv(&narrow, inner, 1, None)?;
            blocks.push(Block { widen, spread, narrow, is_beside: stride == 1 && out == width });
            width = out;
        }
        if stage != STRIDES.len() {
            return Err(folder.unsupported("its stages are not the seven of MobileNetV2"));
        }
        let head = parts.conv(&names.head(blocks.len()), width, 1, Some(Activation::Relu6))?;
        match parts.strange() {
            Some(name) => Err(folder.unsupported(format!("its tensor “{name}” is no part of MobileNetV2"))),
            None => Ok(Self { stem, blocks, head }),
        }
    }

    /// Numbers in its features.
    pub(super) fn width(&self) -> usize {
        self.head.channels()
    }

    /// Prepared pixels, three numbers each, to the features of each picture, one after the other.
    pub(super) fn forward(&self, pixels: Vec<f32>, grid: Grid) -> candle_core::Result<Vec<f32>> {
        let rows = Tensor::from_vec(pixels, (grid.count * grid.height * grid.width, 3), &Device::Cpu)?;
        let start = self.stem.forward(&rows, grid, None)?;
        let (rows, grid) = self.blocks.iter().try_fold(start, |(rows, grid), block| block.forward(&rows, grid))?;
        let (rows, grid) = self.head.forward(&rows, grid, None)?;
        numbers(&Tensor::mean(&rows.reshape((grid.count, grid.height * grid.width, self.width()))?, 1)?)
    }
}

impl Block {
    fn forward(&self, rows: &Tensor, grid: Grid) -> candle_core::Result<(Tensor, Grid)> {
        let wide = self.widen.as_ref().map(|widen| widen.forward(rows, grid, None)).transpose()?;
        let (spread, grid) = self.spread.forward(wide.as_ref().map_or(rows, |(wide, _)| wide), grid)?;
        self.narrow.forward(&spread, grid, self.is_beside.then_some(rows))
    }
}

/// Builds convolutions and remembers which tensors that took.
struct Parts {
    weights: Weights,
    used: BTreeSet<String>,
}

impl Parts {
    fn width(&self, [conv, _]: &Place) -> Result<usize, Error> {
        let name = format!("{conv}.weight");
        let shape = self.weights.shape(&name).and_then(|shape| shape.first().copied());
        shape.ok_or_else(|| self.weights.bad(&name, "is missing"))
    }

    fn conv(
        &mut self,
        [conv, norm]: &Place,
        inner: usize,
        stride: usize,
        activation: Option<Activation>,
    ) -> Result<Conv, Error> {
        let folded = folded(&self.weights, conv, norm)?;
        self.used.extend(folded.names);
        let built = Conv::new(&folded.weight, Some(&folded.bias), inner, stride, activation);
        built.map_err(|error| self.weights.bad(&format!("{conv}.weight"), error))
    }

    fn depthwise(&mut self, [conv, norm]: &Place, stride: usize) -> Result<Depthwise, Error> {
        let folded = folded(&self.weights, conv, norm)?;
        self.used.extend(folded.names);
        let built = Depthwise::new(&folded.weight, &folded.bias, stride, Some(Activation::Relu6));
        built.map_err(|error| self.weights.bad(&format!("{conv}.weight"), error))
    }

    /// A tensor that was not used and is neither the classifier's nor a counter.
    fn strange(&self) -> Option<&str> {
        self.weights.names().find(|name| {
            let idle = name.starts_with("classifier.") || name.ends_with(".num_batches_tracked");
            !idle && !self.used.contains(*name)
        })
    }
}
