//! Which model is better at a task, on the user's own data: figures with the range they could lie in, and whether the
//! difference between two models is one.
//!
//! Each task follows the protocol of the MTEB, so that its figures can be held against published ones. Baselines always
//! take part. Deliberately absent: one overall score; tasks differ in what they ask.

mod beir;
mod captions;
mod classification;
mod clustering;
mod contestant;
mod crossing;
mod fewer;
mod judge;
mod judged;
mod labelled;
mod mistakes;
pub(crate) mod own;
mod page;
mod pairs;
mod published;
mod recommend;
mod retrieval;
mod sheet;
mod sts;
mod tables;
mod triplets;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use embedscope_models::Kind;
use embedscope_workspace::{ItemId, SetId};

use crate::jobs::Job;
use crate::{Engine, Error, JobId, JobKind};
use contestant::{Contestant, Known};
use judge::Score;
pub use judged::{Answer, Question};
pub use own::{JUDGED, OwnChoice};
pub use published::Published;
pub use recommend::Recommendation;

/// What models are asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// Say how alike two sentences are.
    Sts,
    /// Tell pairs that belong together from those that do not.
    Pairs,
    /// Find the documents that answer a question.
    Retrieval,
    /// Put items into known classes, from a few examples of each.
    Classification,
    /// Group items without being told how.
    Clustering,
    /// Find the picture of a caption, and the captions of a picture.
    TextImage,
    /// Say which of two things is nearer to a third.
    Triplets,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 7] = [
        Self::Sts,
        Self::Pairs,
        Self::Retrieval,
        Self::Classification,
        Self::Clustering,
        Self::TextImage,
        Self::Triplets,
    ];

    /// The figure by which models are compared.
    pub fn main_figure(self) -> &'static str {
        match self {
            Self::Sts => "spearman",
            Self::Pairs => "average_precision",
            Self::Retrieval => "ndcg@10",
            Self::Classification => "accuracy",
            Self::Clustering => "v_measure",
            Self::TextImage => "text_to_image_r@1",
            Self::Triplets => "triplets_right",
        }
    }

    /// How it is measured, in a sentence or two.
    pub fn protocol(self) -> &'static str {
        match self {
            Self::Sts => {
                "Correlation of the cosine of both sentences with the given score: by ranks (Spearman, ties share their mean rank) and by values (Pearson), as in the MTEB."
            }
            Self::Pairs => {
                "Average precision of the cosine, and the most pairs that one threshold puts on the right side, as in the MTEB."
            }
            Self::Retrieval => {
                "Every question against every document, title and text together, by the measure the model is made for; the first 1000 scored as trec_eval does, as in BEIR and the MTEB."
            }
            Self::Classification => {
                "Logistic regression on a few examples of each class, drawn anew ten times, tested on the rest; the mean of the ten, as in the MTEB. kNN votes among all examples."
            }
            Self::Clustering => {
                "Mini-batch k-means with as many clusters as there are classes, on ten draws of 16,384 items with repetition; the mean of the ten, as in the MTEB. The range is over the ten draws."
            }
            Self::TextImage => {
                "Cosine of every caption with every picture; R@k is the share of questions with a right answer among the first k, both ways."
            }
            Self::Triplets => {
                "The share of judgements in which the one that was judged nearer has the larger cosine, as the triplet evaluator of sentence-transformers has it; equal ones count as wrong."
            }
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sts => "sts",
            Self::Pairs => "pair-classification",
            Self::Retrieval => "retrieval",
            Self::Classification => "classification",
            Self::Clustering => "clustering",
            Self::TextImage => "text-image",
            Self::Triplets => "triplets",
        })
    }
}

impl FromStr for Task {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(|task| task.to_string()).join(", ");
        Self::ALL.into_iter().find(|task| task.to_string() == name).ok_or_else(|| format!("not one of {}", names()))
    }
}

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct EvaluationChoice {
    /// The task.
    pub task: Task,
    /// The file or folder with its data.
    pub data: PathBuf,
    /// The models, by id or folder; the baselines that can do the task take part unasked.
    pub models: Vec<String>,
    /// The column of the text, for classification and clustering; guessed where not given.
    pub text_column: Option<String>,
    /// The column of the class; guessed where not given.
    pub label_column: Option<String>,
    /// The most examples of each class in one draw, for classification.
    pub examples: usize,
    /// Same seed, same draws.
    pub seed: u64,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The task.
    pub task: Task,
    /// The data's name.
    pub data: String,
    /// What it holds, in words: "1,500 pairs".
    pub size: String,
    /// Everyone who took part, best first.
    pub results: Vec<Measured>,
    /// Every two of them, the better first.
    pub differences: Vec<Difference>,
    /// The items of the workspace that were asked about, in the order of the data's rows; none for data of files.
    pub items: Vec<ItemId>,
    /// For data of files: the items of the workspace that hold the texts of a row that somebody was wrong about.
    pub behind: BTreeMap<usize, Vec<ItemId>>,
    /// The seed of every random choice.
    pub seed: u64,
    /// Where models computed, in words.
    pub device: String,
}

