//! The plan: what is in the dropped files, what will be left out and why, and which models would suit.
//!
//! Deliberately absent: reading the files; nothing heavy happens before the user says so.

mod described;
mod duplicates;
mod estimate;
mod preview;
mod sample;
mod speed;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use embedscope_models::{Kind, Presence, catalogue};
use embedscope_sources::cut::TokenCounter;
use embedscope_sources::read::{self, Pictures, ReadOptions, Readers};
use embedscope_sources::scan::{Found, scan};
use embedscope_sources::table::{self, ColumnType, Columns, RowCount, TablePeek};
use embedscope_sources::{Format, Limits, Reason};
use embedscope_space::Cancel;

use crate::evaluate::counted;
use crate::import::ImportChoice;
use crate::read::has_vanished;
use crate::{Engine, Error, Skipped};

pub use estimate::Estimate;
pub use preview::{Preview, ShownChunk, ShownCut, Span};
use sample::Samples;

/// What was found in the dropped files.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The dropped folder's or file's name.
    pub name: String,
    /// What can be read, by format, most bytes first.
    pub groups: Vec<PlanGroup>,
    /// What will not be imported, and why.
    pub skipped: Vec<Skipped>,
    /// Tables whose columns may be chosen.
    pub tables: Vec<PlanTable>,
    /// Files of ready vectors.
    pub vectors: Vec<PlanVectors>,
    /// Folders that hold files, and how many; the folder's name is kept as the column `folder` of each item.
    pub folders: BTreeMap<String, usize>,
    /// The names of files of equal content, a list for each content.
    pub duplicates: Vec<Vec<String>>,
    /// How many of the files gave items before; what they hold is not added twice.
    pub known: usize,
    /// How many files gave items before and are no longer where they were.
    pub vanished: usize,
    /// One proposed model for each kind that was found.
    pub models: Vec<PlanModel>,
    pub(crate) roots: Vec<PathBuf>,
    pub(crate) files: Vec<Found>,
    /// The table that says what the rows of a file of vectors are, by that file's path.
    pub(crate) described: BTreeMap<PathBuf, Found>,
    pub(crate) samples: Arc<Samples>,
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
    /// What each column holds.
    pub types: Vec<ColumnType>,
    /// What the columns seem to be for.
    pub guess: Columns,
    /// How it is written, in words.
    pub written: String,
    /// All tables of the file, where it may hold several.
    pub others: Vec<String>,
    /// The file whose vectors its rows describe; it is not imported for its own sake.
    pub describes: Option<String>,
    /// How many rows it has.
    pub rows: RowCount,
    /// Its first rows, long cells shortened.
    pub head: Vec<Vec<String>>,
}

