//! What was measured is kept: each contestant's outcome at a task is a run of the workspace, found again by everything it
//! hangs on.
//!
//! Parts quote what models were wrong about: they go when items are forgotten. Deliberately absent: keeping them for ever;
//! when there are many, the oldest go.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use embedscope_workspace::{Blob, NewRun, RunId, SetId, Workspace};
use serde::{Deserialize, Serialize};

use super::{Evaluation, Figure, Measured, Miss, Outcome, Score, Task};
use crate::project::now_ms;
use crate::{Engine, Error};

const KIND: &str = "measurement";
/// How an outcome is written; what was written otherwise is not asked for.
const LAYOUT: u8 = 2;
/// Parts of a workspace.
const MOST: usize = 500;

/// Tells apart what is measured.
#[derive(Clone)]
pub(super) struct Print(blake3::Hasher);

/// A contestant, besides its figures.
#[derive(Serialize, Deserialize)]
struct Costs {
    set: Option<u32>,
    model: String,
    baseline: bool,
    dim: Option<usize>,
    bytes: Option<usize>,
    load_ms: Option<f64>,
    items_per_second: Option<f64>,
    peak_memory_mb: Option<f64>,
    others_busy: Option<f64>,
}

/// A figure's name, value and rows.
type KeptFigure = (String, f64, Vec<usize>);

impl Print {
    /// Of a task whose draws hang on a seed, on this device and by this version of the program.
    pub(super) fn of(task: Task, seed: u64, device: &str) -> Result<Self, Error> {
        let mut print = Self(blake3::Hasher::new());
        print.add(&(env!("CARGO_PKG_VERSION"), LAYOUT, task, seed, device))?;
        Ok(print)
    }

    /// Adds a part of the data or of its parameters.
    pub(super) fn add(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let bytes = postcard::to_stdvec(value).map_err(unkept)?;
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(&bytes);
        Ok(())
    }

    /// Adds what is in files.
    pub(super) fn add_files(&mut self, files: &[PathBuf]) -> Result<(), Error> {
        files.iter().try_for_each(|path| {
            let mut content = blake3::Hasher::new();
            content.update_reader(File::open(path).map_err(Error::file(path))?).map_err(Error::file(path))?;
            self.add(content.finalize().as_bytes())
        })
    }

    /// All of it, with a model.
    pub(super) fn key(&self, name: &str, recipe: &str) -> Result<String, Error> {
        let mut whole = self.clone();
        whole.add(&(name, recipe))?;
        Ok(whole.0.finalize().to_hex().to_string())
    }
}

impl Engine {
    /// What was measured under this key; None where nothing was, or nothing that this version reads.
    pub(super) fn part(&self, task: Task, key: &str) -> Result<Option<(RunId, Measured, Outcome)>, Error> {
        let runs = self.inner.workspace.runs()?;
        let is_it = |params: &str| {
            serde_json::from_str::<serde_json::Value>(params).is_ok_and(|params| params["key"].as_str() == Some(key))
        };
        let Some(run) = runs.iter().rev().find(|run| run.run.kind == KIND && is_it(&run.run.params_json)) else {
            return Ok(None);
        };
        let bytes = self.inner.workspace.run_blob(run.id)?.unwrap_or_default();
        Ok(decoded(task, &bytes).map(|(measured, outcome)| (run.id, measured, outcome)))
    }

    /// Keeps what was measured, where anything can be kept.
    pub(super) fn keep_part(
        &self,
        key: &str,
        told: &Evaluation,
        measured: &Measured,
        outcome: &Outcome,
        took: Duration,
    ) -> Result<Option<RunId>, Error> {
        if self.is_read_only() {
            return Ok(None);
        }
        let workspace = &self.inner.workspace;
        let known = workspace.runs_of(KIND, None)?;
        let old = (known.len() + 1).saturating_sub(MOST);
        known[..old].iter().try_for_each(|&run| workspace.forget_run(run))?;
        let params = serde_json::json!({
            "key": key, "task": told.task.to_string(), "data": told.data, "model": measured.model,
        });
        let main = outcome.figures.first();
        let run = workspace.add_run(NewRun {
            kind: KIND.into(),
            parents: measured.set.map_or(Ok(Vec::new()), |set| self.runs_that_filled(set))?,
            set: measured.set,
            params_json: params.to_string(),
            seed: Some(told.seed),
            device: self.device(),
            started_ms: now_ms() - took.as_millis() as i64,
            elapsed_ms: took.as_secs_f64() * 1e3,
            result_json:
                serde_json::json!({ "figure": main.map(|main| main.name), "value": main.map(|main| main.value) })
                    .to_string(),
            blob: Some(Blob { name: "outcome".into(), bytes: encoded(measured, outcome)?, row_bytes: None }),
        })?;
        Ok(Some(run))
    }
}

