//! What a table holds, from its beginning: its columns, and which of them is the text.
//!
//! Deliberately absent: reading it all; that is [`crate::read`]'s.

mod dialect;
mod guess;

use std::fs::File;
use std::io::Read;
use std::path::Path;

pub(crate) use dialect::{Dialect, column};
use serde_json::Value;

use crate::{Format, Reason, charset, guard};

/// Bytes from which a table is judged.
const SAMPLE: u64 = 512 << 10;

/// A first look at a table.
#[derive(Clone, Debug, PartialEq)]
pub struct TablePeek {
    /// Its columns; named "column 1", "column 2" … where the table has no header.
    pub columns: Vec<String>,
    /// The column that looks most like text.
    pub text_column: Option<String>,
    /// Rows without the header; exact for small tables, estimated from the size for large ones.
    pub rows_estimate: u64,
}

/// Looks at the beginning of a CSV or JSON-lines file; other formats have no columns.
pub fn peek(path: &Path, format: Format) -> Result<TablePeek, Reason> {
    guard::guarded(|| {
        let sample = Sample::of(path)?;
        let (columns, rows, text) = match format {
            Format::Csv => {
                let dialect = Dialect::of(&sample.lines(), path);
                let rows = dialect.rows(&sample.lines());
                let text = guess::text_column(&dialect.columns, &rows);
                (dialect.columns, rows.len(), text)
            }
            Format::Jsonl => {
                let lines = sample.lines();
                let records: Vec<Value> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
                let (columns, text) = fields(&records);
                (columns, records.len(), text)
            }
            _ => (Vec::new(), 0, None),
        };
        let text_column = text.map(|at| columns[at].clone());
        let scale = if sample.is_whole { 1.0 } else { sample.file_bytes as f64 / sample.bytes.len() as f64 };
        Ok(TablePeek { columns, text_column, rows_estimate: (rows as f64 * scale).round() as u64 })
    })
}

/// The scalar fields of records, those of the first record first, each record's by name; and which of them is the text.
pub(crate) fn fields(records: &[Value]) -> (Vec<String>, Option<usize>) {
    let mut columns: Vec<String> = Vec::new();
    for object in records.iter().filter_map(Value::as_object) {
        for (name, value) in object {
            if !value.is_object() && !value.is_array() && !columns.contains(name) {
                columns.push(name.clone());
            }
        }
    }
    let cell = |record: &Value, name: &String| record.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
    let rows: Vec<Vec<String>> = records
        .iter()
        .filter(|record| record.is_object())
        .map(|record| columns.iter().map(|name| cell(record, name)).collect())
        .collect();
    let text = guess::text_column(&columns, &rows);
    (columns, text)
}

/// The text column chosen by the user, or the guess.
pub(crate) fn choose(columns: &[String], wanted: Option<&str>, guess: Option<usize>) -> Result<usize, Reason> {
    match wanted {
        Some(name) => columns
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| Reason::Broken { problem: format!("it has no column named {name}") }),
        None => guess.ok_or_else(|| Reason::Empty { what: "no column of text".into() }),
    }
}

impl Dialect {
    /// The text column guessed from the sample the dialect was told from.
    pub(crate) fn guess(&self, sample: &str) -> Option<usize> {
        guess::text_column(&self.columns, &self.rows(sample))
    }
}

/// The beginning of a table.
pub(crate) struct Sample {
    bytes: Vec<u8>,
    is_whole: bool,
    file_bytes: u64,
    /// How its text is written.
    pub(crate) encoding: &'static encoding_rs::Encoding,
}

impl Sample {
    pub(crate) fn of(path: &Path) -> Result<Self, Reason> {
        let file = File::open(path)?;
        let file_bytes = file.metadata()?.len();
        let mut bytes = Vec::new();
        file.take(SAMPLE).read_to_end(&mut bytes)?;
        let encoding = charset::detect(&bytes, None);
        Ok(Self { is_whole: bytes.len() as u64 >= file_bytes, bytes, file_bytes, encoding })
    }

    /// Its text, without the line that the sample's end cut.
    pub(crate) fn lines(&self) -> String {
        let mut text = charset::decode(&self.bytes, Some(self.encoding));
        if !self.is_whole
            && let Some(end) = text.rfind('\n')
        {
            text.truncate(end + 1);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peeked(name: &str, content: &str, format: Format) -> TablePeek {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        peek(&path, format).expect("peeks")
    }

    #[test]
    fn columns_and_text_of_a_csv() {
        let peek = peeked("a.csv", "id,review,stars\n1,\"Good, very good\",5\n2,Not my taste at all,1\n", Format::Csv);
        assert_eq!(peek.columns, ["id", "review", "stars"]);
        assert_eq!(peek.text_column.as_deref(), Some("review"));
        assert_eq!(peek.rows_estimate, 2);
    }

    #[test]
    fn fields_and_text_of_json_lines() {
        let lines =
            "{\"id\":1,\"body\":\"some words here\",\"tags\":[1]}\n{\"id\":2,\"body\":\"and some more\",\"x\":true}\n";
        let peek = peeked("a.jsonl", lines, Format::Jsonl);
        assert_eq!(peek.columns, ["body", "id", "x"]);
        assert_eq!((peek.text_column.as_deref(), peek.rows_estimate), (Some("body"), 2));
    }

    #[test]
    fn rows_of_a_large_table_are_estimated() {
        let mut content = "text,n\n".to_owned();
        for row in 0..60_000 {
            content.push_str(&format!("row of words number {row:05},{row:05}\n"));
        }
        let rows = peeked("a.csv", &content, Format::Csv).rows_estimate;
        assert!((59_000..61_000).contains(&rows), "{rows}");
    }

    #[test]
    fn a_table_without_text_has_no_text_column() {
        assert_eq!(peeked("a.csv", "x,y\n1,2\n3,4\n", Format::Csv).text_column, None);
    }
}
