//! The records in a JSON document, and the fields of a record.
//!
//! Objects in a record are laid flat, "author.name". Deliberately absent: lists of objects in a record.

use serde_json::{Map, Value};

use super::super::cell::Cell;

/// How deep objects are looked into.
const DEPTH: usize = 4;
/// Fewer numbers in a list are words.
const NUMBERS: usize = 3;
/// Most words of a list that are kept.
const LISTED: usize = 100;
/// Bytes from which words of a list may be a sentence.
const SENTENCE: usize = 20;
/// The column of a list of bare strings.
const BARE: &str = "text";

/// The records of a whole document: the longest list of objects or strings in it, however deep; the columns of an object
/// of lists; the values of an object of objects; else the document itself.
pub(super) fn records(value: Value) -> Vec<Value> {
    let (mut best, mut most) = (None, 0);
    find(&value, &mut Vec::new(), &mut best, &mut most);
    if let Some(path) = best {
        let found = path.into_iter().try_fold(value, |value, step| match value {
            Value::Object(mut object) => object.remove(&step),
            _ => None,
        });
        return match found {
            Some(Value::Array(list)) => list.into_iter().filter(is_record).collect(),
            _ => Vec::new(),
        };
    }
    match value {
        Value::Object(object) if is_columns(&object) => across(object),
        Value::Object(object) if object.len() > 1 && object.values().all(Value::is_object) => {
            let named = |(name, value)| match value {
                Value::Object(mut record) => {
                    record.entry("id").or_insert(Value::String(name));
                    Value::Object(record)
                }
                other => other,
            };
            object.into_iter().map(named).collect()
        }
        Value::Object(object) => vec![Value::Object(object)],
        _ => Vec::new(),
    }
}

fn is_record(value: &Value) -> bool {
    value.is_object() || value.is_string()
}

/// The way to the longest list of records among nested objects; lists of strings count where nothing else is found at
/// the same place as several lists, which are columns.
fn find(value: &Value, path: &mut Vec<String>, best: &mut Option<Vec<String>>, most: &mut usize) {
    let Value::Object(object) = value else { return };
    if path.len() > DEPTH || is_columns(object) {
        return;
    }
    for (name, value) in object {
        path.push(name.clone());
        if let Value::Array(list) = value {
            let count = list.iter().filter(|value| is_record(value)).count();
            if count > *most {
                (*best, *most) = (Some(path.clone()), count);
            }
        }
        find(value, path, best, most);
        path.pop();
    }
}

/// Whether an object is a table by columns: several lists of the same length.
fn is_columns(object: &Map<String, Value>) -> bool {
    let lengths: Vec<Option<usize>> = object.values().map(|value| value.as_array().map(Vec::len)).collect();
    let holds_objects = object.values().filter_map(Value::as_array).flatten().any(Value::is_object);
    lengths.len() > 1
        && lengths[0].is_some_and(|length| length > 0)
        && !holds_objects
        && lengths.iter().all(|length| *length == lengths[0])
}

fn across(object: Map<String, Value>) -> Vec<Value> {
    let mut rows: Vec<Map<String, Value>> = Vec::new();
    for (name, values) in object {
        let Value::Array(values) = values else { continue };
        rows.resize_with(rows.len().max(values.len()), Map::new);
        for (row, value) in rows.iter_mut().zip(values) {
            row.insert(name.clone(), value);
        }
    }
    rows.into_iter().map(Value::Object).collect()
}

/// The fields of a record, objects laid flat.
pub(super) fn fields(record: Value) -> Vec<(String, Cell<'static>)> {
    let mut fields = Vec::new();
    match record {
        Value::String(text) => fields.push((BARE.into(), Cell::words(text))),
        Value::Object(object) => flatten(String::new(), object, 0, &mut fields),
        _ => {}
    }
    fields
}

fn flatten(prefix: String, object: Map<String, Value>, depth: usize, fields: &mut Vec<(String, Cell<'static>)>) {
    for (name, value) in object {
        let name = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            Value::Object(inner) if depth < DEPTH => flatten(name, inner, depth + 1, fields),
            Value::Object(_) | Value::Null => {}
            Value::Array(list) => {
                let cell = listed(list);
                if cell != Cell::Empty {
                    fields.push((name, cell));
                }
            }
            other => fields.push((name, Cell::words(scalar(&other).unwrap_or_default()))),
        }
    }
}

/// Numbers of a list, or its words beside each other.
fn listed(list: Vec<Value>) -> Cell<'static> {
    if list.len() >= NUMBERS
        && let Some(numbers) = list.iter().map(|value| value.as_f64().map(|value| value as f32)).collect()
    {
        return Cell::Numbers(numbers);
    }
    let words: Vec<String> = list.iter().take(LISTED).filter_map(scalar).collect();
    // Sentences stand below each other, words beside.
    let are_sentences = words.iter().any(|word| word.trim().contains(' ') && word.len() > SENTENCE);
    Cell::words(words.join(if are_sentences { "\n" } else { ", " }))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
