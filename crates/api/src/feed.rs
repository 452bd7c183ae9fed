//! What happens unasked, in the wire's words, to whoever listens.
//!
//! Layouts that move are sent at most thirty times a second; the last one of a run always is. Deliberately absent:
//! queueing; a listener takes what it is told or loses it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use embedscope_engine::{Engine, Event as Happened, MapId, SetId};

use crate::say;
use crate::wire::Event;

/// Something told unasked.
#[derive(Debug)]
pub enum Outgoing {
    /// A small fact.
    Event(Box<Event>),
    /// Numbers by the thousand, see [`crate::frame`].
    Frame(Vec<u8>),
}

type Listener = Arc<dyn Fn(Outgoing) + Send + Sync>;

pub(crate) struct Feed {
    listener: RwLock<Option<Listener>>,
    moved: Mutex<HashMap<MapId, Instant>>,
}

const FRAME_EVERY: Duration = Duration::from_millis(33);

impl Feed {
    /// A feed of nothing yet.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { listener: RwLock::new(None), moved: Mutex::default() })
    }

    /// Follows everything that happens in an engine, until that is closed; `name` is what its workspace is called.
    pub(crate) fn attach(self: &Arc<Self>, name: String, engine: &Engine) {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let (following, source) = (self.clone(), engine.clone());
        engine.subscribe(Box::new(move |happened| following.follow(&name, &source, happened)));
    }

    pub(crate) fn listen(&self, listener: impl Fn(Outgoing) + Send + Sync + 'static) {
        *self.listener.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(listener));
    }

    pub(crate) fn is_heard(&self) -> bool {
        self.listener.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(crate) fn tell(&self, event: Event) {
        self.send(Outgoing::Event(Box::new(event)));
    }

    fn send(&self, outgoing: Outgoing) {
        // Called without the lock, so that a listener may replace itself.
        let listener = self.listener.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(listener) = listener {
            listener(outgoing);
        }
    }

    fn follow(&self, name: &str, engine: &Engine, happened: &Happened) {
        if !self.is_heard() {
            return;
        }
        match happened {
            Happened::Job(job) => self.tell(Event::Job { job: say::job(job) }),
            Happened::SetGrew { set, from_row, .. } => {
                self.send_rows(engine, *set, *from_row);
                self.send_workspace(name, engine);
            }
            Happened::MapMoved { map } => {
                if self.is_due(*map) {
                    self.send_layout(engine, *map);
                }
            }
            Happened::MapDone { map } => {
                self.send_layout(engine, *map);
                self.send_workspace(name, engine);
            }
            Happened::ItemsAdded { .. } => {}
            Happened::Watch(news) => self.tell(say::news(news)),
            Happened::WorkspaceChanged => self.send_workspace(name, engine),
            Happened::ModelsChanged => self.tell(Event::Models { models: say::models(engine) }),
        }
    }

    fn is_due(&self, map: MapId) -> bool {
        let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        let due = moved.get(&map).is_none_or(|last| last.elapsed() >= FRAME_EVERY);
        if due {
            moved.insert(map, Instant::now());
        }
        due
    }

    // A set or map that is gone by the time it is asked for is no news any more.

    fn send_rows(&self, engine: &Engine, set: SetId, from_row: usize) {
        if let Ok(rows) = engine.set_rows(set, from_row) {
            self.send(Outgoing::Frame(say::rows(set, &rows)));
        }
    }

    fn send_layout(&self, engine: &Engine, map: MapId) {
        if let Ok(layout) = engine.layout(map) {
            self.send(Outgoing::Frame(say::positions(&layout)));
        }
    }

    fn send_workspace(&self, name: &str, engine: &Engine) {
        self.tell(Event::Workspace { workspace: say::workspace(name, engine) });
    }
}
