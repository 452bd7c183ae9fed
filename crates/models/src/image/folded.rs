//! The weights of a convolution with those of the batch normalisation after it (Ioffe and Szegedy, 2015) taken in.
//!
//! Deliberately absent: the convolution itself (`layers`).

use candle_core::Tensor;

use crate::Error;
use crate::weights::Weights;

/// What PyTorch adds to a variance.
const EPSILON: f64 = 1e-5;

/// A convolution without its normalisation.
pub(super) struct Folded {
    /// `[out, in, side, side]`.
    pub(super) weight: Tensor,
    /// `[out]`.
    pub(super) bias: Tensor,
    /// The tensors that took.
    pub(super) names: [String; 5],
}

/// The convolution and the norm of these names; one of them that has a bias of its own is refused by the shapes.
pub(super) fn folded(weights: &Weights, conv: &str, norm: &str) -> Result<Folded, Error> {
    let name = format!("{conv}.weight");
    let weight = weights.get(&name)?;
    let out = weight.dims().first().copied().unwrap_or_default();
    let names = ["weight", "bias", "running_mean", "running_var"].map(|part| format!("{norm}.{part}"));
    let [scale, shift, mean, variance] = names.each_ref().map(|name| weights.shaped(name, &[out]));
    let (scale, shift, mean, variance) = (scale?, shift?, mean?, variance?);
    let fold = || -> candle_core::Result<_> {
        let scale = (scale / (variance + EPSILON)?.sqrt()?)?;
        let weight = weight.broadcast_mul(&scale.reshape((out, 1, 1, 1))?)?;
        Ok((weight, (shift - (mean * &scale)?)?))
    };
    let (weight, bias) = fold().map_err(|error| weights.bad(&name, error))?;
    let [a, b, c, d] = names;
    Ok(Folded { weight, bias, names: [name, a, b, c, d] })
}
