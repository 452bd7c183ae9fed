//! One table of everything: Parquet, Arrow, or separated values.
//!
//! Columns: `item, kind, text, file, place`, the metadata by its own names (`metadata.NAME` where one of these has it),
//! `cluster, cluster_name`, `tags` (between semicolons), `x, y, z` and `vector`. Deliberately absent: types of metadata; it is kept as text.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, FixedSizeListArray, Float32Array, Int32Array, RecordBatch, StringArray, UInt32Array};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Schema};
use embedscope_models::Kind;
use embedscope_space::Vectors;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::sheet::Sheet;
use crate::{Card, Error};

/// Rows written at once.
const AT_ONCE: usize = 4096;

const OWN: [&str; 12] =
    ["item", "kind", "text", "file", "place", "cluster", "cluster_name", "tags", "x", "y", "z", "vector"];

pub(super) fn write_parquet(sheet: &Sheet<'_>, out: &Path) -> Result<Vec<PathBuf>, Error> {
    let file = File::create(out).map_err(Error::file(out))?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let schema = Arc::new(schema(sheet)?);
    let mut writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(Error::file(out))?;
    batches(sheet, &schema, &mut |batch| writer.write(batch).map_err(Error::file(out)))?;
    writer.close().map_err(Error::file(out))?;
    Ok(vec![out.to_owned()])
}

pub(super) fn write_arrow(sheet: &Sheet<'_>, out: &Path) -> Result<Vec<PathBuf>, Error> {
    let file = BufWriter::new(File::create(out).map_err(Error::file(out))?);
    let schema = Arc::new(schema(sheet)?);
    let mut writer = FileWriter::try_new(file, &schema).map_err(Error::file(out))?;
    batches(sheet, &schema, &mut |batch| writer.write(batch).map_err(Error::file(out)))?;
    writer.finish().map_err(Error::file(out))?;
    Ok(vec![out.to_owned()])
}

pub(super) fn write_csv(sheet: &Sheet<'_>, out: &Path) -> Result<Vec<PathBuf>, Error> {
    write_csv_to(sheet, File::create(out).map_err(Error::file(out))?, out)?;
    Ok(vec![out.to_owned()])
}

/// The same table, to anything; `out` is what an error names.
pub(super) fn write_csv_to(sheet: &Sheet<'_>, to: impl Write, out: &Path) -> Result<(), Error> {
    let mut writer = csv::Writer::from_writer(to);
    let mut head: Vec<String> = ["item", "kind", "text", "file", "place"].map(str::to_owned).to_vec();
    head.extend(sheet.columns.iter().map(column));
    if sheet.clusters.is_some() {
        head.extend(["cluster", "cluster_name"].map(str::to_owned));
    }
    head.extend(sheet.has_tags().then(|| "tags".to_owned()));
    head.extend(axes(sheet).iter().map(|&axis| axis.to_owned()));
    let dim = sheet.vectors.as_ref().map_or(0, Vectors::dim);
    head.extend((0..dim).map(|at| format!("vector_{at}")));
    writer.write_record(&head).map_err(Error::file(out))?;
    sheet.each(&mut |row, card| {
        let Card { id, kind, text, file, place, metadata, .. } = card;
        let mut line = vec![id.0.to_string(), word(kind).to_owned(), text, file, place];
        line.extend(sheet.columns.iter().map(|name| metadata.get(name).cloned().unwrap_or_default()));
        if let Some(clusters) = &sheet.clusters {
            line.extend([clusters[row].to_string(), sheet.cluster_name(row).to_owned()]);
        }
        line.extend(sheet.has_tags().then(|| sheet.tags(row).join("; ")));
        for matrix in [&sheet.layout, &sheet.vectors].into_iter().flatten() {
            line.extend(matrix.row(row).iter().map(ToString::to_string));
        }
        writer.write_record(&line).map_err(Error::file(out))
    })?;
    writer.flush().map_err(Error::file(out))
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Image => "image",
    }
}

fn column(name: &String) -> String {
    if OWN.contains(&name.as_str()) { format!("metadata.{name}") } else { name.clone() }
}

