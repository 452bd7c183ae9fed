//! A folder as the BEIR benchmark lays it out: documents, questions, and which answer which.
//!
//! `corpus.jsonl` and `queries.jsonl` hold `_id`, `title` and `text`; `qrels/test.tsv` question, document and grade.
//! Of an id that stands twice the last line counts, as there. Deliberately absent: downloading; and other splits where
//! there is a test one.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use super::counted;
use super::tables::{wrong, wrong_line};
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
    /// Judgements of questions that are not among them.
    #[serde(skip)]
    pub(super) unasked: usize,
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

struct Line {
    id: String,
    title: Option<String>,
    text: Option<String>,
}

const PARTS: [&str; 2] = ["corpus.jsonl", "queries.jsonl"];

impl Beir {
    /// Reads a folder. Fails where one of the three parts is missing or broken.
    pub(super) fn read(folder: &Path) -> Result<Self, Error> {
        if let Some(part) = PARTS.into_iter().find(|part| !folder.join(part).is_file()) {
            let form = "expected a folder as BEIR lays it out, of corpus.jsonl, queries.jsonl and qrels/test.tsv";
            return Err(wrong(folder, &format!("it has no {part}; {form}")));
        }
        let [corpus, queries] = PARTS.map(|part| folder.join(part));
        let (mut documents, mut places): (Vec<(String, String)>, _) = (Vec::new(), HashMap::new());
        for line in lines(&corpus)? {
            let text = line.whole();
            match places.get(&line.id) {
                Some(&at) => documents[at] = (line.id, text),
                None => {
                    places.insert(line.id.clone(), documents.len());
                    documents.push((line.id, text));
                }
            }
        }
        let (judged, grades) = qrels(folder)?;
        let mut questions: Vec<Question> = Vec::new();
        let mut asked: HashMap<String, usize> = HashMap::new();
        for line in lines(&queries)? {
            asked.insert(line.id, questions.len());
            let text = line.text.or(line.title).unwrap_or_default();
            questions.push(Question { text, grades: BTreeMap::new(), missing: Vec::new() });
        }
        for (path, what, count) in [
            (&corpus, "document", documents.len()),
            (&queries, "question", questions.len()),
            (&judged, "judgement", grades.len()),
        ] {
            if count == 0 {
                return Err(wrong(path, &format!("it holds no {what}")));
            }
        }
        let (count, of_first, mut unasked) = (grades.len(), grades[0].0.clone(), 0);
        for (question, document, grade) in grades {
            let Some(question) = asked.get(&question).map(|&at| &mut questions[at]) else {
                unasked += 1;
                continue;
            };
            match places.get(document.as_str()) {
                Some(&document) => {
                    question.grades.insert(document, grade);
                }
                None => question.missing.push(grade),
            }
        }
        questions.retain(|question| !question.grades.is_empty() || !question.missing.is_empty());
        if questions.is_empty() {
            let which = format!("none of its judgements, {count} in all, is of a question in queries.jsonl");
            return Err(wrong(&judged, &format!("{which}; the first is of “{of_first}”")));
        }
        let mut all = questions.iter().flat_map(|question| question.grades.values().chain(&question.missing));
        if all.all(|&grade| grade <= 0.0) {
            return Err(wrong(&judged, "it grades no document above 0, so that no question has an answer"));
        }
        Ok(Self { documents, questions, unasked })
    }

    /// What it holds, in words, and what of the judgements cannot count as was meant.
    pub(super) fn size(&self) -> String {
        let [questions, documents] =
            [counted(self.questions.len(), "questions"), counted(self.documents.len(), "documents")];
        let lost = self.questions.iter().flat_map(|question| &question.missing).filter(|&&grade| grade > 0.0).count();
        let lost = (lost > 0).then(|| format!("{} not among them, so never found", counted(lost, "right answers")));
        let unasked =
            (self.unasked > 0).then(|| format!("{} of unknown questions", counted(self.unasked, "judgements")));
        let parts = std::iter::once(format!("{questions} over {documents}")).chain(lost).chain(unasked);
        parts.collect::<Vec<_>>().join("; ")
    }
}

impl Line {
    fn whole(&self) -> String {
        let [title, text] = [&self.title, &self.text].map(|part| part.as_deref().unwrap_or_default());
        format!("{title} {text}").trim().to_owned()
    }

    /// What is wrong with a line, if it is none.
    fn of(bytes: &[u8]) -> Result<Self, &'static str> {
        let form = "expected an object of JSON such as {\"_id\": \"1\", \"text\": \"…\"}";
        let Ok(Value::Object(mut parts)) = serde_json::from_slice(bytes) else { return Err(form) };
        let id = match parts.remove("_id") {
            Some(Value::String(id)) => id,
            Some(Value::Number(id)) => id.to_string(),
            _ => return Err("it has no “_id”, by which judgements know it"),
        };
        let [title, text] = ["title", "text"].map(|part| match parts.remove(part) {
            Some(Value::String(said)) => Some(said),
            _ => None,
        });
        if title.is_none() && text.is_none() {
            return Err("it has no “text”");
        }
        Ok(Self { id, title, text })
    }
}

fn lines(path: &Path) -> Result<Vec<Line>, Error> {
    let mut file = BufReader::new(File::open(path).map_err(Error::file(path))?);
    let mut lines = Vec::new();
    let (mut bytes, mut number) = (Vec::new(), 0);
    loop {
        bytes.clear();
        number += 1;
        let read = std::io::Read::take(&mut file, MOST_LINE_BYTES as u64).read_until(b'\n', &mut bytes);
        if read.map_err(Error::file(path))? == 0 {
            return Ok(lines);
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        lines.push(Line::of(&bytes).map_err(|problem| wrong_line(path, number, problem))?);
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
    for (at, row) in reader.records().enumerate() {
        let is_first = at == 0;
        let row = row.map_err(Error::file(&path))?;
        let document = if row.len() >= 4 { 2 } else { 1 };
        let grade = row.get(document + 1).and_then(|grade| grade.trim().parse::<f64>().ok());
        match (row.get(0), row.get(document), grade) {
            (Some(question), Some(document), Some(grade)) => {
                grades.push((question.to_owned(), document.to_owned(), grade));
            }
            // The header has no number.
            _ if is_first => {}
            _ => {
                let line = row.position().map_or(0, csv::Position::line);
                return Err(wrong_line(&path, line, "expected a question, a document and a number, with tabs between"));
            }
        }
    }
    Ok((path, grades))
}
