//! Activation functions over slices, written so that the compiler makes vector code of them.
//!
//! The exponential is a polynomial after range reduction (relative error below 2e-7) and the error function the rational
//! one of Abramowitz and Stegun, 7.1.26 (absolute error below 2e-7). Elsewhere than on the CPU candle's operations serve.
//! Deliberately absent: softmax, see `attention`.

use std::f32::consts::{FRAC_1_SQRT_2, LOG2_E};

use candle_core::{Result, Tensor};
use rayon::prelude::*;

/// What is applied to every number after a linear layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    /// `x · Φ(x)`, exactly.
    Gelu,
    /// The approximation of `Gelu` through the hyperbolic tangent.
    GeluTanh,
    /// `x · σ(1.702 x)`.
    QuickGelu,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
    /// `x · σ(x)`.
    Silu,
    /// The hyperbolic tangent.
    Tanh,
}

/// Numbers one thread works on at a time.
const CHUNK: usize = 16 * 1024;

impl Activation {
    /// The activation a configuration file means.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "gelu" | "gelu_python" => Some(Self::Gelu),
            "gelu_new" | "gelu_pytorch_tanh" | "gelu_fast" => Some(Self::GeluTanh),
            "quick_gelu" => Some(Self::QuickGelu),
            "relu" => Some(Self::Relu),
            "relu6" => Some(Self::Relu6),
            "silu" | "swish" => Some(Self::Silu),
            "tanh" => Some(Self::Tanh),
            _ => None,
        }
    }

    /// Applies it to every number in place.
    pub(crate) fn apply(self, values: &mut [f32]) {
        values.par_chunks_mut(CHUNK).for_each(|chunk| match self {
            Self::Gelu => each(chunk, gelu),
            Self::GeluTanh => each(chunk, gelu_tanh),
            Self::QuickGelu => each(chunk, |x| x * sigmoid(1.702 * x)),
            Self::Relu => each(chunk, |x| x.max(0.0)),
            Self::Relu6 => each(chunk, |x| x.clamp(0.0, 6.0)),
            Self::Silu => each(chunk, |x| x * sigmoid(x)),
            Self::Tanh => each(chunk, tanh),
        });
    }
}

impl Activation {
    /// The same of a tensor on any device.
    pub(super) fn of(self, values: &Tensor) -> Result<Tensor> {
        match self {
            Self::Gelu => values.gelu_erf(),
            Self::GeluTanh => values.gelu(),
            Self::QuickGelu => values / ((values * -1.702)?.exp()? + 1.0)?,
            Self::Relu => values.relu(),
            Self::Relu6 => values.clamp(0.0_f32, 6.0_f32),
            Self::Silu => values.silu(),
            Self::Tanh => values.tanh(),
        }
    }
}

#[inline(always)]
fn each(values: &mut [f32], function: impl Fn(f32) -> f32) {
    pulp::Arch::new().dispatch(|| values.iter_mut().for_each(|value| *value = function(*value)));
}

/// `eˣ`; 0 below −87 and e⁸⁷ above 87.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // 1.5 · 2²³: adding it and taking it away again rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts, the first with few enough digits that its products are exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = (std::f64::consts::LN_2 - 0.693_359_375) as f32;
    // 1/n!
    const SERIES: [f32; 8] = [1.0, 1.0, 1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0];
    let clamped = x.clamp(-87.0, 87.0);
    let whole = (clamped * LOG2_E + ROUND) - ROUND;
    let rest = clamped - whole * LN_2_HIGH - whole * LN_2_LOW;
    let series = SERIES.iter().rev().fold(0.0, |sum, factor| sum * rest + factor);
    let scale = f32::from_bits(((whole as i32 + 127) << 23) as u32);
    if x < -87.0 { 0.0 } else { series * scale }
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[inline(always)]
fn tanh(x: f32) -> f32 {
    // Near 0 the difference below would lose digits; the series is exact to 1e-8 there.
    let square = x * x;
    let near = x * (1.0 - square * (1.0 / 3.0 - square * (2.0 / 15.0)));
    let far = 1.0 - 2.0 / (exp(2.0 * x) + 1.0);
    if x.abs() < 0.05 { near } else { far }
}

