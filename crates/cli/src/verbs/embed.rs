//! `embed`: files, folders or lines into a matrix of vectors, row by row in the order the items were found.

mod combining;
mod estimate;
mod precision;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use embedscope_engine::export::write_skipped;
use embedscope_engine::{Card, Combination, Cost, Embedder, Engine, ItemId, Kind, SetSummary, Skipped, peak_memory_mb};
use serde::Serialize;

use self::combining::Combining;
use self::precision::{Kept, Lost};
use crate::answer::{Answer, Making, ms_since, shown};
use crate::failure::Failure;
use crate::progress::watch;
use crate::setting::{Keeping, Setting};
use crate::verbs::reading::Reading;
use crate::verbs::wishes::Wishes;

#[derive(Args)]
pub struct Options {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Id or folder of the model
    #[arg(long)]
    model: String,
    #[command(flatten)]
    wishes: Wishes,
    #[command(flatten)]
    combining: Combining,
    /// Write whole numbers of eight bits or single bits, as sentence-transformers makes them, and say how many neighbours that loses
    #[arg(long, value_enum, default_value_t = Kept::F32)]
    precision: Kept,
    /// Only say what would be sent to a provider and what it would cost, roughly; nothing is sent
    #[arg(long)]
    estimate: bool,
    /// The matrix to write, a row for each item; with --workspace of everything that is in it
    #[arg(long, value_name = "V.npy", required_unless_present = "estimate")]
    out: Option<PathBuf>,
    /// What each row is, one JSON object a line
    #[arg(long, value_name = "I.jsonl")]
    items: Option<PathBuf>,
    /// What was left out and why, one JSON object a line
    #[arg(long, value_name = "S.jsonl")]
    skipped: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    keeping: Keeping,
}

#[derive(Serialize)]
struct Embedded {
    model: String,
    rows: usize,
    dim: usize,
    /// Vectors that were computed; others were kept from before.
    computed: u64,
    /// Items of the workspace whose originals were found in another place.
    moved: usize,
    /// Items of the workspace whose originals have vanished, or no longer hold them; they are kept.
    gone: usize,
    /// How many files, or items of them, were left out.
    skipped: usize,
    left_out: Vec<Skipped>,
    /// Texts whose end the model did not read.
    cut_texts: u32,
    /// Everything that decided the numbers.
    recipe: serde_json::Value,
    /// What fewer bits cost, where there are fewer.
    #[serde(skip_serializing_if = "Option::is_none")]
    recall: Option<Lost>,
    items_per_second: Option<f64>,
    tokens_per_second: Option<f64>,
    peak_memory_mb: Option<f64>,
    /// Where the texts went; None where they stayed on this computer.
    sent_to: Option<String>,
    #[serde(flatten)]
    making: Making,
}

/// Names of what was left out that people are shown.
const NAMED: usize = 20;

pub fn run(mut options: Options, setting: &Setting) -> Result<Answer, Failure> {
    options.model = options.wishes.of(&options.model)?;
    options.combining.check()?;
    let engine = setting.engine_in(options.keeping.workspace)?;
    if options.estimate {
        return estimate::run(&engine, &options.paths, &options.reading, &options.model, setting);
    }
    let Some(out) = options.out else {
        return Err(Failure::call("no matrix was named to write", "name one with --out"));
    };
    let began = Instant::now();
    engine.embedder(&options.model)?;
    let sent_to = engine.leaves_for(&options.model);
    if let Some(host) = sent_to.as_ref().filter(|_| !setting.json) {
        eprintln!("texts are sent to {host}");
    }
    let load_ms = ms_since(began);
    let began = Instant::now();
    let plan = engine.plan(&options.paths)?;
    let choice = options.reading.choice(&engine, &plan, vec![options.model.clone()], false, setting.seed)?;
    let before: Vec<(_, Cost)> = engine.sets()?.into_iter().map(|set| (set.id, set.cost)).collect();
    let report = watch(&engine, || engine.start_import(plan, choice))?;
    let elapsed_ms = ms_since(began);
    let id = engine.embedder(&options.model)?.about().id.clone();
    let sets: Vec<SetSummary> = report.sets.iter().map(|&set| engine.set(set)).collect::<Result<_, _>>()?;
    // Files may have brought vectors of their own as well.
    let set = match sets.into_iter().find(|set| set.model == id) {
        Some(set) => set,
        None => {
            let file = engine.card(ItemId(0))?.file;
            let message = format!("{file} holds nothing that {} embeds", options.model);
            return Err(Failure::work(message, "choose another model with --model"));
        }
    };
    let mut left_out = report.skipped.clone();
    left_out.extend(unfit(&engine, &set)?);
    let began = Instant::now();
    let shown = match options.combining.of(set.id) {
        Some(combination) => combined(&engine, combination)?,
        None => set.clone(),
    };
    let making = Making { elapsed_ms: elapsed_ms + ms_since(began), load_ms, seed: setting.seed };
    let shown_items = engine.set_rows(shown.id, 0)?.items;
    let mut rows: Vec<usize> = (0..shown_items.len()).collect();
    rows.sort_unstable_by_key(|&row| shown_items[row]);
    if rows.is_empty() {
        let first = left_out.first().map_or_else(String::new, |first| format!(": {}: {}", first.name, first.reason));
        return Err(Failure::work(format!("nothing could be embedded{first}"), "choose another model with --model"));
    }
    let recall = options.precision.write(&out, &engine, &shown, &rows, setting.seed)?;
    if let Some(path) = &options.items {
        let items: Vec<ItemId> = rows.iter().map(|&row| shown_items[row]).collect();
        write_items(&engine, &items, &*engine.embedder(&options.model)?, path)?;
    }
    if let Some(path) = &options.skipped {
        write_skipped(path, &left_out)?;
    }
    let earlier = before.into_iter().find(|(id, _)| *id == set.id).map(|(_, cost)| cost).unwrap_or_default();
    let (computed, took) = (set.cost.vectors - earlier.vectors, (set.cost.embed_ms - earlier.embed_ms) / 1e3);
    let tokens = set.cost.tokens - earlier.tokens;
    let per_second = |amount: u64| (amount > 0 && took > 0.0).then(|| amount as f64 / took);
    let answer = Embedded {
        model: shown.model,
        rows: rows.len(),
        dim: shown.dim,
        computed,
        moved: report.moved,
        gone: report.gone,
        skipped: left_out.len(),
        left_out,
        cut_texts: set.cost.cut_texts - earlier.cut_texts,
        recipe: options.precision.in_recipe(engine.recipe(shown.id)?),
        recall,
        items_per_second: per_second(computed),
        tokens_per_second: per_second(tokens),
        peak_memory_mb: peak_memory_mb(),
        sent_to,
        making,
    };
    let lines = lines(&answer, &out);
    Ok(Answer::new(&answer, lines))
}

