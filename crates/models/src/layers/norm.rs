//! Normalisation of rows, fused: layer norm (Ba et al., 2016) and root mean square (Zhang and Sennrich, 2019).
//!
//! Deliberately absent: batch normalisation, which the convolutions take in when they are loaded.

use candle_core::{CpuStorage, CustomOp1, D, InplaceOp1, Layout, Result, Shape, Tensor};
use embedscope_space::widely;
use rayon::prelude::*;

use super::contiguous;

/// Numbers summed side by side, so that the compiler can use vector registers.
const LANES: usize = 16;
/// Rows one thread works on at a time.
const ROWS: usize = 64;

/// `(x − mean) / √(variance + ε) · weight + bias` for each row; the mean is taken for 0 where only the size matters.
#[derive(Clone, Debug)]
pub(crate) struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    /// Weight and bias where they came from, if that is not the CPU.
    there: Option<[Tensor; 2]>,
    epsilon: f32,
    centred: bool,
}

impl Norm {
    /// A layer norm of the given weight and bias, `[width]` each; no bias means zeros.
    pub(crate) fn layer(weight: &Tensor, bias: Option<&Tensor>, epsilon: f64) -> Result<Self> {
        let there = match weight.device().is_cpu() {
            true => None,
            false => Some([weight.clone(), bias.map_or_else(|| weight.zeros_like(), |bias| Ok(bias.clone()))?]),
        };
        let weight: Vec<f32> = weight.to_vec1()?;
        let bias = bias.map_or_else(|| Ok(vec![0.0; weight.len()]), Tensor::to_vec1)?;
        if weight.len() != bias.len() {
            candle_core::bail!("a bias of another size than its weight");
        }
        Ok(Self { weight, bias, there, epsilon: epsilon as f32, centred: true })
    }

    /// A root-mean-square norm of the given weight `[width]`.
    pub(crate) fn root_mean_square(weight: &Tensor, epsilon: f64) -> Result<Self> {
        Ok(Self { centred: false, ..Self::layer(weight, None, epsilon)? })
    }

    /// Rows `[n, width]` to rows of the same shape.
    pub(crate) fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        match &self.there {
            None => rows.apply_op1_no_bwd(self),
            Some(there) => self.elsewhere(rows, there),
        }
    }

    /// As `forward`, in place where that is on the CPU: for rows that nobody else holds.
    pub(super) fn take(&self, rows: Tensor) -> Result<Tensor> {
        if self.there.is_some() {
            return self.forward(&rows);
        }
        rows.inplace_op1(self)?;
        Ok(rows)
    }

    /// Rows of any shape whose last dimension is `width`, by candle's operations.
    pub(super) fn elsewhere(&self, rows: &Tensor, [weight, bias]: &[Tensor; 2]) -> Result<Tensor> {
        let rows = rows.to_device(weight.device())?;
        let rows = if self.centred { rows.broadcast_sub(&rows.mean_keepdim(D::Minus1)?)? } else { rows };
        let variance = rows.sqr()?.mean_keepdim(D::Minus1)?;
        let rows = rows.broadcast_div(&(variance + f64::from(self.epsilon))?.sqrt()?)?;
        rows.broadcast_mul(weight)?.broadcast_add(bias)
    }

    /// Weight and bias as tensors, where they are.
    pub(super) fn there(&self, device: &candle_core::Device) -> Result<[Tensor; 2]> {
        match &self.there {
            Some(there) => Ok(there.clone()),
            None => Ok([Tensor::new(self.weight.as_slice(), device)?, Tensor::new(self.bias.as_slice(), device)?]),
        }
    }

    /// Numbers in a row.
    pub(crate) fn width(&self) -> usize {
        self.weight.len()
    }

    /// One row in place.
    #[inline(always)]
    pub(super) fn row(&self, row: &mut [f32]) {
        let count = row.len() as f32;
        let mean = if self.centred { sum(row, |x| x) / count } else { 0.0 };
        let variance = sum(row, |x| (x - mean) * (x - mean)) / count;
        let scale = 1.0 / (variance + self.epsilon).sqrt();
        for ((x, weight), bias) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
            *x = (*x - mean) * scale * weight + bias;
        }
    }
}

