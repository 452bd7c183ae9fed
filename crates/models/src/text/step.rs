//! What happens to a text's vector after pooling: the modules of a sentence-transformers folder that come last.
//!
//! Deliberately absent: modules that change the vectors of tokens.

use candle_core::{Device, Tensor};
use serde::Deserialize;

use super::modules::Module;
use super::{normalise, numbers};
use crate::Error;
use crate::device::Place;
use crate::folder::Folder;
use crate::layers::{Activation, Linear, Norm};
use crate::weights::Weights;

/// What PyTorch adds to a variance.
const EPSILON: f64 = 1e-5;

/// What happens to a vector after pooling.
pub(super) enum Step {
    /// A linear layer and its activation.
    Dense(Linear),
    /// A layer norm.
    Norm(Norm),
    /// Scaling to unit length.
    Normalise,
    /// Keeping only the first so many numbers (Kusupati et al., 2022), at unit length again if they were before.
    Truncate(usize, bool),
}

#[derive(Deserialize)]
struct DenseConfig {
    activation_function: Option<String>,
    #[serde(default)]
    use_residual: bool,
    #[serde(default = "sentence_embedding")]
    module_input_name: String,
    module_output_name: Option<String>,
}

fn sentence_embedding() -> String {
    "sentence_embedding".into()
}

impl Step {
    /// Loads a module that takes vectors of `inner` numbers.
    pub(super) fn load(module: &Module, folder: &Folder, inner: usize, place: &Place) -> Result<Self, Error> {
        match module.name() {
            "Normalize" => Ok(Self::Normalise),
            "Dense" => Self::dense(&module.path, folder, inner, place),
            "LayerNorm" => Ok(Self::Norm(Weights::open(folder, &module.path, place)?.at("norm").norm(inner, EPSILON)?)),
            other => Err(folder.unsupported(format!("its module “{other}” is not known"))),
        }
    }

    fn dense(path: &str, folder: &Folder, inner: usize, place: &Place) -> Result<Self, Error> {
        let config: DenseConfig = folder.needed(&format!("{path}/config.json"))?;
        let output = config.module_output_name.as_ref().unwrap_or(&config.module_input_name);
        if config.use_residual || [&config.module_input_name, output].iter().any(|name| *name != "sentence_embedding") {
            return Err(folder.unsupported("its dense layer does not only change the sentence's vector"));
        }
        let activation = match config.activation_function.as_deref().map(|name| name.rsplit('.').next().unwrap_or(name))
        {
            None | Some("Tanh") => Some(Activation::Tanh),
            Some("Identity") => None,
            Some("ReLU") => Some(Activation::Relu),
            Some("GELU") => Some(Activation::Gelu),
            Some("SiLU") => Some(Activation::Silu),
            Some(other) => return Err(folder.unsupported(format!("its dense layer has the activation “{other}”"))),
        };
        Ok(Self::Dense(Weights::open(folder, path, place)?.at("linear").linear(inner, activation)?))
    }

    /// Numbers in a vector it gives, where that may differ from what it takes.
    pub(super) fn width(&self) -> Option<usize> {
        match self {
            Self::Dense(linear) => Some(linear.width()),
            Self::Truncate(count, _) => Some(*count),
            Self::Norm(_) | Self::Normalise => None,
        }
    }

    /// Its name for people.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Dense(_) => "dense",
            Self::Norm(_) => "layer norm",
            Self::Normalise => "normalised",
            Self::Truncate(..) => "truncated",
        }
    }

    /// Applies it to `count` vectors.
    pub(super) fn apply(&self, mut vectors: Vec<f32>, count: usize) -> candle_core::Result<Vec<f32>> {
        let dim = vectors.len() / count.max(1);
        let rows = |vectors| Tensor::from_vec(vectors, (count, dim), &Device::Cpu);
        match self {
            Self::Dense(linear) => return numbers(&linear.forward(&rows(vectors)?)?),
            Self::Norm(norm) => return numbers(&norm.forward(&rows(vectors)?)?),
            Self::Normalise => normalise(&mut vectors, dim),
            Self::Truncate(kept, again) => {
                vectors = vectors.chunks_exact(dim.max(1)).flat_map(|row| &row[..*kept]).copied().collect();
                if *again {
                    normalise(&mut vectors, *kept);
                }
            }
        }
        Ok(vectors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_has_unit_length_again_only_if_it_had_it() {
        let vectors = vec![3.0, 4.0, 12.0, 0.0, 2.0, 0.0];
        assert_eq!(Step::Truncate(2, false).apply(vectors.clone(), 2).expect("cut"), [3.0, 4.0, 0.0, 2.0]);
        assert_eq!(Step::Truncate(2, true).apply(vectors, 2).expect("cut"), [0.6, 0.8, 0.0, 1.0]);
    }
}
