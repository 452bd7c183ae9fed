//! Layer normalisation of rows (Ba et al., 2016), fused.
//!
//! Deliberately absent: batch normalisation, which the convolutions take in when they are loaded.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::contiguous;

/// Numbers summed side by side, so that the compiler can use vector registers.
const LANES: usize = 16;
/// Rows one thread works on at a time.
const ROWS: usize = 64;

/// `(x − mean) / √(variance + ε) · weight + bias` for each row.
#[derive(Clone, Debug)]
pub(crate) struct LayerNorm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
}

impl LayerNorm {
    /// A layer of the given weight and bias, `[width]` each.
    pub(crate) fn new(weight: &Tensor, bias: &Tensor, epsilon: f64) -> Result<Self> {
        let (weight, bias) = (weight.to_vec1()?, bias.to_vec1()?);
        if weight.len() != bias.len() {
            candle_core::bail!("a bias of another size than its weight");
        }
        Ok(Self { weight, bias, epsilon: epsilon as f32 })
    }

    /// Rows `[n, width]` to rows of the same shape.
    pub(crate) fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        rows.apply_op1_no_bwd(self)
    }

    #[inline(always)]
    fn row(&self, row: &[f32], out: &mut [f32]) {
        let count = row.len() as f32;
        let mean = sum(row, |x| x) / count;
        let variance = sum(row, |x| (x - mean) * (x - mean)) / count;
        let scale = 1.0 / (variance + self.epsilon).sqrt();
        for (((out, x), weight), bias) in out.iter_mut().zip(row).zip(&self.weight).zip(&self.bias) {
            *out = (x - mean) * scale * weight + bias;
        }
    }
}

impl CustomOp1 for LayerNorm {
    fn name(&self) -> &'static str {
        "layer norm"
    }

    fn cpu_fwd(&self, rows: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, width) = layout.shape().dims2()?;
        if width != self.weight.len() {
            candle_core::bail!("rows of {width} for a norm of {}", self.weight.len());
        }
        let rows = contiguous(rows, layout)?;
        let mut out = vec![0.0; rows.len()];
        out.par_chunks_mut(ROWS * width).zip(rows.par_chunks(ROWS * width)).for_each(|(out, rows)| {
            pulp::Arch::new().dispatch(|| {
                out.chunks_exact_mut(width).zip(rows.chunks_exact(width)).for_each(|(out, row)| self.row(row, out));
            });
        });
        Ok((CpuStorage::F32(out), layout.shape().clone()))
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

    #[test]
    fn a_row_has_no_mean_and_unit_variance() {
        let width = 37;
        let ones = Tensor::ones(width, candle_core::DType::F32, &Device::Cpu).expect("ones");
        let norm = LayerNorm::new(&ones, &(&ones * 0.5).expect("halves"), 1e-12).expect("a norm");
        let rows: Vec<f32> = (0..3 * width).map(|i| ((i * i) % 23) as f32 - 7.0).collect();
        let rows = Tensor::from_vec(rows, (3, width), &Device::Cpu).expect("rows");
        for row in norm.forward(&rows).expect("normed").to_vec2::<f32>().expect("rows") {
            let mean = row.iter().sum::<f32>() / width as f32;
            let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / width as f32;
            assert!((mean - 0.5).abs() < 1e-5 && (variance - 1.0).abs() < 1e-4, "{mean} {variance}");
        }
    }
}
