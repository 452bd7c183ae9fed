//! Items with a class each: rows of a table, or files in a folder for each class; parted into examples and tests.
//!
//! A folder with `train` and `test` tables says itself which is which; else half of every class are examples. Classes
//! come in the order of their names. Deliberately absent: items of several classes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use embedscope_models::{Kind, Role};
use embedscope_sources::cut::{Cut, Unit};
use embedscope_sources::read::{ReadOptions, Readers, read};
use embedscope_sources::scan::{Found, scan};
use embedscope_sources::{Content, Format, Limits};
use embedscope_space::{Cancel, Vectors};
use serde::Serialize;

use super::contestant::Contestant;
use super::parts::Print;
use super::tables::{self, wrong};
use super::{EvaluationChoice, counted};
use crate::plan::folder_of;
use crate::{Error, draw};

/// Items and their classes.
#[derive(Serialize)]
pub(crate) struct Labelled {
    pub(crate) names: Vec<String>,
    /// The class of every item, by its place in `names`.
    pub(crate) classes: Vec<usize>,
    /// Items to learn from and items to be tested on.
    pub(crate) examples: Vec<usize>,
    pub(crate) tests: Vec<usize>,
    /// What every item says, as far as it is shown.
    pub(crate) titles: Vec<String>,
}

/// What the items are made of, in the order of the labels.
pub(super) enum Things {
    Texts(Vec<String>),
    Pictures(Vec<PathBuf>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Train,
    Test,
    Other,
}

/// One item on the way in.
struct Row {
    thing: Thing,
    class: String,
    part: Part,
}

enum Thing {
    Text(String),
    Picture(PathBuf),
}

impl Labelled {
    /// Items that have a class each, halved by the seed.
    pub(crate) fn halved(titles: Vec<String>, labels: &[String], seed: u64) -> Result<Self, Error> {
        let (names, classes) = numbered(labels.iter().map(String::as_str));
        let mut labelled = Self { names, classes, examples: Vec::new(), tests: Vec::new(), titles };
        labelled.halve(seed);
        labelled.check()?;
        Ok(labelled)
    }

    /// Half of every class, rounded up, are examples.
    fn halve(&mut self, seed: u64) {
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); self.names.len()];
        self.classes.iter().enumerate().for_each(|(row, &class)| members[class].push(row));
        for rows in members {
            let chosen = draw::rows(rows.len(), rows.len().div_ceil(2), seed);
            let chosen: BTreeSet<usize> = chosen.into_iter().map(|at| rows[at]).collect();
            let (examples, tests): (Vec<usize>, Vec<usize>) = rows.into_iter().partition(|row| chosen.contains(row));
            self.examples.extend(examples);
            self.tests.extend(tests);
        }
        self.examples.sort_unstable();
        self.tests.sort_unstable();
    }

    fn check(&self) -> Result<(), Error> {
        if self.names.len() < 2 || self.tests.is_empty() {
            let message = "there must be at least two classes, and two items of one of them";
            return Err(Error::Request(message.into()));
        }
        Ok(())
    }

    pub(super) fn size(&self, things: &Things) -> String {
        let what = match things {
            Things::Texts(_) => "texts",
            Things::Pictures(_) => "pictures",
        };
        format!("{} in {}", counted(self.classes.len(), what), counted(self.names.len(), "classes"))
    }
}

impl Things {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Texts(_) => Kind::Text,
            Self::Pictures(_) => Kind::Image,
        }
    }

    pub(super) fn content(&self, print: &mut Print) -> Result<(), Error> {
        match self {
            Self::Texts(texts) => print.add(texts),
            Self::Pictures(files) => print.add_files(files),
        }
    }

    pub(super) fn embed(&self, contestant: &mut Contestant<'_>) -> Result<Vectors, Error> {
        match self {
            Self::Texts(texts) => contestant.texts(texts, Role::Document),
            Self::Pictures(files) => contestant.pictures(files),
        }
    }
}

