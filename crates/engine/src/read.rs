//! From files to items in the workspace; a file that cannot be read is listed and the rest goes on.
//!
//! While some files are read, what others gave is kept (`ahead`). Rows of a table that name pictures are told to the pictures
//! (`captions`), vectors that items bring go into a set of their own (`brought`). Deliberately absent: choosing what to read (`plan`) and embedding it (`embed`).

mod ahead;

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use embedscope_sources::cut::TokenCounter;
use embedscope_sources::read::ReadOptions;
use embedscope_sources::scan::Found;
use embedscope_sources::{Content, Draft, Limits, Reason};
use embedscope_workspace::{Arrival, CollectionId, ItemId, ItemKind, NewItem, NewRun, Origin};
use rayon::prelude::*;

use crate::brought::{Bringer, Bringing, Brought};
use crate::captions::Captions;
use crate::import::ImportChoice;
use crate::items::kind_of;
use crate::jobs::Job;
use crate::plan::folder_of;
use crate::project::now_ms;
use crate::sets::LiveSet;
use crate::{Columns, Engine, Error, Event, Plan, Skipped};

/// What an import keeps in mind from file to file.
struct Reading<'a> {
    job: &'a Job,
    plan: &'a Plan,
    choice: &'a ImportChoice,
    collection: CollectionId,
    captions: Captions,
    brought: Brought,
    /// Items that are where they are said to be.
    found: HashSet<ItemId>,
    /// Files that were read to their end.
    whole: Vec<PathBuf>,
}

impl Engine {
    /// Reads everything into the workspace; gives the sets of the vectors that were brought along.
    pub(crate) fn read_into(
        &self,
        job: &Job,
        plan: &Plan,
        choice: &ImportChoice,
        counter: Option<TokenCounter>,
    ) -> Result<Vec<Arc<LiveSet>>, Error> {
        let (began, started_ms) = (Instant::now(), now_ms());
        let collection = self.inner.workspace.add_collection(&plan.name)?;
        // First, so that what stands in another place now is known for what has moved.
        let vanished: Vec<PathBuf> =
            self.inner.workspace.originals()?.into_par_iter().filter(|file| has_vanished(file)).collect();
        let mut gone = self.inner.workspace.mark_gone(&vanished, &HashSet::new())?;
        let limits = Limits::default();
        let reading_of = plan.reading(choice, counter);
        let options = |file: &Found| ReadOptions { cancel: job.cancel().clone(), ..reading_of(file) };
        let names_pictures = |name: &str| match choice.columns.get(name) {
            Some(Columns { image: Some(image), .. }) => !image.is_empty(),
            // Another table than the one that was looked at.
            Some(Columns { table: Some(_), .. }) => true,
            _ => plan.tables.iter().any(|table| table.name == name && table.guess.image.is_some()),
        };
        job.stage(format!("Looking through {}", plan.name), "", 0, 0);
        let captions = Captions::of(plan, &names_pictures, &options, &limits, job.cancel());
        let mut files = plan.files.clone();
        files.extend(captions.others(plan, &limits));
        let (brought, found, whole) = (Brought::default(), HashSet::new(), Vec::new());
        let mut reading = Reading { job, plan, choice, collection, captions, brought, found, whole };
        let total = files.len();
        // Of one file, which may be a table of a million rows, it says more how many items were read.
        let (unit, of) = if total == 1 { ("items", 0) } else { ("files", total) };
        job.stage(format!("Reading {}", plan.name), unit, 0, of);
        let (mut done, mut items) = (0, 0);
        ahead::each(&files, &reading_of, &limits, job.cancel(), &mut |batch| {
            items += batch.drafts.len();
            self.keep(&mut reading, batch.drafts)?;
            for (place, outcome) in batch.ended {
                reading.note(&files[place], outcome);
                done += 1;
            }
            job.progress(if of == 0 { items } else { done }, of);
            Ok(())
        })?;
        job.look()?;
        gone.extend(self.inner.workspace.mark_gone(&reading.whole, &reading.found)?);
        gone.retain(|item| !reading.found.contains(item));
        job.report(|report| report.gone = gone.len());
        self.record_import(&reading, started_ms, began.elapsed().as_secs_f64() * 1e3)?;
        Ok(reading.brought.sets())
    }

