//! `map`: the whole way from files to a report that can be kept.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use embedscope_engine::{Engine, MapSummary, Method, SetSummary, Skipped};
use serde::Serialize;

use crate::answer::{Answer, Making, ms_since, shown, table};
use crate::failure::Failure;
use crate::progress::{Bar, watch};
use crate::setting::{Keeping, Setting};
use crate::verbs::embed::skipped_lines;
use crate::verbs::reading::Reading;
use crate::verbs::written::{keep, room_in};

const PAGE: &str = "report.html";

#[derive(Args)]
pub struct Options {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Ids or folders, separated by commas; a map for each [default: one for texts, one for pictures]
    #[arg(long, value_delimiter = ',', value_name = "ID,ID…")]
    models: Vec<String>,
    /// Folder for report.html and map.png
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    keeping: Keeping,
}

#[derive(Serialize)]
struct Mapped {
    report: PathBuf,
    map: PathBuf,
    items: u32,
    skipped: usize,
    left_out: Vec<Skipped>,
    sets: Vec<Set>,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Set {
    model: String,
    rows: usize,
    dim: usize,
    /// How its map was made.
    method: Option<String>,
    clusters: usize,
    trustworthiness: Option<f64>,
    continuity: Option<f64>,
    neighbour_preservation: Option<f64>,
    shepard: Option<f64>,
    items_per_second: Option<f64>,
    memory_mb: Option<f64>,
}

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    let engine = setting.engine_in(options.keeping.workspace)?;
    let began = Instant::now();
    let plan = engine.plan(&options.paths)?;
    let title = plan.name.clone();
    let models = if options.models.is_empty() { plan.choice().models } else { options.models };
    let choice = options.reading.choice(&engine, &plan, models, true, setting.seed)?;
    room_in(&options.out, PAGE)?;
    let done = watch(&engine, || engine.start_import(plan, choice))?;
    let bar = Bar::new("Writing the report");
    let report = engine.report(&title, &done.skipped, setting.seed)?;
    if report.sections.is_empty() {
        return Err(Failure::work("none of the models embeds what was found", "choose others with --models"));
    }
    let [page, picture] = [PAGE, "map.png"].map(|name| options.out.join(name));
    keep(&page, report.to_html())?;
    keep(&picture, report.to_png()?)?;
    drop(bar);
    let sets = engine.sets()?.into_iter().map(|set| described(&engine, set)).collect::<Result<Vec<_>, _>>()?;
    let load_ms = engine.sets()?.iter().filter_map(|set| set.cost.load_ms).sum::<f64>();
    let answer = Mapped {
        report: page,
        map: picture,
        items: engine.count()?,
        skipped: done.skipped.len(),
        left_out: done.skipped.clone(),
        sets,
        making: Making { elapsed_ms: ms_since(began) - load_ms, load_ms, seed: setting.seed },
    };
    let lines = lines(&answer);
    Ok(Answer::new(&answer, lines))
}

fn described(engine: &Engine, set: SetSummary) -> Result<Set, Failure> {
    let maps: Vec<MapSummary> = engine.maps().into_iter().filter(|map| map.set == set.id && map.rows > 0).collect();
    let map = maps.iter().rfind(|map| map.method == Method::Tsne).or(maps.last());
    let truth = map.and_then(|map| map.truth);
    Ok(Set {
        rows: set.rows,
        dim: set.dim,
        method: map.map(|map| format!("{}, {}", map.method, map.parameters)),
        clusters: engine.clustering(set.id)?.map_or(0, |clustering| clustering.len()),
        trustworthiness: truth.map(|truth| truth.trustworthiness),
        continuity: truth.map(|truth| truth.continuity),
        neighbour_preservation: truth.map(|truth| truth.neighbour_preservation),
        shepard: truth.map(|truth| truth.shepard),
        items_per_second: set.cost.items_per_second(),
        memory_mb: set.cost.memory_mb,
        model: set.model,
    })
}

fn lines(answer: &Mapped) -> Vec<String> {
    let head = ["model", "items", "map", "trustworthiness", "clusters", "items/s"].map(str::to_owned).to_vec();
    let rows = answer.sets.iter().map(|set| {
        vec![
            set.model.clone(),
            set.rows.to_string(),
            set.method.clone().unwrap_or_else(|| "–".into()),
            shown(set.trustworthiness, 3),
            set.clusters.to_string(),
            shown(set.items_per_second, 0),
        ]
    });
    let mut lines = table(&std::iter::once(head).chain(rows).collect::<Vec<_>>());
    lines.extend(skipped_lines(&answer.left_out));
    lines.push(format!("{} and {}", answer.report.display(), answer.map.display()));
    lines
}
