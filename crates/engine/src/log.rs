//! What the program did, for finding faults: lines that hold no content, because nothing else can be written.
//!
//! A line is made of words of this program and of numbers; a path, a name or a text has no type it could be given
//! under. The lines go through `tracing` to whoever subscribed, in the desktop program to a file for each day.
//! Deliberately absent: what other libraries log; their words may be anything.

use std::fmt;
use std::fs;
use std::path::Path;

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::{Engine, Error, Event};

/// What a line tells beside its first words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fact {
    /// A number of something.
    Count(u64),
    /// Milliseconds.
    Ms(f64),
    /// Yes or no.
    Is(bool),
    /// A word of this program.
    Word(&'static str),
}

/// Lines carry this target, and only they.
const TARGET: &str = "embedscope::log";
const FILES: usize = 7;
const PREFIX: &str = "embedscope";

struct Line<'a>(&'static str, &'a [(&'static str, Fact)]);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        self.1.iter().try_for_each(|(name, fact)| match fact {
            Fact::Count(count) => write!(f, " {name}={count}"),
            Fact::Ms(ms) => write!(f, " {name}={ms:.1}"),
            Fact::Is(is) => write!(f, " {name}={is}"),
            Fact::Word(word) => write!(f, " {name}={word}"),
        })
    }
}

/// Writes a line.
pub fn note(what: &'static str, facts: &[(&'static str, Fact)]) {
    tracing::info!(target: TARGET, "{}", Line(what, facts));
}

/// Writes lines to a file for each day in this folder from now on, and keeps the last seven. Panics are noted as well,
/// with their place in the program. Fails where the folder cannot be written, or somebody logs already.
pub fn to_folder(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(PREFIX)
        .filename_suffix("log")
        .max_log_files(FILES)
        .build(folder)
        .map_err(Error::file(folder))?;
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_target(false)
        .with_level(false)
        .with_timer(ToTheSecond)
        .with_writer(file);
    let ours = Targets::new().with_target(TARGET, LevelFilter::INFO);
    tracing_subscriber::registry().with(lines).with(ours).try_init().map_err(Error::file(folder))?;
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Its words may quote anything; where it happened is ours.
        let line = panic.location().map_or(0, |place| u64::from(place.line()));
        note("panic", &[("line", Fact::Count(line))]);
        before(panic);
    }));
    Ok(())
}

/// Fractions of a second say nothing here, and take room.
struct ToTheSecond;

impl FormatTime for ToTheSecond {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let mut whole = String::new();
        SystemTime.format_time(&mut Writer::new(&mut whole))?;
        writer.write_str(whole.split('.').next().unwrap_or_default())
    }
}

/// The last lines in a folder of logs, oldest first. A line that this program cannot have written is left out.
pub fn last_lines(folder: &Path, most: usize) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_log =
        |path: &std::path::PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
    let mut files: Vec<_> = files.filter(is_log).collect();
    files.sort();
    let mut lines: Vec<String> = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default();
        lines.extend(text.lines().filter(|line| is_ours(line)).map(str::to_owned));
    }
    lines.split_off(lines.len().saturating_sub(most))
}

fn is_ours(line: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | ':' | '=' | '.' | ',' | '-' | '_');
    line.len() <= 400 && line.starts_with("20") && line.chars().all(is_plain)
}

impl Engine {
    /// Notes what this workspace holds, and every job as it ends.
    pub fn log(&self) {
        let rows = |sets: Vec<crate::SetSummary>| sets.iter().map(|set| set.rows as u64).sum();
        note(
            "workspace opened",
            &[
                ("items", Fact::Count(self.count().unwrap_or_default().into())),
                ("vectors", Fact::Count(self.sets().map_or(0, rows))),
                ("maps", Fact::Count(self.maps().len() as u64)),
                ("read_only", Fact::Is(self.is_read_only())),
            ],
        );
        self.subscribe(Box::new(|event| {
            let Event::Job(job) = event else { return };
            if job.state.is_over() {
                let count = |count: usize| Fact::Count(count as u64);
                note(
                    "job over",
                    &[
                        ("kind", Fact::Word(job.kind.word())),
                        ("state", Fact::Word(job.state.word())),
                        ("error", Fact::Word(job.error.as_ref().map_or("none", |error| error.word()))),
                        ("added", count(job.report.added)),
                        ("embedded", count(job.report.embedded)),
                        ("skipped", count(job.report.skipped.len())),
                    ],
                );
            }
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_words_and_numbers() {
        let facts = [
            ("items", Fact::Count(3)),
            ("took_ms", Fact::Ms(1.25)),
            ("kept", Fact::Is(true)),
            ("kind", Fact::Word("map")),
        ];
        assert_eq!(Line("job over", &facts).to_string(), "job over items=3 took_ms=1.2 kept=true kind=map");
    }

    #[test]
    fn only_our_own_lines_are_handed_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
        write("embedscope.2026-01-01.log", "2026-01-01T10:00:00 one items=1\n2026-01-01 /home/anna/letter.txt\n");
        write("embedscope.2026-01-02.log", "2026-01-02T10:00:00 two\nDear Anna\n2026-01-02T10:00:01 three ms=1.5\n");
        write("other.log", "2026-01-03T10:00:00 four\n");
        let expected = ["2026-01-02T10:00:00 two", "2026-01-02T10:00:01 three ms=1.5"];
        assert_eq!(last_lines(folder.path(), 2), expected);
        assert_eq!(last_lines(folder.path(), 9).len(), 3);
        assert!(last_lines(&folder.path().join("none"), 9).is_empty());
    }
}
