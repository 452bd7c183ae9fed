//! Convolution and pooling of pictures kept as rows: one row a pixel, its channels side by side.
//!
//! A convolution gathers the pixels under its window into one row and is then a [`Linear`] layer, so that a batch
//! normalisation and a residual cost nothing extra. Deliberately absent: dilation.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::{Activation, Linear, contiguous};

/// How many pictures of which size the rows of a tensor are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    /// Pictures.
    pub(crate) count: usize,
    /// Rows of pixels in each.
    pub(crate) height: usize,
    /// Pixels in a row.
    pub(crate) width: usize,
}

/// Where a square window stops on its way over a picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) side: usize,
    pub(super) stride: usize,
    pub(super) padding: usize,
}

impl Window {
    pub(super) fn over(self, grid: Grid) -> Result<Grid> {
        let steps =
            |length: usize| (length + 2 * self.padding).checked_sub(self.side).map(|room| room / self.stride + 1);
        match (steps(grid.height), steps(grid.width)) {
            (Some(height), Some(width)) => Ok(Grid { count: grid.count, height, width }),
            _ => candle_core::bail!("a picture of {}×{} is too small", grid.width, grid.height),
        }
    }
}

/// A convolution with its bias, its activation, and whatever was folded into it.
#[derive(Clone, Debug)]
pub(crate) struct Conv {
    groups: Vec<Linear>,
    /// Weight and bias where they came from, if that is not the CPU.
    there: Option<Kernel>,
    out: usize,
    inner: usize,
    window: Window,
}

/// A convolution for candle's operations.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    pub(super) weight: Tensor,
    pub(super) bias: Option<Tensor>,
    pub(super) groups: usize,
    pub(super) activation: Option<Activation>,
}

impl Kernel {
    /// Rows of a grid to rows of another, with a residual of that shape added before the activation.
    pub(super) fn forward(
        &self,
        rows: &Tensor,
        (grid, to): (Grid, Grid),
        window: Window,
        residual: Option<&Tensor>,
    ) -> Result<Tensor> {
        let device = self.weight.device();
        let picture = picture(&rows.to_device(device)?, grid)?;
        let out = picture.conv2d(&self.weight, window.padding, window.stride, 1, self.groups)?;
        let mut out = pixels(&out, to)?;
        if let Some(bias) = &self.bias {
            out = out.broadcast_add(bias)?;
        }
        if let Some(residual) = residual {
            out = (out + residual.to_device(device)?)?;
        }
        self.activation.map_or(Ok(out.clone()), |activation| activation.of(&out))
    }
}

/// Rows of pixels as candle keeps pictures, `[count, channels, height, width]`.
fn picture(rows: &Tensor, grid: Grid) -> Result<Tensor> {
    let channels = rows.dim(1)?;
    rows.reshape((grid.count, grid.height, grid.width, channels))?.permute((0, 3, 1, 2))?.contiguous()
}

/// And back again.
fn pixels(picture: &Tensor, grid: Grid) -> Result<Tensor> {
    let channels = picture.dim(1)?;
    picture.permute((0, 2, 3, 1))?.contiguous()?.reshape((grid.count * grid.height * grid.width, channels))
}

impl Conv {
    /// From a weight `[out, in / groups, side, side]` and a bias `[out]`; `inner` is the number of channels coming in.
    pub(crate) fn new(
        weight: &Tensor,
        bias: Option<&Tensor>,
        inner: usize,
        stride: usize,
        activation: Option<Activation>,
    ) -> Result<Self> {
        let (out, in_group, side, other) = weight.dims4()?;
        let groups = inner / in_group.max(1);
        if side != other || stride == 0 || groups * in_group != inner || groups == 0 || out % groups != 0 {
            candle_core::bail!("a convolution of {:?} over {inner} channels", weight.dims());
        }
        let part = out / groups;
        let padding = if stride == side { 0 } else { side / 2 };
        let window = Window { side, stride, padding };
        if !weight.device().is_cpu() {
            let there = Some(Kernel { weight: weight.contiguous()?, bias: bias.cloned(), groups, activation });
            return Ok(Self { groups: Vec::new(), there, out, inner, window });
        }
        let weight = weight.permute((0, 2, 3, 1))?.contiguous()?.reshape((out, side * side * in_group))?;
        let linear = |group: usize| {
            let bias = bias.map(|bias| bias.narrow(0, group * part, part)).transpose()?;
            Linear::new(weight.narrow(0, group * part, part)?, bias, activation)
        };
        let groups = (0..groups).map(linear).collect::<Result<_>>()?;
        Ok(Self { groups, there: None, out, inner, window })
    }

