//! A folder with copies of the files that items came from, as they lay in the folder that was dropped, and `items.jsonl`.
//!
//! Of what lies inside an archive or a sheet, that is copied. Deliberately absent: originals that are not where they were;
//! `items.jsonl` says which file each item names.

use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::sheet::{Sheet, folder};
use crate::Error;

pub(super) fn write(sheet: &Sheet<'_>, out: &Path) -> Result<Vec<PathBuf>, Error> {
    let place = folder(out)?;
    let mut files = vec![place("items.jsonl")];
    sheet.write_items(&files[0])?;
    let mut copied = HashSet::new();
    sheet.each(&mut |row, card| {
        let Ok(original) = sheet.original(row) else { return Ok(()) };
        if !copied.insert(original.clone()) {
            return Ok(());
        }
        let copy = free(out, &below(&card.file, &original));
        let folder = copy.parent().unwrap_or(out);
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        fs::copy(&original, &copy).map_err(Error::file(&original))?;
        files.push(copy);
        Ok(())
    })?;
    if copied.is_empty() {
        return Err(Error::Request("none of the originals is where it was".into()));
    }
    Ok(files)
}

/// Where an original lay below the dropped folder, given the name of an item that may lie inside it.
fn below(name: &str, original: &Path) -> PathBuf {
    let file = original.file_name().unwrap_or_default();
    let parts: Vec<Component<'_>> =
        Path::new(name).components().filter(|part| matches!(part, Component::Normal(_))).collect();
    match parts.iter().position(|part| part.as_os_str() == file) {
        Some(at) => parts[..=at].iter().collect(),
        None => file.into(),
    }
}

/// A path in the folder that is not taken: `a/b.txt`, `a/b 2.txt`.
fn free(out: &Path, name: &Path) -> PathBuf {
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let ending = name.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    let numbered = |number: u32| match number {
        1 => out.join(name),
        _ => out.join(name).with_file_name(format!("{stem} {number}{ending}")),
    };
    (1..).map(numbered).find(|path| !path.exists()).unwrap_or_else(|| numbered(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_original_lies_where_it_lay() {
        let named = |name, original| below(name, Path::new(original));
        assert_eq!(named("notes/a.txt", "/home/me/notes/a.txt"), Path::new("notes/a.txt"));
        assert_eq!(named("old/letters.zip/in/a.txt", "/home/me/old/letters.zip"), Path::new("old/letters.zip"));
        assert_eq!(named("../../etc/a.txt", "/etc/a.txt"), Path::new("etc/a.txt"));
        assert_eq!(named("elsewhere", "/home/me/a.txt"), Path::new("a.txt"));
    }
}
