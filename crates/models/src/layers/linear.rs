//! `activation(x · Wᵀ + b [+ residual])` in one pass.
//!
//! Rows are taken to where the weights are. On the CPU it is one pass of our own; elsewhere candle's operations serve, and may
//! multiply in half precision, but what goes in and what comes out is `f32`. Deliberately absent: where the weights come from.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, DType, Device, Layout, Result, Shape, Tensor};
use embedscope_space::product::{Finish, View};

use super::activation::LANES;
use super::laid::{Laid, columns};
use super::{Activation, contiguous};
use crate::device::{Place, Products};

/// A linear layer: weight `[out, in]`, bias `[out]`.
#[derive(Clone, Debug)]
pub(crate) struct Linear {
    weight: Weight,
    width: usize,
    activation: Option<Activation>,
}

#[derive(Clone, Debug)]
enum Weight {
    /// On the CPU, and the bias.
    Here(Laid, Option<Vec<f32>>),
    /// Elsewhere: `[out, in]` in what is multiplied in, and the bias in `f32`.
    There(Tensor, Option<Tensor>),
}

/// The numbers of a layer, or of one of the layers that are joined to one.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    /// `[in, out]`.
    pub(crate) weight: View<'a>,
    /// `[out]`.
    pub(crate) bias: Option<&'a [f32]>,
    /// What all of them are multiplied with.
    pub(crate) factor: f32,
}

impl Linear {
    /// A layer on the CPU of the given weight `[out, in]` and bias `[out]`; fails where they do not go together.
    pub(crate) fn new(weight: Tensor, bias: Option<Tensor>, activation: Option<Activation>) -> Result<Self> {
        let (width, inner) = weight.dims2()?;
        if bias.as_ref().is_some_and(|bias| bias.dims() != [width]) {
            candle_core::bail!("a bias of another size than its weight");
        }
        let values = weight.flatten_all()?.to_vec1::<f32>()?;
        let bias = bias.map(|bias| bias.to_vec1::<f32>()).transpose()?;
        let weight = View::of_rows(&values, inner).transposed();
        Self::of(&[Part { weight, bias: bias.as_deref(), factor: 1.0 }], &Place::cpu(), activation)
    }

    /// A layer whose parts stand side by side in what it gives, at a place; a part without a bias has zeros where others have
    /// one. Fails where they do not go together.
    pub(crate) fn of(parts: &[Part<'_>], place: &Place, activation: Option<Activation>) -> Result<Self> {
        let width = parts.iter().map(|part| part.weight.columns()).sum();
        let inner = parts.first().map_or(0, |part| part.weight.rows());
        let fits = |part: &Part<'_>| {
            part.weight.rows() == inner && part.bias.is_none_or(|bias| bias.len() == part.weight.columns())
        };
        if !parts.iter().all(fits) {
            candle_core::bail!("parts of other sizes than each other's or their biases'");
        }
        let factors = || parts.iter().flat_map(|part| std::iter::repeat_n(part.factor, part.weight.columns()));
        let numbers = |part: &Part<'_>| part.bias.map_or_else(|| vec![0.0; part.weight.columns()], <[f32]>::to_vec);
        let bias = parts.iter().any(|part| part.bias.is_some()).then(|| {
            parts.iter().flat_map(numbers).zip(factors()).map(|(bias, factor)| bias * factor).collect::<Vec<_>>()
        });
        let scaled = |laid: Laid| match factors().any(|factor| factor != 1.0) {
            true => laid.scaled(&factors().collect::<Vec<_>>()),
            false => Ok(laid),
        };
        let weight = match place.products() {
            Products::Ours => Weight::Here(scaled(Laid::ours(parts))?, bias),
            Products::Library => Weight::Here(scaled(Laid::library(parts))?, bias),
            Products::Candle => {
                let each = factors().flat_map(|factor| std::iter::repeat_n(factor, inner));
                let weight = columns(parts).zip(each).map(|(value, factor)| value * factor).collect();
                // Rounded before it is sent: a card need not have room for it twice.
                let weight =
                    Tensor::from_vec::<_, f32>(weight, (width, inner), &Device::Cpu)?.to_dtype(place.dtype())?;
                let bias = bias.map(|bias| Tensor::new(bias, &place.device)).transpose()?;
                Weight::There(weight.to_device(&place.device)?, bias)
            }
        };
        Ok(Self { weight, width, activation })
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
        let pass = match &self.weight {
            Weight::There(weight, bias) => return self.elsewhere(rows, residual, weight, bias.as_ref()),
            Weight::Here(weight, bias) => Pass { weight, bias: bias.as_deref(), activation: self.activation },
        };
        match residual {
            Some(residual) => rows.apply_op2_no_bwd(residual, &pass),
            None => rows.apply_op1_no_bwd(&pass),
        }
    }

