//! One fetch on its own thread: lists the repository, fetches file after file, checks each.
//!
//! hf-hub cannot be told to stop in the middle of a file, but it tells its progress after every few kilobytes; the
//! progress given to it unwinds the thread when the fetch is no longer wanted. Deliberately absent: words for the user
//! about a network that fails.

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use embedscope_space::Cancel;
use hf_hub::api::Progress;
use hf_hub::api::sync::{ApiBuilder, ApiError, ApiRepo};
use hf_hub::{Cache, Repo, RepoType};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::choose::{Listing, Sibling, choose};
use super::{FetchProgress, Hub};
use crate::{Error, Folders, catalogue};

/// Progress is told this often, and at least sixteen times a file.
const PACE: Duration = Duration::from_millis(50);
const STEPS: u64 = 16;

/// How often hf-hub picks up a download that broke off.
const RETRIES: usize = 2;

/// What the thread says.
pub(super) enum Message {
    Progress(FetchProgress),
    Done(Result<(), Failure>),
}

/// Why a fetch came to nothing.
pub(super) enum Failure {
    /// The hub or the way to it; what was to be fetched.
    Hub { what: String, error: ApiError },
    /// Anything we found out ourselves.
    Ours(Error),
}

/// Everything one fetch needs.
pub(super) struct Transfer {
    pub hub: Hub,
    pub id: String,
    pub repo: String,
    pub revision: String,
    /// The files the catalogue lists; None where it does not know the model.
    pub wanted: Option<&'static [catalogue::File]>,
    pub folders: Folders,
    pub stop: Cancel,
    pub sender: Sender<Message>,
}

impl Transfer {
    /// Fetches, and says how it ended. Nobody may be listening any more.
    pub(super) fn run(self) {
        let outcome = self.fetch();
        self.sender.send(Message::Done(outcome)).ok();
    }

    fn fetch(&self) -> Result<(), Failure> {
        let hub = |error| Failure::Hub { what: self.id.clone(), error };
        let builder = ApiBuilder::from_cache(Cache::new(self.folders.hub.clone()))
            .with_endpoint(self.hub.endpoint.clone())
            .with_token(self.hub.token_in(&self.folders))
            .with_progress(false)
            .with_retries(RETRIES);
        let repo = Repo::with_revision(self.repo.clone(), RepoType::Model, self.revision.clone());
        let repo = builder.build().map_err(hub)?.repo(repo);

        let listing = list(&repo).map_err(hub)?;
        let files = choose(&listing, self.wanted)
            .map_err(|problem| Failure::Ours(Error::Unsupported { id: self.id.clone(), problem }))?;
        let mut total = files.iter().filter_map(|file| file.size).sum();
        let mut done = 0;
        for file in &files {
            let path = self.folders.snapshot(&self.repo, &listing.sha).join(&file.path);
            let _unchecked = Unchecked::mark(&self.folders, &self.repo);
            if path.is_file() && self.is_sound(file, &path)? {
                done += file.size.unwrap_or(0);
                continue;
            }
            self.download(&repo, file, &mut done, &mut total)?;
            if !self.is_sound(file, &path)? {
                return Err(Failure::Ours(Error::Checksum { what: format!("{} of {}", file.path, self.id) }));
            }
        }
        Ok(())
    }

    fn download(&self, repo: &ApiRepo, file: &Sibling, done: &mut u64, total: &mut u64) -> Result<(), Failure> {
        self.forget_full_part(file);
        let what = || format!("{} of {}", file.path, self.id);
        let mut meter = Meter {
            transfer: self,
            file,
            before: *done,
            here: 0,
            total: *total,
            size: file.size,
            told: (Instant::now(), 0),
        };
        let fetched = catch_unwind(AssertUnwindSafe(|| repo.download_with_progress(&file.path, &mut meter)));
        let fetched = fetched.map_err(|payload| match payload.downcast::<Unwanted>() {
            Ok(_) => Failure::Ours(Error::Cancelled),
            Err(_) => {
                let place = self.folders.place_for(&self.id);
                Failure::Ours(Error::Hub { what: what(), problem: "the download broke off".into(), place })
            }
        })?;
        (*done, *total) = (meter.before + meter.here, meter.total);
        fetched.map(drop).map_err(|error| Failure::Hub { what: what(), error })
    }

