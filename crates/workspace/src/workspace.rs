//! Opening, locking and tidying a workspace's folder.
//!
//! One program at a time may write; any number may read beside it. Deliberately absent: what is in it; see `items`,
//! `sets` and `runs`.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::disk::{self, Journal};
use crate::items::Collection;
use crate::sets::OpenSets;
use crate::{Error, migrate, schema};

/// A workspace that is open; it may be used from any thread and is cheap to clone.
#[derive(Clone)]
pub struct Workspace {
    inner: Arc<Inner>,
}

/// What may be done with an open workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

struct Inner {
    // Closed before the lock is released and a temporary folder removed: fields are dropped in this order.
    index: Mutex<Connection>,
    sets: OpenSets,
    /// How often items, and tags on them, have changed since it was opened.
    items: AtomicU64,
    tags: AtomicU64,
    counted: Mutex<Option<Counted>>,
    path: PathBuf,
    access: Access,
    _lock: Option<File>,
    _temporary: Option<TempDir>,
}

/// The collections, and how often the index had been changed here and elsewhere when they were counted: counting a
/// million items takes a while.
pub(crate) type Counted = ((u64, i64), Vec<Collection>);

pub(crate) const INDEX: &str = "workspace.sqlite";
const WAL: &str = "workspace.sqlite-wal";

impl Workspace {
    /// Opens the workspace in this folder, or makes one there. Where nothing may be written it is opened for reading.
    /// Fails when another program has it open ([`Workspace::open_read_only`] works then), and in a folder of other
    /// things.
    pub fn open(path: &Path) -> Result<Self, Error> {
        match prepare_folder(path) {
            Err(problem) if is_refusal(&problem) && path.join(INDEX).exists() => Self::open_read_only(path),
            Err(problem) => Err(problem),
            Ok(lock) => Self::open_locked(path.to_owned(), lock, Journal::for_folder(path), None),
        }
    }

    /// Opens the workspace in this folder for reading, as it stands now; another program may go on writing to it.
    pub fn open_read_only(path: &Path) -> Result<Self, Error> {
        if !path.join(INDEX).exists() {
            return Err(Error::Absent { path: path.to_owned() });
        }
        let (index, copy) = match File::options().write(true).create(true).truncate(false).open(path.join("lock")) {
            Ok(_) => (disk::connect(&path.join(INDEX), OpenFlags::SQLITE_OPEN_READ_ONLY)?, None),
            Err(_) => unwritable_index(path)?,
        };
        schema::set_up(&index, Journal::Unchanged)?;
        match schema::version(&index)? {
            schema::VERSION => {}
            found if found > schema::VERSION => return Err(Error::Newer { path: path.to_owned() }),
            _ => return Err(Error::Older { path: path.to_owned() }),
        }
        let mode: String = index.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        if mode == "wal" {
            // Everything that is read belongs to this moment. With a rollback journal it would keep a writer waiting.
            index.execute_batch("BEGIN; SELECT COUNT(*) FROM sqlite_schema;")?;
        }
        Ok(Self::new(index, path.to_owned(), Access::Read, None, copy))
    }

    /// A workspace that is gone when the last handle to it is dropped.
    pub fn temporary() -> Result<Self, Error> {
        let folder = TempDir::with_prefix("embedscope-").map_err(Error::io(&std::env::temp_dir()))?;
        let lock = prepare_folder(folder.path())?;
        Self::open_locked(folder.path().to_owned(), lock, Journal::Wal, Some(folder))
    }

