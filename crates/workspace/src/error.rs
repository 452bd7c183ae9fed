//! Why the workspace could not be read or written, in one sentence each.

use std::path::{Path, PathBuf};

/// What went wrong with a workspace.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The index could not be read or written.
    #[error("the workspace's index failed: {0}")]
    Index(#[from] rusqlite::Error),
    /// Another program has it open.
    #[error("the workspace {} is open in another program", path.display())]
    InUse {
        /// Its folder.
        path: PathBuf,
    },
    /// It was written by a later version of this program.
    #[error("the workspace {} was made by a newer version of Embedscope", path.display())]
    Newer {
        /// Its folder.
        path: PathBuf,
    },
    /// Something asked for is not there.
    #[error("there is no {what} {id}")]
    NotFound {
        /// "item", "run" or "set".
        what: &'static str,
        /// Its id.
        id: u32,
    },
    /// A vector does not have the set's length.
    #[error("expected vectors of {expected} numbers, found {found}")]
    Dimension {
        /// The set's length.
        expected: usize,
        /// The length handed in.
        found: usize,
    },
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Io { path, source }
    }
}
