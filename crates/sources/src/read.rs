//! Reads one file into items, within limits of size and time, whatever the file holds.
//!
//! Deliberately absent: reading several files at once (the caller's threads), and formats not in [`Format`].

mod apart;
mod code;
mod cutter;
mod docx;
mod drawing;
mod email;
mod epub;
mod hands;
mod html;
mod markdown;
mod notebook;
mod opendocument;
mod outlet;
mod package;
mod pdf;
mod picture;
mod pptx;
mod rows;
mod rst;
mod rtf;
mod subtitles;
mod table;
mod tex;
mod text;
mod vectors;
mod xlsx;
mod xml;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use apart::Lifeline;
pub use apart::{Readers, serve};
use cutter::Cutter;
use embedscope_space::Cancel;
use outlet::Outlet;

use crate::cut::{Cut, TokenCounter};
use crate::scan::Found;
use crate::table::Columns;
use crate::{Draft, Format, Limits, Preprocessing, Reason, Tile, guard, inside};

/// How a file is read.
#[derive(Clone, Default)]
pub struct ReadOptions {
    /// How texts are cut into chunks.
    pub cut: Cut,
    /// What is done to every chunk.
    pub preprocessing: Preprocessing,
    /// What the columns of a table are for; guessed where not given.
    pub columns: Columns,
    /// Pictures that a table may name without their folder.
    pub pictures: Pictures,
    /// The table that says what the rows of a file of vectors are.
    pub rows: Option<Found>,
    /// How pictures that are sheets of smaller ones are cut; None where each is one picture.
    pub tile: Option<Tile>,
    /// Counts tokens where texts are cut by them.
    pub tokens: Option<TokenCounter>,
    /// Processes that read documents and pictures; without them this process does.
    pub apart: Option<Readers>,
    /// Stops reading; what was given so far stands, and the answer is Ok.
    pub cancel: Cancel,
}

/// Pictures by the names of their files; a name that several have finds none of them.
#[derive(Clone, Default)]
pub struct Pictures(Arc<HashMap<String, Option<PathBuf>>>);

impl Pictures {
    /// The picture of this name, whatever folder the name puts it in.
    fn find(&self, name: &str) -> Option<PathBuf> {
        self.0.get(name.rsplit(['/', '\\']).next()?)?.clone()
    }
}

impl<'a> FromIterator<&'a Path> for Pictures {
    fn from_iter<I: IntoIterator<Item = &'a Path>>(paths: I) -> Self {
        let mut named: HashMap<String, Option<PathBuf>> = HashMap::new();
        for path in paths {
            let Some(name) = path.file_name() else { continue };
            let place = Some(path.to_owned());
            named.entry(name.to_string_lossy().into_owned()).and_modify(|known| *known = None).or_insert(place);
        }
        Self(Arc::new(named))
    }
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
/// parser becomes a reason. A parser that does not come to an end is ended with its process; where it has none of its own
/// its thread is left behind, goes on until its next item or page, and keeps its memory if it never gets there.
pub fn read(found: &Found, options: &ReadOptions, limits: &Limits, sink: &mut dyn FnMut(Draft)) -> Result<(), Reason> {
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    let (stop, lifeline) = (Cancel::default(), Lifeline::default());
    let (ended, outcome) = mpsc::channel();
    let work = {
        let (found, options, limits) = (found.clone(), options.clone(), limits.clone());
        let (stop, lifeline) = (stop.clone(), lifeline.clone());
        move || {
            let outcome = guard::guarded(|| {
                let mut cutter = Cutter::new(&found, &options, &limits, sender);
                let mut outlet = Outlet::new(move |piece| cutter.take(piece), stop);
                by_format(&found, &options, &limits, &lifeline, &mut outlet)?;
                outlet.finish()
            });
            // Whoever has given up waiting does not want to know.
            let _ = ended.send(outcome);
        }
    };
    hands::work(work)?;
    let allowed = Duration::from_secs(limits.seconds);
    let is_streamed = is_streamed(found.format);
    let mut waited = Duration::ZERO;
    loop {
        if options.cancel.is_cancelled() {
            stop.cancel();
            lifeline.cut();
            return Ok(());
        }
        let since = Instant::now();
        let received = receiver.recv_timeout(LOOK.min(allowed.saturating_sub(waited)));
        waited += since.elapsed();
        match received {
            Ok(draft) => {
                sink(draft);
                if is_streamed {
                    waited = Duration::ZERO;
                }
            }
            Err(RecvTimeoutError::Timeout) if waited < allowed => {}
            Err(RecvTimeoutError::Timeout) => {
                stop.cancel();
                lifeline.cut();
                return Err(Reason::TooSlow { seconds: limits.seconds });
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    outcome.recv().unwrap_or_else(|_| Err(broken("the reader stopped on it")))
}

/// Whether a format is read row by row, however many there are.
pub(crate) fn is_streamed(format: Format) -> bool {
    format.is_table() || format.is_vectors()
}

/// How many rows and numbers a file of vectors has, from its first bytes.
pub fn shape(found: &Found) -> Result<(u64, usize), Reason> {
    guard::guarded(|| vectors::shape(found, &Limits::default()))
}

fn by_format(
    found: &Found,
    options: &ReadOptions,
    limits: &Limits,
    lifeline: &Lifeline,
    outlet: &mut Outlet,
) -> Result<(), Reason> {
    // Tables and vectors open their files themselves: pictures they name lie beside them, not beside a copy.
    if found.format.is_table() {
        return table::read(found, options, limits, outlet);
    }
    if found.format.is_vectors() {
        return vectors::read(found, options, limits, outlet);
    }
    let local = inside::local(&found.path, limits)?;
    Limits::check_bytes(fs::metadata(&*local)?.len(), limits.file_bytes)?;
    match &options.apart {
        Some(readers) => readers.read(&local, found.format, options.tile, limits, lifeline, outlet),
        None => document(&local, found.format, options.tile, limits, outlet),
    }
}

/// Reads a document or picture.
fn document(
    path: &Path,
    format: Format,
    tile: Option<Tile>,
    limits: &Limits,
    outlet: &mut Outlet,
) -> Result<(), Reason> {
    match format {
        Format::Text => text::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Markdown => markdown::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Html => html::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Pdf => pdf::read(bytes(path, limits.file_bytes)?, limits, outlet),
        Format::Docx => docx::read(path, limits, outlet),
        Format::Rst => rst::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Tex => tex::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Code => code::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Rtf => rtf::read(&bytes(path, limits.text_bytes)?, limits, outlet),
        Format::OpenDocument => opendocument::read(path, limits, outlet),
        Format::Pptx => pptx::read(path, limits, outlet),
        Format::Xlsx => xlsx::read(path, limits, outlet),
        Format::Epub => epub::read(path, limits, outlet),
        Format::Email => email::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Notebook => notebook::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Subtitles => subtitles::read(&bytes(path, limits.text_bytes)?, outlet),
        Format::Xml => xml::read(&bytes(path, limits.text_bytes)?, limits, outlet),
        Format::Picture => picture::read(path, tile, limits, outlet),
        Format::Csv
        | Format::Jsonl
        | Format::Json
        | Format::Parquet
        | Format::Arrow
        | Format::Sqlite
        | Format::Npy
        | Format::Projector
        | Format::Safetensors => Err(broken("a table is no document")),
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