    /// Channels going out.
    pub(crate) fn channels(&self) -> usize {
        self.out
    }

    /// Rows `[pixels, in]` of a grid to rows `[pixels, out]` of another, with a residual of that shape added before the
    /// activation.
    pub(crate) fn forward(&self, rows: &Tensor, grid: Grid, residual: Option<&Tensor>) -> Result<(Tensor, Grid)> {
        let to = self.window.over(grid)?;
        if let Some(kernel) = &self.there {
            return Ok((kernel.forward(rows, (grid, to), self.window, residual)?, to));
        }
        let gather = |first: usize, channels: usize| {
            rows.apply_op1_no_bwd(&Gather { grid, to, window: self.window, first, channels })
        };
        if let [linear] = self.groups.as_slice() {
            let whole = self.window.side == 1 && self.window.stride == 1;
            let rows = if whole { rows.clone() } else { gather(0, self.inner)? };
            return Ok((linear.forward_with(&rows, residual)?, to));
        }
        let channels = self.inner / self.groups.len();
        let mut first = 0;
        let mut parts = Vec::with_capacity(self.groups.len());
        for (group, linear) in self.groups.iter().enumerate() {
            let residual = residual
                .map(|all| all.narrow(1, first, linear.width()).and_then(|part| part.contiguous()))
                .transpose()?;
            parts.push(linear.forward_with(&gather(group * channels, channels)?, residual.as_ref())?);
            first += linear.width();
        }
        Ok((Tensor::cat(&parts, 1)?.contiguous()?, to))
    }
}

/// The pixels under a window, side by side, for every stop of the window; 0 beyond the picture's edge.
struct Gather {
    grid: Grid,
    to: Grid,
    window: Window,
    first: usize,
    channels: usize,
}

impl CustomOp1 for Gather {
    fn name(&self) -> &'static str {
        "gather"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (grid, to, window) = (self.grid, self.to, self.window);
        let inner = channels_of(layout, grid)?;
        let rows = contiguous(rows, layout)?;
        let width = window.side * window.side * self.channels;
        let mut out = vec![0.0; to.count * to.height * to.width * width];
        out.par_chunks_mut((to.width * width).max(1)).enumerate().for_each(|(line, out)| {
            let (picture, y) = (line / to.height, line % to.height);
            for (x, out) in out.chunks_exact_mut(width).enumerate() {
                for (dy, out) in out.chunks_exact_mut(window.side * self.channels).enumerate() {
                    let Some(y) = inside(y * window.stride + dy, window.padding, grid.height) else { continue };
                    for (dx, out) in out.chunks_exact_mut(self.channels).enumerate() {
                        let Some(x) = inside(x * window.stride + dx, window.padding, grid.width) else { continue };
                        let pixel = ((picture * grid.height + y) * grid.width + x) * inner + self.first;
                        out.copy_from_slice(&rows[pixel..pixel + self.channels]);
                    }
                }
            }
        });
        Ok((CpuStorage::F32(out), Shape::from((to.count * to.height * to.width, width))))
    }
}

/// The greatest number of each channel under a 3×3 window with a stride of 2.
pub(crate) fn max_pool(rows: &Tensor, grid: Grid) -> Result<(Tensor, Grid)> {
    let to = POOL.over(grid)?;
    let out = match rows.device().is_cpu() {
        true => rows.apply_op1_no_bwd(&MaxPool { grid, to })?,
        false => max_pool_elsewhere(rows, grid, to)?,
    };
    Ok((out, to))
}

/// The same by candle's operations: beyond the edge stands the edge again, which is under the window anyway.
fn max_pool_elsewhere(rows: &Tensor, grid: Grid, to: Grid) -> Result<Tensor> {
    let padded = picture(rows, grid)?.pad_with_same(2, 1, 1)?.pad_with_same(3, 1, 1)?;
    pixels(&padded.max_pool2d_with_stride(POOL.side, POOL.stride)?, to)
}

const POOL: Window = Window { side: 3, stride: 2, padding: 1 };

struct MaxPool {
    grid: Grid,
    to: Grid,
}

