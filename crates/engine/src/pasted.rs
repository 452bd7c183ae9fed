//! What was pasted: kept as a file of the workspace, so that it is planned, read and found again like any other.
//!
//! Deliberately absent: looking into it; the plan says what it is.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;

use embedscope_sources::{Limits, hash};

use crate::{Engine, Error, Plan, write_whole};

/// Something from the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pasted<'a> {
    /// Words.
    Text(&'a str),
    /// The bytes of a picture's file, whatever its format.
    Picture(&'a [u8]),
}

impl Engine {
    /// Looks at what was pasted, as [`Engine::plan`] looks at files. The same content is kept once.
    pub fn plan_pasted(&self, pasted: Pasted<'_>) -> Result<Plan, Error> {
        let limits = Limits::default();
        let (bytes, most, title, kind, ending) = match pasted {
            Pasted::Text(text) if text.trim().is_empty() => {
                return Err(Error::Request("what was pasted holds no text and no picture".into()));
            }
            Pasted::Text(text) => (text.as_bytes(), limits.text_bytes, "Pasted text", "text", ".txt"),
            // Its format is told by its content.
            Pasted::Picture(bytes) => (bytes, limits.file_bytes, "Pasted picture", "picture", ""),
        };
        if bytes.len() as u64 > most {
            let most = most >> 20;
            return Err(Error::Request(format!(
                "what was pasted is larger than {most} MB; save it as a file and drop that"
            )));
        }
        let folder = self.inner.workspace.pasted_folder();
        fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        let [a, b, c, d, ..] = hash::content(bytes);
        let path = folder.join(format!("{kind}-{:08x}{ending}", u32::from_be_bytes([a, b, c, d])));
        if !path.exists() {
            // Whole or not at all: a broken copy would be taken for what was pasted.
            write_whole(&path, bytes)?;
        }
        Ok(Plan { name: title.into(), ..self.plan(&[path])? })
    }

    /// Forgets everything that was pasted.
    pub(crate) fn forget_pasted(&self) -> Result<(), Error> {
        let folder = self.inner.workspace.pasted_folder();
        if folder.exists() { fs::remove_dir_all(&folder).map_err(Error::file(&folder)) } else { Ok(()) }
    }

    /// Forgets what was pasted and no item comes from any more.
    pub(crate) fn forget_unused_pasted(&self) -> Result<(), Error> {
        // By name: the whole workspace may have been moved since.
        let originals = self.inner.workspace.originals()?;
        let used: HashSet<&OsStr> = originals.iter().filter_map(|file| file.file_name()).collect();
        for entry in fs::read_dir(self.inner.workspace.pasted_folder()).into_iter().flatten().flatten() {
            if !used.contains(entry.file_name().as_os_str()) {
                fs::remove_file(entry.path()).map_err(Error::file(&entry.path()))?;
            }
        }
        Ok(())
    }
}
