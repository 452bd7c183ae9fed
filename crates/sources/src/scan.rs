//! Finds the files below what was dropped, in archives too, and tells what each is, before anything is read.
//!
//! Deliberately absent: following links to folders (they may lead anywhere, or round in circles) and ignore files.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use embedscope_space::Cancel;
use ignore::WalkBuilder;

use crate::format::{self, Kind};
use crate::{Format, Limits, Reason, guard, inside};

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scan {
    /// Files that can be read, in order of the dropped paths, folders in order of names.
    pub files: Vec<Found>,
    /// Everything else, in the same order.
    pub skipped: Vec<Skipped>,
}

/// A file that can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its name below the dropped folder, with `/` between parts; begins with the folder's own name when more than
    /// one path was dropped. Unique within a scan.
    pub name: String,
    /// What it is.
    pub format: Format,
    /// Its size.
    pub bytes: u64,
}

/// A file or folder that gives nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    /// Named as in [`Found`].
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

/// Looks through files, folders and archives. Hidden files are left out silently, unless dropped themselves; a file
/// reached twice counts once. When cancelled, what was found so far is given.
pub fn scan(paths: &[PathBuf], limits: &Limits, cancel: &Cancel) -> Scan {
    let mut scanner = Scanner { scan: Scan::default(), seen: HashSet::new(), limits, cancel };
    for (root, label) in paths.iter().zip(labels(paths)) {
        for entry in walk(root) {
            if cancel.is_cancelled() {
                return scanner.scan;
            }
            let (path, outcome) = match entry {
                Ok(entry) => {
                    let path = entry.into_path();
                    let outcome = look(&path, path == *root, limits);
                    (path, outcome)
                }
                Err(error) => (place(&error).unwrap_or(root).to_path_buf(), Err(reason(&error))),
            };
            let name = name(root, &label, &path);
            scanner.take(path, name, outcome);
        }
    }
    scanner.scan
}

struct Scanner<'a> {
    scan: Scan,
    seen: HashSet<PathBuf>,
    limits: &'a Limits,
    cancel: &'a Cancel,
}

impl Scanner<'_> {
    fn take(&mut self, path: PathBuf, name: String, outcome: Result<Option<(Kind, u64)>, Reason>) {
        let (kind, bytes) = match outcome {
            Ok(None) => return,
            Ok(Some(found)) => found,
            Err(reason) => return self.skip(path, name, reason),
        };
        if !self.seen.insert(fs::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
            return;
        }
        if let Kind::File(format) = kind {
            self.scan.files.push(Found { path: path.clone(), name: name.clone(), format, bytes });
        }
        if matches!(kind, Kind::Archive | Kind::File(Format::Email)) {
            self.inside(path, name, kind);
        }
    }

    /// The files in an archive or e-mail; an e-mail that cannot be looked into says so when it is read itself.
    fn inside(&mut self, path: PathBuf, name: String, kind: Kind) {
        let before = (self.scan.files.len(), self.scan.skipped.len());
        let listed = guard::guarded(|| {
            inside::list(&path, self.limits, &mut |inner| {
                if !self.cancel.is_cancelled() {
                    let below = inner.path.strip_prefix(&path).unwrap_or(&inner.path).to_string_lossy();
                    let name = format!("{name}/{below}");
                    self.take(inner.path, name, inner.found.map(Some));
                }
            })
        });
        let is_empty = before == (self.scan.files.len(), self.scan.skipped.len());
        match listed {
            Err(reason) if kind == Kind::Archive => self.skip(path, name, reason),
            Ok(()) if kind == Kind::Archive && is_empty && !self.cancel.is_cancelled() => {
                self.skip(path, name, Reason::Empty { what: "no files in it".into() });
            }
            _ => {}
        }
    }

    fn skip(&mut self, path: PathBuf, name: String, reason: Reason) {
        // An archive that was opened and complained of afterwards was seen before.
        if self.seen.insert(path.clone()) || self.scan.skipped.iter().all(|skipped| skipped.path != path) {
            self.scan.skipped.push(Skipped { name, path, reason });
        }
    }
}

fn walk(root: &Path) -> ignore::Walk {
    WalkBuilder::new(root)
        .standard_filters(false)
        .hidden(true)
        .follow_links(false)
        .sort_by_file_name(|a, b| a.cmp(b))
        .build()
}

/// The kind and size of a file; None for a folder that is walked.
fn look(path: &Path, is_root: bool, limits: &Limits) -> Result<Option<(Kind, u64)>, Reason> {
    let found = fs::metadata(path)?;
    if found.is_dir() {
        let is_link = fs::symlink_metadata(path)?.is_symlink();
        return if is_link && !is_root { refuse("a link to a folder, not followed") } else { Ok(None) };
    }
    if !found.is_file() {
        return refuse("a device or pipe, not a file");
    }
    Ok(Some((format::detect(path, limits)?, found.len())))
}

fn refuse<T>(problem: &str) -> Result<T, Reason> {
    Err(Reason::Io { problem: problem.into() })
}

fn place(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => place(err),
        _ => None,
    }
}

fn reason(error: &ignore::Error) -> Reason {
    match error.io_error() {
        Some(io) => match io.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied => {
                std::io::Error::from(io.kind()).into()
            }
            _ => Reason::Io { problem: io.to_string() },
        },
        None => Reason::Io { problem: error.to_string() },
    }
}

