//! Numbers only: similarity, neighbours, projections, clusters, and how true the picture of them is.
//!
//! Everything takes `&Vectors` and plain numbers and has one shape: parameters → checked parameters →
//! `run(vectors, progress, cancel)` → result. Same input, parameters and seed give the same result at any thread count.
//! Deliberately absent: files, async, serde, models and the desktop.

pub mod agreement;
pub mod bootstrap;
mod codes;
pub mod compare;
pub mod confusion;
pub mod davies_bouldin;
pub mod dbscan;
mod distances;
mod eigen;
mod error;
pub mod hdbscan;
pub mod health;
pub mod index;
mod kd;
pub mod kmeans;
pub mod layout;
mod lbfgs;
pub mod logistic;
mod metric;
pub mod misplaced;
pub mod mixture;
mod moments;
pub mod neighbours;
pub mod order;
pub mod pairs;
pub mod pca;
pub mod precision;
pub mod procrustes;
pub mod product;
pub mod quality;
pub mod ranks;
pub mod retrieval;
mod sample;
pub mod silhouette;
pub mod similarity;
mod sparse;
mod spectral;
pub mod tsne;
pub mod umap;
pub mod vote;

mod vectors;
mod watch;
mod wide;

pub use error::Error;
pub use metric::Metric;
pub use vectors::Vectors;
pub use watch::{Cancel, Progress, UNWATCHED};
pub use wide::widely;
