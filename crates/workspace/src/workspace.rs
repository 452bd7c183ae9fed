//! Opening, locking and emptying a workspace's folder.
//!
//! Deliberately absent: what is in it; see `items`, `sets` and `runs`.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::sets::OpenSets;
use crate::{Error, schema};

/// A workspace that is open; it may be used from any thread and is cheap to clone.
#[derive(Clone)]
pub struct Workspace {
    inner: Arc<Inner>,
}

struct Inner {
    // Closed before the lock is released and a temporary folder removed: fields are dropped in this order.
    index: Mutex<Connection>,
    sets: OpenSets,
    path: PathBuf,
    _lock: File,
    _temporary: Option<TempDir>,
}

impl Workspace {
    /// Opens the workspace in this folder, or makes one there. Fails when another program has it open.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::in_folder(path.to_owned(), None)
    }

    /// A workspace that is gone when the last handle to it is dropped.
    pub fn temporary() -> Result<Self, Error> {
        let folder = TempDir::with_prefix("embedscope-").map_err(Error::io(&std::env::temp_dir()))?;
        Self::in_folder(folder.path().to_owned(), Some(folder))
    }

    fn in_folder(path: PathBuf, temporary: Option<TempDir>) -> Result<Self, Error> {
        for folder in [path.join("vectors"), path.join("runs")] {
            fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        }
        let lock = hold(&path)?;
        let index = Connection::open(path.join("workspace.sqlite"))?;
        if !schema::prepare(&index)? {
            return Err(Error::Newer { path });
        }
        let inner =
            Inner { index: Mutex::new(index), sets: OpenSets::default(), path, _lock: lock, _temporary: temporary };
        let workspace = Self { inner: Arc::new(inner) };
        workspace.mend_sets()?;
        workspace.remove_strays()?;
        Ok(workspace)
    }

    /// The folder it lives in.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// The folder's name without its ending, for people.
    pub fn name(&self) -> String {
        self.path().file_stem().map_or_else(|| "workspace".into(), |name| name.to_string_lossy().into_owned())
    }

    /// Forgets every item, vector and run; the files that items came from stay as they are. Handles and vectors that
    /// are still held stay readable, but nothing can be added through them.
    pub fn forget_all(&self) -> Result<(), Error> {
        self.inner.sets.clear();
        let index = self.index();
        let work = index.unchecked_transaction()?;
        for table in ["members", "vectors", "runs", "sets", "columns", "items", "collections"] {
            work.execute(&format!("DELETE FROM {table}"), [])?;
        }
        work.commit()?;
        index.execute_batch("VACUUM")?;
        drop(index);
        self.remove_strays()
    }

    pub(crate) fn index(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere leaves at most an open transaction, which was rolled back when it was dropped.
        self.inner.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn open_sets(&self) -> &OpenSets {
        &self.inner.sets
    }

    /// Removes files that the index does not know: left behind by a crash, or by forgetting.
    fn remove_strays(&self) -> Result<(), Error> {
        let index = self.index();
        let sets: Vec<u32> =
            index.prepare("SELECT id FROM sets")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let blobs: HashSet<String> = index
            .prepare("SELECT blob FROM runs WHERE blob IS NOT NULL")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let known: HashSet<PathBuf> = sets
            .into_iter()
            .map(|id| self.matrix_path(id))
            .chain(blobs.into_iter().map(|blob| self.blob_path(&blob)))
            .collect();
        for folder in [self.path().join("vectors"), self.path().join("runs")] {
            for entry in fs::read_dir(&folder).map_err(Error::io(&folder))?.flatten() {
                if !known.contains(&entry.path()) {
                    // Some systems do not remove a file that is still mapped; it goes at the next opening.
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
        Ok(())
    }

    pub(crate) fn matrix_path(&self, set: u32) -> PathBuf {
        self.path().join("vectors").join(format!("{set}.f32"))
    }

    pub(crate) fn blob_path(&self, blob: &str) -> PathBuf {
        self.path().join("runs").join(blob)
    }
}

fn hold(folder: &Path) -> Result<File, Error> {
    let path = folder.join("lock");
    let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(Error::io(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::InUse { path: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(Error::Io { path, source }),
    }
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
    fn a_temporary_workspace_leaves_nothing() {
        let workspace = Workspace::temporary().expect("opens");
        let path = workspace.path().to_owned();
        assert!(path.exists());
        drop(workspace);
        assert!(!path.exists());
    }
}
