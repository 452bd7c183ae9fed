//! `project`: a few dimensions out of many.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};
use embedscope_engine::export::{read_vectors, write_vectors};
use embedscope_engine::space::Metric;
use embedscope_engine::space::pca::PcaParams;
use embedscope_engine::space::tsne::TsneParams;
use embedscope_engine::{Cancel, Vectors};
use serde::Serialize;

use crate::answer::{Answer, Making, ms_since, shown};
use crate::failure::Failure;
use crate::matrices::Work;
use crate::progress::Bar;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// Matrix of vectors
    #[arg(value_name = "X.npy")]
    vectors: PathBuf,
    /// How to project
    #[arg(long, value_enum)]
    method: Method,
    /// Dimensions of the result: 2 or 3 for t-SNE, any number for PCA
    #[arg(long, default_value_t = 2, value_name = "N")]
    dims: usize,
    #[command(flatten)]
    tsne: TsneOptions,
    /// The matrix to write
    #[arg(long, value_name = "Y.npy")]
    out: PathBuf,
}

/// Options of t-SNE alone.
#[derive(Args)]
struct TsneOptions {
    /// cosine, euclidean or manhattan (t-SNE) [default: cosine]
    #[arg(long)]
    metric: Option<Metric>,
    /// About how many neighbours each row holds on to (t-SNE) [default: 30]
    #[arg(long, value_name = "X")]
    perplexity: Option<f32>,
    /// Steps; a third of them, at most 250, are the early phase (t-SNE) [default: 750]
    #[arg(long, value_name = "N")]
    iterations: Option<usize>,
    /// Step size (t-SNE) [default: by the number of rows]
    #[arg(long, value_name = "X")]
    learning_rate: Option<f32>,
    /// Factor of attraction after the early phase (t-SNE) [default: 1]
    #[arg(long, value_name = "X")]
    exaggeration: Option<f32>,
    /// A layout to start from (t-SNE) [default: PCA]
    #[arg(long, value_name = "Y0.npy")]
    init: Option<PathBuf>,
    /// Folder for the layouts on the way, one every fifty steps (t-SNE)
    #[arg(long, value_name = "FOLDER")]
    snapshots: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Method {
    Pca,
    Tsne,
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
    if options.method == Method::Pca {
        options.tsne.refuse()?;
    }
    let ([vectors], work) = Work::on(setting, [&options.vectors])?;
    let answer = match options.method {
        Method::Pca => pca(&vectors, &options, &work)?,
        Method::Tsne => tsne(&vectors, &options, setting, work)?,
    };
    let says = match (&answer.explained_variance_ratio, answer.kl) {
        (Some(ratios), _) => format!("{:.1} % of the variance kept", ratios.iter().sum::<f64>() * 100.0),
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
        kl: None,
        explained_variance_ratio: Some(found.explained_variance_ratio),
        snapshots: None,
        making,
    })
}

fn tsne(vectors: &Vectors, options: &Options, setting: &Setting, work: Work) -> Result<Projected, Failure> {
    let TsneOptions { metric, perplexity, iterations, learning_rate, exaggeration, init, snapshots } = &options.tsne;
    let usual = TsneParams::default();
    let steps = iterations.unwrap_or(usual.early_iterations + usual.iterations);
    let early_iterations = (steps / 3).min(usual.early_iterations);
    let params = TsneParams {
        dims: options.dims,
        perplexity: perplexity.unwrap_or(usual.perplexity),
        iterations: steps - early_iterations,
        early_iterations,
        learning_rate: *learning_rate,
        exaggeration: exaggeration.unwrap_or(usual.exaggeration),
        seed: setting.seed,
        metric: metric.unwrap_or(usual.metric),
        init: init.as_deref().map(read_vectors).transpose()?,
        ..usual
    };
    if let Some(folder) = snapshots {
        std::fs::create_dir_all(folder).map_err(|problem| unwritable(folder, &problem))?;
    }
    let (bar, began) = (Bar::new("Finding neighbours"), Instant::now());
    let mut run = params.check()?.start(vectors, &|done, total| bar.show(done, total), &Cancel::default())?;
    drop(bar);
    let bar = Bar::new("Moving the map");
    let mut elapsed_ms = ms_since(began);
    let mut kept = 0;
    let (mut step_began, dims) = (Instant::now(), options.dims);
    while !run.finished() {
        let step = run.step();
        bar.show(step.iteration, step.total);
        if let Some(folder) = snapshots
            && (step.iteration % SNAPSHOT_EVERY == 0 || run.finished())
        {
            // Writing is not part of the work that is measured.
            elapsed_ms += ms_since(step_began);
            let layout = Vectors::new(run.layout().to_vec(), dims)?;
            write_vectors(&folder.join(format!("step-{:05}.npy", step.iteration)), &layout)?;
            kept += 1;
            step_began = Instant::now();
        }
    }
    elapsed_ms += ms_since(step_began);
    let layout = Vectors::new(run.layout().to_vec(), dims)?;
    write_vectors(&options.out, &layout)?;
    Ok(Projected {
        method: "tsne",
        rows: layout.rows(),
        dims,
        iterations: Some(run.iteration()),
        perplexity: Some(run.perplexity()),
        kl: Some(run.kl()),
        explained_variance_ratio: None,
        snapshots: snapshots.is_some().then_some(kept),
        making: Making { elapsed_ms, ..work.done() },
    })
}

impl TsneOptions {
    /// What only t-SNE understands is not silently passed over by PCA.
    fn refuse(&self) -> Result<(), Failure> {
        let given = [
            ("--metric", self.metric.is_some()),
            ("--perplexity", self.perplexity.is_some()),
            ("--iterations", self.iterations.is_some()),
            ("--learning-rate", self.learning_rate.is_some()),
            ("--exaggeration", self.exaggeration.is_some()),
            ("--init", self.init.is_some()),
            ("--snapshots", self.snapshots.is_some()),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((name, _)) => {
                Err(Failure::call(format!("{name} means nothing to PCA"), "leave it out or use --method tsne"))
            }
            None => Ok(()),
        }
    }
}

fn unwritable(path: &Path, problem: &std::io::Error) -> Failure {
    Failure::work(format!("{}: {problem}", path.display()), "see that the folder may be written")
}
