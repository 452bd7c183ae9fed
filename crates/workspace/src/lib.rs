//! What is kept: items, vectors and runs, in one folder that survives a crash at any moment.
//!
//! ```text
//! NAME/
//!   workspace.sqlite     items, collections, which vector stands in which row, runs
//!   vectors/SET.f32      one little-endian matrix a set, only ever appended to
//!   runs/RUN-NAME        results too large for a table cell
//!   lock                 held while a program has the workspace open
//! ```
//!
//! Vectors reach the disk before the index says so; what the index does not know is cut off at the next opening.
//! Deliberately absent: computing anything, and knowing what a recipe means.

mod error;
mod items;
mod matrix;
mod runs;
mod schema;
mod sets;
mod workspace;

pub use error::Error;
pub use items::{Collection, CollectionId, ItemId, ItemKind, NewItem, Origin, StoredItem};
pub use runs::{NewRun, Run, RunId};
pub use sets::{ContentHash, SetFacts, SetHandle, SetId};
pub use workspace::Workspace;
