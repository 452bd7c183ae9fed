//! `workspace diagnose`: versions, the machine, counts and the last log lines in one file; nothing the workspace holds.
//!
//! Deliberately absent: sending it.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use embedscope_engine::{Diagnosis, Places};
use serde::Serialize;

use super::{Place, making};
use crate::answer::{Answer, Making};
use crate::failure::Failure;
use crate::setting::Setting;
use crate::verbs::written::keep;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    /// The file to write, as JSON
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Written {
    files: [PathBuf; 1],
    bytes: usize,
    #[serde(flatten)]
    making: Making,
}

pub fn run(Options { place, out }: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let bundle = Diagnosis::of(&place.workspace, &Places::of_user())?.to_json();
    keep(out, &bundle)?;
    let line = format!("{} holds no names, paths or texts; it can be read before it is handed on", out.display());
    let answer = Written { files: [out.clone()], bytes: bundle.len(), making: making(began, setting) };
    Ok(Answer::new(&answer, [line]))
}
