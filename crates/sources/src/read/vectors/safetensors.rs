//! One tensor of a safetensors file.
//!
//! Deliberately absent: files of many tensors, which are a model's weights; unless one is named.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Take};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::Matrix;
use super::number::Number;
use crate::read::broken;
use crate::{Limits, Reason};

/// More tensors are a model.
const TENSORS: usize = 16;

#[derive(Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

/// The tensor of this name, or the largest that is a matrix.
pub(super) fn open(
    path: &Path,
    wanted: Option<&str>,
    limits: &Limits,
) -> Result<Matrix<Take<BufReader<File>>>, Reason> {
    let mut file = BufReader::new(File::open(path)?);
    let bytes = file.get_ref().metadata()?.len();
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(|_| broken("it ends too soon"))?;
    let length = u64::from_le_bytes(length);
    Limits::check_bytes(length, limits.text_bytes.min(bytes))?;
    let mut header = vec![0; length as usize];
    file.read_exact(&mut header).map_err(|_| broken("it ends too soon"))?;
    let header: BTreeMap<String, Value> = serde_json::from_slice(&header).map_err(|error| broken(error.to_string()))?;
    let tensors = header
        .into_iter()
        .filter(|(name, _)| name != "__metadata__")
        .filter_map(|(name, value)| Some((name, serde_json::from_value::<Tensor>(value).ok()?)));
    let tensors: Vec<(String, Tensor)> = tensors.collect();
    let chosen = match wanted {
        Some(wanted) => tensors.iter().find(|(name, _)| name == wanted),
        None if tensors.len() > TENSORS => {
            let count = tensors.len();
            return Err(Reason::Empty { what: format!("{count} tensors: a model's weights rather than vectors") });
        }
        None => tensors
            .iter()
            .filter(|(_, tensor)| tensor.shape.len() == 2)
            .max_by_key(|(_, tensor)| tensor.data_offsets[1].saturating_sub(tensor.data_offsets[0])),
    };
    let Some((_, tensor)) = chosen else {
        let what = wanted.map_or_else(|| "no matrix of vectors in it".into(), |name| format!("no tensor {name} in it"));
        return Err(Reason::Empty { what });
    };
    let number = Number::of_safetensors(&tensor.dtype)
        .ok_or_else(|| broken(format!("numbers of type {} are not read", tensor.dtype)))?;
    let [start, end] = tensor.data_offsets;
    let start =
        start.checked_add(8 + length).filter(|&start| start <= bytes).ok_or_else(|| broken("it ends too soon"))?;
    file.seek(SeekFrom::Start(start))?;
    Matrix::new(file.take(end.saturating_sub(tensor.data_offsets[0])), &tensor.shape, number)
}
