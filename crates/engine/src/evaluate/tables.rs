//! Tables of two texts and a score, and of a text and its class: which column is which, by name and by what they hold.
//!
//! Deliberately absent: parsing; the readers of tables do that.

use std::path::Path;

use embedscope_sources::Limits;
use embedscope_sources::scan::{Found, scan};
use embedscope_sources::table::{ColumnType, Plain, plain};
use embedscope_space::Cancel;
use serde::Serialize;

use super::counted;
use crate::Error;

/// Rows of one table.
const MOST_ROWS: usize = 1_000_000;

const FIRST: [&str; 9] =
    ["sentence1", "text1", "sent1", "question1", "premise", "sentence_a", "text_a", "sentence 1", "text 1"];
const SECOND: [&str; 9] =
    ["sentence2", "text2", "sent2", "question2", "hypothesis", "sentence_b", "text_b", "sentence 2", "text 2"];
const SCORE: [&str; 10] = [
    "score",
    "similarity",
    "similarity_score",
    "label",
    "labels",
    "gold",
    "is_duplicate",
    "relatedness_score",
    "duplicate",
    "same",
];
const CLASS: [&str; 12] = [
    "label_text",
    "label",
    "labels",
    "category",
    "class",
    "intent",
    "topic",
    "target",
    "tag",
    "sentiment",
    "genre",
    "subject",
];

const ANCHOR: [&str; 4] = ["anchor", "query", "question", "sentence"];
const POSITIVE: [&str; 5] = ["positive", "pos", "near", "nearer", "answer"];
const NEGATIVE: [&str; 5] = ["negative", "neg", "far", "farther", "other"];

/// A text, one that is nearer to it, and one that is farther away.
pub(super) type Triplet = [String; 3];

/// Two texts and what was said of them.
#[derive(Serialize)]
pub(super) struct Pair {
    pub(super) a: String,
    pub(super) b: String,
    pub(super) score: f64,
}

/// Rows of a table that have what a task needs.
pub(super) struct Whole<T> {
    pub(super) rows: Vec<T>,
    /// How many others there are.
    pub(super) left_out: usize,
}

/// The one table at a path, a file.
pub(super) fn table(path: &Path) -> Result<Plain, Error> {
    let found = scan(&[path.to_owned()], &Limits::default(), &Cancel::default());
    match found.files.as_slice() {
        [only] if only.format.is_table() => read(only),
        _ => Err(wrong(path, "expected one table of separated values, JSON lines, Parquet or the like")),
    }
}

/// A table that was found.
pub(super) fn read(found: &Found) -> Result<Plain, Error> {
    plain(&found.path, found.format, MOST_ROWS, &Limits::default()).map_err(Error::file(&found.path))
}

/// Rows of two texts and a number. Fails where there are fewer than two.
pub(super) fn pairs(path: &Path) -> Result<Whole<Pair>, Error> {
    let table = table(path)?;
    let words: Vec<usize> = of_type(&table, ColumnType::Words);
    let numbers = of_type(&table, ColumnType::Number);
    let first = named(&table, &FIRST).or(words.first().copied());
    let second = named(&table, &SECOND).or(words.iter().copied().find(|&at| Some(at) != first));
    let score = named(&table, &SCORE).or(numbers.last().copied());
    let (Some(first), Some(second), Some(score)) = (first, second, score) else {
        return Err(wrong(path, "expected columns of two texts and a number, such as sentence1, sentence2 and score"));
    };
    let all = table.rows.len();
    let rows: Vec<Pair> = table
        .rows
        .into_iter()
        .filter_map(|mut row| {
            let number = row[score].trim().parse::<f64>().ok().filter(|score| score.is_finite())?;
            let (a, b) = (std::mem::take(&mut row[first]), std::mem::take(&mut row[second]));
            (!a.trim().is_empty() && !b.trim().is_empty()).then_some(Pair { a, b, score: number })
        })
        .collect();
    if rows.len() < 2 {
        return Err(wrong(
            path,
            &format!("of its {} fewer than two have two texts and a number", counted(all, "rows")),
        ));
    }
    let left_out = all - rows.len();
    Ok(Whole { rows, left_out })
}

/// Rows of three texts. Fails where there is none.
pub(super) fn triplets(path: &Path) -> Result<Whole<Triplet>, Error> {
    let table = table(path)?;
    let columns = [named(&table, &ANCHOR), named(&table, &POSITIVE), named(&table, &NEGATIVE)];
    let [Some(anchor), Some(near), Some(far)] = columns else {
        return Err(wrong(path, "expected columns of three texts: anchor, positive and negative"));
    };
    let whole = |row: &Triplet| row.iter().all(|text| !text.trim().is_empty());
    let all = table.rows.len();
    let rows: Vec<Triplet> =
        table.rows.iter().map(|row| [anchor, near, far].map(|at| row[at].clone())).filter(whole).collect();
    match rows.is_empty() {
        true => Err(wrong(path, &format!("none of its {} has three texts", counted(all, "rows")))),
        false => Ok(Whole { left_out: all - rows.len(), rows }),
    }
}

/// The columns of the text and of its class.
pub(super) fn text_and_class(
    path: &Path,
    table: &Plain,
    text: Option<&str>,
    class: Option<&str>,
) -> Result<(usize, usize), Error> {
    let wanted = |name: &str| {
        let there = || table.columns.join(", ");
        let at = table.columns.iter().position(|column| column == name);
        at.ok_or_else(|| wrong(path, &format!("it has no column “{name}”; there are {}", there())))
    };
    let guessed = |name: &Option<String>| name.as_ref().and_then(|name| wanted(name).ok());
    let class = match class {
        Some(name) => Some(wanted(name)?),
        None => named(table, &CLASS).or(guessed(&table.guess.label)),
    };
    let text = match text {
        Some(name) => Some(wanted(name)?),
        None => guessed(&table.guess.text)
            .filter(|at| Some(*at) != class)
            .or_else(|| of_type(table, ColumnType::Words).into_iter().find(|at| Some(*at) != class)),
    };
    match (text, class.or_else(|| fewest_values(table, text))) {
        (Some(text), Some(class)) if text != class => Ok((text, class)),
        _ => Err(wrong(path, "expected a column of texts and one of classes, such as text and label")),
    }
}

/// Whether a column's name alone says that it holds classes.
pub(super) fn is_class(column: &str) -> bool {
    CLASS.contains(&column.trim().to_lowercase().as_str())
}

/// The column other than the text that has the fewest different words in it.
fn fewest_values(table: &Plain, text: Option<usize>) -> Option<usize> {
    let different = |&at: &usize| {
        let values: std::collections::BTreeSet<&str> = table.rows.iter().map(|row| row[at].as_str()).collect();
        values.len()
    };
    let others = of_type(table, ColumnType::Words).into_iter().filter(|at| Some(*at) != text);
    others.min_by_key(different).filter(|at| different(at) * 2 <= table.rows.len())
}

fn named(table: &Plain, names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| table.columns.iter().position(|column| column.trim().to_lowercase() == *name))
}

fn of_type(table: &Plain, wanted: ColumnType) -> Vec<usize> {
    (0..table.columns.len()).filter(|&at| table.types.get(at) == Some(&wanted)).collect()
}

/// A line that is not what a task needs.
pub(super) fn wrong_line(path: &Path, line: u64, problem: &str) -> Error {
    Error::Request(format!("{}, line {line}: {problem}; mend the line or take it out", path.display()))
}

/// Data that is not what a task needs.
pub(super) fn wrong(path: &Path, problem: &str) -> Error {
    Error::Request(format!("{}: {problem}", path.display()))
}
