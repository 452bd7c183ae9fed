//! `search`: what is nearest in meaning to a text or a picture, among files written by `embed` or in a workspace.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use embedscope_engine::export::read_vectors;
use embedscope_engine::sources::{Limits, picture};
use embedscope_engine::space::{Metric, similarity};
use embedscope_engine::{Embedder, Engine, Input, ItemId, Kind, Pixels, Reranker, Role, SetSummary, Vectors};
use serde::Serialize;
use serde_json::Value;

use crate::answer::{Answer, Making, ms_since};
use crate::failure::Failure;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// What to look for, in words
    #[arg(required_unless_present = "image")]
    query: Option<String>,
    /// What to look for, as a picture; needs a model that embeds pictures
    #[arg(long, value_name = "FILE", conflicts_with = "query")]
    image: Option<PathBuf>,
    /// Vectors written by `embed`
    #[arg(long, value_name = "V.npy", requires = "items", requires = "model", required_unless_present = "workspace")]
    vectors: Option<PathBuf>,
    /// What their rows are, written by `embed`
    #[arg(long, value_name = "I.jsonl", requires = "vectors")]
    items: Option<PathBuf>,
    /// Workspace to search in
    #[arg(long, value_name = "FOLDER", conflicts_with = "vectors")]
    workspace: Option<PathBuf>,
    /// Id or folder of the model that made the vectors [default: the workspace's, where it has one that fits]
    #[arg(long)]
    model: Option<String>,
    /// cosine, dot, euclidean or manhattan
    #[arg(long, default_value_t = Metric::Cosine)]
    metric: Metric,
    /// Id or folder of a cross-encoder that reads the question with each text found and puts them in its order
    #[arg(long, value_name = "MODEL", conflicts_with = "image")]
    rerank: Option<String>,
    /// How many to show
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
}

#[derive(Serialize)]
struct Found {
    model: String,
    metric: String,
    searched: usize,
    results: Vec<Hit>,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Hit {
    rank: usize,
    /// By the metric; a distance for Euclid and Manhattan.
    similarity: f32,
    /// What the order is by.
    score: f32,
    parts: Parts,
    /// The text, or a picture's name.
    text: String,
    source: String,
    /// The item's id.
    item: u64,
}

/// What the score is made of.
#[derive(Serialize)]
struct Parts {
    meaning: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    rerank: Option<f32>,
}

/// How many of the nearest are read again for a better order.
const REREAD: usize = 50;

/// What can be said of a row.
struct Described {
    text: String,
    source: String,
    item: u64,
}

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    let engine = setting.engine_in(options.workspace.clone())?;
    let began = Instant::now();
    let asked = if options.image.is_some() { Kind::Image } else { Kind::Text };
    let set = match &options.vectors {
        Some(_) => None,
        None => Some(fitting(&engine, options.model.as_deref(), asked)?),
    };
    let model = match (&options.model, &set) {
        (Some(model), _) => model.clone(),
        (None, Some(set)) => set.model.clone(),
        (None, None) => {
            return Err(Failure::call("no model was named", "name the one that made the vectors with --model"));
        }
    };
    let vectors = match (&options.vectors, &set) {
        (Some(path), _) => read_vectors(path)?,
        (None, Some(set)) => engine.vectors(set.id)?,
        (None, None) => return Err(Failure::call("nothing to search in", "name --vectors or --workspace")),
    };
    let embedder = engine.embedder(&model)?;
    let reranker = options.rerank.as_deref().map(|model| engine.reranker(model)).transpose()?;
    let load_ms = ms_since(began);
    let began = Instant::now();
    let question = question(&*embedder, &options)?;
    if question.dim() != vectors.dim() {
        return Err(Failure::call(
            format!("{model} gives {} numbers, the vectors have {}", question.dim(), vectors.dim()),
            "name the model that made them with --model",
        ));
    }
    let wanted = if reranker.is_some() { options.top.max(REREAD) } else { options.top };
    let hits = similarity::nearest(question.row(0), &vectors, wanted, options.metric)?;
    let rows: Vec<usize> = hits.iter().map(|&(row, _)| row).collect();
    let described = match (&options.items, &set) {
        (Some(path), _) => read_items(path, &rows)?,
        (None, Some(set)) => stored_items(&engine, set, &rows)?,
        (None, None) => Vec::new(),
    };
    let mut results: Vec<Hit> = (1..)
        .zip(hits)
        .zip(described)
        .map(|((rank, (_, similarity)), described)| Hit {
            rank,
            similarity,
            score: similarity,
            parts: Parts { meaning: similarity, rerank: None },
            text: described.text,
            source: described.source,
            item: described.item,
        })
        .collect();
    if let (Some(reranker), Some(question)) = (&reranker, &options.query) {
        reorder(&**reranker, question, &mut results)?;
        results.truncate(options.top);
    }
    let making = Making { elapsed_ms: ms_since(began), load_ms, seed: setting.seed };
    let answer = Found { model, metric: options.metric.to_string(), searched: vectors.rows(), results, making };
    let lines: Vec<String> = answer.results.iter().map(line).collect();
    Ok(Answer::new(&answer, lines))
}

