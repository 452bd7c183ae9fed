//! Tables and ready vectors in, and everything out again in every format.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::desk::{Desk, clouds};

/// Twelve words with vectors in three clouds, in a workspace with a map.
fn kept(desk: &Desk) {
    desk.write_matrix("in/vectors.npy", clouds(4, 6), 6);
    let rows =
        (0..12).map(|row| format!("{{\"id\":\"w{row}\",\"text\":\"word number {row}\",\"topic\":\"t{}\"}}\n", row / 4));
    desk.write("in/items.jsonl", &rows.collect::<String>());
    let answer = desk.answer(&["map", "in", "--out", "report", "--workspace", "kept"]);
    assert_eq!((&answer["items"], &answer["skipped"]), (&12.into(), &0.into()), "{answer}");
    assert_eq!(answer["sets"][0]["model"], "vectors.npy (imported)", "{answer}");
    assert_eq!(answer["sets"][0]["dim"], 6);
}

fn export(desk: &Desk, format: &str, out: &str, more: &[&str]) -> Value {
    desk.answer(&[&["workspace", "export", "kept", "--format", format, "--out", out], more].concat())
}

#[test]
fn what_goes_out_comes_in_again() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("in")).expect("a folder");
    kept(&desk);
    let before = desk.matrix("in/vectors.npy");
    for (format, out) in [
        ("parquet", "out.parquet"),
        ("arrow", "out.feather"),
        ("csv", "out.csv"),
        ("safetensors", "tensors/out.safetensors"),
        ("npy", "arrays"),
        ("projector", "projector"),
    ] {
        std::fs::create_dir_all(desk.path("tensors")).expect("a folder");
        let answer = export(&desk, format, out, &[]);
        assert_eq!((&answer["rows"], &answer["dim"]), (&12.into(), &6.into()), "{format}");
        // Places are not vectors; what is asked here is whether the vectors come back.
        let _ = std::fs::remove_file(desk.path("arrays/layout.npy"));
        let again = format!("again-{format}");
        let from = if format == "safetensors" { "tensors" } else { out };
        let answer = desk.answer(&["map", from, "--out", "report", "--workspace", &again]);
        assert_eq!((&answer["items"], &answer["sets"][0]["dim"]), (&12.into(), &6.into()), "{format}: {answer}");
        desk.answer(&["workspace", "export", &again, "--format", "npy", "--out", &format!("back-{format}")]);
        let back = desk.matrix(&format!("back-{format}/vectors.npy"));
        assert_eq!(back.as_slice(), before.as_slice(), "{format}");
        let items = desk.lines(&format!("back-{format}/items.jsonl"));
        assert_eq!(items[5]["text"], "word number 5", "{format}: {}", items[5]);
        let topic = items[5]["metadata"]["topic"].as_str().or(items[5]["metadata"]["metadata.topic"].as_str());
        assert!(topic == Some("t1") || items[5].to_string().contains("t1"), "{format}: {}", items[5]);
    }
    let page = export(&desk, "html", "page.html", &[]);
    assert_eq!(page["rows"], 12);
    assert!(std::fs::read_to_string(desk.path("page.html")).expect("written").contains("word number 5"));
}

#[test]
fn some_items_can_be_exported() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("in")).expect("a folder");
    kept(&desk);
    let answer = export(&desk, "npy", "some", &["--items", "2-3,7"]);
    assert_eq!(answer["rows"], 3);
    let all = desk.matrix("in/vectors.npy");
    let some = desk.matrix("some/vectors.npy");
    assert_eq!([some.row(0), some.row(2)], [all.row(2), all.row(7)]);
    assert_eq!(desk.matrix("some/layout.npy").rows(), 3);
    for words in [&["--items", "5-2"][..], &["--model", "none"]] {
        let call = [&["workspace", "export", "kept", "--format", "csv", "--out", "x.csv"], words].concat();
        assert_eq!(desk.call(&call).status, 2, "{words:?}");
    }
    let gone = desk.call(&["workspace", "export", "nowhere", "--format", "csv", "--out", "x.csv"]);
    assert_eq!(gone.status, 1);
    assert!(!desk.path("nowhere").exists());
    let missing = desk.call(&["workspace", "export", "kept", "--format", "csv", "--out", "x.csv", "--items", "99"]);
    assert_eq!(missing.status, 1);
}

#[test]
fn columns_can_be_named() {
    let desk = Desk::new();
    desk.write("t.csv", "key,say,kind,a1,a2\nk1,some words to say,x,1,2\nk2,other words to say,y,3,4\n");
    let words = ["embed", "t.csv", "--model", "builtin-text", "--out", "v.npy", "--items", "i.jsonl"];
    let more = ["--text-column", "say", "--label-column", "kind", "--id-column", "key", "--vector-column", "a*"];
    let answer = desk.answer(&[&words[..], &more].concat());
    assert_eq!(answer["model"], "builtin-text");
    let items = desk.lines("i.jsonl");
    assert_eq!((&items[1]["metadata"]["label"], &items[1]["metadata"]["id"]), (&"y".into(), &"k2".into()));
    let wrong = desk.call(&[&words[..], &["--image-column", "none"]].concat());
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("say"), "{}", wrong.stderr);
}

/// A Python that has these packages, where there is one; `EMBEDSCOPE_PYTHON` names another than the usual.
fn python(packages: &str) -> Option<String> {
    let python = std::env::var("EMBEDSCOPE_PYTHON").unwrap_or_else(|_| "python3".into());
    let asked = Command::new(&python).args(["-c", &format!("import {packages}")]).output();
    if asked.is_ok_and(|asked| asked.status.success()) {
        return Some(python);
    }
    println!("skipped: {python} cannot import {packages}");
    None
}

