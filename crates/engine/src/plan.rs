//! The plan: what is in the dropped files, what will be left out and why, and which models would suit.
//!
//! Deliberately absent: reading the files; nothing heavy happens before the user says so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use embedscope_models::{Kind, Presence, catalogue};
use embedscope_sources::scan::{Found, scan};
use embedscope_sources::{Format, Limits, cut::Cut, table};
use embedscope_space::Cancel;

use crate::import::ImportChoice;
use crate::{Engine, Error, Skipped};

/// What was found in the dropped files.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The dropped folder's or file's name.
    pub name: String,
    /// What can be read, by format, most bytes first.
    pub groups: Vec<PlanGroup>,
    /// What will not be imported, and why.
    pub skipped: Vec<Skipped>,
    /// Tables whose text column may be chosen.
    pub tables: Vec<PlanTable>,
    /// One proposed model for each kind that was found.
    pub models: Vec<PlanModel>,
    /// How long texts are cut.
    pub cut: Cut,
    /// Expected time for embedding everything, where the speed of every proposed model was measured before.
    pub estimate_ms: Option<f64>,
    pub(crate) files: Vec<Found>,
}

/// Files of one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanGroup {
    /// The format.
    pub format: Format,
    /// What its files become.
    pub kind: Kind,
    /// How many files.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
}

/// A table among the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTable {
    /// Its name below the dropped folder.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The column that looks like the text.
    pub text_column: Option<String>,
    /// About how many rows it has.
    pub rows: u64,
}

/// The model proposed for one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanModel {
    /// The kind.
    pub kind: Kind,
    /// The proposal.
    pub model: String,
    /// Every model of the catalogue that embeds this kind, the proposal among them.
    pub choices: Vec<String>,
}

impl Plan {
    /// What happens when nothing is chosen: the proposed models, the guessed columns, seed 42.
    pub fn choice(&self) -> ImportChoice {
        ImportChoice {
            models: self.models.iter().map(|model| model.model.clone()).collect(),
            text_columns: BTreeMap::new(),
            cut: self.cut,
            maps: true,
            seed: 42,
        }
    }

    /// How many files can be read.
    pub fn files(&self) -> usize {
        self.files.len()
    }
}

/// What a format's files become.
pub(crate) fn kind_of(format: Format) -> Kind {
    match format {
        Format::Picture => Kind::Image,
        _ => Kind::Text,
    }
}

pub(crate) fn is_table(format: Format) -> bool {
    matches!(format, Format::Csv | Format::Jsonl)
}

/// About how many bytes of a document become one item; only for the estimate.
const BYTES_PER_ITEM: u64 = 1000;

impl Engine {
    /// Looks through files and folders. Fails only when none of the paths can be looked at.
    pub fn plan(&self, paths: &[PathBuf]) -> Result<Plan, Error> {
        if paths.is_empty() {
            return Err(Error::Request("no file or folder was named".into()));
        }
        let limits = Limits::default();
        let found = scan(paths, &limits, &Cancel::default());
        let mut skipped: Vec<Skipped> = found
            .skipped
            .into_iter()
            .map(|skipped| Skipped { name: skipped.name, reason: skipped.reason.to_string() })
            .collect();
        let mut tables = Vec::new();
        let mut files = Vec::new();
        for file in found.files {
            if is_table(file.format) {
                match table::peek(&file.path, file.format) {
                    Ok(peek) => tables.push(PlanTable {
                        name: file.name.clone(),
                        columns: peek.columns,
                        text_column: peek.text_column,
                        rows: peek.rows_estimate,
                    }),
                    Err(reason) => {
                        skipped.push(Skipped { name: file.name.clone(), reason: reason.to_string() });
                        continue;
                    }
                }
            }
            files.push(file);
        }
        skipped.sort();
        let groups = groups(&files);
        let mut kinds: Vec<Kind> = groups.iter().map(|group| group.kind).collect();
        kinds.sort();
        kinds.dedup();
        let models: Vec<PlanModel> = kinds.into_iter().map(|kind| self.propose(kind)).collect();
        let estimate_ms = self.estimate(&models, &files, &tables);
        Ok(Plan { name: name_of(paths), groups, skipped, tables, models, cut: Cut::default(), estimate_ms, files })
    }

    /// The model to begin with: the starter where it is at hand, else any learned one that is, else the built-in one.
    fn propose(&self, kind: Kind) -> PlanModel {
        let fitting = || catalogue::entries().iter().filter(move |entry| entry.kinds.contains(&kind));
        let at_hand = |id: &str| self.presence(id) == Presence::Present;
        let model = fitting()
            .find(|entry| entry.starter && at_hand(&entry.id))
            .or_else(|| fitting().find(|entry| entry.kinds == [kind] && !entry.baseline && at_hand(&entry.id)))
            .or_else(|| fitting().find(|entry| entry.is_builtin()))
            .map(|entry| entry.id.clone())
            .unwrap_or_default();
        PlanModel { kind, model, choices: fitting().map(|entry| entry.id.clone()).collect() }
    }

    fn estimate(&self, models: &[PlanModel], files: &[Found], tables: &[PlanTable]) -> Option<f64> {
        let documents = files.iter().filter(|file| kind_of(file.format) == Kind::Text && !is_table(file.format));
        let texts: u64 = documents.map(|file| file.bytes / BYTES_PER_ITEM + 1).sum::<u64>()
            + tables.iter().map(|table| table.rows).sum::<u64>();
        let images = files.iter().filter(|file| file.format == Format::Picture).count() as u64;
        let sets = self.live_sets();
        models
            .iter()
            .map(|proposed| {
                let set = sets.iter().find(|set| set.model() == proposed.model)?;
                let count = if proposed.kind == Kind::Image { images } else { texts };
                Some(count as f64 / set.cost().items_per_second()? * 1e3)
            })
            .sum()
    }
}

fn groups(files: &[Found]) -> Vec<PlanGroup> {
    let mut groups: BTreeMap<Format, PlanGroup> = BTreeMap::new();
    for file in files {
        let empty = PlanGroup { format: file.format, kind: kind_of(file.format), files: 0, bytes: 0 };
        let group = groups.entry(file.format).or_insert(empty);
        group.files += 1;
        group.bytes += file.bytes;
    }
    let mut groups: Vec<PlanGroup> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.bytes));
    groups
}

fn name_of(paths: &[PathBuf]) -> String {
    let name = |path: &Path| {
        let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        whole.file_name().map_or_else(|| whole.display().to_string(), |name| name.to_string_lossy().into_owned())
    };
    match paths {
        [] => String::new(),
        [only] => name(only),
        [first, others @ ..] => format!("{} and {} more", name(first), others.len()),
    }
}