/// Reads what a choice names.
pub(super) fn labelled(choice: &EvaluationChoice) -> Result<(Labelled, Things), Error> {
    let path = choice.data.as_path();
    let found = scan(std::slice::from_ref(&choice.data), &Limits::default(), &Cancel::default());
    let is_table = |file: &&Found| file.format.is_table();
    let rows = match found.files.iter().filter(is_table).count() {
        0 => of_folders(path, &found.files)?,
        _ => of_tables(choice, &found.files)?,
    };
    let (names, classes) = numbered(rows.iter().map(|row| row.class.as_str()));
    let titles = rows.iter().map(|row| title(path, &row.thing)).collect();
    let of_part = |part: Part| (0..rows.len()).filter(|&at| rows[at].part == part).collect::<Vec<usize>>();
    let (examples, tests) = (of_part(Part::Train), of_part(Part::Test));
    let mut labelled = Labelled { names, classes, examples, tests, titles };
    if labelled.examples.is_empty() || labelled.tests.is_empty() {
        (labelled.examples, labelled.tests) = (Vec::new(), Vec::new());
        labelled.halve(choice.seed);
    }
    labelled.check()?;
    let (mut texts, mut pictures) = (Vec::new(), Vec::new());
    for row in rows {
        match row.thing {
            Thing::Text(text) => texts.push(text),
            Thing::Picture(file) => pictures.push(file),
        }
    }
    match (texts.is_empty(), pictures.is_empty()) {
        (false, true) => Ok((labelled, Things::Texts(texts))),
        (true, false) => Ok((labelled, Things::Pictures(pictures))),
        _ => Err(wrong(path, "it holds texts and pictures; name a folder of one of them")),
    }
}

/// Every label once, in order, and where each stands there.
fn numbered<'a>(labels: impl Iterator<Item = &'a str>) -> (Vec<String>, Vec<usize>) {
    let labels: Vec<&str> = labels.collect();
    let names: BTreeMap<&str, usize> = labels.iter().map(|&label| (label, 0)).collect();
    let names: BTreeMap<&str, usize> = names.into_keys().enumerate().map(|(at, name)| (name, at)).collect();
    let classes = labels.iter().map(|label| names[label]).collect();
    (names.into_keys().map(str::to_owned).collect(), classes)
}

fn title(root: &Path, thing: &Thing) -> String {
    match thing {
        Thing::Text(text) => super::short(text),
        Thing::Picture(file) => file.strip_prefix(root).unwrap_or(file).display().to_string(),
    }
}

fn of_tables(choice: &EvaluationChoice, files: &[Found]) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    for file in files.iter().filter(|file| file.format.is_table()) {
        let table = tables::read(file)?;
        let (text, class) =
            tables::text_and_class(&file.path, &table, choice.text_column.as_deref(), choice.label_column.as_deref())?;
        let stem = file.path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
        let part = match () {
            () if stem.contains("train") => Part::Train,
            () if stem.contains("test") => Part::Test,
            () => Part::Other,
        };
        rows.extend(table.rows.into_iter().filter_map(|mut row| {
            let (text, class) = (std::mem::take(&mut row[text]), std::mem::take(&mut row[class]));
            let class = class.trim().to_owned();
            (!text.trim().is_empty() && !class.is_empty()).then_some(Row { thing: Thing::Text(text), class, part })
        }));
    }
    Ok(rows)
}

fn of_folders(root: &Path, files: &[Found]) -> Result<Vec<Row>, Error> {
    let options =
        ReadOptions { cut: Cut::usual(Unit::None), apart: Readers::beside_this_program(), ..ReadOptions::default() };
    let mut rows = Vec::new();
    for file in files {
        let Some(class) = folder_of(&file.name).map(str::to_owned) else { continue };
        if file.format == Format::Picture {
            rows.push(Row { thing: Thing::Picture(file.path.clone()), class, part: Part::Other });
            continue;
        }
        let mut whole = String::new();
        // A file that cannot be read is left out, as an import would.
        let _ = read(file, &options, &Limits::default(), &mut |draft| {
            if let Content::Text(text) = draft.content {
                whole.push_str(&text);
                whole.push('\n');
            }
        });
        if !whole.trim().is_empty() {
            rows.push(Row { thing: Thing::Text(whole), class, part: Part::Other });
        }
    }
    if rows.is_empty() {
        return Err(wrong(root, "expected a table of texts and classes, or a folder for each class"));
    }
    Ok(rows)
}
