//! Files that bring a reader down, or keep it for ever, cost that file and nothing else.

use std::fs;
use std::path::Path;

use embedscope_sources::read::{ReadOptions, Readers, read};
use embedscope_sources::scan::scan;
use embedscope_sources::{Content, Limits, Reason};
use embedscope_space::Cancel;

const MEMORY: u64 = 512 << 20;

fn readers() -> Readers {
    Readers::new(env!("CARGO_BIN_EXE_embedscope-worker").into(), MEMORY)
}

fn texts_of(path: &Path, readers: &Readers, limits: &Limits) -> (Vec<String>, Result<(), Reason>) {
    let found = scan(&[path.to_owned()], limits, &Cancel::default()).files.pop().expect("readable");
    let options = ReadOptions { apart: Some(readers.clone()), ..ReadOptions::default() };
    let mut texts = Vec::new();
    let outcome = read(&found, &options, limits, &mut |draft| {
        if let Content::Text(text) = draft.content {
            texts.push(text);
        }
    });
    (texts, outcome)
}

#[test]
fn documents_read_apart_are_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("a.html");
    fs::write(&page, "<title>T</title><h1>One</h1><p>first words</p><h1>Two</h1><p>other words</p>").expect("written");
    let note = folder.path().join("\u{1f30b} b.txt");
    fs::write(&note, "a note").expect("written");
    let readers = readers();
    for file in [&page, &note, &page] {
        let apart = texts_of(file, &readers, &Limits::default());
        let found = scan(std::slice::from_ref(file), &Limits::default(), &Cancel::default()).files.remove(0);
        let mut here = Vec::new();
        let outcome = read(&found, &ReadOptions::default(), &Limits::default(), &mut |draft| match draft.content {
            Content::Text(text) => here.push(text),
            Content::Image { .. } => {}
        });
        assert_eq!(apart, (here, outcome));
        assert!(!apart.0.is_empty());
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_wants_too_much_memory_dies_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (hungry, plain) = (folder.path().join("a.txt"), folder.path().join("b.txt"));
    // As bytes it has room, as text beside the bytes not.
    fs::write(&hungry, "words ".repeat(35 << 20)).expect("written");
    fs::write(&plain, "still here").expect("written");
    let limits = Limits { text_bytes: MEMORY, ..Limits::default() };
    let readers = readers();
    let (_, outcome) = texts_of(&hungry, &readers, &limits);
    assert_eq!(outcome.expect_err("died").to_string(), "cannot be read: its structure brings the reader down");
    assert_eq!(texts_of(&plain, &readers, &limits), (vec!["still here".to_owned()], Ok(())));
}

#[test]
fn a_reader_that_takes_too_long_is_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let (slow, plain) = (folder.path().join("a.html"), folder.path().join("b.txt"));
    fs::write(&slow, "<p>words".repeat(1 << 20)).expect("written");
    fs::write(&plain, "still here").expect("written");
    let readers = readers();
    let hurried = Limits { seconds: 0, ..Limits::default() };
    assert_eq!(texts_of(&slow, &readers, &hurried).1, Err(Reason::TooSlow { seconds: 0 }));
    assert_eq!(texts_of(&plain, &readers, &Limits::default()), (vec!["still here".to_owned()], Ok(())));
}