/// The combined set that a job made.
fn combined(engine: &Engine, combination: Combination) -> Result<SetSummary, Failure> {
    let report = watch(engine, || engine.start_combining(combination))?;
    match report.sets.first() {
        Some(&set) => Ok(engine.set(set)?),
        None => Err(Failure::work("nothing was combined", "choose another --by")),
    }
}

fn lines(answer: &Embedded, out: &Path) -> Vec<String> {
    let speed = shown(answer.items_per_second, 0);
    let mut lines = vec![format!("{} × {} in {}, {speed} items a second", answer.rows, answer.dim, out.display())];
    if answer.cut_texts > 0 {
        lines.push(format!(
            "{} texts were longer than {} reads; their ends were left out",
            answer.cut_texts, answer.model
        ));
    }
    lines.extend(answer.recall.as_ref().map(Lost::line));
    if answer.gone > 0 {
        lines.push(format!("{} items are kept whose originals have vanished or changed", answer.gone));
    }
    lines.extend(skipped_lines(&answer.left_out));
    lines
}

/// Names some of what was left out, and says how much more there is.
pub fn skipped_lines(skipped: &[Skipped]) -> Vec<String> {
    let mut lines = Vec::new();
    if !skipped.is_empty() {
        lines.push(format!("{} left out:", skipped.len()));
    }
    lines.extend(skipped.iter().take(NAMED).map(|skipped| format!("  {}: {}", skipped.name, skipped.reason)));
    if skipped.len() > NAMED {
        lines.push(format!("  and {} more", skipped.len() - NAMED));
    }
    lines
}

/// The files whose items the model cannot embed.
fn unfit(engine: &Engine, set: &SetSummary) -> Result<Vec<Skipped>, Failure> {
    let mut unfit: Vec<Skipped> = Vec::new();
    if set.left_out.is_empty() {
        return Ok(unfit);
    }
    engine.each_card(|card| {
        if !set.kinds.contains(&card.kind) {
            let what = match card.kind {
                Kind::Text => "texts",
                Kind::Image => "pictures",
            };
            unfit.push(Skipped { name: card.file, reason: format!("{} does not embed {what}", set.model) });
        }
    })?;
    unfit.dedup();
    Ok(unfit)
}

/// One line for each row; of texts also how many tokens they have and how many of these the model did not read.
fn write_items(engine: &Engine, items: &[ItemId], embedder: &dyn Embedder, path: &Path) -> Result<(), Failure> {
    let failed = |problem: std::io::Error| {
        Failure::work(format!("{}: {problem}", path.display()), "see that the file may be written")
    };
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    let most = embedder.about().max_tokens.unwrap_or(usize::MAX);
    for some in items.chunks(1000) {
        for card in engine.cards(some)? {
            let tokens = (card.kind == Kind::Text).then(|| embedder.count_tokens(&card.text));
            let row = Row { lost_tokens: tokens.map(|tokens| tokens.saturating_sub(most)), tokens, card };
            serde_json::to_writer(&mut file, &row).map_err(|problem| failed(problem.into()))?;
            file.write_all(b"\n").map_err(failed)?;
        }
    }
    file.flush().map_err(failed)
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    card: Card,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lost_tokens: Option<usize>,
}
