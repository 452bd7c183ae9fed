//! Matrices and lists as files: `.npy` in and out, one JSON object a line; and whole sets for other programs.
//!
//! Deliberately absent: choosing what to write.

mod copy;
mod job;
mod originals;
mod projector;
mod sheet;
mod table;
mod tensors;

pub use copy::CopyAs;
pub use sheet::{Export, ExportFormat, ExportParts, Exported};

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use embedscope_space::Vectors;
use embedscope_space::precision::{Precision, Quantised};
use embedscope_workspace::SetId;
use npyz::{DType, NpyFile, WriterBuilder};
use serde::Serialize;

use crate::whole::Draft;
use crate::{Engine, Error, Skipped};

/// A number that `.npy` files can hold.
pub trait Number: npyz::AutoSerialize + Copy {}
impl Number for f32 {}
impl Number for i32 {}
impl Number for u32 {}
impl Number for i8 {}
impl Number for u8 {}

/// Writes a matrix, rows of `f32`.
pub fn write_vectors(path: &Path, vectors: &Vectors) -> Result<(), Error> {
    write_matrix(path, vectors.as_slice(), vectors.dim())
}

/// Writes a matrix in fewer bits: rows of signed or unsigned bytes.
pub fn write_quantised(path: &Path, quantised: &Quantised) -> Result<(), Error> {
    match quantised.precision {
        Precision::Uint8 | Precision::Ubinary => write_matrix(path, &quantised.bytes, quantised.columns),
        Precision::Int8 | Precision::Binary => {
            let signed: Vec<i8> = quantised.bytes.iter().map(|byte| byte.cast_signed()).collect();
            write_matrix(path, &signed, quantised.columns)
        }
    }
}

/// Writes values as a matrix with `columns` columns.
pub fn write_matrix<T: Number>(path: &Path, values: &[T], columns: usize) -> Result<(), Error> {
    let rows = values.len().checked_div(columns).unwrap_or(0);
    write(path, values, &[rows as u64, columns as u64])
}

/// Writes values as a list.
pub fn write_list<T: Number>(path: &Path, values: &[T]) -> Result<(), Error> {
    write(path, values, &[values.len() as u64])
}

fn write<T: Number>(path: &Path, values: &[T], shape: &[u64]) -> Result<(), Error> {
    let work = || -> std::io::Result<()> {
        let mut draft = Draft::of(path)?;
        let file = BufWriter::new(&mut draft);
        let mut writer = npyz::WriteOptions::new().default_dtype().shape(shape).writer(file).begin_nd()?;
        writer.extend(values.iter().copied())?;
        writer.finish()?;
        draft.keep()
    };
    work().map_err(Error::file(path))
}

/// Writes a matrix whose rows come in blocks; `blocks` hands each to the sink it is given.
pub fn write_blocks<E: From<Error>>(
    path: &Path,
    (rows, columns): (usize, usize),
    blocks: impl FnOnce(&mut dyn FnMut(&[f32]) -> Result<(), E>) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |problem: std::io::Error| E::from(Error::file(path)(problem));
    let mut draft = Draft::of(path).map_err(failed)?;
    let file = BufWriter::new(&mut draft);
    let shape = [rows as u64, columns as u64];
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(file).begin_nd().map_err(failed)?;
    blocks(&mut |values| writer.extend(values.iter().copied()).map_err(failed))?;
    writer.finish().map_err(failed)?;
    draft.keep().map_err(failed)
}

/// Reads a matrix of numbers; other floats, whole numbers and byte orders are turned into `f32`.
pub fn read_vectors(path: &Path) -> Result<Vectors, Error> {
    let file = open(path)?;
    let shape = file.shape().to_vec();
    let columns = match shape[..] {
        [rows] if rows > 0 => 1,
        [_, columns] => columns as usize,
        _ => return Err(wrong(path, format!("expected a matrix, found the shape {shape:?}"))),
    };
    let values = read_as_f64(file, path)?.into_iter().map(|value| value as f32).collect();
    Ok(Vectors::new(values, columns)?)
}

/// Reads a list of whole numbers, such as labels.
pub fn read_labels(path: &Path) -> Result<Vec<i32>, Error> {
    let file = open(path)?;
    if file.shape().iter().filter(|&&side| side != 1).count() > 1 {
        return Err(wrong(path, format!("expected a list, found the shape {:?}", file.shape())));
    }
    Ok(read_as_f64(file, path)?.into_iter().map(|value| value.round() as i32).collect())
}

