//! Giving back disk space, and saying where it goes.
//!
//! A matrix without its dead rows is written beside the old one; the index changes over in one transaction, after which
//! the old file is removed. Deliberately absent: deciding what is dead; that is forgetting.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use rusqlite::{Row, params};

use crate::matrix::Matrix;
use crate::sets::State;
use crate::{Error, SetFacts, Workspace, disk};

/// Disk use by part, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Items, texts, their index and all that is said of them.
    pub index: u64,
    /// Vectors that some item has.
    pub vectors: u64,
    /// Vectors that no item has any more; compacting gives them back.
    pub dead_vectors: u64,
    /// Layouts and other results.
    pub results: u64,
    /// What was pasted, kept as files.
    pub pasted: u64,
    /// Copies kept before the index was brought to a new version or repaired.
    pub copies: u64,
}

impl Usage {
    /// All parts together.
    pub fn total(&self) -> u64 {
        self.index + self.vectors + self.dead_vectors + self.results + self.pasted + self.copies
    }
}

/// Rows that are copied at once, and that share a checksum afterwards.
const AT_ONCE: usize = 4096;

impl Workspace {
    /// Disk use by part.
    pub fn usage(&self) -> Result<Usage, Error> {
        let mut usage = Usage::default();
        for entry in files_in(self.path())? {
            let name = entry.file_name().to_string_lossy().into_owned();
            let bytes = entry.metadata().map_or(0, |found| found.len());
            if name.starts_with("workspace.sqlite") && !name.ends_with("-repair") {
                usage.index += bytes;
            } else if name.starts_with("workspace.") {
                usage.copies += bytes;
            }
        }
        for entry in files_in(&self.path().join("runs"))? {
            usage.results += entry.metadata().map_or(0, |found| found.len());
        }
        let pasted = self.pasted_folder();
        if pasted.is_dir() {
            usage.pasted = files_in(&pasted)?.iter().map(|entry| entry.metadata().map_or(0, |found| found.len())).sum();
        }
        for facts in self.sets()? {
            let (_, rows) = self.stored(facts.id)?;
            let row = (facts.dim * size_of::<f32>()) as u64;
            let alive = u64::from(self.alive(&facts)?);
            usage.vectors += alive * row;
            usage.dead_vectors += (rows as u64).saturating_sub(alive) * row;
        }
        Ok(usage)
    }

    /// Removes what was forgotten from every file: dead rows from matrices, dead words from their index. The rows of
    /// vectors change: nobody may hold row numbers over this.
    pub fn purge(&self) -> Result<(), Error> {
        if self.is_read_only() {
            return Err(Error::ReadOnly);
        }
        for facts in self.sets()? {
            let set = self.set_of(facts.id)?;
            let mut state = set.state();
            if self.alive(&facts)? as usize != state.rows {
                self.rewrite(&facts, &mut state)?;
            }
        }
        self.index().execute_batch("INSERT INTO texts (texts) VALUES ('optimize')")?;
        self.empty_log()?;
        self.remove_strays()
    }

    /// Purges, and gives back the space inside the index as well, which takes writing it anew.
    pub fn compact(&self) -> Result<(), Error> {
        self.purge()?;
        self.index().execute_batch("VACUUM")?;
        self.empty_log()
    }

    fn alive(&self, facts: &SetFacts) -> Result<u32, Error> {
        let index = self.index();
        let count = index.query_row("SELECT COUNT(*) FROM vectors WHERE set_id = ?1", [facts.id.0], |row| row.get(0));
        Ok(count?)
    }

