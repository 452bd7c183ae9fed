//! Two hundred seeded faults: whatever was acknowledged before is there afterwards, and nothing is there by half.
//!
//! What is modelled. A disk (`disk`) that knows, for every file of ours and of SQLite's, what was synced and what was
//! not; SQLite reaches it through a VFS (`vfs`). A seeded journey of changes runs until one write, sync, cut, new name or
//! removal, chosen by the seed, goes wrong:
//!
//! - *killed*: that write is torn at any byte and nothing happens any more; what was written before stays, as the system
//!   still has it;
//! - *power*: as before, and of what was not synced every sector (512 bytes) stays or is lost by itself; of the names
//!   that were not synced, only the first so many are there;
//! - *full*: that write and those of the next changes fail half-way for want of space, then there is room again; at the
//!   end of the journey the power fails;
//! - *sync*: one sync fails and is not done; at the end of the journey the power fails.
//!
//! Half of the journeys keep SQLite's index in WAL mode, the other half with a rollback journal. Not modelled: disks that
//! say they have synced and have not, bits that change by themselves (`repair` has tests for those), damage to sectors
//! that were not written, a second fault while recovering, and SQLite's shared memory, which no recovery reads.

pub(crate) mod disk;
mod vfs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::disk::Journal;
use crate::items::tests::text;
use crate::workspace::prepare_folder;
use crate::{Blob, ContentHash, Error, ItemId, NewRun, RunId, Workspace};
use disk::{Disk, Fault, Random};

const FAULTS: u64 = 200;
const STEPS: usize = 24;

/// Everything that a workspace is asked to keep here.
#[derive(Clone, Debug, Default, PartialEq)]
struct Kept {
    items: BTreeMap<u32, String>,
    vectors: BTreeMap<ContentHash, Vec<f32>>,
    members: Vec<u32>,
    results: BTreeMap<u32, Vec<u8>>,
    tagged: Vec<u32>,
}

impl Kept {
    fn of(workspace: &Workspace) -> Self {
        let mut kept = Self::default();
        let mut hashes = Vec::new();
        workspace
            .each(ItemId(0), |stored| {
                hashes.push(stored.item.hash);
                kept.items.insert(stored.id.0, stored.item.text.expect("a text"));
            })
            .expect("read");
        for (id, words) in &kept.items {
            let found = workspace.find_texts(words, 1000).expect("searched");
            assert!(found.iter().any(|(item, _)| item.0 == *id), "every text is in the index of words");
        }
        if let Some(facts) = workspace.sets().expect("read").first() {
            let set = workspace.set_of(facts.id).expect("opens");
            let vectors = set.vectors().expect("mapped");
            for (hash, row) in hashes.iter().zip(set.rows_for(&hashes).expect("found")) {
                if let Some(row) = row {
                    kept.vectors.insert(*hash, vectors.row(row).to_vec());
                }
            }
            kept.members = set.members().expect("read").into_iter().map(|(item, _)| item.0).collect();
        }
        for run in workspace.runs().expect("read") {
            kept.results.insert(run.id.0, workspace.run_blob(run.id).expect("there").expect("a blob"));
        }
        kept.tagged = workspace.tagged("good").expect("read").into_iter().map(|item| item.0).collect();
        kept
    }
}

fn vector(n: u64) -> [f32; 3] {
    [n as f32, -1.0, n as f32 / 3.0]
}

