//! Arrow's own format, as a file (Feather) or a stream, one batch after another.
//!
//! A file is a stream between two marks, so both are read alike. Every message is looked at before it is decoded: what
//! it claims to unpack to is never taken on trust. Deliberately absent: the first version of Feather.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::{Message, root_as_message};

use super::cell::{Cell, Each};
use super::{ROWS, RowCount, Rows, Start, batch, broken};
use crate::limits::size;
use crate::{Limits, Reason};

/// What a file, not a stream, begins with, filled up to eight bytes.
const FILE: &[u8] = b"ARROW1\0\0";
/// Words of zeros that may follow.
const FILLED: usize = 16;
/// What a message begins with; older streams lack it.
const CONTINUED: [u8; 4] = [0xff; 4];
/// Before each packed buffer: its size when unpacked.
const PREFIX: usize = 8;

pub(super) struct Source {
    path: PathBuf,
}

/// Why rows are no longer wanted.
enum Stop {
    Enough,
    Reason(Reason),
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::Reason(reason)
    }
}

pub(super) fn start(path: &Path, limits: &Limits) -> Result<Start, Reason> {
    let source = Source { path: path.to_owned() };
    let mut sample: Vec<Vec<Cell<'static>>> = Vec::new();
    let (mut columns, mut rows, mut read) = (Vec::new(), 0, 0);
    let outcome = source.batches(limits, &mut |found, bytes| {
        columns = batch::names(found.schema_ref());
        (rows, read) = (rows + found.num_rows(), bytes);
        batch::each(&found.slice(0, found.num_rows().min(ROWS - sample.len())), 1, &mut |record| {
            sample.push(record.cells.into_iter().map(Cell::into_owned).collect());
            Ok(())
        })?;
        if sample.len() < ROWS { Ok(()) } else { Err(Stop::Enough) }
    });
    let bytes = std::fs::metadata(path)?.len();
    let row_count = match outcome {
        Ok(()) => RowCount::Counted(rows as u64),
        Err(Stop::Enough) => RowCount::About((bytes as f64 / read.max(1) as f64 * rows as f64).round() as u64),
        Err(Stop::Reason(reason)) => return Err(reason),
    };
    let written = "Arrow".into();
    Ok(Start { columns, sample, row_count, written, tables: Vec::new(), rows: Rows::Arrow(source) })
}

impl Source {
    pub(super) fn each(&self, limits: &Limits, each: Each<'_>) -> Result<(), Reason> {
        let mut number = 1;
        let outcome = self.batches(limits, &mut |found, _| {
            batch::each(&found, number, each)?;
            number += found.num_rows() as u64;
            Ok(())
        });
        match outcome {
            Ok(()) | Err(Stop::Enough) => Ok(()),
            Err(Stop::Reason(reason)) => Err(reason),
        }
    }

    /// Hands over every batch and how many bytes were read by then.
    fn batches(&self, limits: &Limits, each: &mut dyn FnMut(RecordBatch, u64) -> Result<(), Stop>) -> Result<(), Stop> {
        let mut file = BufReader::new(File::open(&self.path).map_err(Reason::from)?);
        let mut head = [0; FILE.len()];
        file.read_exact(&mut head).map_err(cut_off)?;
        let mut stream: Box<dyn Read> = if head == FILE {
            // Some writers fill the mark up to a whole cache line.
            let mut word = [0; 4];
            for _ in 0..FILLED {
                file.read_exact(&mut word).map_err(cut_off)?;
                if word != [0; 4] {
                    break;
                }
            }
            Box::new(Cursor::new(word).chain(file))
        } else {
            Box::new(Cursor::new(head).chain(file))
        };
        let mut decoder = StreamDecoder::new();
        let mut read = 0;
        while let Some(message) = next(&mut *stream, limits)? {
            read += message.len() as u64;
            let mut message = Buffer::from_vec(message);
            while let Some(found) = decoder.decode(&mut message).map_err(broken)? {
                each(found, read)?;
            }
        }
        Ok(())
    }
}

/// The next message, whole, within limits; None at the end.
fn next(stream: &mut dyn Read, limits: &Limits) -> Result<Option<Vec<u8>>, Reason> {
    let mut length = [0; 4];
    if stream.read_exact(&mut length).is_err() {
        return Ok(None);
    }
    if length == CONTINUED {
        stream.read_exact(&mut length).map_err(cut_off)?;
    }
    let head = u64::from(u32::from_le_bytes(length));
    if head == 0 {
        return Ok(None);
    }
    Limits::check_bytes(head, limits.text_bytes)?;
    let mut bytes = [CONTINUED, length].concat();
    let start = bytes.len();
    take(stream, head, &mut bytes)?;
    let message = root_as_message(&bytes[start..]).map_err(|_| broken("a message in it is damaged"))?;
    let body = u64::try_from(message.bodyLength()).map_err(broken)?;
    Limits::check_bytes(body, limits.file_bytes)?;
    let packed = packed(&message);
    let body_start = bytes.len();
    take(stream, body, &mut bytes)?;
    let mut unpacked = 0_u64;
    for (offset, length) in packed {
        let prefix = body_start.checked_add(offset).and_then(|at| bytes.get(at..at.checked_add(PREFIX)?));
        let Some(prefix) = prefix.filter(|_| length >= PREFIX) else { continue };
        let claimed = i64::from_le_bytes(prefix.try_into().unwrap_or_default());
        unpacked = unpacked.saturating_add(claimed.max(0).cast_unsigned());
        if unpacked > limits.file_bytes {
            let what = format!("a batch that unpacks to more than {}", size(limits.file_bytes));
            return Err(Reason::TooLarge { what });
        }
    }
    Ok(Some(bytes))
}

/// Where the packed buffers of a message lie in its body: offset and length.
fn packed(message: &Message<'_>) -> Vec<(usize, usize)> {
    let batch = message.header_as_record_batch().or_else(|| message.header_as_dictionary_batch()?.data());
    let Some(batch) = batch.filter(|batch| batch.compression().is_some()) else { return Vec::new() };
    let buffers = batch.buffers().into_iter().flatten();
    buffers.map(|buffer| (buffer.offset().max(0) as usize, buffer.length().max(0) as usize)).collect()
}

fn take(stream: &mut dyn Read, count: u64, bytes: &mut Vec<u8>) -> Result<(), Reason> {
    let read = stream.take(count).read_to_end(bytes)?;
    if (read as u64) < count { Err(broken("it ends too soon")) } else { Ok(()) }
}

fn cut_off(_: std::io::Error) -> Reason {
    broken("it ends too soon")
}
