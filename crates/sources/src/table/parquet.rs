//! Parquet files, read a few rows at a time.
//!
//! Deliberately absent: encrypted columns, and skipping columns that are not kept.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::cell::{Cell, Each};
use super::{ROWS, RowCount, Rows, Start, batch, broken};
use crate::Reason;

pub(super) struct Source {
    path: PathBuf,
}

pub(super) fn start(path: &Path) -> Result<Start, Reason> {
    let source = Source { path: path.to_owned() };
    let file = source.open()?;
    let columns = batch::names(file.schema());
    let row_count = RowCount::Counted(file.metadata().file_metadata().num_rows().max(0).cast_unsigned());
    let mut sample: Vec<Vec<Cell<'static>>> = Vec::new();
    for found in file.with_limit(ROWS).build().map_err(broken)? {
        batch::each(&found.map_err(broken)?, 1, &mut |record| {
            sample.push(record.cells.into_iter().map(Cell::into_owned).collect());
            Ok(())
        })?;
    }
    let written = "Parquet".into();
    Ok(Start { columns, sample, row_count, written, tables: Vec::new(), rows: Rows::Parquet(source) })
}

impl Source {
    pub(super) fn each(&self, each: Each<'_>) -> Result<(), Reason> {
        let mut number = 1;
        for found in self.open()?.build().map_err(broken)? {
            let found = found.map_err(broken)?;
            batch::each(&found, number, each)?;
            number += found.num_rows() as u64;
        }
        Ok(())
    }

    fn open(&self) -> Result<ParquetRecordBatchReaderBuilder<File>, Reason> {
        let file = ParquetRecordBatchReaderBuilder::try_new(File::open(&self.path)?).map_err(broken)?;
        Ok(file.with_batch_size(batch::AT_ONCE))
    }
}
