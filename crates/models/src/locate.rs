//! Finds a model's folder on this computer: a folder or file named outright, our own cache, or the cache of the Hugging
//! Face hub.
//!
//! A name is looked for as an id of the catalogue, then as a folder, then as an id of the hub. Deliberately absent:
//! reading what is in the folder (the loaders) and fetching what is not there (`hub`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use directories::BaseDirs;
use serde::{Deserialize, Serialize};

use crate::catalogue::{self, Entry};
use crate::{Error, Overrides};

/// Where models are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Our own cache, one folder for each model: `all-MiniLM-L6-v2`, or `owner--name` outside the catalogue.
    pub models: PathBuf,
    /// The cache shared with other programs: `models--owner--name/{blobs,refs,snapshots}`.
    pub hub: PathBuf,
}

/// Whether a model can be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// Part of the program.
    Builtin,
    /// Its files are on this computer.
    Present,
    /// Its files would have to be fetched.
    Missing,
}

impl Folders {
    /// The folders of this user. `EMBEDSCOPE_CACHE` moves ours (default: `embedscope` in the user's cache folder),
    /// `HF_HUB_CACHE` or `HF_HOME` the shared one (default: `~/.cache/huggingface/hub` on every system, as in Python).
    pub fn from_env() -> Self {
        Self::from(|name| std::env::var_os(name))
    }

    fn from(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let base = BaseDirs::new();
        let home = base.as_ref().map_or_else(std::env::temp_dir, |base| base.home_dir().to_owned());
        let cache = base.as_ref().map_or_else(std::env::temp_dir, |base| base.cache_dir().to_owned());
        let ours = set("EMBEDSCOPE_CACHE").unwrap_or_else(|| cache.join("embedscope"));
        let shared = || {
            let caches = set("XDG_CACHE_HOME").unwrap_or_else(|| home.join(".cache"));
            set("HF_HOME").unwrap_or_else(|| caches.join("huggingface")).join("hub")
        };
        Self { models: ours.join("models"), hub: set("HF_HUB_CACHE").unwrap_or_else(shared) }
    }

    /// Where a person may put the folder of the model with this id.
    pub(crate) fn place_for(&self, id: &str) -> PathBuf {
        self.models.join(id.replace('/', "--"))
    }

    /// The folder of a repository of the hub.
    pub(crate) fn repo(&self, repo: &str) -> PathBuf {
        self.hub.join(repo_folder(repo))
    }

    /// The mark of a repository in which something arrived that was not checked, because the program was ended.
    pub(crate) fn unchecked(&self, repo: &str) -> PathBuf {
        self.repo(repo).join("embedscope.unchecked")
    }

    /// The folder of a model of the hub at one commit.
    pub(crate) fn snapshot(&self, repo: &str, commit: &str) -> PathBuf {
        self.repo(repo).join("snapshots").join(commit)
    }
}

/// The folder with the model's files, or the file named outright.
///
/// Fails with [`Error::NotPresent`] for a model that could be fetched, and with [`Error::Unknown`] for a name that is
/// no folder, no id of the catalogue and no id a hub could have. Built-in models have no folder and are unknown here.
pub fn locate(id_or_path: &str, folders: &Folders) -> Result<PathBuf, Error> {
    let (id_or_path, _) = Overrides::split(id_or_path);
    let unknown = || Error::Unknown { id: id_or_path.into() };
    let entry = catalogue::find(id_or_path);
    if entry.is_none() && Path::new(id_or_path).exists() {
        return Ok(id_or_path.into());
    }
    if !is_id(id_or_path) {
        return Err(unknown());
    }
    let (id, repo, revision) = match entry {
        Some(Entry { id, repo: Some(repo), revision, .. }) => (id.as_str(), repo.as_str(), revision.as_str()),
        Some(_) => return Err(unknown()),
        None => (id_or_path, id_or_path, "main"),
    };
    let ours = folders.place_for(id);
    if is_whole(&ours, entry) {
        return Ok(ours);
    }
    let checked = !folders.unchecked(repo).exists();
    for revision in [revision, "main"].into_iter().filter(|_| checked) {
        if let Some(commit) = commit(repo, revision, folders) {
            let snapshot = folders.snapshot(repo, &commit);
            if is_whole(&snapshot, entry) {
                return Ok(snapshot);
            }
        }
    }
    if entry.is_some() || id.contains('/') { Err(Error::NotPresent { id: id.into() }) } else { Err(unknown()) }
}

/// Whether the model can be used now; a name nobody knows is missing.
pub fn presence(id: &str, folders: &Folders) -> Presence {
    match catalogue::find(id) {
        Some(entry) if entry.is_builtin() => Presence::Builtin,
        _ if locate(id, folders).is_ok() => Presence::Present,
        _ => Presence::Missing,
    }
}

/// Whether a name can be an id of the hub, `name` or `owner/name`, and therefore is safe as a part of a path.
pub(crate) fn is_id(name: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphanumeric())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && !part.contains("..")
            && !part.contains("--")
            && part.len() <= 96
    };
    name.split('/').count() <= 2 && name.split('/').all(is_part)
}

fn repo_folder(repo: &str) -> String {
    format!("models--{}", repo.replace('/', "--"))
}

