//! A whole table as it is written, for those who read it for what its columns say.
//!
//! Deliberately absent: making items of rows.

use std::path::Path;

use super::{Cell, ColumnType, Columns, Table, broken};
use crate::{Format, Limits, Reason, guard};

/// Every row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Plain {
    /// Its columns; named "column 1", "column 2" … where the table has no header.
    pub columns: Vec<String>,
    /// What each holds.
    pub types: Vec<ColumnType>,
    /// What the columns seem to be for.
    pub guess: Columns,
    /// One cell for each column, as written; empty where there is nothing, or a list of numbers.
    pub rows: Vec<Vec<String>>,
}

/// Reads a table of at most `most` rows; fails on longer ones.
pub fn plain(path: &Path, format: Format, most: usize, limits: &Limits) -> Result<Plain, Reason> {
    guard::guarded(|| {
        let table = Table::open(path, format, &Columns::default(), limits)?;
        let mut rows = Vec::new();
        table.each(limits, &mut |record| {
            if rows.len() == most {
                return Err(Reason::TooLarge { what: format!("more than {most} rows") });
            }
            let mut cells: Vec<String> = record.cells.iter().map(Cell::text).map(str::to_owned).collect();
            cells.resize(table.columns.len(), String::new());
            rows.push(cells);
            Ok(())
        })?;
        if rows.is_empty() {
            return Err(broken("it has no rows"));
        }
        Ok(Plain { columns: table.columns, types: table.types, guess: table.guess, rows })
    })
}