/// Forgets everything that was measured; it can be measured again.
pub(crate) fn forget(workspace: &Workspace) -> Result<(), embedscope_workspace::Error> {
    workspace.runs_of(KIND, None)?.into_iter().try_for_each(|run| workspace.forget_run(run))
}

fn encoded(measured: &Measured, outcome: &Outcome) -> Result<Vec<u8>, Error> {
    let costs = Costs {
        set: measured.set.map(|set| set.0),
        model: measured.model.clone(),
        baseline: measured.baseline,
        dim: measured.dim,
        bytes: measured.bytes,
        load_ms: measured.load_ms,
        items_per_second: measured.items_per_second,
        peak_memory_mb: measured.peak_memory_mb,
        others_busy: measured.others_busy,
    };
    let figures: Vec<(&str, f64, &[usize])> =
        outcome.figures.iter().map(|figure| (figure.name, figure.value, figure.rows.as_slice())).collect();
    postcard::to_stdvec(&(costs, figures, &outcome.score, &outcome.misses)).map_err(unkept)
}

fn decoded(task: Task, bytes: &[u8]) -> Option<(Measured, Outcome)> {
    let (costs, figures, score, misses): (Costs, Vec<KeptFigure>, Score, Vec<Miss>) =
        postcard::from_bytes(bytes).ok()?;
    let figures = figures.into_iter().map(|(name, value, rows)| {
        let name = task.figures().iter().copied().find(|known| *known == name)?;
        Some(Figure { name, value, range: None, rows })
    });
    let figures = figures.collect::<Option<Vec<Figure>>>()?;
    let measured = Measured {
        set: costs.set.map(SetId),
        baseline: costs.baseline,
        dim: costs.dim,
        bytes: costs.bytes,
        load_ms: costs.load_ms,
        items_per_second: costs.items_per_second,
        peak_memory_mb: costs.peak_memory_mb,
        others_busy: costs.others_busy,
        ..Measured::free(&costs.model)
    };
    Some((measured, Outcome { figures, score, misses }))
}

fn unkept(problem: postcard::Error) -> Error {
    Error::Fault(format!("keeping what was measured: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::super::judge::figure;
    use super::*;

    #[test]
    fn what_is_kept_comes_back_to_the_last_bit_and_what_is_foreign_does_not() {
        let third = 1.0 / 3.0;
        let figures = vec![Figure { rows: vec![2], ..figure("accuracy", third) }, figure("f1", 0.1 + 0.2)];
        let misses = vec![Miss { rows: vec![2], asked: "a|b".into(), loss: third, ..Miss::default() }];
        let outcome = Outcome { figures, score: Score::Mean(vec![third, 0.7]), misses };
        let measured = Measured { set: Some(SetId(3)), dim: Some(384), load_ms: Some(third), ..Measured::free("m") };
        let bytes = encoded(&measured, &outcome).expect("encodes");
        let (again, found) = decoded(Task::Classification, &bytes).expect("decodes");
        assert_eq!((again, &found.figures, &found.score), (measured, &outcome.figures, &outcome.score));
        assert_eq!(found.misses, outcome.misses);
        // A task without such a figure, and a file that was cut.
        assert!(decoded(Task::Sts, &bytes).is_none() && decoded(Task::Classification, &bytes[..20]).is_none());
    }

    #[test]
    fn a_key_hangs_on_everything_and_on_nothing_else() {
        let key = |task, seed, texts: &[&str], model: &str| {
            let mut print = Print::of(task, seed, "CPU").expect("hashes");
            print.add(texts).expect("hashes");
            print.key(model, "{}").expect("hashes")
        };
        let one = key(Task::Sts, 42, &["a", "bc"], "m");
        assert_eq!(one, key(Task::Sts, 42, &["a", "bc"], "m"));
        let others = [
            key(Task::Pairs, 42, &["a", "bc"], "m"),
            key(Task::Sts, 43, &["a", "bc"], "m"),
            key(Task::Sts, 42, &["ab", "c"], "m"),
            key(Task::Sts, 42, &["a", "bc"], "m?precision=int8"),
        ];
        assert!(others.iter().all(|other| *other != one));
    }
}
