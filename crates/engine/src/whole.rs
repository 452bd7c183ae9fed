//! Files written whole or not at all: beside their place first, and moved there when all is on the disk.
//!
//! Deliberately absent: folders, which exports move as they are, and files of a workspace, which `workspace` keeps.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::Error;

/// A file on its way.
pub(crate) enum Draft {
    Beside(NamedTempFile, PathBuf),
    /// What is no file, such as a pipe, cannot be replaced.
    Through(File),
}

impl Draft {
    pub(crate) fn of(file: &Path) -> io::Result<Self> {
        // What a link leads to is replaced, and not the link.
        let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        let before = fs::metadata(&file).ok();
        if before.as_ref().is_some_and(|before| !before.is_file()) {
            return Ok(Self::Through(File::create(&file)?));
        }
        let beside = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut draft = tempfile::Builder::new();
        draft.prefix(".embedscope-");
        // Otherwise it would stay its maker's alone.
        #[cfg(unix)]
        draft.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let draft = draft.tempfile_in(beside).map_err(of_its_kind)?;
        if let Some(before) = before {
            draft.as_file().set_permissions(before.permissions())?;
        }
        Ok(Self::Beside(draft, file))
    }

    /// Puts it in its place.
    pub(crate) fn keep(self) -> io::Result<()> {
        if let Self::Beside(draft, file) = self {
            draft.as_file().sync_all()?;
            draft.persist(file)?;
        }
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Beside(draft, _) => draft.write(bytes),
            Self::Through(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Beside(draft, _) => draft.flush(),
            Self::Through(file) => file.flush(),
        }
    }
}

/// A draft that could not be begun, in words that name neither it nor where it was to lie: nobody asked for either.
pub(crate) fn of_its_kind(error: io::Error) -> io::Error {
    error.kind().into()
}

/// Writes a file whole; where that fails, what was there is there still.
pub fn write_whole(file: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
    let write = || {
        let mut draft = Draft::of(file)?;
        draft.write_all(bytes.as_ref())?;
        draft.keep()
    };
    write().map_err(Error::file(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_that_is_given_up_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("figures.csv");
        write_whole(&file, "before").expect("written");
        let mut draft = Draft::of(&file).expect("begun");
        draft.write_all(b"half of wh").expect("written");
        drop(draft);
        assert_eq!(fs::read_to_string(&file).expect("read"), "before");
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1, "no draft is left");
        write_whole(&file, "after").expect("written");
        assert_eq!(fs::read_to_string(&file).expect("read"), "after");
    }

    #[test]
    fn what_cannot_be_written_is_named_and_no_draft() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("none/figures.csv");
        let said = write_whole(&file, "").expect_err("there is no such folder").to_string();
        assert_eq!(said, format!("{}: entity not found", file.display()));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().expect("a folder");
        let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
        write_whole(&file, "before").expect("written");
        fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).expect("set");
        symlink(&file, &link).expect("linked");
        write_whole(&link, "after").expect("written");
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
        assert_eq!(fs::read_to_string(&file).expect("read"), "after");
        assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o640);
        write_whole(Path::new("/dev/null"), "what is no file is written to").expect("written");
        assert!(!fs::metadata("/dev/null").expect("still there").is_file());
    }
}
