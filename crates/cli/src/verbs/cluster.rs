//! `cluster`: groups of rows.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use embedscope_engine::Cancel;
use embedscope_engine::export::{write_list, write_matrix};
use embedscope_engine::space::Metric;
use embedscope_engine::space::dbscan::DbscanParams;
use embedscope_engine::space::hdbscan::HdbscanParams;
use embedscope_engine::space::kmeans::KmeansParams;
use embedscope_engine::space::mixture::MixtureParams;
use serde::Serialize;

use crate::answer::{Answer, Making};
use crate::failure::Failure;
use crate::matrices::Work;
use crate::progress::Bar;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// Matrix of vectors: a file, or those in a workspace (FOLDER, FOLDER#MODEL); for DBSCAN a map of two or three dimensions
    #[arg(value_name = "X.npy")]
    vectors: PathBuf,
    /// How to group
    #[arg(long, value_enum, default_value_t = Method::Kmeans)]
    method: Method,
    /// Clusters to find (k-means, mixture)
    #[arg(long, value_name = "N", required_if_eq_any([("method", "kmeans"), ("method", "mixture")]), conflicts_with_all = ["eps", "min_points", "min_cluster_size"])]
    k: Option<usize>,
    /// The most rounds (k-means, mixture) [default: 100 for k-means, 200 for a mixture]
    #[arg(long, value_name = "N")]
    iterations: Option<usize>,
    /// euclidean, or cosine to compare directions instead of places (k-means, HDBSCAN); manhattan (HDBSCAN)
    #[arg(long, default_value_t = Metric::Euclidean)]
    metric: Metric,
    /// How far a point reaches (DBSCAN)
    #[arg(long, value_name = "X", required_if_eq("method", "dbscan"))]
    eps: Option<f32>,
    /// Points within reach, itself included, that make a point dense (DBSCAN)
    #[arg(long, default_value_t = 5, value_name = "N")]
    min_points: usize,
    /// Rows that make a cluster; several sizes give layers from fine to coarse, a column each (HDBSCAN) [default: 5]
    #[arg(long, value_name = "N,N…", value_delimiter = ',', conflicts_with_all = ["eps", "min_points"])]
    min_cluster_size: Vec<usize>,
    /// The list of labels to write; −1 is noise
    #[arg(long, value_name = "L.npy")]
    out: PathBuf,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Method {
    Kmeans,
    Dbscan,
    Hdbscan,
    /// Gaussians of any shape that may overlap, for small sets
    Mixture,
}

#[derive(Serialize)]
struct Clusters {
    method: &'static str,
    rows: usize,
    #[serde(flatten)]
    found: Layer,
    inertia: Option<f64>,
    iterations: Option<usize>,
    /// From fine to coarse, where several sizes were asked for; the first is the one told of above.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    layers: Vec<Layer>,
    #[serde(flatten)]
    making: Making,
}

#[derive(Clone, Serialize)]
struct Layer {
    #[serde(skip_serializing_if = "Option::is_none")]
    min_cluster_size: Option<usize>,
    clusters: usize,
    noise: usize,
}

pub fn run(options: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let spherical = options.spherical()?;
    let ([vectors], work) = Work::on(setting, [&options.vectors])?;
    let bar = Bar::new("Finding clusters");
    let (progress, cancel) = (|done, total| bar.show(done, total), Cancel::default());
    let k = options.k.unwrap_or_default();
    let (mut inertia, mut iterations) = (None, None);
    let mut layers = Vec::new();
    let (method, labels) = match options.method {
        Method::Kmeans => {
            let rounds = options.iterations.unwrap_or(KmeansParams::default().iterations);
            let params = KmeansParams { k, iterations: rounds, seed: setting.seed, spherical };
            let found = params.check()?.run(&vectors, &progress, &cancel)?;
            (inertia, iterations) = (Some(found.inertia), Some(found.iterations));
            ("kmeans", found.labels)
        }
        Method::Dbscan => {
            let params = DbscanParams { eps: options.eps.unwrap_or_default(), min_points: options.min_points };
            ("dbscan", params.check()?.run(&vectors, &progress, &cancel)?.labels)
        }
        Method::Hdbscan => {
            let usual = HdbscanParams::default();
            let mut sizes = options.min_cluster_size.clone();
            sizes.sort_unstable();
            sizes.dedup();
            let least = sizes.first().copied().unwrap_or(usual.min_cluster_size);
            let params = HdbscanParams { min_cluster_size: least, metric: options.metric, seed: setting.seed, ..usual }
                .check()?;
            if sizes.len() < 2 {
                ("hdbscan", params.run(&vectors, &progress, &cancel)?.labels)
            } else {
                let found = params.sweep(&vectors, &sizes, &progress, &cancel)?;
                layers = found.iter().zip(sizes).map(|(found, size)| layer(&found.labels, Some(size))).collect();
                // A row of labels for each row of vectors.
                let of = |row: usize| found.iter().map(move |layer| layer.labels[row]);
                ("hdbscan", (0..vectors.rows()).flat_map(of).collect())
            }
        }
        Method::Mixture => {
            let usual = MixtureParams::default();
            let rounds = options.iterations.unwrap_or(usual.iterations);
            let params = MixtureParams { k, iterations: rounds, ..usual };
            ("mixture", params.check()?.run(&vectors, &progress, &cancel)?.labels)
        }
    };
    let making = work.done();
    let (rows, out) = (vectors.rows(), options.out.display());
    let (found, line) = if let Some(first) = layers.first().cloned() {
        write_matrix(&options.out, &labels, layers.len())?;
        let counts: Vec<String> = layers.iter().map(|layer| layer.clusters.to_string()).collect();
        (first, format!("{} layers of {} clusters of {rows} rows in {out}", layers.len(), counts.join(", ")))
    } else {
        write_list(&options.out, &labels)?;
        let found = layer(&labels, None);
        let line = format!("{} clusters and {} rows of noise among {rows} in {out}", found.clusters, found.noise);
        (found, line)
    };
    Ok(Answer::new(&Clusters { method, rows, found, inertia, iterations, layers, making }, [line]))
}

fn layer(labels: &[i32], min_cluster_size: Option<usize>) -> Layer {
    let clusters = labels.iter().filter(|&&label| label >= 0).collect::<std::collections::BTreeSet<_>>().len();
    Layer { min_cluster_size, clusters, noise: labels.iter().filter(|&&label| label < 0).count() }
}

impl Options {
    /// Whether directions are compared in place of places; fails on what clusters are not found by.
    fn spherical(&self) -> Result<bool, Failure> {
        match (self.metric, self.method) {
            (Metric::Euclidean, _) | (Metric::Manhattan, Method::Hdbscan) => Ok(false),
            (Metric::Cosine, method) if method != Method::Mixture => Ok(true),
            (other, _) => Err(Failure::call(
                format!("clusters are not found by {other}"),
                "use --metric euclidean, or cosine for k-means and HDBSCAN",
            )),
        }
    }
}
