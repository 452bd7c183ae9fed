//! What a model of the hub is, before it is fetched: from its small files and the heads of its weights alone.
//!
//! A safetensors file begins with its length and a list of its tensors, of which only that much is asked for. Deliberately
//! absent: whether its vectors are right, which shows when it is loaded.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::Hub;
use super::choose::{Listing, Sibling, choose};
use super::search::is_gated;
use crate::folder::Folder;
use crate::image::PictureModel;
use crate::text::{Encoder, described};
use crate::{Error, Folders, Kind, catalogue};

/// The longest list of tensors that is read.
const MOST_HEAD: u64 = 32 << 20;
/// Files of one model whose heads are looked at.
const MOST_FILES: usize = 8;
/// The largest small file.
const MOST_SMALL: u64 = 4 << 20;

/// What is known of a model before it is fetched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inspection {
    /// `owner/name`.
    pub id: String,
    /// The commit that was looked at.
    pub commit: String,
    /// The architecture, by transformers' word for it.
    pub family: Option<String>,
    /// What it embeds, as far as its files tell.
    pub kinds: Vec<Kind>,
    /// Numbers in a vector.
    pub dim: Option<usize>,
    /// The most tokens of a text that count.
    pub max_tokens: Option<usize>,
    /// How tokens become one vector.
    pub pooling: Vec<String>,
    /// Its licence, where it names one.
    pub licence: Option<String>,
    /// Whether its terms have to be accepted on the hub first.
    pub gated: bool,
    /// Bytes that would be fetched.
    pub bytes: u64,
    /// Numbers among its weights.
    pub parameters: Option<u64>,
    /// How most of them are kept, such as `F32`.
    pub precision: Option<String>,
    /// Why it cannot be used here, each in one sentence; none where nothing speaks against it.
    pub problems: Vec<String>,
}

