//! ResNet (He et al., 2016) and its wider and grouped kin, from torchvision's, timm's or Hugging Face's names of weights.
//!
//! Depth, widths and groups are taken from the weights. An own one: candle-transformers' knows five shapes, one set of
//! names, and does not fold the batch norms into the convolutions. Deliberately absent: other stems than one 7×7
//! convolution, squeeze-and-excitation, anti-aliasing; such a network is refused by the tensor that gives it away.

use std::collections::BTreeSet;

use candle_core::{Device, Tensor};
use serde::Deserialize;

use super::folded::folded;
use crate::Error;
use crate::device;
use crate::folder::Folder;
use crate::layers::{Activation, Conv, Grid, max_pool};
use crate::weights::Weights;

/// The network without its classifier.
pub(super) struct ResNet {
    stem: Conv,
    blocks: Vec<Block>,
}

struct Block {
    convs: Vec<Conv>,
    shortcut: Option<Conv>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    architecture: Option<String>,
    hidden_act: Option<String>,
    downsample_in_first_stage: bool,
    downsample_in_bottleneck: bool,
}

/// Whose names the weights have.
#[derive(Clone, Copy)]
enum Names {
    Torchvision,
    HuggingFace,
}

/// A convolution and the batch norm after it.
struct Place {
    conv: String,
    norm: String,
}

impl Names {
    fn stem(self) -> Place {
        match self {
            Self::Torchvision => Place { conv: "conv1".into(), norm: "bn1".into() },
            Self::HuggingFace => Place::hugging_face("embedder.embedder"),
        }
    }

    fn conv(self, stage: usize, block: usize, conv: usize) -> Place {
        match self {
            Self::Torchvision => {
                let (block, conv) = (format!("layer{}.{block}", stage + 1), conv + 1);
                Place { conv: format!("{block}.conv{conv}"), norm: format!("{block}.bn{conv}") }
            }
            Self::HuggingFace => Place::hugging_face(&format!("encoder.stages.{stage}.layers.{block}.layer.{conv}")),
        }
    }

    fn shortcut(self, stage: usize, block: usize) -> Place {
        match self {
            Self::Torchvision => {
                let shortcut = format!("layer{}.{block}.downsample", stage + 1);
                Place { conv: format!("{shortcut}.0"), norm: format!("{shortcut}.1") }
            }
            Self::HuggingFace => Place::hugging_face(&format!("encoder.stages.{stage}.layers.{block}.shortcut")),
        }
    }
}

impl Place {
    fn hugging_face(place: &str) -> Self {
        Self { conv: format!("{place}.convolution"), norm: format!("{place}.normalization") }
    }
}

impl ResNet {
    /// Loads the network in a folder.
    pub(super) fn load(folder: &Folder, place: &device::Place) -> Result<Self, Error> {
        let config = folder.json::<Config>("config.json")?.unwrap_or_default();
        if let Some(name) = config.architecture.as_deref().filter(|name| !is_plain(name)) {
            return Err(folder.unsupported(format!("its architecture “{name}” is not a plain ResNet")));
        }
        let activation = match config.hidden_act.as_deref() {
            None => Activation::Relu,
            Some(name) => {
                Activation::named(name).ok_or_else(|| folder.unsupported(format!("its activation is “{name}”")))?
            }
        };
        let weights = Weights::open(folder, "", place)?;
        let names = if weights.shape("conv1.weight").is_some() { Names::Torchvision } else { Names::HuggingFace };
        let prefixed = weights.shape("resnet.embedder.embedder.convolution.weight").is_some();
        let mut parts =
            Parts { weights: if prefixed { weights.at("resnet") } else { weights }, used: BTreeSet::new(), activation };
        let stem = names.stem();
        if parts.shape(&stem).is_none_or(|shape| shape.get(2..) != Some(&[7, 7])) {
            return Err(folder.unsupported("its first convolution is not the 7×7 one of a ResNet"));
        }
        let stem = parts.conv(&stem, 3, 2, Some(activation))?;
        let mut blocks = Vec::new();
        let mut inner = stem.channels();
        for stage in 0.. {
            let before = blocks.len();
            while parts.shape(&names.conv(stage, blocks.len() - before, 0)).is_some() {
                let first = blocks.len() == before;
                let stride = if first && (stage > 0 || config.downsample_in_first_stage) { 2 } else { 1 };
                let block = parts.block(
                    names,
                    (stage, blocks.len() - before),
                    inner,
                    stride,
                    config.downsample_in_bottleneck,
                )?;
                inner = block.channels();
                blocks.push(block);
            }
            if blocks.len() == before {
                break;
            }
        }
        if let Some(name) = parts.strange() {
            return Err(folder.unsupported(format!("its tensor “{name}” is no part of a plain ResNet")));
        }
        Ok(Self { stem, blocks })
    }