    /// A partial file that lacks nothing cannot be gone on from; it is left where a fetch was stopped at the last byte.
    fn forget_full_part(&self, file: &Sibling) {
        let (Some(etag), Some(size)) = (file.etag(), file.size) else { return };
        let repo = Cache::new(self.folders.hub.clone()).repo(Repo::model(self.repo.clone()));
        let part = repo.blob_path(etag).with_extension("part");
        if std::fs::metadata(&part).is_ok_and(|part| part.len() >= size) {
            std::fs::remove_file(part).ok();
        }
    }

    /// Whether a file is what it should be; it is thrown away if not.
    fn is_sound(&self, file: &Sibling, path: &Path) -> Result<bool, Failure> {
        let listed = self.wanted.and_then(|files| files.iter().find(|listed| listed.path == file.path));
        let expected = listed.and_then(|listed| listed.sha256.as_deref()).or(file.sha256());
        let sound = || -> io::Result<bool> {
            let size = std::fs::metadata(path)?.len();
            if file.size.is_some_and(|expected| expected != size) {
                return Ok(false);
            }
            match (expected, file.git()) {
                (Some(expected), _) => Ok(hash::<Sha256>(path, "")? == expected),
                (None, Some(expected)) => Ok(hash::<Sha1>(path, &format!("blob {size}\0"))? == expected),
                (None, None) => Ok(true),
            }
        };
        let is_sound =
            sound().map_err(|error| Failure::Ours(Error::File { file: path.into(), problem: error.to_string() }))?;
        if !is_sound {
            if let Ok(blob) = path.canonicalize() {
                std::fs::remove_file(blob).ok();
            }
            std::fs::remove_file(path).ok();
        }
        Ok(is_sound)
    }
}

/// A mark beside a repository's files while one of them has arrived, or is about to, and was not checked. Only what ends
/// the whole program leaves it behind: then nothing there counts as whole until a fetch has checked it.
struct Unchecked(PathBuf);

impl Unchecked {
    fn mark(folders: &Folders, repo: &str) -> Self {
        let mark = folders.unchecked(repo);
        // Where nothing can be written, nothing can arrive.
        std::fs::create_dir_all(folders.repo(repo)).and_then(|()| std::fs::write(&mark, "")).ok();
        Self(mark)
    }
}

impl Drop for Unchecked {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

fn list(repo: &ApiRepo) -> Result<Listing, ApiError> {
    let mut answer = repo.info_request().query("blobs", "true").call().map_err(Box::new)?;
    Ok(answer.body_mut().read_json().map_err(Box::new)?)
}

/// The hash of something said first and of a file's content, in hexadecimal.
fn hash<D: Digest>(path: &Path, first: &str) -> io::Result<String> {
    let mut hasher = D::new();
    hasher.update(first);
    let mut file = File::open(path)?;
    let mut bytes = vec![0; 1 << 20];
    loop {
        match io::Read::read(&mut file, &mut bytes)? {
            0 => break,
            read => hasher.update(&bytes[..read]),
        }
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What unwinds a download nobody wants any more.
struct Unwanted;

/// Tells how far a file has come, and stops it.
struct Meter<'a> {
    transfer: &'a Transfer,
    file: &'a Sibling,
    /// Bytes of the files before this one.
    before: u64,
    here: u64,
    total: u64,
    /// None until the hub has told it.
    size: Option<u64>,
    /// When progress was last told, and what `here` was then.
    told: (Instant, u64),
}

impl Meter<'_> {
    fn tell(&mut self) {
        let now = FetchProgress {
            file: self.file.path.clone(),
            done_bytes: self.before + self.here,
            total_bytes: self.total,
        };
        self.transfer.sender.send(Message::Progress(now)).ok();
        self.told = (Instant::now(), self.here);
    }
}

impl Progress for &mut Meter<'_> {
    /// Called again each time a download is picked up.
    fn init(&mut self, size: usize, _: &str) {
        if self.size.is_none() {
            self.size = Some(size as u64);
            self.total += size as u64;
        }
        self.here = 0;
        self.tell();
    }

    fn update(&mut self, size: usize) {
        if self.transfer.stop.is_cancelled() {
            resume_unwind(Box::new(Unwanted));
        }
        self.here += size as u64;
        let step = self.size.unwrap_or(0) / STEPS;
        if self.told.0.elapsed() >= PACE || self.here >= self.told.1 + step {
            self.tell();
        }
    }

    fn finish(&mut self) {
        self.tell();
    }
}
