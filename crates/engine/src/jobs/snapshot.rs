//! A job as others see it: what it is for, where it stands, what it has done.
//!
//! Deliberately absent: the queue and the work (`jobs`).

use std::path::PathBuf;
use std::sync::Arc;

use embedscope_workspace::{Problem, SetId};

use crate::{Bench, Error, Evaluation, MapId};

/// A job's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u32);

/// What a job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Reading files, embedding them and laying out the first maps.
    Import,
    /// Embedding what is there with another model.
    Embed,
    /// Laying out a map.
    Project,
    /// Finding clusters.
    Cluster,
    /// Fetching a model.
    Fetch,
    /// Writing files for other programs.
    Export,
    /// Measuring models, at a task or by their speed.
    Evaluate,
    /// Looking through what is kept, or giving back its disk space.
    Keep,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Behind others.
    Waiting,
    /// At work.
    Running,
    /// Put to rest by the user, until it is asked to go on; others wait behind it.
    Paused,
    /// Ended well.
    Done,
    /// Stopped by the user; what it finished is kept.
    Cancelled,
    /// Ended badly.
    Failed,
}

impl JobKind {
    /// One word for the log.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Embed => "embed",
            Self::Project => "project",
            Self::Cluster => "cluster",
            Self::Fetch => "fetch",
            Self::Export => "export",
            Self::Evaluate => "evaluate",
            Self::Keep => "keep",
        }
    }
}

impl JobState {
    /// One word for the log.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more will happen.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running | Self::Paused)
    }
}

/// A file, or part of one, that was left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Skipped {
    /// Its name below the dropped folder.
    pub name: String,
    /// Why, as one clause.
    pub reason: String,
}

/// What a job has finished so far.
#[derive(Clone, Debug, Default)]
pub struct JobReport {
    /// Items that are new.
    pub added: usize,
    /// Items that were there already.
    pub known: usize,
    /// Items whose original was found again in another place.
    pub moved: usize,
    /// Items whose original has vanished, or no longer holds them.
    pub gone: usize,
    /// Vectors that were computed; others were kept from before.
    pub embedded: usize,
    /// What was left out, and why.
    pub skipped: Vec<Skipped>,
    /// Sets that it made or filled.
    pub sets: Vec<SetId>,
    /// Maps that it laid out.
    pub maps: Vec<MapId>,
    /// What it wrote for other programs: a file, or a folder of them.
    pub written: Option<PathBuf>,
    /// What it measured.
    pub evaluations: Vec<Arc<Evaluation>>,
    /// How fast the models are that it measured.
    pub benches: Vec<Arc<Bench>>,
    /// What is not as it was written, if it looked for that.
    pub problems: Option<Vec<Problem>>,
}

/// A job at one moment.
#[derive(Clone, Debug)]
pub struct JobSnapshot {
    /// Its id.
    pub id: JobId,
    /// What for.
    pub kind: JobKind,
    /// The whole in words: "Importing field-notes".
    pub title: String,
    /// The present stage in words.
    pub stage: String,
    /// Done of this stage.
    pub done: u64,
    /// All of this stage; 0 while unknown.
    pub total: u64,
    /// What is counted: "files", "items", "steps", "MB".
    pub unit: &'static str,
    /// Units a second, once known.
    pub per_second: Option<f64>,
    /// Seconds left of this stage, once known.
    pub seconds_left: Option<f64>,
    /// Where it stands.
    pub state: JobState,
    /// Why it failed.
    pub error: Option<Arc<Error>>,
    /// What it has finished; complete once it is over.
    pub report: Arc<JobReport>,
}