impl CustomOp1 for MaxPool {
    fn name(&self) -> &'static str {
        "max pool"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (grid, to) = (self.grid, self.to);
        let channels = channels_of(layout, grid)?;
        let rows = contiguous(rows, layout)?;
        let mut out = vec![f32::NEG_INFINITY; to.count * to.height * to.width * channels];
        out.par_chunks_mut((to.width * channels).max(1)).enumerate().for_each(|(line, out)| {
            let (picture, y) = (line / to.height, line % to.height);
            for (x, out) in out.chunks_exact_mut(channels).enumerate() {
                for y in (0..POOL.side).filter_map(|dy| inside(y * POOL.stride + dy, POOL.padding, grid.height)) {
                    for x in (0..POOL.side).filter_map(|dx| inside(x * POOL.stride + dx, POOL.padding, grid.width)) {
                        let pixel = ((picture * grid.height + y) * grid.width + x) * channels;
                        out.iter_mut().zip(&rows[pixel..]).for_each(|(out, &value)| *out = out.max(value));
                    }
                }
            }
        });
        Ok((CpuStorage::F32(out), Shape::from((to.count * to.height * to.width, channels))))
    }
}

pub(super) fn inside(padded: usize, padding: usize, length: usize) -> Option<usize> {
    padded.checked_sub(padding).filter(|&at| at < length)
}

pub(super) fn channels_of(layout: &Layout, grid: Grid) -> Result<usize> {
    match layout.shape().dims2()? {
        (rows, channels) if rows == grid.count * grid.height * grid.width && channels > 0 => Ok(channels),
        (rows, _) => candle_core::bail!("{rows} rows are not {grid:?}"),
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};

    use super::*;

    fn numbers(shape: &[usize], seed: u32) -> Tensor {
        let mut state = seed;
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect();
        Tensor::from_vec(values, shape, &Device::Cpu).expect("a tensor")
    }

    fn picture(rows: &Tensor, grid: Grid) -> Tensor {
        super::picture(rows, grid).expect("a picture")
    }

    fn apart(a: &Tensor, b: &Tensor) -> f32 {
        assert_eq!(a.dims(), b.dims());
        (a - b).and_then(|d| d.abs()?.max_all()?.to_scalar()).expect("a number")
    }

    #[test]
    fn it_convolves_as_candle_does() {
        for (side, stride, inner, groups) in
            [(1, 1, 6, 1), (1, 2, 6, 1), (3, 1, 6, 1), (3, 2, 6, 3), (7, 2, 3, 1), (4, 4, 3, 1)]
        {
            let grid = Grid { count: 2, height: 13, width: 9 };
            let rows = numbers(&[2 * 13 * 9, inner], 1);
            let weight = numbers(&[12, inner / groups, side, side], 2);
            let bias = numbers(&[12], 3);
            let conv = Conv::new(&weight, Some(&bias), inner, stride, None).expect("a convolution");
            let (found, to) = conv.forward(&rows, grid, None).expect("convolved");
            let padding = if stride == side { 0 } else { side / 2 };
            let expected = picture(&rows, grid)
                .conv2d(&weight, padding, stride, 1, groups)
                .and_then(|out| out.broadcast_add(&bias.reshape((1, 12, 1, 1))?))
                .expect("convolved");
            assert!(apart(&picture(&found, to), &expected) < 2e-5, "{side} {stride} {inner} {groups}");

            let residual = numbers(found.dims(), 4);
            let (onto, _) = conv.forward(&rows, grid, Some(&residual)).expect("convolved");
            assert!(apart(&onto, &(found + &residual).expect("a sum")) < 2e-5);
            let kernel = Kernel { weight, bias: Some(bias), groups, activation: None };
            let there = kernel.forward(&rows, (grid, to), conv.window, Some(&residual)).expect("convolved");
            assert!(apart(&onto, &there) < 2e-5);
        }
    }

    #[test]
    fn the_greatest_number_is_kept() {
        let grid = Grid { count: 1, height: 5, width: 4 };
        let rows = (numbers(&[20, 3], 5) - 2.0).expect("below zero");
        let (found, to) = max_pool(&rows, grid).expect("pooled");
        assert_eq!(to, Grid { count: 1, height: 3, width: 2 });
        let there = max_pool_elsewhere(&rows, grid, to).expect("pooled");
        assert_eq!(apart(&found, &there), 0.0);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let weight = Tensor::zeros((4, 3, 7, 7), DType::F32, &Device::Cpu).expect("zeros");
        assert!(Conv::new(&weight, None, 4, 2, None).is_err());
        let conv = Conv::new(&weight, None, 3, 7, None).expect("a convolution");
        let grid = Grid { count: 1, height: 6, width: 6 };
        assert!(conv.forward(&numbers(&[36, 3], 1), grid, None).is_err());
        assert!(conv.forward(&numbers(&[35, 3], 1), grid, None).is_err());
    }
}
