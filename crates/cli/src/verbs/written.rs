//! Files and folders that verbs write: tried before the work, which may take hours, and written after it.
//!
//! Deliberately absent: what is written.

use std::fs::{self, OpenOptions};
use std::path::Path;

use embedscope_engine::write_whole;

use crate::failure::Failure;

/// Fails where a file could not be written; one that is there stays as it is, and none is left that was not.
pub fn room_for(file: &Path) -> Result<(), Failure> {
    let is_new = !file.exists();
    OpenOptions::new().create(true).append(true).open(file).map_err(|problem| unwritable(file, &problem))?;
    if is_new {
        // An empty one that stays does no harm.
        let _ = fs::remove_file(file);
    }
    Ok(())
}

/// Makes a folder where it is missing; fails where a file of this name could not be written in it.
pub fn room_in(folder: &Path, name: &str) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|problem| unwritable(folder, &problem))?;
    room_for(&folder.join(name))
}

/// Writes a file.
pub fn keep(file: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    Ok(write_whole(file, bytes)?)
}

fn unwritable(path: &Path, problem: &std::io::Error) -> Failure {
    Failure::work(format!("{}: {problem}", path.display()), "see that it may be written")
}
