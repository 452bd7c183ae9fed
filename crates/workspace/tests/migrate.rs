//! A workspace as version 1 of the format left it, made by the program of that time, is brought forward whole.

use std::fs;
use std::path::Path;

use embedscope_workspace::{Error, ItemId, RunId, Workspace, repair, verify};
use tempfile::TempDir;

/// A copy of the committed workspace: four texts and a picture, three vectors, a layout and clusters.
fn version_1() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/v1.embedscope");
    for name in ["workspace.sqlite", "vectors/1.f32", "runs/2-layout.f32", "runs/3-labels.i32"] {
        let to = folder.path().join(name);
        fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        fs::copy(from.join(name), to).expect("copied");
    }
    folder
}

#[test]
fn version_1_is_brought_forward_and_a_copy_kept() {
    let folder = version_1();
    let before = fs::read(folder.path().join("workspace.sqlite")).expect("there");
    assert!(matches!(Workspace::open_read_only(folder.path()), Err(Error::Older { .. })));
    let workspace = Workspace::open(folder.path()).expect("opens");
    assert_eq!(workspace.verify().expect("verified"), []);
    assert_eq!(workspace.count().expect("counted"), 5);
    assert!(!workspace.item(ItemId(2)).expect("there").gone);
    let found: Vec<ItemId> =
        workspace.find_texts("京都 oven", 9).expect("searched").into_iter().map(|(item, _)| item).collect();
    assert_eq!(found.len(), 2, "its texts can be searched: {found:?}");

    let set = workspace.set_of(workspace.sets().expect("read")[0].id).expect("opens");
    assert_eq!(set.vectors().expect("mapped").as_slice(), [1.0, 0.0, 0.5, 0.0, 1.0, 0.25, -1.0, 0.0, 2.0]);
    assert_eq!(set.members().expect("read"), [(ItemId(0), 0), (ItemId(1), 1), (ItemId(2), 2), (ItemId(3), 0)]);
    let runs = workspace.runs().expect("read");
    let told: Vec<_> = runs.iter().map(|run| (run.run.kind.as_str(), run.run.set, run.run.parents.clone())).collect();
    let own = Some(set.id());
    assert_eq!(told, [("embedding", own, vec![]), ("map", own, vec![RunId(1)]), ("clusters", own, vec![RunId(1)])]);

    // What is computed row by row follows its items, as in a workspace of this version.
    workspace.forget_items(&[ItemId(1)]).expect("forgotten");
    let labels = workspace.run_blob(RunId(3)).expect("there").expect("labels");
    assert_eq!(labels, [0_i32, 1, 0].iter().flat_map(|label| label.to_le_bytes()).collect::<Vec<u8>>());
    assert_eq!(workspace.run_blob(RunId(2)).expect("there").expect("a layout").len(), 3 * 2 * 4);
    workspace.compact().expect("compacted");
    assert_eq!(workspace.verify().expect("verified"), []);
    drop(workspace);

    assert_eq!(verify(folder.path()).expect("verified"), []);
    let copy = TempDir::new().expect("a folder");
    fs::copy(folder.path().join("workspace.v1.sqlite"), copy.path().join("workspace.sqlite")).expect("a copy was kept");
    assert!(matches!(Workspace::open_read_only(copy.path()), Err(Error::Older { .. })));
    assert!(before.len() >= 4096);
}

#[test]
fn a_migration_that_was_cut_short_is_made_again() {
    let folder = version_1();
    fs::write(folder.path().join("workspace.v1.sqlite.part"), "half a copy").expect("written");
    // Vectors that a damaged disk has lost: the last row and a half.
    fs::File::options()
        .write(true)
        .open(folder.path().join("vectors/1.f32"))
        .and_then(|file| file.set_len(18))
        .expect("cut");
    let workspace = Workspace::open(folder.path()).expect("opens");
    assert_eq!(workspace.verify().expect("verified"), []);
    let set = workspace.set_of(workspace.sets().expect("read")[0].id).expect("opens");
    assert_eq!(set.members().expect("read"), [(ItemId(0), 0)]);
    assert!(folder.path().join("workspace.v1.sqlite").exists());
    assert!(!folder.path().join("workspace.v1.sqlite.part").exists());
}

#[test]
fn a_broken_index_of_version_1_is_salvaged() {
    let folder = version_1();
    let index = folder.path().join("workspace.sqlite");
    let mut bytes = fs::read(&index).expect("there");
    let end = bytes.len();
    bytes[end - 4096..].fill(0xA5);
    fs::write(&index, bytes).expect("written");
    let repair = repair(folder.path()).expect("repaired");
    assert!(!repair.problems.is_empty() && repair.left.is_empty(), "{repair:?}");
    let workspace = Workspace::open(folder.path()).expect("opens");
    assert!(workspace.count().expect("counted") >= 4);
}
