//! The models known by name: what each is good for, where it lives, and which files it needs.
//!
//! Read from `assets/models.toml`, which is compiled in. Deliberately absent: whether a model's files are on this
//! computer (`locate`) and how they get there (`hub`).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::{Kind, Overrides};

/// One model of the catalogue.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The id used everywhere.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Its repository on the hub, `owner/name`; None for built-in models.
    pub repo: Option<String>,
    /// The branch, tag or commit of the repository.
    #[serde(default = "main")]
    pub revision: String,
    /// What it embeds.
    pub kinds: Vec<Kind>,
    /// Numbers in a vector.
    pub dim: usize,
    /// Megabytes to fetch; 0 for built-in models.
    pub size_mb: f64,
    /// Billions of operations for a text of 100 tokens, or a picture.
    pub gflop: f64,
    /// From 1 to 5: how well it does among models of its kind, coarsely, by published benchmarks.
    pub grade: u8,
    /// Licence of its weights, as an SPDX id.
    pub licence: String,
    /// Languages it reads, as ISO 639-1 codes; empty for any language, or where it reads no text.
    pub languages: Vec<String>,
    /// One sentence: what it is good for.
    pub note: String,
    /// What it is chosen for.
    #[serde(default)]
    pub uses: Vec<Use>,
    /// What is put before texts, where the repository's own files do not say.
    #[serde(default)]
    pub prompts: Prompts,
    /// Whether its licence has to be accepted on the hub before it can be fetched.
    #[serde(default)]
    pub gated: bool,
    /// Whether it is fetched when the program is set up.
    #[serde(default)]
    pub starter: bool,
    /// Whether it is an honest baseline rather than a learned model.
    #[serde(default)]
    pub baseline: bool,
    /// The files without which it cannot be used; none where those that every loader reads are meant.
    #[serde(default)]
    pub files: Vec<File>,
}

/// What a model is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// Finding texts or pictures by a question.
    Search,
    /// Telling how alike two things are.
    Similarity,
    /// Grouping and mapping.
    Clustering,
    /// Sorting into known classes.
    Classification,
    /// Seeing what embedding spaces are like.
    Teaching,
}

impl Use {
    /// Every one, with its name.
    pub const NAMES: [(Self, &'static str); 5] = [
        (Self::Search, "search"),
        (Self::Similarity, "similarity"),
        (Self::Clustering, "clustering"),
        (Self::Classification, "classification"),
        (Self::Teaching, "teaching"),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(known, _)| *known == self).map_or("search", |(_, name)| name)
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(known, _)| *known)
    }
}

/// What is put before a text, by what it is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prompts {
    /// Before something to be found.
    pub document: String,
    /// Before a question.
    pub query: String,
}

/// One file of a model.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its path below the model's folder, with `/` between parts.
    pub path: String,
    /// Its SHA-256 in lower-case hexadecimal, where known.
    pub sha256: Option<String>,
}

impl Entry {
    /// Whether it is part of the program.
    pub fn is_builtin(&self) -> bool {
        self.repo.is_none()
    }
}

/// Every model of the catalogue, in the order it is shown.
pub fn entries() -> &'static [Entry] {
    static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
        let catalogue: Catalogue =
            toml::from_str(include_str!("../../../assets/models.toml")).expect("the catalogue is tested");
        catalogue.model
    });
    &ENTRIES
}

/// The model with this id, or kept in this repository of the hub; what is wished of it behind its name does not count.
pub fn find(id: &str) -> Option<&'static Entry> {
    let (id, _) = Overrides::split(id);
    entries().iter().find(|entry| entry.id == id || entry.repo.as_deref() == Some(id))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    model: Vec<Entry>,
}

fn main() -> String {
    "main".into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_entry_is_whole() {
        let ids: BTreeSet<_> = entries().iter().map(|entry| &entry.id).collect();
        assert_eq!(ids.len(), entries().len(), "two models share an id");
        for entry in entries() {
            assert!(!entry.kinds.is_empty() && entry.dim > 0 && !entry.licence.is_empty(), "{}", entry.id);
            assert!(entry.note.ends_with('.') && !entry.note.contains('\n'), "{}: one sentence", entry.id);
            assert!(!entry.is_builtin() || entry.files.is_empty(), "{}", entry.id);
            assert!(entry.is_builtin() || !entry.uses.is_empty(), "{}", entry.id);
            assert_eq!(entry.is_builtin(), entry.size_mb == 0.0, "{}", entry.id);
            assert!((1..=5).contains(&entry.grade) && entry.gflop >= 0.0, "{}", entry.id);
            for sum in entry.files.iter().filter_map(|file| file.sha256.as_deref()) {
                assert!(sum.len() == 64 && sum.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
            }
        }
    }

    #[test]
    fn there_is_one_starter_and_it_is_found_by_either_name() {
        let starters: Vec<_> = entries().iter().filter(|entry| entry.starter).collect();
        assert_eq!(starters.len(), 1);
        assert_eq!(find("sentence-transformers/all-MiniLM-L6-v2"), Some(starters[0]));
        assert_eq!(find("all-MiniLM-L6-v2"), Some(starters[0]));
        assert_eq!(find("nobody/nothing"), None);
    }
}
