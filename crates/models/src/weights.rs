//! The weights of a model, read from safetensors files as `f32`.
//!
//! Pickled weights (`.bin`, `.pt`, `.pth`) are refused: they are programs. Deliberately absent: quantised formats.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Storage, Tensor};
use embedscope_space::product::View;
use embedscope_space::widely;
use rayon::prelude::*;
use safetensors::Dtype;
use serde::Deserialize;

use crate::Error;
use crate::device::Place;
use crate::error::line;
use crate::folder::{Folder, problem};
use crate::layers::{
    Activation, Attention, Heads, Linear, Norm, Part, Perceptron, Table, contiguous, in_place, join_projections,
};
use crate::towers::GazeAttention;

/// Tensors by name, below a prefix.
#[derive(Clone)]
pub(crate) struct Weights {
    tensors: Arc<MmapedSafetensors>,
    shapes: Arc<BTreeMap<String, Vec<usize>>>,
    file: PathBuf,
    place: Place,
    prefix: String,
}

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

impl Weights {
    /// The weights in a folder: `model.safetensors`, the files its index lists, or the only safetensors file there is.
    /// `below` is a folder inside it, such as `2_Dense`, or empty.
    pub(crate) fn open(folder: &Folder, below: &str, place: &Place) -> Result<Self, Error> {
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
        // SAFETY: the files are mapped for reading, and tables of tokens are read from them as long as the model is in memory;
        // this program replaces weight files only by renaming, which leaves a map as it was.
        let tensors = unsafe { MmapedSafetensors::multi(&files) }.map_err(|error| problem(&file, error))?;
        let shapes = tensors.tensors().into_iter().map(|(name, view)| (name, view.shape().to_vec())).collect();
        Ok(Self {
            tensors: Arc::new(tensors),
            shapes: Arc::new(shapes),
            file,
            place: place.clone(),
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
        let load = || match self.tensors.get(&name)? {
            // candle has no such numbers.
            view if view.dtype() == Dtype::I8 => {
                let values: Vec<f32> = view.data().iter().map(|&byte| f32::from(byte.cast_signed())).collect();
                Tensor::from_vec(values, view.shape(), &self.place.device)
            }
            _ => self.tensors.load(&name, &self.place.device)?.to_dtype(DType::F32),
        };
        let tensor = load().map_err(|error| self.bad(&name, error))?;
        // Some activations turn what is no number into 0, and the vectors would not show it.
        match is_finite(&tensor).map_err(|error| self.bad(&name, error))? {
            true => Ok(tensor),
            false => Err(self.bad(&name, NOT_FINITE)),
        }
    }

    /// A tensor in `f32` that must have this shape.
    pub(crate) fn shaped(&self, name: &str, shape: &[usize]) -> Result<Tensor, Error> {
        let tensor = self.get(name)?;
        if tensor.dims() != shape {
            return Err(self.bad(name, format!("is {:?} instead of {shape:?}", tensor.dims())));
        }
        Ok(tensor)
    }

    /// The tensors below the first of these prefixes under which there is one of this name; below none if there is none.
    pub(crate) fn below(self, prefixes: &[&str], name: &str) -> Self {
        let found = prefixes.iter().find(|prefix| self.shape(&format!("{prefix}.{name}")).is_some());
        found.map_or_else(|| self.clone(), |prefix| self.at(prefix))
    }

    /// The numbers of a tensor that must have this shape, row after row: where they are, if that can be.
    pub(crate) fn values(&self, name: &str, shape: &[usize]) -> Result<Cow<'_, [f32]>, Error> {
        if let Some(values) = self.mapped(name).filter(|_| self.shape(name) == Some(shape)) {
            return match all_finite(values) {
                true => Ok(Cow::Borrowed(values)),
                false => Err(self.bad(name, NOT_FINITE)),
            };
        }
        let values = self.shaped(name, shape)?.flatten_all().and_then(|tensor| tensor.to_vec1());
        values.map(Cow::Owned).map_err(|error| self.bad(name, error))
    }

    /// The numbers of a tensor in the mapped file, if they stand there as this computer reads them.
    fn mapped(&self, name: &str) -> Option<&[f32]> {
        let view = self.tensors.get(&format!("{}{name}", self.prefix)).ok()?;
        if view.dtype() != Dtype::F32 { None } else { in_place(view.data()) }
    }

    /// `weight [any, inner]` and, where there is one, `bias`.
    fn layer(&self, inner: usize) -> Result<Layer<'_>, Error> {
        let shape = self.shape("weight").unwrap_or_default();
        if self.shape("weight").is_some() && (shape.len() != 2 || shape[1] != inner) {
            return Err(self.bad("weight", format!("is {shape:?} instead of [any, {inner}]")));
        }
        let weight = self.values("weight", shape)?;
        let bias = self.shape("bias").is_some().then(|| self.values("bias", &shape[..1])).transpose()?;
        Ok(Layer { weight, bias, inner })
    }

