//! The tables of the index and the version they are at; `docs/workspace-format.md` says the same in words.
//!
//! Deliberately absent: bringing older versions up to this one (`migrate`).

use rusqlite::Connection;

use crate::Error;
use crate::disk::Journal;

/// The version this program writes.
pub(crate) const VERSION: i64 = 2;

/// Says in the file's head that it is one of ours: "Embd".
pub(crate) const APPLICATION: i64 = 0x456D_6264;

/// Tables that hold what is kept, those that others refer to first.
pub(crate) const KEPT: [&str; 13] = [
    "collections",
    "items",
    "columns",
    "sets",
    "vectors",
    "extents",
    "members",
    "runs",
    "selections",
    "selected",
    "tags",
    "tagged",
    "settings",
];

pub(crate) const TABLES: &str = "
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
    metadata TEXT NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0
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
    dim INTEGER NOT NULL,
    file TEXT NOT NULL DEFAULT '',
    rows INTEGER NOT NULL DEFAULT 0
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
    blob TEXT,
    set_id INTEGER REFERENCES sets(id),
    app TEXT NOT NULL DEFAULT '',
    row_bytes INTEGER,
    blob_hash BLOB
) STRICT;
";

/// What version 2 has beyond the columns it added.
pub(crate) const TABLES_SINCE_2: &str = r#"
CREATE INDEX members_item ON members (item);

CREATE TABLE extents (
    set_id INTEGER NOT NULL REFERENCES sets(id),
    first INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (set_id, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE selections (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE selected (
    list INTEGER NOT NULL REFERENCES selections(id) ON DELETE CASCADE,
    item INTEGER NOT NULL REFERENCES items(id) ON DELETE CASCADE,
    PRIMARY KEY (list, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX selected_item ON selected (item);

CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE tagged (
    list INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
    item INTEGER NOT NULL REFERENCES items(id) ON DELETE CASCADE,
    PRIMARY KEY (list, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX tagged_item ON tagged (item);

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE texts USING fts5(text, content='', contentless_delete=1, 
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'");
"#;

/// Where to look for an item that has moved: of a content that thousands have, few have vanished. Workspaces of this
/// version that were made before it are given it too.
pub(crate) const INDEX_OF_GONE: &str = "CREATE INDEX IF NOT EXISTS items_gone ON items (hash) WHERE gone";

/// What a connection has to be told before anything is read. Fails where the folder's system cannot keep the journal.
pub(crate) fn set_up(index: &Connection, journal: Journal) -> Result<(), Error> {
    index.busy_timeout(std::time::Duration::from_secs(5))?;
    index.set_prepared_statement_cache_capacity(64);
    index.pragma_update(None, "foreign_keys", true)?;
    // What was committed outlasts a power cut: with a rollback journal that takes syncing its removal as well.
    let synchronous = match journal {
        Journal::Unchanged => return Ok(()),
        Journal::Wal => {
            index.pragma_update(None, "journal_mode", "WAL")?;
            "FULL"
        }
        Journal::Rollback => {
            // A workspace that was on a local disk before is in WAL mode; alone with it, SQLite needs no shared memory
            // to leave that mode.
            index.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            index.pragma_update(None, "journal_mode", "DELETE")?;
            index.pragma_update(None, "locking_mode", "NORMAL")?;
            let _: i64 = index.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
            "EXTRA"
        }
    };
    index.pragma_update(None, "synchronous", synchronous)?;
    // What was deleted does not stay readable in free pages.
    index.pragma_update(None, "secure_delete", true)?;
    Ok(())
}

/// The version an index is at; 0 for one without tables.
pub(crate) fn version(index: &Connection) -> Result<i64, Error> {
    Ok(index.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Makes the tables in an empty index.
pub(crate) fn create(index: &Connection) -> Result<(), Error> {
    let work = index.unchecked_transaction()?;
    work.execute_batch(TABLES)?;
    work.execute_batch(TABLES_SINCE_2)?;
    work.pragma_update(None, "application_id", APPLICATION)?;
    work.pragma_update(None, "user_version", VERSION)?;
    Ok(work.commit()?)
}
