//! Reads files in processes of their own, which may die of what a file holds, and are ended when they take too long.
//!
//! Requests and answers are frames: a length of four bytes, little-endian, and postcard. Deliberately absent: tables and
//! vectors, whose rows are read where they are wanted.

use std::ffi::OsString;
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use embedscope_space::Cancel;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::outlet::{Outlet, Piece};
use crate::{Format, Limits, Reason, Tile, guard};

/// No answer is larger; one that says it is was not written by us.
const FRAME_BYTES: u32 = 1 << 30;

/// Processes that read one file after another; ended when the last copy of this is dropped.
#[derive(Clone)]
pub struct Readers(Arc<Pool>);

struct Pool {
    program: PathBuf,
    memory: u64,
    idle: Mutex<Vec<Reader>>,
}

/// The processes' program stands beside the one that runs; its whole work is to limit its memory and to [`serve`].
const PROGRAM: &str = if cfg!(windows) { "embedscope-worker.exe" } else { "embedscope-worker" };

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
        let program = std::env::current_exe().ok()?.with_file_name(PROGRAM);
        program.is_file().then(|| Self::new(program, MEMORY))
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
        let Reader { process, mut input, mut output } = self.asked(&request)?;
        lifeline.hold(process);
        let outcome = loop {
            match receive(&mut output) {
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
        if let Some(process) = lifeline.release() {
            // What is still on its way belongs to no other file.
            let _ = input.flush();
            self.idle().push(Reader { process, input, output });
        }
        outcome
    }

    /// A reader that took the request: an idle one, or a new one where that has died in the meantime.
    fn asked(&self, request: &Request) -> io::Result<Reader> {
        let idle = self.idle().pop();
        if let Some(mut reader) = idle {
            if send(&mut reader.input, request).is_ok() {
                return Ok(reader);
            }
            end(&mut reader.process);
        }
        let mut reader = Reader::start(&self.0)?;
        send(&mut reader.input, request)?;
        Ok(reader)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for reader in self.idle.get_mut().unwrap_or_else(PoisonError::into_inner) {
            end(&mut reader.process);
        }
    }
}

struct Reader {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Reader {
    fn start(pool: &Pool) -> io::Result<Self> {
        let mut command = Command::new(&pool.program);
        command.arg(pool.memory.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        #[cfg(windows)]
        {
            use std::os::windows::process::CommandExt;
            const CREATE_NO_WINDOW: u32 = 0x0800_0000;
            command.creation_flags(CREATE_NO_WINDOW);
        }
        let mut process = command.spawn()?;
        let (input, output) = (process.stdin.take(), process.stdout.take());
        let (Some(input), Some(output)) = (input, output) else {
            end(&mut process);
            return Err(io::Error::other("the reader cannot be talked to"));
        };
        Ok(Self { process, input, output: BufReader::new(output) })
    }
}

/// Ends a process and takes note of it, so that nothing of it stays; one that has ended already is no failure.
fn end(process: &mut Child) {
    let _ = process.kill();
    let _ = process.wait();
}

/// What a process at work hangs by: cut from another thread, it ends, and whoever waits for its answer waits no more.
#[derive(Clone, Default)]
pub(super) struct Lifeline(Arc<Mutex<Held>>);

#[derive(Default)]
enum Held {
    #[default]
    Nothing,
    Process(Child),
    Cut,
}

impl Lifeline {
    fn hold(&self, mut process: Child) {
        let mut held = self.held();
        if matches!(*held, Held::Cut) {
            end(&mut process);
        } else {
            *held = Held::Process(process);
        }
    }

    /// The process, unless it was ended.
    fn release(&self) -> Option<Child> {
        let mut held = self.held();
        match std::mem::replace(&mut *held, Held::Cut) {
            Held::Process(process) => Some(process),
            Held::Nothing | Held::Cut => None,
        }
    }

    pub(super) fn cut(&self) {
        if let Held::Process(mut process) = std::mem::replace(&mut *self.held(), Held::Cut) {
            end(&mut process);
        }
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

fn send(to: &mut dyn Write, what: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_stdvec(what).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= FRAME_BYTES);
    let length = length.ok_or_else(|| io::Error::other("too much at once"))?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&bytes)?;
    to.flush()
}

/// The next frame; None where there are no more.
fn receive<T: DeserializeOwned>(from: &mut dyn Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        outcome => outcome?,
    }
    let length = u32::from_le_bytes(length);
    if length > FRAME_BYTES {
        return Err(io::Error::other("too much at once"));
    }
    let mut bytes = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    postcard::from_bytes(&bytes).map(Some).map_err(io::Error::other)
}