/// The commit a revision stood at when it was fetched.
fn commit(repo: &str, revision: &str, folders: &Folders) -> Option<String> {
    let file = folders.hub.join(repo_folder(repo)).join("refs").join(revision);
    let commit = std::fs::read_to_string(file).ok()?.trim().to_owned();
    is_id(&commit).then_some(commit)
}

/// Whether a folder holds all it needs: the files the catalogue lists, else a configuration and every weight file.
fn is_whole(folder: &Path, entry: Option<&Entry>) -> bool {
    match entry {
        Some(entry) if !entry.files.is_empty() => entry.files.iter().all(|file| folder.join(&file.path).is_file()),
        _ => folder.join("config.json").is_file() && has_weights(folder),
    }
}

fn has_weights(folder: &Path) -> bool {
    let Ok(index) = std::fs::read(folder.join("model.safetensors.index.json")) else {
        return folder.join("model.safetensors").is_file();
    };
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap_or_default();
    index["weight_map"]
        .as_object()
        .is_some_and(|map| map.values().all(|file| file.as_str().is_some_and(|file| folder.join(file).is_file())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(root: &Path) -> Folders {
        Folders { models: root.join("models"), hub: root.join("hub") }
    }

    fn put(folder: &Path, files: &[&str]) {
        for file in files {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().expect("below a folder")).expect("made");
            std::fs::write(path, "{}").expect("written");
        }
    }

    #[test]
    fn variables_move_the_folders() {
        let from = |pairs: &'static [(&str, &str)]| {
            Folders::from(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.into()))
        };
        let moved = from(&[("EMBEDSCOPE_CACHE", "/a"), ("HF_HOME", "/b")]);
        assert_eq!(moved, Folders { models: "/a/models".into(), hub: "/b/hub".into() });
        assert_eq!(from(&[("HF_HOME", "/b"), ("HF_HUB_CACHE", "/c")]).hub, Path::new("/c"));
        assert_eq!(from(&[("XDG_CACHE_HOME", "/d"), ("HF_HOME", "")]).hub, Path::new("/d/huggingface/hub"));
        assert!(from(&[]).models.ends_with("embedscope/models"));
    }

    #[test]
    fn a_model_is_found_once_all_its_files_are_there() {
        let root = tempfile::tempdir().expect("a folder");
        let folders = folders(root.path());
        let missing = locate("resnet18", &folders);
        assert!(matches!(missing, Err(Error::NotPresent { ref id }) if id == "resnet18"), "{missing:?}");
        put(&folders.models.join("resnet18"), &["config.json"]);
        assert_eq!(presence("resnet18", &folders), Presence::Missing);
        put(&folders.models.join("resnet18"), &["model.safetensors"]);
        assert_eq!(locate("timm/resnet18.a1_in1k", &folders).expect("found"), folders.models.join("resnet18"));
        assert_eq!(presence("resnet18", &folders), Presence::Present);
        assert_eq!(presence("builtin-text", &folders), Presence::Builtin);
    }

    #[test]
    fn the_shared_cache_is_read_through_its_refs() {
        let root = tempfile::tempdir().expect("a folder");
        let folders = folders(root.path());
        let repo = folders.hub.join("models--openai--clip-vit-base-patch32");
        let files = ["config.json", "preprocessor_config.json", "tokenizer.json", "model.safetensors"];
        put(&repo.join("snapshots/c0ffee"), &files);
        assert!(locate("clip-vit-base-patch32", &folders).is_err(), "no ref points to it");
        put(&repo, &["refs/pr/15"]);
        std::fs::create_dir_all(repo.join("refs/refs/pr")).expect("made");
        std::fs::write(repo.join("refs/refs/pr/15"), "c0ffee\n").expect("written");
        assert_eq!(locate("clip-vit-base-patch32", &folders).expect("found"), repo.join("snapshots/c0ffee"));
        std::fs::write(repo.join("refs/refs/pr/15"), "../../elsewhere").expect("written");
        assert!(locate("clip-vit-base-patch32", &folders).is_err());
    }

    #[test]
    fn weights_in_several_files_must_all_be_there() {
        let root = tempfile::tempdir().expect("a folder");
        let folders = folders(root.path());
        let place = folders.models.join("owner--name");
        put(&place, &["config.json", "model-1-of-2.safetensors"]);
        let index = r#"{"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}"#;
        std::fs::write(place.join("model.safetensors.index.json"), index).expect("written");
        assert!(matches!(locate("owner/name", &folders), Err(Error::NotPresent { .. })));
        put(&place, &["model-2-of-2.safetensors"]);
        assert_eq!(locate("owner/name", &folders).expect("found"), place);
    }

    #[test]
    fn a_folder_is_taken_as_it_is_and_hostile_names_are_refused() {
        let root = tempfile::tempdir().expect("a folder");
        let folders = folders(root.path());
        let path = root.path().to_str().expect("a plain name");
        assert_eq!(locate(path, &folders).expect("found"), root.path());
        put(&root.path().join("models--x/refs"), &["main"]);
        for name in ["", "../no/such", "a/../b", "/nowhere/at/all", "a/b/c", "a\\b", ".hidden", "a--b", "a\0b", "gpt3"]
        {
            assert!(matches!(locate(name, &folders), Err(Error::Unknown { .. })), "{name:?}");
        }
        assert!(matches!(locate("builtin-text", &folders), Err(Error::Unknown { .. })));
    }
}
