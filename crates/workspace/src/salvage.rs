//! An index that SQLite cannot read: saying so, and writing a new one with the rows that can still be read.
//!
//! Deliberately absent: what the rows mean; what no longer fits together is put right in `repair`.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::disk::{self, Journal};
use crate::repair::copy_name;
use crate::workspace::INDEX;
use crate::{Error, Problem, schema};

/// What keeps SQLite from reading the whole index, if anything does.
pub(crate) fn unreadable(path: &Path) -> Result<Option<Problem>, Error> {
    let look = || -> Result<Option<String>, Error> {
        let index = disk::connect(&path.join(INDEX), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let said: String = index.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        // The version lies in the head of the file; tables without it were not made whole.
        let version = schema::version(&index)?;
        let tables: u32 = index.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((said != "ok" || (version == 0) != (tables == 0)).then_some(said))
    };
    match look() {
        Ok(problem) => Ok(problem.map(Problem::Index)),
        Err(Error::Damaged { what }) => Ok(Some(Problem::Index(what))),
        Err(other) => Err(other),
    }
}

/// Writes a new index with every row of the old one that can be read; gives how many. The old one is kept.
pub(crate) fn salvage(path: &Path, journal: Journal) -> Result<usize, Error> {
    let (damaged, fresh) = (path.join(INDEX), path.join("workspace.salvaged"));
    for old in [&fresh, &fresh.with_added_extension("wal")] {
        if old.exists() {
            disk::remove(old)?;
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut kept = 0;
    {
        let index = disk::connect(&fresh, flags)?;
        schema::set_up(&index, Journal::Rollback)?;
        schema::create(&index)?;
        // What a lost row is pointed at from is put right when the rest is mended.
        index.pragma_update(None, "foreign_keys", false)?;
        if let Ok(old) = disk::connect(&damaged, OpenFlags::SQLITE_OPEN_READ_WRITE) {
            for table in schema::KEPT {
                kept += copy_rows(&old, &index, table)?;
            }
        }
    }
    let copy = copy_name(path);
    fs::copy(&damaged, &copy).map_err(Error::io(&copy))?;
    for beside in ["-wal", "-shm", "-journal"] {
        let file = path.join(format!("{INDEX}{beside}"));
        if file.exists() {
            disk::remove(&file)?;
        }
    }
    disk::rename(&fresh, &damaged)?;
    let index = disk::connect(&damaged, flags)?;
    schema::set_up(&index, journal)?;
    Ok(kept)
}

/// Copies what can be read of a table, from the front and then, past what cannot, from the back.
fn copy_rows(from: &Connection, to: &Connection, table: &str) -> Result<usize, Error> {
    let columns_in = |index: &Connection| -> rusqlite::Result<Vec<String>> {
        let mut names = index.prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?;
        names.query_map([], |row| row.get(0))?.collect()
    };
    // An older version has fewer; the others keep their defaults.
    let there = columns_in(from).unwrap_or_default();
    let columns: Vec<String> = columns_in(to)?.into_iter().filter(|column| there.contains(column)).collect();
    if columns.is_empty() {
        return Ok(0);
    }
    let key: Vec<String> = to
        .prepare(&format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk"))?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let marks = vec!["?"; columns.len()].join(", ");
    let work = to.unchecked_transaction()?;
    let mut kept = 0;
    {
        let mut insert =
            work.prepare(&format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({marks})", columns.join(", ")))?;
        for order in ["ASC", "DESC"] {
            let by = key.iter().map(|column| format!("{column} {order}")).collect::<Vec<_>>().join(", ");
            // An index that is damaged must not lead the way.
            let query = format!("SELECT {} FROM {table} NOT INDEXED ORDER BY {by}", columns.join(", "));
            let Ok(mut statement) = from.prepare(&query) else { continue };
            let Ok(mut rows) = statement.query([]) else { continue };
            let mut whole = false;
            loop {
                match rows.next() {
                    Ok(None) => {
                        whole = true;
                        break;
                    }
                    Err(_) => break,
                    Ok(Some(row)) => {
                        let values = (0..columns.len()).map(|column| row.get::<_, rusqlite::types::Value>(column));
                        let Ok(values) = values.collect::<Result<Vec<_>, _>>() else { continue };
                        // A value that the table refuses is not what was written.
                        kept += insert.execute(rusqlite::params_from_iter(values)).unwrap_or(0);
                    }
                }
            }
            if whole {
                break;
            }
        }
    }
    work.commit()?;
    Ok(kept)
}
