//! Long work and the rest of the computer: sleep is held off while a job runs, and the end of a long one is noticed by
//! who looks elsewhere.
//!
//! Deliberately absent: content; a notice says what kind of work ended, never of what. Its words are the page's.

use std::collections::HashMap;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use embedscope_api::wire::{JobKind, JobState, JobView, NoticeView};
use tauri::{AppHandle, Manager, State};

/// Shorter work is not worth a notice.
const LONG: Duration = Duration::from_secs(20);

/// What runs now.
#[derive(Default)]
pub struct Attention {
    running: Mutex<Running>,
    words: Mutex<Vec<NoticeView>>,
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
        if ended.is_some_and(|took| took >= LONG)
            && !is_looked_at()
            && let Some(words) = self.said(job.kind, job.state)
        {
            notice(words);
        }
    }

    fn said(&self, kind: JobKind, state: JobState) -> Option<String> {
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let notice = words.iter().find(|notice| notice.kind == kind)?;
        Some(if state == JobState::Failed { notice.failed.clone() } else { notice.done.clone() })
    }
}

/// What notices say from now on.
#[tauri::command]
pub fn set_notices(attention: State<'_, Attention>, notices: Vec<NoticeView>) {
    *attention.words.lock().unwrap_or_else(PoisonError::into_inner) = notices;
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

/// Off the thread that tells the page: the system may take its time.
fn notice(words: String) {
    thread::spawn(move || {
        let shown = notify_rust::Notification::new().appname("Embedscope").summary("Embedscope").body(&words).show();
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
    fn a_notice_has_the_words_of_the_page_and_without_them_there_is_none() {
        let attention = Attention::default();
        assert_eq!(attention.said(JobKind::Import, JobState::Done), None);
        let words =
            |done: &str, failed: &str| NoticeView { kind: JobKind::Import, done: done.into(), failed: failed.into() };
        *attention.words.lock().expect("free") = vec![words("fertig", "gescheitert")];
        assert_eq!(attention.said(JobKind::Import, JobState::Failed).as_deref(), Some("gescheitert"));
        assert_eq!(attention.said(JobKind::Fetch, JobState::Done), None);
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
