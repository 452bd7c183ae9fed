//! Reads files in processes of their own, which may die of what a file holds, and are ended when they take too long.
//!
//! Requests and answers are frames. Deliberately absent: tables and vectors, whose rows are read where they are wanted.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use embedscope_apart::{Life, Process, beside_this_program, receive, send};
use embedscope_space::Cancel;
use serde::{Deserialize, Serialize};

use super::outlet::{Outlet, Piece};
use crate::{Format, Limits, Reason, Tile, guard};

/// Processes that read one file after another; ended when the last copy of this is dropped.
#[derive(Clone)]
pub struct Readers(Arc<Pool>);

struct Pool {
    program: PathBuf,
    memory: u64,
    idle: Mutex<Vec<Process>>,
}

/// The processes' program stands beside the one that runs; its whole work is to limit its memory and to [`serve`].
const PROGRAM: &str = "embedscope-worker";

/// The most memory a process may take, bytes.
const MEMORY: u64 = 4 << 30;

impl Readers {
    /// Readers that run `program`, as many as are needed at once, none with more memory than this many bytes: to ask for
    /// more ends a process.
    pub fn new(program: PathBuf, memory: u64) -> Self {
        Self(Arc::new(Pool { program, memory, idle: Mutex::default() }))
    }

    /// Readers that run the program made for it; None where it does not stand beside the running one, as in tests.
    pub fn beside_this_program() -> Option<Self> {
        Some(Self::new(beside_this_program(PROGRAM)?, MEMORY))
    }

    /// Hands what is in a document or picture to `outlet`. Cutting the lifeline ends it at once.
    pub(super) fn read(
        &self,
        path: &Path,
        format: Format,
        tile: Option<Tile>,
        limits: &Limits,
        lifeline: &Lifeline,
        outlet: &mut Outlet,
    ) -> Result<(), Reason> {
        let request = Request { path: path.into(), format, tile, limits: limits.clone() };
        let mut process = self.asked(&request)?;
        lifeline.hold(process.life);
        let outcome = loop {
            match receive(&mut process.output) {
                Ok(Some(Answer::Piece(piece))) => {
                    if let Err(reason) = outlet.give(piece) {
                        lifeline.cut();
                        break Err(reason);
                    }
                }
                Ok(Some(Answer::End(outcome))) => break outcome,
                Ok(None) | Err(_) => {
                    lifeline.cut();
                    break Err(super::broken("its structure brings the reader down"));
                }
            }
        };
        if let Some(life) = lifeline.release() {
            // What is still on its way belongs to no other file.
            let _ = process.input.flush();
            process.life = life;
            self.idle().push(process);
        }
        outcome
    }

    /// A reader that took the request: an idle one, or a new one where that has died in the meantime.
    fn asked(&self, request: &Request) -> io::Result<Process> {
        let idle = self.idle().pop();
        if let Some(mut reader) = idle
            && send(&mut reader.input, request).is_ok()
        {
            return Ok(reader);
        }
        let mut reader = Process::start(Command::new(&self.0.program).arg(self.0.memory.to_string()))?;
        send(&mut reader.input, request)?;
        Ok(reader)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Process>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a process at work hangs by: cut from another thread, it ends, and whoever waits for its answer waits no more.
#[derive(Clone, Default)]
pub(super) struct Lifeline(Arc<Mutex<Held>>);

#[derive(Default)]
enum Held {
    #[default]
    Nothing,
    Process(Life),
    Cut,
}

impl Lifeline {
    fn hold(&self, life: Life) {
        let mut held = self.held();
        if !matches!(*held, Held::Cut) {
            *held = Held::Process(life);
        }
    }

    /// The process, unless it was ended.
    fn release(&self) -> Option<Life> {
        match self.taken() {
            Held::Process(life) => Some(life),
            Held::Nothing | Held::Cut => None,
        }
    }

    pub(super) fn cut(&self) {
        drop(self.taken());
    }

    fn taken(&self) -> Held {
        std::mem::replace(&mut *self.held(), Held::Cut)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Serialize, Deserialize)]
struct Request {
    path: OsString,
    format: Format,
    tile: Option<Tile>,
    limits: Limits,
}

#[derive(Serialize, Deserialize)]
enum Answer {
    Piece(Piece),
    End(Result<(), Reason>),
}

/// Answers requests on stdin, until there are no more; then whatever is still being read is given up.
pub fn serve() -> io::Result<()> {
    let (sender, requests) = mpsc::channel::<Request>();
    let work = move || {
        for Request { path, format, tile, limits } in requests {
            let outcome = guard::guarded(|| {
                let give = |piece| Ok(send(&mut io::stdout(), &Answer::Piece(piece))?);
                super::document(Path::new(&path), format, tile, &limits, &mut Outlet::new(give, Cancel::default()))
            });
            // Nobody is there to hear of it.
            if send(&mut io::stdout(), &Answer::End(outcome)).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("read".into()).stack_size(super::STACK_BYTES).spawn(work)?;
    let mut input = io::stdin().lock();
    while let Some(request) = receive(&mut input)? {
        if sender.send(request).is_err() {
            break;
        }
    }
    Ok(())
}
