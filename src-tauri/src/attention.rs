//! Long work and the rest of the computer: sleep is held off while a job runs, and the end of a long one is noticed by
//! who looks elsewhere.
//!
//! Deliberately absent: content; a notice says what kind of work ended, never of what.

use std::collections::HashMap;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use embedscope_api::wire::{JobKind, JobState, JobView};
use tauri::{AppHandle, Manager};

/// Shorter work is not worth a notice.
const LONG: Duration = Duration::from_secs(20);

/// What runs now.
#[derive(Default)]
pub struct Attention {
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    began: HashMap<u32, Instant>,
    /// While it is there, a thread keeps the computer awake; some systems count it by thread.
    awake: Option<Sender<()>>,
}

impl Attention {
    /// A job moved on.
    pub fn saw(&self, app: &AppHandle, job: &JobView) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = running.take(job, Instant::now());
        match (running.began.is_empty(), running.awake.is_some()) {
            (false, false) => running.awake = Some(stay_awake()),
            (true, true) => running.awake = None,
            _ => {}
        }
        drop(running);
        let is_looked_at = || app.webview_windows().values().any(|window| window.is_focused().unwrap_or(true));
        if ended.is_some_and(|took| took >= LONG) && !is_looked_at() {
            notice(said(job.kind, job.state));
        }
    }
}

impl Running {
    /// How long the job took, where it has just ended.
    fn take(&mut self, job: &JobView, now: Instant) -> Option<Duration> {
        match job.state {
            JobState::Waiting => None,
            JobState::Running => {
                self.began.entry(job.id).or_insert(now);
                None
            }
            // Who stopped it knows; a computer may sleep while work rests.
            JobState::Cancelled | JobState::Paused => {
                self.began.remove(&job.id);
                None
            }
            JobState::Done | JobState::Failed => Some(now.duration_since(self.began.remove(&job.id)?)),
        }
    }
}

fn stay_awake() -> Sender<()> {
    let (hold, held) = channel();
    thread::spawn(move || {
        let awake = keepawake::Builder::default()
            .idle(true)
            .reason("Work on embeddings is under way")
            .app_name("Embedscope")
            .app_reverse_domain("org.embedscope.desktop")
            .create();
        if awake.is_err() {
            tracing::info!("this system does not let sleep be held off");
        }
        // Ends when the other side is dropped.
        let _ = held.recv();
    });
    hold
}

fn said(kind: JobKind, state: JobState) -> &'static str {
    let failed = state == JobState::Failed;
    match kind {
        JobKind::Import if failed => "The import failed.",
        JobKind::Import => "The import is done.",
        JobKind::Embed if failed => "Embedding failed.",
        JobKind::Embed => "Everything is embedded.",
        JobKind::Project if failed => "The map failed.",
        JobKind::Project => "The map is laid out.",
        JobKind::Cluster if failed => "No clusters were found.",
        JobKind::Cluster => "The clusters are found.",
        JobKind::Fetch if failed => "The model could not be fetched.",
        JobKind::Fetch => "The model is here.",
        JobKind::Export if failed => "The export failed.",
        JobKind::Export => "The export is written.",
        JobKind::Evaluate if failed => "The evaluation failed.",
        JobKind::Evaluate => "The models are measured.",
    }
}

/// Off the thread that tells the page: the system may take its time.
fn notice(words: &'static str) {
    thread::spawn(move || {
        let shown = notify_rust::Notification::new().appname("Embedscope").summary("Embedscope").body(words).show();
        if shown.is_err() {
            tracing::info!("this system shows no notices");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(id: u32, state: JobState) -> JobView {
        JobView {
            id,
            kind: JobKind::Import,
            title: "".into(),
            stage: "".into(),
            done: 0.0,
            total: 0.0,
            unit: "".into(),
            per_second: None,
            seconds_left: None,
            state,
            error: None,
            skipped: Vec::new(),
            written: None,
            measured: 0,
        }
    }

    #[test]
    fn a_job_is_timed_from_its_first_step_to_its_end() {
        let (mut running, start) = (Running::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(running.take(&job(1, JobState::Waiting), start), None);
        assert!(running.began.is_empty());
        assert_eq!(running.take(&job(1, JobState::Running), after(5)), None);
        assert_eq!(running.take(&job(1, JobState::Running), after(9)), None);
        assert_eq!(running.take(&job(1, JobState::Done), after(30)), Some(Duration::from_secs(25)));
        assert_eq!(running.take(&job(1, JobState::Done), after(31)), None, "an end is told once");
        running.take(&job(2, JobState::Running), start);
        assert_eq!(running.take(&job(2, JobState::Cancelled), after(60)), None);
        assert!(running.began.is_empty());
    }
}
