//! An export as a job: told as it goes, stopped when asked, and whole or not at all.
//!
//! Deliberately absent: the formats, and choosing the place.

use std::fs::{self, File};
use std::path::Path;

use tempfile::TempDir;

use super::sheet::Watch;
use super::{Export, Exported};
use crate::jobs::Job;
use crate::whole::of_its_kind;
use crate::{Engine, Error, JobId, JobKind};

impl Engine {
    /// Writes items for other programs. What stands at the place is replaced once the new is whole; a folder must not
    /// be there yet.
    pub fn start_export(&self, export: Export) -> Result<JobId, Error> {
        let Some(name) = export.out.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            return Err(Error::Request("the export has no name".into()));
        };
        if export.format.is_folder() && export.out.exists() {
            return Err(Error::Request(format!("there is a {name} already; choose another place")));
        }
        let engine = self.clone();
        Ok(self
            .inner
            .jobs
            .start(JobKind::Export, format!("Writing {name}"), move |job| engine.export_whole(job, &export, &name)))
    }

    fn export_whole(&self, job: &Job, export: &Export, name: &str) -> Result<(), Error> {
        job.stage(format!("Writing {name}"), "items", 0, 0);
        // Beside the place, so that it can be moved there in one step.
        let beside = export.out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let work =
            TempDir::with_prefix_in(".embedscope-", beside).map_err(of_its_kind).map_err(Error::file(&export.out))?;
        let draft = Export { out: work.path().join(name), ..export.clone() };
        let watch = Watch { progress: &|done, all| job.progress(done, all), cancel: job.cancel() };
        let Exported { files, .. } = self.export_watched(&draft, watch)?;
        job.look()?;
        for file in &files {
            File::open(file).and_then(|file| file.sync_all()).map_err(Error::file(file))?;
        }
        let moved: Vec<&Path> = if export.format.is_folder() {
            vec![&draft.out]
        } else {
            files.iter().map(std::path::PathBuf::as_path).collect()
        };
        for from in moved {
            let to = beside.join(from.file_name().unwrap_or_default());
            fs::rename(from, &to).map_err(Error::file(&to))?;
        }
        job.report(|report| report.written = Some(export.out.clone()));
        Ok(())
    }
}
