//! Which workspace is open: the last one, another, a new one, or none because it cannot be; and the program's settings.
//!
//! What is open stays open until another is. Deliberately absent: choosing a folder, which the system's dialogue does.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use embedscope_engine::{
    Engine, EngineOptions, Error, Folders, Look, MapId, Theme as Kept, WorkspaceError, is_workspace, repair,
};

use super::{Host, held};
use crate::say;
use crate::wire::{ErrorCode, ErrorView, LookView, OpeningView, RecentView, Theme};

/// How a new workspace's folder ends, so that people know one when they see it.
const ENDING: &str = "embedscope";

impl Host {
    /// Opens what was open last, or the workspace at home.
    pub(super) fn begin(&self) {
        let settings = self.settings.read().unwrap_or_else(|problem| {
            held(&self.notices).push(say::error(problem));
            Default::default()
        });
        // One that is gone is no reason to begin with a refusal.
        let last = settings.recent.into_iter().next().filter(|last| is_workspace(last));
        self.open_at(&last.unwrap_or_else(|| self.desk.home.clone()), false);
    }

    /// Opens a workspace that is there.
    pub fn open_workspace(&self, folder: &Path) -> OpeningView {
        if is_workspace(folder) {
            return self.open_at(folder, false);
        }
        self.refuse(folder, &Error::Workspace(WorkspaceError::Absent { path: folder.to_owned() }))
    }

    /// Makes a workspace in a new or empty folder and opens it.
    pub fn new_workspace(&self, folder: &Path) -> OpeningView {
        let named = folder.extension().is_some() || folder.is_dir();
        self.open_at(&if named { folder.to_owned() } else { folder.with_extension(ENDING) }, false)
    }

    /// Opens one of the recent workspaces, by its number.
    pub fn open_recent(&self, number: u32, read_only: bool) -> Result<OpeningView, ErrorView> {
        let path = self.numbered(number)?;
        if path != self.desk.home && !is_workspace(&path) {
            return Ok(self.refuse(&path, &Error::Workspace(WorkspaceError::Absent { path: path.clone() })));
        }
        Ok(self.open_at(&path, read_only))
    }

    /// Tries once more to open the workspace that could not be opened.
    pub fn open_refused(&self, read_only: bool) -> Result<OpeningView, ErrorView> {
        Ok(self.open_at(&self.refused_path()?, read_only))
    }

    /// Mends the workspace that could not be opened, and opens it.
    pub fn mend_refused(&self) -> Result<OpeningView, ErrorView> {
        let path = self.refused_path()?;
        match repair(&path) {
            Ok(_) => Ok(self.open_at(&path, false)),
            Err(problem) => Ok(self.refuse(&path, &Error::Workspace(problem))),
        }
    }

    /// Takes a workspace out of the recent ones; the workspace itself stays.
    pub fn forget_recent(&self, number: u32) -> Result<Vec<RecentView>, ErrorView> {
        self.settings.forget(&self.numbered(number)?).map_err(say::error)?;
        Ok(self.recent())
    }

    /// Workspaces that were opened before, the latest first, and the one at home.
    pub fn recent(&self) -> Vec<RecentView> {
        let mut recent = self.settings.read().unwrap_or_default().recent;
        if !recent.contains(&self.desk.home) {
            recent.push(self.desk.home.clone());
        }
        let open = self.engine().ok();
        let open = open.as_ref().map(Engine::workspace_path);
        let mut numbered = held(&self.numbered);
        recent
            .into_iter()
            .map(|path| {
                let number = numbered.iter().position(|known| *known == path).unwrap_or_else(|| {
                    numbered.push(path.clone());
                    numbered.len() - 1
                });
                RecentView {
                    number: number as u32,
                    name: self.name_of(&path),
                    place: say::kept::place(&path, &self.desk.home).into(),
                    here: path == self.desk.home || is_workspace(&path),
                    current: open == Some(&*path),
                }
            })
            .collect()
    }

