//! The program behind a window: one plain function for each command a page may call.
//!
//! Deliberately absent: computing (the engine's) and sending (whoever listens).

mod ask;
mod clusters;
mod evaluate;
mod figure;
mod health;
mod importing;
mod keep;
mod lists;
mod models;
mod numbers;
mod open;
mod releases;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use embedscope_engine::{Cancel, Engine, ModelComparison, Pasted, Places, Plan, SetId, SettingsFile, is_workspace};

use crate::feed::{Feed, Outgoing};
use crate::say;
use crate::wire::{AppView, ErrorCode, ErrorView, Event, PlanView, RefusedView, WorkspaceView};

/// What the program finds around it.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The folder of the workspace that is there from the beginning.
    pub home: PathBuf,
    /// Where the sample collection is, if it is.
    pub sample: Option<PathBuf>,
    /// Where settings and logs are.
    pub places: Places,
}

/// The program, open on one workspace or on none.
pub struct Host {
    desk: Desk,
    settings: SettingsFile,
    feed: Arc<Feed>,
    open: RwLock<Option<Engine>>,
    openings: AtomicU32,
    /// The workspace that could not be opened last.
    refused: Mutex<Option<(PathBuf, RefusedView)>>,
    /// Workspaces the page knows by number: their places in this list.
    numbered: Mutex<Vec<PathBuf>>,
    notices: Mutex<Vec<ErrorView>>,
    diagnosis: Mutex<Option<PathBuf>>,
    figure: Mutex<Option<PathBuf>>,
    evaluation: Mutex<Option<PathBuf>>,
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
    /// Stops what is being looked through.
    looking: Option<Cancel>,
    /// The newest plan nobody asked for by a click: from the command line, or dropped before the page listened.
    unseen: Option<PlanView>,
}

const PLANS_KEPT: usize = 8;

impl Host {
    /// Opens the workspace that was open last, or the one at home. Where that cannot be, none is open, and the page is
    /// told why.
    pub fn new(desk: Desk) -> Self {
        let host = Self {
            settings: SettingsFile::at(&desk.places.settings),
            desk,
            feed: Feed::new(),
            open: RwLock::new(None),
            openings: AtomicU32::new(0),
            refused: Mutex::default(),
            numbered: Mutex::default(),
            notices: Mutex::default(),
            diagnosis: Mutex::default(),
            figure: Mutex::default(),
            evaluation: Mutex::default(),
            plans: Mutex::default(),
            compared: Mutex::default(),
        };
        host.begin();
        host
    }

    /// Tells this listener, and no longer any earlier one, everything that happens from now on.
    pub fn listen(&self, listener: impl Fn(Outgoing) + Send + Sync + 'static) {
        self.feed.listen(listener);
    }

    /// Tells the listener something that happened outside the engine.
    pub fn tell(&self, event: Event) {
        self.feed.tell(event);
    }

    /// Everything a window needs to draw itself for the first time.
    pub fn app(&self) -> AppView {
        let engine = self.engine().ok();
        let settings = self.settings.read().unwrap_or_default();
        let (plan, looking) = {
            let mut plans = self.plans();
            (plans.unseen.take(), plans.looking.is_some())
        };
        AppView {
            version: env!("CARGO_PKG_VERSION").into(),
            device: engine.as_ref().map(Engine::device).unwrap_or_default().into(),
            sample: self.desk.sample.is_some(),
            models: engine.as_ref().map(say::models).unwrap_or_default(),
            workspace: engine.as_ref().map_or_else(WorkspaceView::default, |engine| {
                say::workspace(&self.name_of(engine.workspace_path()), engine)
            }),
            look: engine.as_ref().and_then(Engine::look).map(open::look_view),
            jobs: engine.iter().flat_map(Engine::jobs).map(|job| say::job(&job)).collect(),
            plan,
            looking,
            theme: self.theme(),
            zoom: settings.zoom,
            ask_for_releases: settings.ask_for_releases,
            recent: self.recent(),
            refused: match engine {
                Some(_) => None,
                None => held(&self.refused).as_ref().map(|(_, refused)| refused.clone()),
            },
            opening: self.openings.load(Ordering::Relaxed),
            notices: std::mem::take(&mut *held(&self.notices)),
        }
    }

