//! Tables of separated values, streamed.
//!
//! Deliberately absent: telling how one is written; that is `dialect`'s.

use std::fs::File;
use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::cell::{Cell, Each, Record};
use super::dialect::{Dialect, column};
use super::sample::Sample;
use super::{ROWS, Rows, Start, broken};
use crate::{Reason, charset};

pub(super) struct Source {
    path: PathBuf,
    dialect: Dialect,
    encoding: &'static encoding_rs::Encoding,
}

pub(super) fn start(path: &Path) -> Result<Start, Reason> {
    let sample = Sample::of(path)?;
    let lines = sample.lines();
    let dialect = Dialect::of(&lines, path);
    let rows = dialect.rows(&lines);
    Ok(Start {
        columns: dialect.columns.clone(),
        row_count: sample.scaled(rows.len()),
        sample: rows.into_iter().take(ROWS).map(|row| row.into_iter().map(Cell::words).collect()).collect(),
        written: format!("{}, {}", dialect.in_words(), sample.encoding.name()),
        tables: Vec::new(),
        rows: Rows::Csv(Source { path: path.to_owned(), dialect, encoding: sample.encoding }),
    })
}

impl Source {
    /// Takes the first row for one like the others.
    pub(super) fn take_no_header(&mut self) {
        self.dialect.has_header = false;
    }

    pub(super) fn each(&self, columns: &[String], each: Each<'_>) -> Result<(), Reason> {
        let file = charset::stream(File::open(&self.path)?, self.encoding);
        let mut rows = self.dialect.reader().from_reader(file);
        let mut row = StringRecord::new();
        let mut number = 0;
        while rows.read_record(&mut row).map_err(broken)? {
            number += 1;
            let cells = row.iter().take(columns.len()).map(Cell::words).collect();
            let beyond = row.iter().enumerate().skip(columns.len());
            let others = beyond.map(|(at, cell)| (column(at), Cell::words(cell))).collect();
            each(Record { number, cells, others })?;
        }
        Ok(())
    }
}
