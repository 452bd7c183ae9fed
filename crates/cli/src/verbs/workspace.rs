//! `workspace`: what a workspace holds, and getting it out.
//!
//! Deliberately absent: the actions, one file each.

mod export;

use clap::{Args, Subcommand};

use crate::answer::Answer;
use crate::failure::Failure;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Write items, vectors, layout and clusters for other programs
    Export(export::Options),
}

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    match options.action {
        Action::Export(options) => export::run(options, setting),
    }
}
