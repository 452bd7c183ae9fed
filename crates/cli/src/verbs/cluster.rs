//! `cluster`: groups of rows.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use embedscope_engine::Cancel;
use embedscope_engine::export::write_list;
use embedscope_engine::space::Metric;
use embedscope_engine::space::dbscan::DbscanParams;
use embedscope_engine::space::hdbscan::HdbscanParams;
use embedscope_engine::space::kmeans::KmeansParams;
use serde::Serialize;

use crate::answer::{Answer, Making};
use crate::failure::Failure;
use crate::matrices::Work;
use crate::progress::Bar;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// Matrix of vectors; for DBSCAN a map of two or three dimensions
    #[arg(value_name = "X.npy")]
    vectors: PathBuf,
    /// How to group
    #[arg(long, value_enum, default_value_t = Method::Kmeans)]
    method: Method,
    /// Clusters to find (k-means)
    #[arg(long, value_name = "N", required_if_eq("method", "kmeans"), conflicts_with_all = ["eps", "min_points", "min_cluster_size"])]
    k: Option<usize>,
    /// The most rounds (k-means)
    #[arg(long, default_value_t = 100, value_name = "N")]
    iterations: usize,
    /// euclidean, or cosine to compare directions instead of places (k-means, HDBSCAN); manhattan (HDBSCAN)
    #[arg(long, default_value_t = Metric::Euclidean)]
    metric: Metric,
    /// How far a point reaches (DBSCAN)
    #[arg(long, value_name = "X", required_if_eq("method", "dbscan"))]
    eps: Option<f32>,
    /// Points within reach, itself included, that make a point dense (DBSCAN)
    #[arg(long, default_value_t = 5, value_name = "N")]
    min_points: usize,
    /// Rows that make a cluster (HDBSCAN) [default: 5]
    #[arg(long, value_name = "N", conflicts_with_all = ["eps", "min_points"])]
    min_cluster_size: Option<usize>,
    /// The list of labels to write; −1 is noise
    #[arg(long, value_name = "L.npy")]
    out: PathBuf,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Method {
    Kmeans,
    Dbscan,
    Hdbscan,
}

#[derive(Serialize)]
struct Clusters {
    method: &'static str,
    rows: usize,
    clusters: usize,
    noise: usize,
    inertia: Option<f64>,
    iterations: Option<usize>,
    #[serde(flatten)]
    making: Making,
}

pub fn run(options: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let spherical = match options.metric {
        Metric::Euclidean => false,
        Metric::Cosine => true,
        Metric::Manhattan if options.method == Method::Hdbscan => false,
        other => {
            return Err(Failure::call(
                format!("clusters are not found by {other}"),
                "use --metric euclidean or cosine",
            ));
        }
    };
    let ([vectors], work) = Work::on(setting, [&options.vectors])?;
    let bar = Bar::new("Finding clusters");
    let (progress, cancel) = (|done, total| bar.show(done, total), Cancel::default());
    let (method, labels, inertia, iterations) = match options.method {
        Method::Kmeans => {
            let k = options.k.unwrap_or_default();
            let params = KmeansParams { k, iterations: options.iterations, seed: setting.seed, spherical };
            let found = params.check()?.run(&vectors, &progress, &cancel)?;
            ("kmeans", found.labels, Some(found.inertia), Some(found.iterations))
        }
        Method::Dbscan => {
            let params = DbscanParams { eps: options.eps.unwrap_or_default(), min_points: options.min_points };
            ("dbscan", params.check()?.run(&vectors, &progress, &cancel)?.labels, None, None)
        }
        Method::Hdbscan => {
            let usual = HdbscanParams::default();
            let params = HdbscanParams {
                min_cluster_size: options.min_cluster_size.unwrap_or(usual.min_cluster_size),
                metric: options.metric,
                seed: setting.seed,
                ..usual
            };
            ("hdbscan", params.check()?.run(&vectors, &progress, &cancel)?.labels, None, None)
        }
    };
    let making = work.done();
    write_list(&options.out, &labels)?;
    let clusters = labels.iter().filter(|&&label| label >= 0).collect::<std::collections::BTreeSet<_>>().len();
    let noise = labels.iter().filter(|&&label| label < 0).count();
    let answer = Clusters { method, rows: labels.len(), clusters, noise, inertia, iterations, making };
    let line =
        format!("{clusters} clusters and {noise} rows of noise among {} in {}", labels.len(), options.out.display());
    Ok(Answer::new(&answer, [line]))
}