/// What one model reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The set whose vectors it were; None for data of files.
    pub set: Option<SetId>,
    /// The model's id, or `BM25`, or `chance`.
    pub model: String,
    /// Whether it is an honest baseline rather than a learned model.
    pub baseline: bool,
    /// The figures, the main one first.
    pub figures: Vec<Figure>,
    /// Numbers in a vector; None where there are none.
    pub dim: Option<usize>,
    /// Bytes of a vector as this contestant keeps it.
    pub bytes: Option<usize>,
    /// What others have published of this model on this very data.
    pub published: Option<&'static Published>,
    /// Time to load it.
    pub load_ms: Option<f64>,
    /// Vectors a second, without reading and scoring.
    pub items_per_second: Option<f64>,
    /// Growth of this program's memory while it was loaded and embedding, where the system tells.
    pub peak_memory_mb: Option<f64>,
    /// Where it was most wrong, the worst first.
    pub misses: Vec<Miss>,
}

/// One number and how far it could be off.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Its name, such as `ndcg@10`.
    pub name: &'static str,
    /// 0 to 1; correlations −1 to 1.
    pub value: f64,
    /// Where it would lie, in 95 of 100 cases, had other items of the same sort been asked.
    pub range: Option<(f64, f64)>,
    /// The rows of the data that lower it, where single ones do.
    pub rows: Vec<usize>,
}

/// How two models differ in the main figure, on the same items.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The better one.
    pub a: String,
    /// The other.
    pub b: String,
    /// By how much, never below 0.
    pub value: f64,
    /// Where the difference would lie in 95 of 100 cases.
    pub range: (f64, f64),
}

impl Difference {
    /// Whether the range leaves no doubt which is better; otherwise the two are not different as far as this data tells.
    pub fn is_certain(&self) -> bool {
        self.range.0 > 0.0
    }

    /// In a sentence.
    pub fn sentence(&self) -> String {
        let (low, high) = self.range;
        match self.is_certain() {
            true => format!("{} is better than {} by {:.3} ({low:.3} to {high:.3})", self.a, self.b, self.value),
            false => format!(
                "{} and {} are not different: their difference of {:.3} could be anything from {low:.3} to {high:.3}",
                self.a, self.b, self.value
            ),
        }
    }
}

/// Where a model went wrong, or what it said where others did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Miss {
    /// The items of the data that are behind it, by number.
    pub rows: Vec<usize>,
    /// What was asked.
    pub asked: String,
    /// What would have been right.
    pub wanted: String,
    /// What it answered.
    pub found: String,
    /// How wrong that is, more is worse; 0 or less where it is right.
    pub loss: f64,
}

/// What one contestant did in a task.
pub(crate) struct Outcome {
    pub(crate) figures: Vec<Figure>,
    /// The main figure of any rows, for intervals and differences.
    pub(crate) score: Score,
    pub(crate) misses: Vec<Miss>,
}

/// A task with its data.
trait Test {
    /// What the data holds, in words.
    fn size(&self) -> String;

    /// What a model must be able to embed.
    fn kinds(&self) -> Vec<Kind>;

    /// The texts that make up a row: those by which it is known in the workspace.
    fn texts(&self, _row: usize) -> Vec<&str> {
        Vec::new()
    }

    /// Asks one model.
    fn measure(&self, contestant: &mut Contestant<'_>) -> Result<Outcome, Error>;

    /// What needs no model: its name and what it reaches.
    fn without_models(&self) -> Result<Vec<(&'static str, Outcome)>, Error> {
        Ok(Vec::new())
    }
}

/// Letters shown of a text.
const LETTERS: usize = 200;

impl Engine {
    /// Measures models at a task; the job's report holds what came out. Fails at once where a model is not there.
    pub fn start_evaluation(&self, choice: EvaluationChoice) -> Result<JobId, Error> {
        for model in &choice.models {
            let (model, _) = fewer::split(model);
            if !self.is_usable(&model) {
                self.load(&model)?;
            }
        }
        let engine = self.clone();
        let name = name_of(&choice.data);
        Ok(self.inner.jobs.start(JobKind::Evaluate, format!("Evaluating on {name}"), move |job| {
            let found = engine.evaluate(job, &choice, name)?;
            job.report(|report| report.evaluations.push(Arc::new(found)));
            Ok(())
        }))
    }

