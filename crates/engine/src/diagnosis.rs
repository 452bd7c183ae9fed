//! What helps to find a fault, without what people keep: versions, the machine, settings, counts and the last log lines.
//!
//! Every field is a number, a word of this program, or a model's id where the catalogue knows it; a name, a path or a
//! text has no field it could stand in. Deliberately absent: sending it anywhere.

use std::collections::BTreeMap;
use std::path::Path;

use embedscope_models::catalogue;
use embedscope_workspace::{Usage, Workspace};
use serde::Serialize;
use serde_json::Value;

use crate::settings::SettingsFile;
use crate::{Engine, Error, Places, log, memory};

/// The bundle, as it is written.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    program: Program,
    machine: Machine,
    settings: SettingsTold,
    workspace: WorkspaceTold,
    /// The last lines of the log, oldest first.
    log: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Program {
    version: &'static str,
    /// Whether it was built with checks.
    debug: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Machine {
    system: &'static str,
    architecture: &'static str,
    threads: usize,
    memory_in_use_mb: Option<f64>,
    memory_peak_mb: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
struct SettingsTold {
    readable: bool,
    theme: &'static str,
    recent_workspaces: usize,
}

#[derive(Clone, Debug, Serialize)]
struct WorkspaceTold {
    read_only: bool,
    collections: usize,
    texts: u32,
    pictures: u32,
    lost_originals: usize,
    columns: usize,
    tags: usize,
    selections: usize,
    bytes: Bytes,
    sets: Vec<SetTold>,
    runs: BTreeMap<&'static str, RunsTold>,
    /// What is not as it was written, by part.
    problems: BTreeMap<&'static str, usize>,
}

#[derive(Clone, Debug, Serialize)]
struct Bytes {
    index: u64,
    vectors: u64,
    dead_vectors: u64,
    results: u64,
    pasted: u64,
    copies: u64,
}

#[derive(Clone, Debug, Serialize)]
struct SetTold {
    /// The id in the catalogue, or "other".
    model: &'static str,
    dim: usize,
    rows: usize,
}

#[derive(Clone, Debug, Default, Serialize)]
struct RunsTold {
    count: usize,
    elapsed_ms: f64,
}

/// Kinds of runs that are told by name.
const RUNS: [&str; 6] = ["import", "embedding", "vectors", "clusters", "map", "evaluation"];
const LOG_LINES: usize = 400;

impl Diagnosis {
    /// The bundle of the workspace in a folder, also while another program has it open.
    pub fn of(workspace: &Path, places: &Places) -> Result<Self, Error> {
        Self::of_workspace(&Workspace::open_read_only(workspace)?, places)
    }

    fn of_workspace(workspace: &Workspace, places: &Places) -> Result<Self, Error> {
        let settings = SettingsFile::at(&places.settings).read();
        Ok(Self {
            program: Program { version: env!("CARGO_PKG_VERSION"), debug: cfg!(debug_assertions) },
            machine: Machine {
                system: std::env::consts::OS,
                architecture: std::env::consts::ARCH,
                threads: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
                memory_in_use_mb: memory::resident_mb(),
                memory_peak_mb: memory::peak_mb(),
            },
            settings: SettingsTold {
                readable: settings.is_ok(),
                theme: settings.as_ref().map_or("system", |settings| settings.theme.word()),
                recent_workspaces: settings.as_ref().map_or(0, |settings| settings.recent.len()),
            },
            workspace: told(workspace)?,
            log: log::last_lines(&places.logs, LOG_LINES),
        })
    }

    /// The bundle as people and programs read it: indented JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_value(self).as_ref().map_or_else(|_| String::new(), |value: &Value| format!("{value:#}\n"))
    }
}

impl Engine {
    /// The bundle of the open workspace.
    pub fn diagnosis(&self, places: &Places) -> Result<Diagnosis, Error> {
        Diagnosis::of_workspace(&self.inner.workspace, places)
    }
}

fn told(workspace: &Workspace) -> Result<WorkspaceTold, Error> {
    let collections = workspace.collections()?;
    let mut sets = Vec::new();
    for facts in workspace.sets()? {
        let model = catalogue::find(&facts.model).map_or("other", |entry| entry.id.as_str());
        sets.push(SetTold { model, dim: facts.dim, rows: workspace.set_of(facts.id)?.members()?.len() });
    }
    let mut runs: BTreeMap<&'static str, RunsTold> = BTreeMap::new();
    for run in workspace.runs()? {
        let kind = RUNS.iter().find(|kind| **kind == run.run.kind).copied().unwrap_or("other");
        let told = runs.entry(kind).or_default();
        told.count += 1;
        told.elapsed_ms += run.run.elapsed_ms;
    }
    let mut problems: BTreeMap<&'static str, usize> = BTreeMap::new();
    for problem in workspace.verify()? {
        *problems.entry(problem.part()).or_default() += 1;
    }
    let Usage { index, vectors, dead_vectors, results, pasted, copies } = workspace.usage()?;
    Ok(WorkspaceTold {
        read_only: workspace.is_read_only(),
        texts: collections.iter().map(|collection| collection.texts).sum(),
        pictures: collections.iter().map(|collection| collection.images).sum(),
        collections: collections.len(),
        lost_originals: workspace.gone_originals()?.len(),
        columns: workspace.columns()?.len(),
        tags: workspace.tags()?.len(),
        selections: workspace.selections()?.len(),
        bytes: Bytes { index, vectors, dead_vectors, results, pasted, copies },
        sets,
        runs,
        problems,
    })
}
