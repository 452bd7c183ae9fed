//! `bench`: how fast models are on this computer.
//!
//! Several models are measured in a process each, one after another, so that none pays for the memory of another.

use std::process::Command;

use clap::Args;
use embedscope_engine::{Bench, Cancel, Kind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::{Answer, Making, shown, table};
use crate::failure::Failure;
use crate::progress::Bar;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// Ids or folders, separated by commas
    #[arg(long, required = true, value_delimiter = ',', value_name = "ID,ID…")]
    models: Vec<String>,
    /// Items handed over together, separated by commas
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8, 32], value_name = "N,N…", value_parser = clap::value_parser!(u32).range(1..=4096))]
    batch_sizes: Vec<u32>,
}

#[derive(Serialize)]
struct Measured {
    results: Vec<ModelSpeed>,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize, Deserialize)]
struct ModelSpeed {
    model: String,
    /// "text" or "pictures".
    task: String,
    dim: usize,
    /// At the best batch size.
    items_per_second: f64,
    tokens_per_second: Option<f64>,
    load_ms: f64,
    peak_memory_mb: Option<f64>,
    batches: Vec<BatchSpeed>,
}

#[derive(Serialize, Deserialize)]
struct BatchSpeed {
    batch: usize,
    items_per_second: f64,
    tokens_per_second: Option<f64>,
}

pub fn run(options: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let began = std::time::Instant::now();
    let bar = Bar::new("Measuring");
    let mut results = Vec::new();
    for (done, model) in options.models.iter().enumerate() {
        bar.show(done, options.models.len());
        results.push(match options.models.len() {
            1 => ModelSpeed::from(measure(model, options, setting)?),
            _ => in_a_process_of_its_own(model, options, setting)?,
        });
    }
    drop(bar);
    let load_ms = results.iter().map(|result| result.load_ms).sum();
    let elapsed_ms = began.elapsed().as_secs_f64() * 1e3 - load_ms;
    let head =
        ["model", "task", "dim", "batch", "items/s", "tokens/s", "load ms", "peak MB"].map(str::to_owned).to_vec();
    let rows = results.iter().flat_map(|model| {
        model.batches.iter().map(|speed| {
            vec![
                model.model.clone(),
                model.task.clone(),
                model.dim.to_string(),
                speed.batch.to_string(),
                format!("{:.1}", speed.items_per_second),
                shown(speed.tokens_per_second, 0),
                format!("{:.0}", model.load_ms),
                shown(model.peak_memory_mb, 0),
            ]
        })
    });
    let lines = table(&std::iter::once(head).chain(rows).collect::<Vec<_>>());
    let making = Making { elapsed_ms, load_ms, seed: setting.seed };
    Ok(Answer::new(&Measured { results, making }, lines))
}

fn measure(model: &str, options: &Options, setting: &Setting) -> Result<Bench, Failure> {
    let sizes: Vec<usize> = options.batch_sizes.iter().map(|&size| size as usize).collect();
    Ok(setting.engine()?.bench(model, &sizes, &Cancel::default())?)
}

fn in_a_process_of_its_own(model: &str, options: &Options, setting: &Setting) -> Result<ModelSpeed, Failure> {
    let failed = |problem: &dyn std::fmt::Display| {
        Failure::work(format!("{model} was not measured: {problem}"), "measure it alone")
    };
    let sizes: Vec<String> = options.batch_sizes.iter().map(u32::to_string).collect();
    let mut own = Command::new(std::env::current_exe().map_err(|problem| failed(&problem))?);
    own.args(["bench", "--json", "--models", model, "--batch-sizes", &sizes.join(",")]);
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

impl From<Bench> for ModelSpeed {
    fn from(bench: Bench) -> Self {
        let best = bench.speeds.iter().max_by(|a, b| a.items_per_second.total_cmp(&b.items_per_second));
        Self {
            model: bench.model,
            task: match bench.kind {
                Kind::Text => "text".into(),
                Kind::Image => "pictures".into(),
            },
            dim: bench.dim,
            items_per_second: best.map_or(0.0, |best| best.items_per_second),
            tokens_per_second: best.and_then(|best| best.tokens_per_second),
            load_ms: bench.load_ms,
            peak_memory_mb: bench.peak_memory_mb,
            batches: bench
                .speeds
                .iter()
                .map(|speed| BatchSpeed {
                    batch: speed.batch,
                    items_per_second: speed.items_per_second,
                    tokens_per_second: speed.tokens_per_second,
                })
                .collect(),
        }
    }
}
