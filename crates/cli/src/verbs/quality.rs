//! `quality`: how true a map is to the vectors it shows.

use std::path::PathBuf;

use clap::Args;
use embedscope_engine::Cancel;
use embedscope_engine::export::read_labels;
use embedscope_engine::space::quality::QualityParams;
use embedscope_engine::space::silhouette::SilhouetteParams;
use embedscope_engine::space::{Metric, UNWATCHED};
use serde::Serialize;

use crate::answer::{Answer, Making, shown, table};
use crate::failure::Failure;
use crate::matrices::Work;
use crate::progress::Bar;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// Matrix of vectors: a file, or those in a workspace (FOLDER, FOLDER#MODEL)
    #[arg(value_name = "X.npy")]
    vectors: PathBuf,
    /// Their places on the map, row by row: a file, or those in a workspace (FOLDER#MODEL#tsne)
    #[arg(value_name = "Y.npy")]
    map: PathBuf,
    /// The group of each row, to measure how well groups stand apart on the map; −1 for none
    #[arg(long, value_name = "L.npy")]
    labels: Option<PathBuf>,
    /// Neighbours looked at
    #[arg(long, default_value_t = 15, value_name = "N")]
    k: usize,
    /// How vectors are compared; on the map it is always Euclid
    #[arg(long, default_value_t = Metric::Cosine)]
    metric: Metric,
}

#[derive(Serialize)]
struct Quality {
    trustworthiness: f64,
    continuity: f64,
    neighbour_preservation: f64,
    shepard: f64,
    /// Share of random triplets kept in order.
    triplets: f64,
    /// Of the labels, on the map.
    silhouette: Option<f64>,
    standard_error: StandardError,
    k: usize,
    rows_measured: usize,
    metric: String,
    #[serde(flatten)]
    making: Making,
}

/// 0 where every row was measured.
#[derive(Serialize)]
struct StandardError {
    trustworthiness: f64,
    continuity: f64,
    neighbour_preservation: f64,
    shepard: f64,
    triplets: f64,
    silhouette: Option<f64>,
}

pub fn run(options: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let ([vectors, map], work) = Work::on(setting, [&options.vectors, &options.map])?;
    let labels = options.labels.as_deref().map(read_labels).transpose()?;
    let params = QualityParams { k: options.k, metric: options.metric, seed: setting.seed, ..QualityParams::default() };
    let bar = Bar::new("Measuring");
    let found = params.check()?.run(&vectors, &map, &|done, total| bar.show(done, total), &Cancel::default())?;
    let silhouette = labels.map(|labels| {
        let params = SilhouetteParams { metric: Metric::Euclidean, seed: setting.seed, ..SilhouetteParams::default() };
        params.check()?.run(&map, &labels, UNWATCHED, &Cancel::default())
    });
    let silhouette = silhouette.transpose()?;
    let error = found.standard_error;
    let answer = Quality {
        trustworthiness: found.trustworthiness,
        continuity: found.continuity,
        neighbour_preservation: found.neighbour_preservation,
        shepard: found.shepard,
        triplets: found.triplets,
        silhouette: silhouette.as_ref().map(|silhouette| silhouette.mean),
        standard_error: StandardError {
            trustworthiness: error.trustworthiness,
            continuity: error.continuity,
            neighbour_preservation: error.neighbour_preservation,
            shepard: error.shepard,
            triplets: error.triplets,
            silhouette: silhouette.as_ref().map(|silhouette| silhouette.standard_error),
        },
        k: found.k,
        rows_measured: found.rows,
        metric: options.metric.to_string(),
        making: work.done(),
    };
    let row = |name: &str, value: Option<f64>| vec![name.to_owned(), shown(value, 3)];
    let lines = table(&[
        row("trustworthiness", Some(answer.trustworthiness)),
        row("continuity", Some(answer.continuity)),
        row("neighbours kept", Some(answer.neighbour_preservation)),
        row("Shepard correlation", Some(answer.shepard)),
        row("triplets kept in order", Some(answer.triplets)),
        row("silhouette", answer.silhouette),
    ]);
    Ok(Answer::new(&answer, lines))
}
