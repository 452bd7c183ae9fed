//! Maps: projections of a set, and what they are coloured by.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Said;

/// How vectors become places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Method {
    /// Principal components.
    Pca,
    /// t-distributed stochastic neighbour embedding.
    Tsne,
    /// Uniform manifold approximation and projection.
    Umap,
    /// Made elsewhere; the vectors are the places.
    Given,
}

/// One map.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MapView {
    /// Its id.
    pub id: u32,
    /// The set it shows.
    pub set: u32,
    /// How it was made.
    pub method: Method,
    /// 2 or 3.
    pub dims: u32,
    /// Its parameters in words: "perplexity 30 · seed 42".
    pub parameters: Said,
    /// Items on it.
    pub rows: u32,
    /// Steps made and planned; 0 of 0 where there are none.
    pub iteration: u32,
    /// Steps planned.
    pub iterations: u32,
    /// Whether it is being laid out.
    pub running: bool,
    /// Whether that rests.
    pub paused: bool,
    /// The parameters that can be changed while it moves; None of a map that is made without steps.
    pub steering: Option<SteeringView>,
    /// Whether every neighbour counts alike (t-SNE).
    pub uniform: bool,
    /// Trustworthiness of the finished map, 0 to 1, with k = 15.
    pub trustworthiness: Option<f64>,
    /// The same for what is near in the full space and not on the map.
    pub continuity: Option<f64>,
    /// The share of neighbours in the full space that are neighbours on the map.
    pub neighbours_kept: Option<f64>,
    /// Rank correlation of distances on the map and in the full space, −1 to 1 (Shepard).
    pub shepard: Option<f64>,
    /// Share of the variance the axes hold (PCA).
    pub explained_variance: Option<f64>,
    /// The same for each axis; empty where axes mean nothing.
    pub axis_variance: Vec<f64>,
}

/// A map to be laid out.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProjectRequest {
    /// The set.
    pub set: u32,
    /// How.
    pub method: Method,
    /// 2 or 3; None for 2.
    pub dims: Option<u32>,
    /// The set on whose map of this method the layout begins, so that both can be laid side by side.
    pub like: Option<u32>,
    /// t-SNE's perplexity.
    pub perplexity: Option<f64>,
    /// Whether every neighbour counts alike (t-SNE): fast, and nearly the same map.
    pub uniform: Option<bool>,
    /// t-SNE's steps.
    pub iterations: Option<u32>,
    /// Rows of a neighbourhood (UMAP).
    pub neighbours: Option<u32>,
    /// How near points may come to each other (UMAP), from 0.
    pub min_dist: Option<f64>,
    /// Same seed, same picture.
    pub seed: u32,
}

/// What a run is steered by, as it is now.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SteeringView {
    /// Factor of attraction (t-SNE).
    pub exaggeration: Option<f64>,
    /// About how many neighbours count (t-SNE).
    pub perplexity: Option<f64>,
    /// Rows of a neighbourhood (UMAP).
    pub neighbours: Option<u32>,
    /// How near points may come to each other (UMAP).
    pub min_dist: Option<f64>,
    /// Same seed, same picture.
    pub seed: u32,
}

/// What is to be changed of a map while it moves; null leaves a parameter as it is.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SteerRequest {
    /// The map.
    pub map: u32,
    /// Factor of attraction (t-SNE), 0.1 to 100; counts from the next step on.
    pub exaggeration: Option<f64>,
    /// About how many neighbours count (t-SNE); the run begins again from the layout as it is.
    pub perplexity: Option<f64>,
    /// Rows of a neighbourhood (UMAP); the run begins again from the layout as it is.
    pub neighbours: Option<u32>,
    /// How near points may come to each other (UMAP); counts from the next step on.
    pub min_dist: Option<f64>,
    /// The run begins again from the principal components.
    pub seed: Option<u32>,
}

/// A closed line drawn on a map; what lies inside is selected.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LassoRequest {
    /// The map.
    pub map: u32,
    /// x, y, x, y … in a flat map's own coordinates; on the screen, −1 to 1, where the map has three dimensions.
    pub polygon: Vec<f32>,
    /// From the coordinates of a map of three dimensions to the screen: 4 × 4, column after column.
    pub matrix: Option<Vec<f32>>,
}

/// One colour class; the class of every row travels as a frame.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ClassView {
    /// The label: a cluster's words, a kind, a file, a value.
    pub label: String,
    /// Items in it.
    pub count: u32,
}
