//! A convolution in which every channel has a window of its own and sees no other channel.
//!
//! Pictures are kept as rows, one a pixel, as in `conv`. Deliberately absent: strides, dilation and activations.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::contiguous;
use super::conv::{Grid, channels_of, inside};

/// A depthwise convolution with its bias; the picture keeps its size.
#[derive(Clone, Debug)]
pub(crate) struct Depthwise {
    /// `[side, side, channels]`.
    weight: Vec<f32>,
    bias: Vec<f32>,
    side: usize,
}

impl Depthwise {
    /// From a weight `[channels, 1, side, side]`, the side odd, and a bias `[channels]`.
    pub(crate) fn new(weight: &Tensor, bias: &Tensor) -> Result<Self> {
        let (channels, one, side, other) = weight.dims4()?;
        if one != 1 || side != other || side % 2 == 0 || bias.dims() != [channels] || channels == 0 {
            candle_core::bail!("a depthwise convolution of {:?} and {:?}", weight.dims(), bias.dims());
        }
        let weight = weight.permute((2, 3, 1, 0))?.contiguous()?.flatten_all()?.to_vec1()?;
        Ok(Self { weight, bias: bias.to_vec1()?, side })
    }

    /// Rows `[pixels, channels]` of a grid to rows of the same shape.
    pub(crate) fn forward(&self, rows: &Tensor, grid: Grid) -> Result<Tensor> {
        rows.apply_op1_no_bwd(&Pass { layer: self, grid })
    }
}

struct Pass<'a> {
    layer: &'a Depthwise,
    grid: Grid,
}

impl CustomOp1 for Pass<'_> {
    fn name(&self) -> &'static str {
        "depthwise convolution"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (Grid { height, width, .. }, Depthwise { weight, bias, side }) = (self.grid, self.layer);
        let channels = channels_of(layout, self.grid)?;
        if channels != bias.len() {
            candle_core::bail!("{channels} channels for a convolution of {}", bias.len());
        }
        let rows = contiguous(rows, layout)?;
        let mut out = bias.repeat(rows.len() / channels);
        out.par_chunks_mut((width * channels).max(1)).enumerate().for_each(|(line, out)| {
            let (picture, y) = (line / height, line % height);
            pulp::Arch::new().dispatch(|| {
                for (x, out) in out.chunks_exact_mut(channels).enumerate() {
                    for (dy, weight) in weight.chunks_exact(side * channels).enumerate() {
                        let Some(y) = inside(y + dy, side / 2, height) else { continue };
                        for (dx, weight) in weight.chunks_exact(channels).enumerate() {
                            let Some(x) = inside(x + dx, side / 2, width) else { continue };
                            let pixel = &rows[((picture * height + y) * width + x) * channels..][..channels];
                            let products = weight.iter().zip(pixel);
                            out.iter_mut().zip(products).for_each(|(out, (weight, value))| *out += weight * value);
                        }
                    }
                }
            });
        });
        Ok((CpuStorage::F32(out), layout.shape().clone()))
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
        for side in [3, 7] {
            let (weight, bias) = (numbers(&[5, 1, side, side], 0.37), numbers(&[5], 1.1));
            let rows = numbers(&[2 * 6 * 9, 5], 0.71);
            let found = Depthwise::new(&weight, &bias).and_then(|layer| layer.forward(&rows, grid)).expect("convolved");
            let expected = rows
                .reshape((2, 6, 9, 5))
                .and_then(|picture| picture.permute((0, 3, 1, 2))?.contiguous()?.conv2d(&weight, side / 2, 1, 1, 5))
                .and_then(|out| out.broadcast_add(&bias.reshape((1, 5, 1, 1))?)?.permute((0, 2, 3, 1))?.contiguous())
                .and_then(|out| out.reshape((2 * 6 * 9, 5)))
                .expect("convolved");
            let apart =
                (found - expected).and_then(|apart| apart.abs()?.max_all()?.to_scalar::<f32>()).expect("a number");
            assert!(apart < 2e-5, "{side}: {apart}");
        }
        assert!(Depthwise::new(&numbers(&[5, 2, 3, 3], 1.0), &numbers(&[5], 1.0)).is_err());
    }
}
