//! `workspace`, as a script calls it: exit status, one JSON object, and what is left on the disk.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

fn call(words: &[&str], workspace: &Path) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_embedscope-cli"))
        .args(["workspace", "--json"])
        .args(words)
        .arg(workspace)
        .output()
        .expect("runs");
    (output.status.code().expect("a status"), serde_json::from_slice(&output.stdout).expect("one object"))
}

fn filled(home: &Path) {
    for (folder, words) in
        [("letters", ["A glacier moves.", "Bread is baked.", "A volcano smokes."]), ("notes", ["a", "b", "c"])]
    {
        let files = home.join(folder);
        fs::create_dir(&files).expect("made");
        for (number, words) in words.iter().enumerate() {
            fs::write(files.join(format!("{number}.txt")), words).expect("written");
        }
        let embedded = Command::new(env!("CARGO_BIN_EXE_embedscope-cli"))
            .args(["embed", "--model", "builtin-text", "--out"])
            .arg(home.join("v.npy"))
            .arg(&files)
            .arg("--workspace")
            .arg(home.join("w"))
            .output()
            .expect("runs");
        assert!(embedded.status.success(), "{}", String::from_utf8_lossy(&embedded.stderr));
    }
}

#[test]
fn a_workspace_is_listed_forgotten_and_compacted() {
    let home = TempDir::new().expect("a folder");
    filled(home.path());
    let path = home.path().join("w");
    let (status, listed) = call(&["list"], &path);
    assert_eq!(
        (status, &listed["collections"][1]["name"], &listed["sets"][0]["rows"]),
        (0, &"notes".into(), &6.into())
    );
    assert!(listed["bytes"]["total"].as_u64() > Some(0) && listed["elapsed_ms"].is_number());

    let (status, freed) = call(&["forget", "--items", "0"], &path);
    assert_eq!((status, &freed["forgotten"], &freed["bytes"]["dead_vectors"]), (0, &1.into(), &0.into()));
    let (status, freed) = call(&["forget", "--collection", "notes"], &path);
    assert_eq!((status, &freed["forgotten"]), (0, &3.into()));
    assert_eq!(call(&["list"], &path).1["sets"][0]["rows"], 2);
    assert_eq!(call(&["compact"], &path).0, 0);
    let (status, verified) = call(&["verify"], &path);
    assert_eq!((status, &verified["sound"]), (0, &true.into()));
    let (status, freed) = call(&["forget", "--all"], &path);
    assert_eq!((status, &freed["forgotten"]), (0, &2.into()));
    assert!(home.path().join("letters/0.txt").exists(), "the user's files stay");
}

#[test]
fn damage_is_said_and_mended() {
    let home = TempDir::new().expect("a folder");
    filled(home.path());
    let path = home.path().join("w");
    fs::File::options()
        .write(true)
        .open(path.join("vectors/1.f32"))
        .and_then(|file| file.write_all_at(&[1, 2, 3], 100))
        .expect("written");
    let (status, failed) = call(&["verify"], &path);
    assert_eq!((status, &failed["error"]["code"]), (1, &"damaged".into()));
    assert_eq!(failed["error"]["details"].as_array().map(Vec::len), Some(1), "{failed}");
    assert!(failed["error"]["hint"].as_str().is_some_and(|hint| hint.contains("workspace repair")));
    let (status, mended) = call(&["repair"], &path);
    assert_eq!((status, &mended["sound"]), (0, &true.into()), "{mended}");
    assert!(mended["done"].as_array().is_some_and(|done| !done.is_empty()));
    assert_eq!(call(&["verify"], &path).0, 0);
}

#[test]
fn wrong_calls_are_told_from_failures() {
    let home = TempDir::new().expect("a folder");
    let nowhere = home.path().join("nowhere");
    for verb in ["list", "verify", "repair", "compact"] {
        let (status, failed) = call(&[verb], &nowhere);
        assert_eq!(status, 2, "{verb}: {failed}");
        assert!(!nowhere.exists(), "{verb} makes nothing");
    }
    assert_eq!(call(&["forget"], &nowhere).0, 2, "what to forget must be said");
    filled(home.path());
    let (status, failed) = call(&["forget", "--collection", "nobody"], &home.path().join("w"));
    assert_eq!((status, &failed["error"]["code"]), (2, &"bad_request".into()));
    let (status, failed) = call(&["forget", "--all"], &home.path().join("letters"));
    assert_eq!(status, 2, "{failed}");
}

#[test]
fn a_diagnosis_holds_nothing_of_what_is_kept() {
    let home = TempDir::with_prefix("annas-secret").expect("a folder");
    filled(home.path());
    let workspace = home.path().join("w");
    let out = home.path().join("bundle.json");
    let (status, answer) = call(&["diagnose", "--out", out.to_str().expect("plain")], &workspace);
    assert_eq!(status, 0, "{answer}");
    let text = fs::read_to_string(&out).expect("written");
    let bundle: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&bundle["workspace"]["texts"], &bundle["workspace"]["collections"]), (&6.into(), &2.into()));
    assert_eq!(bundle["workspace"]["sets"][0]["model"], "builtin-text");
    for told in ["annas-secret", "letters", "notes", "glacier", "Bread", "volcano", ".txt", "/"] {
        assert!(!text.contains(told), "{told} is in {text}");
    }
    assert_eq!(call(&["diagnose", "--out", out.to_str().expect("plain")], &home.path().join("nowhere")).0, 2);
}
