//! What holds for the program whatever workspace is open: one TOML file that people may read and edit.
//!
//! It is read anew before each change, so that two windows do not undo each other, and replaced in one step. What this
//! version does not know, comments too, stays as it is. Deliberately absent: settings of a workspace, which are kept
//! in it.

use std::fs;
use std::io::ErrorKind;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use crate::{Error, write_whole};

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    const NAMES: [(Self, &str); 3] = [(Self::System, "system"), (Self::Light, "light"), (Self::Dark, "dark")];

    /// The word that stands in the file.
    pub fn word(self) -> &'static str {
        Self::NAMES.iter().find(|(theme, _)| *theme == self).map_or("system", |(_, word)| word)
    }
}

/// The file of settings.
#[derive(Clone, Debug)]
pub struct SettingsFile {
    path: PathBuf,
}

/// What the file says; what is missing, or of another kind than expected, is as if it had never been set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the window looks.
    pub theme: Theme,
    /// How large everything in it is, in per cent.
    pub zoom: u16,
    /// Whether the newest release of the program is asked for.
    pub ask_for_releases: bool,
    /// The day that was done last, as in "2026-11-30".
    pub asked_for_releases: Option<String>,
    /// The folders of workspaces that were opened, the latest first.
    pub recent: Vec<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            zoom: 100,
            ask_for_releases: false,
            asked_for_releases: None,
            recent: Vec::new(),
        }
    }
}

/// Per cent that a window can be read at.
const ZOOMS: RangeInclusive<u16> = 50..=300;

/// Workspaces that are remembered.
const MOST_RECENT: usize = 12;

/// What stands in the file when it is made.
const FIRST: &str = "\
# Settings of Embedscope. What the program does not know here, it leaves as it is.

theme = \"system\"
";

impl SettingsFile {
    /// The settings in this file, whether it is there or not.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// What is set now. A file that is no TOML is renamed, so that it can be looked at; the error says so, once, and
    /// from then on it is as if nothing had been set.
    pub fn read(&self) -> Result<Settings, Error> {
        Ok(settings(&self.document()?))
    }

    /// Sets how the window looks.
    pub fn set_theme(&self, theme: Theme) -> Result<(), Error> {
        self.change(|document| document["theme"] = value(theme.word()))
    }

    /// Puts a workspace first among the recent ones. A folder whose name is not Unicode cannot be written down, and is
    /// passed over.
    pub fn remember(&self, workspace: &Path) -> Result<(), Error> {
        self.change_recent(|recent| {
            recent.retain(|known| known != workspace);
            recent.insert(0, workspace.to_owned());
            recent.truncate(MOST_RECENT);
        })
    }

    /// Sets how large everything in the window is, in per cent; at least 50 and at most 300.
    pub fn set_zoom(&self, zoom: u16) -> Result<(), Error> {
        self.change(|document| document["zoom"] = value(i64::from(zoom.clamp(*ZOOMS.start(), *ZOOMS.end()))))
    }

    /// Sets whether the newest release of the program is asked for.
    pub fn set_ask_for_releases(&self, ask: bool) -> Result<(), Error> {
        self.change(|document| document["ask_for_releases"] = value(ask))
    }

    /// Keeps the day on which the newest release was asked for.
    pub(crate) fn set_asked_for_releases(&self, day: &str) -> Result<(), Error> {
        self.change(|document| document["asked_for_releases"] = value(day))
    }

    /// Takes a workspace out of the recent ones; the workspace itself stays.
    pub fn forget(&self, workspace: &Path) -> Result<(), Error> {
        self.change_recent(|recent| recent.retain(|known| known != workspace))
    }

    fn change_recent(&self, change: impl FnOnce(&mut Vec<PathBuf>)) -> Result<(), Error> {
        self.change(|document| {
            let mut recent = settings(document).recent;
            change(&mut recent);
            let mut tables = ArrayOfTables::new();
            for path in recent.iter().filter_map(|path| path.to_str()) {
                let mut table = Table::new();
                table["workspace"] = value(path);
                tables.push(table);
            }
            document["recent"] = Item::ArrayOfTables(tables);
        })
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut DocumentMut)) -> Result<(), Error> {
        let mut document = self.document()?;
        change(&mut document);
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        write_whole(&self.path, document.to_string())
    }

    pub(crate) fn document(&self) -> Result<DocumentMut, Error> {
        let text = match fs::read(&self.path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(problem) if problem.kind() == ErrorKind::NotFound => FIRST.to_owned(),
            Err(problem) => return Err(Error::file(&self.path)(problem)),
        };
        text.parse().map_err(|problem: toml_edit::TomlError| {
            let aside = self.aside();
            let name = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let what = problem.message().trim().to_owned();
            match fs::rename(&self.path, &aside) {
                Ok(()) => Error::Settings(format!("they could not be read ({what}) and were set aside as {name}")),
                Err(_) => Error::Settings(format!("they could not be read ({what})")),
            }
        })
    }

    /// A name that is free: `settings.broken-1.toml`.
    fn aside(&self) -> PathBuf {
        let name = |number: u32| self.path.with_extension(format!("broken-{number}.toml"));
        (1..).map(name).find(|aside| !aside.exists()).unwrap_or_else(|| name(0))
    }
}

