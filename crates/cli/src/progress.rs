//! A bar on stderr with counts and time left, where stderr is a terminal.
//!
//! Deliberately absent: anything on stdout, and anything at all where nobody watches.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use embedscope_engine::{Engine, Event, JobId, JobReport, JobState};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::failure::Failure;

/// Watches one piece of work at a time; the bar is gone when it is dropped.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar for work named in a few words.
    pub fn new(name: impl Into<String>) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_message(name.into());
        bar.set_style(spinner());
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// Shows how far the work is; a total of 0 is unknown.
    pub fn show(&self, done: usize, total: usize) {
        if total == 0 {
            return;
        }
        if self.0.length() != Some(total as u64) {
            self.0.set_length(total as u64);
            self.0.set_style(counted());
        }
        self.0.set_position(done as u64);
    }

    fn stage(&self, name: &str, unit: &str) {
        if self.0.message() != name {
            self.0.set_style(spinner());
            self.0.reset();
            self.0.unset_length();
            self.0.set_message(name.to_owned());
            self.0.set_prefix(unit.to_owned());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Shows a job until it is over, and who was measured as they are; gives what it did, or why it failed.
pub fn watch(
    engine: &Engine,
    start: impl FnOnce() -> Result<JobId, embedscope_engine::Error>,
) -> Result<Arc<JobReport>, Failure> {
    let bar = Arc::new(Bar::new(""));
    let shown = bar.clone();
    let told = Mutex::new(BTreeSet::new());
    engine.subscribe(Box::new(move |event| {
        if let Event::Job(job) = event
            && job.state == JobState::Running
        {
            shown.stage(&job.stage, job.unit);
            shown.show(job.done as usize, job.total as usize);
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            for found in &job.report.evaluations {
                let new = found.results.iter().filter(|result| told.insert((found.task, result.model.clone())));
                new.for_each(|result| shown.0.println(result.line()));
            }
        }
    }));
    let job = engine.wait(start()?)?;
    bar.0.finish_and_clear();
    match (job.state, job.error) {
        (JobState::Done, _) => Ok(job.report),
        (_, Some(error)) => Err(Failure::from(&*error)),
        (_, None) => Err(embedscope_engine::Error::Cancelled.into()),
    }
}

fn spinner() -> ProgressStyle {
    style("{spinner} {msg} {elapsed}")
}

fn counted() -> ProgressStyle {
    style("{msg} {bar:30} {human_pos} of {human_len} {prefix}, {speed}, {eta} left")
        .with_key("speed", |state: &ProgressState, to: &mut dyn Write| _ = write!(to, "{:.0}/s", state.per_sec()))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates above are right")
}
