//! Long work: one job after another on a thread of its own, watched, paused and cancelled from anywhere.
//!
//! Deliberately absent: what a job does. Work looks at its reins between short steps and keeps what it finished.

mod reins;
mod snapshot;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use embedscope_space::Cancel;

use crate::events::Events;
use crate::{Error, Event};
use reins::Reins;

pub use snapshot::{JobId, JobKind, JobReport, JobSnapshot, JobState, Skipped};

const SPOKEN_EVERY: Duration = Duration::from_millis(50);
const SPEED_AFTER: Duration = Duration::from_millis(300);
/// Jobs that are over and still listed.
const REMEMBERED: usize = 50;

type Work = Box<dyn FnOnce(&Job) -> Result<(), Error> + Send>;

/// The queue and its thread.
pub(crate) struct Jobs {
    shared: Arc<Shared>,
}

struct Shared {
    events: Arc<Events>,
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    next: u32,
    waiting: VecDeque<(JobId, Work)>,
    listed: Vec<(JobSnapshot, Reins)>,
    closing: bool,
}

/// A running job, seen from its own work.
pub(crate) struct Job {
    id: JobId,
    reins: Reins,
    shared: Arc<Shared>,
    pace: Mutex<Pace>,
}

struct Pace {
    began: Instant,
    began_at: u64,
    spoke: Option<Instant>,
}

impl Jobs {
    pub(crate) fn new(events: Arc<Events>) -> Self {
        let shared = Arc::new(Shared { events, queue: Mutex::default(), changed: Condvar::new() });
        let worker = shared.clone();
        thread::Builder::new()
            .name("jobs".into())
            .spawn(move || work_through(&worker))
            .expect("the system gives a thread to work on");
        Self { shared }
    }

    pub(crate) fn start(
        &self,
        kind: JobKind,
        title: String,
        work: impl FnOnce(&Job) -> Result<(), Error> + Send + 'static,
    ) -> JobId {
        let mut queue = self.shared.queue();
        queue.next += 1;
        let id = JobId(queue.next);
        let snapshot = JobSnapshot {
            id,
            kind,
            title,
            stage: "Waiting".into(),
            done: 0,
            total: 0,
            unit: "",
            per_second: None,
            seconds_left: None,
            state: JobState::Waiting,
            error: None,
            report: Arc::default(),
        };
        let over = queue.listed.iter().filter(|(job, _)| job.state.is_over()).count();
        if over >= REMEMBERED
            && let Some(oldest) = queue.listed.iter().position(|(job, _)| job.state.is_over())
        {
            queue.listed.remove(oldest);
        }
        queue.listed.push((snapshot.clone(), Reins::default()));
        queue.waiting.push_back((id, Box::new(work)));
        drop(queue);
        self.shared.events.emit(&Event::Job(snapshot));
        self.shared.changed.notify_all();
        id
    }

    pub(crate) fn list(&self) -> Vec<JobSnapshot> {
        self.shared.queue().listed.iter().map(|(job, _)| job.clone()).collect()
    }

    pub(crate) fn get(&self, id: JobId) -> Result<JobSnapshot, Error> {
        self.shared.queue().find(id).map(|(job, _)| job.clone()).ok_or(Error::NotFound { what: "job", id: id.0 })
    }

