//! NumPy arrays: the one of an `.npy` file, or the largest matrix of an `.npz` archive and what the lists beside it say.
//!
//! Deliberately absent: arrays of objects, which would have to be unpickled.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use npyz::{DType, NpyHeader, Order};
use zip::ZipArchive;

use super::number::Number;
use super::{Beside, Matrix};
use crate::read::broken;
use crate::{Limits, Reason};

/// Works on the array of this name, or the largest matrix.
pub(super) fn with<T>(
    path: &Path,
    wanted: Option<&str>,
    limits: &Limits,
    work: impl FnOnce(Matrix<Box<dyn Read + '_>>, Beside) -> Result<T, Reason>,
) -> Result<T, Reason> {
    let mut file = BufReader::new(File::open(path)?);
    let mut head = [0; 2];
    file.read_exact(&mut head).map_err(|_| broken("it ends too soon"))?;
    if head != *b"PK" {
        let mut stream: Box<dyn Read> = Box::new(BufReader::new(File::open(path)?));
        let header = header(&mut stream)?;
        return work(matrix(stream, &header)?, Beside::new());
    }
    let mut archive = ZipArchive::new(BufReader::new(File::open(path)?)).map_err(|error| broken(error.to_string()))?;
    let arrays = arrays(&mut archive, limits)?;
    let chosen = match wanted {
        Some(wanted) => arrays.iter().find(|array| array.name == wanted),
        None => arrays
            .iter()
            .filter(|array| array.header.shape().len() == 2)
            .max_by_key(|array| (array.is_float(), array.header.shape().iter().product::<u64>())),
    };
    let Some(chosen) = chosen else {
        let what = wanted.map_or_else(|| "no matrix of vectors in it".into(), |name| format!("no array {name} in it"));
        return Err(Reason::Empty { what });
    };
    let rows = chosen.header.shape().first().copied().unwrap_or(0);
    let mut beside = Beside::new();
    for array in arrays.iter().filter(|array| array.header.shape() == [rows]) {
        if let Some(values) = list(&mut archive, array, limits)? {
            beside.push((array.name.clone(), values));
        }
    }
    let mut stream: Box<dyn Read + '_> =
        Box::new(archive.by_index(chosen.at).map_err(|error| broken(error.to_string()))?);
    let header = header(&mut stream)?;
    work(matrix(stream, &header)?, beside)
}

/// One array of an archive.
struct Array {
    at: usize,
    name: String,
    header: NpyHeader,
}

impl Array {
    fn is_float(&self) -> bool {
        number(&self.header).is_some_and(Number::is_float)
    }
}

fn header(stream: &mut dyn Read) -> Result<NpyHeader, Reason> {
    NpyHeader::from_reader(stream).map_err(|error| broken(error.to_string()))
}

fn type_name(header: &NpyHeader) -> String {
    match header.dtype() {
        DType::Plain(kind) => kind.to_string(),
        _ => "records".into(),
    }
}

fn number(header: &NpyHeader) -> Option<Number> {
    Number::of_numpy(&type_name(header))
}

fn matrix<'a>(stream: Box<dyn Read + 'a>, header: &NpyHeader) -> Result<Matrix<Box<dyn Read + 'a>>, Reason> {
    let number = number(header).ok_or_else(|| broken(format!("it holds {}, not numbers", type_name(header))))?;
    if header.order() == Order::Fortran {
        return Err(broken("its columns come before its rows (Fortran order)"));
    }
    Matrix::new(stream, header.shape(), number)
}

/// The arrays of an archive; what is packed too tightly to be honest is refused.
fn arrays(archive: &mut ZipArchive<BufReader<File>>, limits: &Limits) -> Result<Vec<Array>, Reason> {
    let mut arrays = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| broken(error.to_string()))?;
        let Some(name) = entry.name().ok().and_then(|name| Some(name.strip_suffix(".npy")?.to_owned())) else {
            continue;
        };
        if entry.size() / limits.archive_ratio > entry.compressed_size() {
            return Err(Reason::TooLarge {
                what: format!("{name} unpacks to {} times its size", limits.archive_ratio),
            });
        }
        if let Ok(header) = header(&mut entry) {
            arrays.push(Array { at, name, header });
        }
    }
    Ok(arrays)
}

/// A list of an archive as words; None for what is neither words nor numbers, or too long.
fn list(
    archive: &mut ZipArchive<BufReader<File>>,
    array: &Array,
    limits: &Limits,
) -> Result<Option<Vec<String>>, Reason> {
    let kind = type_name(&array.header);
    let size = |text: &str| text.parse::<u64>().ok();
    let (item, words): (u64, fn(&[u8]) -> String) = match (kind.get(1..2), number(&array.header)) {
        (Some("U"), _) => (size(&kind[2..]).unwrap_or(0) * 4, unicode),
        (Some("S"), _) => {
            (size(&kind[2..]).unwrap_or(0), |bytes| String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned())
        }
        (_, Some(number)) => (number.size() as u64, |_| String::new()),
        _ => return Ok(None),
    };
    let rows = array.header.shape()[0];
    let Some(bytes) = item.checked_mul(rows).filter(|&bytes| bytes > 0 && bytes <= limits.text_bytes) else {
        return Ok(None);
    };
    let mut entry = archive.by_index(array.at).map_err(|error| broken(error.to_string()))?;
    header(&mut entry)?;
    let mut content = Vec::new();
    entry.take(bytes).read_to_end(&mut content)?;
    let values = match number(&array.header) {
        Some(number) => number.decode(&content).iter().map(ToString::to_string).collect(),
        None => content.chunks_exact(item as usize).map(words).collect(),
    };
    Ok(Some(values))
}

/// NumPy's text: four bytes a letter, filled up with zeros.
fn unicode(bytes: &[u8]) -> String {
    let letters = bytes.as_chunks().0.iter().map(|&four| u32::from_le_bytes(four));
    letters.take_while(|&letter| letter != 0).filter_map(char::from_u32).collect()
}
