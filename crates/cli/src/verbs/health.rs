//! `health`: what may be wrong with a matrix of vectors.

use std::path::PathBuf;

use clap::Args;
use embedscope_engine::Cancel;
use embedscope_engine::space::Metric;
use embedscope_engine::space::health::HealthParams;
use serde::Serialize;

use crate::answer::{Answer, Making, table};
use crate::failure::Failure;
use crate::matrices::Work;
use crate::progress::Bar;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// Matrix of vectors: a file, or those in a workspace (FOLDER, FOLDER#MODEL)
    #[arg(value_name = "X.npy")]
    vectors: PathBuf,
    /// Neighbours counted for hubness
    #[arg(long, default_value_t = HealthParams::default().k, value_name = "N")]
    k: usize,
    /// How rows are compared for hubness
    #[arg(long, default_value_t = Metric::Cosine)]
    metric: Metric,
}

#[derive(Serialize)]
struct Health {
    rows: usize,
    dim: usize,
    non_finite: usize,
    norm_mean: f64,
    norm_std: f64,
    duplicate_share: f64,
    anisotropy: f64,
    effective_rank: f64,
    participation_ratio: f64,
    iso_score: f64,
    rank_me: f64,
    intrinsic_dimension: f64,
    hubness_skew: f64,
    k: usize,
    #[serde(flatten)]
    making: Making,
}

pub fn run(options: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let ([vectors], work) = Work::on(setting, [&options.vectors])?;
    let params = HealthParams { k: options.k, metric: options.metric, seed: setting.seed, ..HealthParams::default() };
    let bar = Bar::new("Looking");
    let found = params.check()?.run(&vectors, &|done, total| bar.show(done, total), &Cancel::default())?;
    let answer = Health {
        rows: vectors.rows(),
        dim: vectors.dim(),
        non_finite: found.non_finite,
        norm_mean: found.norm_mean,
        norm_std: found.norm_std,
        duplicate_share: found.duplicate_share,
        anisotropy: found.anisotropy,
        effective_rank: found.effective_rank,
        participation_ratio: found.participation_ratio,
        iso_score: found.iso_score,
        rank_me: found.rank_me,
        intrinsic_dimension: found.intrinsic_dimension,
        hubness_skew: found.hubness_skew,
        k: options.k,
        making: work.done(),
    };
    let row = |name: &str, value: String, meaning: &str| vec![name.to_owned(), value, meaning.to_owned()];
    let lines = table(&[
        row("not finite", answer.non_finite.to_string(), &format!("of {} rows", answer.rows)),
        row("length", format!("{:.3} ± {:.3}", answer.norm_mean, answer.norm_std), "mean and standard deviation"),
        row("duplicates", format!("{:.3}", answer.duplicate_share), "share of rows that repeat another"),
        row(
            "anisotropy",
            format!("{:.3}", answer.anisotropy),
            "mean cosine of all pairs; near 1 all point the same way",
        ),
        row("effective rank", format!("{:.1}", answer.effective_rank), &format!("of {} dimensions", answer.dim)),
        row("participation ratio", format!("{:.1}", answer.participation_ratio), "the same, asked of variances"),
        row("RankMe", format!("{:.1}", answer.rank_me), "the same of vectors as they are; a common offset lowers it"),
        row("IsoScore", format!("{:.3}", answer.iso_score), "1 where all dimensions vary alike"),
        row("intrinsic dimension", format!("{:.1}", answer.intrinsic_dimension), "of neighbourhoods"),
        row("hubness", format!("{:.2}", answer.hubness_skew), "skewness; large when a few rows are near everything"),
    ]);
    Ok(Answer::new(&answer, lines))
}
