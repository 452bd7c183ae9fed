//! What is kept: how large it is, whether it is sound, letting go of it, doing it again, and getting it out.
//!
//! Deliberately absent: choosing places; the system's dialogue does, and only names come back to the page.

use std::path::{Path, PathBuf};

use embedscope_engine::export::{Export, ExportFormat as Format, ExportParts};
use embedscope_engine::{CollectionId, ItemId, JobId, MapId, Problem, RunId, SetId, write_whole};

use super::{Host, held};
use crate::say;
use crate::wire::{
    CheckView, ErrorCode, ErrorView, ExportFormat, ExportRequest, KeepingView, MendView, RunView, Shown,
};

impl Host {
    /// Where the workspace is kept and how much room it takes.
    pub fn get_keeping(&self) -> Result<KeepingView, ErrorView> {
        let engine = self.engine()?;
        let place = say::kept::place(engine.workspace_path(), &self.desk.home);
        let lost = engine.lost_originals().map_err(say::error)?.len();
        Ok(say::kept::keeping(place, &engine.usage().map_err(say::error)?, lost))
    }

    /// Everything that was computed, the latest first.
    pub fn list_runs(&self) -> Result<Vec<RunView>, ErrorView> {
        Ok(self.engine()?.runs().map_err(say::error)?.into_iter().map(say::kept::run).collect())
    }

    /// Does a run again; gives the job.
    pub fn repeat_run(&self, run: u32) -> Result<u32, ErrorView> {
        Ok(self.engine()?.start_repeat(RunId(run)).map_err(say::error)?.0)
    }

    /// Looks through everything that is kept; gives the job.
    pub fn start_check(&self) -> Result<u32, ErrorView> {
        Ok(self.engine()?.start_check().0)
    }

    /// What a job has found by looking through; None until it is done.
    pub fn get_check(&self, job: u32) -> Result<Option<CheckView>, ErrorView> {
        let engine = self.engine()?;
        let report = engine.job(JobId(job)).map_err(say::error)?.report;
        let said = |problem: &Problem| say::kept::problem(&engine, problem).into();
        Ok(report.problems.as_ref().map(|found| CheckView { problems: found.iter().map(said).collect() }))
    }

    /// Mends what can be mended.
    pub fn mend_workspace(&self) -> Result<MendView, ErrorView> {
        let engine = self.engine()?;
        let mended = engine.mend().map_err(say::error)?;
        Ok(MendView {
            done: mended.done.iter().map(|done| format!("{}.", say::sentence(done)).into()).collect(),
            left: mended.left.iter().map(|problem| say::kept::problem(&engine, problem).into()).collect(),
        })
    }

    /// Gives back the room of what was forgotten; gives the job.
    pub fn start_compact(&self) -> Result<u32, ErrorView> {
        Ok(self.engine()?.start_compact().map_err(say::error)?.0)
    }

    /// Forgets items everywhere; the files they came from stay. Gives how many there were.
    pub fn forget_items(&self, items: &[u32]) -> Result<u32, ErrorView> {
        let items: Vec<ItemId> = items.iter().copied().map(ItemId).collect();
        self.engine()?.forget_items(&items).map_err(say::error)
    }

    /// Forgets everything that came together; gives how many items there were.
    pub fn forget_collection(&self, collection: u32) -> Result<u32, ErrorView> {
        self.engine()?.forget_collection(CollectionId(collection)).map_err(say::error)
    }

    /// Forgets a map.
    pub fn forget_map(&self, map: u32) -> Result<(), ErrorView> {
        self.engine()?.forget_map(MapId(map)).map_err(say::error)
    }

    /// Forgets everything in the workspace; the user's files stay as they are.
    pub fn clear_workspace(&self) -> Result<(), ErrorView> {
        self.engine()?.forget_all().map_err(say::error)
    }

    /// Links an item to where its original is now; gives how many items were linked.
    pub fn find_original(&self, item: u32, path: &Path) -> Result<u32, ErrorView> {
        self.engine()?.relink(ItemId(item), path).map_err(say::error)
    }

