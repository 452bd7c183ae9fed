//! `neighbours`: the nearest rows of every row, and how many of the true ones were found.

use std::path::PathBuf;

use clap::Args;
use embedscope_engine::Cancel;
use embedscope_engine::export::write_matrix;
use embedscope_engine::space::Metric;
use embedscope_engine::space::neighbours::{NeighboursParams, Search};
use serde::Serialize;

use crate::answer::{Answer, Making};
use crate::failure::Failure;
use crate::matrices::Work;
use crate::progress::Bar;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// Matrix of vectors: a file, or those in a workspace (FOLDER, FOLDER#MODEL)
    #[arg(value_name = "X.npy")]
    vectors: PathBuf,
    /// Neighbours of each row
    #[arg(long, default_value_t = 15, value_name = "N")]
    k: usize,
    /// cosine, dot, euclidean or manhattan
    #[arg(long, default_value_t = Metric::Cosine)]
    metric: Metric,
    /// Compare all pairs, however many rows there are
    #[arg(long)]
    exact: bool,
    /// The matrix of row numbers to write
    #[arg(long, value_name = "N.npy")]
    out: PathBuf,
    /// A matrix of their distances to write: 1 − cosine, −dot, or the distance itself
    #[arg(long, value_name = "D.npy")]
    distances: Option<PathBuf>,
}

#[derive(Serialize)]
struct Found {
    rows: usize,
    k: usize,
    metric: String,
    /// Share of the true neighbours that were found, measured on a few rows; 1 where all pairs were compared.
    recall_probe: f64,
    #[serde(flatten)]
    making: Making,
}

pub fn run(options: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let &Options { k, metric, .. } = options;
    let ([vectors], work) = Work::on(setting, [&options.vectors])?;
    let search = if options.exact { Search::Exact } else { Search::Auto };
    let params = NeighboursParams { k, metric, search, seed: setting.seed }.check()?;
    let bar = Bar::new("Finding neighbours");
    let found = params.run(&vectors, &|done, total| bar.show(done, total), &Cancel::default())?;
    let making = work.done();
    write_matrix(&options.out, &found.indices, found.k)?;
    if let Some(path) = &options.distances {
        write_matrix(path, &found.distances, found.k)?;
    }
    let recall_probe = found.recall;
    let answer = Found { rows: found.rows(), k: found.k, metric: metric.to_string(), recall_probe, making };
    let line = format!(
        "{} nearest of each of {} rows in {}, recall {recall_probe:.3}",
        found.k,
        found.rows(),
        options.out.display()
    );
    Ok(Answer::new(&answer, [line]))
}
