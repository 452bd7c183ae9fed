//! Embedders: the seam, the architectures behind it, the hub they come from, and the built-in baselines.
//!
//! Deliberately absent: the user's files, projections and the desktop.

pub mod batches;
mod builtin;
pub mod catalogue;
mod check;
mod checked;
mod clip;
mod combine;
mod device;
mod elsewhere;
mod embedder;
mod error;
mod folder;
mod house;
pub mod hub;
mod image;
mod layers;
mod load;
mod locate;
mod long;
mod memory;
mod overrides;
mod program;
pub mod recommend;
pub mod remote;
mod rerank;
mod shaped;
mod sheltered;
mod siglip;
mod sums;
mod text;
mod towers;
mod weights;

pub use builtin::builtin;
pub use combine::{Fuse, Pool};
pub use elsewhere::{Elsewhere, ModelFolder};
pub use embedder::{About, Anatomy, Embedder, Input, Kind, Pixels, Pooled, Role, Similarity, Stage};
pub use error::Error;
pub use house::{House, serve};
pub use load::{load, load_folder, load_in, load_reranker};
pub use locate::{Folders, Presence, locate, presence};
pub use long::Long;
pub use memory::Memory;
pub use overrides::{Overrides, Precision};
pub use program::Program;
pub use rerank::Reranker;
