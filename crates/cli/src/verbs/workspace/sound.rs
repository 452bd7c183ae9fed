//! `workspace verify` and `workspace repair`: whether all is as it was written, and mending what is not.

use std::path::Path;
use std::time::Instant;

use embedscope_engine::{self as engine, Problem};
use serde::Serialize;

use super::{failed, making};
use crate::answer::{Answer, Making};
use crate::failure::Failure;
use crate::progress::Bar;
use crate::setting::Setting;

#[derive(Serialize)]
struct Verified {
    sound: bool,
    problems: Vec<String>,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Repaired {
    sound: bool,
    problems: Vec<String>,
    done: Vec<String>,
    #[serde(flatten)]
    making: Making,
}

pub fn verify(workspace: &Path, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let bar = Bar::new("Looking through the workspace");
    let problems = told(&engine::verify(workspace).map_err(failed)?);
    drop(bar);
    if let Some(first) = problems.first() {
        let more = if problems.len() > 1 { format!(", and {} more", problems.len() - 1) } else { String::new() };
        let hint = format!("`embedscope-cli workspace repair {}` mends what can be mended", workspace.display());
        return Err(Failure::work(format!("the workspace is damaged: {first}{more}"), hint)
            .coded("damaged")
            .detailed(problems));
    }
    let answer = Verified { sound: true, problems, making: making(began, setting) };
    Ok(Answer::new(&answer, [format!("{} is sound", workspace.display())]))
}

pub fn repair(workspace: &Path, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let bar = Bar::new("Mending the workspace");
    let repair = engine::repair(workspace).map_err(failed)?;
    drop(bar);
    if let Some(left) = repair.left.first() {
        return Err(Failure::work(format!("not all could be mended: {left}"), "copy the folder to another disk"));
    }
    let mut lines = told(&repair.problems);
    lines.extend(repair.done.iter().cloned());
    lines.push(format!("{} is sound", workspace.display()));
    let problems = told(&repair.problems);
    let answer = Repaired { sound: true, problems, done: repair.done, making: making(began, setting) };
    Ok(Answer::new(&answer, lines))
}

fn told(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(Problem::to_string).collect()
}
