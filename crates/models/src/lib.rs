//! Embedders: the seam, the architectures behind it, the hub they come from, and the built-in baselines.
//!
//! Deliberately absent: the user's files, projections and the desktop.

pub mod batches;
mod builtin;
pub mod catalogue;
mod clip;
mod device;
mod embedder;
mod error;
mod folder;
pub mod hub;
mod image;
mod layers;
mod load;
mod locate;
mod text;
mod weights;

pub use builtin::builtin;
pub use embedder::{About, Anatomy, Embedder, Input, Kind, Pixels, Pooled, Role, Similarity, Stage};
pub use error::Error;
pub use load::load;
pub use locate::{Folders, Presence, locate, presence};
