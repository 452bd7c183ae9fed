//! Rows of Arrow's columns: words, numbers, times and lists of numbers.
//!
//! Deliberately absent: structures and maps; their cells are empty.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::as_datetime;
use arrow_array::types::{
    ArrowPrimitiveType, ArrowTimestampType, Date32Type, Date64Type, Float16Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Schema, TimeUnit};

use super::cell::{Cell, Each, Record};
use crate::Reason;

/// Rows read at once: few, for a cell may be large.
pub(super) const AT_ONCE: usize = 256;

/// Fewer numbers in a list are words.
const NUMBERS: usize = 3;
/// Most words of a list that are kept.
const LISTED: usize = 100;

/// The columns' names, each once.
pub(super) fn names(schema: &Schema) -> Vec<String> {
    let names = schema.fields().iter().map(|field| field.name().as_str());
    super::dialect::names(names, 0)
}

/// Hands over the rows of a batch, of which the first is number `first`.
pub(super) fn each(batch: &RecordBatch, first: u64, each: Each<'_>) -> Result<(), Reason> {
    (0..batch.num_rows()).try_for_each(|row| {
        let cells = batch.columns().iter().map(|column| cell(column.as_ref(), row)).collect();
        each(Record { number: first + row as u64, cells, others: Vec::new() })
    })
}

fn cell(array: &dyn Array, row: usize) -> Cell<'_> {
    if array.is_null(row) {
        return Cell::Empty;
    }
    match array.data_type() {
        DataType::FixedSizeList(..) => list(array.as_fixed_size_list().value(row).as_ref()),
        DataType::List(_) => list(array.as_list::<i32>().value(row).as_ref()),
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row).as_ref()),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = dictionary.normalized_keys().get(row).copied();
            key.filter(|&key| key < dictionary.values().len())
                .map_or(Cell::Empty, |key| cell(dictionary.values().as_ref(), key))
        }
        _ => word(array, row).map_or(Cell::Empty, Cell::words),
    }
}

fn list<'a>(values: &dyn Array) -> Cell<'a> {
    let is_numeric = values.data_type().is_numeric() && values.null_count() == 0;
    if is_numeric && values.len() >= NUMBERS {
        let numbers: Option<Vec<f32>> = match values.data_type() {
            DataType::Float32 => Some(values.as_primitive::<Float32Type>().values().to_vec()),
            DataType::Float64 => {
                Some(values.as_primitive::<Float64Type>().values().iter().map(|&value| value as f32).collect())
            }
            _ => (0..values.len()).map(|at| word(values, at)?.parse().ok()).collect(),
        };
        return numbers.map_or(Cell::Empty, Cell::Numbers);
    }
    let words: Vec<Cow<'_, str>> = (0..values.len().min(LISTED)).filter_map(|at| word(values, at)).collect();
    Cell::words(words.join(", "))
}

fn word(array: &dyn Array, row: usize) -> Option<Cow<'_, str>> {
    fn number<T: ArrowPrimitiveType<Native: ToString>>(array: &dyn Array, row: usize) -> Option<Cow<'_, str>> {
        Some(array.as_primitive::<T>().value(row).to_string().into())
    }
    fn time<T: ArrowTimestampType>(array: &dyn Array, row: usize) -> Option<Cow<'_, str>> {
        Some(as_datetime::<T>(array.as_primitive::<T>().value(row))?.to_string().into())
    }
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row).into()),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(row).into()),
        DataType::Utf8View => Some(array.as_string_view().value(row).into()),
        DataType::Boolean => Some(array.as_boolean().value(row).to_string().into()),
        DataType::Int8 => number::<Int8Type>(array, row),
        DataType::Int16 => number::<Int16Type>(array, row),
        DataType::Int32 => number::<Int32Type>(array, row),
        DataType::Int64 => number::<Int64Type>(array, row),
        DataType::UInt8 => number::<UInt8Type>(array, row),
        DataType::UInt16 => number::<UInt16Type>(array, row),
        DataType::UInt32 => number::<UInt32Type>(array, row),
        DataType::UInt64 => number::<UInt64Type>(array, row),
        DataType::Float16 => number::<Float16Type>(array, row),
        DataType::Float32 => number::<Float32Type>(array, row),
        DataType::Float64 => number::<Float64Type>(array, row),
        DataType::Date32 => Some(
            as_datetime::<Date32Type>(array.as_primitive::<Date32Type>().value(row).into())?.date().to_string().into(),
        ),
        DataType::Date64 => {
            Some(as_datetime::<Date64Type>(array.as_primitive::<Date64Type>().value(row))?.date().to_string().into())
        }
        DataType::Timestamp(unit, _) => match unit {
            TimeUnit::Second => time::<TimestampSecondType>(array, row),
            TimeUnit::Millisecond => time::<TimestampMillisecondType>(array, row),
            TimeUnit::Microsecond => time::<TimestampMicrosecondType>(array, row),
            TimeUnit::Nanosecond => time::<TimestampNanosecondType>(array, row),
        },
        _ => None,
    }
}
