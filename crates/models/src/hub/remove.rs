//! Takes a fetched model off this computer again, and says how much room that gave back.
//!
//! The cache shared with Python tools holds it for them too, and it is gone for all. Deliberately absent: folders the user named.

use std::fs;
use std::path::Path;

use crate::locate::is_id;
use crate::{Error, Folders, Overrides, catalogue};

/// Removes a model of the catalogue or the hub from both caches; gives the bytes that came free. One that is not there, or only
/// partly, is no failure. Fails with [`Error::Unknown`] for names no hub could know, built-in models among them.
pub fn remove(id: &str, folders: &Folders) -> Result<u64, Error> {
    let (id, _) = Overrides::split(id);
    let unknown = || Error::Unknown { id: id.into() };
    let (id, repo) = match catalogue::find(id) {
        Some(entry) => (entry.id.as_str(), entry.repo.as_deref().ok_or_else(unknown)?),
        None if is_id(id) => (id, id),
        None => return Err(unknown()),
    };
    let mut freed = 0;
    for place in [folders.place_for(id), folders.repo(repo)] {
        // A link belongs to whoever made it: it goes, and what it points to stays.
        let problem = |error: std::io::Error| Error::File { file: place.clone(), problem: error.to_string() };
        match fs::symlink_metadata(&place) {
            Ok(found) if found.is_dir() => {
                freed += size(&place);
                fs::remove_dir_all(&place).map_err(problem)?;
            }
            Ok(_) => fs::remove_file(&place).map_err(problem)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(problem(error)),
        }
    }
    Ok(freed)
}

/// Bytes below a folder; links count for nothing.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match fs::symlink_metadata(entry.path()) {
        Ok(found) if found.is_dir() => size(&entry.path()),
        Ok(found) if found.is_file() => found.len(),
        _ => 0,
    });
    sizes.sum()
}