/// A file of ready vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanVectors {
    /// Its name below the dropped folder.
    pub name: String,
    /// How many vectors.
    pub rows: u64,
    /// Numbers in each.
    pub dim: usize,
    /// The table beside it that says what its rows are.
    pub described_by: Option<String>,
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
            ..ImportChoice::default()
        }
    }

    /// How each file is read when this was chosen.
    pub(crate) fn reading(
        &self,
        choice: &ImportChoice,
        tokens: Option<TokenCounter>,
    ) -> impl Fn(&Found) -> ReadOptions + Sync {
        let pictures = self.files.iter().filter(|file| file.format == Format::Picture);
        let pictures: Pictures = pictures.map(|file| file.path.as_path()).collect();
        let apart = Readers::beside_this_program();
        move |file: &Found| ReadOptions {
            cut: choice.cut,
            preprocessing: choice.preprocessing,
            columns: choice.columns.get(&file.name).cloned().unwrap_or_default(),
            pictures: pictures.clone(),
            rows: self.described.get(&file.path).cloned(),
            tile: choice.tile,
            tokens: tokens.clone(),
            apart: apart.clone(),
            ..ReadOptions::default()
        }
    }

    /// Whether what was dropped are folders, which can be watched.
    pub fn can_watch(&self) -> bool {
        !self.roots.is_empty() && self.roots.iter().all(|root| root.is_dir())
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

impl Engine {
    /// Looks through files and folders. Fails only when none of the paths can be looked at.
    pub fn plan(&self, paths: &[PathBuf]) -> Result<Plan, Error> {
        self.plan_unless(paths, &Cancel::default())
    }

    /// The same, until it is told to stop.
    pub fn plan_unless(&self, paths: &[PathBuf], cancel: &Cancel) -> Result<Plan, Error> {
        let plan = self.look_through(paths, &|_| true, cancel)?;
        let duplicates = duplicates::duplicates(&plan.files, cancel);
        if cancel.is_cancelled() { Err(Error::Cancelled) } else { Ok(Plan { duplicates, ..plan }) }
    }

    /// A plan of those files alone whose path is wanted; which are duplicates is not looked at.
    pub(crate) fn look_through(
        &self,
        paths: &[PathBuf],
        is_wanted: &dyn Fn(&Path) -> bool,
        cancel: &Cancel,
    ) -> Result<Plan, Error> {
        if paths.is_empty() {
            return Err(Error::Request("no file or folder was named".into()));
        }
        let limits = Limits::default();
        let found = scan(paths, &limits, cancel);
        let mut skipped: Vec<Skipped> = found
            .skipped
            .into_iter()
            .filter(|skipped| is_wanted(&skipped.path))
            .map(|skipped| Skipped { name: skipped.name, reason: skipped.reason.to_string() })
            .collect();
        let (mut tables, mut vectors) = (Vec::new(), Vec::new());
        let mut files = Vec::new();
        // A table that says what vectors are, and the vectors, are looked at together, whichever of them is wanted.
        let is_looked_at = |file: &Found| file.format.is_table() || file.format.is_vectors() || is_wanted(&file.path);
        for file in found.files.into_iter().filter(is_looked_at) {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            if file.format.is_vectors() {
                match read::shape(&file) {
                    Ok((rows, dim)) => {
                        vectors.push(PlanVectors { name: file.name.clone(), rows, dim, described_by: None });
                    }
                    Err(reason) => {
                        skipped.push(Skipped { name: file.name.clone(), reason: reason.to_string() });
                        continue;
                    }
                }
            }
            if file.format.is_table() {
                match PlanTable::of(&file, None) {
                    Ok(table) => tables.push(table),
                    Err(reason) => {
                        skipped.push(Skipped { name: file.name.clone(), reason: reason.to_string() });
                        continue;
                    }
                }
            }
            files.push(file);
        }
        skipped.sort();
        let described = described::describe(&mut files, &mut tables, &mut vectors);
        files.retain(|file| is_wanted(&file.path));
        let groups = groups(&files);
        let bare: HashSet<&str> = vectors
            .iter()
            .map(|file| &file.name)
            .chain(tables.iter().filter(|table| table.is_bare()).map(|table| &table.name))
            .map(String::as_str)
            .collect();
        let to_embed = files.iter().filter(|file| !bare.contains(file.name.as_str()));
        let mut kinds: Vec<Kind> = to_embed.map(|file| kind_of(file.format)).collect();
        kinds.sort();
        kinds.dedup();
        let models: Vec<PlanModel> = kinds.into_iter().map(|kind| self.propose(kind)).collect();
        let mut folders = BTreeMap::new();
        for folder in files.iter().filter_map(|file| folder_of(&file.name)) {
            *folders.entry(folder.to_owned()).or_default() += 1;
        }
        let originals: HashSet<PathBuf> = self.inner.workspace.originals()?.into_iter().collect();
        let known = files.iter().filter(|file| originals.contains(&file.path)).count();
        let is_below = |file: &&PathBuf| paths.iter().any(|path| file.starts_with(path));
        let vanished = originals.iter().filter(is_below).filter(|file| has_vanished(file)).count();
        Ok(Plan {
            name: name_of(paths),
            groups,
            skipped,
            tables,
            vectors,
            folders,
            duplicates: Vec::new(),
            known,
            vanished,
            models,
            roots: paths.to_vec(),
            files,
            described,
            samples: Arc::default(),
        })
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

    /// Another table of a file that holds several, looked at as the plan looked at the one it proposes.
    pub fn plan_table(&self, plan: &Plan, name: &str, table: &str) -> Result<PlanTable, Error> {
        let file = plan.files.iter().find(|file| file.name == name);
        let file = file.ok_or_else(|| Error::Request(format!("the plan has no table {name}")))?;
        PlanTable::of(file, Some(table)).map_err(Error::file(Path::new(name)))
    }
}

impl PlanTable {
    fn of(file: &Found, table: Option<&str>) -> Result<Self, Reason> {
        let TablePeek { columns, types, guess, row_count, written, tables, head } =
            table::peek(&file.path, file.format, table)?;
        let (name, rows) = (file.name.clone(), row_count);
        Ok(Self { name, columns, types, guess, rows, written, others: tables, describes: None, head })
    }

    /// What it seems to be, in words: its rows, what its columns are for besides the text, and how it is written.
    pub fn said(&self) -> String {
        let guess = &self.guess;
        let role = |what: &str, column: &Option<String>| column.as_ref().map(|column| format!("{what} “{column}”"));
        let parts = [
            self.describes.as_ref().map(|name| format!("says what the rows of {name} are")),
            Some(match self.rows {
                RowCount::Counted(rows) => counted(rows as usize, "rows"),
                RowCount::About(rows) => format!("about {}", counted(two_digits(rows) as usize, "rows")),
            }),
            role("pictures by", &guess.image),
            role("vectors in", &guess.vector),
            role("classes perhaps in", &guess.label),
            Some(self.written.clone()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// Whether its rows are vectors and nothing to embed.
    fn is_bare(&self) -> bool {
        self.describes.is_some() || (self.guess.vector.is_some() && self.guess.text.is_none())
    }
}

/// Rounded to two digits, as it is not known better.
fn two_digits(number: u64) -> u64 {
    let step = 10_u64.pow(number.checked_ilog10().unwrap_or_default().saturating_sub(1));
    number.saturating_add(step / 2) / step * step
}

/// The innermost folder of a file's name.
pub(crate) fn folder_of(name: &str) -> Option<&str> {
    name.rsplit('/').nth(1)
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
