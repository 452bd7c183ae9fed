//! `compare`: two matrices over the same items, or two to four models over the same files.
//!
//! Deliberately absent: saying which is better (`evaluate`).

mod models;

use std::path::PathBuf;

use clap::Args;
use embedscope_engine::Cancel;
use embedscope_engine::space::Metric;
use embedscope_engine::space::compare::CompareParams;
use serde::Serialize;

use crate::answer::{Answer, Making, shown, table};
use crate::failure::Failure;
use crate::matrices::Work;
use crate::progress::Bar;
use crate::setting::{Keeping, Setting};
use crate::verbs::reading::Reading;

#[derive(Args)]
pub struct Options {
    /// Two matrices of vectors of the same items, row by row; with --models files and folders, none for what the workspace holds
    #[arg(value_name = "A.npy B.npy | PATH…")]
    paths: Vec<PathBuf>,
    /// Two to four ids or folders, separated by commas: compares these models over the same items, every two of them
    #[arg(long, value_delimiter = ',', value_name = "ID,ID…")]
    models: Vec<String>,
    /// Neighbours looked at
    #[arg(long, default_value_t = 10, value_name = "N")]
    k: usize,
    /// How rows of the same matrix are compared; models have their own measure
    #[arg(long, default_value_t = Metric::Cosine)]
    metric: Metric,
    /// With --models, a folder for report.html and map.png: the maps, the first leading, and what changed
    #[arg(long, value_name = "FOLDER", requires = "models")]
    out: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    keeping: Keeping,
}

#[derive(Serialize)]
struct Comparison {
    /// Mean share of neighbours that both spaces agree on.
    overlap: f64,
    /// The same for 1, 2 … k neighbours.
    overlap_curve: Vec<f64>,
    cka: f64,
    rsa: f64,
    procrustes: f64,
    k: usize,
    rows: usize,
    metric: String,
    #[serde(flatten)]
    making: Making,
}

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    if !options.models.is_empty() {
        return models::run(options, setting);
    }
    let [a, b] = options.paths.as_slice() else {
        return Err(Failure::call("there must be two matrices", "name two, or models with --models"));
    };
    let ([a, b], work) = Work::on(setting, [a, b])?;
    let params = CompareParams { k: options.k, metric: options.metric, seed: setting.seed, ..CompareParams::default() };
    let bar = Bar::new("Comparing");
    let found = params.check()?.run(&a, &b, &|done, total| bar.show(done, total), &Cancel::default())?;
    let answer = Comparison {
        overlap: found.overlap_mean,
        overlap_curve: found.curve,
        cka: found.cka,
        rsa: found.rsa,
        procrustes: found.procrustes,
        k: found.k,
        rows: a.rows(),
        metric: options.metric.to_string(),
        making: work.done(),
    };
    let row = |name: &str, value: f64, meaning: &str| vec![name.to_owned(), shown(Some(value), 3), meaning.to_owned()];
    let lines = table(&[
        row("overlap", answer.overlap, &format!("share of the {} nearest that both agree on", answer.k)),
        row("CKA", answer.cka, "1 for the same shape"),
        row("RSA", answer.rsa, "rank correlation of all distances"),
        row("Procrustes", answer.procrustes, "0 for the same shape"),
    ]);
    Ok(Answer::new(&answer, lines))
}
