//! Clusters of a set: how they are found and in which layers they are shown.
//!
//! Deliberately absent: whose they are and their names; items are coloured by them as by any field.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Said;

/// Clusters to be found.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ClusterRequest {
    /// The set.
    pub set: u32,
    /// How.
    pub finding: Finding,
    /// The map on whose places they are found; None for the vectors.
    pub map: Option<u32>,
    /// Same seed, same clusters.
    pub seed: u32,
}

/// A way to find clusters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "method", rename_all = "lowercase")]
#[ts(export)]
pub enum Finding {
    /// k-means.
    Kmeans {
        /// How many clusters; None for the number that stands apart best.
        k: Option<u32>,
    },
    /// HDBSCAN, in layers from fine to coarse.
    Hdbscan {
        /// Items of the smallest cluster.
        least: u32,
    },
    /// DBSCAN on a map, in layers from fine to coarse.
    Dbscan {
        /// Items within reach, itself included, that make an item dense.
        points: u32,
    },
    /// A mixture of Gaussians.
    Mixture {
        /// How many clusters.
        k: u32,
    },
}

/// The clusters of a set.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ClustersView {
    /// The run that found them.
    pub run: u32,
    /// How they were found, in words: "HDBSCAN, 5 or more together · on t-SNE · seed 42".
    pub how: Said,
    /// From fine to coarse; one, unless the way gives several.
    pub layers: Vec<LayerView>,
    /// The one that is shown.
    pub shown: u32,
}

/// One layer of clusters.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LayerView {
    /// Items of its smallest cluster, where that was said.
    pub least: Option<u32>,
    /// How far its items reach, as a share of the map's longest side, where that was said.
    pub reach: Option<f64>,
    /// How many clusters.
    pub clusters: u32,
    /// Items in none.
    pub loose: u32,
    /// How well they stand apart, −1 to 1; None for a single one.
    pub silhouette: Option<f64>,
}
