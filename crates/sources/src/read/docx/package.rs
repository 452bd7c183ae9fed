//! The archive a Word document is packed in, unpacked only as far as the limits allow.
//!
//! Deliberately absent: XML.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::limits::size;
use crate::{Limits, Reason};

/// A part may always grow to this size, however well it was packed: short texts pack very well.
const FREE_BYTES: u64 = 4 << 20;

pub(super) struct Package {
    archive: ZipArchive<BufReader<File>>,
    limits: Limits,
}

impl Package {
    pub(super) fn open(path: &Path, limits: &Limits) -> Result<Self, Reason> {
        let mut file = BufReader::new(File::open(path)?);
        // With a password, the archive is wrapped into the container of the old Office formats.
        if file.fill_buf()?.starts_with(b"\xd0\xcf\x11\xe0") {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let wrapped: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
            let is_wrapped = bytes.windows(wrapped.len()).any(|window| window == wrapped);
            return Err(if is_wrapped {
                Reason::Protected
            } else {
                Reason::NotReadYet { format: "old Office".into() }
            });
        }
        Ok(Self { archive: ZipArchive::new(file).map_err(reason)?, limits: limits.clone() })
    }

    /// What `parse` makes of a part; None if there is no such part.
    pub(super) fn part<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&mut dyn BufRead) -> Result<T, Reason>,
    ) -> Result<Option<T>, Reason> {
        let entry = match self.archive.by_name(name) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(reason(error)),
        };
        let by_ratio = entry.compressed_size().saturating_mul(self.limits.archive_ratio).max(FREE_BYTES);
        let most = by_ratio.min(self.limits.text_bytes);
        // What the archive declares of itself may be a lie: the bytes are counted as they come.
        let mut counted = Counted { left: most, inner: entry };
        let outcome = parse(&mut BufReader::new(&mut counted));
        if counted.left == 0 {
            return Err(Reason::TooLarge { what: format!("{name} unpacks to more than {}", size(most)) });
        }
        outcome.map(Some)
    }
}

/// Fails once more than `left` bytes were read.
struct Counted<R> {
    left: u64,
    inner: R,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(count as u64);
        if self.left == 0 { Err(io::Error::other("too much to unpack")) } else { Ok(count) }
    }
}

fn reason(error: ZipError) -> Reason {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => Reason::Protected,
        other => Reason::Broken { problem: other.to_string() },
    }
}
