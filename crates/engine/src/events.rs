//! What the engine tells whoever listens, from whichever thread it happens on.
//!
//! Deliberately absent: the news itself where it is large; an event says what changed, the listener asks for it.

use std::sync::{Arc, PoisonError, RwLock};

use embedscope_workspace::SetId;

use crate::{JobSnapshot, MapId, WatchNews};

/// Something changed.
#[derive(Clone, Debug)]
pub enum Event {
    /// A job moved on; at most twenty times a second, and always when its stage or state changes.
    Job(JobSnapshot),
    /// Items arrived.
    ItemsAdded {
        /// How many.
        count: usize,
    },
    /// A set shows more items.
    SetGrew {
        /// The set.
        set: SetId,
        /// The first new row.
        from_row: usize,
        /// Rows there are now.
        rows: usize,
    },
    /// A map has a new layout.
    MapMoved {
        /// The map.
        map: MapId,
    },
    /// A map is finished, or as finished as it will be, or rests.
    MapDone {
        /// The map.
        map: MapId,
    },
    /// Sets, maps, clusters or collections came or went.
    WorkspaceChanged,
    /// Something became of a watched folder.
    Watch(WatchNews),
    /// A model was fetched, removed, loaded or let go of, or there are others to ask.
    ModelsChanged,
}

/// Called with every event; it should return soon, for work waits for it.
pub type Listener = Box<dyn Fn(&Event) + Send + Sync>;

#[derive(Default)]
pub(crate) struct Events {
    listeners: RwLock<Vec<Arc<Listener>>>,
}

impl Events {
    pub(crate) fn subscribe(&self, listener: Listener) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(listener));
    }

    /// Tells nobody anything any more.
    pub(crate) fn clear(&self) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn emit(&self, event: &Event) {
        // Called without the lock, so that a listener may subscribe another.
        let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner).clone();
        for listener in listeners {
            listener(event);
        }
    }
}
