//! `activation(x · Wᵀ + b [+ residual])` in one pass.
//!
//! Rows are taken to where the weights are. On the CPU it is one pass of our own; elsewhere candle's operations serve.
//! Deliberately absent: where the weights come from.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::matmul::{Onto, View, multiply};
use super::{Activation, contiguous};

/// A linear layer: weight `[out, in]`, bias `[out]`.
#[derive(Clone, Debug)]
pub(crate) struct Linear {
    /// Here `[in, out]`, as a product reads it fastest; elsewhere `[out, in]`.
    weight: Tensor,
    width: usize,
    bias: Option<Vec<f32>>,
    /// The bias where the weight is, if that is not the CPU.
    there: Option<Tensor>,
    activation: Option<Activation>,
}

impl Linear {
    /// A layer of the given weight `[out, in]` and bias `[out]`; fails where they do not go together.
    pub(crate) fn new(weight: Tensor, bias: Option<Tensor>, activation: Option<Activation>) -> Result<Self> {
        let (out, _) = weight.dims2()?;
        let there = bias.clone().filter(|bias| !bias.device().is_cpu());
        let bias = bias.map(|bias| bias.to_vec1::<f32>()).transpose()?;
        if bias.as_ref().is_some_and(|bias| bias.len() != out) {
            candle_core::bail!("a bias of another size than its weight");
        }
        let weight = if weight.device().is_cpu() { transposed(&weight)? } else { weight.contiguous()? };
        Ok(Self { weight, width: out, bias, there, activation })
    }

    /// Numbers in a row it gives.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Rows `[n, in]` to rows `[n, out]`.
    pub(crate) fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        self.forward_with(rows, None)
    }

    /// As `forward`, with `residual [n, out]`, where there is one, added before the activation.
    pub(crate) fn forward_with(&self, rows: &Tensor, residual: Option<&Tensor>) -> Result<Tensor> {
        if !self.weight.device().is_cpu() {
            return self.elsewhere(rows, residual);
        }
        match residual {
            Some(residual) => rows.apply_op3_no_bwd(&self.weight, residual, &Pass { layer: self }),
            None => rows.apply_op2_no_bwd(&self.weight, &Pass { layer: self }),
        }
    }

    fn elsewhere(&self, rows: &Tensor, residual: Option<&Tensor>) -> Result<Tensor> {
        let device = self.weight.device();
        let weight = if device.is_cpu() { self.weight.clone() } else { self.weight.t()? };
        let mut out = rows.to_device(device)?.matmul(&weight)?;
        if let Some(bias) = &self.there {
            out = out.broadcast_add(bias)?;
        }
        if let Some(residual) = residual {
            out = (out + residual.to_device(device)?)?;
        }
        self.activation.map_or(Ok(out.clone()), |activation| activation.of(&out))
    }

    /// The same layer with each number it gives multiplied by a factor of its own, `[out]`.
    pub(crate) fn scaled(self, factors: &Tensor) -> Result<Self> {
        let weight = match self.weight.device().is_cpu() {
            true => self.weight.broadcast_mul(factors)?,
            false => self.weight.broadcast_mul(&factors.reshape((self.width, 1))?)?,
        };
        let there = self.there.map(|bias| bias.mul(factors)).transpose()?;
        let factors = factors.to_vec1::<f32>()?;
        let bias = self.bias.map(|bias| bias.iter().zip(&factors).map(|(bias, factor)| bias * factor).collect());
        Ok(Self { weight, width: self.width, bias, there, activation: self.activation })
    }
}

/// Numbers on a side of the squares that are turned at a time: both sides of one stay in a thread's cache.
const SQUARE: usize = 32;

/// A matrix with rows and columns changed over, laid out anew; candle's own way takes longer than reading it from a disk.
fn transposed(matrix: &Tensor) -> Result<Tensor> {
    let (rows, columns) = matrix.dims2()?;
    let from = matrix.flatten_all()?.to_vec1::<f32>()?;
    let mut to = vec![0.0; rows * columns];
    to.par_chunks_mut(SQUARE * rows.max(1)).enumerate().for_each(|(band, to)| {
        for first in (0..rows).step_by(SQUARE) {
            for (column, to) in (band * SQUARE..).zip(to.chunks_exact_mut(rows)) {
                for (row, to) in (first..rows.min(first + SQUARE)).zip(&mut to[first..]) {
                    *to = from[row * columns + column];
                }
            }
        }
    });
    Tensor::from_vec(to, (columns, rows), matrix.device())
}

