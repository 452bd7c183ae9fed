//! How much one file may ask of the machine before it is left out with a reason.
//!
//! Deliberately absent: limits on the number of files; whoever scans can cancel.

use serde::{Deserialize, Serialize};

use crate::Reason;

/// The limits of reading one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the file; tables and vectors, which are streamed, may be larger.
    pub file_bytes: u64,
    /// Bytes of text held at once: a document, one part unpacked from an archive, a line of a table. Tables are
    /// streamed and may be longer as a whole.
    pub text_bytes: u64,
    /// Pixels of a picture, width times height.
    pub pixels: u64,
    /// Seconds spent waiting for the reader, for tables and vectors until the next item; what the receiver of the items
    /// does does not count.
    pub seconds: u64,
    /// Items taken from one file.
    pub items_per_file: u64,
    /// Rows taken from one table.
    pub rows_per_table: u64,
    /// How many times larger than packed a part of an archive may become.
    pub archive_ratio: u64,
    /// Files taken from one archive.
    pub archive_entries: u64,
    /// How many archives may stand around a file.
    pub archive_depth: usize,
    /// How deep elements of a document may be nested.
    pub nesting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 512 << 20,
            text_bytes: 64 << 20,
            pixels: 100_000_000,
            seconds: 30,
            items_per_file: 1_000_000,
            rows_per_table: 50_000_000,
            archive_ratio: 200,
            archive_entries: 100_000,
            archive_depth: 2,
            nesting: 256,
        }
    }
}

impl Limits {
    /// Refuses a file of more than `limit` bytes.
    pub(crate) fn check_bytes(bytes: u64, limit: u64) -> Result<(), Reason> {
        if bytes <= limit {
            return Ok(());
        }
        Err(Reason::TooLarge { what: format!("{}, at most {}", size(bytes), size(limit)) })
    }
}

/// A number of bytes in words.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "kB", "MB", "GB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 || value >= 10.0 {
        format!("{value:.0} {}", UNITS[unit])
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_words() {
        assert_eq!(size(512), "512 B");
        assert_eq!(size(1536), "1.5 kB");
        assert_eq!(size(512 << 20), "512 MB");
    }

    #[test]
    fn only_more_than_the_limit_is_refused() {
        assert_eq!(Limits::check_bytes(10, 10), Ok(()));
        assert_eq!(
            Limits::check_bytes(2048, 1024).expect_err("over").to_string(),
            "larger than the limit: 2.0 kB, at most 1.0 kB"
        );
    }
}
