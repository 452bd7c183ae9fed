//! How well models tell the labels of a workspace.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Sets to measure by the classes of their items.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EvaluationRequest {
    /// The sets.
    pub sets: Vec<u32>,
    /// What the classes are: `kind`, `file`, `collection` or `column:NAME`.
    pub by: String,
    /// The most examples of each class in one draw.
    pub examples: u32,
    /// Same seed, same draws.
    pub seed: u32,
}

/// One task, by everyone who took part.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EvaluationView {
    /// "classification" or "clustering".
    pub task: String,
    /// What was measured on, in words: "200 items in 8 classes, 100 tested".
    pub size: String,
    /// How, in a sentence or two.
    pub protocol: String,
    /// Best first.
    pub results: Vec<MeasuredView>,
    /// Every two of them, the better first.
    pub differences: Vec<DifferenceView>,
    /// The seed of every random choice.
    pub seed: u32,
}

/// What one set reached.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MeasuredView {
    /// The set.
    pub set: u32,
    /// Its model.
    pub model: String,
    /// Whether that is a baseline.
    pub baseline: bool,
    /// The figures, the main one first.
    pub figures: Vec<FigureView>,
    /// Which class was taken for which, the most frequent first.
    pub mistakes: Vec<MistakeView>,
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

/// Items of one class that were taken for another.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MistakeView {
    /// Their class.
    pub truth: String,
    /// What they were taken for.
    pub found: String,
    /// How many a draw, on average.
    pub count: f64,
    /// The items it ever happened to.
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
