//! Watched folders: what is new or changed in one is imported as it was chosen for the whole, after a moment of quiet.
//!
//! Only files that were touched are read again. A folder that is taken away is said, and looked for until it is back. Deliberately
//! absent: asking first; whoever switches watching on has seen the plan.

mod ear;
mod kept;

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use embedscope_space::Cancel;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::import::ImportChoice;
use crate::project::now_ms;
use crate::{Engine, Error, Event, JobReport, JobState, Plan};
use ear::Told;

/// A watched folder, or several that were dropped together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Its number among those of this session.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Whether it is where it was.
    pub is_there: bool,
}

/// What became of a watched folder.
#[derive(Clone, Debug)]
pub enum WatchNews {
    /// What was new or changed in it was imported.
    Renewed {
        /// Its name.
        name: String,
        /// What the import came to.
        report: Arc<JobReport>,
    },
    /// It is no longer there.
    Lost {
        /// Its name.
        name: String,
    },
    /// It is there again.
    Back {
        /// Its name.
        name: String,
    },
    /// It cannot be watched, or what is new in it not imported.
    Failed {
        /// Its name.
        name: String,
        /// Why.
        problem: String,
    },
}

/// Everything that is watched, and the way to whoever listens for it.
#[derive(Default)]
pub(crate) struct Watching(Mutex<State>);

#[derive(Default)]
struct State {
    next: u32,
    folders: Vec<Folder>,
    ear: Option<Ear>,
}

/// What the system tells, and the thread that it is told to.
struct Ear {
    watcher: RecommendedWatcher,
    told: Sender<Told>,
}

/// What is remembered of a watched folder.
#[derive(Clone, Debug)]
struct Folder {
    id: u32,
    name: String,
    roots: Vec<PathBuf>,
    choice: ImportChoice,
    /// When it was last looked through, since 1970.
    looked_ms: i64,
    is_there: bool,
}

impl Folder {
    fn stands(&self) -> bool {
        self.roots.iter().all(|root| root.is_dir())
    }
}

impl Engine {
    /// Watches the folders of a plan from now on: what is new in them is imported with this choice. Gives its number, the same
    /// one where they are watched already. Fails where the plan is not of folders, and where the system cannot watch them.
    pub fn watch(&self, plan: &Plan, choice: &ImportChoice) -> Result<u32, Error> {
        if !plan.can_watch() {
            return Err(Error::Request(format!("{} is not a folder, so it cannot be watched", plan.name)));
        }
        let absolute = |root: &PathBuf| std::path::absolute(root).map_err(Error::file(root));
        let roots: Vec<PathBuf> = plan.roots.iter().map(absolute).collect::<Result<_, _>>()?;
        self.hear(&roots)?;
        let mut state = self.watching();
        let known = state.folders.iter_mut().find(|folder| folder.roots == roots);
        let id = if let Some(folder) = known {
            folder.choice = choice.clone();
            folder.id
        } else {
            state.next += 1;
            let (id, name, choice) = (state.next, plan.name.clone(), choice.clone());
            state.folders.push(Folder { id, name, roots, choice, looked_ms: now_ms(), is_there: true });
            id
        };
        drop(state);
        self.keep_watched()?;
        self.emit(&Event::WorkspaceChanged);
        Ok(id)
    }

    /// Watches again what this workspace was told to watch, and imports what is new there since.
    pub fn watch_again(&self) -> Result<(), Error> {
        if self.is_read_only() {
            return Ok(());
        }
        let folders = kept::read(&self.inner.workspace)?;
        if folders.is_empty() {
            return Ok(());
        }
        for folder in &folders {
            if folder.stands() {
                self.hear(&folder.roots)?;
            }
        }
        let mut state = self.watching();
        for mut folder in folders {
            state.next += 1;
            folder.id = state.next;
            state.folders.push(folder);
        }
        drop(state);
        self.tell_ear(Told::Missed)
    }

    /// Hears nothing any more; what is to be watched stays kept for the next opening.
    pub(crate) fn watch_no_longer(&self) {
        let mut state = self.watching();
        state.folders.clear();
        state.ear = None;
    }

