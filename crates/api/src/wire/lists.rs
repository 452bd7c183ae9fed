//! Selections that have a name, tags, and what sets some items apart from the rest.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Items;

/// A named list of items: a selection or a tag.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ListView {
    /// Its name.
    pub name: String,
    /// How many items are on it.
    pub items: u32,
}

/// A tag to be put on items or taken off.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TagRequest {
    /// The tag.
    pub tag: String,
    /// The items.
    pub items: Items,
    /// Whether they have it afterwards.
    pub on: bool,
}

/// Items to be compared with others.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SpecialRequest {
    /// The items.
    pub items: Items,
    /// What they are compared with, as far as it is not among them; null for all others.
    pub against: Option<Items>,
    /// The set whose clusters are compared.
    pub set: Option<u32>,
}

/// A word or value that more of the chosen items have than of the others.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MarkView {
    /// `text` for a word, else the field.
    pub field: String,
    /// The word or value.
    pub value: String,
    /// The share of the chosen items that have it, 0 to 1.
    pub here: f64,
    /// The share of the others that do.
    pub elsewhere: f64,
}

/// An amount that is otherwise among the chosen items.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ShiftView {
    /// The field.
    pub field: String,
    /// Whether the amounts are dates, in seconds since 1970.
    pub dates: bool,
    /// The median of the chosen items.
    pub here: f64,
    /// The median of the others.
    pub elsewhere: f64,
}

/// What is special about some items.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SpecialView {
    /// Words, the most telling first.
    pub words: Vec<MarkView>,
    /// Values, the surest first.
    pub values: Vec<MarkView>,
    /// Amounts, the widest apart first.
    pub amounts: Vec<ShiftView>,
    /// Items compared.
    pub here: u32,
    /// With how many others.
    pub elsewhere: u32,
}
