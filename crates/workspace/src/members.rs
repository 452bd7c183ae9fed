//! Taking members out of sets: the others move up, and results that say something of every member follow.
//!
//! Deliberately absent: vectors, which stay until nobody has their content.

use std::fs;

use rusqlite::{Row, Transaction, params};

use crate::{Error, Workspace, disk};

/// Files of results that were written anew, to be removed once the index says so.
pub(crate) struct Replaced(Vec<String>);

impl Workspace {
    /// Takes the members at these positions (in order) out of a set. The files of the results that were replaced are
    /// to be handed to [`Workspace::remove_replaced`] after the transaction.
    pub(crate) fn drop_members(&self, work: &Transaction<'_>, set: u32, positions: &[u32]) -> Result<Replaced, Error> {
        let Some(&first) = positions.first() else { return Ok(Replaced(Vec::new())) };
        let left = renumber(work, set, first, positions)?;
        if left == 0 {
            return self.drop_results(work, set);
        }
        self.cut_results(work, set, positions)
    }

    /// Removes the files of replaced results.
    pub(crate) fn remove_replaced(&self, replaced: Replaced) {
        for blob in replaced.0 {
            // Where it cannot be removed now, it is a stray and goes at the next opening.
            let _ = disk::remove(&self.blob_path(&blob));
        }
    }

    /// Forgets all that was computed from a set that shows nothing any more.
    fn drop_results(&self, work: &Transaction<'_>, set: u32) -> Result<Replaced, Error> {
        let blobs = work
            .prepare_cached("SELECT blob FROM runs WHERE set_id = ?1 AND blob IS NOT NULL")?
            .query_map([set], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        work.execute("DELETE FROM runs WHERE set_id = ?1", [set])?;
        Ok(Replaced(blobs))
    }

    fn cut_results(&self, work: &Transaction<'_>, set: u32, positions: &[u32]) -> Result<Replaced, Error> {
        let read = |row: &Row<'_>| Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?, row.get::<_, u32>(2)?));
        let results: Vec<(u32, String, u32)> = work
            .prepare_cached("SELECT id, blob, row_bytes FROM runs WHERE set_id = ?1 AND row_bytes > 0")?
            .query_map([set], read)?
            .collect::<Result<_, _>>()?;
        let mut replaced = Vec::new();
        for (run, blob, row_bytes) in results {
            let path = self.blob_path(&blob);
            let bytes = fs::read(&path).map_err(Error::io(&path))?;
            let kept: Vec<u8> = (0_u32..)
                .zip(bytes.chunks(row_bytes as usize))
                .filter(|(position, _)| positions.binary_search(position).is_err())
                .flat_map(|(_, row)| row)
                .copied()
                .collect();
            if kept.len() == bytes.len() {
                continue;
            }
            let file = next_name(&blob);
            disk::write_whole(&self.blob_path(&file), &kept)?;
            work.execute(
                "UPDATE runs SET blob = ?2, blob_hash = ?3 WHERE id = ?1",
                params![run, file, blake3::hash(&kept).as_bytes()],
            )?;
            replaced.push(blob);
        }
        Ok(Replaced(replaced))
    }
}

/// Leaves out the members at `dropped` and numbers those from `first` on without gaps; gives how many there are then.
pub(crate) fn renumber(work: &Transaction<'_>, set: u32, first: u32, dropped: &[u32]) -> Result<u32, Error> {
    let later: Vec<(u32, u32, u32)> = work
        .prepare_cached(
            "SELECT position, item, vector FROM members WHERE set_id = ?1 AND position >= ?2 ORDER BY position",
        )?
        .query_map([set, first], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    work.execute("DELETE FROM members WHERE set_id = ?1 AND position >= ?2", [set, first])?;
    let mut insert =
        work.prepare_cached("INSERT INTO members (set_id, position, item, vector) VALUES (?1, ?2, ?3, ?4)")?;
    let mut left = first;
    for (_, item, vector) in later.into_iter().filter(|(position, ..)| dropped.binary_search(position).is_err()) {
        insert.execute([set, left, item, vector])?;
        left += 1;
    }
    Ok(left)
}

/// `7-layout.f32`, `7-2-layout.f32`, `7-3-layout.f32`: never the name of the file it replaces.
fn next_name(blob: &str) -> String {
    let (run, rest) = blob.split_once('-').unwrap_or((blob, ""));
    let counted = rest.split_once('-').and_then(|(number, name)| Some((number.parse::<u32>().ok()?, name)));
    let (number, name) = counted.unwrap_or((1, rest));
    format!("{run}-{}-{name}", number + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_has_another_name() {
        assert_eq!(next_name("7-layout.f32"), "7-2-layout.f32");
        assert_eq!(next_name("7-2-layout.f32"), "7-3-layout.f32");
    }
}
