//! JSON lines, streamed: objects with a text field, or bare strings; other scalar fields are metadata.
//!
//! Deliberately absent: nested fields.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;

use super::outlet::{Metadata, Outlet};
use crate::limits::size;
use crate::table::{self, Sample};
use crate::{Limits, Reason, charset};

pub(super) fn read(path: &Path, text_field: Option<&str>, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let sample = Sample::of(path)?;
    let records: Vec<Value> = sample.lines().lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let (fields, guess) = table::fields(&records);
    let has_objects = records.iter().any(Value::is_object);
    let field = match table::choose(&fields, text_field, guess) {
        Ok(at) => Some(fields[at].as_str()),
        Err(reason) if has_objects => return Err(reason),
        Err(_) => None,
    };
    let mut lines = BufReader::new(charset::stream(File::open(path)?, sample.encoding));
    let mut line = Vec::new();
    let (mut number, mut row, mut bad, mut first_bad) = (0u64, 0, 0u64, 0);
    while next(&mut lines, &mut line, limits)? {
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        row += 1;
        match serde_json::from_slice(&line) {
            Ok(Value::String(text)) => outlet.row(row, &text, &Metadata::new())?,
            Ok(Value::Object(mut record)) => {
                let text = field.and_then(|name| record.remove(name)).and_then(scalar).unwrap_or_default();
                let others = record.into_iter().filter_map(|(name, value)| Some((name, scalar(value)?))).collect();
                outlet.row(row, &text, &others)?;
            }
            Ok(_) | Err(_) => {
                bad += 1;
                if bad == 1 {
                    first_bad = number;
                }
            }
        }
    }
    if bad > 0 {
        let what = if bad == row { "no line is".into() } else { format!("{bad} of {row} lines are not") };
        return Err(super::broken(format!("{what} a JSON object or string, first at line {first_bad}")));
    }
    Ok(())
}

/// Reads a line without its end; false after the last.
fn next(lines: &mut impl BufRead, line: &mut Vec<u8>, limits: &Limits) -> Result<bool, Reason> {
    line.clear();
    lines.take(limits.text_bytes).read_until(b'\n', line)?;
    if line.len() as u64 == limits.text_bytes && !line.ends_with(b"\n") {
        return Err(Reason::TooLarge { what: format!("a line of more than {}", size(limits.text_bytes)) });
    }
    Ok(!line.is_empty())
}

fn scalar(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
