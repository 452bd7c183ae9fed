//! `similarity`: all pairs of rows, written in blocks as they are computed.

use std::path::PathBuf;

use clap::Args;
use embedscope_engine::export::write_blocks;
use embedscope_engine::space::{Metric, similarity};
use serde::Serialize;

use crate::answer::{Answer, Making};
use crate::failure::Failure;
use crate::matrices::Work;
use crate::progress::Bar;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// Matrix of vectors: a file, or those in a workspace (FOLDER, FOLDER#MODEL)
    #[arg(value_name = "A.npy")]
    a: PathBuf,
    /// A second matrix, whose rows are the columns of the result [default: the first]
    #[arg(value_name = "B.npy")]
    b: Option<PathBuf>,
    /// cosine, dot, euclidean or manhattan; the last two are distances
    #[arg(long, default_value_t = Metric::Cosine)]
    metric: Metric,
    /// The matrix to write
    #[arg(long, value_name = "S.npy")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Similarity {
    rows: usize,
    columns: usize,
    metric: String,
    #[serde(flatten)]
    making: Making,
}

pub fn run(options: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let ([a, b], work) = Work::on(setting, [&options.a, options.b.as_ref().unwrap_or(&options.a)])?;
    let bar = Bar::new("Comparing");
    let (rows, columns) = (a.rows(), b.rows());
    write_blocks::<Failure>(&options.out, (rows, columns), |sink| {
        similarity::blocks(&a, &b, options.metric, |first, block| {
            bar.show(first + block.rows(), rows);
            sink(block.as_slice())
        })
    })?;
    let answer = Similarity { rows, columns, metric: options.metric.to_string(), making: work.done() };
    let line = format!("{rows} × {columns} {} values in {}", options.metric, options.out.display());
    Ok(Answer::new(&answer, [line]))
}
