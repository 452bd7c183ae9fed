//! Fetches a model from the Hugging Face hub into the cache shared with other programs, checking what arrives.
//!
//! The work is hf-hub's, on a thread of its own, so that cancelling takes effect at once even while the network is
//! silent; that thread then ends at its next bytes. What was fetched so far is kept and the next attempt goes on from
//! there. Deliberately absent: formats other than safetensors.

mod choose;
mod inspect;
mod remove;
mod search;
mod transfer;

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use embedscope_space::Cancel;
use hf_hub::Cache;
use hf_hub::api::sync::ApiError;

pub(crate) use inspect::look;
pub use inspect::{Inspection, kept};
pub use remove::remove;
pub use search::Found;

use crate::locate::is_id;
use crate::remote::hub_token;
use crate::{Error, Folders, catalogue, locate};
use transfer::{Message, Transfer};

/// How far a fetch has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchProgress {
    /// The file on its way, as named in the repository.
    pub file: String,
    /// Bytes that are here, of all files together.
    pub done_bytes: u64,
    /// Bytes of all files together.
    pub total_bytes: u64,
}

/// A hub to fetch from.
#[derive(Clone, Debug)]
pub struct Hub {
    /// Its address, such as `https://huggingface.co`.
    pub endpoint: String,
    /// What shows that the user may have a model that is not open to all.
    pub token: Option<String>,
    /// Whether a token that other programs stored shows it as well.
    pub stored: bool,
    /// Whether the network must not be used.
    pub offline: bool,
    /// How long it may be silent before it counts as unreachable.
    pub patience: Duration,
}

/// The hub unless another is named.
const HUGGING_FACE: &str = "https://huggingface.co";

/// The hub that the environment names, whatever the user's settings say.
pub fn named_outside() -> Option<String> {
    told("HF_ENDPOINT")
}

/// Whether `HF_HUB_OFFLINE` forbids using the network.
pub fn is_offline() -> bool {
    told("HF_HUB_OFFLINE").is_some_and(|value| ["1", "on", "yes", "true"].contains(&value.to_lowercase().as_str()))
}