    /// `weight [out, in]` and, where there is one, `bias [out]`.
    pub(crate) fn linear(&self, inner: usize, activation: Option<Activation>) -> Result<Linear, Error> {
        let layer = self.layer(inner)?;
        Linear::of(&[layer.part()], &self.place, activation).map_err(|error| self.bad("weight", error))
    }

    /// A table `[entries, width]`.
    pub(crate) fn table(&self, name: &str) -> Result<Table, Error> {
        let Some([entries, width]) = self.shape(name) else {
            return Table::new(&self.get(name)?).map_err(|error| self.bad(name, error));
        };
        let values = self.values(name, &[*entries, *width])?;
        Ok(match values {
            Cow::Borrowed(_) => Table::mapped(Arc::clone(&self.tensors), format!("{}{name}", self.prefix), *width),
            Cow::Owned(values) => Table::of(values, *width),
        })
    }

    /// All numbers of a tensor, row after row.
    pub(crate) fn numbers(&self, name: &str) -> Result<Vec<f32>, Error> {
        let values = self.get(name)?.flatten_all().and_then(|tensor| tensor.to_vec1());
        values.map_err(|error| self.bad(name, error))
    }

    /// Heads that share `width` numbers.
    pub(crate) fn heads(&self, width: usize, count: usize) -> Result<Heads, Error> {
        let shared = Heads::sharing(width, count);
        shared.ok_or_else(|| problem(&self.file, format!("rows of {width} cannot be shared by {count} heads")))
    }

    /// Attention of a learned query, from PyTorch's names.
    pub(crate) fn gaze(&self, query: &str, name: &str, width: usize, heads: usize) -> Result<GazeAttention, Error> {
        let heads = self.heads(width, heads)?;
        let attention = self.at(name);
        let weight = attention.values("in_proj_weight", &[3 * width, width])?;
        let bias = Some(attention.values("in_proj_bias", &[3 * width])?);
        let joined = Layer { weight, bias, inner: width };
        let query = self.shaped(query, &[1, 1, width])?;
        let build = || -> candle_core::Result<_> {
            let part = |rows: Range<usize>| Linear::of(&[joined.cut(rows)], &self.place, None);
            let query = (part(0..width)?.forward(&query.reshape((1, width))?)? * heads.scale())?;
            Ok((query.flatten_all()?.to_vec1()?, part(width..3 * width)?))
        };
        let (query, keys) = build().map_err(|error| attention.bad("in_proj_weight", error))?;
        Ok(GazeAttention { query, keys, out: attention.at("out_proj").linear(width, None)?, heads })
    }

    /// Attention in which every row sees all of its sequence, from layers of these names: queries, keys, values, and
    /// what follows attention. Scores are multiplied with `scale`.
    pub(crate) fn attention(
        &self,
        names: [&str; 4],
        width: usize,
        heads: Heads,
        scale: f64,
    ) -> Result<Attention, Error> {
        let layers = [self.at(names[0]), self.at(names[1]), self.at(names[2])];
        let [query, key, value] = [layers[0].layer(width)?, layers[1].layer(width)?, layers[2].layer(width)?];
        self.attention_of([query.part(), key.part(), value.part()], names[3], heads, scale)
    }

    /// As `attention`, where queries, keys and values are one layer, with the usual scale.
    pub(crate) fn joined_attention(&self, names: [&str; 2], width: usize, heads: Heads) -> Result<Attention, Error> {
        let joined = self.at(names[0]);
        let layer = joined.layer(width)?;
        if layer.weight.len() != heads.joined() * width {
            let shape = [layer.weight.len() / width, width];
            return Err(joined.bad("weight", format!("is {shape:?} instead of [{}, {width}]", heads.joined())));
        }
        let (keys, values) = (heads.out(), heads.out() + heads.keys * heads.width);
        let parts = [layer.cut(0..keys), layer.cut(keys..values), layer.cut(values..heads.joined())];
        self.attention_of(parts, names[1], heads, heads.scale())
    }

