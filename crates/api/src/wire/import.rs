//! From dropped files to the start of work: the plan and what the user chose.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Kind, Said};

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
    /// Tables whose columns the user may choose.
    pub tables: Vec<TableView>,
    /// Folders that hold files, by name.
    pub folders: Vec<FolderView>,
    /// The names of files of equal content, a list for each content.
    pub duplicates: Vec<Vec<String>>,
    /// Files that gave items before; what they hold is not added twice.
    pub known: u32,
    /// Files that gave items before and are no longer where they were.
    pub vanished: u32,
    /// One proposed model for each kind that was found.
    pub models: Vec<PlanModel>,
    /// Whether what was dropped are folders, which can be watched.
    pub can_watch: bool,
    /// What is usual for every unit texts can be cut by; the first is proposed.
    pub cuts: Vec<CutView>,
}

/// Files of one format.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlanGroup {
    /// The format in words: "PDF documents".
    pub title: Said,
    /// What it will become.
    pub kind: Kind,
    /// How many files.
    pub files: u32,
    /// Their size.
    pub bytes: f64,
}

/// A folder that holds files.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FolderView {
    /// Its own name.
    pub name: String,
    /// How many files lie in it.
    pub files: u32,
}

/// A file that gives nothing.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SkippedView {
    /// Its name below the dropped folder.
    pub name: String,
    /// Why, as one clause.
    pub reason: Said,
}

/// A table found in the plan.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TableView {
    /// Its name below the dropped folder.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// What the columns seem to be for; null where none seems to.
    pub guess: RolesView,
    /// What can be a vector: columns of lists, numbered columns as `PREFIX*`, all numbers as `*`.
    pub vectors: Vec<String>,
    /// All tables of the file, where it may hold several.
    pub others: Vec<String>,
    /// The file whose vectors its rows describe; then its columns are not chosen.
    pub describes: Option<String>,
    /// Its first rows, long cells shortened.
    pub head: Vec<Vec<String>>,
    /// What it seems to be, in words: rows, and how it is written.
    pub said: Said,
}

/// What the columns of a table are for, by name. In an answer null says that none is; in a request null leaves it to the
/// guess, and an empty name says that none is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RolesView {
    /// The text.
    pub text: Option<String>,
    /// The name of a picture's file.
    pub image: Option<String>,
    /// What names the row; in an answer only a suggestion.
    pub id: Option<String>,
    /// Its class; in an answer only a suggestion.
    pub label: Option<String>,
    /// Its vector: a column or a pattern.
    pub vector: Option<String>,
    /// The table itself, where a file holds several.
    pub table: Option<String>,
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

/// What texts are cut by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Unit {
    /// Words.
    Words,
    /// The tokens of the first chosen model that reads texts.
    Tokens,
    /// Sentences.
    Sentences,
    /// Headings; sections longer than the size are cut by words.
    Headings,
    /// Lines: each is an item.
    Lines,
    /// Nothing: texts stay whole.
    None,
}

/// How texts are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CutView {
    /// What is counted.
    pub unit: Unit,
    /// The most of these in a chunk.
    pub size: u32,
    /// How many of these a chunk repeats from the one before; less than the size.
    pub overlap: u32,
}

/// What is done to texts before they are embedded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreprocessingView {
    /// Letters become small ones.
    pub lower_case: bool,
    /// Runs of white space become one space.
    pub white_space: bool,
    /// Only the first chunk of each text is kept.
    pub truncate: bool,
}

/// What the user chose before pressing Start.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ImportRequest {
    /// The plan.
    pub plan: u32,
    /// The models to embed with; a kind without one is imported and not embedded.
    pub models: Vec<String>,
    /// Columns chosen for tables; a table that is not named is guessed.
    pub columns: Vec<ColumnsChoice>,
    /// How texts are cut.
    pub cut: CutView,
    /// What is done to texts.
    pub preprocessing: PreprocessingView,
    /// Whether the name of its folder is the label of what has none.
    pub folder_labels: bool,
    /// How pictures that are sheets of smaller ones are cut; null where each is one picture.
    pub tile: Option<TileView>,
    /// Whether the dropped folders are watched from now on.
    pub watch: bool,
}

/// How large each picture of a sheet is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TileView {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// The columns chosen for one table.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ColumnsChoice {
    /// The table's name in the plan.
    pub name: String,
    /// The columns.
    pub roles: RolesView,
}

/// Asks what an import would make.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewRequest {
    /// The import as it would be started.
    pub import: ImportRequest,
    /// The file on whose text the cut is shown; null for the longest text.
    pub file: Option<String>,
}

/// What an import would make.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewView {
    /// The files whose texts the cut can be shown on.
    pub texts: Vec<String>,
    /// The cut, shown on the beginning of one of them; null where there is no text.
    pub shown: Option<ShownCutView>,
    /// How many texts there will be, each chunk one.
    pub items: EstimateView,
    /// How many pictures there are.
    pub pictures: u32,
    /// How many items bring their vector with them.
    pub vectors: u32,
    /// Time for embedding everything with the chosen models, where their speed is known.
    pub estimate_ms: Option<f64>,
}

/// A number that was not counted but estimated.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EstimateView {
    /// The number.
    pub count: f64,
    /// Twice its standard error; 0 where everything was counted, null where the error is not known.
    pub error: Option<f64>,
}

/// A cut, shown on the beginning of one text.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ShownCutView {
    /// The file.
    pub file: String,
    /// Where in the file, in words: "page 3"; empty for a whole file.
    pub place: Said,
    /// The text in order, parted wherever a chunk begins or ends.
    pub spans: Vec<SpanView>,
    /// The chunks that begin in it.
    pub chunks: Vec<ChunkView>,
    /// Whether the text goes on.
    pub goes_on: bool,
    /// The model whose tokens were counted; null where tokens are estimated as words and marks.
    pub counted_by: Option<String>,
    /// The most tokens that model reads of a text.
    pub max_tokens: Option<u32>,
}

/// A part of a text that the same chunks hold.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SpanView {
    /// Its words.
    pub text: String,
    /// The first chunk that holds it, from 0.
    pub first: u32,
    /// How many hold it, one after another: 0 between chunks, 2 or more where they overlap.
    pub chunks: u32,
}

/// A chunk as a model sees it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChunkView {
    /// Its tokens, where a model counts them.
    pub tokens: Option<u32>,
    /// How many of them the model does not read.
    pub lost: u32,
}