    fn elsewhere(
        &self,
        rows: &Tensor,
        residual: Option<&Tensor>,
        weight: &Tensor,
        bias: Option<&Tensor>,
    ) -> Result<Tensor> {
        let device = weight.device();
        let mut out = rows.to_device(device)?.to_dtype(weight.dtype())?.matmul(&weight.t()?)?.to_dtype(DType::F32)?;
        if let Some(bias) = bias {
            out = out.broadcast_add(bias)?;
        }
        if let Some(residual) = residual {
            out = (out + residual.to_device(device)?)?;
        }
        self.activation.map_or(Ok(out.clone()), |activation| activation.of(&out))
    }

    /// The same layer with each number it gives multiplied by a factor of its own, `[out]`.
    pub(crate) fn scaled(self, factors: &Tensor) -> Result<Self> {
        let weight = match self.weight {
            Weight::Here(weight, bias) => {
                let factors = factors.to_vec1::<f32>()?;
                let scaled = |bias: Vec<f32>| bias.iter().zip(&factors).map(|(bias, factor)| bias * factor).collect();
                Weight::Here(weight.scaled(&factors)?, bias.map(scaled))
            }
            Weight::There(weight, bias) => Weight::There(
                weight.broadcast_mul(&factors.reshape((self.width, 1))?.to_dtype(weight.dtype())?)?,
                bias.map(|bias| bias.mul(factors)).transpose()?,
            ),
        };
        Ok(Self { weight, ..self })
    }
}

/// A layer on the CPU.
struct Pass<'a> {
    weight: &'a Laid,
    bias: Option<&'a [f32]>,
    activation: Option<Activation>,
}

impl Pass<'_> {
    fn run(&self, rows: &CpuStorage, layout: &Layout, residual: Option<&[f32]>) -> Result<(CpuStorage, Shape)> {
        let (count, inner) = layout.shape().dims2()?;
        let width = self.weight.width();
        if inner != self.weight.inner() || residual.is_some_and(|residual| residual.len() != count * width) {
            candle_core::bail!("{count} rows of {inner} for a layer from {} to {width}", self.weight.inner());
        }
        let after = After { bias: self.bias, residual, width, activation: self.activation };
        Ok((CpuStorage::F32(self.weight.times(rows, layout, &after)?), Shape::from((count, width))))
    }
}

/// What follows the product.
struct After<'a> {
    bias: Option<&'a [f32]>,
    residual: Option<&'a [f32]>,
    /// Numbers in a row of the residual.
    width: usize,
    activation: Option<Activation>,
}

impl Finish for After<'_> {
    #[inline(always)]
    fn finish<const FUSED: bool>(&self, row: usize, column: usize, run: &mut [f32]) {
        if let Some(bias) = self.bias {
            add(run, &bias[column..]);
        }
        if let Some(residual) = self.residual {
            add(run, &residual[row * self.width + column..]);
        }
        if let Some(activation) = self.activation {
            activation.of_run::<FUSED>(run);
        }
    }
}

