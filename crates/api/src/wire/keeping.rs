//! The workspace as it is kept: where, how large, what was computed in it, and getting out of it what is in it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ErrorView, Items, Said};

/// Where the open workspace is kept, and how much room it takes, in bytes.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KeepingView {
    /// Where, in words: "in the folder Documents".
    pub place: Said,
    /// Items, their words, and all that is said of them.
    pub index: f64,
    /// Vectors that some item has.
    pub vectors: f64,
    /// Vectors that no item has any more.
    pub dead_vectors: f64,
    /// Layouts, clusters and other results.
    pub results: f64,
    /// What was pasted.
    pub pasted: f64,
    /// Copies kept before the index was brought forward or mended.
    pub copies: f64,
    /// Files that items came from and that are not where they were.
    pub lost_originals: u32,
}

/// What was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum RunKind {
    /// Files were read.
    Import,
    /// Items were embedded.
    Embedding,
    /// Ready vectors were taken in.
    Vectors,
    /// Groups were found.
    Clusters,
    /// A map was laid out.
    Map,
    /// Models were measured by labels.
    Evaluation,
    /// Models were timed.
    Speed,
}

/// One recorded computation.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RunView {
    /// Its id.
    pub id: u32,
    /// What was computed.
    pub kind: RunKind,
    /// What it did, in a word or two: "t-SNE".
    pub title: Said,
    /// The model, where one set is concerned.
    pub model: Option<String>,
    /// The map that shows it now.
    pub map: Option<u32>,
    /// Its parameters in words: "perplexity 30 · seed 42".
    pub parameters: Said,
    /// What came out, in words.
    pub result: Said,
    /// Where it was computed, in words.
    pub device: Said,
    /// The version of this program that computed it.
    pub app: String,
    /// When it began, in milliseconds since 1970.
    pub started_ms: f64,
    /// How long it took.
    pub elapsed_ms: f64,
    /// Whether it can be done again by one click.
    pub repeatable: bool,
}

/// Whether all is as it was written.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CheckView {
    /// What is wrong, a sentence each; empty where all is well.
    pub problems: Vec<Said>,
}

/// What was mended.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MendView {
    /// What was done, a sentence each.
    pub done: Vec<Said>,
    /// What is still wrong, a sentence each.
    pub left: Vec<Said>,
}

/// As what items are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum ExportFormat {
    /// One table.
    Parquet,
    /// One table in Arrow's file format.
    Arrow,
    /// One table of text.
    Csv,
    /// A folder of NumPy arrays and JSON lines.
    Npy,
    /// One file of tensors, and JSON lines beside it.
    Safetensors,
    /// A folder that the TensorBoard projector opens.
    Projector,
    /// One page that works offline.
    Html,
    /// A folder of copies of the files the items came from, and JSON lines.
    Originals,
}

/// What to write for other programs; where is asked by the system's own dialogue.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ExportRequest {
    /// As what.
    pub format: ExportFormat,
    /// The set whose items are written; None for all items, without vectors.
    pub set: Option<u32>,
    /// The map whose places are written.
    pub map: Option<u32>,
    /// Only these items.
    pub items: Option<Items>,
    /// Whether vectors are written.
    pub vectors: bool,
    /// Whether places on the map are written.
    pub layout: bool,
    /// Whether clusters are written.
    pub clusters: bool,
    /// Whether tags are written.
    pub tags: bool,
}

/// What the system's own file browser is to show.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "lowercase")]
#[ts(export)]
pub enum Shown {
    /// The workspace.
    Workspace,
    /// What a job wrote.
    Job {
        /// The job.
        job: u32,
    },
    /// The diagnostic bundle that was written last.
    Diagnosis,
    /// The figure that was written last.
    Figure,
    /// The evaluation that was written last.
    Evaluation,
    /// The log.
    Log,
}

/// As what items are put on the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum CopyAs {
    /// Their texts, a line apart.
    Text,
    /// A table of all that is known of them but their vectors.
    Csv,
}

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Theme {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A workspace that was opened before.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecentView {
    /// Named when opening; good until the program ends.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Where, in words.
    pub place: Said,
    /// Whether it is there.
    pub here: bool,
    /// Whether it is the one that is open.
    pub current: bool,
}

/// Why a workspace is not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RefusedReason {
    /// Another window has it open; it can be opened for reading.
    InUse,
    /// It is damaged; it can be mended.
    Damaged,
    /// Anything else.
    Other,
}

/// A workspace that was to be opened and could not be.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RefusedView {
    /// Its name.
    pub name: String,
    /// Where, in words.
    pub place: Said,
    /// Why.
    pub reason: RefusedReason,
    /// The same in words, and what to do.
    pub error: ErrorView,
}

/// What became of opening a workspace; where it is open, the page begins anew.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OpeningView {
    /// Why it is not open; what was open before stays so.
    pub refused: Option<RefusedView>,
}
