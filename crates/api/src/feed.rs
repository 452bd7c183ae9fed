//! What happens unasked, in the wire's words, to whoever listens.
//!
//! A layout that moves is sent at most thirty times a second, quantised, and not before the page has drawn the one
//! before it, so that a slow page never queues them; where it rests or ends, it is sent exact and at once. Deliberately
//! absent: queueing; a listener takes what it is told or loses it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
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
    sent: Mutex<HashMap<MapId, Sent>>,
}

/// The last layout of a moving map that was sent.
struct Sent {
    at: Instant,
    /// Whether the page has drawn it.
    drawn: bool,
    /// Whether the map has moved since, and nothing was sent.
    missed: bool,
}

const FRAME_EVERY: Duration = Duration::from_millis(33);

impl Feed {
    /// A feed of nothing yet.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { listener: RwLock::new(None), sent: Mutex::default() })
    }

    /// Follows everything that happens in an engine, until that is closed; `name` is what its workspace is called.
    pub(crate) fn attach(self: &Arc<Self>, name: String, engine: &Engine) {
        self.sent().clear();
        let (following, source) = (self.clone(), engine.clone());
        engine.subscribe(Box::new(move |happened| following.follow(&name, &source, happened)));
    }

    pub(crate) fn listen(&self, listener: impl Fn(Outgoing) + Send + Sync + 'static) {
        // A page that begins anew draws nothing that was sent to the last one.
        self.sent().clear();
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
                if self.may_send(*map) {
                    self.send_layout(engine, *map);
                }
            }
            Happened::MapDone { map } => {
                self.sent().remove(map);
                self.send_layout(engine, *map);
                self.send_workspace(name, engine);
            }
            Happened::ItemsAdded { .. } => {}
            Happened::Watch(news) => self.tell(say::news(news)),
            Happened::WorkspaceChanged => self.send_workspace(name, engine),
            Happened::ModelsChanged => self.tell(Event::Models { models: say::models(engine) }),
        }
    }

    /// Hears that the page has drawn the last layout of a map; what it missed meanwhile is sent when it is due.
    pub(crate) fn drawn(&self, engine: &Engine, map: MapId) {
        let due = {
            let mut sent = self.sent();
            let Some(last) = sent.get_mut(&map) else { return };
            last.drawn = true;
            if !last.missed {
                return;
            }
            FRAME_EVERY.saturating_sub(last.at.elapsed())
        };
        thread::sleep(due);
        let is_behind = self.sent().get(&map).is_some_and(|last| last.drawn && last.missed);
        if is_behind && self.may_send(map) {
            self.send_layout(engine, map);
        }
    }

    /// Whether a layout that moves is sent now; if not, it is missed.
    fn may_send(&self, map: MapId) -> bool {
        let mut sent = self.sent();
        match sent.get_mut(&map) {
            Some(last) if !last.drawn || last.at.elapsed() < FRAME_EVERY => {
                last.missed = true;
                false
            }
            _ => {
                sent.insert(map, Sent { at: Instant::now(), drawn: false, missed: false });
                true
            }
        }
    }

    fn sent(&self) -> MutexGuard<'_, HashMap<MapId, Sent>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // A set or map that is gone by the time it is asked for is no news any more.

    fn send_rows(&self, engine: &Engine, set: SetId, from_row: usize) {
        if let Ok(rows) = engine.set_rows(set, from_row) {
            self.send(Outgoing::Frame(say::rows(set, &rows)));
        }
    }

    fn send_layout(&self, engine: &Engine, map: MapId) {
        if let Ok(layout) = engine.layout(map) {
            let frame = if layout.moving { say::steps(&layout) } else { say::positions(&layout) };
            self.send(Outgoing::Frame(frame));
        }
    }

    fn send_workspace(&self, name: &str, engine: &Engine) {
        self.tell(Event::Workspace { workspace: say::workspace(name, engine) });
    }
}