    fn attention_of(&self, parts: [Part<'_>; 3], out: &str, heads: Heads, scale: f64) -> Result<Attention, Error> {
        let joined = join_projections(parts, heads, scale, &self.place);
        let joined =
            joined.map_err(|error| problem(&self.file, format!("below “{}”: {}", self.prefix, line(&error))))?;
        Ok(Attention::plain(joined, self.at(out).linear(heads.out(), None)?, heads))
    }

    /// Two layers of these names with an activation between them.
    pub(crate) fn perceptron(&self, names: [&str; 2], width: usize, between: Activation) -> Result<Perceptron, Error> {
        let up = self.at(names[0]).linear(width, Some(between))?;
        Ok(Perceptron { down: self.at(names[1]).linear(up.width(), None)?, up, gate: None })
    }

    /// A layer that opens the gate, the layer it is opened for, and the layer after both.
    pub(crate) fn gated(&self, names: [&str; 3], width: usize, opens: Activation) -> Result<Perceptron, Error> {
        let (gate, up) = (self.at(names[0]), self.at(names[1]));
        let layers = [gate.layer(width)?, up.layer(width)?];
        let inner = layers[0].weight.len() / width.max(1);
        if layers[0].bias.is_some() != layers[1].bias.is_some() {
            return Err(up.bad("weight", "has a bias, but its gate has none, or the other way round"));
        }
        if layers[0].weight.len() != layers[1].weight.len() {
            let count = layers[1].weight.len() / width.max(1);
            return Err(up.bad("weight", format!("is [{count}, {width}], but its gate [{inner}, {width}]")));
        }
        let both = Linear::of(&[layers[0].part(), layers[1].part()], &self.place, None);
        let both = both.map_err(|error| up.bad("weight", error))?;
        Ok(Perceptron { up: both, gate: Some(opens), down: self.at(names[2]).linear(inner, None)? })
    }

    /// `weight [width]` and, where there is one, `bias [width]`, also under their old names `gamma` and `beta`.
    pub(crate) fn norm(&self, width: usize, epsilon: f64) -> Result<Norm, Error> {
        let [weight, bias] = if self.shape("gamma").is_some() { ["gamma", "beta"] } else { ["weight", "bias"] };
        let bias = self.shape(bias).is_some().then(|| self.shaped(bias, &[width])).transpose()?;
        Norm::layer(&self.shaped(weight, &[width])?, bias.as_ref(), epsilon).map_err(|error| self.bad(weight, error))
    }

    /// That something is wrong with a tensor.
    pub(crate) fn bad(&self, name: &str, why: impl std::fmt::Display) -> Error {
        let name = name.strip_prefix(&self.prefix).unwrap_or(name);
        problem(&self.file, format!("tensor “{}{name}” {}", self.prefix, line(&why)))
    }
}

/// The numbers of a linear layer: a weight `[out, inner]` and, where there is one, a bias `[out]`.
struct Layer<'a> {
    weight: Cow<'a, [f32]>,
    bias: Option<Cow<'a, [f32]>>,
    inner: usize,
}

impl Layer<'_> {
    fn part(&self) -> Part<'_> {
        self.cut(0..self.weight.len() / self.inner.max(1))
    }

    /// Those of some of the numbers it gives.
    fn cut(&self, rows: Range<usize>) -> Part<'_> {
        let weight = View::of_rows(&self.weight[rows.start * self.inner..rows.end * self.inner], self.inner);
        Part { weight: weight.transposed(), bias: self.bias.as_ref().map(|bias| &bias[rows]), factor: 1.0 }
    }
}

/// The activation a configuration names.
pub(crate) fn activation(folder: &Folder, name: &str) -> Result<Activation, Error> {
    Activation::named(name).ok_or_else(|| folder.unsupported(format!("its activation is “{name}”")))
}

/// Heads of `width` numbers, some of which share their keys and values.
pub(crate) fn grouped_heads(folder: &Folder, queries: usize, keys: usize, width: usize) -> Result<Heads, Error> {
    if (1..=1024).contains(&queries) && keys > 0 && queries.is_multiple_of(keys) && (2..=1024).contains(&width) {
        return Ok(Heads { queries, keys, width });
    }
    Err(folder.unsupported(format!("it cannot have {queries} heads of {width} numbers with keys for {keys}")))
}

/// Whether all of a tensor is finite; of one on a graphics card it is not asked.
fn is_finite(tensor: &Tensor) -> candle_core::Result<bool> {
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => Ok(all_finite(contiguous(storage, layout)?)),
        _ => Ok(true),
    }
}

const NOT_FINITE: &str = "holds something that is no finite number";

/// Numbers that one thread looks at.
const CHUNK: usize = 1 << 16;

/// Whether all numbers are finite.
fn all_finite(values: &[f32]) -> bool {
    // Every one is looked at, so that the compiler can use vector registers.
    let is_finite = |chunk: &[f32]| {
        widely(
            #[inline(always)]
            || chunk.iter().fold(true, |finite, value| finite & value.is_finite()),
        )
    };
    values.par_chunks(CHUNK).all(is_finite)
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
        let open = || Weights::open(&folder, "", &Place::cpu()).map(|_| ()).expect_err("no weights").to_string();
        assert!(open().contains("no model.safetensors"), "{}", open());
        std::fs::write(root.path().join("pytorch_model.bin"), b"\x80\x02").expect("written");
        assert!(open().contains("pickled"), "{}", open());
        std::fs::write(root.path().join("model.safetensors"), b"nonsense").expect("written");
        assert!(open().contains("model.safetensors"), "{}", open());
    }
}
