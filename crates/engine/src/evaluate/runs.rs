//! Evaluations as runs: what was asked, so that it can be asked again, and what came out in a line.
//!
//! Deliberately absent: the figures themselves; they are kept by contestant (`parts`), the runs an evaluation is made from.

use std::time::Instant;

use embedscope_workspace::{NewRun, RunId};
use serde::{Deserialize, Serialize};

use super::own::{Params, named};
use super::{Evaluation, EvaluationChoice, name_of};
use crate::project::now_ms;
use crate::{Engine, Error, JobId};

/// What a run keeps of what was asked.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Asked {
    /// The labels or judgements of the workspace.
    Own(Params),
    /// Data of files.
    Files(EvaluationChoice),
}

impl Asked {
    /// In a few words: "by topic".
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Own(params) => format!("by {}", named(&params.by)),
            Self::Files(choice) => format!("{} on {}", choice.task, name_of(&choice.data)),
        }
    }
}

/// When an evaluation began.
pub(super) struct Clock {
    started_ms: i64,
    began: Instant,
}

impl Clock {
    pub(super) fn started() -> Self {
        Self { started_ms: now_ms(), began: Instant::now() }
    }
}

impl Engine {
    /// Evaluates again; whoever is as before is not measured again.
    pub(crate) fn start_evaluation_again(&self, asked: Asked, seed: u64) -> Result<JobId, Error> {
        match asked {
            Asked::Own(params) => self.start_own_evaluation(params.choice(seed)),
            Asked::Files(choice) => self.start_evaluation(choice),
        }
    }

    /// Records an evaluation, where anything can be recorded.
    pub(super) fn record_evaluation(
        &self,
        clock: &Clock,
        asked: &Asked,
        parents: Vec<RunId>,
        found: &[Evaluation],
    ) -> Result<(), Error> {
        let Some(seed) = found.first().map(|found| found.seed).filter(|_| !self.is_read_only()) else {
            return Ok(());
        };
        self.inner.workspace.add_run(NewRun {
            kind: "evaluation".into(),
            parents,
            set: None,
            // A path that is no text cannot be kept: such an evaluation cannot be asked again.
            params_json: serde_json::to_string(asked).unwrap_or_else(|_| "{}".into()),
            seed: Some(seed),
            device: self.device(),
            started_ms: clock.started_ms,
            elapsed_ms: clock.began.elapsed().as_secs_f64() * 1e3,
            result_json: serde_json::json!(found.iter().map(summary).collect::<Vec<_>>()).to_string(),
            blob: None,
        })?;
        Ok(())
    }
}

/// Each model's main figure with its range, best first.
fn summary(found: &Evaluation) -> serde_json::Value {
    let results = found.results.iter().map(|result| {
        let main = result.figures.first();
        serde_json::json!({
            "model": result.model,
            "value": main.map(|figure| figure.value),
            "range": main.and_then(|figure| figure.range),
        })
    });
    let figure = found.task.main_figure();
    serde_json::json!({ "task": found.task.to_string(), "figure": figure, "size": found.size, "results": results.collect::<Vec<_>>() })
}