/// What else the hub says of a repository.
#[derive(Deserialize)]
struct Told {
    #[serde(flatten)]
    listing: Listing,
    #[serde(default)]
    gated: Value,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct TensorHead {
    dtype: String,
    shape: Vec<u64>,
}

impl Hub {
    /// Looks at a model of the catalogue or the hub without fetching it.
    ///
    /// Fails with [`Error::Hub`] where the hub cannot be reached or refuses; what speaks against the model itself is among the
    /// inspection's problems.
    pub fn inspect(&self, id: &str, folders: &Folders) -> Result<Inspection, Error> {
        let entry = catalogue::find(id);
        let repo = entry.map_or(Some(id), |entry| entry.repo.as_deref()).filter(|repo| crate::locate::is_id(repo));
        let repo = repo.ok_or_else(|| Error::Unknown { id: id.into() })?;
        let revision = entry.map_or("main", |entry| &entry.revision).replace('/', "%2F");
        let address = format!("{}/api/models/{repo}/revision/{revision}", self.endpoint);
        let told: Told = self.json(id, &address, &[("blobs", "true")], folders)?;
        let mut inspection = Inspection {
            id: repo.into(),
            commit: told.listing.sha.clone(),
            licence: told.tags.iter().find_map(|tag| tag.strip_prefix("license:")).map(str::to_owned),
            gated: is_gated(&told.gated),
            ..Inspection::default()
        };
        let chosen = match choose(&told.listing, None) {
            Ok(chosen) => chosen,
            Err(problem) => {
                inspection.problems.push(problem);
                return Ok(inspection);
            }
        };
        inspection.bytes = chosen.iter().filter_map(|file| file.size).sum();
        let (weights, small): (Vec<Sibling>, Vec<Sibling>) =
            chosen.into_iter().partition(|file| file.path.ends_with(".safetensors"));
        // Their names come from the hub, so they are put in a folder of their own that is gone afterwards.
        let scratch = tempfile::tempdir().map_err(|problem| self.failed(id, problem.to_string(), folders))?;
        for file in small.iter().filter(|file| is_small(file)) {
            let address = self.address(repo, &told.listing.sha, &file.path);
            let mut response = self.get(id, &address, &[], None, folders)?;
            let bytes = self.read(id, &mut response, MOST_SMALL, folders)?;
            let path = scratch.path().join(&file.path);
            let parent = path.parent().unwrap_or(scratch.path());
            let written = std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, bytes));
            written.map_err(|problem| self.failed(id, problem.to_string(), folders))?;
        }
        let heads = self.heads(id, repo, &told.listing.sha, &weights, folders)?;
        inspection.count(&heads);
        let folder = Folder::new(scratch.path().into(), entry.map_or(repo, |entry| &entry.id));
        inspection.understand(&folder, &heads);
        Ok(inspection)
    }

    fn address(&self, repo: &str, commit: &str, path: &str) -> String {
        format!("{}/{repo}/resolve/{commit}/{path}", self.endpoint)
    }

    /// The tensors of weights at the top of a repository, by name.
    fn heads(
        &self,
        id: &str,
        repo: &str,
        commit: &str,
        weights: &[Sibling],
        folders: &Folders,
    ) -> Result<BTreeMap<String, TensorHead>, Error> {
        let mut heads = BTreeMap::new();
        for file in weights.iter().filter(|file| !file.path.contains('/')).take(MOST_FILES) {
            let address = self.address(repo, commit, &file.path);
            let wrong = |problem: &str| self.failed(id, format!("{} {problem}", file.path), folders);
            let ranged = |first: u64, last: u64| -> Result<Vec<u8>, Error> {
                let mut response = self.get(id, &address, &[], Some((first, last)), folders)?;
                if response.status().as_u16() != 206 {
                    return Err(wrong("cannot be asked for in parts"));
                }
                self.read(id, &mut response, last - first + 2, folders)
            };
            let length: [u8; 8] = ranged(0, 7)?.try_into().map_err(|_| wrong("is cut off"))?;
            let length = u64::from_le_bytes(length);
            if !(2..=MOST_HEAD).contains(&length) {
                return Err(wrong("is no safetensors file"));
            }
            let head: BTreeMap<String, Value> =
                serde_json::from_slice(&ranged(8, 7 + length)?).map_err(|_| wrong("is no safetensors file"))?;
            for (name, tensor) in head.into_iter().filter(|(name, _)| name != "__metadata__") {
                heads.insert(name, serde_json::from_value(tensor).map_err(|_| wrong("is no safetensors file"))?);
            }
        }
        Ok(heads)
    }
}

/// The models in both caches that the catalogue does not know, by name, as far as their files tell.
pub fn kept(folders: &Folders) -> Vec<Inspection> {
    let names = |folder: &Path, prefix: &str| -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter_map(|name| Some(name.strip_prefix(prefix)?.replacen("--", "/", 1))).collect()
    };
    let mut ids = names(&folders.hub, "models--");
    ids.extend(names(&folders.models, "").into_iter().filter(|id| id.contains('/')));
    ids.sort_unstable();
    ids.dedup();
    let present = |id: String| Some(look(&crate::locate(&id, folders).ok()?, &id));
    ids.into_iter().filter(|id| catalogue::find(id).is_none()).filter_map(present).collect()
}

/// What the files in a folder say of the model that is called so.
pub(crate) fn look(folder: &Path, id: &str) -> Inspection {
    let mut inspection = Inspection { id: id.into(), ..Inspection::default() };
    inspection.understand(&Folder::new(folder.into(), id), &BTreeMap::new());
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files: Vec<(PathBuf, u64)> =
        files.filter_map(|entry| Some((entry.path(), std::fs::metadata(entry.path()).ok()?.len()))).collect();
    inspection.bytes = files.iter().map(|(_, bytes)| bytes).sum();
    if !files.iter().any(|(path, _)| path.extension().is_some_and(|ending| ending == "safetensors")) {
        inspection.problems.push("its folder has no weights in the safetensors format".into());
    }
    inspection
}

/// Tokenizers are large, and say nothing of what is shown.
fn is_small(file: &Sibling) -> bool {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    name.ends_with(".json")
        && !["tokenizer.json", "vocab.json"].contains(&name)
        && file.size.is_none_or(|size| size <= MOST_SMALL)
}

