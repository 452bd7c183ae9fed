//! `workspace list`: collections, sets and disk use of a workspace, also while another program has it open.

use std::path::Path;
use std::time::Instant;

use embedscope_engine::{Overview, overview};
use serde::Serialize;

use super::{Bytes, failed, making, megabytes};
use crate::answer::{Answer, Making, table};
use crate::failure::Failure;
use crate::setting::Setting;

#[derive(Serialize)]
struct Listed {
    name: String,
    collections: Vec<Collection>,
    sets: Vec<Set>,
    runs: usize,
    bytes: Bytes,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Collection {
    name: String,
    texts: u32,
    pictures: u32,
}

#[derive(Serialize)]
struct Set {
    model: String,
    rows: usize,
    dim: usize,
}

pub fn run(workspace: &Path, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let Overview { name, collections, sets, runs, usage } = overview(workspace).map_err(failed)?;
    let head = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    let mut rows = vec![head(["collection", "texts", "pictures"])];
    rows.extend(collections.iter().map(|c| vec![c.name.clone(), c.texts.to_string(), c.images.to_string()]));
    let mut lines = table(&rows);
    let mut rows = vec![head(["model", "items", "dim"])];
    rows.extend(sets.iter().map(|set| vec![set.model.clone(), set.rows.to_string(), set.dim.to_string()]));
    lines.extend(table(&rows));
    let mut rows = vec![head(["on the disk", "MB", ""])];
    let parts = [
        ("items and words", usage.index),
        ("vectors", usage.vectors),
        ("forgotten vectors", usage.dead_vectors),
        ("maps and clusters", usage.results),
        ("pasted", usage.pasted),
        ("copies", usage.copies),
        ("all", usage.total()),
    ];
    rows.extend(parts.map(|(part, bytes)| vec![part.to_owned(), megabytes(bytes)]));
    lines.extend(table(&rows));
    let collections =
        collections.into_iter().map(|c| Collection { name: c.name, texts: c.texts, pictures: c.images }).collect();
    let sets = sets.into_iter().map(|set| Set { model: set.model, rows: set.rows, dim: set.dim }).collect();
    let answer = Listed { name, collections, sets, runs, bytes: usage.into(), making: making(began, setting) };
    Ok(Answer::new(&answer, lines))
}
