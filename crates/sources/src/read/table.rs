//! Rows of a table become texts, pictures that they speak of, or items that bring their vector.
//!
//! Deliberately absent: parsing; every format gives its rows alike.

use std::path::{Component, Path, PathBuf};

use super::outlet::Outlet;
use super::rows::Companion;
use super::{ReadOptions, broken};
use crate::scan::Found;
use crate::table::{Record, Roles, Row, Table};
use crate::{Limits, Reason};

pub(super) fn read(found: &Found, options: &ReadOptions, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let table = Table::open(&found.path, found.format, &options.columns, limits)?;
    let roles = Roles::of(&table.columns, &table.types, &options.columns, &table.guess)?;
    let folder = found.path.parent().unwrap_or(Path::new(""));
    let mut vectors = Lengths::default();
    let mut companion = options.rows.as_ref().map(|table| Companion::open(table, limits)).transpose()?;
    let outcome = table.each(limits, &mut |record: Record<'_>| {
        let number = record.number;
        let mut row = roles.row(record);
        if let Some(said) = companion.as_mut().and_then(Companion::next) {
            row.metadata.extend(said.metadata);
            if !said.text.trim().is_empty() {
                row.text = said.text;
            }
        }
        if roles.has_vector() {
            vectors.keep(&mut row.vector, number);
        }
        let picture = row.image.take().and_then(|name| {
            let picture = beside(folder, &name).or_else(|| options.pictures.find(&name));
            if picture.is_none() {
                row.metadata.entry("picture".into()).or_insert(name);
            }
            picture
        });
        let Row { text, vector, metadata, .. } = row;
        outlet.row(number, text, picture, vector, metadata)
    });
    outcome?;
    companion.map_or(Ok(()), Companion::finish)?;
    vectors.outcome()
}

/// A picture that a table names, where it lies in the table's folder or below; nowhere else is looked.
fn beside(folder: &Path, name: &str) -> Option<PathBuf> {
    let name = name.replace('\\', "/");
    let name = Path::new(&name);
    let below = name.strip_prefix(folder).unwrap_or(name);
    let is_below = below.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let path: PathBuf = folder.join(below).components().filter(|part| *part != Component::CurDir).collect();
    (is_below && path.is_file()).then_some(path)
}

/// Sees that all vectors are of one length; the first tells which.
#[derive(Default)]
struct Lengths {
    dim: Option<usize>,
    rows: u64,
    bad: u64,
    first_bad: u64,
}

impl Lengths {
    fn keep(&mut self, vector: &mut Option<Vec<f32>>, number: u64) {
        self.rows += 1;
        let fits = vector.as_ref().is_some_and(|vector| {
            let dim = *self.dim.get_or_insert(vector.len());
            vector.len() == dim && vector.iter().all(|value| value.is_finite())
        });
        if !fits {
            *vector = None;
            self.bad += 1;
            if self.bad == 1 {
                self.first_bad = number;
            }
        }
    }

    fn outcome(&self) -> Result<(), Reason> {
        match (self.bad, self.dim) {
            (0, _) | (_, None) => Ok(()),
            (bad, Some(dim)) => Err(broken(format!(
                "{bad} of {} rows bring no vector of {dim} finite numbers, first row {}",
                self.rows, self.first_bad
            ))),
        }
    }
}