impl Norm {
    /// All rows in place.
    fn rows(&self, rows: &mut [f32]) {
        let width = self.weight.len();
        rows.par_chunks_mut(ROWS * width).for_each(|rows| {
            widely(
                #[inline(always)]
                || {
                    for row in rows.chunks_exact_mut(width) {
                        self.row(row);
                    }
                },
            );
        });
    }

    fn check(&self, layout: &Layout) -> Result<()> {
        match layout.shape().dims2()? {
            (_, width) if width == self.weight.len() => Ok(()),
            (_, width) => candle_core::bail!("rows of {width} for a norm of {}", self.weight.len()),
        }
    }
}

impl CustomOp1 for Norm {
    fn name(&self) -> &'static str {
        "norm"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        self.check(layout)?;
        let mut out = contiguous(rows, layout)?.to_vec();
        self.rows(&mut out);
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }
}

impl InplaceOp1 for Norm {
    fn name(&self) -> &'static str {
        "norm in place"
    }

    fn cpu_fwd(&self, rows: &mut CpuStorage, layout: &Layout) -> Result<()> {
        self.check(layout)?;
        match (rows, layout.contiguous_offsets()) {
            (CpuStorage::F32(rows), Some((start, end))) => self.rows(&mut rows[start..end]),
            _ => candle_core::bail!("contiguous rows of f32 were expected"),
        }
        Ok(())
    }
}

/// The sum of a function over a slice, in an order that does not depend on the machine.
#[inline(always)]
fn sum(values: &[f32], function: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().map(|&x| function(x)).sum();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane += function(x);
        }
    }
    lanes.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    const WIDTH: usize = 37;

    fn rows() -> Tensor {
        let rows: Vec<f32> = (0..3 * WIDTH).map(|i| ((i * i) % 23) as f32 - 7.0).collect();
        Tensor::from_vec(rows, (3, WIDTH), &Device::Cpu).expect("rows")
    }

    fn ones() -> Tensor {
        Tensor::ones(WIDTH, candle_core::DType::F32, &Device::Cpu).expect("ones")
    }

    #[test]
    fn a_row_has_no_mean_and_unit_variance() {
        let half = (ones() * 0.5).expect("halves");
        let norm = Norm::layer(&ones(), Some(&half), 1e-12).expect("a norm");
        for row in norm.forward(&rows()).expect("normed").to_vec2::<f32>().expect("rows") {
            let mean = row.iter().sum::<f32>() / WIDTH as f32;
            let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / WIDTH as f32;
            assert!((mean - 0.5).abs() < 1e-5 && (variance - 1.0).abs() < 1e-4, "{mean} {variance}");
        }
    }

    #[test]
    fn it_is_the_same_elsewhere() {
        let bias = (ones() * 0.5).expect("halves");
        for norm in [Norm::layer(&ones(), Some(&bias), 1e-5), Norm::root_mean_square(&bias, 1e-6)] {
            let norm = norm.expect("a norm");
            let there = norm.there(&Device::Cpu).and_then(|there| norm.elsewhere(&rows(), &there)).expect("there");
            let apart =
                (norm.forward(&rows()).expect("here") - there).and_then(|apart| apart.abs()?.max_all()?.to_scalar());
            assert!(apart.is_ok_and(|apart: f32| apart < 1e-5));
        }
    }

    #[test]
    fn the_mean_of_squares_is_one_and_the_mean_stays() {
        let norm = Norm::root_mean_square(&ones(), 1e-12).expect("a norm");
        let before = rows().to_vec2::<f32>().expect("rows");
        for (row, before) in norm.forward(&rows()).expect("normed").to_vec2::<f32>().expect("rows").iter().zip(before) {
            let square = row.iter().map(|x| x * x).sum::<f32>() / WIDTH as f32;
            assert!((square - 1.0).abs() < 1e-4, "{square}");
            assert!((row[1] * before[2] - row[2] * before[1]).abs() < 1e-4, "only the length changes");
        }
    }
}