/// One change, made to the workspace and to what is expected of it. The expectation holds once the change is
/// acknowledged; before, either.
fn step(random: &mut Random, workspace: &Workspace, kept: &mut Kept) -> Result<(), Error> {
    let ids: Vec<u32> = kept.items.keys().copied().collect();
    let some = |random: &mut Random, ids: &[u32]| -> Vec<u32> {
        ids.iter().copied().filter(|_| random.below(4) == 0).collect()
    };
    let hash_of = |words: &str| *blake3::hash(words.as_bytes()).as_bytes();
    match random.below(9) {
        0..=2 => {
            let collection = workspace.add_collection("letters")?;
            let first = random.below(1 << 40);
            let words: Vec<String> = (0..=random.below(5)).map(|n| format!("words{}", first + n)).collect();
            let items: Vec<_> = words.iter().map(|words| text(collection, words, words, None)).collect();
            // Ids are given in order and never twice.
            let next = workspace
                .setting(crate::items::NEXT_ITEM)?
                .and_then(|next| next.parse().ok())
                .unwrap_or(0)
                .max(ids.last().map_or(0, |last| last + 1));
            kept.items.extend((next..).zip(words));
            workspace.add_items(&items)?;
        }
        3 | 4 => {
            let set = workspace.set("{}", "m", 3)?;
            let bare: Vec<ContentHash> = kept
                .items
                .values()
                .map(|words| hash_of(words))
                .filter(|hash| !kept.vectors.contains_key(hash))
                .collect();
            let rows: Vec<(ContentHash, [f32; 3])> =
                bare.into_iter().map(|hash| (hash, vector(random.below(1000)))).collect();
            kept.vectors.extend(rows.iter().map(|(hash, row)| (*hash, row.to_vec())));
            set.append(&rows.iter().map(|(hash, row)| (*hash, row.as_slice())).collect::<Vec<_>>())?;
        }
        5 => {
            let set = workspace.set("{}", "m", 3)?;
            let new: Vec<(ItemId, ContentHash)> = kept
                .items
                .iter()
                .filter(|(id, words)| !kept.members.contains(id) && kept.vectors.contains_key(&hash_of(words)))
                .map(|(&id, words)| (ItemId(id), hash_of(words)))
                .collect();
            let rows = set.rows_for(&new.iter().map(|(_, hash)| *hash).collect::<Vec<_>>())?;
            let members: Vec<_> = new.iter().zip(rows).map(|((id, _), row)| (*id, row.expect("a row"))).collect();
            kept.members.extend(new.iter().map(|(id, _)| id.0));
            set.add_members(&members)?;
        }
        6 if !kept.members.is_empty() => {
            let bytes: Vec<u8> = kept.members.iter().map(|&item| item as u8).collect();
            let set = workspace.sets()?.first().map(|facts| facts.id);
            let blob = Some(Blob { name: "layout".into(), bytes: bytes.clone(), row_bytes: Some(1) });
            let (params_json, result_json) = ("{}".to_owned(), "{}".to_owned());
            let run = NewRun { kind: "map".into(), set, params_json, result_json, blob, ..NewRun::default() };
            // The id is known once it is given; until then the run is expected under none.
            let id = workspace.add_run(run)?;
            kept.results.insert(id.0, bytes);
        }
        6 | 7 => {
            let doomed = some(random, &ids);
            kept.items.retain(|id, _| !doomed.contains(id));
            let alive: Vec<ContentHash> = kept.items.values().map(|words| hash_of(words)).collect();
            kept.vectors.retain(|hash, _| alive.contains(hash));
            let gone: Vec<usize> =
                (0..kept.members.len()).filter(|&place| doomed.contains(&kept.members[place])).collect();
            kept.members.retain(|item| !doomed.contains(item));
            for bytes in kept.results.values_mut() {
                *bytes = (0..).zip(&*bytes).filter(|(place, _)| !gone.contains(place)).map(|(_, &byte)| byte).collect();
            }
            if kept.members.is_empty() && !gone.is_empty() {
                kept.results.clear();
            }
            kept.tagged.retain(|item| !doomed.contains(item));
            workspace.forget_items(&doomed.into_iter().map(ItemId).collect::<Vec<_>>())?;
            if random.below(2) == 0 {
                workspace.compact()?;
            }
        }
        _ => match (random.below(2), kept.results.keys().next().copied()) {
            (0, Some(run)) => {
                kept.results.remove(&run);
                workspace.forget_run(RunId(run))?;
            }
            _ => {
                let items = some(random, &ids);
                kept.tagged.extend(items.iter().filter(|item| !kept.tagged.contains(item)).collect::<Vec<_>>());
                kept.tagged.sort_unstable();
                if !items.is_empty() {
                    workspace.tag("good", &items.into_iter().map(ItemId).collect::<Vec<_>>())?;
                }
            }
        },
    }
    Ok(())
}

fn open(path: &Path, journal: Journal) -> Result<Workspace, Error> {
    let lock = prepare_folder(path)?;
    Workspace::open_locked(path.to_owned(), lock, journal, None)
}

/// What may be found after a journey: what was acknowledged, or that and the change that was on its way.
struct Found {
    before: Kept,
    after: Kept,
}

fn journey(seed: u64, folder: &Path, journal: Journal) -> Found {
    let mut random = Random::new(seed);
    let mut kept = Kept::default();
    // A change that was reported as failed may be found after a crash, until a later one is written over it.
    let mut doubtful: Option<Kept> = None;
    let mut workspace = None;
    for _ in 0..STEPS {
        if disk::is_dead() {
            break;
        }
        let open_now = match workspace.take() {
            // Now and then it is closed and opened again.
            Some(open) if random.below(8) > 0 => open,
            held => {
                drop(held);
                match open(folder, journal) {
                    Ok(opened) => opened,
                    Err(_) => continue,
                }
            }
        };
        let mut after = kept.clone();
        let outcome = step(&mut random, &open_now, &mut after);
        if disk::is_dead() {
            if outcome.is_ok() {
                kept = after.clone();
            }
            drop(open_now);
            return Found { before: kept, after };
        }
        match outcome {
            Ok(()) => {
                if kept != after {
                    doubtful = None;
                }
                kept = after;
            }
            Err(_) => {
                // It goes on with what is there: all of the change, or nothing of it.
                let now = Kept::of(&open_now);
                assert!(
                    now == kept || is_change(&now, &kept, &after),
                    "a change by half:\n{now:?}\n{kept:?}\n{after:?}"
                );
                kept = now;
                doubtful = Some(after);
                disk::make_room_soon();
            }
        }
        workspace = Some(open_now);
    }
    drop(workspace);
    Found { after: doubtful.unwrap_or_else(|| kept.clone()), before: kept }
}

