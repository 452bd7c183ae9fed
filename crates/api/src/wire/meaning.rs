//! Meanings as directions: sums of things, and axes between them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A thing that has a vector.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "lowercase")]
#[ts(export)]
pub enum ThingView {
    /// An item of the set.
    Item {
        /// Its id.
        item: u32,
    },
    /// Words.
    Words {
        /// The words.
        words: String,
    },
}

/// Things to be added up and taken away.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReckonRequest {
    /// The set.
    pub set: u32,
    /// What is added.
    pub plus: Vec<ThingView>,
    /// What is taken away.
    pub minus: Vec<ThingView>,
    /// How many answers.
    pub k: u32,
}

/// A direction, from one thing to another.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AxisView {
    /// What is at −1.
    pub from: ThingView,
    /// What is at 1.
    pub to: ThingView,
}

/// Axes to lay a set out along.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SpreadRequest {
    /// The set.
    pub set: u32,
    /// From left to right.
    pub x: AxisView,
    /// From the bottom to the top; None for the direction in which the rest varies most.
    pub y: Option<AxisView>,
}
