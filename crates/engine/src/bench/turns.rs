//! Speed as a job: models take turns, so that a slow moment hits all of them; what came out is kept as a run.
//!
//! Deliberately absent: memory; in one process the most that was ever used is that of all models together.

use std::sync::Arc;
use std::time::Instant;

use embedscope_models::Overrides;
use embedscope_workspace::NewRun;
use serde::{Deserialize, Serialize};

use super::Bench;
use crate::jobs::Job;
use crate::project::now_ms;
use crate::{Engine, Error, JobId, JobKind};

/// Items handed over together.
const BATCHES: [usize; 3] = [1, 8, 32];
/// Turns of each model.
const TURNS: usize = 2;

/// What a run keeps of what was asked.
#[derive(Serialize, Deserialize)]
pub(crate) struct Timed {
    pub(crate) models: Vec<String>,
}

impl Engine {
    /// Measures how fast models are; the job's report holds what is known so far. Fails at once where a model is not here.
    pub fn start_bench(&self, models: Vec<String>) -> Result<JobId, Error> {
        for model in &models {
            self.require(model)?;
        }
        let engine = self.clone();
        let title = "Measuring speed".to_owned();
        Ok(self.inner.jobs.start(JobKind::Evaluate, title, move |job| engine.bench_in_turn(job, models)))
    }

    fn bench_in_turn(&self, job: &Job, models: Vec<String>) -> Result<(), Error> {
        let (began, started_ms) = (Instant::now(), now_ms());
        let mut found: Vec<Option<Bench>> = vec![None; models.len()];
        for turn in 0..TURNS {
            for (at, model) in models.iter().enumerate() {
                let done = turn * models.len() + at;
                job.stage(format!("Measuring {model}"), "turns", done, TURNS * models.len());
                job.look()?;
                // Loading and the first vector are measured as well.
                self.unload(Overrides::split(model).0);
                let once = self.bench(model, &BATCHES, &|_, _| (), job.cancel())?;
                let once = Bench { peak_memory_mb: None, card_memory_mb: None, ..once };
                found[at] = Some(match found[at].take() {
                    Some(before) => before.and(once),
                    None => once,
                });
                let known: Vec<Arc<Bench>> = found.iter().flatten().cloned().map(Arc::new).collect();
                job.report(|report| report.benches = known);
            }
        }
        if self.is_read_only() {
            return Ok(());
        }
        let found: Vec<Bench> = found.into_iter().flatten().collect();
        self.inner.workspace.add_run(NewRun {
            kind: "speed".into(),
            params_json: serde_json::json!(Timed { models }).to_string(),
            device: found.first().map(|bench| bench.device.clone()).unwrap_or_default(),
            started_ms,
            elapsed_ms: began.elapsed().as_secs_f64() * 1e3,
            result_json: serde_json::json!(found).to_string(),
            ..NewRun::default()
        })?;
        Ok(())
    }
}
