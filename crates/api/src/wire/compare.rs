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
    /// What remains after the best shift, turn and scale, 0 (same shape) to 1.
    pub procrustes: f64,
    /// The items whose neighbours changed most.
    pub moved_most: Vec<MovedView>,
    /// The left set's groups, the most changed first; empty where it has none yet.
    pub groups: Vec<MovedGroupView>,
    /// What each model costs on this computer, left then right.
    pub models: Vec<ModelCostView>,
}

/// An item whose neighbours changed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MovedView {
    /// The item; a picture with a caption is titled by that.
    pub item: ItemView,
    /// Share of neighbours in common.
    pub overlap: f64,
    /// What its nearest item on the left goes by.
    pub near_a: String,
    /// What its nearest item on the right goes by.
    pub near_b: String,
}

/// A group of the left set and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MovedGroupView {
    /// Its words.
    pub name: String,
    /// How many of its items both sets show.
    pub items: u32,
    /// Mean share of neighbours in common.
    pub overlap: f64,
    /// The other group that its items are near to on the left.
    pub near_a: Option<String>,
    /// The group, of the left ones, that they are near to on the right.
    pub near_b: Option<String>,
    /// The right set's groups that it fell apart into; empty where one holds most of it.
    pub parts: Vec<String>,
    /// The items of it whose neighbours changed most.
    pub examples: Vec<MovedView>,
}

/// The state of one space, over the items compared.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HealthView {
    /// Mean cosine of all pairs: near 1 when all point the same way.
    pub anisotropy: f64,
    /// As how many equally used dimensions it behaves.
    pub effective_rank: f64,
    /// Skewness of how often an item is among the nearest of others.
    pub hubness_skew: f64,
    /// Mean length of a vector.
    pub norm_mean: f64,
}

/// What moving the workspace to a model takes.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MoveView {
    /// The model.
    pub model: String,
    /// Its set, where it has one.
    pub set: Option<u32>,
    /// Items it can embed.
    pub items: u32,
    /// How many of them its set lacks.
    pub missing: u32,
    /// How long embedding these takes, by speed measured here.
    pub seconds: Option<f64>,
    /// Room on the disk for the whole set.
    pub bytes: Option<f64>,
    /// Megabytes to fetch first.
    pub fetch_mb: u32,
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
    /// The state of its space.
    pub health: HealthView,
}
