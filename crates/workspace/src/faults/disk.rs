//! A disk that remembers what was synced, and goes wrong once.
//!
//! One a thread; the operations of `crate::disk` and of the VFS ask it before they are done for real. Files outside its
//! folder are none of its business.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// The name of the VFS that asks this disk.
pub(crate) const VFS: &str = "faulty";

const SECTOR: usize = 512;
/// How many changes fail for want of space before there is room again.
const FULL_FOR: u32 = 3;

/// What goes wrong; see `faults`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Killed,
    Power,
    Full,
    Sync,
}

/// SplitMix64 (Steele, Lea & Flood 2014): enough chance for a test.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end.max(1)
    }
}

#[derive(Default)]
struct Content {
    synced: Vec<u8>,
    pending: Vec<Change>,
}

enum Change {
    Write(u64, Vec<u8>),
    Cut(u64),
}

enum Naming {
    Set(PathBuf, usize),
    Remove(PathBuf),
    Rename(PathBuf, PathBuf),
}

pub(crate) struct Disk {
    root: PathBuf,
    random: Random,
    fault: Option<(Fault, u64)>,
    operations: u64,
    dead: bool,
    full_for: u32,
    contents: Vec<Content>,
    names: BTreeMap<PathBuf, usize>,
    synced_names: BTreeMap<PathBuf, usize>,
    pending_names: Vec<Naming>,
}

thread_local! {
    static DISK: RefCell<Option<Disk>> = const { RefCell::new(None) };
}

/// Asks this thread's disk, if there is one that has the file in its folder.
fn ask<T>(path: &Path, answer: impl FnOnce(&mut Disk) -> T) -> Option<T> {
    DISK.with_borrow_mut(|disk| disk.as_mut().filter(|disk| path.starts_with(&disk.root)).map(answer))
}

pub(crate) fn is_on() -> bool {
    DISK.with_borrow(|disk| disk.is_some())
}

pub(crate) fn is_dead() -> bool {
    DISK.with_borrow(|disk| disk.as_ref().is_some_and(|disk| disk.dead))
}

/// A change failed for want of space; after a few of them somebody makes room.
pub(crate) fn make_room_soon() {
    DISK.with_borrow_mut(|disk| {
        if let Some(disk) = disk {
            disk.full_for = disk.full_for.saturating_sub(1);
        }
    });
}

/// Whether this write happens; if not, how many of its bytes are written all the same.
pub(crate) fn write(path: &Path, bytes: &[u8], offset: u64) -> std::result::Result<(), (usize, Error)> {
    ask(path, |disk| disk.write(path, bytes, offset)).unwrap_or(Ok(()))
}

pub(crate) fn sync(path: &Path) -> Result<()> {
    ask(path, |disk| {
        disk.operate(true)?;
        if let Some(&content) = disk.names.get(path) {
            disk.contents[content].settle();
        }
        Ok(())
    })
    .unwrap_or(Ok(()))
}

pub(crate) fn cut(path: &Path, bytes: u64) -> Result<()> {
    ask(path, |disk| {
        disk.operate(false)?;
        let content = disk.content_of(path);
        disk.contents[content].pending.push(Change::Cut(bytes));
        Ok(())
    })
    .unwrap_or(Ok(()))
}

/// Makes a file, or empties the one that is there.
pub(crate) fn create(path: &Path) -> Result<()> {
    ask(path, |disk| {
        disk.operate(false)?;
        let content = disk.content_of(path);
        disk.contents[content].pending.push(Change::Cut(0));
        Ok(())
    })
    .unwrap_or(Ok(()))
}

pub(crate) fn rename(from: &Path, to: &Path) -> Result<()> {
    ask(to, |disk| {
        disk.operate(false)?;
        let naming = Naming::Rename(from.to_owned(), to.to_owned());
        naming.apply(&mut disk.names);
        disk.pending_names.push(naming);
        Ok(())
    })
    .unwrap_or(Ok(()))
}

pub(crate) fn remove(path: &Path) -> Result<()> {
    ask(path, |disk| {
        disk.operate(false)?;
        let naming = Naming::Remove(path.to_owned());
        naming.apply(&mut disk.names);
        disk.pending_names.push(naming);
        Ok(())
    })
    .unwrap_or(Ok(()))
}

pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    ask(folder, |disk| {
        disk.operate(true)?;
        disk.settle_names(folder);
        Ok(())
    })
    .unwrap_or(Ok(()))
}

/// What SQLite does on its own when it syncs a new journal: not counted as an operation.
pub(super) fn settle_names(folder: &Path) {
    ask(folder, |disk| disk.settle_names(folder));
}

impl Disk {
    /// From now on this thread's files in `root`, which is empty, are on this disk; it goes wrong at the operation named.
    pub(crate) fn start(root: &Path, seed: u64, fault: Option<(Fault, u64)>) {
        super::vfs::register();
        let disk = Self {
            root: root.to_owned(),
            random: Random::new(seed.rotate_left(32)),
            fault,
            operations: 0,
            dead: false,
            full_for: 0,
            contents: Vec::new(),
            names: BTreeMap::new(),
            synced_names: BTreeMap::new(),
            pending_names: Vec::new(),
        };
        DISK.set(Some(disk));
    }