    /// Numbers in its features.
    pub(super) fn width(&self) -> usize {
        self.blocks.last().map_or(self.stem.channels(), Block::channels)
    }

    /// Prepared pixels, three numbers each, to the features of each picture, one after the other.
    pub(super) fn forward(&self, pixels: Vec<f32>, grid: Grid) -> candle_core::Result<Vec<f32>> {
        let rows = Tensor::from_vec(pixels, (grid.count * grid.height * grid.width, 3), &Device::Cpu)?;
        let (rows, grid) = self.stem.forward(&rows, grid, None)?;
        let start = max_pool(&rows, grid)?;
        let (rows, grid) = self.blocks.iter().try_fold(start, |(rows, grid), block| block.forward(&rows, grid))?;
        let pixels = grid.height * grid.width;
        Tensor::mean(&rows.reshape((grid.count, pixels, self.width()))?, 1)?.flatten_all()?.to_vec1()
    }
}

impl Block {
    fn channels(&self) -> usize {
        self.convs.last().map_or(0, Conv::channels)
    }

    fn forward(&self, rows: &Tensor, grid: Grid) -> candle_core::Result<(Tensor, Grid)> {
        let residual = match &self.shortcut {
            Some(shortcut) => shortcut.forward(rows, grid, None)?.0,
            None => rows.clone(),
        };
        let last = self.convs.len() - 1;
        let start = (rows.clone(), grid);
        self.convs.iter().enumerate().try_fold(start, |(rows, grid), (index, conv)| {
            conv.forward(&rows, grid, (index == last).then_some(&residual))
        })
    }
}

/// Builds convolutions and remembers which tensors that took.
struct Parts {
    weights: Weights,
    used: BTreeSet<String>,
    activation: Activation,
}

impl Parts {
    fn shape(&self, place: &Place) -> Option<&[usize]> {
        self.weights.shape(&format!("{}.weight", place.conv))
    }

    fn block(
        &mut self,
        names: Names,
        (stage, block): (usize, usize),
        inner: usize,
        stride: usize,
        early: bool,
    ) -> Result<Block, Error> {
        let places: Vec<Place> =
            (0..3).map(|conv| names.conv(stage, block, conv)).take_while(|place| self.shape(place).is_some()).collect();
        // A bottleneck steps in its 3×3 convolution, as torchvision has it.
        let steps = usize::from(places.len() == 3 && !early);
        let mut convs = Vec::with_capacity(places.len());
        let mut channels = inner;
        for (index, place) in places.iter().enumerate() {
            let conv = self.conv(place, channels, if index == steps { stride } else { 1 }, Some(self.activation))?;
            channels = conv.channels();
            convs.push(conv);
        }
        let shortcut = names.shortcut(stage, block);
        let shortcut = match self.shape(&shortcut) {
            Some(_) => Some(self.conv(&shortcut, inner, stride, None)?),
            None if channels != inner || stride != 1 => {
                return Err(self.weights.bad(&format!("{}.weight", shortcut.conv), "is missing"));
            }
            None => None,
        };
        Ok(Block { convs, shortcut })
    }

    /// A convolution with its batch norm folded in.
    fn conv(
        &mut self,
        place: &Place,
        inner: usize,
        stride: usize,
        activation: Option<Activation>,
    ) -> Result<Conv, Error> {
        let folded = folded(&self.weights, &place.conv, &place.norm)?;
        self.used.extend(folded.names.iter().cloned());
        let conv = Conv::new(&folded.weight, Some(&folded.bias), inner, stride, activation);
        conv.map_err(|error| self.weights.bad(&format!("{}.weight", place.conv), error))
    }

    /// A tensor that was not used and is neither the classifier's nor a counter.
    fn strange(&self) -> Option<&str> {
        self.weights.names().find(|name| {
            let idle =
                name.starts_with("fc.") || name.starts_with("classifier.") || name.ends_with(".num_batches_tracked");
            !idle && !self.used.contains(*name)
        })
    }
}

/// Whether timm means a plain ResNet, a ResNeXt or a wide ResNet by a name; variants differ in ways weights do not show.
fn is_plain(name: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(depth) = name.strip_prefix("resnet") {
        return digits(depth);
    }
    let Some(rest) = name.strip_prefix("wide_resnet").or_else(|| name.strip_prefix("resnext")) else { return false };
    rest.split(['_', 'x', 'd']).all(|part| part.is_empty() || digits(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_told_from_plain_ones_by_name() {
        for plain in ["resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2"] {
            assert!(is_plain(plain), "{plain}");
        }
        for other in ["resnet50d", "resnetaa50", "resnetv2_50", "resnetblur50", "seresnet50", "resnet", "convnext_tiny"]
        {
            assert!(!is_plain(other), "{other}");
        }
    }
}
