//! What a repository holds, and which of it a model needs.
//!
//! Deliberately absent: weights in other formats (pickle, ONNX, TensorFlow) and half-precision doubles.

use serde::Deserialize;

use crate::catalogue::File;

/// What the hub says of a repository at one commit.
#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    /// The commit.
    pub sha: String,
    pub siblings: Vec<Sibling>,
}

/// One file of a repository. Mirrors may leave out all but its name.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Sibling {
    #[serde(rename = "rfilename")]
    pub path: String,
    pub size: Option<u64>,
    /// Git's name of its content.
    #[serde(rename = "blobId")]
    blob_id: Option<String>,
    lfs: Option<Lfs>,
}

#[derive(Clone, Debug, Deserialize)]
struct Lfs {
    sha256: String,
}

impl Sibling {
    pub(super) fn sha256(&self) -> Option<&str> {
        self.lfs.as_ref().map(|lfs| lfs.sha256.as_str())
    }

    /// Git's name of its content, where the repository itself holds it and not a pointer to it.
    pub(super) fn git(&self) -> Option<&str> {
        self.blob_id.as_deref().filter(|_| self.lfs.is_none())
    }

    /// The name of its content in the cache.
    pub(super) fn etag(&self) -> Option<&str> {
        self.sha256().or(self.blob_id.as_deref())
    }
}

/// The files to fetch, weights last: those the catalogue wants, or all that a loader could ask for. In words what is
/// missing, where something is.
pub(super) fn choose(listing: &Listing, wanted: Option<&[File]>) -> Result<Vec<Sibling>, String> {
    let mut chosen = match wanted {
        Some(files) => {
            let find = |file: &File| {
                let found = listing.siblings.iter().find(|sibling| sibling.path == file.path).cloned();
                found.ok_or_else(|| format!("its repository has no {}", file.path))
            };
            files.iter().map(find).collect::<Result<Vec<_>, _>>()?
        }
        None => listing.siblings.iter().filter(|sibling| is_needed(&sibling.path)).cloned().collect(),
    };
    if !chosen.iter().any(|sibling| is_weights(&sibling.path)) {
        return Err("its repository has no weights in the safetensors format".into());
    }
    chosen.sort_by(|a, b| is_weights(&a.path).cmp(&is_weights(&b.path)).then_with(|| a.path.cmp(&b.path)));
    Ok(chosen)
}

fn is_weights(path: &str) -> bool {
    path.ends_with(".safetensors")
}

/// Settings, tokenizers and weights at the top and in the folders of sentence-transformers modules (`1_Pooling`).
fn is_needed(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_module = folder.split_once('_').is_some_and(|(number, module)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && !module.contains(['/', '\\'])
    });
    let is_kind = name.ends_with(".json")
        || matches!(name, "vocab.txt" | "merges.txt" | "model.safetensors")
        || name.starts_with("model-") && name.contains("-of-") && is_weights(name);
    (folder.is_empty() || is_module) && is_kind && !name.contains(['\\', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(paths: &[&str]) -> Listing {
        let sibling = |path: &&str| Sibling { path: (*path).into(), size: None, blob_id: None, lfs: None };
        Listing { sha: "c0ffee".into(), siblings: paths.iter().map(sibling).collect() }
    }

    fn paths(chosen: Vec<Sibling>) -> Vec<String> {
        chosen.into_iter().map(|sibling| sibling.path).collect()
    }

    #[test]
    fn only_what_a_loader_reads_is_fetched_and_weights_come_last() {
        let listing = listing(&[
            "model.safetensors",
            "2_Dense/model.safetensors",
            "README.md",
            "1_Pooling/config.json",
            "config.json",
            "onnx/model.onnx",
            "onnx/config.json",
            "pytorch_model.bin",
            "model.fp16.safetensors",
            "vocab.txt",
            "1_x/../../config.json",
            "../config.json",
        ]);
        let chosen = paths(choose(&listing, None).expect("weights"));
        assert_eq!(
            chosen,
            ["1_Pooling/config.json", "config.json", "vocab.txt", "2_Dense/model.safetensors", "model.safetensors"]
        );
    }

    #[test]
    fn weights_in_several_files_are_taken_together() {
        let listing = listing(&["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "config.json"]);
        assert_eq!(choose(&listing, None).expect("weights").len(), 3);
    }

    #[test]
    fn what_is_missing_is_named() {
        let wanted = [File { path: "tokenizer.json".into(), sha256: None }];
        let missing = choose(&listing(&["model.safetensors"]), Some(&wanted)).expect_err("no tokenizer");
        assert!(missing.contains("tokenizer.json"));
        assert!(choose(&listing(&["pytorch_model.bin", "config.json"]), None).is_err());
    }
}
