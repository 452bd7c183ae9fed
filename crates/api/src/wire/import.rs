//! From dropped files to the start of work: the plan and what the user chose.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Kind;

/// What was found in the dropped files; nothing heavy has begun.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlanView {
    /// Named when starting.
    pub id: u32,
    /// The dropped folder's or file's name.
    pub name: String,
    /// What was found, by format, largest first.
    pub groups: Vec<PlanGroup>,
    /// What will not be imported, and why.
    pub skipped: Vec<SkippedView>,
    /// Tables whose text column the user may choose.
    pub tables: Vec<TableView>,
    /// One proposed model for each kind that was found.
    pub models: Vec<PlanModel>,
    /// How long texts are cut, in words.
    pub cut: String,
    /// Expected time for everything, where speeds are known.
    pub estimate_ms: Option<f64>,
}

/// Files of one format.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlanGroup {
    /// The format in words: "PDF documents".
    pub title: String,
    /// What it will become.
    pub kind: Kind,
    /// How many files.
    pub files: u32,
    /// Their size.
    pub bytes: f64,
}

/// A file that gives nothing.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SkippedView {
    /// Its name below the dropped folder.
    pub name: String,
    /// Why, as one clause.
    pub reason: String,
}

/// A table found in the plan.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TableView {
    /// Its name below the dropped folder.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The column that looks like the text.
    pub text_column: Option<String>,
    /// What it seems to be, in words: rows, columns of pictures, vectors and classes, how it is written.
    pub said: String,
}

/// The model proposed for one kind.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlanModel {
    /// The kind.
    pub kind: Kind,
    /// The proposal.
    pub model: String,
    /// Every model of the catalogue that embeds this kind, the proposal among them.
    pub choices: Vec<String>,
}

/// What the user chose before pressing Start.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ImportRequest {
    /// The plan.
    pub plan: u32,
    /// The models to embed with; a kind without one is imported and not embedded.
    pub models: Vec<String>,
    /// Text columns chosen for tables.
    pub text_columns: Vec<TextColumn>,
}

/// The text column chosen for one table.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TextColumn {
    /// The table's name in the plan.
    pub table: String,
    /// The column.
    pub column: String,
}
