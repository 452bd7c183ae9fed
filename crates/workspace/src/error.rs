//! Why the workspace could not be read or written, in one sentence each.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

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
    Index(rusqlite::Error),
    /// Another program has it open.
    #[error(
        "the workspace {} is open in another program; close it there, or open it here for reading only",
        path.display()
    )]
    InUse {
        /// Its folder.
        path: PathBuf,
    },
    /// It was opened for reading, or lies where nothing may be written.
    #[error("the workspace is open for reading only; nothing was changed")]
    ReadOnly,
    /// There is no space left.
    #[error("the disk is full; what was kept before is safe, make some room and try again")]
    Full,
    /// A workspace was to be made among somebody's files.
    #[error("{} holds other files; name a new or empty folder for the workspace", path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// There is no workspace in a folder that was to be read.
    #[error("there is no workspace in {}", path.display())]
    Absent {
        /// The folder.
        path: PathBuf,
    },
    /// It was written by a later version of this program.
    #[error("the workspace {} was made by a newer version of Embedscope; open it with that version", path.display())]
    Newer {
        /// Its folder.
        path: PathBuf,
    },
    /// It was written by an earlier version, and may not be changed where it is.
    #[error("the workspace {} is of an older version; open it once where it may be written", path.display())]
    Older {
        /// Its folder.
        path: PathBuf,
    },
    /// Something in it is not as it was written.
    #[error("the workspace is damaged: {what}; `embedscope-cli workspace repair` mends it")]
    Damaged {
        /// What.
        what: String,
    },
    /// Something asked for is not there.
    #[error("there is no {what} {id}")]
    NotFound {
        /// "item", "run" or "set".
        what: &'static str,
        /// Its id.
        id: u32,
    },
    /// A list was to be given a name that it cannot have.
    #[error("the selection could not be called “{name}”; another one is, or it is gone")]
    Name {
        /// The name.
        name: String,
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
    /// The file or folder that the sentence names.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Io { path, .. }
            | Self::InUse { path }
            | Self::Occupied { path }
            | Self::Absent { path }
            | Self::Newer { path }
            | Self::Older { path } => Some(path),
            _ => None,
        }
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |source| match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io { path, source },
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { what: error.to_string() },
            _ => Self::Index(error),
        }
    }
}
