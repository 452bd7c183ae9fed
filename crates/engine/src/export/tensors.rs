//! A safetensors file, written straight from the matrices.
//!
//! The header is JSON, as <https://github.com/huggingface/safetensors> describes it, filled up so that the numbers are aligned.
//! Deliberately absent: anything but little-endian 32-bit numbers.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::sheet::Sheet;
use crate::Error;

/// Numbers begin at a multiple of this.
const ALIGNED: usize = 64;

pub(super) fn write(sheet: &Sheet<'_>, out: &Path) -> Result<Vec<PathBuf>, Error> {
    let items = out.with_extension("items.jsonl");
    sheet.write_items(&items)?;
    let matrices = [("vectors", &sheet.vectors), ("layout", &sheet.layout)];
    let mut header = Map::new();
    let mut end = 0;
    let mut add = |name: &str, kind: &str, shape: &[usize]| {
        let start = end;
        end += shape.iter().product::<usize>() * size_of::<f32>();
        header.insert(name.into(), json!({ "dtype": kind, "shape": shape, "data_offsets": [start, end] }));
    };
    for (name, matrix) in matrices {
        if let Some(matrix) = matrix {
            add(name, "F32", &[matrix.rows(), matrix.dim()]);
        }
    }
    if let Some(clusters) = &sheet.clusters {
        add("clusters", "I32", &[clusters.len()]);
    }
    let program = concat!("Embedscope ", env!("CARGO_PKG_VERSION"));
    header.insert("__metadata__".into(), json!({ "model": sheet.model, "program": program }));
    let mut header = Value::Object(header).to_string();
    header.extend(std::iter::repeat_n(' ', (8 + header.len()).next_multiple_of(ALIGNED) - 8 - header.len()));
    let write = || -> std::io::Result<()> {
        let mut file = BufWriter::new(File::create(out)?);
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(header.as_bytes())?;
        for (_, matrix) in matrices {
            for value in matrix.iter().flat_map(|matrix| matrix.as_slice()) {
                file.write_all(&value.to_le_bytes())?;
            }
        }
        for label in sheet.clusters.iter().flatten() {
            file.write_all(&label.to_le_bytes())?;
        }
        file.flush()
    };
    write().map_err(Error::file(out))?;
    Ok(vec![out.to_owned(), items])
}
