//! `evaluate`: which models are better at a task, on the user's own data.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use embedscope_engine::{
    Difference, Engine, Evaluation, EvaluationChoice, EvaluationForm, JUDGED, Measured, OwnChoice, Task,
};
use serde::Serialize;

use crate::answer::{Answer, Making, ms_since, table};
use crate::failure::Failure;
use crate::progress::watch;
use crate::setting::{Keeping, Setting};
use crate::verbs::written::{keep, room_for};

/// Wrong answers told of each model.
const MISSES: usize = 10;

#[derive(Args)]
pub struct Options {
    /// sts, pair-classification, retrieval, classification, clustering, text-image or triplets
    #[arg(value_name = "TASK")]
    task: Task,
    /// A table of two texts and a score; a folder as BEIR lays it out; a table of texts and labels, a folder with train
    /// and test tables, or a folder for each class; a table of pictures and captions; a table of anchor, positive and
    /// negative texts. Left out, the workspace itself: triplets by what was judged in it, classification and clustering by
    /// what --by names
    #[arg(value_name = "DATA", required_unless_present = "workspace")]
    data: Option<PathBuf>,
    /// Ids or folders, separated by commas, with wishes behind them such as ID?dimensions=128 or ID?precision=int8 (f32, int8,
    /// uint8, binary, ubinary); baselines take part unasked
    #[arg(long, required = true, value_delimiter = ',', value_name = "ID,ID…")]
    models: Vec<String>,
    /// What the classes of a workspace's items are: kind, file, collection, tag or a column's name
    #[arg(long, value_name = "NAME", conflicts_with = "data")]
    by: Option<String>,
    /// The column of the text, for classification and clustering [default: guessed]
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// The column of the class, for classification and clustering [default: guessed]
    #[arg(long, value_name = "NAME")]
    label_column: Option<String>,
    /// The most examples of each class in one draw, for classification
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    examples: u32,
    /// Keep the results: report.html, .md or .csv
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    keeping: Keeping,
}

#[derive(Serialize)]
struct Evaluated {
    data: String,
    size: String,
    results: Vec<Reached>,
    differences: Vec<Compared>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recommendation: Option<Recommended>,
    protocol: &'static str,
    device: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<PathBuf>,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Reached {
    model: String,
    task: String,
    baseline: bool,
    #[serde(flatten)]
    figures: BTreeMap<&'static str, f64>,
    /// Of the main figure, 95 of 100 cases.
    ranges: BTreeMap<&'static str, [f64; 2]>,
    dim: Option<usize>,
    vector_bytes: Option<usize>,
    load_ms: Option<f64>,
    items_per_second: Option<f64>,
    peak_memory_mb: Option<f64>,
    /// The share of the computer's time that other programs took meanwhile.
    others_busy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<Elsewhere>,
    misses: Vec<Wrong>,
}

#[derive(Serialize)]
struct Recommended {
    model: String,
    reasons: Vec<String>,
}

/// What others have published.
#[derive(Serialize)]
struct Elsewhere {
    figure: String,
    value: f64,
    benchmark: String,
}

#[derive(Serialize)]
struct Wrong {
    asked: String,
    wanted: String,
    found: String,
    loss: f64,
}

#[derive(Serialize)]
struct Compared {
    better: String,
    other: String,
    figure: &'static str,
    value: f64,
    range: [f64; 2],
    different: bool,
}

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    let form = options.out.as_deref().map(form_of).transpose()?;
    options.out.as_deref().map(room_for).transpose()?;
    let engine = setting.engine_in(options.keeping.workspace.clone())?;
    let began = Instant::now();
    let report = match &options.data {
        Some(data) => {
            let choice = EvaluationChoice {
                task: options.task,
                data: data.clone(),
                models: options.models,
                text_column: options.text_column,
                label_column: options.label_column,
                examples: options.examples as usize,
                seed: setting.seed,
            };
            watch(&engine, || engine.start_evaluation(choice))?
        }
        None => {
            let choice = own(&engine, &options, setting.seed)?;
            watch(&engine, || engine.start_own_evaluation(choice))?
        }
    };
    let Some(found) = report.evaluations.first() else {
        return Err(Failure::work("nothing was measured", "please report it"));
    };
    let load_ms = found.results.iter().filter_map(|result| result.load_ms).sum::<f64>();
    let elapsed_ms = (ms_since(began) - load_ms).max(0.0);
    if let (Some(out), Some(form)) = (&options.out, form) {
        keep(out, form.of(&report.evaluations)?)?;
    }
    let mut lines = lines(found);
    lines.extend(options.out.iter().map(|out| out.display().to_string()));
    let answer = Evaluated {
        data: found.data.clone(),
        size: found.size.clone(),
        results: found.results.iter().map(|result| told(found.task, result)).collect(),
        differences: found.differences.iter().map(|difference| compared(found.task, difference)).collect(),
        recommendation: found.recommendation().map(|found| Recommended { model: found.model, reasons: found.reasons }),
        protocol: found.task.protocol(),
        device: found.device.clone(),
        out: options.out,
        making: Making { elapsed_ms, load_ms, seed: setting.seed },
    };
    Ok(Answer::new(&answer, lines))
}