    /// What is watched.
    pub fn watched(&self) -> Vec<Watched> {
        let told = |folder: &Folder| Watched { id: folder.id, name: folder.name.clone(), is_there: folder.is_there };
        self.watching().folders.iter().map(told).collect()
    }

    /// Watches a folder no longer; its items stay.
    pub fn stop_watching(&self, id: u32) -> Result<(), Error> {
        let mut state = self.watching();
        let at = state.folders.iter().position(|folder| folder.id == id);
        let folder = state.folders.remove(at.ok_or(Error::NotFound { what: "watched folder", id })?);
        let State { folders, ear, .. } = &mut *state;
        for root in folder.roots.iter().filter(|root| !folders.iter().any(|other| other.roots.contains(root))) {
            // One that is gone is heard no more anyway.
            let _ = ear.as_mut().map(|ear| ear.watcher.unwatch(root));
        }
        drop(state);
        self.keep_watched()?;
        self.emit(&Event::WorkspaceChanged);
        Ok(())
    }

    /// Imports of a watched folder what `is_touched` says is new or changed, and waits for it.
    fn renew(&self, folder: &Folder, is_touched: &dyn Fn(&Path) -> bool) -> Result<(), Error> {
        let looked_ms = now_ms();
        // Our own files may lie below it.
        let own = self.inner.workspace.path();
        let plan =
            self.look_through(&folder.roots, &|path| !path.starts_with(own) && is_touched(path), &Cancel::default())?;
        let is_news = plan.files() > 0 || plan.vanished > 0;
        let mut choice = folder.choice.clone();
        // What was chosen for tables that are not among the touched files is of no use to them.
        choice.columns.retain(|name, _| plan.tables.iter().any(|table| table.name == *name));
        if is_news {
            let name = folder.name.clone();
            let job = self.wait(self.start_import(plan, choice)?)?;
            // A job that failed has said so.
            if job.state == JobState::Done && (job.report.added > 0 || job.report.moved > 0 || job.report.gone > 0) {
                self.emit(&Event::Watch(WatchNews::Renewed { name, report: job.report }));
            }
        }
        for known in self.watching().folders.iter_mut().filter(|known| known.id == folder.id) {
            known.looked_ms = looked_ms;
        }
        if is_news { self.keep_watched() } else { Ok(()) }
    }

    /// Notes whether a folder is there, and says it when that changed.
    fn note_standing(&self, id: u32, is_there: bool) {
        let mut news = None;
        for folder in self.watching().folders.iter_mut().filter(|folder| folder.id == id) {
            if folder.is_there != is_there {
                folder.is_there = is_there;
                let name = folder.name.clone();
                news = Some(if is_there { WatchNews::Back { name } } else { WatchNews::Lost { name } });
            }
        }
        if let Some(news) = news {
            self.emit(&Event::Watch(news));
            self.emit(&Event::WorkspaceChanged);
        }
    }

    fn keep_watched(&self) -> Result<(), Error> {
        let folders = self.watching().folders.clone();
        kept::write(&self.inner.workspace, &folders)
    }

    /// Has the system tell what happens below these folders.
    fn hear(&self, roots: &[PathBuf]) -> Result<(), Error> {
        let mut state = self.watching();
        for root in roots {
            self.ear(&mut state)?.watcher.watch(root, RecursiveMode::Recursive).map_err(Error::file(root))?;
        }
        Ok(())
    }

    fn tell_ear(&self, told: Told) -> Result<(), Error> {
        // One that has gone hears nothing more.
        let _ = self.ear(&mut self.watching())?.told.send(told);
        Ok(())
    }

    fn ear<'a>(&self, state: &'a mut State) -> Result<&'a mut Ear, Error> {
        if state.ear.is_none() {
            let opened = ear::open(Arc::downgrade(&self.inner));
            state.ear =
                Some(opened.map_err(|problem| Error::Request(format!("folders cannot be watched: {problem}")))?);
        }
        state.ear.as_mut().ok_or_else(|| Error::Request("folders cannot be watched".into()))
    }

    fn watching(&self) -> MutexGuard<'_, State> {
        self.inner.watching.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
