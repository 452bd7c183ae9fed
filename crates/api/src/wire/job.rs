//! Long work as the window sees it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ErrorView, Said, SkippedView};

/// What a job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
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
    /// Measuring models at a task.
    Evaluate,
    /// Looking through what is kept, or giving back its disk space.
    Keep,
}

/// What the system's notice says when long work ends that nobody looks at, in the page's words.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NoticeView {
    /// What the job is for.
    pub kind: JobKind,
    /// That it is done.
    pub done: String,
    /// That it failed.
    pub failed: String,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum JobState {
    /// Behind others.
    Waiting,
    /// At work.
    Running,
    /// Put to rest by the user; others wait behind it.
    Paused,
    /// Ended well.
    Done,
    /// Stopped by the user; what it finished is kept.
    Cancelled,
    /// Ended badly; `error` says why.
    Failed,
}

/// One job.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct JobView {
    /// Its id.
    pub id: u32,
    /// What for.
    pub kind: JobKind,
    /// The whole in words: "Importing field-notes".
    pub title: Said,
    /// The present stage in words: "Embedding texts with all-MiniLM-L6-v2".
    pub stage: Said,
    /// Done of this stage.
    pub done: f64,
    /// All of this stage; 0 while unknown.
    pub total: f64,
    /// What is counted: "files", "items", "iterations", "MB".
    pub unit: Said,
    /// Units a second, once known.
    pub per_second: Option<f64>,
    /// Seconds left of this stage, once known.
    pub seconds_left: Option<f64>,
    /// Where it stands.
    pub state: JobState,
    /// Why it failed.
    pub error: Option<ErrorView>,
    /// Files it could not read, and why; complete once it is over.
    pub skipped: Vec<SkippedView>,
    /// The name of what it wrote for other programs.
    pub written: Option<String>,
    /// How many contestants it has measured, or turns of models that are timed.
    pub measured: u32,
}
