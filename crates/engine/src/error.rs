//! Why something asked of the engine did not happen, in one sentence each.

use std::path::{Path, PathBuf};

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request makes no sense.
    #[error("{0}")]
    Request(String),
    /// What was asked for is not there (any more).
    #[error("there is no {what} {id}")]
    NotFound {
        /// "job", "set", "map" or "item".
        what: &'static str,
        /// Its id.
        id: u32,
    },
    /// The work was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// A model could not be found, loaded or run.
    #[error(transparent)]
    Model(embedscope_models::Error),
    /// The numbers did not fit the computation.
    #[error(transparent)]
    Space(embedscope_space::Error),
    /// The workspace could not be read or written.
    #[error(transparent)]
    Workspace(embedscope_workspace::Error),
    /// A file could not be read or written.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The program's settings could not be read or kept.
    #[error("the settings: {0}")]
    Settings(String),
    /// The newest release of the program could not be asked for.
    #[error("could not look: {0}")]
    Releases(String),
    /// Nothing could be read at all.
    #[error("nothing could be read: {0}")]
    Nothing(String),
    /// A fault in the program ended the work.
    #[error("a fault in the program ended the work: {0}")]
    Fault(String),
}

impl Error {
    /// The file or folder that the sentence names.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Model(embedscope_models::Error::File { file, .. }) => Some(file),
            Self::Workspace(error) => error.path(),
            _ => None,
        }
    }

    /// One word for the log.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Request(_) => "request",
            Self::NotFound { .. } => "not_found",
            Self::Cancelled => "cancelled",
            Self::Model(_) => "model",
            Self::Space(_) => "space",
            Self::Workspace(_) => "workspace",
            Self::File { .. } => "file",
            Self::Settings(_) => "settings",
            Self::Releases(_) => "releases",
            Self::Nothing(_) => "nothing",
            Self::Fault(_) => "fault",
        }
    }

    pub(crate) fn file<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |problem| Self::File { path, problem: problem.to_string() }
    }
}

impl From<embedscope_models::Error> for Error {
    fn from(error: embedscope_models::Error) -> Self {
        match error {
            embedscope_models::Error::Cancelled => Self::Cancelled,
            other => Self::Model(other),
        }
    }
}

impl From<embedscope_space::Error> for Error {
    fn from(error: embedscope_space::Error) -> Self {
        match error {
            embedscope_space::Error::Cancelled => Self::Cancelled,
            other => Self::Space(other),
        }
    }
}

impl From<embedscope_workspace::Error> for Error {
    fn from(error: embedscope_workspace::Error) -> Self {
        match error {
            embedscope_workspace::Error::NotFound { what, id } => Self::NotFound { what, id },
            other => Self::Workspace(other),
        }
    }
}