fn axes(sheet: &Sheet<'_>) -> &'static [&'static str] {
    &["x", "y", "z"][..sheet.layout.as_ref().map_or(0, |layout| layout.dim().min(3))]
}

fn schema(sheet: &Sheet<'_>) -> Result<Schema, Error> {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let mut fields = vec![Field::new("item", DataType::UInt32, false)];
    fields.extend(["kind", "text", "file", "place"].map(text));
    fields.extend(sheet.columns.iter().map(|name| text(&column(name))));
    if sheet.clusters.is_some() {
        fields.extend([Field::new("cluster", DataType::Int32, false), text("cluster_name")]);
    }
    fields.extend(sheet.has_tags().then(|| text("tags")));
    fields.extend(axes(sheet).iter().map(|&axis| Field::new(axis, DataType::Float32, false)));
    if let Some(vectors) = &sheet.vectors {
        let dim = i32::try_from(vectors.dim()).map_err(|_| Error::Request("the vectors are too long".into()))?;
        fields.push(Field::new("vector", DataType::FixedSizeList(number(), dim), false));
    }
    let model = [("embedscope.model".to_owned(), sheet.model.clone())];
    Ok(Schema::new_with_metadata(fields, model))
}

fn number() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Float32, false))
}

fn batches(
    sheet: &Sheet<'_>,
    schema: &Arc<Schema>,
    write: &mut dyn FnMut(&RecordBatch) -> Result<(), Error>,
) -> Result<(), Error> {
    let last = sheet.items.len() - 1;
    let mut cards: Vec<Card> = Vec::new();
    sheet.each(&mut |row, card| {
        cards.push(card);
        if cards.len() < AT_ONCE && row < last {
            return Ok(());
        }
        let batch = batch(sheet, schema, row + 1 - cards.len(), &cards);
        cards.clear();
        write(&batch.map_err(|problem| Error::Fault(problem.to_string()))?)
    })
}

fn batch(
    sheet: &Sheet<'_>,
    schema: &Arc<Schema>,
    start: usize,
    cards: &[Card],
) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let rows = start..start + cards.len();
    let texts = |text: &dyn Fn(&Card) -> Option<&str>| -> ArrayRef {
        // Without borrowing from the closure's argument twice: an array copies its words anyhow.
        Arc::new(cards.iter().map(|card| text(card).map(str::to_owned)).collect::<StringArray>())
    };
    let mut columns: Vec<ArrayRef> = vec![Arc::new(UInt32Array::from_iter_values(cards.iter().map(|card| card.id.0)))];
    columns.push(texts(&|card| Some(word(card.kind))));
    columns.push(texts(&|card| Some(&card.text)));
    columns.push(texts(&|card| Some(&card.file)));
    columns.push(texts(&|card| Some(&card.place)));
    for name in &sheet.columns {
        columns.push(texts(&|card| card.metadata.get(name).map(String::as_str)));
    }
    if let Some(clusters) = &sheet.clusters {
        columns.push(Arc::new(Int32Array::from(clusters[rows.clone()].to_vec())));
        let names = rows.clone().map(|row| Some(sheet.cluster_name(row)));
        columns.push(Arc::new(names.collect::<StringArray>()));
    }
    if sheet.has_tags() {
        let tags = rows.clone().map(|row| Some(sheet.tags(row).join("; ")));
        columns.push(Arc::new(tags.collect::<StringArray>()));
    }
    if let Some(layout) = &sheet.layout {
        for axis in 0..axes(sheet).len() {
            columns.push(Arc::new(Float32Array::from_iter_values(rows.clone().map(|row| layout.row(row)[axis]))));
        }
    }
    if let Some(vectors) = &sheet.vectors {
        let dim = vectors.dim();
        let values = Float32Array::from(vectors.as_slice()[rows.start * dim..rows.end * dim].to_vec());
        columns.push(Arc::new(FixedSizeListArray::try_new(number(), dim as i32, Arc::new(values), None)?));
    }
    RecordBatch::try_new(schema.clone(), columns)
}
