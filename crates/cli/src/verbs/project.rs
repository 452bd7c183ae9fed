//! `project`: a few dimensions out of many.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};
use embedscope_engine::export::write_vectors;
use embedscope_engine::space::Metric;
use embedscope_engine::space::layout::{Run, Start};
use embedscope_engine::space::pca::PcaParams;
use embedscope_engine::space::tsne::{Affinities, TsneParams};
use embedscope_engine::space::umap::UmapParams;
use embedscope_engine::{Cancel, Vectors};
use serde::Serialize;

use crate::answer::{Answer, Making, ms_since, shown};
use crate::failure::Failure;
use crate::matrices::{Work, read};
use crate::progress::Bar;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// Matrix of vectors: a file, or those in a workspace (FOLDER, FOLDER#MODEL)
    #[arg(value_name = "X.npy")]
    vectors: PathBuf,
    /// How to project
    #[arg(long, value_enum)]
    method: Method,
    /// Dimensions of the result: 2 or 3 for t-SNE and UMAP, any number for PCA
    #[arg(long, default_value_t = 2, value_name = "N")]
    dims: usize,
    #[command(flatten)]
    moving: Moving,
    /// The matrix to write
    #[arg(long, value_name = "Y.npy")]
    out: PathBuf,
}

/// Options of the methods that move points step by step.
#[derive(Args)]
struct Moving {
    /// cosine, euclidean or manhattan (t-SNE, UMAP) [default: cosine]
    #[arg(long)]
    metric: Option<Metric>,
    /// About how many neighbours each row holds on to (t-SNE) [default: 30]
    #[arg(long, value_name = "X")]
    perplexity: Option<f32>,
    /// How strongly each row holds on to its neighbours: gaussian, by their distance; or uniform, to each alike, which is
    /// fast and nearly the same map (t-SNE) [default: gaussian]
    #[arg(long, value_enum, value_name = "KIND")]
    affinities: Option<Held>,
    /// Steps; a third of them, at most 250, are t-SNE's early phase (t-SNE, UMAP) [default: 750 for t-SNE; for UMAP 500 up
    /// to 10 000 rows and 200 beyond]
    #[arg(long, value_name = "N")]
    iterations: Option<usize>,
    /// Step size (t-SNE, UMAP) [default: by the number of rows for t-SNE, 1 for UMAP]
    #[arg(long, value_name = "X")]
    learning_rate: Option<f32>,
    /// Factor of attraction after the early phase (t-SNE) [default: 1]
    #[arg(long, value_name = "X")]
    exaggeration: Option<f32>,
    /// Rows that make up the neighbourhood of each, itself included (UMAP) [default: 15]
    #[arg(long, value_name = "N")]
    neighbours: Option<usize>,
    /// How near points may come to each other (UMAP) [default: 0.1]
    #[arg(long, value_name = "X")]
    min_dist: Option<f32>,
    /// What to start from: pca, spectral, random, or a layout (t-SNE, UMAP) [default: pca]
    #[arg(long, value_name = "Y0.npy")]
    init: Option<PathBuf>,
    /// Folder for the layouts on the way, one every fifty steps (t-SNE, UMAP)
    #[arg(long, value_name = "FOLDER")]
    snapshots: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Method {
    Pca,
    Tsne,
    Umap,
}

/// How strongly rows hold on to each other.
#[derive(Clone, Copy, PartialEq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Held {
    Gaussian,
    Uniform,
}

#[derive(Serialize)]
struct Projected {
    method: &'static str,
    rows: usize,
    dims: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    iterations: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    perplexity: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    affinities: Option<Held>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recall_probe: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kl: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explained_variance_ratio: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshots: Option<usize>,
    #[serde(flatten)]
    making: Making,
}

