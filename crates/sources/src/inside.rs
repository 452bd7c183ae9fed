//! Files inside files: what an archive or an e-mail holds, under paths that go on below it ("letters.zip/a.txt"), and the
//! pictures of a sheet ("sheet.png/28x28/1.png").
//!
//! An inner file is unpacked within the limits to a temporary file named by us, which goes away after use; nothing is
//! ever written where an archive says. Deliberately absent: archives other than ZIP and gzip, and passwords.

mod archive;
mod name;
mod tile;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use archive::Archive;
use tempfile::TempPath;
pub use tile::Tile;

use crate::format::{self, Kind};
use crate::{Limits, Reason};

/// A file inside another.
pub(crate) struct Inner {
    /// Where it is: a path that goes on below the outer file.
    pub(crate) path: PathBuf,
    /// What it is, and its size in bytes as the outer file declares it; or why it cannot be read.
    pub(crate) found: Result<(Kind, u64), Reason>,
}

/// The files in the archive or e-mail at `path`, one level deep, hidden ones left out. Fails, after giving what there
/// is, where there are more than the limit.
pub(crate) fn list(path: &Path, limits: &Limits, give: &mut dyn FnMut(Inner)) -> Result<(), Reason> {
    let archive = open(path, limits)?;
    for (index, name) in archive.names().iter().enumerate() {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
        let found = archive.bytes(index, limits).and_then(|bytes| {
            let head = archive.head(index)?;
            let kind = format::tell(&head, &extension, || {
                let mut file = tempfile::tempfile()?;
                archive.unpack(index, &mut file, limits)?;
                Ok(file)
            })?;
            Ok((kind, bytes))
        });
        give(Inner { path: path.join(name), found });
    }
    archive.complaint().map_or(Ok(()), Err)
}

/// A file that can be opened: the one asked for, or a temporary copy of one inside another.
pub(crate) struct Local {
    path: PathBuf,
    _copy: Option<TempPath>,
}

impl Deref for Local {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

/// The file at `path`, unpacked if it is inside another.
pub(crate) fn local(path: &Path, limits: &Limits) -> Result<Local, Reason> {
    let missing = match fs::metadata(path) {
        Ok(there) if there.is_file() => return Ok(Local { path: path.into(), _copy: None }),
        // Opening a pipe would wait for whoever writes into it.
        Ok(_) => return Err(Reason::Io { problem: "a device or pipe, not a file".into() }),
        Err(missing) => missing,
    };
    if let Some(copy) = tile::copy(path, limits)? {
        return Ok(Local { path: copy.to_path_buf(), _copy: Some(copy) });
    }
    let Some((archive, index)) = find(path, limits)? else { return Err(missing.into()) };
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    // An ending that is odd or long tells nothing, and might not be allowed in a name.
    let is_plain = ending.len() <= 16 && ending.chars().skip(1).all(char::is_alphanumeric);
    let mut copy =
        tempfile::Builder::new().prefix("embedscope-").suffix(if is_plain { &*ending } else { "" }).tempfile()?;
    archive.unpack(index, copy.as_file_mut(), limits)?;
    let copy = copy.into_temp_path();
    Ok(Local { path: copy.to_path_buf(), _copy: Some(copy) })
}

/// How many archives stand around the file at `path`.
fn depth(path: &Path, limits: &Limits) -> Result<usize, Reason> {
    let (mut depth, mut rest) = (0, path.to_path_buf());
    while let Some((outer, _)) = outer(&rest, limits)? {
        depth += 1;
        rest = outer;
    }
    Ok(depth)
}

/// The archive around `path` and the file's place in it; None if no archive is around it.
fn find(path: &Path, limits: &Limits) -> Result<Option<(Arc<Archive>, usize)>, Reason> {
    match outer(path, limits)? {
        None => Ok(None),
        Some((archive, index)) => Ok(Some((open(&archive, limits)?, index))),
    }
}

/// The path of the innermost archive around `path`, and the file's place in it.
fn outer(path: &Path, limits: &Limits) -> Result<Option<(PathBuf, usize)>, Reason> {
    let Some(host) = path.ancestors().skip(1).find(|above| above.is_file()) else { return Ok(None) };
    let below = path.strip_prefix(host).unwrap_or(Path::new(""));
    let mut rest = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    let mut outer = host.to_path_buf();
    for _ in 0..limits.archive_depth {
        let archive = open(&outer, limits)?;
        if let Some(index) = archive.index(&rest) {
            return Ok(Some((outer, index)));
        }
        let inner = rest.match_indices('/').map(|(at, _)| at).find(|&at| archive.index(&rest[..at]).is_some());
        let Some(at) = inner else { break };
        outer.push(&rest[..at]);
        rest.drain(..=at);
    }
    Err(Reason::Io { problem: "it is not there".into() })
}

/// The file that is there, of a path that may go on below it.
fn host(path: &Path) -> &Path {
    path.ancestors().find(|above| above.is_file()).unwrap_or(path)
}

/// When that file was last changed.
fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(host(path)).ok()?.modified().ok()
}

/// What the only file of an archive is called that does not say so itself: "a.csv" in "a.csv.gz".
fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// An open archive, known by where it is and when it changed.
type Known = (PathBuf, Option<SystemTime>, Arc<Archive>);

/// The archives used last stay open: their files are asked for one by one.
static OPEN: Mutex<VecDeque<Known>> = Mutex::new(VecDeque::new());

const KEPT_OPEN: usize = 4;

/// The archive at `path`, which may be inside another.
fn open(path: &Path, limits: &Limits) -> Result<Arc<Archive>, Reason> {
    let host = host(path);
    let changed = changed(path);
    let known = |open: &mut VecDeque<Known>| {
        let at = open.iter().position(|(there, when, _)| there == path && *when == changed)?;
        let found = open.remove(at)?;
        open.push_front(found.clone());
        Some(found.2)
    };
    if let Some(archive) = known(&mut OPEN.lock().unwrap_or_else(PoisonError::into_inner)) {
        return Ok(archive);
    }
    let file = if host == path {
        File::open(path)?
    } else {
        if depth(path, limits)? >= limits.archive_depth {
            let what = format!("archives nested deeper than {}", limits.archive_depth);
            return Err(Reason::TooLarge { what });
        }
        let mut copy = tempfile::tempfile()?;
        let (archive, index) = find(path, limits)?.ok_or(Reason::Io { problem: "it is not there".into() })?;
        archive.unpack(index, &mut copy, limits)?;
        copy
    };
    let archive = Arc::new(Archive::open(file, &stem(path), limits)?);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.push_front((path.into(), changed, archive.clone()));
    open.truncate(KEPT_OPEN);
    Ok(archive)
}

#[cfg(test)]
mod tests;
