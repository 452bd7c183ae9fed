//! What is exported: the items of a set, or some of them, with their vectors, their places on a map, their clusters and
//! their tags.
//!
//! Deliberately absent: the formats, each in a file of its own.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use embedscope_space::{Cancel, Progress, UNWATCHED, Vectors};
use embedscope_workspace::{ItemId, SetId};
use serde::Serialize;

use super::{Lines, originals, projector, table, tensors, write_list, write_vectors};
use crate::clusters::Clustering;
use crate::{Card, Engine, Error, MapId, MapSummary, Method};

/// What to export, and as what.
#[derive(Clone, Debug)]
pub struct Export {
    /// The set; None for items without vectors.
    pub set: Option<SetId>,
    /// The map whose places are written; None for the set's t-SNE, or else its PCA.
    pub map: Option<MapId>,
    /// Only these items; None for all.
    pub items: Option<Vec<ItemId>>,
    /// What is written beside the items themselves, where there is such and the format holds it.
    pub parts: ExportParts,
    /// As what.
    pub format: ExportFormat,
    /// The file; for NumPy, the projector and originals a folder.
    pub out: PathBuf,
}

/// What is known of items beside themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportParts {
    /// Their vectors.
    pub vectors: bool,
    /// Their places on a map.
    pub layout: bool,
    /// Their clusters and what these are called.
    pub clusters: bool,
    /// Their tags.
    pub tags: bool,
}

impl Default for ExportParts {
    fn default() -> Self {
        Self { vectors: true, layout: true, clusters: true, tags: true }
    }
}

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// One table; vectors are lists of numbers.
    Parquet,
    /// One table in Arrow's file format (Feather); vectors are lists of numbers.
    Arrow,
    /// One table; vectors are numbered columns.
    Csv,
    /// A folder: `vectors.npy`, `layout.npy`, `clusters.npy` and `items.jsonl`.
    Npy,
    /// Tensors `vectors`, `layout` and `clusters`, and beside the file `NAME.items.jsonl`.
    Safetensors,
    /// A folder that the TensorBoard projector opens.
    Projector,
    /// A report that works offline, of every map.
    Html,
    /// A folder of copies of the files the items came from, and `items.jsonl`.
    Originals,
}

impl ExportFormat {
    /// Whether it is a folder of several files.
    pub fn is_folder(self) -> bool {
        matches!(self, Self::Npy | Self::Projector | Self::Originals)
    }

    /// The ending of its file's name; None for a folder.
    pub fn ending(self) -> Option<&'static str> {
        match self {
            Self::Npy | Self::Projector | Self::Originals => None,
            _ => NAMES.iter().find(|(_, format)| *format == self).map(|(name, _)| *name),
        }
    }
}

const NAMES: [(&str, ExportFormat); 8] = [
    ("parquet", ExportFormat::Parquet),
    ("arrow", ExportFormat::Arrow),
    ("csv", ExportFormat::Csv),
    ("npy", ExportFormat::Npy),
    ("safetensors", ExportFormat::Safetensors),
    ("projector", ExportFormat::Projector),
    ("html", ExportFormat::Html),
    ("originals", ExportFormat::Originals),
];

impl FromStr for ExportFormat {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = NAMES.iter().find(|(known, _)| *known == name).map(|&(_, format)| format);
        known.ok_or_else(|| format!("expected one of {}", NAMES.map(|(known, _)| known).join(", ")))
    }
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Items.
    pub rows: usize,
    /// Numbers in a vector; 0 where there are none.
    pub dim: usize,
    /// The files.
    pub files: Vec<PathBuf>,
}

/// Rows read from the workspace at once.
const SOME: usize = 1000;

/// The rows of an export.
pub(super) struct Sheet<'a> {
    engine: &'a Engine,
    pub(super) model: String,
    pub(super) items: Vec<ItemId>,
    pub(super) vectors: Option<Vectors>,
    pub(super) layout: Option<Vectors>,
    pub(super) clusters: Option<Vec<i32>>,
    clustering: Arc<Clustering>,
    /// The tags of the items that have any; None where none is to be written.
    tags: Option<HashMap<ItemId, Vec<String>>>,
    watch: Watch<'a>,
    /// The metadata columns that any of the items has.
    pub(super) columns: Vec<String>,
}

/// Who watches an export, and may stop it.
#[derive(Clone, Copy)]
pub(super) struct Watch<'a> {
    pub(super) progress: Progress<'a>,
    pub(super) cancel: &'a Cancel,
}