    pub(crate) fn open_locked(
        path: PathBuf,
        lock: File,
        journal: Journal,
        temporary: Option<TempDir>,
    ) -> Result<Self, Error> {
        let index =
            disk::connect(&path.join(INDEX), OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        schema::set_up(&index, journal)?;
        match schema::version(&index)? {
            0 => schema::create(&index)?,
            schema::VERSION => {}
            found if found > schema::VERSION => return Err(Error::Newer { path }),
            found => migrate::run(&index, &path, found)?,
        }
        index.execute_batch(schema::INDEX_OF_GONE)?;
        let workspace = Self::new(index, path, Access::Write, Some(lock), temporary);
        workspace.cut_sets()?;
        workspace.remove_strays()?;
        Ok(workspace)
    }

    fn new(index: Connection, path: PathBuf, access: Access, lock: Option<File>, temporary: Option<TempDir>) -> Self {
        let inner = Inner {
            index: Mutex::new(index),
            sets: OpenSets::default(),
            items: AtomicU64::new(0),
            tags: AtomicU64::new(0),
            counted: Mutex::default(),
            path,
            access,
            _lock: lock,
            _temporary: temporary,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The folder it lives in.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// The folder's name without its ending, for people.
    pub fn name(&self) -> String {
        self.path().file_stem().map_or_else(|| "workspace".into(), |name| name.to_string_lossy().into_owned())
    }

    /// Whether nothing can be kept in it.
    pub fn is_read_only(&self) -> bool {
        self.access() == Access::Read
    }

    pub(crate) fn access(&self) -> Access {
        self.inner.access
    }

    pub(crate) fn index(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere leaves at most an open transaction, which was rolled back when it was dropped.
        self.inner.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The index, to be changed.
    pub(crate) fn index_to_change(&self) -> Result<MutexGuard<'_, Connection>, Error> {
        if self.is_read_only() { Err(Error::ReadOnly) } else { Ok(self.index()) }
    }

    /// Grows whenever items come, go, or become known otherwise: what was read of all of them at the same number still
    /// holds.
    pub fn items_generation(&self) -> u64 {
        self.inner.items.load(Ordering::Acquire)
    }

    /// The same for tags on items.
    pub fn tags_generation(&self) -> u64 {
        self.inner.tags.load(Ordering::Acquire)
    }

    /// To be called while the index is held for the change: whoever reads at the new number then reads what is new.
    pub(crate) fn items_change(&self, _held: &Connection) {
        self.inner.items.fetch_add(1, Ordering::AcqRel);
        self.inner.tags.fetch_add(1, Ordering::AcqRel);
    }

    /// The same, where only tags change.
    pub(crate) fn tags_change(&self, _held: &Connection) {
        self.inner.tags.fetch_add(1, Ordering::AcqRel);
    }

    /// What collections held when they were last counted; to be taken while the index is held.
    pub(crate) fn counted(&self) -> MutexGuard<'_, Option<Counted>> {
        self.inner.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn open_sets(&self) -> &OpenSets {
        &self.inner.sets
    }

    /// Files of ours that the index does not know: left behind by a crash, or by forgetting.
    pub(crate) fn strays(&self) -> Result<Vec<PathBuf>, Error> {
        let index = self.index();
        let named = |query: &str| -> Result<HashSet<String>, Error> {
            Ok(index.prepare(query)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        };
        let matrices = named("SELECT file FROM sets")?;
        let blobs = named("SELECT blob FROM runs WHERE blob IS NOT NULL")?;
        let mut strays = Vec::new();
        for (folder, known) in [("vectors", matrices), ("runs", blobs)] {
            let folder = self.path().join(folder);
            for entry in fs::read_dir(&folder).map_err(Error::io(&folder))?.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                // Whatever else somebody has put there is theirs.
                let is_ours = name.starts_with(|c: char| c.is_ascii_digit()) || name.starts_with(".tmp");
                if is_ours && !known.contains(&name) {
                    strays.push(entry.path());
                }
            }
        }
        Ok(strays)
    }

    pub(crate) fn remove_strays(&self) -> Result<(), Error> {
        for stray in self.strays()? {
            // Some systems do not remove a file that is still mapped; it goes at the next opening.
            let _ = disk::remove(&stray);
        }
        Ok(())
    }

    /// Where what was pasted is kept; it may not be there.
    pub fn pasted_folder(&self) -> PathBuf {
        self.path().join("pasted")
    }

    pub(crate) fn matrix_path(&self, file: &str) -> PathBuf {
        self.path().join("vectors").join(file)
    }

    pub(crate) fn blob_path(&self, blob: &str) -> PathBuf {
        self.path().join("runs").join(blob)
    }
}

/// Whether there is a workspace in a folder.
pub fn is_workspace(folder: &Path) -> bool {
    folder.join(INDEX).is_file()
}

/// Makes the folders where they are missing, and takes the lock that is held while the workspace is written.
pub(crate) fn prepare_folder(path: &Path) -> Result<File, Error> {
    if !path.join(INDEX).exists() {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        // What a crash may leave of the very first opening is ours.
        let is_ours = |name: &str| matches!(name, "lock" | "vectors" | "runs") || name.starts_with(INDEX);
        if entries.map(|entry| entry.file_name()).any(|name| !is_ours(&name.to_string_lossy())) {
            return Err(Error::Occupied { path: path.to_owned() });
        }
    }
    for folder in [path.join("vectors"), path.join("runs")] {
        fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
    }
    let file = path.join("lock");
    let lock = File::options().create(true).truncate(false).write(true).open(&file).map_err(Error::io(&file))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(Error::Io { path: file, source }),
    }
}

/// Whether the system does not let us write there at all.
fn is_refusal(problem: &Error) -> bool {
    let kind = match problem {
        Error::Io { source, .. } => source.kind(),
        _ => return false,
    };
    matches!(kind, ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

/// The index in a folder where SQLite can put nothing beside it. Nobody else can change it either, so it is read
/// without locks; but what waits in its write-ahead log is only seen by recovering a copy.
fn unwritable_index(path: &Path) -> Result<(Connection, Option<TempDir>), Error> {
    let waiting = fs::metadata(path.join(WAL)).is_ok_and(|wal| wal.len() > 0);
    if let (false, Some(uri)) = (waiting, immutable_uri(&path.join(INDEX))) {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        return Ok((disk::connect(Path::new(&uri), flags)?, None));
    }
    let copy = TempDir::with_prefix("embedscope-").map_err(Error::io(&std::env::temp_dir()))?;
    for name in [INDEX, WAL] {
        let from = path.join(name);
        if from.exists() {
            // Not `fs::copy`: it would copy the permissions as well.
            let bytes = fs::read(&from).map_err(Error::io(&from))?;
            fs::write(copy.path().join(name), bytes).map_err(Error::io(copy.path()))?;
        }
    }
    Ok((disk::connect(&copy.path().join(INDEX), OpenFlags::SQLITE_OPEN_READ_WRITE)?, Some(copy)))
}

fn immutable_uri(index: &Path) -> Option<String> {
    let path = std::path::absolute(index).ok()?.to_str()?.replace('\\', "/");
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let slash = if path.starts_with('/') { "" } else { "/" };
    Some(format!("file://{slash}{path}?immutable=1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_open_once() {
        let folder = TempDir::new().expect("a folder");
        let first = Workspace::open(folder.path()).expect("opens");
        assert!(matches!(Workspace::open(folder.path()), Err(Error::InUse { .. })));
        drop(first);
        Workspace::open(folder.path()).expect("opens again");
    }

    #[test]
    fn a_later_version_is_refused() {
        let folder = TempDir::new().expect("a folder");
        let workspace = Workspace::open(folder.path()).expect("opens");
        workspace.index().pragma_update(None, "user_version", schema::VERSION + 1).expect("written");
        drop(workspace);
        assert!(matches!(Workspace::open(folder.path()), Err(Error::Newer { .. })));
    }

    #[test]
    fn one_program_writes_and_others_read_beside_it() {
        let folder = TempDir::new().expect("a folder");
        let writer = Workspace::open(folder.path()).expect("opens");
        writer.add_collection("letters").expect("made");
        let problem = Workspace::open(folder.path()).err().expect("refused").to_string();
        assert!(problem.contains("open in another program") && problem.contains("for reading only"), "{problem}");
        let reader = Workspace::open_read_only(folder.path()).expect("opens for reading");
        assert!(reader.is_read_only() && !writer.is_read_only());
        writer.add_collection("more").expect("made");
        assert_eq!(reader.collections().expect("read").len(), 1, "it stays as it was");
        assert!(matches!(reader.add_collection("mine"), Err(Error::ReadOnly)));
        assert!(matches!(reader.forget_all(), Err(Error::ReadOnly)));
        let later = Workspace::open_read_only(folder.path()).expect("opens for reading");
        assert_eq!(later.collections().expect("read").len(), 2);
        assert!(matches!(Workspace::open_read_only(&folder.path().join("none")), Err(Error::Absent { .. })));
    }

    #[test]
    fn an_unwritable_folder_is_read_with_all_that_waits_in_its_log() {
        let folder = TempDir::new().expect("a folder");
        let writer = Workspace::open(folder.path()).expect("opens");
        writer.add_collection("letters").expect("made");
        let read = |path: &Path| -> u32 {
            let (index, _copy) = unwritable_index(path).expect("opens");
            index.query_row("SELECT COUNT(*) FROM collections", [], |row| row.get(0)).expect("read")
        };
        // What a crash leaves: the log beside the index.
        let crashed = TempDir::with_prefix("odd #%? name").expect("a folder");
        for name in [INDEX, WAL] {
            fs::copy(folder.path().join(name), crashed.path().join(name)).expect("copied");
        }
        assert_eq!(read(crashed.path()), 1);
        drop(writer);
        fs::remove_file(crashed.path().join(WAL)).expect("there");
        fs::copy(folder.path().join(INDEX), crashed.path().join(INDEX)).expect("copied");
        assert_eq!(read(crashed.path()), 1);
        assert_eq!(fs::read_dir(crashed.path()).expect("there").count(), 1, "nothing is written beside it");
    }

    #[test]
    fn a_network_folder_has_no_shared_memory() {
        let folder = TempDir::new().expect("a folder");
        Workspace::open(folder.path()).expect("opens").add_collection("letters").expect("made");
        let lock = prepare_folder(folder.path()).expect("free");
        let workspace = Workspace::open_locked(folder.path().to_owned(), lock, Journal::Rollback, None).expect("opens");
        workspace.add_collection("more").expect("made");
        let mode: String = workspace.index().pragma_query_value(None, "journal_mode", |row| row.get(0)).expect("read");
        assert_eq!(mode, "delete");
        assert!(!folder.path().join(WAL).exists() && !folder.path().join("workspace.sqlite-shm").exists());
        let reader = Workspace::open_read_only(folder.path()).expect("opens for reading");
        assert_eq!(reader.collections().expect("read").len(), 2);
        workspace.add_collection("and more").expect("made, though somebody reads");
    }

    #[test]
    fn a_folder_of_other_things_is_left_alone() {
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("vectors")).expect("made");
        fs::write(folder.path().join("thesis.txt"), "mine").expect("written");
        assert!(matches!(Workspace::open(folder.path()), Err(Error::Occupied { .. })));
        fs::remove_file(folder.path().join("thesis.txt")).expect("there");
        fs::write(folder.path().join("vectors/mine.bin"), "mine").expect("written");
        drop(Workspace::open(folder.path()).expect("opens"));
        assert!(folder.path().join("vectors/mine.bin").exists());
    }

    #[test]
    fn a_temporary_workspace_leaves_nothing() {
        let workspace = Workspace::temporary().expect("opens");
        let path = workspace.path().to_owned();
        assert!(path.exists());
        drop(workspace);
        assert!(!path.exists());
    }
}
