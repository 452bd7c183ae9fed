//! Other programs read a workspace: the ten lines of Python in `docs/workspace-format.md`, run as they stand there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use embedscope_workspace::{ItemKind, NewItem, Origin, Workspace};
use tempfile::TempDir;

/// The first block of Python in the document.
fn shown() -> String {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/workspace-format.md");
    let text = fs::read_to_string(document).expect("the document");
    let (_, rest) = text.split_once("```python\n").expect("a block of Python");
    rest.split_once("```").expect("its end").0.to_owned()
}

#[test]
fn python_reads_a_workspace_in_ten_lines() {
    let script = shown();
    assert!(script.lines().filter(|line| !line.trim().is_empty()).count() <= 10, "{script}");
    let python = std::env::var("EMBEDSCOPE_PYTHON").unwrap_or_else(|_| "python3".into());
    let can = Command::new(&python).args(["-c", "import numpy, sqlite3"]).output();
    if !can.is_ok_and(|can| can.status.success()) {
        println!("skipped: {python} cannot import numpy");
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("letters.embedscope");
    let workspace = Workspace::open(&path).expect("opens");
    let collection = workspace.add_collection("letters").expect("made");
    let item = |n: u8| NewItem {
        collection,
        kind: ItemKind::Text,
        text: Some(format!("text {n}")),
        size_px: None,
        origin: Origin { name: format!("{n}.txt"), ..Origin::default() },
        hash: [n; 32],
        metadata: BTreeMap::new(),
    };
    let ids = workspace.add_items(&[item(0), item(1), item(2)]).expect("added");
    let set = workspace.set("{}", "a-model", 2).expect("made");
    set.append(&[([2; 32], &[5.0, 6.0]), ([0; 32], &[1.0, 2.0]), ([1; 32], &[3.0, 4.0])]).expect("added");
    set.add_members(&[(ids[2].0, 0), (ids[0].0, 1), (ids[1].0, 2)]).expect("shown");
    drop(workspace);

    let said = Command::new(&python)
        .current_dir(folder.path())
        .args(["-c", &format!("{script}\nprint(texts, vectors.tolist())")])
        .output()
        .expect("runs");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let said = String::from_utf8_lossy(&said.stdout);
    assert!(said.ends_with("['text 2', 'text 0', 'text 1'] [[5.0, 6.0], [1.0, 2.0], [3.0, 4.0]]\n"), "{said}");
}
