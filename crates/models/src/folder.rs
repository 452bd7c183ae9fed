//! A model's folder while it is read: its JSON files, its weights, and the checksum of everything that was used.
//!
//! Deliberately absent: finding the folder (`locate`) and knowing what the files mean (the architectures).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::line;
use crate::sums::Sums;
use crate::{Error, Folders};

/// The largest file that is read as JSON; tokenizers of many languages come to 35 MB.
const JSON_LIMIT: u64 = 256 << 20;

/// A folder and which of its files were used.
pub(crate) struct Folder {
    root: PathBuf,
    id: String,
    used: Mutex<BTreeMap<String, PathBuf>>,
    sums: Sums,
}

impl Folder {
    /// The folder of the model known as `id`.
    pub(crate) fn new(root: PathBuf, id: &str) -> Self {
        Self { root, id: id.into(), used: Mutex::default(), sums: Sums::default() }
    }

    /// The same, with the sums of files that are remembered in these folders.
    pub(crate) fn remembering(self, folders: &Folders) -> Self {
        Self { sums: Sums::of(&self.root, folders), ..self }
    }

    /// Where it is.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What the model is called.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The path of a file that is used now, if it is there. `name` has `/` between parts and stays inside the folder.
    pub(crate) fn file(&self, name: &str) -> Option<PathBuf> {
        let inside = name.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']));
        let path = self.root.join(name);
        if !inside || !path.is_file() {
            return None;
        }
        self.used().insert(name.into(), path.clone());
        Some(path)
    }

    fn used(&self) -> MutexGuard<'_, BTreeMap<String, PathBuf>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The names of the files directly in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.root).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort_unstable();
        names
    }

    /// The bytes of a file, if it is there.
    pub(crate) fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some(path) = self.file(name) else { return Ok(None) };
        let mut bytes = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(JSON_LIMIT + 1).read_to_end(&mut bytes));
        match read {
            Ok(length) if length as u64 > JSON_LIMIT => Err(problem(&path, "is too large")),
            Ok(_) => Ok(Some(bytes)),
            Err(error) => Err(problem(&path, error)),
        }
    }

    /// A JSON file, if it is there.
    pub(crate) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| problem(&self.root.join(name), error))
    }

    /// A JSON file without which the model cannot be used.
    pub(crate) fn needed<T: DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        self.json(name)?.ok_or_else(|| self.unsupported(format!("its folder has no {name}")))
    }

    /// That the model asks for something this program does not do.
    pub(crate) fn unsupported(&self, problem: impl Into<String>) -> Error {
        Error::Unsupported { id: self.id.clone(), problem: problem.into() }
    }

    /// What candle could not do while the model was loaded.
    pub(crate) fn failed(&self, source: candle_core::Error) -> Error {
        Error::Compute { id: self.id.clone(), source }
    }

    /// The SHA-256 of every file used so far, by name.
    pub(crate) fn checksums(&self) -> Result<Value, Error> {
        let used = self.used();
        let sums = used.iter().map(|(name, path)| {
            let sum = self.sums.sum(path).map_err(|error| problem(path, error))?;
            Ok((name.clone(), Value::String(sum)))
        });
        sums.collect::<Result<Map<_, _>, Error>>().map(Value::Object)
    }
}

/// That a file cannot be read or says something impossible.
pub(crate) fn problem(file: &Path, problem: impl ToString) -> Error {
    Error::File { file: file.into(), problem: line(&problem) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_used_is_summed_and_nothing_outside_is_read() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::write(root.path().join("config.json"), "{\"a\": 1}").expect("written");
        std::fs::write(root.path().join("other.json"), "{").expect("written");
        let folder = Folder::new(root.path().into(), "a model");
        let config: Value = folder.needed("config.json").expect("read");
        assert_eq!(config["a"], 1);
        let sums = folder.checksums().expect("summed");
        assert_eq!(sums.as_object().map(Map::len), Some(1));
        assert_eq!(sums["config.json"], "f9d86028c6e0d64e225186f96acb69338b2c59764df79162107f5c4bb34d1310");

        assert!(folder.file("../x").is_none() && folder.file("a//b").is_none() && folder.file("/etc/passwd").is_none());
        assert!(matches!(folder.json::<Value>("other.json"), Err(Error::File { .. })));
        let missing = folder.needed::<Value>("modules.json").expect_err("missing");
        assert_eq!(missing.to_string(), "a model cannot be loaded: its folder has no modules.json");
    }
}
