//! From files to items in the workspace; a file that cannot be read is listed and the rest goes on.
//!
//! Small files are read side by side, large ones and tables one at a time and handed on piece by piece, so that memory
//! stays bounded. A table that names pictures lying beside it says something of them: its rows are texts like any, and
//! the pictures get their words and columns as well. Deliberately absent: choosing what to read (`plan`) and embedding it (`embed`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use embedscope_sources::cut::TokenCounter;
use embedscope_sources::read::{ReadOptions, read};
use embedscope_sources::scan::Found;
use embedscope_sources::{Content, Draft, Format, Limits, Reason};
use embedscope_workspace::{CollectionId, ItemKind, NewItem, Origin};
use rayon::prelude::*;

use crate::import::ImportChoice;
use crate::jobs::Job;
use crate::plan::is_table;
use crate::{Engine, Error, Event, Plan, Skipped};

const SMALL_BYTES: u64 = 1 << 20;
const SIDE_BY_SIDE: usize = 32;
const KEPT_AT_ONCE: usize = 500;
const CAPTIONS_BYTES: u64 = 16 << 20;

/// What tables say of pictures, by the picture's path.
type Captions = HashMap<PathBuf, (Option<String>, BTreeMap<String, String>)>;

impl Engine {
    pub(crate) fn read_into(
        &self,
        job: &Job,
        plan: &Plan,
        choice: &ImportChoice,
        counter: Option<TokenCounter>,
    ) -> Result<(), Error> {
        let collection = self.inner.workspace.add_collection(&plan.name)?;
        let limits = Limits::default();
        let options = |file: &Found| ReadOptions {
            cut: choice.cut,
            text_column: choice.text_columns.get(&file.name).cloned(),
            tokens: counter.clone(),
            cancel: job.cancel().clone(),
        };
        let captions = captions(plan, &options, &limits);
        let is_small = |file: &Found| file.bytes <= SMALL_BYTES && !is_table(file.format);
        let total = plan.files.len();
        job.stage(format!("Reading {}", plan.name), "files", 0, total);
        let mut done = 0;
        while done < total {
            job.look()?;
            let small = plan.files[done..].iter().take(SIDE_BY_SIDE).take_while(|file| is_small(file)).count();
            if small > 0 {
                let files = &plan.files[done..done + small];
                let drafts: Vec<(Vec<Draft>, Result<(), Reason>)> = files
                    .par_iter()
                    .map(|file| {
                        let mut drafts = Vec::new();
                        if job.cancel().is_cancelled() {
                            return (drafts, Ok(()));
                        }
                        let outcome = read(file, &options(file), &limits, &mut |draft| drafts.push(draft));
                        (drafts, outcome)
                    })
                    .collect();
                // Cancelled on the way: what was read is kept, and a file that was not is no failure.
                let mut kept = Vec::new();
                for (file, (drafts, outcome)) in files.iter().zip(drafts) {
                    kept.extend(drafts);
                    self.note(job, file, outcome);
                }
                self.keep(job, collection, kept, &captions)?;
                done += small;
            } else {
                let file = &plan.files[done];
                let (mut waiting, mut failed) = (Vec::new(), None);
                let outcome = read(file, &options(file), &limits, &mut |draft| {
                    if failed.is_none() && !job.cancel().is_cancelled() {
                        waiting.push(draft);
                        if waiting.len() >= KEPT_AT_ONCE {
                            failed = self.keep(job, collection, std::mem::take(&mut waiting), &captions).err();
                        }
                    }
                });
                failed.map_or(Ok(()), Err)?;
                self.keep(job, collection, waiting, &captions)?;
                self.note(job, file, outcome);
                done += 1;
            }
            job.progress(done, total);
        }
        job.look()
    }

    fn keep(&self, job: &Job, collection: CollectionId, drafts: Vec<Draft>, captions: &Captions) -> Result<(), Error> {
        if drafts.is_empty() {
            return Ok(());
        }
        let items: Vec<NewItem> = drafts.into_iter().map(|draft| item(collection, draft, captions)).collect();
        let kept = self.inner.workspace.add_items(&items)?;
        let count = kept.iter().filter(|(_, new)| *new).count();
        job.report(|report| {
            report.added += count;
            report.known += kept.len() - count;
        });
        if count > 0 {
            self.emit(&Event::ItemsAdded { count });
        }
        Ok(())
    }

    fn note(&self, job: &Job, file: &Found, outcome: Result<(), Reason>) {
        if let Err(reason) = outcome {
            let skipped = Skipped { name: file.name.clone(), reason: reason.to_string() };
            job.report(|report| report.skipped.push(skipped));
        }
    }
}

fn captions(plan: &Plan, options: &dyn Fn(&Found) -> ReadOptions, limits: &Limits) -> Captions {
    let pictures: HashSet<&Path> =
        plan.files.iter().filter(|file| file.format == Format::Picture).map(|file| file.path.as_path()).collect();
    let folders: HashSet<&Path> = pictures.iter().filter_map(|picture| picture.parent()).collect();
    let mut captions = Captions::new();
    let tables = plan.files.iter().filter(|file| is_table(file.format) && file.bytes <= CAPTIONS_BYTES);
    for table in tables {
        let Some(folder) = table.path.parent().filter(|folder| folders.contains(folder)) else { continue };
        // What is wrong with the table is said when it is read for its own sake.
        let _ = read(table, &options(table), limits, &mut |draft| {
            let is_name = |value: &String| pictures.contains(folder.join(value).as_path());
            let named = draft.metadata.iter().find(|(_, value)| is_name(value));
            let Some((column, name)) = named.map(|(column, name)| (column.clone(), folder.join(name))) else { return };
            if let Content::Text(text) = draft.content {
                let mut columns = draft.metadata;
                columns.remove(&column);
                captions.entry(name).or_insert((Some(text), columns));
            }
        });
    }
    captions
}

fn item(collection: CollectionId, draft: Draft, captions: &Captions) -> NewItem {
    let mut metadata = draft.metadata;
    let (kind, text, size_px) = match draft.content {
        Content::Text(text) => (ItemKind::Text, Some(text), None),
        Content::Image { width, height } => {
            let (caption, columns) = captions.get(&draft.origin.file).cloned().unwrap_or_default();
            metadata.extend(columns);
            (ItemKind::Image, caption, Some((width, height)))
        }
    };
    let origin = draft.origin;
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