    /// The open workspace's engine.
    fn engine(&self) -> Result<Engine, ErrorView> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone().ok_or_else(|| ErrorView {
            code: ErrorCode::NotFound,
            message: "No workspace is open".into(),
            hint: Some("Open one, or begin a new one.".into()),
        })
    }

    fn name_of(&self, workspace: &Path) -> String {
        say::kept::name(workspace, &self.desk.home)
    }

    /// Looks through files and folders; nothing heavy begins.
    pub fn plan_paths(&self, paths: &[PathBuf]) -> Result<PlanView, ErrorView> {
        let engine = self.to_add()?;
        let cancel = Cancel::default();
        // Who drops something else does not wait for what was dropped before.
        if let Some(before) = self.plans().looking.replace(cancel.clone()) {
            before.cancel();
        }
        self.tell(Event::Looking { on: true });
        let found = engine.plan_unless(paths, &cancel);
        if !cancel.is_cancelled() {
            self.plans().looking = None;
            self.tell(Event::Looking { on: false });
        }
        Ok(self.keep_plan(found.map_err(say::error)?))
    }

    /// Looks no further through what was dropped or chosen last.
    pub fn stop_looking(&self) {
        if let Some(looking) = self.plans().looking.take() {
            looking.cancel();
            self.tell(Event::Looking { on: false });
        }
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
        Ok(self.keep_plan(self.to_add()?.plan_pasted(Pasted::Text(text)).map_err(say::error)?))
    }

    /// Looks at a picture that was pasted: the bytes of its file.
    pub fn plan_pasted_picture(&self, bytes: &[u8]) -> Result<PlanView, ErrorView> {
        Ok(self.keep_plan(self.to_add()?.plan_pasted(Pasted::Picture(bytes)).map_err(say::error)?))
    }

    /// Opens what was dropped if it is a workspace and lists it if it is a model, else looks through files and folders, for a
    /// page that may not listen yet.
    pub fn take_unasked(&self, paths: &[PathBuf]) {
        if let [folder] = paths
            && is_workspace(folder)
        {
            let opening = self.open_workspace(folder);
            if self.feed.is_heard() {
                self.tell(Event::Opened { opening });
            }
            return;
        }
        if let [folder] = paths
            && holds_a_model(folder)
        {
            match self.add_model_folder(folder) {
                Ok(id) => self.tell(Event::Told { message: format!("{id} is listed among the models").into() }),
                Err(error) if self.feed.is_heard() => self.tell(Event::Notice { error }),
                Err(error) => held(&self.notices).push(error),
            }
            return;
        }
        match self.plan_paths(paths) {
            Ok(plan) if self.feed.is_heard() => self.tell(Event::Plan { plan }),
            Ok(plan) => self.plans().unseen = Some(plan),
            Err(error) if self.feed.is_heard() => self.tell(Event::Notice { error }),
            Err(error) => held(&self.notices).push(error),
        }
    }

    /// A plan of the sample collection.
    pub fn plan_sample(&self) -> Result<PlanView, ErrorView> {
        let sample = self.desk.sample.as_deref().ok_or_else(|| ErrorView {
            code: ErrorCode::NotFound,
            message: "The sample collection is not installed with this copy".into(),
            hint: Some("Open files or a folder of your own instead.".into()),
        })?;
        self.plan_paths(&[Path::to_owned(sample)])
    }

    /// The engine, if something may be added to its workspace: said before a plan is made, not after it.
    fn to_add(&self) -> Result<Engine, ErrorView> {
        let engine = self.engine()?;
        if engine.is_read_only() { Err(say::kept::read_only()) } else { Ok(engine) }
    }

    fn plans(&self) -> MutexGuard<'_, Plans> {
        held(&self.plans)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // What listens to an engine holds it: until it is closed, its workspace is not free for others.
        if let Some(engine) = self.open.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = engine.close();
        }
    }
}

/// Whether a folder is laid out as a model is, and not as documents are.
fn holds_a_model(folder: &Path) -> bool {
    let is_there = |name: &str| folder.join(name).is_file();
    is_there("config.json") && (is_there("model.safetensors") || is_there("model.safetensors.index.json"))
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
