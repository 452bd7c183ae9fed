//! Numbers only: similarity, neighbours, projections, clusters, and how true the picture of them is.
//!
//! Everything takes `&Vectors` and plain numbers and has one shape: parameters → checked parameters →
//! `run(vectors, progress, cancel)` → result. Same input, parameters and seed give the same result at any thread count.
//! Deliberately absent: files, async, serde, models and the desktop.

pub mod compare;
pub mod dbscan;
mod distances;
mod eigen;
mod error;
pub mod health;
pub mod kmeans;
mod metric;
mod moments;
pub mod neighbours;
pub mod order;
pub mod pca;
pub mod procrustes;
pub mod product;
pub mod quality;
mod ranks;
mod sample;
pub mod silhouette;
pub mod similarity;
pub mod tsne;
mod vectors;
mod watch;

pub use error::Error;
pub use metric::Metric;
pub use vectors::Vectors;
pub use watch::{Cancel, Progress, UNWATCHED};
