//! Reads one file into items, within limits of size and time, whatever the file holds.
//!
//! Deliberately absent: reading several files at once (the caller's threads), and formats not in [`Format`].

mod csv;
mod docx;
mod html;
mod jsonl;
mod markdown;
mod outlet;
mod pdf;
mod picture;
mod text;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use embedscope_space::Cancel;
use outlet::Outlet;

use crate::cut::{Cut, TokenCounter};
use crate::scan::Found;
use crate::{Draft, Format, Limits, Reason, guard};

/// How a file is read.
#[derive(Clone, Default)]
pub struct ReadOptions {
    /// How texts are cut into chunks.
    pub cut: Cut,
    /// The column of a table that is the text; guessed where not given.
    pub text_column: Option<String>,
    /// Counts tokens where texts are cut by them.
    pub tokens: Option<TokenCounter>,
    /// Stops reading; what was given so far stands, and the answer is Ok.
    pub cancel: Cancel,
}

/// Items on their way from the reading thread.
const WAITING: usize = 16;

/// Deeply nested documents are read on a stack of their own.
const STACK_BYTES: usize = 64 << 20;

/// How often a waiting caller looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(100);

/// Reads a file and gives each item to `sink`, in order, on the calling thread.
///
/// What was given before an error stands: a document may be half broken, a table longer than the limit. A panic of a
/// parser becomes a reason. A parser that does not come to an end is left behind: its thread goes on until its next
/// item or page, and a thread that never gets there keeps its memory until the program ends.
pub fn read(found: &Found, options: &ReadOptions, limits: &Limits, sink: &mut dyn FnMut(Draft)) -> Result<(), Reason> {
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    let stop = Cancel::default();
    let mut outlet = Outlet::new(found, options, limits, sender, stop.clone());
    let (file, limits_there, text_column) = (found.clone(), limits.clone(), options.text_column.clone());
    let work = move || {
        guard::guarded(|| {
            by_format(&file, text_column.as_deref(), &limits_there, &mut outlet)?;
            outlet.finish()
        })
    };
    let worker = thread::Builder::new().name("read".into()).stack_size(STACK_BYTES).spawn(work)?;
    let allowed = Duration::from_secs(limits.seconds);
    let mut waited = Duration::ZERO;
    loop {
        if options.cancel.is_cancelled() {
            stop.cancel();
            return Ok(());
        }
        let since = Instant::now();
        let received = receiver.recv_timeout(LOOK.min(allowed.saturating_sub(waited)));
        waited += since.elapsed();
        match received {
            Ok(draft) => sink(draft),
            Err(RecvTimeoutError::Timeout) if waited < allowed => {}
            Err(RecvTimeoutError::Timeout) => {
                stop.cancel();
                return Err(Reason::TooSlow { seconds: limits.seconds });
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    worker.join().unwrap_or_else(|_| Err(Reason::Broken { problem: "the reader stopped on it".into() }))
}

fn by_format(found: &Found, text_column: Option<&str>, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let path = &found.path;
    Limits::check_bytes(fs::metadata(path)?.len(), limits.file_bytes)?;
    match found.format {
        Format::Text => text::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Markdown => markdown::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Html => html::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Pdf => pdf::read(bytes(path, limits.file_bytes)?, limits, outlet),
        Format::Docx => docx::read(path, limits, outlet),
        Format::Csv => csv::read(path, text_column, outlet),
        Format::Jsonl => jsonl::read(path, text_column, limits, outlet),
        Format::Picture => picture::read(path, limits, outlet),
    }
}

/// The whole file, refused beyond `limit` even where it grew since it was measured.
fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Reason> {
    let file = File::open(path)?;
    Limits::check_bytes(file.metadata()?.len(), limit)?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Err(Reason::Empty { what: "empty file".into() });
    }
    Ok(bytes)
}

fn broken(problem: impl Into<String>) -> Reason {
    Reason::Broken { problem: problem.into() }
}

#[cfg(test)]
mod tests;
