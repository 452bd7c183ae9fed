//! Brings a workspace of an older version up to this one, one version after the other, after keeping a copy of its index.
//!
//! A step changes the index in one transaction and never a file, so that a crash leaves the old version or the new one.
//! Deliberately absent: going back; the copy is for that.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, Transaction, params};

use crate::matrix::{Matrix, checksum};
use crate::{Error, disk, schema, texts};

/// Brings the index from version `found` to the present one.
pub(crate) fn run(index: &Connection, folder: &Path, found: i64) -> Result<(), Error> {
    keep_copy(index, folder, found)?;
    for version in found..schema::VERSION {
        let work = index.unchecked_transaction()?;
        match version {
            1 => from_1(&work, folder)?,
            _ => return Err(Error::Damaged { what: format!("its version is {found}") }),
        }
        work.pragma_update(None, "user_version", version + 1)?;
        work.commit()?;
    }
    Ok(())
}

/// Copies the index to `workspace.v1.sqlite`, whole or not at all.
fn keep_copy(index: &Connection, folder: &Path, version: i64) -> Result<(), Error> {
    let copy = folder.join(format!("workspace.v{version}.sqlite"));
    if copy.exists() {
        return Ok(());
    }
    let part = copy.with_added_extension("part");
    if part.exists() {
        disk::remove(&part)?;
    }
    index.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    let file = fs::File::open(&part).map_err(Error::io(&part))?;
    disk::sync(&file, &part)?;
    disk::rename(&part, &copy)
}

/// Version 1 had no checksums, no index of words, no selections, tags and settings; runs named their set as a parent.
fn from_1(work: &Transaction<'_>, folder: &Path) -> Result<(), Error> {
    work.execute_batch(
        "ALTER TABLE items ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE sets ADD COLUMN file TEXT NOT NULL DEFAULT '';
         ALTER TABLE sets ADD COLUMN rows INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE runs ADD COLUMN set_id INTEGER REFERENCES sets(id);
         ALTER TABLE runs ADD COLUMN app TEXT NOT NULL DEFAULT '';
         ALTER TABLE runs ADD COLUMN row_bytes INTEGER;
         ALTER TABLE runs ADD COLUMN blob_hash BLOB;",
    )?;
    work.execute_batch(schema::TABLES_SINCE_2)?;
    work.pragma_update(None, "application_id", schema::APPLICATION)?;
    texts::fill(work)?;
    work.execute_batch(
        "UPDATE runs SET set_id = json_extract(parents, '$[0]')
             WHERE json_extract(parents, '$[0]') IN (SELECT id FROM sets);
         UPDATE runs SET row_bytes = CASE kind WHEN 'map' THEN 4 * json_extract(params, '$.dims')
             WHEN 'clusters' THEN 4 END WHERE blob IS NOT NULL;
         UPDATE runs SET parents = (SELECT json_group_array(earlier.id) FROM runs earlier
             WHERE earlier.set_id = runs.set_id AND earlier.kind = 'embedding' AND earlier.id < runs.id);",
    )?;
    seal_sets(work, folder)?;
    seal_blobs(work, folder)
}

fn seal_sets(work: &Transaction<'_>, folder: &Path) -> Result<(), Error> {
    let sets: Vec<(u32, u32, u32)> = work
        .prepare("SELECT s.id, s.dim, COUNT(v.hash) FROM sets s LEFT JOIN vectors v ON v.set_id = s.id GROUP BY s.id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    for (set, dim, known) in sets {
        let file = format!("{set}.f32");
        let path = folder.join("vectors").join(&file);
        let matrix =
            if path.exists() { Matrix::open(&path, dim as usize, true)? } else { Matrix::create(&path, dim as usize)? };
        // Rows that a damaged disk has lost are embedded again; the members' list ends before the first of them.
        let rows = matrix.rows()?.min(known as usize);
        let lost = params![set, rows as u32];
        work.execute("DELETE FROM vectors WHERE set_id = ?1 AND position >= ?2", lost)?;
        work.execute(
            "DELETE FROM members WHERE set_id = ?1 AND position >=
             (SELECT MIN(position) FROM members WHERE set_id = ?1 AND vector >= ?2)",
            lost,
        )?;
        work.execute("UPDATE sets SET file = ?2, rows = ?3 WHERE id = ?1", params![set, file, rows as u32])?;
        if rows > 0 {
            let hash = checksum(matrix.map(rows)?.as_slice());
            let extent = params![set, rows as u32, hash];
            work.execute("INSERT INTO extents (set_id, first, rows, hash) VALUES (?1, 0, ?2, ?3)", extent)?;
        }
    }
    Ok(())
}

fn seal_blobs(work: &Transaction<'_>, folder: &Path) -> Result<(), Error> {
    let blobs: Vec<(u32, String)> = work
        .prepare("SELECT id, blob FROM runs WHERE blob IS NOT NULL")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (run, blob) in blobs {
        match fs::read(folder.join("runs").join(blob)) {
            Ok(bytes) => {
                let hash = blake3::hash(&bytes);
                work.execute("UPDATE runs SET blob_hash = ?2 WHERE id = ?1", params![run, hash.as_bytes()])?;
            }
            Err(_) => {
                work.execute("DELETE FROM runs WHERE id = ?1", [run])?;
            }
        }
    }
    Ok(())
}
