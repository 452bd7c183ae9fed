//! Reading what users drop: every file becomes items, or a reason why not.
//!
//! Deliberately absent: models, storage and the desktop.

mod charset;
pub mod cut;
mod format;
mod guard;
pub mod hash;
mod inside;
mod item;
mod limits;
pub mod picture;
mod preprocess;
mod prose;
pub mod read;
pub mod scan;
mod subject;
pub mod table;
mod xml;

pub use inside::Tile;
pub use item::{Content, Draft, Format, Origin, Reason};
pub use limits::Limits;
pub use preprocess::Preprocessing;
pub use subject::subject;
