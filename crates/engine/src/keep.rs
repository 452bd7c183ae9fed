//! What is kept and how it is let go: an overview of a workspace, looking it through and mending it while it is open,
//! forgetting, and giving back disk space.
//!
//! Deliberately absent: verifying and repairing a folder, which need no engine; see [`crate::verify`] and
//! [`crate::repair`].

use std::path::Path;
use std::sync::PoisonError;

use embedscope_workspace::{Collection, CollectionId, ItemId, Repair, Usage, Workspace};

use crate::evaluate::parts;
use crate::jobs::Job;
use crate::{Engine, Error, Event, JobId, JobKind};

/// Bytes that are told as one.
const MB: usize = 1_000_000;

/// A workspace as it lies on the disk.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Its name.
    pub name: String,
    /// What came together.
    pub collections: Vec<Collection>,
    /// Its embedding sets.
    pub sets: Vec<KeptSet>,
    /// Computations that are recorded.
    pub runs: usize,
    /// Disk use by part.
    pub usage: Usage,
}

/// A set as it lies on the disk.
#[derive(Clone, Debug)]
pub struct KeptSet {
    /// The model's id.
    pub model: String,
    /// Numbers in a vector.
    pub dim: usize,
    /// Items it shows.
    pub rows: usize,
}

/// What a workspace holds, also while another program has it open.
pub fn overview(path: &Path) -> Result<Overview, Error> {
    let workspace = Workspace::open_read_only(path)?;
    let mut sets = Vec::new();
    for facts in workspace.sets()? {
        let rows = workspace.set_of(facts.id)?.members()?.len();
        sets.push(KeptSet { model: facts.model, dim: facts.dim, rows });
    }
    Ok(Overview {
        name: workspace.name(),
        collections: workspace.collections()?,
        sets,
        runs: workspace.runs()?.len(),
        usage: workspace.usage()?,
    })
}

impl Engine {
    /// Whether the workspace is open for reading only.
    pub fn is_read_only(&self) -> bool {
        self.inner.workspace.is_read_only()
    }

    /// Disk use by part.
    pub fn usage(&self) -> Result<Usage, Error> {
        Ok(self.inner.workspace.usage()?)
    }

    /// The workspace's folder.
    pub fn workspace_path(&self) -> &Path {
        self.inner.workspace.path()
    }

    /// Looks through everything that is kept, as a job; nothing is changed. What it finds is in its report.
    pub fn start_check(&self) -> JobId {
        let engine = self.clone();
        let work = move |job: &Job| engine.check(job);
        self.inner.jobs.start(JobKind::Keep, "Looking through what is kept".into(), work)
    }

    fn check(&self, job: &Job) -> Result<(), Error> {
        job.stage("Looking through what is kept", "MB", 0, 0);
        let told = |done: usize, all: usize| {
            job.progress(done / MB, all / MB);
            // Rests where that is asked for; whether it is to stop is asked below.
            let _ = job.look();
        };
        let problems = self.inner.workspace.verify_beside(&told, job.cancel())?;
        job.look()?;
        job.report(|report| report.problems = Some(problems));
        Ok(())
    }

    /// Mends what can be mended, after stopping what works on it; what is lost can be embedded or laid out again.
    pub fn mend(&self) -> Result<Repair, Error> {
        self.writable()?;
        self.stop_jobs()?;
        self.inner.sets.write().unwrap_or_else(PoisonError::into_inner).clear();
        let outcome = self.inner.workspace.repair();
        self.restore_again()?;
        self.emit(&Event::WorkspaceChanged);
        Ok(outcome?)
    }

    /// Stops all work, keeping what it finished, and tells nobody anything any more. The workspace is free for others
    /// once the last handle to this engine is dropped.
    pub fn close(&self) -> Result<(), Error> {
        self.watch_no_longer();
        self.stop_jobs()?;
        self.inner.events.clear();
        Ok(())
    }

    /// Fails where nothing can be kept.
    pub(crate) fn writable(&self) -> Result<(), Error> {
        if self.is_read_only() { Err(Error::Workspace(embedscope_workspace::Error::ReadOnly)) } else { Ok(()) }
    }

    /// Forgets items everywhere, after stopping what works on them; gives how many there were. The user's files stay.
    pub fn forget_items(&self, items: &[ItemId]) -> Result<u32, Error> {
        self.forget(|workspace| {
            // What was measured quotes items.
            parts::forget(workspace)?;
            workspace.forget_items(items)
        })
    }

    /// Forgets everything that was dropped together, everywhere; gives how many items there were.
    pub fn forget_collection(&self, collection: CollectionId) -> Result<u32, Error> {
        self.forget(|workspace| {
            parts::forget(workspace)?;
            workspace.forget_collection(collection)
        })
    }

    /// Forgets everything in the workspace, after stopping what works on it; the user's files stay as they are.
    pub fn forget_all(&self) -> Result<(), Error> {
        self.writable()?;
        // Or what is forgotten would come back.
        for folder in self.watched() {
            self.stop_watching(folder.id)?;
        }
        self.stop_jobs()?;
        self.inner.sets.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.inner.maps.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.inner.workspace.forget_all()?;
        self.forget_pasted()?;
        self.emit(&Event::WorkspaceChanged);
        Ok(())
    }

    /// Gives back the disk space of what was forgotten, as a job: no other works on it meanwhile.
    pub fn start_compact(&self) -> Result<JobId, Error> {
        self.writable()?;
        let engine = self.clone();
        let work = move |job: &Job| engine.compact(job);
        Ok(self.inner.jobs.start(JobKind::Keep, "Giving back disk space".into(), work))
    }

    fn compact(&self, job: &Job) -> Result<(), Error> {
        job.stage("Giving back disk space", "MB", 0, 0);
        let outcome = self.inner.workspace.compact();
        self.restore_again()?;
        self.emit(&Event::WorkspaceChanged);
        Ok(outcome?)
    }

    fn forget(
        &self,
        forget: impl FnOnce(&Workspace) -> Result<u32, embedscope_workspace::Error>,
    ) -> Result<u32, Error> {
        self.writable()?;
        self.stop_jobs()?;
        let outcome = forget(&self.inner.workspace).and_then(|count| {
            // At once: what is forgotten must not be left in a file.
            self.inner.workspace.purge()?;
            Ok(count)
        });
        self.forget_unused_pasted()?;
        self.restore_again()?;
        self.emit(&Event::WorkspaceChanged);
        Ok(outcome?)
    }

    fn stop_jobs(&self) -> Result<(), Error> {
        for job in self.jobs().iter().filter(|job| !job.state.is_over()) {
            self.cancel_job(job.id)?;
            self.wait(job.id)?;
        }
        Ok(())
    }
}
