//! One table of an SQLite file, opened so that nothing in the file is run and nothing is written, not even a journal.
//!
//! Deliberately absent: views and virtual tables, which are programs, and what lies in a write-ahead log beside the file.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::cell::{Cell, Each, Record};
use super::columns::Columns;
use super::{ROWS, RowCount, Rows, Start, broken, guess};
use crate::Reason;

/// Rows that are counted one by one.
const COUNTED: i64 = 100_000;

pub(super) struct Source {
    path: PathBuf,
    table: String,
}

pub(super) fn start(path: &Path, wanted: &Columns) -> Result<Start, Reason> {
    let index = open(path)?;
    let tables = tables(&index)?;
    if tables.is_empty() {
        return Err(Reason::Empty { what: "no table in it".into() });
    }
    if let Some(wanted) = &wanted.table
        && !tables.contains(wanted)
    {
        return Err(broken(format!("it has no table named {wanted}")));
    }
    let mut best: Option<(f64, Start)> = None;
    for table in tables.iter().filter(|table| wanted.table.as_ref().is_none_or(|wanted| wanted == *table)) {
        let source = Source { path: path.to_owned(), table: table.clone() };
        let columns = source.columns(&index)?;
        let mut sample = Vec::new();
        source.rows(&index, Some(ROWS), &mut |record| {
            sample.push(record.cells.into_iter().map(Cell::into_owned).collect::<Vec<_>>());
            Ok(())
        })?;
        let rows = count(&index, table)?;
        let text = guess::columns(&columns, &sample).1.text;
        let at = text.and_then(|text| columns.iter().position(|column| *column == text));
        let letters: usize =
            at.map_or(0, |at| sample.iter().filter_map(|row| row.get(at)).map(|c| c.text().len()).sum());
        // The most text in all; among tables without any, the most rows.
        let weight = letters as f64 / sample.len().max(1) as f64 * rows as f64 + rows as f64 * 1e-3;
        if best.as_ref().is_none_or(|(most, _)| weight > *most) {
            let start = Start {
                columns,
                sample,
                row_count: RowCount::Counted(rows.max(0).cast_unsigned()),
                written: format!("SQLite, table {table}"),
                tables: tables.clone(),
                rows: Rows::Sqlite(source),
            };
            best = Some((weight, start));
        }
    }
    best.map(|(_, start)| start).ok_or_else(|| Reason::Empty { what: "no table in it".into() })
}

impl Source {
    pub(super) fn table(&self) -> &str {
        &self.table
    }

    pub(super) fn each(&self, each: Each<'_>) -> Result<(), Reason> {
        self.rows(&open(&self.path)?, None, each)
    }

    fn columns(&self, index: &Connection) -> Result<Vec<String>, Reason> {
        let statement = index.prepare(&format!("SELECT * FROM {}", quoted(&self.table))).map_err(broken)?;
        Ok(statement.column_names().map(str::to_owned).collect())
    }

    fn rows(&self, index: &Connection, most: Option<usize>, each: Each<'_>) -> Result<(), Reason> {
        let most = most.map_or(-1, |most| most as i64);
        let query = format!("SELECT * FROM {} LIMIT {most}", quoted(&self.table));
        let mut statement = index.prepare(&query).map_err(broken)?;
        let columns = statement.column_count();
        let mut rows = statement.query([]).map_err(broken)?;
        let mut number = 0;
        while let Some(row) = rows.next().map_err(broken)? {
            number += 1;
            let cells = (0..columns).map(|at| row.get_ref(at).map_or(Cell::Empty, cell)).collect();
            each(Record { number, cells, others: Vec::new() })?;
        }
        Ok(())
    }
}

fn cell(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Empty,
        ValueRef::Integer(number) => Cell::words(number.to_string()),
        ValueRef::Real(number) => Cell::words(number.to_string()),
        ValueRef::Text(text) => Cell::words(String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => floats(bytes).map_or(Cell::Empty, Cell::Numbers),
    }
}

/// Vectors are often kept as the bytes of 32-bit floats; other bytes seldom are plausible numbers throughout.
fn floats(bytes: &[u8]) -> Option<Vec<f32>> {
    const LEAST: usize = 8;
    if bytes.len() < LEAST * size_of::<f32>() || !bytes.len().is_multiple_of(size_of::<f32>()) {
        return None;
    }
    let numbers = bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
    let is_plausible = |number: f32| number == 0.0 || (1e-12..1e6).contains(&number.abs());
    numbers.map(|number| is_plausible(number).then_some(number)).collect()
}

/// Without locks, journals and extensions; what the schema says is not trusted to call anything.
fn open(path: &Path) -> Result<Connection, Reason> {
    let whole = std::path::absolute(path)?;
    let whole = whole.to_str().ok_or_else(|| broken("its path is not UTF-8"))?;
    let mut uri = String::from("file:");
    for byte in whole.bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(byte.into()),
            b'\\' => uri.push('/'),
            _ if byte.is_ascii_alphanumeric() => uri.push(byte.into()),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str("?mode=ro&immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let index = Connection::open_with_flags(uri, flags).map_err(broken)?;
    for (setting, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
    ] {
        index.set_db_config(setting, value).map_err(broken)?;
    }
    index.pragma_update(None, "cell_size_check", true).map_err(broken)?;
    Ok(index)
}

/// The names of its plain tables, in order.
fn tables(index: &Connection) -> Result<Vec<String>, Reason> {
    let mut statement = index
        .prepare(
            "SELECT name FROM pragma_table_list
             WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        )
        .map_err(broken)?;
    let names = statement.query_map([], |row| row.get(0)).map_err(broken)?;
    names.collect::<Result<_, _>>().map_err(broken)
}

/// How many rows a table has: counted as far as that is quick, beyond that told from the last row's number.
fn count(index: &Connection, table: &str) -> Result<i64, Reason> {
    let name = quoted(table);
    let number = |query: &str| index.query_row(query, [], |row| row.get::<_, Option<i64>>(0));
    let counted = number(&format!("SELECT COUNT(*) FROM (SELECT 1 FROM {name} LIMIT {COUNTED})")).map_err(broken)?;
    let counted = counted.unwrap_or(0);
    if counted < COUNTED {
        return Ok(counted);
    }
    // Tables without numbered rows are at least as long.
    Ok(number(&format!("SELECT MAX(rowid) FROM {name}")).ok().flatten().map_or(counted, |last| last.max(counted)))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
