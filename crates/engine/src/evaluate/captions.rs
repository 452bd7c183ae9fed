//! Pictures and what is said of them: a table with a row for each caption, or JSON lines with a list of them.
//!
//! Deliberately absent: captions whose picture is not there; they are an error.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::tables::{self, wrong, wrong_line};
use crate::Error;

const PICTURE: [&str; 8] = ["file", "image", "filename", "file_name", "image_path", "path", "picture", "image_file"];
const CAPTION: [&str; 6] = ["captions", "caption", "text", "description", "sentence", "alt"];

/// Pictures and captions.
pub(super) struct Captioned {
    pub(super) pictures: Vec<PathBuf>,
    /// Each caption and the picture it belongs to.
    pub(super) captions: Vec<(String, usize)>,
}

impl Captioned {
    /// Reads a table, or a folder that holds one named `captions` or `metadata`.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let table = match path.is_dir() {
            true => in_folder(path)?,
            false => path.to_owned(),
        };
        let rows = match table.extension().is_some_and(|end| end.eq_ignore_ascii_case("jsonl")) {
            true => of_lines(&table)?,
            false => of_table(&table)?,
        };
        let folder = table.parent().unwrap_or(Path::new(""));
        let (mut pictures, mut places) = (Vec::new(), HashMap::new());
        let mut captions = Vec::new();
        for (picture, said) in rows {
            let file = folder.join(&picture);
            if !file.is_file() {
                return Err(wrong(&table, &format!("the picture {picture} is not there")));
            }
            let place = *places.entry(file.clone()).or_insert_with(|| {
                pictures.push(file);
                pictures.len() - 1
            });
            captions.extend(said.into_iter().filter(|said| !said.trim().is_empty()).map(|said| (said, place)));
        }
        match pictures.len() < 2 || captions.is_empty() {
            true => Err(wrong(&table, "expected at least two pictures with captions")),
            false => Ok(Self { pictures, captions }),
        }
    }
}

fn in_folder(folder: &Path) -> Result<PathBuf, Error> {
    let ends = ["jsonl", "csv", "tsv", "parquet"];
    let names = ["captions", "metadata"].into_iter().flat_map(|name| ends.map(|end| format!("{name}.{end}")));
    let there = names.map(|name| folder.join(name)).find(|path| path.is_file());
    there.ok_or_else(|| wrong(folder, "expected captions.csv or captions.jsonl in it"))
}

fn of_lines(path: &Path) -> Result<Vec<(String, Vec<String>)>, Error> {
    let text = fs::read_to_string(path).map_err(Error::file(path))?;
    let rows = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).map(|(number, line)| {
        let form = "expected an object of JSON such as {\"file\": \"a.jpg\", \"caption\": \"…\"}";
        let value: Value = serde_json::from_str(line).map_err(|_| wrong_line(path, number, form))?;
        let of = |names: &[&str]| names.iter().find_map(|name| value.get(name));
        let said = match of(&CAPTION) {
            Some(Value::String(said)) => vec![said.clone()],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        match of(&PICTURE).and_then(Value::as_str) {
            Some(picture) => Ok((picture.to_owned(), said)),
            None => Err(wrong_line(path, number, "it names no picture, expected “file” and “caption”")),
        }
    });
    rows.collect()
}

fn of_table(path: &Path) -> Result<Vec<(String, Vec<String>)>, Error> {
    let table = tables::table(path)?;
    let place = |name: &Option<String>| table.columns.iter().position(|column| Some(column) == name.as_ref());
    let named = |names: &[&str]| {
        names.iter().find_map(|name| table.columns.iter().position(|column| column.to_lowercase() == *name))
    };
    let picture = place(&table.guess.image).or_else(|| named(&PICTURE));
    let caption = place(&table.guess.text).or_else(|| named(&CAPTION));
    let (Some(picture), Some(caption)) = (picture, caption) else {
        return Err(wrong(path, "expected a column of pictures and one of captions, such as image and caption"));
    };
    Ok(table.rows.into_iter().map(|row| (row[picture].trim().to_owned(), vec![row[caption].clone()])).collect())
}
