//! A convolution in which every channel has a window of its own and sees no other channel.
//!
//! Pictures are kept as rows, one a pixel, as in `conv`. Deliberately absent: dilation and residuals.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use embedscope_space::widely;
use rayon::prelude::*;

use super::conv::{Grid, Kernel, Window, channels_of, inside};
use super::{Activation, contiguous};

/// A depthwise convolution with its bias and its activation.
#[derive(Clone, Debug)]
pub(crate) struct Depthwise {
    /// `[side, side, channels]`.
    weight: Vec<f32>,
    bias: Vec<f32>,
    /// Weight and bias where they came from, if that is not the CPU.
    there: Option<Kernel>,
    window: Window,
    activation: Option<Activation>,
}

impl Depthwise {
    /// From a weight `[channels, 1, side, side]`, the side odd, and a bias `[channels]`; with a stride of 1 the picture keeps its
    /// size.
    pub(crate) fn new(weight: &Tensor, bias: &Tensor, stride: usize, activation: Option<Activation>) -> Result<Self> {
        let (channels, one, side, other) = weight.dims4()?;
        if one != 1 || side != other || side % 2 == 0 || bias.dims() != [channels] || channels == 0 || stride == 0 {
            candle_core::bail!("a depthwise convolution of {:?} and {:?}", weight.dims(), bias.dims());
        }
        let there = (!weight.device().is_cpu()).then(|| Kernel {
            weight: weight.clone(),
            bias: Some(bias.clone()),
            groups: channels,
            activation,
        });
        let weight = weight.permute((2, 3, 1, 0))?.contiguous()?.flatten_all()?.to_vec1()?;
        let window = Window { side, stride, padding: side / 2 };
        Ok(Self { weight, bias: bias.to_vec1()?, there, window, activation })
    }

    /// Channels going in and out.
    pub(crate) fn channels(&self) -> usize {
        self.bias.len()
    }

    /// Rows `[pixels, channels]` of a grid to rows of another.
    pub(crate) fn forward(&self, rows: &Tensor, grid: Grid) -> Result<(Tensor, Grid)> {
        let to = self.window.over(grid)?;
        let out = match &self.there {
            None => rows.apply_op1_no_bwd(&Pass { layer: self, grid, to })?,
            Some(kernel) => kernel.forward(rows, (grid, to), self.window, None)?,
        };
        Ok((out, to))
    }
}

struct Pass<'a> {
    layer: &'a Depthwise,
    grid: Grid,
    to: Grid,
}

impl CustomOp1 for Pass<'_> {
    fn name(&self) -> &'static str {
        "depthwise convolution"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (Depthwise { weight, bias, window, activation, .. }, grid, to) = (self.layer, self.grid, self.to);
        let Window { side, stride, padding } = *window;
        let channels = channels_of(layout, grid)?;
        if channels != bias.len() {
            candle_core::bail!("{channels} channels for a convolution of {}", bias.len());
        }
        let rows = contiguous(rows, layout)?;
        let mut out = bias.repeat(to.count * to.height * to.width);
        out.par_chunks_mut((to.width * channels).max(1)).enumerate().for_each(|(line, out)| {
            let (picture, y) = (line / to.height, line % to.height);
            widely(
                #[inline(always)]
                || {
                    for (x, out) in out.chunks_exact_mut(channels).enumerate() {
                        for (dy, weight) in weight.chunks_exact(side * channels).enumerate() {
                            let Some(y) = inside(y * stride + dy, padding, grid.height) else { continue };
                            for (dx, weight) in weight.chunks_exact(channels).enumerate() {
                                let Some(x) = inside(x * stride + dx, padding, grid.width) else { continue };
                                let pixel =
                                    &rows[((picture * grid.height + y) * grid.width + x) * channels..][..channels];
                                for (out, (weight, value)) in out.iter_mut().zip(weight.iter().zip(pixel)) {
                                    *out += weight * value;
                                }
                            }
                        }
                    }
                },
            );
        });
        if let Some(activation) = activation {
            activation.apply(&mut out);
        }
        let shape = Shape::from((to.count * to.height * to.width, channels));
        Ok((CpuStorage::F32(out), shape))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn it_convolves_as_candle_does() {
        let numbers = |shape: &[usize], factor: f32| {
            let values: Vec<f32> = (0..shape.iter().product()).map(|i| (i as f32 * factor).sin()).collect();
            Tensor::from_vec(values, shape, &Device::Cpu).expect("a tensor")
        };
        let grid = Grid { count: 2, height: 6, width: 9 };
        for (side, stride) in [(3, 1), (7, 1), (3, 2), (5, 2)] {
            let (weight, bias) = (numbers(&[5, 1, side, side], 0.37), numbers(&[5], 1.1));
            let rows = numbers(&[2 * 6 * 9, 5], 0.71);
            let layer = Depthwise::new(&weight, &bias, stride, Some(Activation::Relu6)).expect("a layer");
            let (found, to) = layer.forward(&rows, grid).expect("convolved");
            let expected = rows
                .reshape((2, 6, 9, 5))
                .and_then(|picture| {
                    picture.permute((0, 3, 1, 2))?.contiguous()?.conv2d(&weight, side / 2, stride, 1, 5)
                })
                .and_then(|out| out.broadcast_add(&bias.reshape((1, 5, 1, 1))?)?.permute((0, 2, 3, 1))?.contiguous())
                .and_then(|out| out.reshape((2 * to.height * to.width, 5))?.clamp(0.0, 6.0))
                .expect("convolved");
            let apart =
                (found - expected).and_then(|apart| apart.abs()?.max_all()?.to_scalar::<f32>()).expect("a number");
            assert!(apart < 2e-5, "{side} {stride}: {apart}");
        }
        assert!(Depthwise::new(&numbers(&[5, 2, 3, 3], 1.0), &numbers(&[5], 1.0), 1, None).is_err());
    }
}
