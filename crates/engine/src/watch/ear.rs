//! The thread that hears what the system says of watched folders, waits for quiet, and has them looked through.
//!
//! It holds the engine only while it works for it, so that an engine can end. Deliberately absent: polling, but for folders that
//! are gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Weak;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use notify::EventKind;

use super::{Ear, Folder, WatchNews};
use crate::engine::Inner;
use crate::{Engine, Error, Event};

/// How long nothing must happen before a folder is looked through: files come in bursts, and take time to be written.
const QUIET: Duration = Duration::from_millis(1000);
/// How long is waited for quiet at most.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a folder that is gone is looked for.
const AGAIN: Duration = Duration::from_secs(2);

/// What the thread is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Something at this path came, changed or went.
    Touched(PathBuf),
    /// Something may have happened unheard.
    Missed,
}

/// What was heard until it was quiet.
#[derive(Debug, Default, PartialEq, Eq)]
struct Heard {
    touched: BTreeSet<PathBuf>,
    missed: bool,
}

/// Starts to listen; the thread ends with the engine.
pub(super) fn open(engine: Weak<Inner>) -> Result<Ear, notify::Error> {
    let (sender, told) = mpsc::channel();
    let ear = sender.clone();
    let hear = move |event: notify::Result<notify::Event>| {
        let all = match event {
            Ok(event) if event.need_rescan() => vec![Told::Missed],
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => Vec::new(),
            Ok(event) => event.paths.into_iter().map(Told::Touched).collect(),
            Err(_) => vec![Told::Missed],
        };
        for one in all {
            let _ = ear.send(one);
        }
    };
    let watcher = notify::recommended_watcher(hear)?;
    thread::Builder::new().name("watch".into()).spawn(move || listen(&engine, &told))?;
    Ok(Ear { watcher, told: sender })
}

fn listen(engine: &Weak<Inner>, told: &Receiver<Told>) {
    let mut is_all_there = true;
    loop {
        let first = match is_all_there {
            true => told.recv().map_err(|_| RecvTimeoutError::Disconnected),
            false => told.recv_timeout(AGAIN),
        };
        let heard = match first {
            Ok(first) => gather(first, told, QUIET, PATIENCE),
            Err(RecvTimeoutError::Timeout) => Heard::default(),
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let Some(inner) = engine.upgrade() else { return };
        let engine = Engine { inner };
        let folders = engine.watching().folders.clone();
        is_all_there = folders.iter().all(Folder::stands);
        for folder in &folders {
            attend(&engine, folder, &heard);
        }
    }
}

/// Sees whether a folder is there, and what is new in it.
fn attend(engine: &Engine, folder: &Folder, heard: &Heard) {
    let stands = folder.stands();
    let is_back = stands && !folder.is_there;
    // One that came back is another folder to the system, although it has the same name.
    let outcome = if is_back { engine.hear(&folder.roots) } else { Ok(()) };
    engine.note_standing(folder.id, stands);
    let outcome = match stands {
        true => outcome.and_then(|()| look_through(engine, folder, heard, is_back)),
        false => outcome,
    };
    if let Err(problem) = outcome {
        let (name, problem) = (folder.name.clone(), problem.to_string());
        engine.emit(&Event::Watch(WatchNews::Failed { name, problem }));
    }
}

/// Everything that is told until nothing was for `quiet`, or `patience` is over.
fn gather(first: Told, told: &Receiver<Told>, quiet: Duration, patience: Duration) -> Heard {
    let mut heard = Heard::default();
    let until = Instant::now() + patience;
    let mut next = Some(first);
    while let Some(one) = next {
        match one {
            Told::Touched(path) => {
                heard.touched.insert(path);
            }
            Told::Missed => heard.missed = true,
        }
        next = told.recv_timeout(quiet.min(until.saturating_duration_since(Instant::now()))).ok();
    }
    heard
}

/// The times of files are those of the system's last tick, and lag behind the clock by as much.
const TICK_MS: i64 = 10;

/// Has a folder looked through where something in it was touched, or may have been.
fn look_through(engine: &Engine, folder: &Folder, heard: &Heard, is_back: bool) -> Result<(), Error> {
    let is_in_it = |path: &&PathBuf| {
        let own = engine.inner.workspace.path();
        folder.roots.iter().any(|root| path.starts_with(root)) && !path.starts_with(own)
    };
    let touched: Vec<&PathBuf> = heard.touched.iter().filter(is_in_it).collect();
    if heard.missed || is_back {
        // By their times and not by what is known: what the user has forgotten must not come back.
        let is_newer = |path: &Path| changed_ms(path).is_none_or(|changed| changed + TICK_MS >= folder.looked_ms);
        engine.renew(folder, &is_newer)
    } else if touched.is_empty() {
        Ok(())
    } else {
        engine.renew(folder, &|path| touched.iter().any(|touched| path.starts_with(touched)))
    }
}

/// When a file, or the archive that holds it, was last written, made or moved here, in milliseconds since 1970.
fn changed_ms(path: &Path) -> Option<i64> {
    let found = path.ancestors().find_map(|path| fs::metadata(path).ok())?;
    let written = found.modified().ok()?;
    let latest = found.created().map_or(written, |made| made.max(written));
    let latest_ms = i64::try_from(latest.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()?;
    #[cfg(unix)]
    let latest_ms = latest_ms.max(std::os::unix::fs::MetadataExt::ctime(&found) * 1000);
    Some(latest_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_heard_as_one() {
        let (sender, told) = mpsc::channel();
        let touch = |name: &str| Told::Touched(PathBuf::from(name));
        for one in [touch("b"), touch("a"), Told::Missed, touch("b")] {
            sender.send(one).expect("heard");
        }
        let heard = gather(touch("a"), &told, Duration::ZERO, PATIENCE);
        let touched = ["a", "b"].map(PathBuf::from).into_iter().collect();
        assert_eq!(heard, Heard { touched, missed: true });
        sender.send(touch("c")).expect("heard");
        let heard = gather(touch("a"), &told, PATIENCE, Duration::ZERO);
        assert_eq!(heard.touched.len(), 2, "what waits is taken even when patience is over");
    }
}
