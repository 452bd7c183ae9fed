//! `bench`: how fast models are on this computer.
//!
//! Several models are measured in a process each, so that none pays for the memory of another, and take turns, so that
//! a slow moment of the computer does not hit one of them alone.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;
use embedscope_engine::{Bench, Cancel, Kind, Machine};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::{Answer, Making, table};
use crate::failure::Failure;
use crate::progress::Bar;
use crate::setting::Setting;
use crate::verbs::evaluate::form_of;
use crate::verbs::written::{keep, room_for};

/// Turns of each of several models.
const TURNS: usize = 2;

#[derive(Args)]
pub struct Options {
    /// Ids or folders, separated by commas
    #[arg(long, required = true, value_delimiter = ',', value_name = "ID,ID…")]
    models: Vec<String>,
    /// Items handed over together, separated by commas
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8, 32], value_name = "N,N…", value_parser = clap::value_parser!(u32).range(1..=4096))]
    batch_sizes: Vec<u32>,
    /// How often each model is measured, in a process of its own; several models take turns [default: 2, once where there is one model]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    turns: Option<u32>,
    /// Keep the results: report.html, .md or .csv
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Measured {
    results: Vec<ModelSpeed>,
    machine: Machine,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize, Deserialize)]
struct ModelSpeed {
    model: String,
    /// "text" or "pictures".
    task: String,
    dim: usize,
    vector_bytes: usize,
    /// At the best batch size.
    items_per_second: f64,
    tokens_per_second: Option<f64>,
    best_batch: Option<usize>,
    load_ms: f64,
    first_vector_ms: f64,
    query_ms_p50: Option<f64>,
    query_ms_p95: Option<f64>,
    peak_memory_mb: Option<f64>,
    card_memory_mb: Option<f64>,
    disk_mb: Option<f64>,
    device: String,
    /// The share of the computer's time that other programs took.
    others_busy: Option<f64>,
    /// By which share the slower times of one and the same work exceeded the faster ones.
    unsteadiness: Option<f64>,
    disturbed: bool,
    batches: Vec<Speed>,
    /// Every sample.
    measured: Bench,
}

#[derive(Serialize, Deserialize)]
struct Speed {
    batch: usize,
    items_per_second: f64,
    /// Of the slower and the faster quarter of batches.
    spread: [f64; 2],
    tokens_per_second: Option<f64>,
}

pub fn run(options: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let form = options.out.as_deref().map(form_of).transpose()?;
    options.out.as_deref().map(room_for).transpose()?;
    let began = std::time::Instant::now();
    let results = match options.models.as_slice() {
        [only] if options.turns.is_none_or(|turns| turns == 1) => {
            let bar = Bar::new(format!("Measuring {only}"));
            let sizes: Vec<usize> = options.batch_sizes.iter().map(|&size| size as usize).collect();
            let told = |done, total| bar.show(done, total);
            vec![ModelSpeed::from(setting.engine()?.bench(only, &sizes, &told, &Cancel::default())?)]
        }
        several => in_turn(several, options, setting)?,
    };
    let load_ms = results.iter().flat_map(|result| &result.measured.load_ms).sum::<f64>();
    let elapsed_ms = began.elapsed().as_secs_f64() * 1e3 - load_ms;
    let benches: Vec<Bench> = results.iter().map(|result| result.measured.clone()).collect();
    let mut lines = lines(&benches);
    if let (Some(out), Some(form)) = (&options.out, form) {
        keep(out, form.of_speed(&benches)?)?;
        lines.push(out.display().to_string());
    }
    let making = Making { elapsed_ms, load_ms, seed: setting.seed };
    Ok(Answer::new(&Measured { results, machine: Machine::here(), making }, lines))
}

fn in_turn(models: &[String], options: &Options, setting: &Setting) -> Result<Vec<ModelSpeed>, Failure> {
    let bar = Bar::new("Measuring");
    let mut measured: Vec<Option<Bench>> = vec![None; models.len()];
    let turns = options.turns.map_or(TURNS, |turns| turns as usize);
    for turn in 0..turns {
        for (at, model) in models.iter().enumerate() {
            bar.show(turn * models.len() + at, turns * models.len());
            let once = in_a_process_of_its_own(model, options, setting)?.measured;
            measured[at] = Some(match measured[at].take() {
                Some(before) => before.and(once),
                None => once,
            });
        }
    }
    Ok(measured.into_iter().flatten().map(ModelSpeed::from).collect())
}

fn in_a_process_of_its_own(model: &str, options: &Options, setting: &Setting) -> Result<ModelSpeed, Failure> {
    let failed = |problem: &dyn std::fmt::Display| {
        Failure::work(format!("{model} was not measured: {problem}"), "measure it alone")
    };
    let sizes: Vec<String> = options.batch_sizes.iter().map(u32::to_string).collect();
    let mut own = Command::new(std::env::current_exe().map_err(|problem| failed(&problem))?);
    own.args(["bench", "--json", "--turns", "1", "--models", model, "--batch-sizes", &sizes.join(",")]);
    own.args(["--seed", &setting.seed.to_string()]);
    if let Some(threads) = setting.threads {
        own.args(["--threads", &threads.to_string()]);
    }
    let output = own.output().map_err(|problem| failed(&problem))?;
    let mut said: Value = serde_json::from_slice(&output.stdout).map_err(|problem| failed(&problem))?;
    if !output.status.success() {
        return Err(Failure::retold(&said["error"], output.status.code()));
    }
    serde_json::from_value(said["results"][0].take()).map_err(|problem| failed(&problem))
}

fn lines(benches: &[Bench]) -> Vec<String> {
    let mut lines = table(&Bench::table(benches));
    lines.push(String::new());
    lines.extend(table(&Bench::batch_table(benches)));
    lines.extend(benches.iter().filter_map(Bench::warning));
    lines
}

impl From<Bench> for ModelSpeed {
    fn from(bench: Bench) -> Self {
        let best = bench.best();
        Self {
            model: bench.model.clone(),
            task: match bench.kind {
                Kind::Text => "text".into(),
                Kind::Image => "pictures".into(),
            },
            dim: bench.dim,
            vector_bytes: bench.vector_bytes(),
            items_per_second: best.map_or(0.0, |best| best.items_per_second()),
            tokens_per_second: best.and_then(|best| best.tokens_per_second()),
            best_batch: best.map(|best| best.batch),
            load_ms: bench.least_load_ms().unwrap_or_default(),
            first_vector_ms: bench.least_first_ms().unwrap_or_default(),
            query_ms_p50: bench.query_within(0.5),
            query_ms_p95: bench.query_within(0.95),
            peak_memory_mb: bench.peak_memory_mb,
            card_memory_mb: bench.card_memory_mb,
            disk_mb: bench.disk_mb,
            device: bench.device.clone(),
            others_busy: bench.others_busy,
            unsteadiness: bench.unsteadiness(),
            disturbed: bench.was_disturbed(),
            batches: bench
                .speeds
                .iter()
                .map(|speed| Speed {
                    batch: speed.batch,
                    items_per_second: speed.items_per_second(),
                    spread: speed.spread().into(),
                    tokens_per_second: speed.tokens_per_second(),
                })
                .collect(),
            measured: bench,
        }
    }
}