fn open(path: &Path) -> Result<NpyFile<BufReader<File>>, Error> {
    let file = BufReader::new(File::open(path).map_err(Error::file(path))?);
    let file = NpyFile::new(file).map_err(Error::file(path))?;
    match file.order() {
        npyz::Order::C => Ok(file),
        npyz::Order::Fortran if file.shape().len() < 2 => Ok(file),
        npyz::Order::Fortran => Err(wrong(path, "its columns come before its rows (Fortran order)".into())),
    }
}

fn read_as_f64(file: NpyFile<BufReader<File>>, path: &Path) -> Result<Vec<f64>, Error> {
    let DType::Plain(kind) = file.dtype() else {
        return Err(wrong(path, "it holds records, not numbers".into()));
    };
    // The kind without its byte order, which the reader sees to.
    let kind = kind.to_string();
    macro_rules! read {
        ($number:ty) => {{
            let data = file.data::<$number>().map_err(|problem| Error::file(path)(problem))?;
            data.map(|value| value.map(|value| value as f64)).collect::<Result<_, _>>().map_err(Error::file(path))
        }};
    }
    match kind.trim_start_matches(['<', '>', '|', '=']) {
        "f4" => read!(f32),
        "f8" => read!(f64),
        "i1" => read!(i8),
        "i2" => read!(i16),
        "i4" => read!(i32),
        "i8" => read!(i64),
        "u1" => read!(u8),
        "u2" => read!(u16),
        "u4" => read!(u32),
        "u8" => read!(u64),
        other => Err(wrong(path, format!("numbers of type {other} are not read"))),
    }
}

fn wrong(path: &Path, problem: String) -> Error {
    Error::File { path: path.to_owned(), problem }
}

impl Engine {
    /// Writes what each row of a set is, one JSON object a line, in the order of its vectors.
    pub fn export_items(&self, set: SetId, path: &Path) -> Result<(), Error> {
        let items = self.live_set(set)?.items();
        let mut lines = Lines::create(path)?;
        for some in items.chunks(1000) {
            self.cards(some)?.iter().try_for_each(|card| lines.write(card))?;
        }
        lines.finish()
    }
}

/// Writes what was left out, one JSON object a line.
pub fn write_skipped(path: &Path, skipped: &[Skipped]) -> Result<(), Error> {
    let mut lines = Lines::create(path)?;
    skipped.iter().try_for_each(|skipped| lines.write(skipped))?;
    lines.finish()
}

struct Lines<'a> {
    path: &'a Path,
    file: BufWriter<File>,
}

impl<'a> Lines<'a> {
    fn create(path: &'a Path) -> Result<Self, Error> {
        Ok(Self { path, file: BufWriter::new(File::create(path).map_err(Error::file(path))?) })
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.file, line).map_err(Error::file(self.path))?;
        self.file.write_all(b"\n").map_err(Error::file(self.path))
    }

    fn finish(mut self) -> Result<(), Error> {
        self.file.flush().map_err(Error::file(self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_comes_back_as_it_went() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("v.npy");
        let vectors = Vectors::new(vec![1.5, -2.0, 0.0, f32::MAX, 1e-30, 7.0], 3).expect("two rows");
        write_vectors(&path, &vectors).expect("written");
        let back = read_vectors(&path).expect("read");
        assert_eq!((back.rows(), back.dim(), back.as_slice()), (2, 3, vectors.as_slice()));
        let bytes = std::fs::read(&path).expect("there");
        assert!(bytes.starts_with(b"\x93NUMPY"));
        assert_eq!(bytes[bytes.len() - 4..], 7.0_f32.to_le_bytes());
        write_blocks::<Error>(&path, (2, 3), |sink| vectors.iter().try_for_each(sink)).expect("written");
        assert_eq!(std::fs::read(&path).expect("there"), bytes);
    }

    #[test]
    fn labels_and_other_numbers_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("l.npy");
        write_list(&path, &[3_i32, -1, 0]).expect("written");
        assert_eq!(read_labels(&path).expect("read"), [3, -1, 0]);
        assert_eq!(read_vectors(&path).expect("one column").dim(), 1);
        std::fs::write(&path, b"nothing of the kind").expect("written");
        assert!(read_vectors(&path).expect_err("refused").to_string().contains("l.npy"));
    }
}
