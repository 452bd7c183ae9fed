//! A matrix of `f32` in a file that only ever grows, read through a map of it.
//!
//! Deliberately absent: which row is whose; that is the index's.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use embedscope_space::Vectors;
use memmap2::{Mmap, MmapOptions};

use crate::Error;

const _: () = assert!(cfg!(target_endian = "little"), "vectors are kept little-endian and read in place");

const BYTES: u64 = size_of::<f32>() as u64;

/// The file of one set.
pub(crate) struct Matrix {
    path: PathBuf,
    file: File,
    dim: usize,
}

impl Matrix {
    /// Opens the file, or makes an empty one.
    pub(crate) fn open(path: &Path, dim: usize) -> Result<Self, Error> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        Ok(Self { file: file.map_err(Error::io(path))?, path: path.to_owned(), dim })
    }

    /// Whole rows in the file.
    pub(crate) fn rows(&self) -> Result<u64, Error> {
        let bytes = self.file.metadata().map_err(Error::io(&self.path))?.len();
        Ok(bytes / (self.dim as u64 * BYTES))
    }

    /// Cuts off what lies beyond `rows`. Only while opening a workspace: nobody maps the file yet.
    pub(crate) fn cut(&self, rows: u64) -> Result<(), Error> {
        let bytes = rows * self.dim as u64 * BYTES;
        let found = self.file.metadata().map_err(Error::io(&self.path))?.len();
        if found > bytes {
            self.file.set_len(bytes).map_err(Error::io(&self.path))?;
        }
        Ok(())
    }

    /// Writes values after the first `rows` rows, over whatever a failed attempt left there, and waits for the disk.
    pub(crate) fn write(&mut self, rows: u64, values: &[f32]) -> Result<(), Error> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let mut write = || {
            self.file.seek(SeekFrom::Start(rows * self.dim as u64 * BYTES))?;
            self.file.write_all(&bytes)?;
            self.file.sync_data()
        };
        write().map_err(Error::io(&self.path))
    }

    /// The first `rows` rows, read in place.
    pub(crate) fn map(&self, rows: usize) -> Result<Vectors, Error> {
        if rows == 0 {
            return Ok(Vectors::empty(self.dim));
        }
        let values = rows * self.dim;
        // SAFETY: the workspace's lock keeps other programs away; this one never changes or cuts off committed rows
        // while it runs: it only writes beyond them, and removes whole files, which keeps existing maps valid.
        let map = unsafe { MmapOptions::new().len(values * size_of::<f32>()).map(&self.file) };
        let map = map.map_err(Error::io(&self.path))?;
        let mapped = Mapped { map, values };
        Ok(Vectors::shared(Arc::new(mapped), self.dim).unwrap_or_else(|_| Vectors::empty(self.dim)))
    }
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