impl Engine {
    /// Writes items with all that is known of them. Fails where a wanted item is not in the set.
    pub fn export(&self, export: &Export) -> Result<Exported, Error> {
        self.export_watched(export, Watch { progress: UNWATCHED, cancel: &Cancel::default() })
    }

    pub(super) fn export_watched(&self, export: &Export, watch: Watch<'_>) -> Result<Exported, Error> {
        let out = &export.out;
        if export.format == ExportFormat::Html {
            let only: Option<HashSet<ItemId>> = export.items.as_ref().map(|items| items.iter().copied().collect());
            let report = match &only {
                Some(only) => self.report_of(&self.workspace_name(), 0, Some(only))?,
                None => self.report(&self.workspace_name(), &[], 0)?,
            };
            fs::write(out, report.to_html()).map_err(Error::file(out))?;
            return Ok(Exported { rows: report.items, dim: 0, files: vec![out.clone()] });
        }
        let sheet = self.sheet(export, watch)?;
        if sheet.items.is_empty() {
            return Err(Error::Request("there is nothing to export".into()));
        }
        let files = match export.format {
            ExportFormat::Parquet => table::write_parquet(&sheet, out)?,
            ExportFormat::Arrow => table::write_arrow(&sheet, out)?,
            ExportFormat::Csv => table::write_csv(&sheet, out)?,
            ExportFormat::Npy => write_arrays(&sheet, out)?,
            ExportFormat::Safetensors => tensors::write(&sheet, out)?,
            ExportFormat::Projector => projector::write(&sheet, out)?,
            ExportFormat::Originals => originals::write(&sheet, out)?,
            ExportFormat::Html => Vec::new(),
        };
        Ok(Exported { rows: sheet.items.len(), dim: sheet.vectors.as_ref().map_or(0, Vectors::dim), files })
    }

    fn sheet<'a>(&'a self, export: &Export, watch: Watch<'a>) -> Result<Sheet<'a>, Error> {
        let wanted: Option<HashSet<ItemId>> = export.items.as_ref().map(|items| items.iter().copied().collect());
        let is_wanted = |item: &ItemId| wanted.as_ref().is_none_or(|wanted| wanted.contains(item));
        let mut sheet = match export.set {
            None => {
                let items = (0..self.count()?).map(ItemId).filter(is_wanted).collect();
                Sheet { items, ..Sheet::empty(self, watch) }
            }
            Some(set) => self.sheet_of(set, export.map, &is_wanted, watch)?,
        };
        let ExportParts { vectors, layout, clusters, tags } = export.parts;
        sheet.vectors = sheet.vectors.filter(|_| vectors);
        sheet.layout = sheet.layout.filter(|_| layout);
        sheet.clusters = sheet.clusters.filter(|_| clusters);
        sheet.tags = if tags { self.tags_by_item()? } else { None };
        if let Some(missing) = wanted.and_then(|mut wanted| {
            sheet.items.iter().for_each(|item| _ = wanted.remove(item));
            wanted.into_iter().min()
        }) {
            return Err(Error::NotFound { what: "item to export with id", id: missing.0 });
        }
        let mut columns = BTreeSet::new();
        sheet.each(&mut |_, card| {
            columns.extend(card.metadata.into_keys());
            Ok(())
        })?;
        sheet.columns = columns.into_iter().collect();
        Ok(sheet)
    }

    /// The tags of every item that has any; None where there are no tags.
    fn tags_by_item(&self) -> Result<Option<HashMap<ItemId, Vec<String>>>, Error> {
        let mut tags: HashMap<ItemId, Vec<String>> = HashMap::new();
        for tag in self.inner.workspace.tags()? {
            for item in self.inner.workspace.tagged(&tag.name)? {
                tags.entry(item).or_default().push(tag.name.clone());
            }
        }
        Ok((!tags.is_empty()).then_some(tags))
    }

