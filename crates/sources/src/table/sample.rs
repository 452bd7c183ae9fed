//! The beginning of a table that is text.
//!
//! Deliberately absent: what the text means.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::RowCount;
use crate::{Reason, charset};

/// Bytes from which a table is judged.
const SAMPLE: u64 = 512 << 10;

/// The beginning of a table.
pub(super) struct Sample {
    bytes: Vec<u8>,
    is_whole: bool,
    file_bytes: u64,
    /// How its text is written.
    pub(super) encoding: &'static encoding_rs::Encoding,
}

impl Sample {
    pub(super) fn of(path: &Path) -> Result<Self, Reason> {
        let file = File::open(path)?;
        let file_bytes = file.metadata()?.len();
        let mut bytes = Vec::new();
        file.take(SAMPLE).read_to_end(&mut bytes)?;
        let encoding = charset::detect(&bytes, None);
        Ok(Self { is_whole: bytes.len() as u64 >= file_bytes, bytes, file_bytes, encoding })
    }

    /// Its text, without the line that the sample's end cut.
    pub(super) fn lines(&self) -> String {
        let mut text = charset::decode(&self.bytes, Some(self.encoding));
        if !self.is_whole
            && let Some(end) = text.rfind('\n')
        {
            text.truncate(end + 1);
        }
        text
    }

    /// How many rows there are in all, when the sample has this many.
    pub(super) fn scaled(&self, rows: usize) -> RowCount {
        if self.is_whole {
            return RowCount::Counted(rows as u64);
        }
        RowCount::About((rows as f64 * self.file_bytes as f64 / self.bytes.len() as f64).round() as u64)
    }
}
