//! The engine itself: what it owns, how it is opened, and the models it has loaded.
//!
//! Deliberately absent: every computation; each has a file of its own.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use embedscope_models::catalogue::{self, Entry};
use embedscope_models::{Elsewhere, Embedder, Folders, Kind, Overrides, Presence, Reranker};
use embedscope_workspace::{Collection, SetId, Workspace};

use crate::columns::Columns;
use crate::events::{Events, Listener};
use crate::jobs::Jobs;
use crate::maps::{LiveMap, MapId};
use crate::memory;
use crate::sets::LiveSet;
use crate::watch::Watching;
use crate::{Error, Event, JobId, JobKind, JobSnapshot};

/// How an engine is opened.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// The workspace's folder; None for one that is gone afterwards.
    pub workspace: Option<PathBuf>,
    /// Where models are kept.
    pub folders: Folders,
    /// The most threads to compute with; None for all. It bounds the whole process and the first engine decides.
    pub threads: Option<usize>,
}

/// The application without a window; cheap to clone, usable from any thread.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) workspace: Workspace,
    pub(crate) folders: Folders,
    pub(crate) elsewhere: RwLock<Elsewhere>,
    pub(crate) threads: Option<usize>,
    pub(crate) events: Arc<Events>,
    pub(crate) jobs: Jobs,
    pub(crate) sets: RwLock<BTreeMap<SetId, Arc<LiveSet>>>,
    pub(crate) maps: RwLock<BTreeMap<MapId, Arc<LiveMap>>>,
    pub(crate) next_map: AtomicU32,
    pub(crate) watching: Watching,
    pub(crate) columns: Columns,
    loaded: Mutex<HashMap<String, Loaded>>,
    /// Seconds an item of a kind took in a trial, by model.
    pub(crate) trials: Mutex<HashMap<(String, Kind), f64>>,
}

/// A model that was loaded, and what that cost.
#[derive(Clone)]
pub(crate) struct Loaded {
    pub(crate) embedder: Arc<dyn Embedder>,
    pub(crate) load_ms: f64,
    /// Memory in use before it was loaded.
    pub(crate) before_mb: Option<f64>,
    /// What the program's memory grew by while it was loaded, with that of the process that holds it.
    grown_mb: Option<f64>,
}

/// A model that is in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadedModel {
    /// Its name, with the wishes behind it.
    pub id: String,
    /// Where it computes, in words; of a graphics card also how much of its memory is in use, by whomever.
    pub device: String,
    /// What the program's memory grew by while it was loaded, with that of the process that holds it, in MB, where the system tells.
    pub memory_mb: Option<f64>,
}

/// One model of the catalogue, as it stands on this computer.
#[derive(Clone, Debug)]
pub struct ModelFacts {
    /// What the catalogue says of it.
    pub entry: &'static Entry,
    /// Whether it can be used now.
    pub presence: Presence,
}

impl Engine {
    /// Opens the workspace and everything that was computed in it; where nothing may be written, for reading.
    pub fn new(options: EngineOptions) -> Result<Self, Error> {
        let workspace = match &options.workspace {
            Some(path) => Workspace::open(path)?,
            None => Workspace::temporary()?,
        };
        Self::over(workspace, options)
    }

    /// Opens the workspace in this folder for looking at it while another program has it open.
    pub fn read_only(path: &Path, folders: Folders, threads: Option<usize>) -> Result<Self, Error> {
        let workspace = Workspace::open_read_only(path)?;
        Self::over(workspace, EngineOptions { workspace: Some(path.to_owned()), folders, threads })
    }

    fn over(workspace: Workspace, options: EngineOptions) -> Result<Self, Error> {
        if let Some(threads) = options.threads {
            // Fails only where a pool exists already: then that one stays.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build_global();
        }
        let events = Arc::new(Events::default());
        let inner = Inner {
            workspace,
            folders: options.folders,
            elsewhere: RwLock::default(),
            threads: options.threads,
            jobs: Jobs::new(events.clone()),
            events,
            sets: RwLock::default(),
            maps: RwLock::default(),
            next_map: AtomicU32::new(1),
            watching: Watching::default(),
            columns: Columns::default(),
            loaded: Mutex::default(),
            trials: Mutex::default(),
        };
        let engine = Self { inner: Arc::new(inner) };
        engine.restore_sets()?;
        engine.restore_runs()?;
        Ok(engine)
    }

    /// The workspace's name, for people.
    pub fn workspace_name(&self) -> String {
        self.inner.workspace.name()
    }

    /// Calls `listener` with everything that happens from now on.
    pub fn subscribe(&self, listener: Listener) {
        self.inner.events.subscribe(listener);
    }

    /// Work that runs, waits or has ended.
    pub fn jobs(&self) -> Vec<JobSnapshot> {
        self.inner.jobs.list()
    }

    /// One job as it stands.
    pub fn job(&self, id: JobId) -> Result<JobSnapshot, Error> {
        self.inner.jobs.get(id)
    }

    /// Asks a job to stop; a waiting one does at once, a running one within a second or so.
    pub fn cancel_job(&self, id: JobId) -> Result<(), Error> {
        self.inner.jobs.cancel(id)
    }

    /// Puts a job to rest within a second or so; what it has done is kept, also if the program ends meanwhile. Others
    /// wait behind it.
    pub fn pause_job(&self, id: JobId) -> Result<(), Error> {
        self.inner.jobs.set_rest(id, true)
    }

    /// Lets a paused job go on.
    pub fn resume_job(&self, id: JobId) -> Result<(), Error> {
        self.inner.jobs.set_rest(id, false)
    }

