//! `neighbours`: the nearest rows of every row, checked on a few rows by comparing them with all others anew.

use std::path::PathBuf;

use clap::Args;
use embedscope_engine::export::write_matrix;
use embedscope_engine::space::neighbours::{Neighbours, NeighboursParams};
use embedscope_engine::space::{Metric, similarity};
use embedscope_engine::{Cancel, Vectors};
use serde::Serialize;

use crate::answer::{Answer, Making};
use crate::failure::Failure;
use crate::matrices::Work;
use crate::progress::Bar;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// Matrix of vectors
    #[arg(value_name = "X.npy")]
    vectors: PathBuf,
    /// Neighbours of each row
    #[arg(long, default_value_t = 15, value_name = "N")]
    k: usize,
    /// cosine, dot, euclidean or manhattan
    #[arg(long, default_value_t = Metric::Cosine)]
    metric: Metric,
    /// Compare all pairs; so far every search does
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
    /// Share of the true neighbours that were found, over a few rows.
    recall_probe: f64,
    #[serde(flatten)]
    making: Making,
}

/// Rows whose neighbours are looked for a second time.
const PROBED: usize = 50;

pub fn run(options: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let &Options { k, metric, .. } = options;
    let ([vectors], work) = Work::on(setting, [&options.vectors])?;
    let params = NeighboursParams { k, metric }.check()?;
    let bar = Bar::new("Finding neighbours");
    let found = params.run(&vectors, &|done, total| bar.show(done, total), &Cancel::default())?;
    let making = work.done();
    write_matrix(&options.out, &found.indices, found.k)?;
    if let Some(path) = &options.distances {
        write_matrix(path, &found.distances, found.k)?;
    }
    let recall_probe = recall(&vectors, &found, metric)?;
    let answer = Found { rows: found.rows(), k: found.k, metric: metric.to_string(), recall_probe, making };
    let line = format!(
        "{} nearest of each of {} rows in {}, recall {recall_probe:.3}",
        found.k,
        found.rows(),
        options.out.display()
    );
    Ok(Answer::new(&answer, [line]))
}

/// A neighbour counts as true when it is no farther than the farthest that a fresh search of the row finds.
fn recall(vectors: &Vectors, found: &Neighbours, metric: Metric) -> Result<f64, Failure> {
    let (rows, k) = (found.rows(), found.k);
    let (mut hits, mut all) = (0, 0);
    for row in (0..rows).step_by(rows.div_ceil(PROBED).max(1)) {
        let query = vectors.row(row);
        let mut fresh = similarity::nearest(query, vectors, k + 1, metric)?;
        match fresh.iter().position(|&(other, _)| other == row) {
            Some(itself) => drop(fresh.remove(itself)),
            None => fresh.truncate(k),
        }
        let Some(&(_, limit)) = fresh.last() else { continue };
        let near = |&other: &u32| {
            let value = similarity::pair(query, vectors.row(other as usize), metric);
            let slack = 1e-5 * limit.abs().max(1.0);
            if metric.is_similarity() { value >= limit - slack } else { value <= limit + slack }
        };
        hits += found.of(row).iter().filter(|other| near(other)).count();
        all += fresh.len();
    }
    Ok(if all == 0 { 1.0 } else { hits as f64 / all as f64 })
}
