//! JSON: one record a line, a list of records, or an object that holds them.
//!
//! A list and lines are streamed; any other document is held whole, within the limit of text. Deliberately absent: what a
//! record is; that is `records`'.

mod records;

use std::cell::Cell as Shared;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use records::{fields, records};
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::Value;

use super::cell::{Cell, Each, Record};
use super::sample::Sample;
use super::{ROWS, RowCount, Rows, Start, broken};
use crate::limits::size;
use crate::{Limits, Reason, charset};

pub(super) struct Source {
    path: PathBuf,
    encoding: &'static encoding_rs::Encoding,
    shape: Shape,
}

/// How the records are written.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Lines,
    List,
    /// An object that holds them somewhere.
    Object,
}

pub(super) fn start_lines(path: &Path) -> Result<Start, Reason> {
    let sample = Sample::of(path)?;
    let records: Vec<Value> = sample.lines().lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let rows = sample.scaled(records.len());
    let source = Source { path: path.to_owned(), encoding: sample.encoding, shape: Shape::Lines };
    Ok(start_of(records, rows, "JSON lines", source))
}

pub(super) fn start(path: &Path, limits: &Limits) -> Result<Start, Reason> {
    let sample = Sample::of(path)?;
    let text = sample.lines();
    let shape = if text.trim_start().starts_with('[') { Shape::List } else { Shape::Object };
    let source = Source { path: path.to_owned(), encoding: sample.encoding, shape };
    let (mut records, mut count) = (Vec::new(), 0_u64);
    let outcome = source.values(limits, &mut |_, value| {
        records.extend((records.len() < ROWS).then_some(value));
        count += 1;
        // A list is only begun; an object was parsed whole anyhow.
        if shape == Shape::List && records.len() == ROWS { Err(enough()) } else { Ok(()) }
    });
    let rows = match outcome {
        Err(reason) if reason == enough() => {
            let bytes: usize = records.iter().map(|record| record.to_string().len()).sum();
            let file_bytes = std::fs::metadata(path)?.len();
            RowCount::About((file_bytes as f64 / bytes.max(1) as f64 * records.len() as f64) as u64)
        }
        Err(reason) if records.is_empty() => return Err(reason),
        _ => RowCount::Counted(count),
    };
    Ok(start_of(records, rows, "JSON", source))
}

/// Ends the look at a list's beginning; never seen.
fn enough() -> Reason {
    Reason::Empty { what: "enough was read".into() }
}

fn start_of(records: Vec<Value>, row_count: RowCount, written: &str, source: Source) -> Start {
    let mut columns: Vec<String> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut sample = Vec::new();
    for record in records.into_iter().take(ROWS) {
        let mut row: Vec<Cell<'static>> = Vec::new();
        for (name, cell) in fields(record) {
            let at = *known.entry(name).or_insert_with_key(|name| {
                columns.push(name.clone());
                columns.len() - 1
            });
            row.resize(row.len().max(at + 1), Cell::Empty);
            row[at] = cell;
        }
        sample.push(row);
    }
    let written = format!("{written}, {}", source.encoding.name());
    Start { columns, sample, row_count, written, tables: Vec::new(), rows: Rows::Json(source) }
}

impl Source {
    pub(super) fn each(&self, columns: &[String], limits: &Limits, each: Each<'_>) -> Result<(), Reason> {
        let places: HashMap<&str, usize> = columns.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        self.values(limits, &mut |number, value| {
            let mut cells = vec![Cell::Empty; columns.len()];
            let mut others = Vec::new();
            for (name, cell) in fields(value) {
                match places.get(name.as_str()) {
                    Some(&at) => cells[at] = cell,
                    None => others.push((name, cell)),
                }
            }
            each(Record { number, cells, others })
        })
    }

