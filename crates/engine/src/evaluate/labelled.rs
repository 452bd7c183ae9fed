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
use super::{EvaluationChoice, counted, left_out};
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
    /// Rows of tables that lack a text or a class.
    #[serde(skip)]
    left_out: usize,
    /// The column of the classes, where it was guessed by what it holds.
    #[serde(skip)]
    guessed: Option<String>,
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

/// Everything on the way in.
#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    left_out: usize,
    /// The column that the classes are from; of several tables the first one's.
    column: Option<String>,
}

impl Labelled {
    /// Items that have a class each, halved by the seed.
    pub(crate) fn halved(titles: Vec<String>, labels: &[String], seed: u64) -> Self {
        let (names, classes) = numbered(labels.iter().map(String::as_str));
        let mut labelled =
            Self { names, classes, examples: Vec::new(), tests: Vec::new(), titles, left_out: 0, guessed: None };
        labelled.halve(seed);
        labelled
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

    /// Why nothing can be learned of these; `column` is what the classes are from.
    fn fault(&self, column: Option<&str>) -> Option<String> {
        let all = counted(self.classes.len(), "items");
        let other = column.map(|column| format!("; if the classes are not in the column “{column}”, name theirs"));
        let what = match self.names.as_slice() {
            [] if self.left_out == 0 => "it holds no row".into(),
            [] => format!("none of its {} has a text and a class", counted(self.left_out, "rows")),
            [only] => format!("the class of all its {all} is “{only}”, and there must be at least two classes"),
            _ if self.tests.is_empty() => {
                format!(
                    "each of its {all} has a class of its own, and at least one class must have two: to learn from and to test"
                )
            }
            _ => return None,
        };
        Some(what + &other.unwrap_or_default())
    }

    /// Tests whose class has no example, as where files for learning and testing do not hold the same classes.
    pub(super) fn unlearned(&self) -> usize {
        let mut learned = vec![false; self.names.len()];
        self.examples.iter().for_each(|&row| learned[self.classes[row]] = true);
        self.tests.iter().filter(|&&row| !learned[self.classes[row]]).count()
    }

    /// What there is, in words; `tested` follows the count of classes.
    pub(super) fn size(&self, things: &Things, tested: &str) -> String {
        let what = match things {
            Things::Texts(_) => "texts",
            Things::Pictures(_) => "pictures",
        };
        let (all, classes) = (counted(self.classes.len(), what), counted(self.names.len(), "classes"));
        let guessed = self.guessed.as_ref().map(|column| format!("; classes are taken from the column “{column}”"));
        let left_out = left_out(self.left_out, "a text or a class");
        format!("{all} in {classes}{tested}{}{left_out}", guessed.unwrap_or_default())
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
    if let ([], [only]) = (found.files.as_slice(), found.skipped.as_slice()) {
        return Err(wrong(&only.path, &only.reason.to_string()));
    }
    let is_table = |file: &&Found| file.format.is_table();
    let Rows { rows, left_out, column } = match found.files.iter().filter(is_table).count() {
        0 => of_folders(path, &found.files)?,
        _ => of_tables(choice, &found.files)?,
    };
    let (names, classes) = numbered(rows.iter().map(|row| row.class.as_str()));
    let titles = rows.iter().map(|row| title(path, &row.thing)).collect();
    let of_part = |part: Part| (0..rows.len()).filter(|&at| rows[at].part == part).collect::<Vec<usize>>();
    let (examples, tests) = (of_part(Part::Train), of_part(Part::Test));
    let is_guess = |column: &String| choice.label_column.is_none() && !tables::is_class(column);
    let guessed = column.clone().filter(is_guess);
    let mut labelled = Labelled { names, classes, examples, tests, titles, left_out, guessed };
    if labelled.examples.is_empty() || labelled.tests.is_empty() {
        (labelled.examples, labelled.tests) = (Vec::new(), Vec::new());
        labelled.halve(choice.seed);
    }
    if let Some(fault) = labelled.fault(column.as_deref()) {
        return Err(wrong(path, &fault));
    }
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

fn of_tables(choice: &EvaluationChoice, files: &[Found]) -> Result<Rows, Error> {
    let mut found = Rows::default();
    for file in files.iter().filter(|file| file.format.is_table()) {
        let table = tables::read(file)?;
        if table.rows.is_empty() {
            continue;
        }
        let (text, class) =
            tables::text_and_class(&file.path, &table, choice.text_column.as_deref(), choice.label_column.as_deref())?;
        let stem = file.path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
        let part = match () {
            () if stem.contains("train") => Part::Train,
            () if stem.contains("test") => Part::Test,
            () => Part::Other,
        };
        found.column.get_or_insert_with(|| table.columns[class].clone());
        let (before, all) = (found.rows.len(), table.rows.len());
        found.rows.extend(table.rows.into_iter().filter_map(|mut row| {
            let (text, class) = (std::mem::take(&mut row[text]), std::mem::take(&mut row[class]));
            let class = class.trim().to_owned();
            (!text.trim().is_empty() && !class.is_empty()).then_some(Row { thing: Thing::Text(text), class, part })
        }));
        found.left_out += all - (found.rows.len() - before);
    }
    Ok(found)
}

fn of_folders(root: &Path, files: &[Found]) -> Result<Rows, Error> {
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
    Ok(Rows { rows, ..Rows::default() })
}