impl Inspection {
    fn count(&mut self, heads: &BTreeMap<String, TensorHead>) {
        let size = |head: &TensorHead| head.shape.iter().fold(1_u64, |product, &side| product.saturating_mul(side));
        if heads.is_empty() {
            return;
        }
        self.parameters = Some(heads.values().map(size).fold(0, u64::saturating_add));
        let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
        for head in heads.values() {
            let count = kinds.entry(&head.dtype).or_default();
            *count = count.saturating_add(size(head));
        }
        self.precision = kinds.into_iter().max_by_key(|(_, count)| *count).map(|(kind, _)| kind.to_owned());
    }

    /// What its files say, and what of it is not known here.
    fn understand(&mut self, folder: &Folder, heads: &BTreeMap<String, TensorHead>) {
        let config = match folder.json::<Value>("config.json") {
            Ok(config) => config.unwrap_or_default(),
            Err(error) => {
                self.problems.push(error.to_string());
                return;
            }
        };
        let number = |path: &str| config.pointer(path).and_then(Value::as_u64).map(|number| number as usize);
        let first = |paths: &[&str]| paths.iter().find_map(|path| number(path));
        let kind = config["model_type"].as_str().unwrap_or_default().to_owned();
        let named = |ending: &str| {
            config["architectures"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .find(|name| name.ends_with(ending))
                .map(str::to_owned)
        };
        self.family = Some(kind.clone()).filter(|kind| !kind.is_empty());
        match kind.as_str() {
            "clip" | "siglip" => {
                self.kinds = vec![Kind::Text, Kind::Image];
                self.dim = first(&["/projection_dim", "/text_config/projection_size", "/vision_config/hidden_size"]);
                self.max_tokens =
                    first(&["/text_config/max_position_embeddings"]).or(Some(if kind == "clip" { 77 } else { 64 }));
            }
            kind if PictureModel::knows(kind) => {
                self.kinds = vec![Kind::Image];
                let last = config["hidden_sizes"].as_array().and_then(|sizes| sizes.last()?.as_u64());
                self.dim = last.map(|size| size as usize).or(first(&["/hidden_size"]));
            }
            "" if config["architecture"].is_string() || config["num_features"].is_u64() => {
                self.kinds = vec![Kind::Image];
                self.family = config["architecture"].as_str().map(str::to_owned);
                self.dim = first(&["/num_features"]);
            }
            kind => self.text(folder, kind, heads, &first, named("ForSequenceClassification")),
        }
    }

    fn text(
        &mut self,
        folder: &Folder,
        kind: &str,
        heads: &BTreeMap<String, TensorHead>,
        first: &dyn Fn(&[&str]) -> Option<usize>,
        classifier: Option<String>,
    ) {
        self.kinds = vec![Kind::Text];
        if let Some(name) = classifier {
            self.problems.push(format!("a “{name}” has no vectors; it can only put search results in order"));
        }
        let table = heads.iter().find(|(name, _)| ["embeddings", "embedding.weight"].contains(&name.as_str()));
        let is_static = table.is_some() || kind == "model2vec";
        if !is_static && !Encoder::knows(kind) {
            self.problems.push(match kind {
                "" => "its config.json names no architecture".into(),
                kind => format!("its architecture “{kind}” is not known here"),
            });
        }
        let width = match table {
            Some((_, head)) => head.shape.get(1).map(|&width| width as usize),
            None => first(&["/hidden_size", "/dim", "/n_embd", "/d_model"]),
        };
        match described(folder) {
            Ok(told) => {
                self.dim = told.dim.or(width.map(|width| width * told.pooling.len()));
                let positions = first(&["/max_position_embeddings", "/n_positions"]);
                self.max_tokens = if is_static { None } else { told.max_tokens.or(positions) };
                self.pooling = told.pooling;
            }
            Err(Error::Unsupported { problem, .. }) => self.problems.push(problem),
            Err(error) => self.problems.push(error.to_string()),
        }
    }
}