/// The first part of the names below each dropped path: nothing for a single folder, else its own name, numbered
/// where two are alike.
fn labels(paths: &[PathBuf]) -> Vec<String> {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    paths
        .iter()
        .map(|path| {
            if paths.len() == 1 && path.is_dir() {
                return String::new();
            }
            let whole = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
            let own = path.file_name().or_else(|| whole.file_name()).unwrap_or(whole.as_os_str());
            let own = own.to_string_lossy().into_owned();
            let count = taken.entry(own.clone()).or_default();
            *count += 1;
            if *count == 1 { own } else { format!("{own} ({count})") }
        })
        .collect()
}

fn name(root: &Path, label: &str, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts = below.components().map(|part| part.as_os_str().to_string_lossy());
    let label = (!label.is_empty()).then(|| label.into());
    label.into_iter().chain(parts).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path, names: &[&str]) {
        for name in names {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folder");
            fs::write(path, "words").expect("written");
        }
    }

    fn names(scan: &Scan) -> Vec<&str> {
        scan.files.iter().map(|found| found.name.as_str()).collect()
    }

    fn reasons(scan: &Scan) -> Vec<(&str, String)> {
        scan.skipped.iter().map(|skipped| (skipped.name.as_str(), skipped.reason.to_string())).collect()
    }

    #[test]
    fn folders_are_walked_in_order_without_hidden_files() {
        let folder = tempfile::tempdir().expect("folder");
        files(folder.path(), &["b.txt", "a/z.md", "a/.secret/x.txt", ".hidden.txt", "a/B.txt", "c.doc"]);
        let scan = scan(&[folder.path().into()], &Limits::default(), &Cancel::default());
        assert_eq!(names(&scan), ["a/B.txt", "a/z.md", "b.txt"]);
        assert_eq!(scan.files[1].format, Format::Markdown);
        assert_eq!(scan.files[1].bytes, 5);
        assert_eq!(reasons(&scan), [("c.doc", "old Office files are not read yet".to_owned())]);
    }

    #[test]
    fn several_drops_are_told_apart_and_nothing_counts_twice() {
        let folder = tempfile::tempdir().expect("folder");
        files(folder.path(), &["one/x/a.txt", "two/x/a.txt"]);
        let root = |name: &str| folder.path().join(name);
        let dropped = [root("one/x"), root("two/x"), root("one/x/a.txt"), root("gone.txt")];
        let scan = scan(&dropped, &Limits::default(), &Cancel::default());
        assert_eq!(names(&scan), ["x/a.txt", "x (2)/a.txt"]);
        assert_eq!(reasons(&scan), [("gone.txt", "cannot be opened: it is not there".to_owned())]);
    }

    #[test]
    fn a_file_over_the_limit_is_named() {
        let folder = tempfile::tempdir().expect("folder");
        files(folder.path(), &["a.txt"]);
        let limits = Limits { file_bytes: 4, ..Limits::default() };
        let scan = scan(&[folder.path().into()], &limits, &Cancel::default());
        assert_eq!(reasons(&scan), [("a.txt", "larger than the limit: 5 B, at most 4 B".to_owned())]);
    }

    #[test]
    fn a_cancelled_scan_stops() {
        let folder = tempfile::tempdir().expect("folder");
        files(folder.path(), &["a.txt"]);
        let cancel = Cancel::default();
        cancel.cancel();
        assert_eq!(scan(&[folder.path().into()], &Limits::default(), &cancel), Scan::default());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_to_files_only() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("folder");
        files(folder.path(), &["a.txt"]);
        symlink(folder.path(), folder.path().join("loop")).expect("linked");
        symlink(folder.path().join("a.txt"), folder.path().join("same.txt")).expect("linked");
        symlink(folder.path().join("nothing"), folder.path().join("dangling.txt")).expect("linked");
        let scan = scan(&[folder.path().into()], &Limits::default(), &Cancel::default());
        assert_eq!(names(&scan), ["a.txt"]);
        assert_eq!(
            reasons(&scan),
            [
                ("dangling.txt", "cannot be opened: it is not there".to_owned()),
                ("loop", "cannot be opened: a link to a folder, not followed".to_owned()),
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_refused_without_opening_them() {
        use std::os::unix::net::UnixListener;
        let folder = tempfile::tempdir().expect("folder");
        let _socket = UnixListener::bind(folder.path().join("socket")).expect("bound");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success());
        let scan = scan(&[folder.path().into(), "/dev/zero".into()], &Limits::default(), &Cancel::default());
        assert_eq!(scan.files, []);
        assert_eq!(scan.skipped.len(), if made { 3 } else { 2 });
        for skipped in scan.skipped {
            assert_eq!(skipped.reason.to_string(), "cannot be opened: a device or pipe, not a file");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_not_utf8_are_shown_as_well_as_can_be() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().expect("folder");
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt")), "x").expect("written");
        let scan = scan(&[folder.path().into()], &Limits::default(), &Cancel::default());
        assert_eq!(names(&scan), ["caf\u{fffd}.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn an_unreadable_folder_is_listed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("folder");
        let closed = folder.path().join("closed");
        fs::create_dir(&closed).expect("made");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o0)).expect("closed");
        if fs::read_dir(&closed).is_ok() {
            println!("skipped: this user may read every folder");
            return;
        }
        let scan = scan(&[folder.path().into()], &Limits::default(), &Cancel::default());
        assert_eq!(reasons(&scan), [("closed", "cannot be opened: permission denied".to_owned())]);
    }
}