/// Adds as many numbers as there are in the run, a register's at a time.
#[inline(always)]
fn add(run: &mut [f32], more: &[f32]) {
    let (mores, more) = more[..run.len()].as_chunks::<LANES>();
    let (runs, run) = run.as_chunks_mut::<LANES>();
    for (run, more) in runs.iter_mut().zip(mores) {
        // All is read before anything is written: as far as the compiler knows the two may be one.
        let mut sums = *more;
        for lane in 0..LANES {
            sums[lane] += run[lane];
        }
        *run = sums;
    }
    for (value, more) in run.iter_mut().zip(more) {
        *value += more;
    }
}

impl CustomOp1 for Pass<'_> {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        self.run(rows, layout, None)
    }
}

impl CustomOp2 for Pass<'_> {
    fn name(&self) -> &'static str {
        "linear onto"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, l1: &Layout, onto: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        self.run(rows, l1, Some(contiguous(onto, l2)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Precision;

    fn numbers(shape: (usize, usize), factor: f32) -> Tensor {
        let values: Vec<f32> = (0..shape.0 * shape.1).map(|i| (i as f32 * factor).sin()).collect();
        Tensor::from_vec(values, shape, &Device::Cpu).expect("a tensor")
    }

    fn apart(one: Result<Tensor>, other: Result<Tensor>) -> f32 {
        let apart =
            (one.expect("one") - other.expect("the other")).and_then(|apart| apart.abs()?.max_all()?.to_scalar());
        apart.expect("a number")
    }

    #[test]
    fn it_is_the_same_elsewhere_and_by_a_librarys_product() {
        let (weight, bias) = (numbers((37, 5), 0.3), numbers((1, 37), 0.9).squeeze(0).expect("a bias"));
        let values: Vec<f32> = weight.flatten_all().and_then(|all| all.to_vec1()).expect("numbers");
        let part = Part { weight: View::of_rows(&values, 5).transposed(), bias: None, factor: 1.0 };
        let numbers_of_bias = Some(bias.to_vec1().expect("numbers"));
        let factors = numbers((1, 37), 1.7).squeeze(0).expect("factors");
        let layer = |weight| Linear { weight, width: 37, activation: Some(Activation::Gelu) };
        let here = layer(Weight::Here(Laid::ours(&[part]), numbers_of_bias.clone()));
        let others =
            [layer(Weight::Here(Laid::library(&[part]), numbers_of_bias)), layer(Weight::There(weight, Some(bias)))];
        let scaled = |layer: &Linear| layer.clone().scaled(&factors).expect("scaled");
        let (rows, residual) = (numbers((23, 5), 0.7), numbers((23, 37), 1.3));
        for other in &others {
            for residual in [None, Some(&residual)] {
                for (here, other) in [(here.clone(), other.clone()), (scaled(&here), scaled(other))] {
                    assert!(apart(here.forward_with(&rows, residual), other.forward_with(&rows, residual)) < 1e-5);
                }
            }
        }
        let none = Tensor::zeros((0, 5), DType::F32, &Device::Cpu).expect("no rows");
        assert!(others.iter().all(|other| other.forward(&none).is_ok_and(|out| out.dims() == [0, 37])));
    }

    #[test]
    fn half_precision_is_for_the_product_alone() {
        let values: Vec<f32> = numbers((37, 64), 0.3).flatten_all().and_then(|all| all.to_vec1()).expect("numbers");
        let bias: Vec<f32> = (0..37).map(|at| at as f32 * 4e3).collect();
        let part = Part { weight: View::of_rows(&values, 64).transposed(), bias: Some(&bias), factor: 0.5 };
        let layer = |precision| {
            let place = Place { precision, ..Place::cpu() };
            Linear::of(&[part], &place, None).expect("a layer").forward(&numbers((23, 64), 0.7))
        };
        for (half, most) in [(Precision::F16, 0.02), (Precision::Bf16, 0.15)] {
            // A bias that half precision has no numbers for is added in single precision.
            let apart = apart(layer(half), layer(Precision::F32));
            assert!(apart > 0.0 && apart < most, "{half:?}: {apart}");
        }
    }
}
