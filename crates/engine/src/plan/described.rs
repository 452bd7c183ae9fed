//! Which table stands beside a file of vectors to say what its rows are.
//!
//! Deliberately absent: reading either.

use std::collections::BTreeMap;
use std::path::PathBuf;

use embedscope_sources::scan::Found;
use embedscope_sources::subject;

use super::{PlanTable, PlanVectors};

/// Finds, for every file of bare vectors, the table beside it that says what its rows are, by their names and numbers:
/// "tensors.tsv" and "metadata.tsv", "words.npy" and "words.csv", "iris_tensors.npy" and "iris_labels.tsv". That table is
/// then no file of its own any more.
pub(super) fn describe(
    files: &mut Vec<Found>,
    tables: &mut [PlanTable],
    vectors: &mut [PlanVectors],
) -> BTreeMap<PathBuf, Found> {
    let mut bare: Vec<PlanVectors> = vectors.to_vec();
    bare.extend(tables.iter().filter(|table| table.is_bare()).map(|table| PlanVectors {
        name: table.name.clone(),
        rows: table.rows.number(),
        dim: 0,
        described_by: None,
    }));
    let mut described = BTreeMap::new();
    for one in &bare {
        let is_alone = bare.iter().filter(|other| folder_path(&other.name) == folder_path(&one.name)).count() == 1;
        let found = tables.iter().position(|table| {
            let is_beside = folder_path(&table.name) == folder_path(&one.name);
            // The first row of a single column may look like a header and be none; the rows of long tables are estimated.
            let off = table.rows.number().abs_diff(one.rows);
            let is_as_long = off <= u64::from(table.columns.len() == 1) || (one.rows > 2000 && off < one.rows / 20);
            let is_named = subject(&table.name) == subject(&one.name) || (subject(&table.name).is_empty() && is_alone);
            !table.is_bare() && table.name != one.name && is_beside && is_as_long && is_named
        });
        let Some(table) = found.map(|at| &mut tables[at]) else { continue };
        let place = |name: &str| files.iter().position(|file| file.name == name);
        let (Some(of), Some(at)) = (place(&one.name), place(&table.name)) else { continue };
        table.describes = Some(one.name.clone());
        if let Some(file) = vectors.iter_mut().find(|file| file.name == one.name) {
            file.described_by = Some(table.name.clone());
        }
        described.insert(files[of].path.clone(), files[at].clone());
        files.remove(at);
    }
    described
}

fn folder_path(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}
