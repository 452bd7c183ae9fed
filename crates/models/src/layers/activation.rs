//! Activation functions over slices, written so that the compiler makes vector code of them.
//!
//! The exponential is a polynomial after range reduction (relative error below 2e-7), and `Gelu`, of which a model computes by far the
//! most, the fourth power of one, with neither exponential nor division (absolute error below 4e-7). Elsewhere than on the CPU
//! candle's operations serve. Deliberately absent: softmax, see `attention`.

use std::f32::consts::LOG2_E;

use candle_core::{Result, Tensor};
use embedscope_space::product::fused;
use embedscope_space::widely;
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
/// Numbers in the longest register.
pub(super) const LANES: usize = 16;

/// Changes a register's numbers at a time, and those of the last one by one. No function is called, as one would be compiled for
/// other registers than its caller.
macro_rules! each {
    ($run:ident, |$x:ident| $changed:expr) => {{
        let (registers, rest) = $run.as_chunks_mut::<LANES>();
        for register in registers {
            for value in register {
                let $x = *value;
                *value = $changed;
            }
        }
        for value in rest {
            let $x = *value;
            *value = $changed;
        }
    }};
}

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
        let fused = fused();
        values.par_chunks_mut(CHUNK).for_each(|chunk| {
            widely(
                #[inline(always)]
                || if fused { self.of_run::<true>(chunk) } else { self.of_run::<false>(chunk) },
            );
        });
    }

    /// The same on this thread, with the registers that its caller is compiled for; `FUSED` is what [`fused`] says.
    #[inline(always)]
    pub(super) fn of_run<const FUSED: bool>(self, run: &mut [f32]) {
        match self {
            Self::Gelu => each!(run, |x| gelu::<FUSED>(x)),
            Self::GeluTanh => each!(run, |x| gelu_tanh::<FUSED>(x)),
            Self::QuickGelu => each!(run, |x| x * sigmoid::<FUSED>(1.702 * x)),
            Self::Relu => each!(run, |x| x.max(0.0)),
            Self::Relu6 => each!(run, |x| x.clamp(0.0, 6.0)),
            Self::Silu => each!(run, |x| x * sigmoid::<FUSED>(x)),
            Self::Tanh => each!(run, |x| tanh::<FUSED>(x)),
        }
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

/// `a · b + c`.
#[inline(always)]
fn join<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// A polynomial, its highest power first.
#[inline(always)]
fn polynomial<const FUSED: bool, const N: usize>(x: f32, factors: [f32; N]) -> f32 {
    let mut sum = factors[0];
    for factor in &factors[1..] {
        sum = join::<FUSED>(sum, x, *factor);
    }
    sum
}

/// `eˣ`; 0 below −87 and e⁸⁷ above 87.
#[inline(always)]
pub(super) fn exp<const FUSED: bool>(x: f32) -> f32 {
    // 1.5 · 2²³: adding it and taking it away again rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts, the first with few enough digits that its products are exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = (std::f64::consts::LN_2 - 0.693_359_375) as f32;
    // 1/n!
    const SERIES: [f32; 8] = [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 1.0 / 2.0, 1.0, 1.0];
    let clamped = x.clamp(-87.0, 87.0);
    let rounded = join::<FUSED>(clamped, LOG2_E, ROUND);
    let whole = rounded - ROUND;
    let rest = join::<FUSED>(whole, -LN_2_LOW, join::<FUSED>(whole, -LN_2_HIGH, clamped));
    // The last bits of the rounded number are the whole one's, and become the power of two's.
    let scale = f32::from_bits((rounded.to_bits() << 23).wrapping_add(127 << 23));
    if x < -87.0 { 0.0 } else { polynomial::<FUSED, _>(rest, SERIES) * scale }
}

#[inline(always)]
fn sigmoid<const FUSED: bool>(x: f32) -> f32 {
    1.0 / (1.0 + exp::<FUSED>(-x))
}

#[inline(always)]
fn tanh<const FUSED: bool>(x: f32) -> f32 {
    // Near 0 the difference below would lose digits; the series is exact to 1e-8 there.
    let square = x * x;
    let near = x * (1.0 - square * (1.0 / 3.0 - square * (2.0 / 15.0)));
    let far = 1.0 - 2.0 / (exp::<FUSED>(2.0 * x) + 1.0);
    if x.abs() < 0.05 { near } else { far }
}

#[inline(always)]
fn gelu<const FUSED: bool>(x: f32) -> f32 {
    // Beyond this the other side has less than 2e-7.
    const FAR: f32 = 5.4;
    // ∜Φ(−s) for s from 0 to there, fitted so that s · Φ(−s) errs least (below 1.4e-7); the power falls off as no polynomial of
    // so few terms does.
    const ROOT: [f32; 9] = [
        -3.239_425_3e-6,
        5.577_302_4e-5,
        -2.898_743_6e-4,
        -9.606_223_5e-5,
        3.914_314e-3,
        4.519_072_4e-3,
        -5.012_074_5e-2,
        -1.677_552_8e-1,
        8.408_984e-1,
    ];
    let size = x.clamp(-FAR, FAR).abs();
    let root = polynomial::<FUSED, _>(size, ROOT);
    let square = root * root;
    // What |x| lacks on the side that is kept is what the other side has.
    join::<FUSED>(-size, square * square, x.max(0.0))
}

#[inline(always)]
fn gelu_tanh<const FUSED: bool>(x: f32) -> f32 {
    // √(2/π)
    const SCALE: f32 = 0.797_884_6;
    0.5 * x * (1.0 + tanh::<FUSED>(SCALE * (x + 0.044_715 * x * x * x)))
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
            let mut unfused = xs.clone();
            activation.of_run::<false>(&mut unfused);
            let tensor = Tensor::new(xs.as_slice(), &candle_core::Device::Cpu).expect("a tensor");
            let elsewhere = activation.of(&tensor).and_then(|values| values.to_vec1::<f32>()).expect("numbers");
            for ((x, y), other) in xs.iter().zip(&ys).zip(elsewhere) {
                assert!(
                    (y - other).abs() <= 2e-6 * y.abs().max(1.0),
                    "{activation:?}({x}) = {y} here and {other} elsewhere"
                );
            }
            for (&x, &y) in xs.iter().chain(&xs).zip(ys.iter().chain(&unfused)) {
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
            for found in [exp::<true>(x), exp::<false>(x)] {
                assert!((f64::from(found) / expected - 1.0).abs() < 3e-7, "exp({x})");
            }
        }
        assert_eq!(exp::<true>(f32::NEG_INFINITY), 0.0);
        assert!(exp::<true>(1e9).is_finite());
    }
}
