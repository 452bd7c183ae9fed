//! Bare numbers as the TensorBoard projector keeps them: little-endian `f32`, row after row, and no word of how many.
//!
//! The shape is told by the projector's configuration beside the file; else the table beside it that is named after the same
//! thing has a line for each row. Deliberately absent: files inside archives, which have nothing beside them.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Matrix, Number};
use crate::read::broken;
use crate::{Limits, Reason, subject};

/// A configuration is small.
const CONFIG_BYTES: u64 = 1 << 20;
const NUMBER_BYTES: u64 = 4;

/// The matrix at `path`, whose bytes are at `local`.
pub(super) fn open(path: &Path, local: &Path, limits: &Limits) -> Result<Matrix<BufReader<File>>, Reason> {
    let file = File::open(local)?;
    let bytes = file.metadata()?.len();
    if !bytes.is_multiple_of(NUMBER_BYTES) {
        return Err(broken("it is not a whole number of 4-byte numbers"));
    }
    let numbers = bytes / NUMBER_BYTES;
    let shape = configured(path).or_else(|| counted(path, numbers, limits)).ok_or_else(|| {
        broken("how many rows it has is not told; put its projector_config.json or metadata.tsv beside it")
    })?;
    if shape.iter().try_fold(1_u64, |product, &side| product.checked_mul(side)) != Some(numbers) {
        return Err(broken(format!("its shape is said to be {shape:?}, but it holds {numbers} numbers")));
    }
    Matrix::new(BufReader::new(file), &shape, Number::LITTLE_F32)
}

/// What a configuration beside the file says of its shape.
fn configured(path: &Path) -> Option<Vec<u64>> {
    let of_this = |embedding: &&Value| {
        let named = embedding["tensorPath"].as_str().and_then(|named| named.rsplit('/').next());
        named.is_some_and(|named| path.file_name().is_some_and(|name| name == named))
    };
    beside(path, &["json"]).into_iter().find_map(|config| {
        if !config.to_string_lossy().ends_with("config.json") || fs::metadata(&config).ok()?.len() > CONFIG_BYTES {
            return None;
        }
        let config: Value = serde_json::from_slice(&fs::read(config).ok()?).ok()?;
        let shape = &config["embeddings"].as_array()?.iter().find(of_this)?["tensorShape"];
        shape.as_array()?.iter().map(Value::as_u64).collect()
    })
}

/// The rows of the table beside the file that is about the same and whose rows divide the numbers evenly.
fn counted(path: &Path, numbers: u64, limits: &Limits) -> Option<Vec<u64>> {
    let about = |path: &Path| subject(&path.file_name().unwrap_or_default().to_string_lossy());
    beside(path, &["tsv", "csv", "txt"]).into_iter().filter(|table| about(table) == about(path)).find_map(|table| {
        let file = File::open(&table).ok()?;
        if file.metadata().ok()?.len() > limits.text_bytes {
            return None;
        }
        let (mut lines, mut has_header) = (0, false);
        for line in BufReader::new(file).split(b'\n') {
            let line = line.ok()?;
            // As the projector has it: a single column has no header.
            has_header |= lines == 0 && line.contains(&b'\t');
            lines += u64::from(!line.trim_ascii().is_empty());
        }
        let rows = lines - u64::from(has_header);
        (rows > 0 && numbers.is_multiple_of(rows)).then(|| vec![rows, numbers / rows])
    })
}

/// The files beside this one whose names end so, by name.
fn beside(path: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let Some(entries) = path.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return Vec::new() };
    let ends = |path: &PathBuf| path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known));
    let mut found: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(ends).collect();
    found.retain(|path| path.is_file());
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(files: &[(&str, &str)], numbers: usize) -> Result<(u64, usize), String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("iris_tensors.bytes");
        fs::write(&path, vec![0; numbers * 4]).expect("written");
        for (name, content) in files {
            fs::write(folder.path().join(name), content).expect("written");
        }
        let matrix = open(&path, &path, &Limits::default());
        matrix.map(|matrix| (matrix.rows, matrix.dim)).map_err(|reason| reason.to_string())
    }

    #[test]
    fn the_shape_is_told_by_what_lies_beside() {
        let config = |shape: &str| {
            format!("{{\"embeddings\":[{{\"tensorPath\":\"data/iris_tensors.bytes\",\"tensorShape\":{shape}}}]}}")
        };
        assert_eq!(shape(&[("projector_config.json", &config("[3,4]"))], 12), Ok((3, 4)));
        assert_eq!(shape(&[("iris_labels.tsv", "a\nb\n\nc\n")], 12), Ok((3, 4)));
        assert_eq!(shape(&[("iris_metadata.tsv", "name\tkind\na\tx\nb\ty\n")], 12), Ok((2, 6)));
        assert!(
            shape(&[("projector_config.json", &config("[5,4]"))], 12).expect_err("15").contains("holds 12 numbers")
        );
        for other in [("flowers.tsv", "a\nb\nc\n"), ("iris.tsv", "a\nb\nc\nd\ne\n")] {
            assert!(shape(&[other], 12).expect_err("not told").contains("is not told"));
        }
    }
}