    /// How the window looks.
    pub(super) fn theme(&self) -> Theme {
        match self.settings.read().unwrap_or_default().theme {
            Kept::System => Theme::System,
            Kept::Light => Theme::Light,
            Kept::Dark => Theme::Dark,
        }
    }

    /// Keeps how the window looks.
    pub fn set_theme(&self, theme: Theme) -> Result<(), ErrorView> {
        let theme = match theme {
            Theme::System => Kept::System,
            Theme::Light => Kept::Light,
            Theme::Dark => Kept::Dark,
        };
        self.settings.set_theme(theme).map_err(say::error)
    }

    /// Keeps how the open workspace is looked at.
    pub fn keep_look(&self, look: LookView) -> Result<(), ErrorView> {
        let LookView { map, colour_by, names, pictures, true_neighbours, shapes } = look;
        let look = Look { map: map.map(MapId), colour_by, names, pictures, true_neighbours, shapes };
        self.engine()?.keep_look(&look).map_err(say::error)
    }

    /// Keeps how large everything in the window is, in per cent.
    pub fn set_zoom(&self, zoom: u16) -> Result<(), ErrorView> {
        self.settings.set_zoom(zoom).map_err(say::error)
    }

    fn open_at(&self, path: &Path, read_only: bool) -> OpeningView {
        let is_open = |engine: Engine| engine.workspace_path() == path && engine.is_read_only() == read_only;
        if self.engine().is_ok_and(is_open) {
            return OpeningView { refused: None };
        }
        let folders = Folders::from_env();
        let opened = match read_only {
            true => Engine::read_only(path, folders, None),
            false => Engine::new(EngineOptions { workspace: Some(path.to_owned()), folders, threads: None }),
        };
        match opened {
            Ok(engine) => self.take(engine),
            Err(problem) => self.refuse(path, &problem),
        }
    }

    fn take(&self, engine: Engine) -> OpeningView {
        let path = engine.workspace_path().to_owned();
        engine.log();
        self.introduce(&engine);
        self.feed.attach(self.name_of(&path), &engine);
        // What cannot be watched any more is no reason not to open.
        if let Err(problem) = engine.watch_again() {
            held(&self.notices).push(say::error(problem));
        }
        let before = self.open.write().unwrap_or_else(PoisonError::into_inner).replace(engine);
        self.openings.fetch_add(1, Ordering::Relaxed);
        *held(&self.refused) = None;
        *held(&self.plans) = Default::default();
        *held(&self.compared) = None;
        let closed = before.map_or(Ok(()), |before| before.close());
        for problem in [closed, self.settings.remember(&path)].into_iter().filter_map(Result::err) {
            held(&self.notices).push(say::error(problem));
        }
        OpeningView { refused: None }
    }

    fn refuse(&self, path: &Path, problem: &Error) -> OpeningView {
        let refused = say::kept::refused(path, &self.desk.home, problem);
        *held(&self.refused) = Some((path.to_owned(), refused.clone()));
        OpeningView { refused: Some(refused) }
    }

    fn refused_path(&self) -> Result<PathBuf, ErrorView> {
        let path = held(&self.refused).as_ref().map(|(path, _)| path.clone());
        path.ok_or_else(|| gone("There is no workspace that waits to be opened"))
    }

    fn numbered(&self, number: u32) -> Result<PathBuf, ErrorView> {
        let path = held(&self.numbered).get(number as usize).cloned();
        path.ok_or_else(|| gone("This workspace is not listed any more"))
    }
}

pub(super) fn look_view(look: Look) -> LookView {
    let Look { map, colour_by, names, pictures, true_neighbours, shapes } = look;
    LookView { map: map.map(|map| map.0), colour_by, names, pictures, true_neighbours, shapes }
}

fn gone(message: &str) -> ErrorView {
    ErrorView { code: ErrorCode::NotFound, message: message.into(), hint: Some("Open it by its folder.".into()) }
}