/// Fields that are there without being a column.
const FIELDS: [&str; 4] = ["kind", "file", "collection", "tag"];

/// The sets of a workspace that these models filled, by what was judged or by classes.
fn own(engine: &Engine, options: &Options, seed: u64) -> Result<OwnChoice, Failure> {
    let by = match (options.task, options.by.as_deref()) {
        (Task::Triplets, None) => JUDGED.to_owned(),
        (Task::Classification | Task::Clustering, Some(by)) if FIELDS.contains(&by) => by.to_owned(),
        (Task::Classification | Task::Clustering, Some(by)) => format!("column:{by}"),
        (Task::Classification | Task::Clustering, None) => {
            return Err(Failure::call("what are the classes?", "name it with --by, such as --by tag"));
        }
        (task, _) => {
            let hint = "name a file or folder, or ask triplets, classification or clustering";
            return Err(Failure::call(format!("{task} needs data"), hint));
        }
    };
    let sets = engine.sets()?;
    let of = |model: &String| {
        let known = sets.iter().find(|set| set.model == *model).map(|set| set.id);
        known.ok_or_else(|| {
            let there: Vec<&str> = sets.iter().map(|set| set.model.as_str()).collect();
            let message = format!("{model} has embedded nothing in this workspace; there are {}", there.join(", "));
            Failure::call(message, "embed its items with this model first")
        })
    };
    Ok(OwnChoice {
        sets: options.models.iter().map(of).collect::<Result<_, _>>()?,
        by,
        task: Some(options.task),
        fewer: false,
        examples: options.examples as usize,
        seed,
    })
}

/// The form that a file's ending asks for.
pub fn form_of(path: &Path) -> Result<EvaluationForm, Failure> {
    let form = path.extension().and_then(|end| EvaluationForm::of_ending(&end.to_string_lossy()));
    form.ok_or_else(|| Failure::call(format!("{}: unknown ending", path.display()), "name it .html, .md or .csv"))
}

fn told(task: Task, result: &Measured) -> Reached {
    let ranges = result.figures.iter().filter_map(|figure| Some((figure.name, figure.range?)));
    Reached {
        model: result.model.clone(),
        task: task.to_string(),
        baseline: result.baseline,
        figures: result.figures.iter().map(|figure| (figure.name, figure.value)).collect(),
        ranges: ranges.map(|(name, (low, high))| (name, [low, high])).collect(),
        dim: result.dim,
        vector_bytes: result.bytes,
        published: result.published.map(|published| Elsewhere {
            figure: published.figure.clone(),
            value: published.value,
            benchmark: published.benchmark.clone(),
        }),
        load_ms: result.load_ms,
        items_per_second: result.items_per_second,
        peak_memory_mb: result.peak_memory_mb,
        others_busy: result.others_busy,
        misses: result
            .misses
            .iter()
            .filter(|miss| miss.loss > 0.0)
            .take(MISSES)
            .map(|miss| Wrong {
                asked: miss.asked.clone(),
                wanted: miss.wanted.clone(),
                found: miss.found.clone(),
                loss: miss.loss,
            })
            .collect(),
    }
}

fn compared(task: Task, difference: &Difference) -> Compared {
    Compared {
        better: difference.a.clone(),
        other: difference.b.clone(),
        figure: task.main_figure(),
        value: difference.value,
        range: [difference.range.0, difference.range.1],
        different: difference.is_certain(),
    }
}

/// The table, and how the best differs from the others.
fn lines(found: &Evaluation) -> Vec<String> {
    let mut lines = vec![format!("{}, {}", found.data, found.size)];
    lines.extend(table(&found.table()));
    let best = found.results.first().map(|result| result.model.as_str());
    let of_best = found.differences.iter().filter(|difference| Some(difference.a.as_str()) == best);
    lines.extend(of_best.map(Difference::sentence));
    if let Some(found) = found.recommendation() {
        lines.push(format!("take {}: {}", found.model, found.reasons.join(" ")));
    }
    lines.extend(found.published_note());
    lines.extend(found.warning());
    lines
}