const SNAPSHOT_EVERY: usize = 50;

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    options.moving.refuse(options.method)?;
    let ([vectors], work) = Work::on(setting, [&options.vectors])?;
    let answer = match options.method {
        Method::Pca => pca(&vectors, &options, &work)?,
        Method::Tsne => tsne(&vectors, &options, setting, &work)?,
        Method::Umap => umap(&vectors, &options, setting, &work)?,
    };
    let says = match (&answer.explained_variance_ratio, answer.kl) {
        (Some(ratios), _) => format!("{:.1} % of the variance kept", ratios.iter().sum::<f64>() * 100.0),
        (None, None) => format!("{} steps", answer.iterations.unwrap_or_default()),
        (None, kl) => format!("{} steps, divergence {}", answer.iterations.unwrap_or_default(), shown(kl, 3)),
    };
    let line = format!("{} × {} in {}, {says}", answer.rows, answer.dims, options.out.display());
    Ok(Answer::new(&answer, [line]))
}

fn pca(vectors: &Vectors, options: &Options, work: &Work) -> Result<Projected, Failure> {
    let bar = Bar::new("Finding the principal components");
    let params = PcaParams { components: options.dims }.check()?;
    let found = params.run(vectors, &|done, total| bar.show(done, total), &Cancel::default())?;
    let layout = found.transform(vectors)?;
    let making = work.done();
    write_vectors(&options.out, &layout)?;
    Ok(Projected {
        method: "pca",
        rows: layout.rows(),
        dims: layout.dim(),
        iterations: None,
        perplexity: None,
        affinities: None,
        recall_probe: None,
        kl: None,
        explained_variance_ratio: Some(found.explained_variance_ratio),
        snapshots: None,
        making,
    })
}

fn tsne(vectors: &Vectors, options: &Options, setting: &Setting, work: &Work) -> Result<Projected, Failure> {
    let given = &options.moving;
    let usual = TsneParams::default();
    let steps = given.iterations.unwrap_or(usual.early_iterations + usual.iterations);
    let early_iterations = (steps / 3).min(usual.early_iterations);
    let held = given.affinities.unwrap_or(Held::Gaussian);
    let params = TsneParams {
        dims: options.dims,
        perplexity: given.perplexity.unwrap_or(usual.perplexity),
        affinities: if held == Held::Uniform { Affinities::Uniform } else { Affinities::Gaussian },
        iterations: steps - early_iterations,
        early_iterations,
        learning_rate: given.learning_rate,
        exaggeration: given.exaggeration.unwrap_or(usual.exaggeration),
        seed: setting.seed,
        metric: given.metric.unwrap_or(usual.metric),
        init: start(given.init.as_deref(), setting)?,
        ..usual
    };
    let (bar, began) = (Bar::new("Finding neighbours"), Instant::now());
    let mut run = params.check()?.start(vectors, &|done, total| bar.show(done, total), &Cancel::default())?;
    drop(bar);
    let moved = step_through("tsne", &mut run, options, ms_since(began), work)?;
    Ok(Projected { perplexity: Some(run.perplexity()), affinities: Some(held), kl: Some(run.kl()), ..moved })
}

fn umap(vectors: &Vectors, options: &Options, setting: &Setting, work: &Work) -> Result<Projected, Failure> {
    let given = &options.moving;
    let usual = UmapParams::default();
    let params = UmapParams {
        dims: options.dims,
        neighbours: given.neighbours.unwrap_or(usual.neighbours),
        min_dist: given.min_dist.unwrap_or(usual.min_dist),
        iterations: given.iterations,
        learning_rate: given.learning_rate.unwrap_or(usual.learning_rate),
        seed: setting.seed,
        metric: given.metric.unwrap_or(usual.metric),
        init: start(given.init.as_deref(), setting)?,
        ..usual
    };
    let (bar, began) = (Bar::new("Finding neighbours"), Instant::now());
    let mut run = params.check()?.start(vectors, &|done, total| bar.show(done, total), &Cancel::default())?;
    drop(bar);
    let moved = step_through("umap", &mut run, options, ms_since(began), work)?;
    Ok(Projected { recall_probe: Some(run.recall()), ..moved })
}