    fn evaluate(&self, job: &Job, choice: &EvaluationChoice, data: String) -> Result<Evaluation, Error> {
        job.stage(format!("Reading {data}"), "files", 0, 0);
        let test = test(choice)?;
        let kinds = test.kinds();
        let mut models = choice.models.clone();
        let baselines = [(Kind::Text, "builtin-text"), (Kind::Image, "builtin-image")];
        let fitting = baselines.into_iter().filter(|(kind, _)| kinds == [*kind]).map(|(_, id)| id.to_owned());
        models.extend(fitting.filter(|id| !choice.models.contains(id)).collect::<Vec<_>>());
        let mut entries = Vec::new();
        let mut known = Known::of(&models);
        for model in &models {
            let mut contestant = Contestant::new(self, job, model, &mut known)?;
            if let Some(kind) = kinds.iter().find(|kind| !contestant.about().kinds.contains(kind)) {
                let what = if *kind == Kind::Text { "texts" } else { "pictures" };
                return Err(Error::Request(format!("{model} embeds no {what}, which {} asks for", choice.task)));
            }
            let outcome = test.measure(&mut contestant)?;
            job.look()?;
            let published = published::find(model, &data, choice.task);
            entries.push((Measured { published, ..contestant.cost() }, outcome));
            contestant.leave();
        }
        for (name, outcome) in test.without_models()? {
            let published = published::find(name, &data, choice.task);
            entries.push((Measured { published, ..Measured::free(name) }, outcome));
        }
        job.stage("Comparing models", "models", 0, 0);
        let (results, differences) = judge::judge(entries, choice.seed)?;
        let behind = self.behind(&*test, &results)?;
        Ok(Evaluation {
            task: choice.task,
            data,
            size: test.size(),
            results,
            differences,
            items: Vec::new(),
            behind,
            seed: choice.seed,
            device: self.device(),
        })
    }
}

impl Engine {
    /// The items that hold the texts of the rows that misses are about.
    fn behind(&self, test: &dyn Test, results: &[Measured]) -> Result<BTreeMap<usize, Vec<ItemId>>, Error> {
        let misses = results.iter().flat_map(|result| &result.misses);
        let rows: BTreeSet<usize> = misses.flat_map(|miss| miss.rows.iter().copied()).collect();
        let mut wanted: HashMap<&str, Vec<usize>> = HashMap::new();
        for &row in &rows {
            test.texts(row).into_iter().for_each(|text| wanted.entry(text.trim()).or_default().push(row));
        }
        let mut behind: BTreeMap<usize, Vec<ItemId>> = BTreeMap::new();
        if !wanted.is_empty() {
            self.each_card(|card| {
                for &row in wanted.get(card.text.trim()).into_iter().flatten() {
                    behind.entry(row).or_default().push(card.id);
                }
            })?;
        }
        Ok(behind)
    }
}

impl Measured {
    /// Somebody who computes no vectors.
    fn free(name: &str) -> Self {
        Self {
            set: None,
            model: name.to_owned(),
            baseline: true,
            figures: Vec::new(),
            dim: None,
            bytes: None,
            published: None,
            load_ms: None,
            items_per_second: None,
            peak_memory_mb: None,
            misses: Vec::new(),
        }
    }

    /// One of its figures.
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name)
    }
}

fn test(choice: &EvaluationChoice) -> Result<Box<dyn Test>, Error> {
    let data = &choice.data;
    Ok(match choice.task {
        Task::Sts => Box::new(sts::Sts::read(data)?),
        Task::Pairs => Box::new(pairs::Pairs::read(data)?),
        Task::Retrieval => Box::new(retrieval::Retrieval::read(data)?),
        Task::Classification => Box::new(classification::Classification::read(choice)?),
        Task::Clustering => Box::new(clustering::Clusters::read(choice)?),
        Task::TextImage => Box::new(crossing::Crossing::read(data)?),
        Task::Triplets => Box::new(triplets::Triplets::read(data)?),
    })
}

fn name_of(data: &Path) -> String {
    data.file_name().map_or_else(|| data.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// A count with its thing, in words: "1,500 pairs".
fn counted(count: usize, things: &str) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {things}")
}

/// A text as far as it is shown.
fn short(text: &str) -> String {
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_have_names_that_go_both_ways() {
        for task in Task::ALL {
            assert_eq!(task.to_string().parse(), Ok(task));
        }
        assert!("taste".parse::<Task>().is_err());
    }

    #[test]
    fn counts_and_texts_are_shown_short() {
        assert_eq!(counted(7, "pairs"), "7 pairs");
        assert_eq!(counted(1_234_567, "pairs"), "1,234,567 pairs");
        assert_eq!(short(&"ä".repeat(300)).chars().count(), LETTERS + 1);
    }
}