    fn record_import(&self, reading: &Reading<'_>, started_ms: i64, elapsed_ms: f64) -> Result<(), Error> {
        let mut result = serde_json::Value::Null;
        reading.job.report(|report| {
            result = serde_json::json!({
                "added": report.added,
                "known": report.known,
                "moved": report.moved,
                "gone": report.gone,
                "skipped": report.skipped.len(),
            });
        });
        let choice = reading.choice;
        let paths: Option<Vec<&str>> = reading.plan.roots.iter().map(|root| root.to_str()).collect();
        self.inner.workspace.add_run(NewRun {
            kind: "import".into(),
            params_json: serde_json::json!({
                "collection": reading.collection.0,
                "paths": paths,
                "choice": choice,
            })
            .to_string(),
            device: self.device(),
            started_ms,
            elapsed_ms,
            result_json: result.to_string(),
            ..NewRun::default()
        })?;
        Ok(())
    }

    fn keep(&self, reading: &mut Reading<'_>, mut drafts: Vec<Draft>) -> Result<(), Error> {
        if drafts.is_empty() {
            return Ok(());
        }
        let job = reading.job;
        let vectors: Vec<_> = drafts
            .iter_mut()
            .map(|draft| {
                let own = draft.vector.take().map(|vector| (draft.origin.file.clone(), vector));
                own.or_else(|| reading.captions.get(&draft.origin.file)?.vector.clone())
            })
            .collect();
        let items: Vec<NewItem> = drafts
            .into_iter()
            .map(|draft| item(reading.collection, reading.choice, draft, &reading.captions))
            .collect();
        let kept = self.inner.workspace.add_items(&items)?;
        let mut bringing: Vec<(_, Bringing)> = kept
            .iter()
            .zip(&items)
            .zip(vectors)
            .filter_map(|((&(id, _), item), vector)| {
                let (file, vector) = vector?;
                Some((file, Bringing { item: id, kind: kind_of(item.kind), hash: item.hash, vector }))
            })
            .collect();
        while let Some((file, _)) = bringing.first() {
            let file = file.clone();
            let (of_it, others): (Vec<_>, Vec<_>) = bringing.into_iter().partition(|(path, _)| *path == file);
            bringing = others;
            let vectors = of_it.into_iter().map(|(_, one)| one).collect();
            self.bring(job, &mut reading.brought, &bringer(reading.plan, reading.choice, &file), vectors)?;
        }
        reading.found.extend(kept.iter().map(|(item, _)| item));
        let count_of = |wanted: Arrival| kept.iter().filter(|(_, arrival)| *arrival == wanted).count();
        let count = count_of(Arrival::New);
        job.report(|report| {
            report.added += count;
            report.known += kept.len() - count;
            report.moved += count_of(Arrival::Moved);
        });
        if count > 0 {
            self.emit(&Event::ItemsAdded { count });
        }
        Ok(())
    }
}

impl Reading<'_> {
    fn note(&mut self, file: &Found, outcome: Result<(), Reason>) {
        match outcome {
            Ok(()) => self.whole.push(file.path.clone()),
            Err(reason) => {
                let skipped = Skipped { name: file.name.clone(), reason: reason.to_string() };
                self.job.report(|report| report.skipped.push(skipped));
            }
        }
    }
}

/// Whether nothing is there any more; what may only not be looked at is not gone.
pub(crate) fn has_vanished(file: &Path) -> bool {
    fs::symlink_metadata(file).is_err_and(|problem| problem.kind() == ErrorKind::NotFound)
}

fn bringer<'a>(plan: &'a Plan, choice: &'a ImportChoice, file: &'a Path) -> Bringer<'a> {
    let name = plan.files.iter().find(|known| known.path == file).map_or("", |known| known.name.as_str());
    let guess = plan.tables.iter().find(|table| table.name == name).and_then(|table| table.guess.vector.as_deref());
    let chosen = choice.columns.get(name).and_then(|columns| columns.vector.as_deref());
    let column = chosen.or(guess).filter(|column| !column.is_empty());
    Bringer { file, name, column }
}

fn item(collection: CollectionId, choice: &ImportChoice, draft: Draft, captions: &Captions) -> NewItem {
    let mut metadata = draft.metadata;
    let (kind, text, size_px) = match draft.content {
        Content::Text(text) => (ItemKind::Text, Some(text), None),
        Content::Image { width, height } => {
            let caption = captions.get(&draft.origin.file).cloned().unwrap_or_default();
            metadata.extend(caption.columns);
            (ItemKind::Image, caption.text, Some((width, height)))
        }
    };
    let origin = draft.origin;
    if let Some(folder) = folder_of(&origin.name) {
        metadata.entry("folder".into()).or_insert_with(|| folder.to_owned());
        if choice.folder_labels {
            metadata.entry("label".into()).or_insert_with(|| folder.to_owned());
        }
    }
    let origin = Origin {
        file: origin.file,
        name: origin.name,
        page: origin.page,
        row: origin.row,
        chunk: origin.chunk,
        offset: origin.offset,
    };
    NewItem { collection, kind, text, size_px, origin, hash: draft.hash, metadata }
}
