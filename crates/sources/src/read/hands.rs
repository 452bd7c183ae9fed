//! Threads that read, each on a deep stack, kept for the next file: starting one for each of many small files costs more
//! than reading it.
//!
//! A reader that never comes to an end keeps its thread, which is then never handed work again. Deliberately absent: how
//! many there are; as many as files are read at once.

use std::io;
use std::sync::mpsc::{self, SendError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

type Work = Box<dyn FnOnce() + Send>;

/// Where the threads that wait are given work.
static IDLE: Mutex<Vec<Sender<Work>>> = Mutex::new(Vec::new());

/// Does the work on a thread of its own while it lasts.
pub(super) fn work(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let mut work: Work = Box::new(work);
    while let Some(hand) = { idle().pop() } {
        match hand.send(work) {
            Ok(()) => return Ok(()),
            // That thread has died.
            Err(SendError(back)) => work = back,
        }
    }
    let (hand, works) = mpsc::channel::<Work>();
    let again = hand.clone();
    thread::Builder::new().name("read".into()).stack_size(super::STACK_BYTES).spawn(move || {
        for work in works {
            work();
            idle().push(again.clone());
        }
    })?;
    // It has only just begun to listen.
    hand.send(work).map_err(|_| io::Error::other("a thread has ended at once"))
}

fn idle() -> MutexGuard<'static, Vec<Sender<Work>>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}