/// Whether the change was made whole. A run whose id was never told counts by what it left.
fn is_change(now: &Kept, before: &Kept, after: &Kept) -> bool {
    let told = Kept { results: BTreeMap::new(), ..now.clone() };
    let wanted = Kept { results: BTreeMap::new(), ..after.clone() };
    let untold = now.results.iter().filter(|(id, _)| !after.results.contains_key(id)).count();
    let is_new = |bytes: &Vec<u8>| *bytes == now.members.iter().map(|&item| item as u8).collect::<Vec<_>>();
    told == wanted
        && after.results.iter().all(|(id, bytes)| now.results.get(id) == Some(bytes))
        && (untold == 0
            || untold == 1 && now.results.iter().all(|(id, b)| before.results.contains_key(id) || is_new(b)))
}

fn survives(fault: Fault, number: u64) {
    let seed = number + 1000 * fault as u64;
    let journal = if seed.is_multiple_of(2) { Journal::Wal } else { Journal::Rollback };
    let path = |folder: &TempDir| -> PathBuf { folder.path().join("w") };
    let rehearsal = TempDir::new().expect("a folder");
    std::fs::create_dir(path(&rehearsal)).expect("made");
    Disk::start(&path(&rehearsal), seed, None);
    journey(seed, &path(&rehearsal), journal);
    let operations = Disk::stop().operations();
    drop(rehearsal);

    let folder = TempDir::new().expect("a folder");
    std::fs::create_dir(path(&folder)).expect("made");
    let mut random = Random::new(!seed);
    Disk::start(&path(&folder), seed, Some((fault, random.below(operations))));
    let Found { before, after } = journey(seed, &path(&folder), journal);
    let mut disk = Disk::stop();
    let crashed = TempDir::new().expect("a folder");
    disk.crash(fault != Fault::Killed, &path(&crashed));

    let again = || open(&path(&crashed), journal).unwrap_or_else(|problem| panic!("{seed} {fault:?}: {problem}"));
    let workspace = again();
    let found = Kept::of(&workspace);
    assert!(
        found == before || is_change(&found, &before, &after),
        "{seed} {fault:?}: found\n{found:?}\nacknowledged\n{before:?}\nor\n{after:?}"
    );
    assert_eq!(workspace.verify().expect("verified"), [], "{seed} {fault:?}");
    // It works as before.
    let mut kept = found;
    for _ in 0..6 {
        step(&mut random, &workspace, &mut kept).unwrap_or_else(|problem| panic!("{seed} {fault:?}: {problem}"));
    }
    drop(workspace);
    let workspace = again();
    assert_eq!(Kept::of(&workspace), kept, "{seed} {fault:?}");
    assert_eq!(workspace.verify().expect("verified"), [], "{seed} {fault:?}");
}

fn survives_all(fault: Fault) {
    (0..FAULTS / 4).for_each(|seed| survives(fault, seed));
}

#[test]
fn killed_fifty_times_it_loses_nothing() {
    survives_all(Fault::Killed);
}

#[test]
fn fifty_power_cuts_lose_nothing() {
    survives_all(Fault::Power);
}

#[test]
fn a_disk_that_is_full_fifty_times_loses_nothing() {
    survives_all(Fault::Full);
}

#[test]
fn fifty_syncs_that_fail_lose_nothing() {
    survives_all(Fault::Sync);
}

#[test]
fn the_disk_forgets_what_was_not_synced() {
    // The model itself can fail a workspace: one that does not wait for the disk is caught.
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("w");
    std::fs::create_dir(&path).expect("made");
    Disk::start(&path, 1, None);
    let workspace = open(&path, Journal::Wal).expect("opens");
    workspace.index().pragma_update(None, "synchronous", "OFF").expect("set");
    for n in 0..20 {
        workspace.add_collection(&n.to_string()).expect("made");
    }
    let mut disk = Disk::stop();
    drop(workspace);
    let crashed = TempDir::new().expect("a folder");
    disk.crash(true, &crashed.path().join("w"));
    let found = open(&crashed.path().join("w"), Journal::Wal).and_then(|workspace| workspace.collections());
    assert!(found.is_err() || found.is_ok_and(|found| found.len() < 20));
}
