//! Two models over the same items.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ItemView;

/// Two sets to compare.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CompareRequest {
    /// The left set.
    pub a: u32,
    /// The right set.
    pub b: u32,
    /// Neighbours looked at.
    pub k: u32,
}

/// What is the same and what changed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ComparisonView {
    /// Items both sets hold; everything below is about those.
    pub items: u32,
    /// Neighbours looked at.
    pub k: u32,
    /// Mean share of neighbours in common, 0 to 1.
    pub overlap: f64,
    /// The same for the 1, 2, … k nearest.
    pub curve: Vec<f64>,
    /// How many items have 0, 1, … k neighbours in common; `k + 1` counts.
    pub histogram: Vec<u32>,
    /// Linear centred kernel alignment, 0 to 1.
    pub cka: f64,
    /// Rank correlation of all distances, −1 to 1.
    pub rsa: f64,
    /// The items whose neighbours changed most.
    pub moved_most: Vec<MovedView>,
    /// What each model costs on this computer, left then right.
    pub models: Vec<ModelCostView>,
}

/// An item whose neighbours changed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MovedView {
    /// The item.
    pub item: ItemView,
    /// Share of neighbours in common.
    pub overlap: f64,
    /// The title of its nearest item on the left.
    pub near_a: String,
    /// The title of its nearest item on the right.
    pub near_b: String,
}

/// What a model costs, measured here.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ModelCostView {
    /// The model.
    pub model: String,
    /// Numbers in a vector.
    pub dim: u32,
    /// Time to load it, once measured.
    pub load_ms: Option<f64>,
    /// Items a second while embedding this workspace, once measured.
    pub items_per_second: Option<f64>,
    /// Growth of this program's memory while it was loaded and embedding, once measured.
    pub memory_mb: Option<f64>,
    /// Bytes of one vector.
    pub vector_bytes: u32,
}
