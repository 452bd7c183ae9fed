//! The tables of the index, and the version they are at.

use rusqlite::Connection;

use crate::Error;

/// The version this program writes.
pub(crate) const VERSION: i64 = 1;

const TABLES: &str = "
CREATE TABLE collections (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE items (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collections(id),
    kind INTEGER NOT NULL,
    text TEXT,
    width INTEGER,
    height INTEGER,
    file BLOB NOT NULL,
    name TEXT NOT NULL,
    page INTEGER,
    line INTEGER,
    part INTEGER,
    parts INTEGER,
    offset INTEGER NOT NULL,
    hash BLOB NOT NULL,
    metadata TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX items_place ON items (hash, name, IFNULL(page, -1), IFNULL(line, -1), IFNULL(part, -1));
CREATE INDEX items_collection ON items (collection, kind);

CREATE TABLE columns (
    name TEXT PRIMARY KEY,
    items INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recipe TEXT NOT NULL UNIQUE,
    model TEXT NOT NULL,
    dim INTEGER NOT NULL
) STRICT;

CREATE TABLE vectors (
    set_id INTEGER NOT NULL REFERENCES sets(id),
    hash BLOB NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (set_id, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    set_id INTEGER NOT NULL REFERENCES sets(id),
    position INTEGER NOT NULL,
    item INTEGER NOT NULL REFERENCES items(id),
    vector INTEGER NOT NULL,
    PRIMARY KEY (set_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    parents TEXT NOT NULL,
    params TEXT NOT NULL,
    seed INTEGER,
    device TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    elapsed_ms REAL NOT NULL,
    result TEXT NOT NULL,
    blob TEXT
) STRICT;
";

/// Sets the connection up and makes the tables where there are none; false when they are of a later version.
pub(crate) fn prepare(index: &Connection) -> Result<bool, Error> {
    index.pragma_update(None, "journal_mode", "WAL")?;
    index.pragma_update(None, "synchronous", "NORMAL")?;
    index.pragma_update(None, "foreign_keys", true)?;
    index.set_prepared_statement_cache_capacity(64);
    match index.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))? {
        0 => {
            let work = index.unchecked_transaction()?;
            work.execute_batch(TABLES)?;
            work.pragma_update(None, "user_version", VERSION)?;
            work.commit()?;
            Ok(true)
        }
        found => Ok(found <= VERSION),
    }
}
