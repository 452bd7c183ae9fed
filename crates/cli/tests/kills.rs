//! The real program, killed twenty times while it reads and embeds: what it had kept is there, whole, and the rest is
//! all that is done again.
//!
//! Moments are chosen by how much lies in the workspace's folder, seeded, not by time.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use embedscope_engine::{Engine, Folders, overview};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

const KILLS: usize = 20;
const TEXTS: usize = 6000;

fn program(files: &Path, workspace: &Path, out: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_embedscope-cli"));
    program.args(["embed", "--lines", "--model", "builtin-text", "--json", "--threads", "1", "--out"]).arg(out);
    program.arg(files).arg("--workspace").arg(workspace).stdout(Stdio::piped()).stderr(Stdio::null());
    program
}

/// Every text that a workspace shows, with its vector.
fn shown(workspace: &Path, home: &Path) -> HashMap<String, Vec<f32>> {
    let folders = Folders { models: home.join("models"), hub: home.join("hub") };
    let engine = Engine::read_only(workspace, folders, None).expect("opens");
    let Some(set) = engine.sets().expect("listed").first().map(|set| set.id) else { return HashMap::new() };
    let items = engine.set_rows(set, 0).expect("rows").items;
    let vectors = engine.vectors(set).expect("mapped");
    let cards = engine.cards(&items).expect("there");
    cards.into_iter().zip(vectors.iter()).map(|(card, vector)| (card.text, vector.to_vec())).collect()
}

/// Items read and items embedded; none where there is no workspace yet.
fn progress(workspace: &Path) -> (u32, usize) {
    overview(workspace).map_or((0, 0), |found| {
        let items = found.collections.iter().map(|collection| collection.texts).sum();
        (items, found.sets.first().map_or(0, |set| set.rows))
    })
}

fn bytes(workspace: &Path) -> u64 {
    let of = |folder: &Path| -> u64 {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).filter(|found| found.is_file()).map(|found| found.len()).sum()
    };
    of(workspace) + of(&workspace.join("vectors"))
}

/// Waits until so much lies in the folder; false when the program came to its end before.
fn reaches(child: &mut Child, workspace: &Path, target: u64) -> bool {
    while bytes(workspace) < target {
        if child.try_wait().expect("asked").is_some() {
            return false;
        }
        thread::yield_now();
    }
    true
}

fn finished(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).expect("an object")
}

#[test]
fn twenty_kills_lose_nothing() {
    let home = TempDir::new().expect("a folder");
    let files = home.path().join("files");
    fs::create_dir(&files).expect("made");
    let topics = ["volcano", "bread", "glacier", "harbour", "orchard", "engine", "violin"];
    let lines: String = (0..TEXTS)
        .map(|n| format!("Note {n} about the {} and the {} of {n}.\n", topics[n % 7], topics[n / 7 % 7]))
        .collect();
    fs::write(files.join("notes.txt"), lines).expect("written");
    let out = home.path().join("v.npy");

    let whole = home.path().join("whole");
    let first = finished(&program(&files, &whole, &out).output().expect("runs"));
    assert_eq!(first["rows"], TEXTS);
    let truth = shown(&whole, home.path());
    assert_eq!(truth.len(), TEXTS);
    let all = bytes(&whole);

    let mut random = ChaCha8Rng::seed_from_u64(42);
    let (mut kills, mut round, mut last) = (0, 0, (0, 0));
    let workspace = |round: usize| home.path().join(format!("killed-{round}"));
    let mut embedding = 0;
    while kills < KILLS {
        let path = workspace(round);
        let start = bytes(&path);
        let target = start + 1 + random.random_range(0..all.saturating_sub(start).max(all / 8) / 2);
        let mut child = program(&files, &path, &out).spawn().expect("runs");
        if !reaches(&mut child, &path, target) {
            // It was done before: on with a new one.
            assert!(child.wait().expect("ended").success());
            assert_eq!(shown(&path, home.path()), truth);
            (round, last) = (round + 1, (0, 0));
            continue;
        }
        let seen = progress(&path);
        child.kill().expect("killed");
        child.wait().expect("ended");
        kills += 1;
        // Killed before the very first tables were there, it is no workspace yet.
        let there = progress(&path);
        assert!(there.0 >= seen.0 && there.1 >= seen.1, "kill {kills}: {seen:?} were there, then {there:?}");
        assert!(there.0 >= last.0 && there.1 >= last.1, "kill {kills}: {last:?} were there, then {there:?}");
        embedding += usize::from(there.1 > 0 && there.1 < TEXTS);
        last = there;
        if there.0 > 0 {
            let kept = shown(&path, home.path());
            assert_eq!(kept.len(), there.1);
            assert!(kept.iter().all(|(text, vector)| truth.get(text) == Some(vector)), "kill {kills}: a wrong vector");
            let verified = Command::new(env!("CARGO_BIN_EXE_embedscope-cli"))
                .args(["workspace", "verify", "--json"])
                .arg(&path)
                .output()
                .expect("runs");
            assert_eq!(finished(&verified)["sound"], true);
        }
    }
    assert!(embedding >= 3, "only {embedding} kills met it while it embedded");

    // What is left is done, and no more than that.
    let path = workspace(round);
    let kept = shown(&path, home.path()).len();
    // Vectors are kept before their items are shown, and a kill may fall between: what lies in the matrix counts.
    let dim = truth.values().next().expect("a vector").len();
    let stored = fs::metadata(path.join("vectors/1.f32")).map_or(0, |matrix| matrix.len() as usize / (4 * dim));
    let rest = finished(&program(&files, &path, &out).output().expect("runs"));
    assert_eq!(rest["rows"], TEXTS);
    let computed = rest["computed"].as_u64().expect("a count") as usize;
    let bounds = TEXTS.saturating_sub(stored)..=TEXTS - kept;
    assert!(bounds.contains(&computed), "{computed} computed, {kept} of {stored} were shown");
    assert_eq!(shown(&path, home.path()), truth);
}