fn run(python: &str, folder: &Path, script: &str) {
    let ran = Command::new(python).args(["-c", script]).current_dir(folder).output().expect("runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn python_reads_what_is_written() {
    let Some(python) = python("numpy, pandas, pyarrow, safetensors") else { return };
    let desk = Desk::new();
    std::fs::create_dir(desk.path("in")).expect("a folder");
    kept(&desk);
    for (format, out) in [
        ("parquet", "o.parquet"),
        ("arrow", "o.feather"),
        ("csv", "o.csv"),
        ("safetensors", "o.safetensors"),
        ("npy", "arrays"),
        ("projector", "projector"),
    ] {
        export(&desk, format, out, &[]);
    }
    run(
        &python,
        &desk.path("."),
        r#"
import json, numpy as np, pandas as pd
from safetensors.numpy import load_file
x = np.load("in/vectors.npy")
for frame in (pd.read_parquet("o.parquet"), pd.read_feather("o.feather")):
    assert (np.stack(frame["vector"]) == x).all() and frame["vector"].dtype == object
    assert list(frame["text"]) == [f"word number {n}" for n in range(12)]
    assert frame["topic"][5] == "t1" and frame["x"].dtype == np.float32 and frame["cluster"].dtype == np.int32
table = pd.read_csv("o.csv")
assert (table.filter(regex="^vector_").to_numpy(np.float32) == x).all()
tensors = load_file("o.safetensors")
assert (tensors["vectors"] == x).all() and tensors["layout"].shape == (12, 2) and tensors["clusters"].dtype == np.int32
assert (np.load("arrays/vectors.npy") == x).all() and np.load("arrays/layout.npy").shape == (12, 2)
assert json.loads(open("arrays/items.jsonl", encoding="utf-8").readlines()[3])["text"] == "word number 3"
assert (np.loadtxt("projector/tensors.tsv", dtype=np.float32, delimiter="\t") == x).all()
said = pd.read_csv("projector/metadata.tsv", sep="\t")
assert len(said) == 12 and said["topic"][5] == "t1"
"#,
    );
}

#[test]
fn what_python_writes_is_read() {
    let Some(python) = python("numpy, pandas, pyarrow, safetensors") else { return };
    let desk = Desk::new();
    run(
        &python,
        &desk.path("."),
        r#"
import os, numpy as np, pandas as pd, sqlite3
from safetensors.numpy import save_file
x = np.random.default_rng(7).normal(size=(30, 16)).astype(np.float32)
np.save("x.npy", x)
words = [f"some words of row {n}" for n in range(30)]
frame = pd.DataFrame({"text": words, "n": range(30), "when": pd.date_range("2020-01-01", periods=30),
    "topic": pd.Categorical(["a", "b", "c"] * 10), "embedding": list(x)})
for name in ("snappy", "zstd", "gzip", "lz4", "none"):
    os.mkdir(name)
    frame.to_parquet(f"{name}/t.parquet", compression=None if name == "none" else name)
os.mkdir("feather"); frame.to_feather("feather/t.feather")
os.mkdir("json"); frame.assign(embedding=[list(map(float, v)) for v in x]).to_json("json/t.json", orient="records", date_format="iso")
os.mkdir("npz"); np.savez_compressed("npz/t.npz", emb=x.astype(np.float64), text=np.array(words), topic=np.arange(30) % 3)
os.mkdir("half"); np.save("half/t.npy", x.astype(np.float16))
os.mkdir("safe"); save_file({"embeddings": x}, "safe/t.safetensors")
os.mkdir("sql"); pd.DataFrame({"text": words, "emb": [v.tobytes() for v in x]}).to_sql("t", sqlite3.connect("sql/t.db"), index=False)
"#,
    );
    let before = desk.matrix("x.npy");
    for (folder, has_text, near) in [
        ("snappy", true, 0.0),
        ("zstd", true, 0.0),
        ("gzip", true, 0.0),
        ("lz4", true, 0.0),
        ("none", true, 0.0),
        ("feather", true, 0.0),
        ("json", true, 1e-6),
        ("npz", false, 0.0),
        ("half", false, 2e-3),
        ("safe", false, 0.0),
        ("sql", true, 0.0),
    ] {
        let (kept, out) = (format!("kept-{folder}"), format!("out-{folder}"));
        desk.answer(&["map", folder, "--models", "builtin-text", "--out", "report", "--workspace", &kept]);
        let model = std::fs::read_dir(desk.path(folder)).expect("there").next().expect("one").expect("a file");
        let model = format!("{} (imported)", model.file_name().to_string_lossy());
        desk.answer(&["workspace", "export", &kept, "--format", "npy", "--out", &out, "--model", &model]);
        let back = desk.matrix(&format!("{out}/vectors.npy"));
        assert_eq!((back.rows(), back.dim()), (30, 16), "{folder}");
        let far = back.as_slice().iter().zip(before.as_slice()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(far <= near, "{folder}: {far}");
        let items = desk.lines(&format!("{out}/items.jsonl"));
        let text = items[4]["text"].as_str().or(items[4]["metadata"]["text"].as_str());
        assert_eq!(text == Some("some words of row 4"), has_text, "{folder}: {}", items[4]);
        if folder == "npz" {
            assert_eq!(items[4]["metadata"]["text"], "some words of row 4");
        }
    }
}