    /// Waits until a job is over.
    pub fn wait(&self, id: JobId) -> Result<JobSnapshot, Error> {
        self.inner.jobs.wait(id)
    }

    /// Where models compute, in words: "CPU, 2 threads".
    pub fn device(&self) -> String {
        let threads = self.inner.threads.unwrap_or_else(rayon::current_num_threads);
        format!("CPU, {threads} {}", if threads == 1 { "thread" } else { "threads" })
    }

    /// Every model of the catalogue.
    pub fn models(&self) -> Vec<ModelFacts> {
        let facts = |entry: &'static Entry| ModelFacts { entry, presence: self.presence(&entry.id) };
        catalogue::entries().iter().map(facts).collect()
    }

    /// Whether a model can be used now.
    pub fn presence(&self, model: &str) -> Presence {
        let elsewhere = self.elsewhere();
        match elsewhere.folder(model) {
            Some(folder) if !folder.path.is_dir() => Presence::Missing,
            None if !elsewhere.knows(model) => embedscope_models::presence(model, &self.inner.folders),
            _ => Presence::Present,
        }
    }

    /// Fetches a model's files.
    pub fn start_fetch(&self, model: &str) -> JobId {
        let (engine, model) = (self.clone(), model.to_owned());
        self.inner.jobs.start(JobKind::Fetch, format!("Fetching {model}"), move |job| {
            let megabytes = |bytes: u64| bytes.div_ceil(1_000_000) as usize;
            job.stage(format!("Fetching {model}"), "MB", 0, 0);
            let told = |fetch: embedscope_models::hub::FetchProgress| {
                job.progress(megabytes(fetch.done_bytes), megabytes(fetch.total_bytes));
            };
            engine.hub().fetch(&model, &engine.inner.folders, &told, job.cancel())?;
            engine.emit(&Event::ModelsChanged);
            Ok(())
        })
    }

    /// A model, loaded once and kept.
    pub fn embedder(&self, model: &str) -> Result<Arc<dyn Embedder>, Error> {
        Ok(self.load(model)?.embedder)
    }

    /// A model that says how well texts answer a question.
    pub fn reranker(&self, model: &str) -> Result<Arc<dyn Reranker>, Error> {
        Ok(embedscope_models::load_reranker(model, &self.inner.folders, self.inner.threads)?)
    }

    pub(crate) fn load(&self, model: &str) -> Result<Loaded, Error> {
        if let Some(loaded) = self.loaded().get(model) {
            return Ok(loaded.clone());
        }
        let (began, before_mb) = (Instant::now(), memory::resident_mb());
        let elsewhere = self.elsewhere().clone().load(model, &self.inner.folders, self.inner.threads);
        let here = || embedscope_models::load(model, &self.inner.folders, self.inner.threads);
        let embedder = elsewhere.unwrap_or_else(here)?;
        let load_ms = began.elapsed().as_secs_f64() * 1e3;
        let grown_mb = memory::growth_mb(before_mb, &*embedder);
        let loaded = Loaded { embedder, load_ms, before_mb, grown_mb };
        let loaded = self.loaded().entry(model.to_owned()).or_insert(loaded).clone();
        self.emit(&Event::ModelsChanged);
        Ok(loaded)
    }

    /// The models in memory, by name.
    pub fn loaded_models(&self) -> Vec<LoadedModel> {
        let facts = |(id, loaded): (&String, &Loaded)| {
            let (device, memory) = (&loaded.embedder.about().device, loaded.embedder.memory());
            let card_mb = memory.and_then(|memory| memory.card_mb);
            let taken = card_mb.map(|mb| format!(", {mb:.0} MB of its memory in use")).unwrap_or_default();
            LoadedModel { id: id.clone(), device: format!("{device}{taken}"), memory_mb: loaded.grown_mb }
        };
        let mut models: Vec<LoadedModel> = self.loaded().iter().map(facts).collect();
        models.sort_by(|a, b| a.id.cmp(&b.id));
        models
    }

    /// Lets go of a model, with whatever wishes it was loaded; it is loaded again when it is next asked for. What is
    /// computing with it now keeps it until that is done.
    pub fn unload(&self, model: &str) {
        self.loaded().retain(|id, _| Overrides::split(id).0 != model);
        self.emit(&Event::ModelsChanged);
    }

    /// Uses this embedder wherever a model of its id is asked for: a program's own, or a test's.
    pub fn add_embedder(&self, embedder: Arc<dyn Embedder>) {
        let id = embedder.about().id.clone();
        self.loaded().insert(id, Loaded { embedder, load_ms: 0.0, before_mb: None, grown_mb: None });
    }

    /// Whether a model can embed right now: loaded, built in or on this computer.
    pub(crate) fn is_usable(&self, model: &str) -> bool {
        // In this order no lock is held while another is waited for.
        self.presence(model) != Presence::Missing || self.loaded().contains_key(model)
    }

    /// How many items there are.
    pub fn count(&self) -> Result<u32, Error> {
        Ok(self.inner.workspace.count()?)
    }

    /// What was dropped together.
    pub fn collections(&self) -> Result<Vec<Collection>, Error> {
        Ok(self.inner.workspace.collections()?)
    }

    /// The metadata columns items can be coloured by, those that most items have first.
    pub fn columns(&self) -> Result<Vec<String>, Error> {
        Ok(self.inner.workspace.columns()?)
    }

    pub(crate) fn emit(&self, event: &Event) {
        self.inner.events.emit(event);
    }

    pub(crate) fn loaded(&self) -> MutexGuard<'_, HashMap<String, Loaded>> {
        self.inner.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
