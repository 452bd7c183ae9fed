//! `workspace judgements`: what was judged nearer, out of a workspace and into it.
//!
//! Deliberately absent: judging, which the window asks for, and measuring by judgements, which is `evaluate triplets`.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::making;
use crate::answer::{Answer, Making};
use crate::failure::Failure;
use crate::setting::Setting;
use crate::verbs::written::keep;

#[derive(Args)]
pub struct Options {
    /// The workspace's folder
    #[arg(value_name = "FOLDER")]
    workspace: PathBuf,
    /// Add the rows of a table of anchor, positive and negative; each names an item by its text, or a picture by its title
    #[arg(long, value_name = "TABLE")]
    add: Option<PathBuf>,
    /// Write them all to a table of separated values, as `evaluate triplets` reads it
    #[arg(long, value_name = "FILE.csv")]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Counted {
    judgements: usize,
    added: usize,
    known: usize,
    unmatched: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<PathBuf>,
    #[serde(flatten)]
    making: Making,
}

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let engine = setting.engine_in(Some(options.workspace))?;
    let handed = options.add.as_deref().map(|table| engine.add_judgements(table)).transpose()?.unwrap_or_default();
    if let Some(out) = &options.out {
        keep(out, engine.judgements_as_table()?)?;
    }
    let judgements = engine.judgements()?.iter().filter(|answer| answer.decided).count();
    let mut lines = vec![format!("{judgements} judgements")];
    if options.add.is_some() {
        let said = [(handed.added, "added"), (handed.known, "known already"), (handed.unmatched, "about no item here")];
        lines.extend(said.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    }
    lines.extend(options.out.iter().map(|out| out.display().to_string()));
    let answer = Counted {
        judgements,
        added: handed.added,
        known: handed.known,
        unmatched: handed.unmatched,
        out: options.out,
        making: making(began, setting),
    };
    Ok(Answer::new(&answer, lines))
}
