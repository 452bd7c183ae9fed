//! Which models have passed their check on this computer, by everything that decides their numbers, so that it is made once.
//!
//! One line a model in a file of our cache; without the file models are checked as before. Deliberately absent: the check.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{About, Folders};

/// The memory of models in our caches; a folder that somebody is working on is checked every time.
pub(crate) struct Checked(PathBuf);

impl Checked {
    /// The memory, if the model in this folder is one that is remembered.
    pub(crate) fn of(root: &Path, folders: &Folders) -> Option<Self> {
        ours(root, folders).then(|| Self(folders.models.join("checked.txt")))
    }

    /// Whether a model passed its check before, with the same files in the same version of the program.
    pub(crate) fn has(&self, about: &About) -> bool {
        let line = line(about);
        fs::read_to_string(&self.0).is_ok_and(|lines| lines.lines().any(|known| known == line))
    }

    /// Remembers that a model passed. Where that cannot be written, it is checked again next time.
    pub(crate) fn remember(&self, about: &About) {
        let _ = fs::create_dir_all(self.0.parent().unwrap_or(Path::new(".")));
        if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(&self.0) {
            let _ = file.write_all(format!("{}\n", line(about)).as_bytes());
        }
    }
}

/// Whether a model's folder is in one of our caches.
pub(crate) fn ours(root: &Path, folders: &Folders) -> bool {
    root.starts_with(&folders.models) || root.starts_with(&folders.hub)
}

fn line(about: &About) -> String {
    let decides = format!("{} {} {}", env!("CARGO_PKG_VERSION"), about.device, about.recipe);
    Sha256::digest(decides).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin;

    #[test]
    fn what_passed_is_remembered_and_only_in_our_caches() {
        let root = tempfile::tempdir().expect("a folder");
        let folders = Folders { models: root.path().join("models"), hub: root.path().join("hub") };
        assert!(Checked::of(&root.path().join("mine"), &folders).is_none());
        let checked = Checked::of(&folders.hub.join("models--a--b/snapshots/c"), &folders).expect("ours");
        let about = builtin("builtin-text").expect("built in").about().clone();
        assert!(!checked.has(&about));
        checked.remember(&about);
        checked.remember(&About { device: "another".into(), ..about.clone() });
        assert!(checked.has(&about));
        let mut other = about;
        other.recipe["files"] = "others".into();
        assert!(!checked.has(&other));
    }
}