#[inline(always)]
fn gelu(x: f32) -> f32 {
    let z = x.abs() * FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let series = t * (0.254_829_6 + t * (-0.284_496_74 + t * (1.421_413_7 + t * (-1.453_152 + t * 1.061_405_4))));
    let tail = 0.5 * series * exp(-z * z);
    x * if x < 0.0 { tail } else { 1.0 - tail }
}

#[inline(always)]
fn gelu_tanh(x: f32) -> f32 {
    // √(2/π)
    const SCALE: f32 = 0.797_884_6;
    0.5 * x * (1.0 + tanh(SCALE * (x + 0.044_715 * x * x * x)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the definition, in double precision: erf by its series (small) or continued fraction (large).
    fn erf(x: f64) -> f64 {
        let z = x.abs();
        let value = if z < 3.0 {
            let (mut term, mut sum) = (z, z);
            for n in 1..200 {
                term *= -z * z / f64::from(n);
                sum += term / f64::from(2 * n + 1);
            }
            sum * 2.0 / std::f64::consts::PI.sqrt()
        } else {
            let fraction = (1..60).rev().fold(z, |below, n| z + f64::from(n) / 2.0 / below);
            1.0 - (-z * z).exp() / fraction / std::f64::consts::PI.sqrt()
        };
        value.copysign(x)
    }

    #[test]
    fn each_is_what_its_definition_says() {
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        type Definition = Box<dyn Fn(f64) -> f64>;
        let definitions: [(Activation, Definition); 7] = [
            (Activation::Gelu, Box::new(|x| 0.5 * x * (1.0 + erf(x / 2f64.sqrt())))),
            (
                Activation::GeluTanh,
                Box::new(|x| {
                    0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x)).tanh())
                }),
            ),
            (Activation::QuickGelu, Box::new(move |x| x * sigmoid(1.702 * x))),
            (Activation::Relu, Box::new(|x| x.max(0.0))),
            (Activation::Relu6, Box::new(|x| x.clamp(0.0, 6.0))),
            (Activation::Silu, Box::new(move |x| x * sigmoid(x))),
            (Activation::Tanh, Box::new(|x| x.tanh())),
        ];
        let xs: Vec<f32> =
            (-4000..=4000).map(|i| i as f32 / 200.0).chain([1e-6, -1e-6, 80.0, -80.0, 1e4, -1e4]).collect();
        for (activation, definition) in definitions {
            let mut ys = xs.clone();
            activation.apply(&mut ys);
            let tensor = Tensor::new(xs.as_slice(), &candle_core::Device::Cpu).expect("a tensor");
            let elsewhere = activation.of(&tensor).and_then(|values| values.to_vec1::<f32>()).expect("numbers");
            for ((x, y), other) in xs.iter().zip(&ys).zip(elsewhere) {
                assert!(
                    (y - other).abs() <= 2e-6 * y.abs().max(1.0),
                    "{activation:?}({x}) = {y} here and {other} elsewhere"
                );
            }
            for (&x, &y) in xs.iter().zip(&ys) {
                let expected = definition(f64::from(x));
                let allowed = 6e-7 * expected.abs().max(1.0);
                assert!((f64::from(y) - expected).abs() <= allowed, "{activation:?}({x}) = {y}, not {expected}");
            }
        }
    }

    #[test]
    fn the_exponential_is_accurate_and_never_infinite() {
        for i in -8600..8600 {
            let x = i as f32 / 100.0;
            let expected = f64::from(x).exp();
            assert!((f64::from(exp(x)) / expected - 1.0).abs() < 3e-7, "exp({x})");
        }
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert!(exp(1e9).is_finite());
    }
}
