//! `workspace`: what a workspace holds, whether it is sound, getting it out and letting it go.
//!
//! Deliberately absent: the actions, which have files of their own.

mod diagnose;
mod export;
mod forget;
mod judgements;
mod list;
mod sound;

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, Subcommand};
use embedscope_engine::Usage;
use serde::Serialize;

use crate::answer::{Answer, Making, ms_since};
use crate::failure::Failure;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Tell what a workspace holds and how much room it takes
    List(Place),
    /// Look for damage, changing nothing
    Verify(Place),
    /// Mend what can be mended, after keeping a copy of the index
    Repair(Place),
    /// Write items, vectors, layout and clusters for other programs
    Export(export::Options),
    /// Give back the room of what was forgotten
    Compact(Place),
    /// Forget items everywhere; the files they came from stay
    Forget(forget::Options),
    /// Count what was judged nearer; write it to a table, or add what a table holds
    Judgements(judgements::Options),
    /// Write what helps to find a fault, without anything the workspace holds
    Diagnose(diagnose::Options),
}

#[derive(Args)]
struct Place {
    /// The workspace's folder
    #[arg(value_name = "FOLDER")]
    workspace: PathBuf,
}

/// Disk use by part.
#[derive(Serialize)]
struct Bytes {
    index: u64,
    vectors: u64,
    dead_vectors: u64,
    results: u64,
    pasted: u64,
    copies: u64,
    total: u64,
}

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    match options.action {
        Action::List(place) => list::run(&place.workspace, setting),
        Action::Verify(place) => sound::verify(&place.workspace, setting),
        Action::Repair(place) => sound::repair(&place.workspace, setting),
        Action::Export(options) => export::run(options, setting),
        Action::Compact(place) => forget::compact(place, setting),
        Action::Forget(options) => forget::run(options, setting),
        Action::Judgements(options) => judgements::run(options, setting),
        Action::Diagnose(options) => diagnose::run(&options, setting),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}

fn making(began: Instant, setting: &Setting) -> Making {
    Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed }
}

fn failed(problem: impl Into<embedscope_engine::Error>) -> Failure {
    problem.into().into()
}

impl From<Usage> for Bytes {
    fn from(usage: Usage) -> Self {
        let Usage { index, vectors, dead_vectors, results, pasted, copies } = usage;
        Self { index, vectors, dead_vectors, results, pasted, copies, total: usage.total() }
    }
}