/// Puts what was found in the order of the scores of a reranker, the best first.
fn reorder(reranker: &dyn Reranker, question: &str, results: &mut [Hit]) -> Result<(), Failure> {
    let texts: Vec<&str> = results.iter().map(|hit| hit.text.as_str()).collect();
    let scores = reranker.score(question, &texts)?;
    for (hit, score) in results.iter_mut().zip(scores) {
        hit.score = score;
        hit.parts.rerank = Some(score);
    }
    results.sort_by(|a, b| b.score.total_cmp(&a.score));
    results.iter_mut().zip(1..).for_each(|(hit, rank)| hit.rank = rank);
    Ok(())
}

const LETTERS: usize = 100;

fn line(hit: &Hit) -> String {
    let flat = hit.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = flat.chars().take(LETTERS).collect();
    let more = if short.len() < flat.len() { "…" } else { "" };
    format!("{:>2}  {:.3}  {short}{more}  ({})", hit.rank, hit.score, hit.source)
}

/// The set to search in: of the model that was named, or the only one whose model understands the question.
fn fitting(engine: &Engine, model: Option<&str>, asked: Kind) -> Result<SetSummary, Failure> {
    let sets = engine.sets()?;
    let names: Vec<String> = sets.iter().map(|set| set.model.clone()).collect();
    let mut fit: Vec<SetSummary> = match model {
        Some(model) => sets.into_iter().filter(|set| set.model == model).collect(),
        None => sets.into_iter().filter(|set| set.kinds.contains(&asked)).collect(),
    };
    match (fit.len(), names.is_empty()) {
        (1, _) => Ok(fit.remove(0)),
        (_, true) => Err(Failure::work("the workspace holds no vectors", "fill it with `embed --workspace`")),
        _ => Err(Failure::call(
            format!("the workspace holds vectors of {}", names.join(", ")),
            "name the one to search in with --model",
        )),
    }
}

fn question(embedder: &dyn Embedder, options: &Options) -> Result<Vectors, Failure> {
    match (&options.query, &options.image) {
        (Some(text), _) if text.trim().is_empty() => {
            Err(Failure::call("the question is empty", "say what to look for"))
        }
        (Some(text), _) => Ok(embedder.embed(&[Input::Text(text)], Role::Query)?),
        (None, Some(path)) => {
            let failed = |problem| Failure::work(format!("{}: {problem}", path.display()), "name a picture");
            let picture = picture::load(path, &Limits::default()).map_err(failed)?;
            let pixels = Pixels { width: picture.width, height: picture.height, rgb: &picture.rgb };
            Ok(embedder.embed(&[Input::Image(pixels)], Role::Query)?)
        }
        (None, None) => Err(Failure::call("the question is empty", "say what to look for")),
    }
}

fn stored_items(engine: &Engine, set: &SetSummary, rows: &[usize]) -> Result<Vec<Described>, Failure> {
    let shown = engine.set_rows(set.id, 0)?.items;
    let items: Vec<ItemId> = rows.iter().map(|&row| shown[row]).collect();
    let cards = engine.cards(&items)?.into_iter().map(|card| Described {
        text: if card.text.is_empty() { card.title } else { card.text },
        source: source(&card.file, &card.place),
        item: card.id.0.into(),
    });
    Ok(cards.collect())
}

/// What the lines of a file say of some rows, in the order of `rows`.
fn read_items(path: &Path, rows: &[usize]) -> Result<Vec<Described>, Failure> {
    let broken = |problem: String| {
        Failure::work(
            format!("{}: {problem}", path.display()),
            "name the file that `embed --items` wrote with these vectors",
        )
    };
    let file = BufReader::new(File::open(path).map_err(|problem| broken(problem.to_string()))?);
    let mut found: Vec<(usize, Described)> = Vec::with_capacity(rows.len());
    for (number, line) in file.lines().enumerate() {
        let line = line.map_err(|problem| broken(problem.to_string()))?;
        if !rows.contains(&number) {
            continue;
        }
        let said: Value =
            serde_json::from_str(&line).map_err(|problem| broken(format!("line {}: {problem}", number + 1)))?;
        let word = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
        let text = if word("text").is_empty() { word("title") } else { word("text") };
        let item = said["id"].as_u64().unwrap_or(number as u64);
        found.push((number, Described { text, source: source(&word("file"), &word("place")), item }));
    }
    if found.len() < rows.len() {
        return Err(broken("it has fewer lines than there are vectors".into()));
    }
    found.sort_by_key(|(number, _)| rows.iter().position(|row| row == number));
    Ok(found.into_iter().map(|(_, described)| described).collect())
}

fn source(file: &str, place: &str) -> String {
    if place.is_empty() { file.to_owned() } else { format!("{file}, {place}") }
}
