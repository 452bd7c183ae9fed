//! What is kept: items, vectors and runs, in one folder that survives a crash at any moment.
//!
//! ```text
//! NAME/
//!   workspace.sqlite     items, collections, which vector stands in which row, runs, words, selections, tags, settings
//!   vectors/SET.f32      one little-endian matrix a set, only ever appended to
//!   runs/RUN-NAME        results too large for a table cell
//!   lock                 held while a program has the workspace open
//! ```
//!
//! Vectors reach the disk before the index says so; what the index does not know is cut off at the next opening.
//! `docs/workspace-format.md` describes it for other programs. Deliberately absent: computing anything, and knowing
//! what a recipe means.

mod compact;
mod disk;
mod error;
#[cfg(all(test, unix))]
mod faults;
mod forget;
mod items;
mod lists;
mod matrix;
mod members;
mod migrate;
mod originals;
mod repair;
mod runs;
mod salvage;
mod schema;
mod sets;
mod settings;
mod texts;
mod verify;
mod workspace;

pub use compact::Usage;
pub use error::Error;
pub use items::{Arrival, Collection, CollectionId, ItemFacts, ItemId, ItemKind, NewItem, Origin, StoredItem};
pub use lists::ListFacts;
pub use repair::{Repair, repair};
pub use runs::{Blob, NewRun, Run, RunId};
pub use sets::{ContentHash, SetFacts, SetHandle, SetId};
pub use verify::{Problem, verify};
pub use workspace::{Workspace, is_workspace};
