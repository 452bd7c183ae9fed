//! The weights of a model, read from safetensors files as `f32`.
//!
//! Pickled weights (`.bin`, `.pt`, `.pth`) are refused: they are programs. Deliberately absent: quantised formats.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device, Tensor};
use serde::Deserialize;

use crate::Error;
use crate::folder::{Folder, problem};
use crate::layers::{Activation, LayerNorm, Linear, join_projections};

/// Tensors by name, below a prefix.
#[derive(Clone)]
pub(crate) struct Weights {
    tensors: Arc<MmapedSafetensors>,
    shapes: Arc<BTreeMap<String, Vec<usize>>>,
    file: PathBuf,
    device: Device,
    prefix: String,
}

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

impl Weights {
    /// The weights in a folder: `model.safetensors`, the files its index lists, or the only safetensors file there is.
    /// `below` is a folder inside it, such as `2_Dense`, or empty.
    pub(crate) fn open(folder: &Folder, below: &str, device: &Device) -> Result<Self, Error> {
        let inside = |name: &str| if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
        let files = if let Some(file) = folder.file(&inside("model.safetensors")) {
            vec![file]
        } else if let Some(index) = folder.json::<Index>(&inside("model.safetensors.index.json"))? {
            let names: BTreeSet<String> = index.weight_map.into_values().collect();
            let files = names
                .iter()
                .map(|name| folder.file(&inside(name)).ok_or_else(|| folder.unsupported(format!("{name} is missing"))));
            files.collect::<Result<_, _>>()?
        } else {
            vec![only(folder, below)?]
        };
        let Some(file) = files.first().cloned() else {
            return Err(folder.unsupported("its index lists no weights"));
        };
        // SAFETY: the files are mapped for reading and copied out tensor by tensor while loading; this program replaces
        // weight files only by renaming, which leaves a map as it was.
        let tensors = unsafe { MmapedSafetensors::multi(&files) }.map_err(|error| problem(&file, error))?;
        let shapes = tensors.tensors().into_iter().map(|(name, view)| (name, view.shape().to_vec())).collect();
        Ok(Self {
            tensors: Arc::new(tensors),
            shapes: Arc::new(shapes),
            file,
            device: device.clone(),
            prefix: String::new(),
        })
    }

    /// The tensors whose names go on after `part` and a dot.
    pub(crate) fn at(&self, part: impl std::fmt::Display) -> Self {
        Self { prefix: format!("{}{part}.", self.prefix), ..self.clone() }
    }

    /// Every name, without the prefix.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.shapes.keys().filter_map(|name| name.strip_prefix(&self.prefix))
    }

    /// The shape of a tensor, if there is one of this name.
    pub(crate) fn shape(&self, name: &str) -> Option<&[usize]> {
        self.shapes.get(&format!("{}{name}", self.prefix)).map(Vec::as_slice)
    }

    /// A tensor in `f32`.
    pub(crate) fn get(&self, name: &str) -> Result<Tensor, Error> {
        let name = format!("{}{name}", self.prefix);
        if !self.shapes.contains_key(&name) {
            return Err(problem(&self.file, format!("has no tensor “{name}”")));
        }
        let tensor = self.tensors.load(&name, &self.device).and_then(|tensor| tensor.to_dtype(DType::F32));
        tensor.map_err(|error| self.bad(&name, error))
    }

    /// A tensor in `f32` that must have this shape.
    pub(crate) fn shaped(&self, name: &str, shape: &[usize]) -> Result<Tensor, Error> {
        let tensor = self.get(name)?;
        if tensor.dims() != shape {
            return Err(self.bad(name, format!("is {:?} instead of {shape:?}", tensor.dims())));
        }
        Ok(tensor)
    }

    /// `weight [out, in]` and, where there is one, `bias [out]`.
    pub(crate) fn linear(&self, inner: usize, activation: Option<Activation>) -> Result<Linear, Error> {
        let weight = self.get("weight")?;
        let bias = self.shape("bias").is_some().then(|| self.get("bias")).transpose()?;
        if weight.rank() != 2 || weight.dims()[1] != inner {
            return Err(self.bad("weight", format!("is {:?} instead of [any, {inner}]", weight.dims())));
        }
        Linear::new(weight, bias, activation).map_err(|error| self.bad("weight", error))
    }

    /// The projections of queries, keys and values, of these names and `[width, width]` each, as one layer.
    pub(crate) fn projections(&self, names: [&str; 3], width: usize, heads: usize) -> Result<Linear, Error> {
        let part = |name: &str| {
            let part = self.at(name);
            Ok::<_, Error>((part.shaped("weight", &[width, width])?, part.shaped("bias", &[width])?))
        };
        let parts = [part(names[0])?, part(names[1])?, part(names[2])?];
        let joined = join_projections(parts, heads).and_then(|(weight, bias)| Linear::new(weight, Some(bias), None));
        joined.map_err(|error| self.bad(names[0], error))
    }

    /// `weight [width]` and `bias [width]`, also under their old names `gamma` and `beta`.
    pub(crate) fn norm(&self, width: usize, epsilon: f64) -> Result<LayerNorm, Error> {
        let [weight, bias] = if self.shape("weight").is_some() { ["weight", "bias"] } else { ["gamma", "beta"] };
        let (weight, bias) = (self.shaped(weight, &[width])?, self.shaped(bias, &[width])?);
        LayerNorm::new(&weight, &bias, epsilon).map_err(|error| self.bad("weight", error))
    }

    /// That something is wrong with a tensor.
    pub(crate) fn bad(&self, name: &str, why: impl std::fmt::Display) -> Error {
        let name = name.strip_prefix(&self.prefix).unwrap_or(name);
        problem(&self.file, format!("tensor “{}{name}” {why}", self.prefix))
    }
}

fn only(folder: &Folder, below: &str) -> Result<PathBuf, Error> {
    let names = if below.is_empty() { folder.names() } else { Vec::new() };
    let ending = |ending: &str| names.iter().filter(move |name| name.ends_with(ending)).collect::<Vec<_>>();
    if let [name] = ending(".safetensors")[..] {
        return folder.file(name).ok_or_else(|| folder.unsupported(format!("{name} is missing")));
    }
    let pickled = [".bin", ".pt", ".pth", ".ckpt"].iter().any(|end| !ending(end).is_empty())
        || folder.file(&format!("{below}/pytorch_model.bin")).is_some();
    Err(folder.unsupported(if pickled {
        "its weights are pickled, which could run a program hidden in them; only safetensors files are read".into()
    } else {
        format!(
            "its folder has no {}model.safetensors",
            if below.is_empty() { String::new() } else { format!("{below}/") }
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pickled_weights_are_refused_and_said_to_be() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = Folder::new(root.path().into(), "old");
        let open = || Weights::open(&folder, "", &Device::Cpu).map(|_| ()).expect_err("no weights").to_string();
        assert!(open().contains("no model.safetensors"), "{}", open());
        std::fs::write(root.path().join("pytorch_model.bin"), b"\x80\x02").expect("written");
        assert!(open().contains("pickled"), "{}", open());
        std::fs::write(root.path().join("model.safetensors"), b"nonsense").expect("written");
        assert!(open().contains("model.safetensors"), "{}", open());
    }
}
