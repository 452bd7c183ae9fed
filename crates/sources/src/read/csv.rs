//! Tables of separated values, streamed: one column is the text, the others are metadata.
//!
//! Deliberately absent: types; every cell is text.

use std::fs::File;
use std::path::Path;

use csv::StringRecord;

use super::outlet::{Metadata, Outlet};
use crate::table::{self, Dialect, Sample};
use crate::{Reason, charset};

pub(super) fn read(path: &Path, text_column: Option<&str>, outlet: &mut Outlet) -> Result<(), Reason> {
    let sample = Sample::of(path)?;
    let lines = sample.lines();
    let dialect = Dialect::of(&lines, path);
    let guess = if text_column.is_some() { None } else { dialect.guess(&lines) };
    let text = table::choose(&dialect.columns, text_column, guess)?;
    drop(lines);
    let mut rows = dialect.reader().from_reader(charset::stream(File::open(path)?, sample.encoding));
    let mut row = StringRecord::new();
    let mut number = 0;
    while rows.read_record(&mut row).map_err(|error| super::broken(error.to_string()))? {
        number += 1;
        outlet.row(number, row.get(text).unwrap_or_default(), &others(&row, text, &dialect.columns))?;
    }
    Ok(())
}

/// The filled cells beside the text; those beyond the header are named by their number.
fn others(row: &StringRecord, text: usize, columns: &[String]) -> Metadata {
    let mut metadata = Metadata::new();
    for (at, cell) in row.iter().enumerate() {
        let cell = cell.trim();
        if at != text && !cell.is_empty() {
            let name = columns.get(at).cloned().unwrap_or_else(|| table::column(at));
            metadata.insert(name, cell.to_owned());
        }
    }
    metadata
}
