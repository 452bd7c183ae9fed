//! The program behind a window: one plain function for each command a page may call.
//!
//! Deliberately absent: computing (the engine's) and sending (whoever listens).

mod ask;
mod importing;
mod numbers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use embedscope_engine::{Engine, EngineOptions, Folders, ModelComparison, Pasted, Plan, SetId};

use crate::feed::{Feed, Outgoing};
use crate::say;
use crate::wire::{AppView, ErrorCode, ErrorView, Event, PlanView};

/// The program, open on one workspace.
pub struct Host {
    engine: Engine,
    feed: Arc<Feed>,
    sample: Option<PathBuf>,
    plans: Mutex<Plans>,
    /// The last comparison, and what it was made from: two sets, neighbours, rows of each.
    compared: Mutex<Option<(Compared, Arc<ModelComparison>)>>,
}

type Compared = (SetId, SetId, u32, usize, usize);

/// Plans that wait for the user; the newest few, because each holds the names of all its files.
#[derive(Default)]
struct Plans {
    next: u32,
    waiting: BTreeMap<u32, Arc<Plan>>,
    /// The newest plan nobody asked for by a click: from the command line, or dropped before the page listened.
    unseen: Option<PlanView>,
}

const PLANS_KEPT: usize = 8;

impl Host {
    /// Opens the workspace in this folder; `sample` is where the sample collection is, if it is.
    pub fn open(workspace: PathBuf, sample: Option<PathBuf>) -> Result<Self, ErrorView> {
        let options = EngineOptions { workspace: Some(workspace), folders: Folders::from_env(), threads: None };
        let host = Self::new(Engine::new(options).map_err(say::error)?, sample);
        // What cannot be watched any more is no reason not to open.
        if let Err(problem) = host.engine.watch_again() {
            host.tell(Event::Notice { error: say::error(problem) });
        }
        Ok(host)
    }

    /// Puts an open engine behind the wire.
    pub fn new(engine: Engine, sample: Option<PathBuf>) -> Self {
        let feed = Feed::new(engine.clone());
        Self { engine, feed, sample, plans: Mutex::default(), compared: Mutex::default() }
    }

    /// Tells this listener, and no longer any earlier one, everything that happens from now on.
    pub fn listen(&self, listener: impl Fn(Outgoing) + Send + Sync + 'static) {
        self.feed.listen(listener);
    }

    /// Tells the listener something that happened outside the engine.
    pub fn tell(&self, event: Event) {
        self.feed.send(Outgoing::Event(event));
    }

    /// Everything a window needs to draw itself for the first time.
    pub fn app(&self) -> AppView {
        AppView {
            version: env!("CARGO_PKG_VERSION").into(),
            device: self.engine.device(),
            sample: self.sample.is_some(),
            models: say::models(&self.engine),
            workspace: say::workspace(&self.engine),
            jobs: self.engine.jobs().iter().map(say::job).collect(),
            plan: self.plans().unseen.take(),
        }
    }

    /// Looks through files and folders; nothing heavy begins.
    pub fn plan_paths(&self, paths: &[PathBuf]) -> Result<PlanView, ErrorView> {
        Ok(self.keep_plan(self.engine.plan(paths).map_err(say::error)?))
    }

    fn keep_plan(&self, plan: Plan) -> PlanView {
        let mut plans = self.plans();
        plans.next += 1;
        let id = plans.next;
        let view = say::plan(id, &plan);
        plans.waiting.insert(id, Arc::new(plan));
        while plans.waiting.len() > PLANS_KEPT {
            plans.waiting.pop_first();
        }
        view
    }

    /// Looks at a text that was pasted.
    pub fn plan_pasted_text(&self, text: &str) -> Result<PlanView, ErrorView> {
        Ok(self.keep_plan(self.engine.plan_pasted(Pasted::Text(text)).map_err(say::error)?))
    }

    /// Looks at a picture that was pasted: the bytes of its file.
    pub fn plan_pasted_picture(&self, bytes: &[u8]) -> Result<PlanView, ErrorView> {
        Ok(self.keep_plan(self.engine.plan_pasted(Pasted::Picture(bytes)).map_err(say::error)?))
    }

    /// Looks through files and folders for a page that may not listen yet.
    pub fn plan_unasked(&self, paths: &[PathBuf]) {
        match self.plan_paths(paths) {
            Ok(plan) if self.feed.is_heard() => self.tell(Event::Plan { plan }),
            Ok(plan) => self.plans().unseen = Some(plan),
            Err(error) => self.tell(Event::Notice { error }),
        }
    }

    /// A plan of the sample collection.
    pub fn plan_sample(&self) -> Result<PlanView, ErrorView> {
        let sample = self.sample.as_deref().ok_or_else(|| ErrorView {
            code: ErrorCode::NotFound,
            message: "The sample collection is not installed with this copy".into(),
            hint: Some("Open files or a folder of your own instead.".into()),
        })?;
        self.plan_paths(&[Path::to_owned(sample)])
    }

    fn plans(&self) -> MutexGuard<'_, Plans> {
        self.plans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
