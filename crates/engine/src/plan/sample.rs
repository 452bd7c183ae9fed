//! A look into a few files of a plan: their first texts, uncut, on which a cut can be shown and counted.
//!
//! A file is read once; of what it gave only the beginning is kept. Deliberately absent: cutting and estimating.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use embedscope_models::Kind;
use embedscope_sources::cut::{Cut, Unit};
use embedscope_sources::read::{ReadOptions, read};
use embedscope_sources::scan::Found;
use embedscope_sources::{Content, Format, Limits, Preprocessing, Reason};
use embedscope_space::Cancel;
use rayon::prelude::*;

use super::{Plan, kind_of};
use crate::Columns;
use crate::import::ImportChoice;

/// Documents of each format that are looked into.
const DOCUMENTS: usize = 6;
/// Tables that are looked into.
const TABLES: usize = 12;
/// Rows of a table that are looked at.
const ROWS: u64 = 200;
/// Bytes kept of one text, and of all texts of a file.
const TEXT_BYTES: usize = 16 << 10;
const FILE_BYTES: usize = 48 << 10;
/// Less room than this is none.
const LEAST_BYTES: usize = 64;
/// Seconds that one file may take to be read.
const SECONDS: u64 = 3;

/// What was looked into so far.
#[derive(Default)]
pub(crate) struct Samples(Mutex<BTreeMap<String, (Columns, Arc<Sample>)>>);

/// What one file gave.
#[derive(Default)]
pub(crate) struct Sample {
    /// The file's name in the plan.
    pub(crate) name: String,
    /// Its texts, each from its beginning.
    pub(crate) texts: Vec<SampleText>,
    /// Bytes of all its texts, also of what is not kept.
    pub(crate) bytes: usize,
    /// Rows of a table that were looked at.
    pub(crate) rows: u64,
    /// Items that are never cut: rows with a vector, and pictures that only this table knows of.
    pub(crate) whole: u64,
    /// Whether it was read to its end.
    pub(crate) is_read: bool,
}

/// The beginning of one text.
pub(crate) struct SampleText {
    pub(crate) text: String,
    pub(crate) headings: Vec<usize>,
    pub(crate) page: Option<u32>,
    pub(crate) row: Option<u64>,
    /// Bytes of the whole text.
    pub(crate) bytes: usize,
}

/// The files of a plan that give texts, by how they are counted.
pub(crate) struct Lots<'a> {
    /// Documents of one format each, and those of them that are looked into.
    pub(crate) documents: Vec<(Vec<&'a Found>, Vec<Arc<Sample>>)>,
    /// Tables, and what was seen of them; None for those beyond the first.
    pub(crate) tables: Vec<(&'a Found, Option<Arc<Sample>>)>,
}

impl Samples {
    /// Looks into some files of each kind, or remembers what they gave.
    pub(crate) fn of<'a>(&self, plan: &'a Plan, choice: &ImportChoice) -> Lots<'a> {
        let mut documents: BTreeMap<Format, Vec<&Found>> = BTreeMap::new();
        let mut tables = Vec::new();
        for file in &plan.files {
            if file.format.is_table() {
                tables.push(file);
            } else if kind_of(file.format) == Kind::Text && !file.format.is_vectors() {
                documents.entry(file.format).or_default().push(file);
            }
        }
        let wanted: Vec<&Found> =
            documents.values().flat_map(|files| spread(files)).chain(tables.iter().take(TABLES).copied()).collect();
        let pictures = plan.files.iter().filter(|file| file.format == Format::Picture);
        let dropped: HashSet<&Path> = pictures.map(|file| file.path.as_path()).collect();
        let reading = plan.reading(choice, None);
        let looked: BTreeMap<&str, Arc<Sample>> =
            wanted.into_par_iter().map(|file| (file.name.as_str(), self.one(&dropped, file, reading(file)))).collect();
        Lots {
            documents: documents
                .into_values()
                .map(|files| {
                    let seen = spread(&files).filter_map(|file| looked.get(file.name.as_str()).cloned()).collect();
                    (files, seen)
                })
                .collect(),
            tables: tables.into_iter().map(|file| (file, looked.get(file.name.as_str()).cloned())).collect(),
        }
    }

    fn one(&self, dropped: &HashSet<&Path>, file: &Found, options: ReadOptions) -> Arc<Sample> {
        let taken = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((columns, sample)) = taken().get(&file.name)
            && *columns == options.columns
        {
            return sample.clone();
        }
        let columns = options.columns.clone();
        let sample = Arc::new(look(dropped, file, options));
        taken().insert(file.name.clone(), (columns, sample.clone()));
        sample
    }
}

impl std::fmt::Debug for Samples {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Samples")
    }
}

/// Files at even distances, the first and the last among them.
fn spread<'a, 'b>(files: &'b [&'a Found]) -> impl Iterator<Item = &'a Found> + use<'a, 'b> {
    let count = files.len().min(DOCUMENTS);
    (0..count).map(move |place| files[place * (files.len() - 1) / (count - 1).max(1)])
}

fn look(dropped: &HashSet<&Path>, file: &Found, options: ReadOptions) -> Sample {
    let stop = Cancel::default();
    let options = ReadOptions {
        cut: Cut::usual(Unit::None),
        preprocessing: Preprocessing::default(),
        cancel: stop.clone(),
        ..options
    };
    let limits = Limits { seconds: SECONDS, ..Limits::default() };
    let mut sample = Sample { name: file.name.clone(), ..Sample::default() };
    let (mut kept, mut pictures) = (0, HashSet::<PathBuf>::new());
    let outcome = read(file, &options, &limits, &mut |draft| {
        // Rows with nothing in them are never seen; they count as looked at all the same.
        let row = draft.origin.row.unwrap_or(0);
        if file.format.is_table() && (row > ROWS || FILE_BYTES - kept < LEAST_BYTES) {
            stop.cancel();
        }
        if stop.is_cancelled() {
            return;
        }
        sample.rows = row;
        if let Some(picture) = draft.picture {
            sample.whole += u64::from(!dropped.contains(picture.as_path()) && pictures.insert(picture));
        } else if draft.vector.is_some() {
            sample.whole += 1;
        } else if let Content::Text(mut text) = draft.content {
            let bytes = text.len();
            sample.bytes += bytes;
            let most = TEXT_BYTES.min(FILE_BYTES - kept);
            if most < LEAST_BYTES {
                return;
            }
            text.truncate(text.floor_char_boundary(most));
            kept += text.len();
            let (page, row) = (draft.origin.page, draft.origin.row);
            sample.texts.push(SampleText { text, headings: draft.headings, page, row, bytes });
        }
    });
    sample.is_read = !stop.is_cancelled() && !matches!(outcome, Err(Reason::TooSlow { .. }));
    sample
}
