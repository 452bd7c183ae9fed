//! Matrices that verbs read, and how long reading them took.
//!
//! A matrix is a `.npy` file, or in a workspace the vectors of a model (`FOLDER` where it is clear which, `FOLDER#MODEL`) or
//! the places on a map of theirs (`FOLDER#MODEL#tsne`). Deliberately absent: the file format, which is the engine's.

use std::path::{Path, PathBuf};
use std::time::Instant;

use embedscope_engine::export::read_vectors;
use embedscope_engine::{Engine, SetId, SetSummary, Vectors, is_workspace};

use crate::answer::{Making, ms_since};
use crate::failure::Failure;
use crate::setting::Setting;

/// Measures a verb that reads matrices and then works.
pub struct Work {
    seed: u64,
    load_ms: f64,
    began: Instant,
}

impl Work {
    /// Reads as many matrices as there are paths.
    pub fn on<const N: usize>(setting: &Setting, paths: [&Path; N]) -> Result<([Vectors; N], Self), Failure> {
        let began = Instant::now();
        let read: Vec<Vectors> = paths.iter().map(|path| read(path, setting)).collect::<Result<_, _>>()?;
        let read = read.try_into().expect("one matrix a path");
        Ok((read, Self { seed: setting.seed, load_ms: ms_since(began), began: Instant::now() }))
    }

    /// The work is over; what follows is writing.
    pub fn done(&self) -> Making {
        Making { elapsed_ms: ms_since(self.began), load_ms: self.load_ms, seed: self.seed }
    }
}

/// Reads one matrix, wherever it is.
pub fn read(path: &Path, setting: &Setting) -> Result<Vectors, Failure> {
    let Some(Address { workspace, model, map }) = Address::of(path) else { return Ok(read_vectors(path)?) };
    let engine = setting.reader(&workspace)?;
    let set = set(&engine, model.as_deref())?;
    match map {
        None => Ok(engine.vectors(set)?),
        Some(method) => places(&engine, set, &method),
    }
}

/// A matrix in a workspace.
struct Address {
    workspace: PathBuf,
    model: Option<String>,
    map: Option<String>,
}

impl Address {
    /// None where no part of the path up to a `#` is a workspace.
    fn of(path: &Path) -> Option<Self> {
        if is_workspace(path) {
            return Some(Self { workspace: path.to_owned(), model: None, map: None });
        }
        let mut parts: Vec<&str> = path.to_str()?.rsplitn(3, '#').collect();
        parts.reverse();
        let (workspace, model, map) = match parts[..] {
            [folder, model, map] if is_workspace(Path::new(folder)) => (folder, model, Some(map.to_owned())),
            _ => {
                let (folder, model) = path.to_str()?.rsplit_once('#')?;
                is_workspace(Path::new(folder)).then_some((folder, model, None))?
            }
        };
        Some(Self { workspace: workspace.into(), model: Some(model.to_owned()), map })
    }
}

/// The set of a model; where none is named the one in use, or the only one.
fn set(engine: &Engine, model: Option<&str>) -> Result<SetId, Failure> {
    let sets = engine.sets()?;
    let in_use = engine.set_in_use().filter(|_| model.is_none());
    let fit: Vec<&SetSummary> = sets
        .iter()
        .filter(|set| model.is_none_or(|model| set.model == model) && in_use.is_none_or(|used| set.id == used))
        .collect();
    match fit[..] {
        [set] => Ok(set.id),
        _ if sets.is_empty() => {
            Err(Failure::work("the workspace holds no vectors", "fill it with `embed --workspace`"))
        }
        _ => {
            let names: Vec<&str> = sets.iter().map(|set| set.model.as_str()).collect();
            let held = format!("the workspace holds vectors of {}", names.join(", "));
            Err(Failure::call(held, "name the ones to read: FOLDER#MODEL"))
        }
    }
}

/// The places on the latest map of a set that was made in this way.
fn places(engine: &Engine, set: SetId, method: &str) -> Result<Vectors, Failure> {
    let plain = |name: &str| name.to_lowercase().replace('-', "");
    let maps: Vec<_> = engine.maps().into_iter().filter(|map| map.set == set).collect();
    let Some(map) = maps.iter().rfind(|map| plain(&map.method.to_string()) == plain(method)) else {
        let names: Vec<String> = maps.iter().map(|map| map.method.to_string()).collect();
        let there = if names.is_empty() { "none".into() } else { names.join(", ") };
        return Err(Failure::call(
            format!("these vectors have no map by {method}; there are: {there}"),
            "name one of them: FOLDER#MODEL#pca",
        ));
    };
    Ok(engine.layout(map.id)?.positions)
}
