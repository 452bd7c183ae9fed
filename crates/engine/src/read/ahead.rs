//! Files read ahead, small ones side by side, while what others gave is being kept.
//!
//! What waits to be taken is bounded, whatever the files hold. Deliberately absent: keeping.

use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use embedscope_sources::read::{ReadOptions, read};
use embedscope_sources::scan::Found;
use embedscope_sources::{Content, Draft, Limits, Reason};
use embedscope_space::Cancel;
use rayon::prelude::*;

use crate::Error;

/// Larger files, tables and vectors are read one at a time.
const SMALL_BYTES: u64 = 1 << 20;
/// Small files of a batch, and their bytes.
const SIDE_BY_SIDE: usize = 128;
const SIDE_BYTES: u64 = 16 << 20;
/// Items of a large file in a batch, and bytes of their texts.
const ITEMS: usize = 500;
const ITEM_BYTES: usize = 8 << 20;
/// Batches that wait.
const WAITING: usize = 1;
/// How often whoever waits looks whether the work was cancelled.
const LOOK: Duration = Duration::from_millis(100);

/// What some files gave, in order.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) drafts: Vec<Draft>,
    /// The files that were read to their end or to where they break, by their places.
    pub(super) ended: Vec<(usize, Result<(), Reason>)>,
}

/// Reads files, and hands on what they give on the calling thread until that fails or is cancelled. What a row of a table
/// says of a picture is not handed on.
pub(super) fn each(
    files: &[Found],
    options: &(dyn Fn(&Found) -> ReadOptions + Sync),
    limits: &Limits,
    cancel: &Cancel,
    take: &mut dyn FnMut(Batch) -> Result<(), Error>,
) -> Result<(), Error> {
    let stop = Cancel::default();
    let options = |file: &Found| ReadOptions { cancel: stop.clone(), ..options(file) };
    thread::scope(|scope| {
        let (sender, batches) = mpsc::sync_channel(WAITING);
        scope.spawn(|| read_all(files, &options, limits, &stop, sender));
        let outcome = loop {
            if cancel.is_cancelled() {
                break Err(Error::Cancelled);
            }
            match batches.recv_timeout(LOOK) {
                Ok(batch) => {
                    if let Err(problem) = take(batch) {
                        break Err(problem);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break Ok(()),
            }
        };
        stop.cancel();
        drop(batches);
        outcome
    })
}

fn read_all(
    files: &[Found],
    options: &(dyn Fn(&Found) -> ReadOptions + Sync),
    limits: &Limits,
    stop: &Cancel,
    sender: SyncSender<Batch>,
) {
    let mut done = 0;
    while done < files.len() && !stop.is_cancelled() {
        let small = small(&files[done..]);
        let batch = if small > 0 {
            side_by_side(done, &files[done..done + small], options, limits)
        } else {
            one(done, &files[done], options, limits, stop, &sender)
        };
        done += small.max(1);
        if sender.send(batch).is_err() {
            return;
        }
    }
}

/// How many of the next files are read side by side.
fn small(files: &[Found]) -> usize {
    let is_rows = |file: &Found| file.format.is_table() || file.format.is_vectors();
    let mut bytes = 0;
    let fits = |file: &&Found| {
        bytes += file.bytes;
        file.bytes <= SMALL_BYTES && !is_rows(file) && bytes <= SIDE_BYTES
    };
    files.iter().take(SIDE_BY_SIDE).take_while(fits).count()
}

fn side_by_side(
    first: usize,
    files: &[Found],
    options: &(dyn Fn(&Found) -> ReadOptions + Sync),
    limits: &Limits,
) -> Batch {
    let read: Vec<(Vec<Draft>, Result<(), Reason>)> = files
        .par_iter()
        .map(|file| {
            let mut drafts = Vec::new();
            let outcome = read(file, &options(file), limits, &mut |draft| drafts.push(draft));
            (drafts, outcome)
        })
        .collect();
    let mut batch = Batch::default();
    for (place, (drafts, outcome)) in (first..).zip(read) {
        batch.drafts.extend(drafts);
        batch.ended.push((place, outcome));
    }
    batch
}

/// Reads a large file; gives the last of its items and sends the others before.
fn one(
    place: usize,
    file: &Found,
    options: &(dyn Fn(&Found) -> ReadOptions + Sync),
    limits: &Limits,
    stop: &Cancel,
    sender: &SyncSender<Batch>,
) -> Batch {
    let (mut batch, mut bytes) = (Batch::default(), 0);
    let outcome = read(file, &options(file), limits, &mut |draft| {
        // What speaks of a picture was told to it.
        if draft.picture.is_some() || stop.is_cancelled() {
            return;
        }
        if let Content::Text(text) = &draft.content {
            bytes += text.len();
        }
        batch.drafts.push(draft);
        if batch.drafts.len() >= ITEMS || bytes >= ITEM_BYTES {
            bytes = 0;
            if sender.send(std::mem::take(&mut batch)).is_err() {
                stop.cancel();
            }
        }
    });
    batch.ended.push((place, outcome));
    batch
}