    pub(crate) fn stop() -> Self {
        DISK.take().expect("started")
    }

    pub(crate) fn operations(&self) -> u64 {
        self.operations
    }

    /// Writes what is found after a crash into a folder.
    pub(crate) fn crash(&mut self, power: bool, into: &Path) {
        let named = if power {
            let first = self.random.below(self.pending_names.len() as u64 + 1) as usize;
            self.pending_names.drain(..first).for_each(|naming| naming.apply(&mut self.synced_names));
            self.synced_names.clone()
        } else {
            self.names.clone()
        };
        for folder in ["vectors", "runs"] {
            fs::create_dir_all(into.join(folder)).expect("made");
        }
        for (path, content) in named {
            let content = &self.contents[content];
            let mut bytes = content.synced.clone();
            for change in &content.pending {
                if power { change.survive(&mut bytes, &mut self.random) } else { change.apply(&mut bytes) }
            }
            let below = path.strip_prefix(&self.root).expect("in the folder");
            fs::write(into.join(below), bytes).expect("written");
        }
    }

    /// Counts an operation, and fails where it is its turn to.
    fn operate(&mut self, is_sync: bool) -> Result<()> {
        if self.dead {
            return Err(Error::other("the program has ended"));
        }
        let number = self.operations;
        self.operations += 1;
        match self.fault {
            Some((Fault::Killed | Fault::Power, at)) if number == at => {
                self.dead = true;
                Err(Error::other("the program ends here"))
            }
            Some((Fault::Full, at)) if number == at => {
                self.full_for = FULL_FOR;
                Ok(())
            }
            // The first sync from there on.
            Some((Fault::Sync, at)) if number >= at && is_sync => {
                self.fault = None;
                Err(Error::other("the disk could not be synced"))
            }
            _ => Ok(()),
        }
    }

    fn write(&mut self, path: &Path, bytes: &[u8], offset: u64) -> std::result::Result<(), (usize, Error)> {
        let was_dead = self.dead;
        let outcome = self.operate(false);
        let content = self.content_of(path);
        let (written, outcome) = match outcome {
            Err(problem) if was_dead => return Err((0, problem)),
            Err(problem) => (self.random.below(bytes.len() as u64 + 1) as usize, Err(problem)),
            Ok(()) if self.full_for > 0 && offset + bytes.len() as u64 > self.contents[content].len() => {
                let problem = Error::from(ErrorKind::StorageFull);
                (self.random.below(bytes.len() as u64) as usize, Err(problem))
            }
            Ok(()) => (bytes.len(), Ok(())),
        };
        self.contents[content].pending.push(Change::Write(offset, bytes[..written].to_vec()));
        outcome.map_err(|problem| (written, problem))
    }

    fn content_of(&mut self, path: &Path) -> usize {
        if let Some(&known) = self.names.get(path) {
            return known;
        }
        self.contents.push(Content::default());
        let content = self.contents.len() - 1;
        let naming = Naming::Set(path.to_owned(), content);
        naming.apply(&mut self.names);
        self.pending_names.push(naming);
        content
    }

    fn settle_names(&mut self, folder: &Path) {
        let (here, elsewhere) = std::mem::take(&mut self.pending_names)
            .into_iter()
            .partition(|naming| naming.path().parent() == Some(folder));
        self.pending_names = elsewhere;
        let here: Vec<Naming> = here;
        here.iter().for_each(|naming| naming.apply(&mut self.synced_names));
    }
}

impl Content {
    fn len(&self) -> u64 {
        self.pending.iter().fold(self.synced.len() as u64, |len, change| match change {
            Change::Write(offset, bytes) => len.max(offset + bytes.len() as u64),
            Change::Cut(to) => *to,
        })
    }

    fn settle(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            change.apply(&mut self.synced);
        }
    }
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Write(offset, bytes) => put(file, *offset as usize, bytes),
            Self::Cut(to) => file.resize(*to as usize, 0),
        }
    }

    /// As after a power cut: every sector by itself.
    fn survive(&self, file: &mut Vec<u8>, random: &mut Random) {
        match self {
            Self::Write(offset, bytes) => {
                let fate = random.below(4);
                let (mut at, end) = (*offset as usize, *offset as usize + bytes.len());
                while at < end {
                    let next = ((at / SECTOR + 1) * SECTOR).min(end);
                    let stays = match fate {
                        0 => true,
                        1 => false,
                        _ => random.below(2) == 0,
                    };
                    if stays {
                        put(file, at, &bytes[at - *offset as usize..next - *offset as usize]);
                    }
                    at = next;
                }
            }
            Self::Cut(to) => {
                if random.below(2) == 0 {
                    file.resize(*to as usize, 0);
                }
            }
        }
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if file.len() < at + bytes.len() {
        file.resize(at + bytes.len(), 0);
    }
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

impl Naming {
    fn path(&self) -> &Path {
        match self {
            Self::Set(path, _) | Self::Remove(path) | Self::Rename(_, path) => path,
        }
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Self::Set(path, content) => _ = names.insert(path.clone(), *content),
            Self::Remove(path) => _ = names.remove(path),
            Self::Rename(from, to) => {
                if let Some(content) = names.remove(from) {
                    names.insert(to.clone(), content);
                }
            }
        }
    }
}
