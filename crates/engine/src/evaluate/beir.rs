//! A folder as the BEIR benchmark lays it out: documents, questions, and which answer which.
//!
//! `corpus.jsonl` and `queries.jsonl` hold `_id`, `title` and `text`; `qrels/test.tsv` question, document and grade.
//! Deliberately absent: downloading; and other splits where there is a test one.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::tables::wrong;
use crate::Error;

/// Splits in the order of preference.
const SPLITS: [&str; 5] = ["test", "validation", "dev", "val", "train"];
const MOST_LINE_BYTES: usize = 64 << 20;

/// Documents, questions and the right answers.
#[derive(Serialize)]
pub(super) struct Beir {
    /// Id and text, the title before it.
    pub(super) documents: Vec<(String, String)>,
    pub(super) questions: Vec<Question>,
}

/// A question and what answers it.
#[derive(Serialize)]
pub(super) struct Question {
    pub(super) text: String,
    /// The documents that were judged and how well they answer; 0 for not at all.
    pub(super) grades: BTreeMap<usize, f64>,
    /// Judged documents that are not among the documents, by their grades.
    pub(super) missing: Vec<f64>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: String,
}

impl Beir {
    /// Reads a folder. Fails where one of the three parts is missing or broken.
    pub(super) fn read(folder: &Path) -> Result<Self, Error> {
        let documents = lines(&folder.join("corpus.jsonl"))?;
        let documents: Vec<(String, String)> =
            documents.into_iter().map(|line| (line.id, whole(line.title.as_deref(), &line.text))).collect();
        let places: HashMap<&str, usize> =
            documents.iter().enumerate().map(|(at, (id, _))| (id.as_str(), at)).collect();
        let (judged, grades) = qrels(folder)?;
        let mut questions: Vec<Question> = Vec::new();
        let mut asked: HashMap<String, usize> = HashMap::new();
        for line in lines(&folder.join("queries.jsonl"))? {
            asked.insert(line.id, questions.len());
            questions.push(Question { text: line.text, grades: BTreeMap::new(), missing: Vec::new() });
        }
        for (question, document, grade) in grades {
            let Some(question) = asked.get(&question).map(|&at| &mut questions[at]) else { continue };
            match places.get(document.as_str()) {
                Some(&document) => {
                    question.grades.insert(document, grade);
                }
                None => question.missing.push(grade),
            }
        }
        questions.retain(|question| !question.grades.is_empty() || !question.missing.is_empty());
        if questions.is_empty() || documents.is_empty() {
            return Err(wrong(&judged, "it judges none of the questions"));
        }
        Ok(Self { documents, questions })
    }
}

fn whole(title: Option<&str>, text: &str) -> String {
    format!("{} {text}", title.unwrap_or_default()).trim().to_owned()
}

fn lines(path: &Path) -> Result<Vec<Line>, Error> {
    let mut file = BufReader::new(File::open(path).map_err(Error::file(path))?);
    let mut lines = Vec::new();
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = std::io::Read::take(&mut file, MOST_LINE_BYTES as u64).read_until(b'\n', &mut bytes);
        if read.map_err(Error::file(path))? == 0 {
            return Ok(lines);
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let line = serde_json::from_slice(&bytes);
        let number = lines.len() + 1;
        lines.push(line.map_err(|problem| wrong(path, &format!("line {number}: {problem}")))?);
    }
}

/// A judgement: question, document, grade.
type Judged = (String, String, f64);

/// The judgements of the best split there is, and its file. In trec's own form there is a column between.
fn qrels(folder: &Path) -> Result<(PathBuf, Vec<Judged>), Error> {
    let folder = folder.join("qrels");
    let there = |split: &&&str| folder.join(format!("{split}.tsv")).is_file();
    let Some(split) = SPLITS.iter().find(there) else {
        return Err(wrong(&folder, "expected judgements such as test.tsv"));
    };
    let path = folder.join(format!("{split}.tsv"));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .has_headers(false)
        .flexible(true)
        .quoting(false)
        .from_path(&path)
        .map_err(Error::file(&path))?;
    let mut grades = Vec::new();
    for row in reader.records() {
        let row = row.map_err(Error::file(&path))?;
        let document = if row.len() >= 4 { 2 } else { 1 };
        let grade = row.get(document + 1).and_then(|grade| grade.trim().parse::<f64>().ok());
        // The header has no number.
        if let (Some(question), Some(document), Some(grade)) = (row.get(0), row.get(document), grade) {
            grades.push((question.to_owned(), document.to_owned(), grade));
        }
    }
    Ok((path, grades))
}
