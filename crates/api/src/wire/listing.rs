//! What a table shows: items in an order, as far as they pass some tests.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the value of a field must be.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "test", rename_all = "lowercase")]
#[ts(export)]
pub enum TestView {
    /// It holds these words or letters.
    Holds {
        /// The words, as they are typed.
        words: String,
    },
    /// It is one of these.
    Is {
        /// The values.
        values: Vec<String>,
    },
    /// It is a number or a date within bounds, both included.
    Between {
        /// The least, as it is typed.
        from: Option<String>,
        /// The most, as it is typed.
        to: Option<String>,
    },
}

/// A field and what its value must be.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FilterView {
    /// `text`, `kind`, `file`, `collection`, `tag`, `cluster` or `column:NAME`.
    pub field: String,
    /// What it must be.
    pub is: TestView,
}

/// The order of a table.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SortView {
    /// The field.
    pub field: String,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// Which items are listed, and how; the answer is a frame of their ids, whose rows are asked for as they come into sight.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ListingRequest {
    /// All of these must hold.
    pub filters: Vec<FilterView>,
    /// None for the order of arrival.
    pub sort: Option<SortView>,
    /// The set whose clusters are meant.
    pub set: Option<u32>,
}
