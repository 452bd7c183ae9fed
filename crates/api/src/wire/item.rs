//! Items, their neighbours, and the answers to a search.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Kind, Said};

/// One item, as a card or a row shows it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ItemView {
    /// Its id.
    pub id: u32,
    /// Text or picture.
    pub kind: Kind,
    /// The first words, or the picture's file name.
    pub title: String,
    /// The text, cut to what a card can show; empty for pictures.
    pub text: String,
    /// The file's name below the dropped folder.
    pub file: String,
    /// Where in the file, in words: "page 3, part 2 of 5"; empty for a whole file.
    pub place: Said,
    /// Whether its original is not where it was, or no longer holds it.
    pub lost: bool,
    /// Tags that are on it.
    pub tags: Vec<String>,
    /// Metadata columns.
    pub metadata: Vec<MetadataView>,
}

/// One metadata value.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MetadataView {
    /// The column.
    pub column: String,
    /// The value.
    pub value: String,
}

/// An item and how near it is.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HitView {
    /// The item.
    pub item: ItemView,
    /// Cosine similarity, −1 to 1.
    pub similarity: f64,
}

/// A question to a set.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SearchRequest {
    /// The set searched.
    pub set: u32,
    /// What is looked for.
    pub text: String,
    /// How many answers.
    pub k: u32,
}

/// The answer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SearchView {
    /// Nearest first.
    pub hits: Vec<HitView>,
    /// Items compared.
    pub searched: u32,
    /// Whether all were compared in full, so that none can be missing.
    pub exact: bool,
    /// Half of the items are at least so near.
    pub typical: Option<f64>,
    /// Time for embedding the question and comparing.
    pub elapsed_ms: f64,
}

/// What happens to a text on its way to a vector.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ExplainView {
    /// The tokens, special ones included.
    pub tokens: Vec<String>,
    /// Their ids.
    pub ids: Vec<u32>,
    /// Tokens cut off at the end.
    pub cut: u32,
    /// Each stage and the shape of what it hands on.
    pub stages: Vec<StageView>,
    /// Length of the vector before normalising.
    pub norm: f64,
}

/// One stage of the way.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StageView {
    /// Its name.
    pub name: Said,
    /// Its shape.
    pub shape: Vec<u32>,
}
