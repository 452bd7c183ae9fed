//! Frames: numbers by the thousand as bytes, in a layout written down once.
//!
//! ```text
//! 0   u32  magic "EMBF" (bytes 45 4D 42 46)
//! 4   u16  version, 1
//! 6   u16  kind, see [`FrameKind`]
//! 8   u32  revision: grows with every frame of the same kind and subject, so that a late one can be dropped
//! 12  u32  bytes of the head
//! 16  head: JSON in UTF-8, padded with spaces so that the columns start at a multiple of 8
//!     columns, little-endian, each starting at a multiple of 8 from the frame's first byte
//! ```
//!
//! The head holds small facts and `columns: [{name, type, length, offset}]`: `type` is `f32`, `u32`, `u16` or `u8`,
//! `length` counts values, `offset` counts bytes from the end of the head. Deliberately absent: compression (frames never leave the machine).

use serde::Serialize;
use serde_json::{Map, Value, json};

/// What a frame is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum FrameKind {
    /// Rows of a set, from `start` on. Head: `set, start, count`. Columns: `items` u32, `order` u32 (the drawing order), `kinds` u8 (0 text, 1 image).
    Rows = 1,
    /// Places of a map's rows. Head: `map, set, dims, count, iteration, iterations`. Column: `positions` f32, `count × dims`;
    /// while they move, `quantised` u16 instead: 0 to 65535 is each axis from `low` to `high` of the head (`dims` each).
    Positions = 2,
    /// Colours of a set's rows. Head: `set, by, classes: ClassView[], more` (how many smaller classes have no colour). Column: `classes` u16, 65535 for none.
    Colours = 3,
    /// Chosen items. Column: `items` u32; where they ascend and that is shorter, `mask` u8 instead: bit `n % 8` of byte `n / 8` is item `n`.
    Selection = 4,
    /// Similarities of some items, in an order that puts groups together. Head: `set, groups: [{label, start, count}]`. Columns: `items` u32, `values` f32, `n × n`.
    Matrix = 5,
    /// Neighbours in common for each item two sets share. Head: `a, b, k`. Columns: `items` u32, `overlap` f32.
    Overlap = 6,
    /// An amount for each of a set's rows. Head: `set, by, unit` ("number", "date" in seconds since 1970, "similarity" or "share"), `low, high`. Column: `amounts` f32, NaN for none.
    Amounts = 7,
    /// Places of a set's rows along axes. Head: `set, variance: [x, y]` (shares of all). Column: `positions` f32, `rows × 2`; −1 and 1 are the ends of an axis.
    Spread = 8,
}

const MAGIC: &[u8; 4] = b"EMBF";
const VERSION: u16 = 1;
const ALIGN: usize = 8;

/// Puts a frame together, column by column.
pub struct FrameWriter {
    kind: FrameKind,
    revision: u32,
    head: Map<String, Value>,
    columns: Vec<Value>,
    bytes: Vec<u8>,
}

impl FrameWriter {
    /// An empty frame; `head` must become a JSON object.
    pub fn new(kind: FrameKind, revision: u32, head: impl Serialize) -> Self {
        let head = match serde_json::to_value(head) {
            Ok(Value::Object(head)) => head,
            _ => Map::new(),
        };
        Self { kind, revision, head, columns: Vec::new(), bytes: Vec::new() }
    }

    /// Adds a column of `f32`.
    pub fn f32(self, name: &str, values: &[f32]) -> Self {
        self.column(name, "f32", values.len(), values.iter().flat_map(|v| v.to_le_bytes()))
    }

    /// Adds a column of `u32`.
    pub fn u32(self, name: &str, values: &[u32]) -> Self {
        self.column(name, "u32", values.len(), values.iter().flat_map(|v| v.to_le_bytes()))
    }

    /// Adds a column of `u16`.
    pub fn u16(self, name: &str, values: &[u16]) -> Self {
        self.column(name, "u16", values.len(), values.iter().flat_map(|v| v.to_le_bytes()))
    }

    /// Adds a column of `u8`.
    pub fn u8(self, name: &str, values: &[u8]) -> Self {
        self.column(name, "u8", values.len(), values.iter().copied())
    }

    fn column(mut self, name: &str, kind: &str, length: usize, bytes: impl Iterator<Item = u8>) -> Self {
        self.columns.push(json!({ "name": name, "type": kind, "length": length, "offset": self.bytes.len() }));
        self.bytes.extend(bytes);
        self.bytes.resize(self.bytes.len().next_multiple_of(ALIGN), 0);
        self
    }

    /// The finished frame.
    pub fn finish(mut self) -> Vec<u8> {
        self.head.insert("columns".into(), Value::Array(self.columns));
        let mut head = Value::Object(self.head).to_string().into_bytes();
        head.resize(head.len().next_multiple_of(ALIGN), b' ');
        let mut frame = Vec::with_capacity(16 + head.len() + self.bytes.len());
        frame.extend(MAGIC);
        frame.extend(VERSION.to_le_bytes());
        frame.extend((self.kind as u16).to_le_bytes());
        frame.extend(self.revision.to_le_bytes());
        frame.extend((head.len() as u32).to_le_bytes());
        frame.extend(head);
        frame.extend(self.bytes);
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_start_where_the_head_says() {
        let frame = FrameWriter::new(FrameKind::Rows, 7, json!({ "set": 1 }))
            .u8("kinds", &[0, 1, 1])
            .u32("items", &[5, 6, 7])
            .finish();
        assert_eq!((&frame[..4], frame[6], frame[8]), (MAGIC.as_slice(), 1, 7));
        let head_len = u32::from_le_bytes(frame[12..16].try_into().expect("four bytes")) as usize;
        let head: Value = serde_json::from_slice(&frame[16..16 + head_len]).expect("JSON");
        let offset = head["columns"][1]["offset"].as_u64().expect("a number") as usize;
        let start = 16 + head_len + offset;
        assert_eq!((start % ALIGN, frame[start], frame[start + 4]), (0, 5, 6));
    }
}
