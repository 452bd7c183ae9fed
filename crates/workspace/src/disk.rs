//! The few operations by which files change, each with the waiting for the disk that its order needs.
//!
//! A crash may lose whatever was not waited for: so contents are synced before a name or the index points at them, and
//! a folder is synced after a name in it changed. Tests put faults in here. Deliberately absent: SQLite's own files.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::Error;

#[cfg(all(test, unix))]
use crate::faults::disk as faulty;

/// How the index keeps what is not yet in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journal {
    /// Beside it, with shared memory: fast, on a local disk.
    Wal,
    /// In a rollback journal, for network folders, where shared memory does not reach other computers.
    Rollback,
    /// As it is: for reading.
    Unchanged,
}

impl Journal {
    /// What suits the disk a folder is on.
    pub(crate) fn for_folder(folder: &Path) -> Self {
        if is_network(folder) { Self::Rollback } else { Self::Wal }
    }
}

/// Opens the index.
pub(crate) fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    #[cfg(all(test, unix))]
    if faulty::is_on() {
        return Ok(Connection::open_with_flags_and_vfs(path, flags, faulty::VFS)?);
    }
    Ok(Connection::open_with_flags(path, flags)?)
}

/// Makes an empty file, or empties the one that is there; its name is on the disk afterwards.
pub(crate) fn create(path: &Path) -> Result<File, Error> {
    #[cfg(all(test, unix))]
    faulty::create(path).map_err(Error::io(path))?;
    let file = File::options().read(true).write(true).create(true).truncate(true).open(path);
    let file = file.map_err(Error::io(path))?;
    sync_folder_of(path)?;
    Ok(file)
}

/// Writes bytes at a place, in a file that this program has to itself.
pub(crate) fn write_at(file: &File, path: &Path, bytes: &[u8], offset: u64) -> Result<(), Error> {
    #[cfg(all(test, unix))]
    if let Err((written, problem)) = faulty::write(path, bytes, offset) {
        write_all_at(file, &bytes[..written], offset).map_err(Error::io(path))?;
        return Err(Error::io(path)(problem));
    }
    write_all_at(file, bytes, offset).map_err(Error::io(path))
}

/// Waits until a file's contents are on the disk.
pub(crate) fn sync(file: &File, path: &Path) -> Result<(), Error> {
    #[cfg(all(test, unix))]
    if faulty::is_on() {
        return faulty::sync(path).map_err(Error::io(path));
    }
    file.sync_data().map_err(Error::io(path))
}

/// Cuts a file off.
pub(crate) fn cut(file: &File, path: &Path, bytes: u64) -> Result<(), Error> {
    #[cfg(all(test, unix))]
    faulty::cut(path, bytes).map_err(Error::io(path))?;
    file.set_len(bytes).map_err(Error::io(path))
}

/// Gives a file a new name, over whatever has it, and waits until the name is on the disk.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    #[cfg(all(test, unix))]
    faulty::rename(from, to).map_err(Error::io(to))?;
    fs::rename(from, to).map_err(Error::io(to))?;
    sync_folder_of(to)
}

/// Removes a file. A crash may bring it back.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    #[cfg(all(test, unix))]
    faulty::remove(path).map_err(Error::io(path))?;
    fs::remove_file(path).map_err(Error::io(path))
}

/// A whole new file, on the disk before this returns; a crash on the way leaves `.part` beside it, or nothing.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let part = path.with_added_extension("part");
    let file = create(&part)?;
    write_at(&file, &part, bytes, 0)?;
    sync(&file, &part)?;
    rename(&part, path)
}

/// Waits until the names in a file's folder are on the disk.
pub(crate) fn sync_folder_of(path: &Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    #[cfg(all(test, unix))]
    if faulty::is_on() {
        return faulty::sync_folder(folder).map_err(Error::io(folder));
    }
    // Only Unix lets a folder be opened and synced; elsewhere the file system sees to it.
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io(folder))?;
    Ok(())
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(not(unix))]
fn write_all_at(mut file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}

#[cfg(target_os = "linux")]
fn is_network(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|found| is_network_type(found.f_type as u32))
}

/// By the numbers in Linux's `magic.h` and the heads of file systems that are not in it.
#[cfg(target_os = "linux")]
fn is_network_type(magic: u32) -> bool {
    const NETWORK: [u32; 9] = [
        0x6969,      // NFS
        0xFF53_4D42, // CIFS
        0xFE53_4D42, // SMB2
        0x517B,      // SMB
        0x564C,      // NCP
        0x0102_1997, // 9P
        0x5346_414F, // AFS
        0x00C3_6400, // Ceph
        0x6573_5546, // FUSE: sshfs and its like; a local one is merely slower this way
    ];
    NETWORK.contains(&magic)
}

#[cfg(windows)]
fn is_network(folder: &Path) -> bool {
    use std::path::{Component, Prefix};
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    matches!(whole.components().next(), Some(Component::Prefix(prefix))
        if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)))
}

#[cfg(not(any(target_os = "linux", windows)))]
fn is_network(_folder: &Path) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn network_folders_are_told_from_local_ones() {
        assert!(is_network_type(0x6969) && is_network_type(0xFE53_4D42));
        // ext4, btrfs, xfs, tmpfs
        assert!(![0xEF53, 0x9123_683E, 0x5846_5342, 0x0102_1994].into_iter().any(is_network_type));
    }
}