fn settings(document: &DocumentMut) -> Settings {
    let word = document.get("theme").and_then(Item::as_str);
    let theme = Theme::NAMES.iter().find(|(_, known)| Some(*known) == word).map_or(Theme::System, |(theme, _)| *theme);
    let zoom = document.get("zoom").and_then(Item::as_integer).and_then(|zoom| u16::try_from(zoom).ok());
    let tables = document.get("recent").and_then(Item::as_array_of_tables).into_iter().flatten();
    let recent = tables.filter_map(|table| table.get("workspace")?.as_str().map(PathBuf::from)).collect();
    Settings {
        theme,
        zoom: zoom.filter(|zoom| ZOOMS.contains(zoom)).unwrap_or(100),
        ask_for_releases: document.get("ask_for_releases").and_then(Item::as_bool).unwrap_or(false),
        asked_for_releases: document.get("asked_for_releases").and_then(Item::as_str).map(str::to_owned),
        recent,
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn what_is_set_is_there_the_next_time() {
        let home = TempDir::new().expect("a folder");
        let file = SettingsFile::at(home.path().join("below/settings.toml"));
        assert_eq!(file.read().expect("nothing set"), Settings::default());
        file.set_theme(Theme::Dark).expect("kept");
        for name in ["/a", "/b", "/a"] {
            file.remember(Path::new(name)).expect("kept");
        }
        file.set_zoom(150).expect("kept");
        file.set_ask_for_releases(true).expect("kept");
        file.set_asked_for_releases("2026-11-30").expect("kept");
        let expected = Settings {
            theme: Theme::Dark,
            zoom: 150,
            ask_for_releases: true,
            asked_for_releases: Some("2026-11-30".into()),
            recent: vec!["/a".into(), "/b".into()],
        };
        assert_eq!(file.read().expect("read"), expected);
        let text = fs::read_to_string(home.path().join("below/settings.toml")).expect("there");
        assert!(text.starts_with("# Settings of Embedscope") && text.matches('#').count() == 1, "{text}");
        file.forget(Path::new("/a")).expect("kept");
        assert_eq!(file.read().expect("read").recent, [PathBuf::from("/b")]);
        (0..40).for_each(|n| file.remember(Path::new(&format!("/{n}"))).expect("kept"));
        assert_eq!(file.read().expect("read").recent.len(), MOST_RECENT);
    }

    #[test]
    fn what_this_version_does_not_know_stays() {
        let home = TempDir::new().expect("a folder");
        let path = home.path().join("settings.toml");
        fs::write(&path, "# mine\ntheme = 7 # odd\nzoom = 4000\nask_for_releases = 1\nfuture = [1, 2]\n\n[section]\nkey = \"value\"\n")
            .expect("written");
        let file = SettingsFile::at(&path);
        assert_eq!(file.read().expect("read"), Settings::default());
        file.remember(Path::new("/a")).expect("kept");
        file.set_theme(Theme::Light).expect("kept");
        let text = fs::read_to_string(&path).expect("there");
        for kept in ["# mine", "future = [1, 2]", "[section]", "key = \"value\"", "theme = \"light\""] {
            assert!(text.contains(kept), "{kept} is missing from {text}");
        }
        let expected = Settings { theme: Theme::Light, recent: vec!["/a".into()], ..Settings::default() };
        assert_eq!(file.read().expect("read"), expected);
    }

    #[test]
    fn a_broken_file_is_set_aside_and_said() {
        let home = TempDir::new().expect("a folder");
        let path = home.path().join("settings.toml");
        for number in 1..3 {
            fs::write(&path, [b"theme = ".as_slice(), &[0xFF, 0xFE]].concat()).expect("written");
            let problem = SettingsFile::at(&path).read().expect_err("said").to_string();
            let aside = format!("settings.broken-{number}.toml");
            assert!(problem.contains(&aside) && !problem.contains("below"), "{problem}");
            assert!(home.path().join(aside).exists() && !path.exists());
        }
        let file = SettingsFile::at(&path);
        assert_eq!(file.read().expect("as if nothing were set"), Settings::default());
        file.set_theme(Theme::Dark).expect("kept");
        assert_eq!(file.read().expect("read").theme, Theme::Dark);
    }
}