    /// Every object or string, numbered from 1.
    fn values(&self, limits: &Limits, each: &mut Take<'_>) -> Result<(), Reason> {
        let stream = BufReader::new(charset::stream(File::open(&self.path)?, self.encoding));
        match self.shape {
            Shape::Lines => lines(stream, limits, each),
            Shape::List => list(stream, limits, each),
            Shape::Object => {
                let mut text = Vec::new();
                stream.take(limits.text_bytes + 1).read_to_end(&mut text)?;
                Limits::check_bytes(text.len() as u64, limits.text_bytes)?;
                let value = serde_json::from_slice(&text).map_err(broken)?;
                drop(text);
                (1..).zip(records(value)).try_for_each(|(number, value)| each(number, value))
            }
        }
    }
}

type Take<'a> = dyn FnMut(u64, Value) -> Result<(), Reason> + 'a;

fn lines(mut stream: impl BufRead, limits: &Limits, each: &mut Take<'_>) -> Result<(), Reason> {
    let mut line = Vec::new();
    let (mut number, mut row, mut bad, mut first_bad) = (0u64, 0, 0u64, 0);
    while next(&mut stream, &mut line, limits)? {
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        row += 1;
        match serde_json::from_slice(&line) {
            Ok(value @ (Value::String(_) | Value::Object(_))) => each(row, value)?,
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
        return Err(broken(format!("{what} a JSON object or string, first at line {first_bad}")));
    }
    Ok(())
}

/// Reads a line without its end; false after the last.
fn next(stream: &mut impl BufRead, line: &mut Vec<u8>, limits: &Limits) -> Result<bool, Reason> {
    line.clear();
    stream.take(limits.text_bytes).read_until(b'\n', line)?;
    if line.len() as u64 == limits.text_bytes && !line.ends_with(b"\n") {
        return Err(Reason::TooLarge { what: format!("a line of more than {}", size(limits.text_bytes)) });
    }
    Ok(!line.is_empty())
}

/// Hands over the elements of a list as they are parsed.
fn list(stream: impl Read, limits: &Limits, each: &mut Take<'_>) -> Result<(), Reason> {
    struct Elements<'a, 'b> {
        each: &'a mut Take<'b>,
        allowance: Rc<Shared<u64>>,
        most: u64,
        /// Why the receiver wants no more; the parser cannot carry it.
        stopped: &'a mut Option<Reason>,
    }
    impl<'de> Visitor<'de> for Elements<'_, '_> {
        type Value = ();

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
            let (mut number, mut bad) = (0, 0_u64);
            while let Some(value) = list.next_element::<Value>()? {
                self.allowance.set(self.most);
                number += 1;
                if !matches!(value, Value::String(_) | Value::Object(_)) {
                    bad += 1;
                } else if let Err(reason) = (self.each)(number, value) {
                    *self.stopped = Some(reason);
                    return Err(serde::de::Error::custom("stopped"));
                }
            }
            if bad > 0 {
                let what = if bad == number { "no element is".into() } else { format!("{bad} of {number} are not") };
                *self.stopped = Some(broken(format!("{what} an object or string")));
            }
            Ok(())
        }
    }
    let most = limits.text_bytes;
    let allowance = Rc::new(Shared::new(most));
    let metered = BufReader::new(Metered { inner: stream, allowance: allowance.clone() });
    let mut stopped = None;
    let elements = Elements { each, allowance, most, stopped: &mut stopped };
    let outcome = serde_json::Deserializer::from_reader(metered).deserialize_seq(elements);
    match (stopped, outcome) {
        (Some(reason), _) => Err(reason),
        (None, Err(error)) => Err(broken(error)),
        (None, Ok(())) => Ok(()),
    }
}

/// Stops a reader that asks for more than it is allowed before the allowance is renewed: one endless element.
struct Metered<R> {
    inner: R,
    allowance: Rc<Shared<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.allowance.get().checked_sub(read as u64) {
            Some(left) => self.allowance.set(left),
            None => return Err(io::Error::other("one element is larger than the limit of text")),
        }
        Ok(read)
    }
}