fn told(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Hub {
    /// The hub that `HF_ENDPOINT` names, else the user's mirror, else huggingface.co. It is shown the token that the keyring has for
    /// its host; one that is not the user's mirror also that of `HF_TOKEN`, or of other programs. `HF_HUB_OFFLINE` is honoured.
    pub fn chosen(mirror: Option<&str>) -> Self {
        Self::of(named_outside().as_deref(), mirror)
    }

    fn of(named: Option<&str>, mirror: Option<&str>) -> Self {
        let is_mirror = named.is_none() && mirror.is_some();
        let hub = Self::new(named.or(mirror).unwrap_or(HUGGING_FACE));
        let meant = told("HF_TOKEN").filter(|_| !is_mirror);
        let token = meant.or_else(|| hub_token(hub.host()).map(|token| token.reveal().to_owned()));
        Self { token, stored: !is_mirror, offline: is_offline(), ..hub }
    }

    /// Whether something shows that the user may have models that are not open to all, be it what other programs stored.
    pub fn has_token(&self, folders: &Folders) -> bool {
        self.token_in(folders).is_some()
    }

    fn token_in(&self, folders: &Folders) -> Option<String> {
        let stored = || Cache::new(folders.hub.clone()).token().filter(|_| self.stored);
        self.token.clone().or_else(stored)
    }

    /// The hub at this address.
    pub fn new(endpoint: &str) -> Self {
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Self { endpoint, token: None, stored: true, offline: false, patience: Duration::from_secs(30) }
    }

    /// Makes sure the files a model needs are on this computer, and says in which folder.
    ///
    /// `id` is an id of the catalogue or `owner/name`. A model that is here already costs nothing. Every file is checked,
    /// by the SHA-256 that the catalogue or the hub names or by Git's name of its content, and a damaged one is thrown
    /// away ([`Error::Checksum`]). Fails with [`Error::Hub`] where the hub cannot be reached or refuses, with
    /// [`Error::Full`] where the disk takes no more (what has arrived is kept and gone on from), with
    /// [`Error::Unsupported`] where the repository holds nothing this program can load, with [`Error::Unknown`] for a
    /// name no hub could know, and with [`Error::Cancelled`].
    pub fn fetch(
        &self,
        id: &str,
        folders: &Folders,
        progress: &dyn Fn(FetchProgress),
        cancel: &Cancel,
    ) -> Result<PathBuf, Error> {
        if let Ok(found) = locate(id, folders) {
            return Ok(found);
        }
        let entry = catalogue::find(id);
        let repo = match entry {
            Some(entry) => entry.repo.as_deref().ok_or_else(|| Error::Unknown { id: id.into() })?,
            None if is_id(id) => id,
            None => return Err(Error::Unknown { id: id.into() }),
        };
        let id = entry.map_or(id, |entry| &entry.id);
        let place = folders.place_for(id);
        let failed = |problem| Error::Hub { what: id.into(), problem, place: place.clone() };
        if self.offline {
            return Err(failed("HF_HUB_OFFLINE forbids using the network".into()));
        }

        let (sender, messages) = mpsc::channel();
        let stop = Cancel::default();
        let transfer = Transfer {
            hub: self.clone(),
            id: id.into(),
            repo: repo.into(),
            revision: entry.map_or("main", |entry| &entry.revision).into(),
            wanted: entry.map(|entry| entry.files.as_slice()).filter(|files| !files.is_empty()),
            folders: folders.clone(),
            stop: stop.clone(),
            sender,
        };
        std::thread::spawn(move || transfer.run());

        let mut heard = Instant::now();
        let outcome = loop {
            if cancel.is_cancelled() {
                break Err(Error::Cancelled);
            }
            match messages.recv_timeout(Duration::from_millis(50)) {
                Ok(Message::Progress(now)) => {
                    heard = Instant::now();
                    progress(now);
                }
                Ok(Message::Done(outcome)) => break outcome.map_err(|error| self.explain(error, &place)),
                Err(RecvTimeoutError::Timeout) if heard.elapsed() < self.patience => {}
                Err(RecvTimeoutError::Timeout) => {
                    break Err(failed(format!("{} does not answer", self.host())));
                }
                Err(RecvTimeoutError::Disconnected) => break Err(failed("the download broke off".into())),
            }
        };
        stop.cancel();
        outcome?;
        locate(id, folders).map_err(|_| Error::Unsupported {
            id: id.into(),
            problem: "the files in its repository are not laid out as those of a model this program can load".into(),
        })
    }

    /// Its host, for people.
    pub fn host(&self) -> &str {
        self.endpoint.split_once("://").map_or(self.endpoint.as_str(), |(_, host)| host)
    }

    /// That a repository is not open to all, and what to do.
    fn closed(&self) -> String {
        let host = self.host();
        format!("{host} does not show it to everyone; if it exists, accept its terms on its page there and add a token")
    }

    fn explain(&self, failure: transfer::Failure, place: &Path) -> Error {
        let (what, error) = match failure {
            transfer::Failure::Ours(error) => return error,
            transfer::Failure::Hub { what, error } => (what, error),
        };
        if is_full(&error) {
            return Error::Full { what };
        }
        Error::Hub { what, problem: self.problem(error), place: place.into() }
    }

    fn problem(&self, error: ApiError) -> String {
        let host = self.host();
        match error {
            ApiError::TooManyRetries(last) => self.problem(*last),
            ApiError::RequestError(error) => match *error {
                ureq::Error::StatusCode(401 | 403) => self.closed(),
                ureq::Error::StatusCode(404) => format!("{host} does not have it"),
                ureq::Error::StatusCode(code) => format!("{host} answered with status {code}"),
                error => format!("could not reach {host} ({error})"),
            },
            ApiError::IoError(error) if is_forbidden(&error) => {
                format!("the folder that models are kept in cannot be written ({error})")
            }
            ApiError::IoError(error) => format!("the download broke off ({error}); try again"),
            ApiError::LockAcquisition(_) => "another program is fetching it; wait for that one".into(),
            error => format!("{host} answered in an unexpected way ({error})"),
        }
    }
}

/// Whether the disk took no more; a file too large for its file system is one that no room can be made for.
fn is_full(error: &ApiError) -> bool {
    match error {
        ApiError::TooManyRetries(last) => is_full(last),
        ApiError::IoError(error) => {
            matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
        }
        _ => false,
    }
}

fn is_forbidden(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

#[cfg(test)]
mod tests;
