//! Files of the same content, told before anything is read into the workspace.
//!
//! Only files of equal size are compared, first by their beginnings. Deliberately absent: files inside archives, very large
//! files, and texts that are alike but not the same.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;

use embedscope_sources::hash;
use embedscope_sources::scan::Found;
use embedscope_space::Cancel;
use rayon::prelude::*;

/// Files larger than this are not compared.
const LARGEST: u64 = 64 << 20;
/// Bytes that are compared first.
const BEGINNING: u64 = 16 << 10;

/// The names of files of equal content, in the order they were found; the first of each group stands for the others.
/// Of what is not looked at because it was told to stop, nothing is said.
pub(super) fn duplicates(files: &[Found], cancel: &Cancel) -> Vec<Vec<String>> {
    let mut alike: BTreeMap<u64, Vec<&Found>> = BTreeMap::new();
    for file in files.iter().filter(|file| (1..=LARGEST).contains(&file.bytes)) {
        alike.entry(file.bytes).or_default().push(file);
    }
    let beginning = |file: &Found| {
        let mut bytes = Vec::new();
        // A hash that is not made parts a file from all others.
        if cancel.is_cancelled() {
            return None;
        }
        File::open(&file.path).ok()?.take(BEGINNING).read_to_end(&mut bytes).ok()?;
        Some(hash::content(&bytes))
    };
    let mut groups: Vec<Vec<&Found>> = alike.into_values().filter(|group| group.len() > 1).collect();
    groups = parted(groups, beginning);
    groups = parted(groups, |file| if cancel.is_cancelled() { None } else { hash::file(&file.path).ok() });
    let place = |name: &str| files.iter().position(|file| file.name == name);
    groups.sort_by_key(|group| group.first().and_then(|file| place(&file.name)));
    groups.into_iter().map(|group| group.into_iter().map(|file| file.name.clone()).collect()).collect()
}

/// The groups parted by a hash; whoever has none, or one of its own, is left out.
fn parted(groups: Vec<Vec<&Found>>, hash: impl Fn(&Found) -> Option<[u8; 32]> + Sync) -> Vec<Vec<&Found>> {
    groups
        .into_par_iter()
        .flat_map_iter(|group| {
            let mut alike: BTreeMap<[u8; 32], Vec<&Found>> = BTreeMap::new();
            for file in group {
                if let Some(hash) = hash(file) {
                    alike.entry(hash).or_default().push(file);
                }
            }
            alike.into_values().filter(|group| group.len() > 1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use embedscope_sources::{Limits, scan::scan};
    use embedscope_space::Cancel;
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn equal_contents_are_found_and_equal_sizes_are_not_enough() {
        let folder = TempDir::new().expect("a folder");
        let long = "x".repeat(BEGINNING as usize);
        for (name, text) in [
            ("a.txt", "same"),
            ("b.txt", "else"),
            ("c.md", "same"),
            ("d.txt", &format!("{long}1")),
            ("e.txt", &format!("{long}2")),
            ("f.txt", "else"),
        ] {
            fs::write(folder.path().join(name), text).expect("written");
        }
        let found = scan(&[folder.path().to_owned()], &Limits::default(), &Cancel::default());
        assert_eq!(duplicates(&found.files, &Cancel::default()), [["a.txt", "c.md"], ["b.txt", "f.txt"]]);
    }
}
