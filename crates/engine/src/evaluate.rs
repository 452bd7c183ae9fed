//! Which model is better at a task, on the user's own data: figures with the range they could lie in, and whether the
//! difference between two models is one.
//!
//! Each task follows the protocol of the MTEB, so that its figures can be held against published ones. Baselines always
//! take part. Deliberately absent: one overall score; tasks differ in what they ask.

mod beir;
mod bout;
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
pub(crate) mod parts;
mod published;
mod recommend;
mod retrieval;
pub(crate) mod runs;
mod score;
mod sheet;
mod sts;
mod tables;
mod task;
mod triplets;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use embedscope_models::Kind;
use embedscope_workspace::{ItemId, RunId, SetId};
use serde::{Deserialize, Serialize};

use crate::jobs::Job;
use crate::{Engine, Error, JobId, JobKind};
use bout::Bout;
use contestant::{Contestant, Known};
pub use judged::{Answer, Handed, Question};
pub use own::{JUDGED, OwnChoice};
use parts::Print;
pub use published::Published;
pub use recommend::Recommendation;
use runs::{Asked, Clock};
use score::Score;
pub use sheet::EvaluationForm;
pub use task::Task;

/// What is to be measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    /// The share of the computer's time that other programs took while it was measured, where the system tells.
    pub others_busy: Option<f64>,
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
            true => format!("{} is better than {} by {:.3} ({})", self.a, self.b, self.value, span(low, high)),
            false => format!(
                "{} and {} are not different: their difference of {:.3} could be anything from {}",
                self.a,
                self.b,
                self.value,
                span(low, high)
            ),
        }
    }
}

/// Where a model went wrong, or what it said where others did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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

    /// Everything its figures hang on besides the models.
    fn content(&self, print: &mut Print) -> Result<(), Error>;

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
    /// Measures models at a task; the job's report holds what came out so far, one contestant after another, and what was
    /// measured is kept. Fails at once where a model is not there.
    pub fn start_evaluation(&self, choice: EvaluationChoice) -> Result<JobId, Error> {
        for (at, model) in choice.models.iter().enumerate() {
            if choice.models[..at].contains(model) {
                return Err(Error::Request(format!("{model} is named twice; name every model once")));
            }
            let (model, _) = fewer::split(model);
            if !self.is_usable(&model) {
                self.load(&model)?;
            }
        }
        let engine = self.clone();
        let name = name_of(&choice.data);
        Ok(self.inner.jobs.start(JobKind::Evaluate, format!("Evaluating on {name}"), move |job| {
            let clock = Clock::started();
            let (found, parts) = engine.evaluate(job, &choice, name)?;
            engine.record_evaluation(&clock, &Asked::Files(choice), parts, &[found])
        }))
    }

    fn evaluate(&self, job: &Job, choice: &EvaluationChoice, data: String) -> Result<(Evaluation, Vec<RunId>), Error> {
        job.stage(format!("Reading {data}"), "files", 0, 0);
        let test = test(choice)?;
        let kinds = test.kinds();
        let mut models = choice.models.clone();
        let baselines = [(Kind::Text, "builtin-text"), (Kind::Image, "builtin-image")];
        let fitting = baselines.into_iter().filter(|(kind, _)| kinds == [*kind]).map(|(_, id)| id.to_owned());
        models.extend(fitting.filter(|id| !choice.models.contains(id)).collect::<Vec<_>>());
        let mut print = Print::of(choice.task, choice.seed, &self.device())?;
        test.content(&mut print)?;
        let mut bout = Bout::new(self, job, 0, print, Evaluation::empty(choice, data, test.size(), self.device()))?;
        let mut known = Known::of(&models);
        for model in &models {
            let mut contestant = Contestant::new(self, job, model, &mut known)?;
            if let Some(kind) = kinds.iter().find(|kind| !contestant.about().kinds.contains(kind)) {
                let what = if *kind == Kind::Text { "texts" } else { "pictures" };
                return Err(Error::Request(format!("{model} embeds no {what}, which {} asks for", choice.task)));
            }
            let recipe = contestant.about().recipe.to_string();
            bout.join(model, &recipe, || {
                let outcome = test.measure(&mut contestant)?;
                let cost = contestant.cost();
                contestant.leave();
                Ok((cost, outcome))
            })?;
            job.look()?;
        }
        for (name, outcome) in test.without_models()? {
            bout.add(Measured::free(name), outcome)?;
        }
        bout.over(|results| self.behind(&*test, results))
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

impl Evaluation {
    /// Before anybody took part.
    fn empty(choice: &EvaluationChoice, data: String, size: String, device: String) -> Self {
        Self {
            task: choice.task,
            data,
            size,
            results: Vec::new(),
            differences: Vec::new(),
            items: Vec::new(),
            behind: BTreeMap::new(),
            seed: choice.seed,
            device,
        }
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
            others_busy: None,
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
    if !data.exists() {
        return Err(tables::wrong(data, "it is not there"));
    }
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

/// A range as it is told: "0.120 to 0.300", and never of −0.
fn span(low: f64, high: f64) -> String {
    let [low, high] = [low, high].map(|end| format!("{end:.3}")).map(|end| match end.as_str() {
        "-0.000" => "0.000".into(),
        _ => end,
    });
    format!("{low} to {high}")
}

/// A count with its things, which one of are written without an s, in words: "1,500 pairs".
pub(crate) fn counted(count: usize, things: &str) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let things = if count == 1 { things.strip_suffix('s').unwrap_or(things) } else { things };
    format!("{grouped} {things}")
}

/// Behind the size of data, what of it does not count for lack of something.
fn left_out(rows: usize, lacking: &str) -> String {
    match rows {
        0 => String::new(),
        _ => format!("; {} without {lacking} left out", counted(rows, "rows")),
    }
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
    fn counts_and_texts_are_shown_short() {
        assert_eq!((counted(7, "pairs"), counted(1, "pairs")), ("7 pairs".into(), "1 pair".into()));
        assert_eq!(counted(1_234_567, "pairs"), "1,234,567 pairs");
        assert_eq!(span(-0.0001, 0.25), "0.000 to 0.250");
        assert_eq!(short(&"ä".repeat(300)).chars().count(), LETTERS + 1);
    }
}
