//! The reins of a job: asking it to stop, to rest and to go on.
//!
//! Deliberately absent: the work, which looks at them between short steps.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use embedscope_space::Cancel;

#[derive(Clone, Default)]
pub(super) struct Reins {
    pub(super) stop: Cancel,
    rest: Arc<Rest>,
}

#[derive(Default)]
struct Rest {
    wanted: Mutex<bool>,
    changed: Condvar,
}

impl Reins {
    /// Asks for an end, also of what rests.
    pub(super) fn stop(&self) {
        self.stop.cancel();
        self.set_rest(false);
    }

    /// Asks for a rest, or for its end.
    pub(super) fn set_rest(&self, wanted: bool) {
        *self.wanted() = wanted && !self.stop.is_cancelled();
        self.rest.changed.notify_all();
    }

    pub(super) fn wants_rest(&self) -> bool {
        *self.wanted()
    }

    /// Returns when no rest is wanted any more.
    pub(super) fn wait(&self) {
        let mut wanted = self.wanted();
        while *wanted {
            wanted = self.rest.changed.wait(wanted).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn wanted(&self) -> MutexGuard<'_, bool> {
        self.rest.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