    /// The name that is proposed for an export, and the ending of its file; None for a folder.
    pub fn export_name(&self, format: ExportFormat) -> Result<(String, Option<&'static str>), ErrorView> {
        let engine = self.engine()?;
        let name = self.name_of(engine.workspace_path());
        let format = format_of(format);
        Ok(match format.ending() {
            Some(ending) => (format!("{name}.{ending}"), Some(ending)),
            None => (name, None),
        })
    }

    /// Writes items for other programs to a file, or into a new folder below the chosen one; gives the job.
    pub fn start_export(&self, request: &ExportRequest, chosen: &Path) -> Result<u32, ErrorView> {
        let engine = self.engine()?;
        let format = format_of(request.format);
        let out = match format.ending() {
            Some(ending) if chosen.extension().is_none_or(|known| known != ending) => {
                chosen.with_added_extension(ending)
            }
            Some(_) => chosen.to_owned(),
            None => free_folder(chosen, &self.name_of(engine.workspace_path()), request.format),
        };
        let export = Export {
            set: request.set.map(SetId),
            map: request.map.map(MapId),
            items: request.items.as_ref().map(|items| items.0.iter().copied().map(ItemId).collect()),
            parts: ExportParts {
                vectors: request.vectors,
                layout: request.layout,
                clusters: request.clusters,
                tags: request.tags,
            },
            format,
            out,
        };
        Ok(engine.start_export(export).map_err(say::error)?.0)
    }

    /// Writes the diagnostic bundle; gives its name.
    pub fn write_diagnosis(&self, out: &Path) -> Result<String, ErrorView> {
        let diagnosis = self.engine()?.diagnosis(&self.desk.places).map_err(say::error)?;
        write_whole(out, diagnosis.to_json()).map_err(say::error)?;
        *held(&self.diagnosis) = Some(out.to_owned());
        Ok(out.file_name().unwrap_or_default().to_string_lossy().into_owned())
    }

    /// The folder to be opened outside, for the shell; never for the page.
    pub fn folder_of(&self, shown: Shown) -> Result<PathBuf, ErrorView> {
        let path = match shown {
            Shown::Workspace => Some(self.engine()?.workspace_path().to_owned()),
            Shown::Job { job } => self.engine()?.job(JobId(job)).map_err(say::error)?.report.written.clone(),
            Shown::Diagnosis => held(&self.diagnosis).clone(),
            Shown::Figure => held(&self.figure).clone(),
            Shown::Evaluation => held(&self.evaluation).clone(),
            Shown::Log => Some(self.desk.places.logs.clone()),
        };
        let path = path.ok_or_else(|| ErrorView {
            code: ErrorCode::NotFound,
            message: "Nothing was written there".into(),
            hint: None,
        })?;
        Ok(if path.is_dir() { path } else { path.parent().map_or_else(PathBuf::new, Path::to_owned) })
    }
}

fn format_of(format: ExportFormat) -> Format {
    match format {
        ExportFormat::Parquet => Format::Parquet,
        ExportFormat::Arrow => Format::Arrow,
        ExportFormat::Csv => Format::Csv,
        ExportFormat::Npy => Format::Npy,
        ExportFormat::Safetensors => Format::Safetensors,
        ExportFormat::Projector => Format::Projector,
        ExportFormat::Html => Format::Html,
        ExportFormat::Originals => Format::Originals,
    }
}

/// A folder that is not there yet: `letters projector`, `letters projector 2`.
fn free_folder(below: &Path, name: &str, format: ExportFormat) -> PathBuf {
    let what = match format {
        ExportFormat::Projector => "projector",
        ExportFormat::Originals => "files",
        _ => "numpy",
    };
    let named = |number: u32| match number {
        1 => below.join(format!("{name} {what}")),
        _ => below.join(format!("{name} {what} {number}")),
    };
    (1..).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(1))
}