    fn sheet_of<'a>(
        &'a self,
        set: SetId,
        map: Option<MapId>,
        is_wanted: &dyn Fn(&ItemId) -> bool,
        watch: Watch<'a>,
    ) -> Result<Sheet<'a>, Error> {
        let live = self.live_set(set)?;
        let shown = live.items();
        let rows: Vec<usize> = (0..shown.len()).filter(|&row| is_wanted(&shown[row])).collect();
        let own = self.maps().into_iter().filter(|map| map.set == set && map.rows == shown.len());
        let own: Vec<MapSummary> = own.collect();
        let map = match map {
            Some(map) => own.iter().find(|own| own.id == map),
            None => own.iter().rfind(|map| map.method == Method::Tsne).or(own.last()),
        };
        let layout = map.map(|map| self.layout(map.id)).transpose()?.map(|layout| layout.positions.select(&rows));
        let clustering = live.clustering().unwrap_or_default();
        let label = |&row: &usize| clustering.labels.get(row).copied().unwrap_or(-1);
        let clusters = (!clustering.is_empty()).then(|| rows.iter().map(label).collect());
        let is_all = rows.len() == shown.len();
        let vectors = live.vectors()?;
        let vectors = if is_all { vectors } else { vectors.select(&rows) };
        Ok(Sheet {
            model: live.model().to_owned(),
            items: rows.iter().map(|&row| shown[row]).collect(),
            vectors: Some(vectors),
            layout,
            clusters,
            clustering,
            ..Sheet::empty(self, watch)
        })
    }
}

impl<'a> Sheet<'a> {
    fn empty(engine: &'a Engine, watch: Watch<'a>) -> Self {
        Self {
            engine,
            model: String::new(),
            items: Vec::new(),
            vectors: None,
            layout: None,
            clusters: None,
            clustering: Arc::default(),
            tags: None,
            watch,
            columns: Vec::new(),
        }
    }

    /// These items in this order, without vectors, with their tags.
    pub(super) fn of_items(engine: &'a Engine, items: &[ItemId], watch: Watch<'a>) -> Result<Self, Error> {
        Ok(Self { items: items.to_vec(), tags: engine.tags_by_item()?, ..Self::empty(engine, watch) })
    }

    /// Hands over what every row is, in order.
    pub(super) fn each(&self, each: &mut dyn FnMut(usize, Card) -> Result<(), Error>) -> Result<(), Error> {
        for (at, some) in self.items.chunks(SOME).enumerate() {
            if self.watch.cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            for (row, card) in (at * SOME..).zip(self.engine.cards(some)?) {
                each(row, card)?;
            }
            (self.watch.progress)(at * SOME + some.len(), self.items.len());
        }
        Ok(())
    }

    /// The user's file a row came from; fails where it is not there.
    pub(super) fn original(&self, row: usize) -> Result<PathBuf, Error> {
        self.engine.source(self.items[row])
    }

    /// The words of a row's cluster; empty where it has none.
    pub(super) fn cluster_name(&self, row: usize) -> &str {
        let label = self.clusters.as_ref().and_then(|clusters| usize::try_from(clusters[row]).ok());
        label.and_then(|label| self.clustering.names.get(label)).map_or("", String::as_str)
    }

    /// Whether tags are written at all.
    pub(super) fn has_tags(&self) -> bool {
        self.tags.is_some()
    }

    /// The tags of a row, by name.
    pub(super) fn tags(&self, row: usize) -> &[String] {
        let tags = self.tags.as_ref().and_then(|tags| tags.get(&self.items[row]));
        tags.map_or(&[], Vec::as_slice)
    }

    /// What every row is, one JSON object a line.
    pub(super) fn write_items(&self, path: &Path) -> Result<(), Error> {
        let mut lines = Lines::create(path)?;
        self.each(&mut |row, card| {
            let tags = self.has_tags().then(|| self.tags(row));
            lines.write(&Line { card: &card, tags })
        })?;
        lines.finish()
    }
}

/// A line of `items.jsonl`.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    card: &'a Card,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<&'a [String]>,
}

/// Makes a folder and gives the paths of files in it.
pub(super) fn folder(out: &Path) -> Result<impl Fn(&str) -> PathBuf, Error> {
    fs::create_dir_all(out).map_err(Error::file(out))?;
    let out = out.to_owned();
    Ok(move |name: &str| out.join(name))
}

fn write_arrays(sheet: &Sheet<'_>, out: &Path) -> Result<Vec<PathBuf>, Error> {
    let place = folder(out)?;
    let mut files = vec![place("items.jsonl")];
    sheet.write_items(&files[0])?;
    for (name, matrix) in [("vectors.npy", &sheet.vectors), ("layout.npy", &sheet.layout)] {
        if let Some(matrix) = matrix {
            write_vectors(&place(name), matrix)?;
            files.push(place(name));
        }
    }
    if let Some(clusters) = &sheet.clusters {
        write_list(&place("clusters.npy"), clusters)?;
        files.push(place("clusters.npy"));
    }
    Ok(files)
}