struct Pass<'a> {
    layer: &'a Linear,
}

impl Pass<'_> {
    fn run(&self, rows: View<'_>, weight: &[f32], residual: Option<&[f32]>) -> (CpuStorage, Shape) {
        let (count, inner, width) = (rows.rows, rows.cols, self.layer.width);
        let mut out = residual.map_or_else(|| vec![0.0; count * width], <[f32]>::to_vec);
        if let Some(bias) = &self.layer.bias {
            for row in out.chunks_exact_mut(width) {
                row.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias);
            }
        }
        let onto = if residual.is_some() || self.layer.bias.is_some() { Onto::Itself } else { Onto::Nothing };
        multiply(rows, View::new(weight, inner, width, width), &mut out, width, onto, true);
        if let Some(activation) = self.layer.activation {
            activation.apply(&mut out);
        }
        (CpuStorage::F32(out), Shape::from((count, width)))
    }

    fn check(&self, rows: &Layout) -> Result<(usize, usize)> {
        let (count, inner) = rows.shape().dims2()?;
        if inner != self.layer.weight.dims()[0] {
            candle_core::bail!("rows of {inner} for a weight of {:?}", self.layer.weight.dims());
        }
        Ok((count, inner))
    }
}

impl CustomOp2 for Pass<'_> {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, l1: &Layout, weight: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (count, inner) = self.check(l1)?;
        let rows = View::new(contiguous(rows, l1)?, count, inner, inner);
        Ok(self.run(rows, contiguous(weight, l2)?, None))
    }
}

impl CustomOp3 for Pass<'_> {
    fn name(&self) -> &'static str {
        "linear onto"
    }

    fn cpu_fwd(
        &self,
        rows: &CpuStorage,
        l1: &Layout,
        weight: &CpuStorage,
        l2: &Layout,
        residual: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (count, inner) = self.check(l1)?;
        if l3.shape().dims2()? != (count, self.layer.width) {
            candle_core::bail!("a residual of {:?}", l3.dims());
        }
        let rows = View::new(contiguous(rows, l1)?, count, inner, inner);
        Ok(self.run(rows, contiguous(weight, l2)?, Some(contiguous(residual, l3)?)))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn rows_and_columns_change_over() {
        let (rows, columns) = (SQUARE + 3, 2 * SQUARE + 1);
        let matrix =
            Tensor::arange(0.0, (rows * columns) as f32, &Device::Cpu).and_then(|line| line.reshape((rows, columns)));
        let matrix = matrix.expect("a matrix");
        let values = |matrix: &Tensor| matrix.to_vec2::<f32>().expect("rows");
        let turned = matrix.t().and_then(|turned| turned.contiguous()).expect("a matrix");
        assert_eq!(values(&transposed(&matrix).expect("a matrix")), values(&turned));
    }

    #[test]
    fn it_is_the_same_elsewhere() {
        let numbers = |shape: (usize, usize), factor: f32| {
            let values: Vec<f32> = (0..shape.0 * shape.1).map(|i| (i as f32 * factor).sin()).collect();
            Tensor::from_vec(values, shape, &Device::Cpu).expect("a tensor")
        };
        let bias = numbers((1, 7), 0.9).squeeze(0).expect("a bias");
        let mut layer = Linear::new(numbers((7, 5), 0.3), Some(bias.clone()), Some(Activation::Gelu)).expect("a layer");
        layer.there = Some(bias);
        let (rows, residual) = (numbers((3, 5), 0.7), numbers((3, 7), 1.3));
        for residual in [None, Some(&residual)] {
            let (here, there) = (layer.forward_with(&rows, residual), layer.elsewhere(&rows, residual));
            let apart =
                (here.expect("here") - there.expect("there")).and_then(|apart| apart.abs()?.max_all()?.to_scalar());
            assert!(apart.is_ok_and(|apart: f32| apart < 1e-5));
        }
    }
}