    fn rewrite(&self, facts: &SetFacts, state: &mut State) -> Result<(), Error> {
        // A damaged row must not get a checksum that says it is well.
        if let Some(bad) = self.bad_extents(facts, &state.matrix)?.first() {
            return Err(Error::Damaged { what: bad.to_string() });
        }
        let (old_file, _) = self.stored(facts.id)?;
        // Not even the name of an earlier attempt: its commit may have failed and still be found after a crash.
        let mut new_file = next_name(&old_file);
        while self.matrix_path(&new_file).exists() {
            new_file = next_name(&new_file);
        }
        let old = state.matrix.map(state.rows)?;
        let index = self.index();
        let work = index.unchecked_transaction()?;
        let read = |row: &Row<'_>| Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, u32>(1)?));
        let alive: Vec<([u8; 32], u32)> = work
            .prepare("SELECT hash, position FROM vectors WHERE set_id = ?1 ORDER BY position")?
            .query_map([facts.id.0], read)?
            .collect::<Result<_, _>>()?;
        let path = self.matrix_path(&new_file);
        let new = Matrix::create(&path, facts.dim)?;
        work.execute("DELETE FROM extents WHERE set_id = ?1", [facts.id.0])?;
        for (number, some) in alive.chunks(AT_ONCE).enumerate() {
            let first = number * AT_ONCE;
            let values: Vec<f32> = some.iter().flat_map(|&(_, row)| old.row(row as usize)).copied().collect();
            let hash = new.write(first, &values)?;
            work.prepare_cached("INSERT INTO extents (set_id, first, rows, hash) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![facts.id.0, first as u32, some.len() as u32, hash])?;
        }
        new.sync()?;
        {
            let mut vector = work.prepare("UPDATE vectors SET position = ?3 WHERE set_id = ?1 AND hash = ?2")?;
            let mut places: HashMap<u32, u32> = HashMap::with_capacity(alive.len());
            for (row, (hash, before)) in (0_u32..).zip(&alive) {
                places.insert(*before, row);
                if row != *before {
                    vector.execute(params![facts.id.0, hash, row])?;
                }
            }
            let members: Vec<(u32, u32)> = work
                .prepare("SELECT position, vector FROM members WHERE set_id = ?1")?
                .query_map([facts.id.0], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let mut member = work.prepare("UPDATE members SET vector = ?3 WHERE set_id = ?1 AND position = ?2")?;
            for (position, before) in members {
                let Some(&row) = places.get(&before) else {
                    return Err(Error::Damaged { what: format!("a member of set {} has no vector", facts.id.0) });
                };
                if row != before {
                    member.execute([facts.id.0, position, row])?;
                }
            }
        }
        let rows = alive.len();
        work.execute("UPDATE sets SET file = ?2, rows = ?3 WHERE id = ?1", params![facts.id.0, new_file, rows as u32])?;
        work.commit()?;
        *state = State { mapped: new.map(rows)?, matrix: new, rows };
        // Where it is still mapped and cannot be removed, it is a stray and goes at the next opening.
        let _ = disk::remove(&self.matrix_path(&old_file));
        Ok(())
    }
}

/// `3.f32`, `3-2.f32`, `3-3.f32`.
fn next_name(file: &str) -> String {
    let stem = file.strip_suffix(".f32").unwrap_or(file);
    let (set, number) = stem.split_once('-').and_then(|(set, n)| Some((set, n.parse().ok()?))).unwrap_or((stem, 1_u32));
    format!("{set}-{}.f32", number + 1)
}

fn files_in(folder: &Path) -> Result<Vec<fs::DirEntry>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::io(folder))?.flatten();
    Ok(entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_matrix_has_another_name() {
        assert_eq!(next_name("3.f32"), "3-2.f32");
        assert_eq!(next_name("3-2.f32"), "3-3.f32");
    }

    #[test]
    fn disk_use_is_told_by_part() {
        let workspace = Workspace::temporary().expect("opens");
        let set = workspace.set("{}", "m", 2).expect("made");
        set.append(&[([1; 32], &[1.0, 2.0]), ([2; 32], &[3.0, 4.0])]).expect("added");
        workspace.index().execute("DELETE FROM vectors WHERE position = 0", []).expect("deleted");
        fs::create_dir(workspace.pasted_folder()).expect("made");
        fs::write(workspace.pasted_folder().join("text-1.txt"), "pasted").expect("written");
        let before = workspace.usage().expect("measured");
        assert_eq!((before.vectors, before.dead_vectors, before.results, before.copies), (8, 8, 0, 0));
        assert_eq!(before.pasted, 6);
        assert!(before.index > 0 && before.total() == before.index + 22);
        workspace.compact().expect("compacted");
        let after = workspace.usage().expect("measured");
        assert_eq!((after.vectors, after.dead_vectors), (8, 0));
        assert_eq!(set.vectors().expect("mapped").as_slice(), [3.0, 4.0]);
        set.append(&[([1; 32], &[1.0, 2.0])]).expect("added");
        assert_eq!(set.vectors().expect("mapped").as_slice(), [3.0, 4.0, 1.0, 2.0]);
    }
}
