//! SHA-256 of files, remembered for as long as nothing about a file has changed.
//!
//! One line a file in our cache: its sum, and what the file system says of it, the time of its last change of any kind among
//! that, which no program can set. A file that changed a moment ago is summed again, for it may change once more within a tick
//! of that clock. Deliberately absent: remembering where the file system does not tell (elsewhere than on Unix).

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::Folders;
use crate::checked::ours;

/// How long a file must have been left alone for its sum to be remembered: longer than the system holds back what was written.
const SETTLED: Duration = Duration::from_secs(60);

/// The memory of sums of files in our caches; those of a folder that somebody is working on are made every time.
#[derive(Default)]
pub(crate) struct Sums(Option<PathBuf>);

impl Sums {
    /// The memory for a model's folder.
    pub(crate) fn of(root: &Path, folders: &Folders) -> Self {
        Self(ours(root, folders).then(|| folders.models.join("sums.txt")))
    }

    /// The sum of a file, in hexadecimal digits.
    pub(crate) fn sum(&self, path: &Path) -> io::Result<String> {
        self.sum_at(SystemTime::now(), path)
    }

    fn sum_at(&self, now: SystemTime, path: &Path) -> io::Result<String> {
        let Some(memory) = &self.0 else { return sum(path) };
        let Some(before) = state(&fs::metadata(path)?, now) else { return sum(path) };
        let known = fs::read_to_string(memory).unwrap_or_default();
        if let Some(sum) = known.lines().filter_map(|line| line.split_once(' ')).find(|(_, state)| *state == before) {
            return Ok(sum.0.to_owned());
        }
        let sum = sum(path)?;
        if state(&fs::metadata(path)?, now).as_ref() == Some(&before)
            && let Ok(mut file) = OpenOptions::new().create(true).append(true).open(memory)
        {
            // Where that cannot be written, the sum is made again next time.
            let _ = file.write_all(format!("{sum} {before}\n").as_bytes());
        }
        Ok(sum)
    }
}

/// Everything that changes when a file does, in words; None where that is not told, or it changed a moment ago.
#[cfg(unix)]
fn state(file: &Metadata, now: SystemTime) -> Option<String> {
    use std::os::unix::fs::MetadataExt;

    let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let changed = Duration::from_secs(file.mtime().max(file.ctime()).try_into().ok()?);
    (changed + SETTLED < now).then(|| {
        let times = [file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()];
        format!("{} {} {} {times:?}", file.dev(), file.ino(), file.len())
    })
}

#[cfg(not(unix))]
fn state(_file: &Metadata, _now: SystemTime) -> Option<String> {
    None
}

fn sum(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => hasher.update(&buffer[..count]),
        }
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const OF_A: &str = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

    #[test]
    fn a_sum_is_remembered_only_of_a_file_that_was_left_alone_and_is_the_same() {
        let root = tempfile::tempdir().expect("a folder");
        let folders = Folders { models: root.path().into(), hub: root.path().join("hub") };
        let (sums, memory) = (Sums::of(&root.path().join("m"), &folders), root.path().join("sums.txt"));
        let path = root.path().join("a");
        fs::write(&path, "a").expect("written");
        assert_eq!(sums.sum(&path).expect("summed"), OF_A);
        assert!(!memory.exists(), "it was written a moment ago");

        let later = SystemTime::now() + 2 * SETTLED;
        let sum = || sums.sum_at(later, &path).expect("summed");
        assert_eq!(sum(), OF_A);
        let line = fs::read_to_string(&memory).expect("a memory");
        assert!(line.starts_with(OF_A) && line.lines().count() == 1);
        fs::write(&memory, line.replace(OF_A, "remembered")).expect("written");
        assert_eq!(sum(), "remembered");
        fs::write(&path, "b").expect("written");
        assert_ne!(sum(), "remembered", "it has changed, though not in length");
        assert!(Sums::of(Path::new("/elsewhere"), &folders).0.is_none());
    }
}
