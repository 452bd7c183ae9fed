//! Tables, whatever their format: what one holds, from its beginning, and its rows one after another.
//!
//! Deliberately absent: making items of rows; that is [`crate::read`]'s.

mod arrow;
mod batch;
mod cell;
mod columns;
mod csv;
mod dialect;
mod guess;
mod json;
mod parquet;
mod plain;
mod sample;
mod sqlite;

use std::path::Path;

pub(crate) use cell::{Each, Record};
pub use columns::{ColumnType, Columns};
pub(crate) use columns::{Roles, Row};
pub(crate) use dialect::column;
pub use plain::{Plain, plain};

use cell::Cell;

use crate::inside::{self, Local};
use crate::{Format, Limits, Reason, guard};

/// Rows from which a table is judged.
const ROWS: usize = 500;

/// Rows that are shown.
const HEAD: usize = 4;

/// Most columns that are told apart.
const COLUMNS: usize = 20_000;

/// A first look at a table.
#[derive(Clone, Debug, PartialEq)]
pub struct TablePeek {
    /// Its columns; named "column 1", "column 2" … where the table has no header.
    pub columns: Vec<String>,
    /// What each holds.
    pub types: Vec<ColumnType>,
    /// What the columns seem to be for.
    pub guess: Columns,
    /// Rows without the header.
    pub row_count: RowCount,
    /// How it is written, in words: "comma-separated, quoted, with a header".
    pub written: String,
    /// The names of all tables in the file, where it may hold several.
    pub tables: Vec<String>,
    /// Its first rows as people read them, long cells shortened.
    pub head: Vec<Vec<String>>,
}

/// How many rows a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowCount {
    /// As many: the table is small, or its file says so.
    Counted(u64),
    /// About as many, by the size of the file and of its first rows.
    About(u64),
}

impl RowCount {
    /// The number, however it was found.
    pub fn number(self) -> u64 {
        let (Self::Counted(rows) | Self::About(rows)) = self;
        rows
    }
}

/// Looks at the beginning of a table; of this one, where a file holds several.
pub fn peek(path: &Path, format: Format, table: Option<&str>) -> Result<TablePeek, Reason> {
    guard::guarded(|| {
        let wanted = Columns { table: table.map(str::to_owned), ..Columns::default() };
        let table = Table::open(path, format, &wanted, &Limits::default())?;
        Ok(TablePeek {
            columns: table.columns,
            types: table.types,
            guess: table.guess,
            row_count: table.row_count,
            written: table.written,
            tables: table.tables,
            head: table.head,
        })
    })
}

/// A table whose beginning was looked at.
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) types: Vec<ColumnType>,
    pub(crate) guess: Columns,
    row_count: RowCount,
    written: String,
    tables: Vec<String>,
    head: Vec<Vec<String>>,
    rows: Rows,
    /// Where the table is inside an archive, its copy, to be opened again for the rows.
    _local: Local,
}

/// What is read at the beginning of a table.
struct Start {
    columns: Vec<String>,
    sample: Vec<Vec<Cell<'static>>>,
    row_count: RowCount,
    written: String,
    tables: Vec<String>,
    rows: Rows,
}

/// How all rows are read.
enum Rows {
    Csv(csv::Source),
    Json(json::Source),
    Parquet(parquet::Source),
    Arrow(arrow::Source),
    Sqlite(sqlite::Source),
}

impl Table {
    pub(crate) fn open(path: &Path, format: Format, wanted: &Columns, limits: &Limits) -> Result<Self, Reason> {
        let local = inside::local(path, limits)?;
        let path = &*local;
        let start = match format {
            Format::Csv => csv::start(path),
            Format::Jsonl => json::start_lines(path),
            Format::Json => json::start(path, limits),
            Format::Parquet => parquet::start(path),
            Format::Arrow => arrow::start(path, limits),
            Format::Sqlite => sqlite::start(path, wanted),
            _ => Err(Reason::Empty { what: "not a table".into() }),
        }?;
        if start.columns.len() > COLUMNS {
            let what = format!("{} columns, at most {COLUMNS}", start.columns.len());
            return Err(Reason::TooLarge { what });
        }
        let (types, mut guess) = guess::columns(&start.columns, &start.sample);
        if let Rows::Sqlite(source) = &start.rows {
            guess.table = Some(source.table().to_owned());
        }
        let head = start.sample.iter().take(HEAD).map(|row| row.iter().map(Cell::shown).collect()).collect();
        let Start { columns, row_count, written, tables, rows, .. } = start;
        Ok(Self { columns, types, guess, row_count, written, tables, head, rows, _local: local })
    }

    /// A table that says what the rows of a matrix are. Where it is a single column, its first row is the first row's:
    /// a name over one column is the custom nowhere.
    pub(crate) fn companion(path: &Path, format: Format, limits: &Limits) -> Result<Self, Reason> {
        let mut table = Self::open(path, format, &Columns::default(), limits)?;
        if let (Rows::Csv(source), 1) = (&mut table.rows, table.columns.len()) {
            source.take_no_header();
        }
        Ok(table)
    }

    /// Hands over every row, in order. What is wrong with some rows is said at the end.
    pub(crate) fn each(&self, limits: &Limits, each: Each<'_>) -> Result<(), Reason> {
        match &self.rows {
            Rows::Csv(source) => source.each(&self.columns, each),
            Rows::Json(source) => source.each(&self.columns, limits, each),
            Rows::Parquet(source) => source.each(each),
            Rows::Arrow(source) => source.each(limits, each),
            Rows::Sqlite(source) => source.each(each),
        }
    }
}

fn broken(problem: impl std::fmt::Display) -> Reason {
    Reason::Broken { problem: problem.to_string() }
}

#[cfg(test)]
mod tests;
