//! A matrix of `f32` in a file that only ever grows, read through a map of it.
//!
//! Nothing but the rows: `[rows, dim]` little-endian numbers from the first byte on, so that any program can map it.
//! Deliberately absent: which row is whose and what a stretch's checksum is; those are the index's.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use embedscope_space::Vectors;
use memmap2::{Mmap, MmapOptions};

use crate::{Error, disk};

const _: () = assert!(cfg!(target_endian = "little"), "vectors are kept little-endian and read in place");

const BYTES: u64 = size_of::<f32>() as u64;

/// The file of one set.
pub(crate) struct Matrix {
    path: PathBuf,
    file: File,
    dim: usize,
}

impl Matrix {
    /// A new, empty file.
    pub(crate) fn create(path: &Path, dim: usize) -> Result<Self, Error> {
        Ok(Self { file: disk::create(path)?, path: path.to_owned(), dim })
    }

    /// Opens the file that is there.
    pub(crate) fn open(path: &Path, dim: usize, writable: bool) -> Result<Self, Error> {
        let file = File::options().read(true).write(writable).open(path);
        Ok(Self { file: file.map_err(Error::io(path))?, path: path.to_owned(), dim })
    }

    /// Whole rows in the file.
    pub(crate) fn rows(&self) -> Result<usize, Error> {
        let bytes = self.file.metadata().map_err(Error::io(&self.path))?.len();
        Ok((bytes / (self.dim as u64 * BYTES)) as usize)
    }

    /// Cuts off what lies beyond `rows`. Only while opening a workspace: nobody maps the file yet.
    pub(crate) fn cut(&self, rows: usize) -> Result<(), Error> {
        let bytes = (rows * self.dim) as u64 * BYTES;
        if self.file.metadata().map_err(Error::io(&self.path))?.len() > bytes {
            disk::cut(&self.file, &self.path, bytes)?;
        }
        Ok(())
    }

    /// Writes values after the first `rows` rows, over whatever a failed attempt left there; gives their checksum.
    pub(crate) fn write(&self, rows: usize, values: &[f32]) -> Result<Checksum, Error> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        disk::write_at(&self.file, &self.path, &bytes, (rows * self.dim) as u64 * BYTES)?;
        Ok(*blake3::hash(&bytes).as_bytes())
    }

    /// Waits until everything written is on the disk.
    pub(crate) fn sync(&self) -> Result<(), Error> {
        disk::sync(&self.file, &self.path)
    }

    /// The first `rows` rows, read in place. Fails when the file is shorter.
    pub(crate) fn map(&self, rows: usize) -> Result<Vectors, Error> {
        if rows == 0 {
            return Ok(Vectors::empty(self.dim));
        }
        if self.rows()? < rows {
            return Err(Error::Damaged { what: format!("{} is too short", self.path.display()) });
        }
        let values = rows * self.dim;
        // SAFETY: the workspace's lock keeps other writers away; no program changes or cuts off committed rows: rows are
        // only written beyond them, and whole files are removed, which keeps existing maps valid.
        let map = unsafe { MmapOptions::new().len(values * size_of::<f32>()).map(&self.file) };
        let map = map.map_err(Error::io(&self.path))?;
        let mapped = Mapped { map, values };
        Ok(Vectors::shared(Arc::new(mapped), self.dim).unwrap_or_else(|_| Vectors::empty(self.dim)))
    }
}

/// BLAKE3 of a stretch of rows as they lie in the file.
pub(crate) type Checksum = [u8; 32];

/// The checksum of rows that were read.
pub(crate) fn checksum(values: &[f32]) -> Checksum {
    const AT_ONCE: usize = 1 << 14;
    let mut hasher = blake3::Hasher::new();
    for some in values.chunks(AT_ONCE) {
        let bytes: Vec<u8> = some.iter().flat_map(|value| value.to_le_bytes()).collect();
        hasher.update(&bytes);
    }
    *hasher.finalize().as_bytes()
}

struct Mapped {
    map: Mmap,
    values: usize,
}

impl AsRef<[f32]> for Mapped {
    fn as_ref(&self) -> &[f32] {
        // SAFETY: a map starts on a page, so it is aligned for f32; it holds `values` of them, any four bytes are a
        // valid f32, and the bytes do not change while the map lives (see `Matrix::map`).
        unsafe { std::slice::from_raw_parts(self.map.as_ptr().cast(), self.values) }
    }
}
