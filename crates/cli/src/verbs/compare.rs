//! `compare`: two spaces over the same items.

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
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// Matrix of vectors
    #[arg(value_name = "A.npy")]
    a: PathBuf,
    /// Vectors of the same items, row by row; dimensions may differ
    #[arg(value_name = "B.npy")]
    b: PathBuf,
    /// Neighbours looked at
    #[arg(long, default_value_t = 10, value_name = "N")]
    k: usize,
    /// How rows of the same space are compared
    #[arg(long, default_value_t = Metric::Cosine)]
    metric: Metric,
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

pub fn run(options: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let ([a, b], work) = Work::on(setting, [&options.a, &options.b])?;
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
