//! How well models tell the labels of a workspace.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ItemView, Said};

/// Sets to measure by the classes of their items.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EvaluationRequest {
    /// The sets.
    pub sets: Vec<u32>,
    /// What the classes are: `kind`, `file`, `collection`, `tag` or `column:NAME`; `judged` for the answers to “which is nearer?”.
    pub by: String,
    /// Whether every set takes part with its vectors in fewer bytes as well.
    pub fewer: bool,
    /// The most examples of each class in one draw.
    pub examples: u32,
    /// Same seed, same draws.
    pub seed: u32,
}

/// One task, by everyone who took part.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EvaluationView {
    /// Its name, such as "classification" or "retrieval".
    pub task: String,
    /// The name of the file or folder, or what the classes are.
    pub data: String,
    /// What was measured on, in words: "200 items in 8 classes, 100 tested".
    pub size: Said,
    /// How, in a sentence or two.
    pub protocol: Said,
    /// Best first.
    pub results: Vec<MeasuredView>,
    /// Every two of them, the better first.
    pub differences: Vec<DifferenceView>,
    /// Which to take, and why.
    pub recommendation: Option<RecommendationView>,
    /// Where published scores are from, if there are any.
    pub published_note: Option<Said>,
    /// The seed of every random choice.
    pub seed: u32,
}

/// What one set reached.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MeasuredView {
    /// The set; None for data of files.
    pub set: Option<u32>,
    /// Its model, with what is wished of it.
    pub model: String,
    /// Whether that is a baseline.
    pub baseline: bool,
    /// The figures, the main one first.
    pub figures: Vec<FigureView>,
    /// Numbers in a vector; None where there are none.
    pub dim: Option<u32>,
    /// Bytes of a vector as it is kept.
    pub bytes: Option<u32>,
    /// Vectors a second.
    pub items_per_second: Option<f64>,
    /// What others have published of it on this data.
    pub published: Option<f64>,
    /// Where it was most wrong, the worst first; and what it said where others were.
    pub mistakes: Vec<MistakeView>,
}

/// Which model to take.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecommendationView {
    /// The model, as it took part.
    pub model: String,
    /// Each a sentence.
    pub reasons: Vec<Said>,
}

/// An item and two others: which is nearer?
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QuestionView {
    /// The answers before it.
    pub number: u32,
    /// What the others are compared with.
    pub anchor: ItemView,
    /// One of the two.
    pub first: ItemView,
    /// The other.
    pub second: ItemView,
}

/// What was answered.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AnswerRequest {
    /// The question's number.
    pub number: u32,
    /// The item the others were compared with.
    pub anchor: u32,
    /// The nearer one.
    pub near: u32,
    /// The other one.
    pub far: u32,
    /// Whether it could be decided.
    pub decided: bool,
}

/// One number, how far it could be off, and the items behind it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FigureView {
    /// Its name, such as `accuracy`.
    pub name: String,
    /// 0 to 1.
    pub value: f64,
    /// Where it lies in 95 of 100 cases, for the main figure.
    pub range: Option<(f64, f64)>,
    /// The items that lower it.
    pub items: Vec<u32>,
}

/// Items of one class that were taken for another, or a question that was answered wrongly.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MistakeView {
    /// Its place in the data, the same for every model.
    pub row: u32,
    /// What was asked: the question, the sentences, titles of such items.
    pub asked: String,
    /// Their class, or what would have been right.
    pub truth: String,
    /// What they were taken for, or what was found.
    pub found: String,
    /// How wrong that is; of classes, how many a draw on average. 0 or less where it is right.
    pub loss: f64,
    /// The items of the workspace behind it.
    pub items: Vec<u32>,
}

/// How two sets differ in the main figure.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DifferenceView {
    /// The model of the better one.
    pub a: String,
    /// The model of the other.
    pub b: String,
    /// By how much.
    pub value: f64,
    /// Where that lies in 95 of 100 cases.
    pub range: (f64, f64),
    /// Whether that leaves no doubt.
    pub certain: bool,
}
