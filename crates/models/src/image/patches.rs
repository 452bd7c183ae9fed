//! A picture as the rows of a transformer: one for each square patch, and the learned ones before them.
//!
//! Deliberately absent: blocks and heads.

use candle_core::{Device, Result, Tensor};

use crate::Error;
use crate::layers::{Conv, Grid};
use crate::text::numbers;
use crate::weights::Weights;

/// How patches become rows.
pub(crate) struct Patches {
    conv: Conv,
    side: usize,
    /// The learned rows before those of the patches, with their positions, one after the other.
    leading: Vec<f32>,
    /// What is added to the rows of the patches, `[patches × width]`.
    positions: Vec<f32>,
}

impl Patches {
    /// From the convolution of this name.
    pub(crate) fn new(
        weights: &Weights,
        conv: &str,
        leading: Vec<f32>,
        positions: Vec<f32>,
    ) -> std::result::Result<Self, Error> {
        let conv = weights.at(conv);
        let kernel = conv.get("weight")?;
        let side = kernel.dims().last().copied().unwrap_or_default();
        let bias = conv.shape("bias").is_some().then(|| conv.get("bias")).transpose()?;
        let built = Conv::new(&kernel, bias.as_ref(), 3, side, None).map_err(|error| conv.bad("weight", error))?;
        let width = built.channels();
        if width == 0 || !leading.len().is_multiple_of(width) || !positions.len().is_multiple_of(width) {
            return Err(conv.bad("weight", format!("gives rows of {width}, which its positions are not")));
        }
        Ok(Self { conv: built, side, leading, positions })
    }

    /// Numbers in a row.
    pub(crate) fn width(&self) -> usize {
        self.conv.channels()
    }

    /// Rows a picture becomes.
    pub(crate) fn rows(&self) -> usize {
        (self.leading.len() + self.positions.len()) / self.width()
    }

    /// That it has a position for every patch of such a picture; says otherwise in words.
    pub(crate) fn check(&self, grid: Grid) -> std::result::Result<(), String> {
        let (across, down) = (grid.width / self.side, grid.height / self.side);
        let positions = self.positions.len() / self.width();
        if across * down == positions {
            return Ok(());
        }
        Err(format!("it has positions for {positions} patches, but its pictures have {across}×{down}"))
    }

    /// Prepared pixels, three numbers each, to the rows of the pictures laid end to end, and how many each has.
    pub(crate) fn forward(&self, pixels: Vec<f32>, grid: Grid) -> Result<(Tensor, Vec<usize>)> {
        let width = self.width();
        let pixels = Tensor::from_vec(pixels, (grid.count * grid.height * grid.width, 3), &Device::Cpu)?;
        let patches = numbers(&self.conv.forward(&pixels, grid, None)?.0)?;
        let picture = patches.len() / grid.count;
        let length = (picture + self.leading.len()) / width;
        let mut rows = Vec::with_capacity(grid.count * length * width);
        for picture in patches.chunks_exact(picture) {
            rows.extend_from_slice(&self.leading);
            rows.extend(picture.iter().zip(&self.positions).map(|(patch, position)| patch + position));
        }
        Ok((Tensor::from_vec(rows, (grid.count * length, width), &Device::Cpu)?, vec![length; grid.count]))
    }
}