    pub(crate) fn cancel(&self, id: JobId) -> Result<(), Error> {
        let mut queue = self.shared.queue();
        let (job, reins) = queue.find(id).ok_or(Error::NotFound { what: "job", id: id.0 })?;
        reins.stop();
        if job.state != JobState::Waiting {
            return Ok(());
        }
        job.state = JobState::Cancelled;
        job.stage = "Cancelled".into();
        let snapshot = job.clone();
        let position = queue.waiting.iter().position(|(waiting, _)| *waiting == id);
        // The work holds the engine, whose end would ask for this lock; it is let go of after it.
        let work = position.and_then(|position| queue.waiting.remove(position));
        drop(queue);
        drop(work);
        self.shared.events.emit(&Event::Job(snapshot));
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Puts a job to rest at its next look, or lets it go on.
    pub(crate) fn set_rest(&self, id: JobId, wanted: bool) -> Result<(), Error> {
        let mut queue = self.shared.queue();
        let (_, reins) = queue.find(id).ok_or(Error::NotFound { what: "job", id: id.0 })?;
        reins.set_rest(wanted);
        Ok(())
    }

    /// Waits until the job is over.
    pub(crate) fn wait(&self, id: JobId) -> Result<JobSnapshot, Error> {
        let mut queue = self.shared.queue();
        loop {
            match queue.find(id) {
                None => return Err(Error::NotFound { what: "job", id: id.0 }),
                Some((job, _)) if job.state.is_over() => return Ok(job.clone()),
                Some(_) => queue = self.shared.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.shared.queue().closing = true;
        self.shared.changed.notify_all();
    }
}

impl Queue {
    fn find(&mut self, id: JobId) -> Option<&mut (JobSnapshot, Reins)> {
        self.listed.iter_mut().find(|(job, _)| job.id == id)
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, id: JobId, change: impl FnOnce(&mut JobSnapshot)) -> Option<JobSnapshot> {
        let mut queue = self.queue();
        let (job, _) = queue.find(id)?;
        change(job);
        Some(job.clone())
    }

    fn tell(&self, snapshot: Option<JobSnapshot>) {
        if let Some(snapshot) = snapshot {
            self.events.emit(&Event::Job(snapshot));
        }
    }
}

fn work_through(shared: &Arc<Shared>) {
    loop {
        let (id, work, reins) = {
            let mut queue = shared.queue();
            loop {
                if queue.closing {
                    return;
                }
                if let Some((id, work)) = queue.waiting.pop_front() {
                    let reins = queue.find(id).map(|(_, reins)| reins.clone()).unwrap_or_default();
                    break (id, work, reins);
                }
                queue = shared.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        };
        let pace = Mutex::new(Pace { began: Instant::now(), began_at: 0, spoke: None });
        let job = Job { id, reins, shared: shared.clone(), pace };
        shared.tell(shared.change(id, |job| job.state = JobState::Running));
        // `work` is consumed here: what it holds, the engine above all, is free before the job is called over.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&job))).unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
            Err(Error::Fault(said.unwrap_or_else(|| "unknown".into())))
        });
        let over = shared.change(id, |job| {
            (job.per_second, job.seconds_left) = (None, None);
            match outcome {
                Ok(()) => (job.state, job.stage) = (JobState::Done, "Done".into()),
                Err(Error::Cancelled) => (job.state, job.stage) = (JobState::Cancelled, "Cancelled".into()),
                Err(error) => (job.state, job.error) = (JobState::Failed, Some(Arc::new(error))),
            }
        });
        shared.tell(over);
        shared.changed.notify_all();
    }
}

impl Job {
    /// The flag that asks this job to stop.
    pub(crate) fn cancel(&self) -> &Cancel {
        &self.reins.stop
    }

    /// Rests while that is asked for; fails when the job was asked to stop. For the job's own thread, which nothing
    /// else waits for.
    pub(crate) fn look(&self) -> Result<(), Error> {
        if self.wants_rest() {
            self.rest();
        }
        if self.reins.stop.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Whether the next look rests.
    pub(crate) fn wants_rest(&self) -> bool {
        self.reins.wants_rest()
    }

    fn rest(&self) {
        self.shared.tell(self.shared.change(self.id, |job| {
            job.state = JobState::Paused;
            (job.per_second, job.seconds_left) = (None, None);
        }));
        self.reins.wait();
        let woken = self.shared.change(self.id, |job| job.state = JobState::Running);
        // Time at rest says nothing about speed.
        let began_at = woken.as_ref().map_or(0, |job| job.done);
        *self.pace() = Pace { began: Instant::now(), began_at, spoke: None };
        self.shared.tell(woken);
    }

    /// Begins a stage of `total` units, of which `done` need no work; a total of 0 is unknown.
    pub(crate) fn stage(&self, stage: impl Into<String>, unit: &'static str, done: usize, total: usize) {
        let now = Instant::now();
        *self.pace() = Pace { began: now, began_at: done as u64, spoke: Some(now) };
        self.shared.tell(self.shared.change(self.id, |job| {
            (job.stage, job.unit) = (stage.into(), unit);
            (job.done, job.total) = (done as u64, total as u64);
            (job.per_second, job.seconds_left) = (None, None);
        }));
    }

    /// Tells how far the stage is.
    pub(crate) fn progress(&self, done: usize, total: usize) {
        let (done, total) = (done as u64, total as u64);
        let per_second = {
            let mut pace = self.pace();
            let now = Instant::now();
            if (total == 0 || done < total) && pace.spoke.is_some_and(|spoke| now - spoke < SPOKEN_EVERY) {
                return;
            }
            pace.spoke = Some(now);
            let elapsed = now - pace.began;
            let made = done.saturating_sub(pace.began_at);
            (elapsed >= SPEED_AFTER && made > 0).then(|| made as f64 / elapsed.as_secs_f64())
        };
        self.shared.tell(self.shared.change(self.id, |job| {
            (job.done, job.total, job.per_second) = (done, total, per_second);
            job.seconds_left =
                per_second.filter(|_| total >= done && total > 0).map(|speed| (total - done) as f64 / speed);
        }));
    }

    /// Adds to what the job has finished.
    pub(crate) fn report(&self, add: impl FnOnce(&mut JobReport)) {
        self.shared.change(self.id, |job| add(Arc::make_mut(&mut job.report)));
    }

    /// Adds to what the job has finished, and tells of it at once.
    pub(crate) fn announce(&self, add: impl FnOnce(&mut JobReport)) {
        self.shared.tell(self.shared.change(self.id, |job| add(Arc::make_mut(&mut job.report))));
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn jobs() -> (Jobs, mpsc::Receiver<JobSnapshot>) {
        let events = Arc::new(Events::default());
        let (heard, news) = mpsc::channel();
        events.subscribe(Box::new(move |event| {
            if let Event::Job(job) = event {
                let _ = heard.send(job.clone());
            }
        }));
        (Jobs::new(events), news)
    }

    #[test]
    fn jobs_run_one_after_another_and_say_how_they_ended() {
        let (jobs, _) = jobs();
        let (order, ran) = mpsc::channel();
        let second = order.clone();
        let a = jobs.start(JobKind::Import, "a".into(), move |_| order.send('a').map_err(|_| Error::Cancelled));
        let b = jobs.start(JobKind::Embed, "b".into(), move |_| {
            second.send('b').map_err(|_| Error::Cancelled)?;
            Err(Error::Request("no".into()))
        });
        let c = jobs.start(JobKind::Embed, "c".into(), |_| panic!("broken"));
        assert_eq!(jobs.wait(b).expect("listed").state, JobState::Failed);
        assert_eq!(jobs.get(a).expect("listed").state, JobState::Done);
        assert_eq!(ran.iter().take(2).collect::<String>(), "ab");
        let error = jobs.wait(c).expect("listed").error.expect("an error").to_string();
        assert!(error.contains("broken"), "{error}");
        assert!(jobs.list().iter().all(|job| job.state.is_over()));
    }

    #[test]
    fn a_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_look() {
        let (jobs, _) = jobs();
        let (started, running) = mpsc::channel();
        let (go, gate) = mpsc::channel::<()>();
        let first = jobs.start(JobKind::Import, "first".into(), move |job| {
            started.send(()).map_err(|_| Error::Cancelled)?;
            gate.recv().map_err(|_| Error::Cancelled)?;
            job.report(|report| report.added = 3);
            job.look()
        });
        let second = jobs.start(JobKind::Import, "second".into(), |_| panic!("must not run"));
        running.recv().expect("runs");
        jobs.cancel(second).expect("listed");
        assert_eq!(jobs.get(second).expect("listed").state, JobState::Cancelled);
        jobs.cancel(first).expect("listed");
        go.send(()).expect("heard");
        let first = jobs.wait(first).expect("listed");
        assert_eq!((first.state, first.report.added), (JobState::Cancelled, 3));
        assert!(jobs.cancel(JobId(99)).is_err());
    }

    #[test]
    fn a_paused_job_waits_until_it_may_go_on_or_must_stop() {
        let (jobs, news) = jobs();
        let id = jobs.start(JobKind::Project, "steps".into(), |job| {
            loop {
                job.look()?;
                thread::yield_now();
            }
        });
        let until = |wanted| {
            let heard = news.iter().find(|job| job.state == wanted).expect("told");
            assert_eq!(jobs.get(id).expect("listed").state, heard.state);
        };
        until(JobState::Running);
        jobs.set_rest(id, true).expect("listed");
        until(JobState::Paused);
        jobs.set_rest(id, false).expect("listed");
        until(JobState::Running);
        jobs.set_rest(id, true).expect("listed");
        until(JobState::Paused);
        jobs.cancel(id).expect("listed");
        assert_eq!(jobs.wait(id).expect("listed").state, JobState::Cancelled);
        // What was stopped does not rest any more.
        jobs.set_rest(id, true).expect("listed");
        assert!(jobs.set_rest(JobId(99), true).is_err());
    }

    #[test]
    fn progress_is_told_rarely_but_the_end_always() {
        let (jobs, news) = jobs();
        let id = jobs.start(JobKind::Project, "steps".into(), |job| {
            job.stage("Counting", "steps", 0, 100_000);
            (1..=100_000).for_each(|done| job.progress(done, 100_000));
            Ok(())
        });
        jobs.wait(id).expect("listed");
        drop(jobs);
        let told: Vec<JobSnapshot> = news.iter().collect();
        assert!(told.len() < 50, "{} events", told.len());
        let last = told.last().expect("the end");
        assert_eq!((last.state, last.done, last.total), (JobState::Done, 100_000, 100_000));
    }
}
