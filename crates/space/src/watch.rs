//! How long work is watched and stopped: a progress function and a flag that says "enough".
//!
//! Deliberately absent: threads, time and messages; whoever starts the work adds those.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::Error;

/// Told `(done, total)` from time to time, from any thread.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Watches nothing.
pub const UNWATCHED: Progress<'static> = &|_, _| {};

/// A flag shared between the one who works and the one who may stop it.
#[derive(Clone, Default, Debug)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the work to stop; it does so at its next look.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Fails once the work was asked to stop.
    pub fn check(&self) -> Result<(), Error> {
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }
}