fn start(given: Option<&Path>, setting: &Setting) -> Result<Start, Failure> {
    Ok(match given.map(|path| (path.to_str(), path)) {
        None | Some((Some("pca"), _)) => Start::Pca,
        Some((Some("spectral"), _)) => Start::Spectral,
        Some((Some("random"), _)) => Start::Random,
        Some((_, path)) => Start::Given(read(path, setting)?),
    })
}

/// Steps a layout to its end, keeps layouts on the way where they are wanted, and writes the last.
fn step_through(
    method: &'static str,
    run: &mut dyn Run,
    options: &Options,
    mut elapsed_ms: f64,
    work: &Work,
) -> Result<Projected, Failure> {
    let (snapshots, dims) = (&options.moving.snapshots, options.dims);
    if let Some(folder) = snapshots {
        std::fs::create_dir_all(folder).map_err(|problem| unwritable(folder, &problem))?;
    }
    let bar = Bar::new("Moving the map");
    let (mut kept, mut began) = (0, Instant::now());
    while !run.finished() {
        let step = run.step();
        bar.show(step.iteration, step.total);
        if let Some(folder) = snapshots
            && (step.iteration.is_multiple_of(SNAPSHOT_EVERY) || run.finished())
        {
            // Writing is not part of the work that is measured.
            elapsed_ms += ms_since(began);
            let layout = Vectors::new(run.layout().to_vec(), dims)?;
            write_vectors(&folder.join(format!("step-{:05}.npy", step.iteration)), &layout)?;
            kept += 1;
            began = Instant::now();
        }
    }
    elapsed_ms += ms_since(began);
    let layout = Vectors::new(run.layout().to_vec(), dims)?;
    write_vectors(&options.out, &layout)?;
    Ok(Projected {
        method,
        rows: layout.rows(),
        dims,
        iterations: Some(run.iteration()),
        perplexity: None,
        affinities: None,
        recall_probe: None,
        kl: None,
        explained_variance_ratio: None,
        snapshots: snapshots.is_some().then_some(kept),
        making: Making { elapsed_ms, ..work.done() },
    })
}

impl Moving {
    /// What a method does not understand is not silently passed over.
    fn refuse(&self, method: Method) -> Result<(), Failure> {
        const MOVING: &[Method] = &[Method::Tsne, Method::Umap];
        const TSNE: &[Method] = &[Method::Tsne];
        const UMAP: &[Method] = &[Method::Umap];
        let given = [
            ("--metric", self.metric.is_some(), MOVING),
            ("--perplexity", self.perplexity.is_some(), TSNE),
            ("--affinities", self.affinities.is_some(), TSNE),
            ("--iterations", self.iterations.is_some(), MOVING),
            ("--learning-rate", self.learning_rate.is_some(), MOVING),
            ("--exaggeration", self.exaggeration.is_some(), TSNE),
            ("--neighbours", self.neighbours.is_some(), UMAP),
            ("--min-dist", self.min_dist.is_some(), UMAP),
            ("--init", self.init.is_some(), MOVING),
            ("--snapshots", self.snapshots.is_some(), MOVING),
        ];
        match given.iter().find(|(_, given, by)| *given && !by.contains(&method)) {
            Some((name, _, by)) => {
                let values = by.iter().filter_map(|method| method.to_possible_value());
                let names: Vec<String> = values.map(|value| value.get_name().to_owned()).collect();
                let hint = format!("leave it out or use --method {}", names.join(" or "));
                Err(Failure::call(format!("{name} means nothing to {}", method.name()), hint))
            }
            None => Ok(()),
        }
    }
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Pca => "PCA",
            Self::Tsne => "t-SNE",
            Self::Umap => "UMAP",
        }
    }
}

fn unwritable(path: &Path, problem: &std::io::Error) -> Failure {
    Failure::work(format!("{}: {problem}", path.display()), "see that the folder may be written")
}
