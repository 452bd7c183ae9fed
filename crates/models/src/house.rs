//! A program beside this one that holds a model in a process of its own, and so needs a graphics card's libraries alone: where
//! they are missing, this program only lacks the card, and what a process took is free when it ends.
//!
//! Deliberately absent: whether the card is worth it; the process tries that itself (`device`).

mod housed;
mod serve;
mod talk;
pub(crate) mod tree;

use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use embedscope_apart::{Process, beside_this_program, receive, send};
use serde::de::DeserializeOwned;

pub(crate) use housed::Housed;
pub use serve::serve;
use talk::{Ask, Greeting};

/// The program's name; its whole work is to [`serve`].
const PROGRAM: &str = "embedscope-embedder";

/// The program that holds models, one in a process.
pub struct House {
    program: PathBuf,
    /// One that was greeted and holds nothing yet: opening a card takes its time.
    waiting: Mutex<Option<Process>>,
}

impl House {
    /// The house whose processes run `program`.
    pub fn new(program: PathBuf) -> Self {
        Self { program, waiting: Mutex::default() }
    }

    /// The program made for it; None where it does not stand beside the running one.
    pub(crate) fn beside_this_program() -> Option<Self> {
        beside_this_program(PROGRAM).map(Self::new)
    }

    /// Whether its processes compute on a graphics card; false where it was built for none. Fails with the reason, in words,
    /// where none can be used although it was built for one.
    pub fn has_card(&self) -> Result<bool, String> {
        let place = self.program.display().to_string();
        let (process, Greeting { card, .. }) = self.start().map_err(|problem| {
            // A loader that misses a library says where the program is, which is nobody's concern.
            format!("no graphics card could be used ({PROGRAM} {})", problem.replace(&place, PROGRAM))
        })?;
        let has_card = card.transpose()?.is_some();
        if has_card {
            *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
        }
        Ok(has_card)
    }

    /// A process that holds nothing yet, or in words what it did instead of greeting.
    fn process(&self) -> Result<Process, String> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        waiting.map_or_else(|| self.start().map(|(process, _)| process), Ok)
    }

    fn start(&self) -> Result<(Process, Greeting), String> {
        let process = Process::start(&mut Command::new(&self.program));
        let process = process.map_err(|problem| format!("could not be started: {problem}"))?;
        let (greeting, process): (Greeting, _) = ask(process, &Ask::Greet)?;
        match greeting.version == env!("CARGO_PKG_VERSION") {
            true => Ok((process, greeting)),
            false => Err(format!("is of version {} and not of this program's", greeting.version)),
        }
    }
}

/// The answer and the process to go on with, or in words how the process ended instead.
fn ask<T: DeserializeOwned>(mut process: Process, what: &Ask<'_>) -> Result<(T, Process), String> {
    let answer = send(&mut process.input, what).and_then(|()| receive(&mut process.output));
    match answer.and_then(|answer| answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())) {
        Ok(answer) => Ok((answer, process)),
        Err(_) => Err(format!("has ended{}", process.life.last_words())),
    }
}
