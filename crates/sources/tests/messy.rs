//! Real files, many of them broken: each gives items or a true reason, and what it gives is what it holds.
//!
//! The files are not part of the repository; without them the tests say so and pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use embedscope_sources::cut::{Cut, Unit};
use embedscope_sources::read::{ReadOptions, read};
use embedscope_sources::scan::{Scan, scan};
use embedscope_sources::{Content, Draft, Limits, Reason, picture, table};
use embedscope_space::Cancel;

/// The folder of one set of test data, if it is there.
fn data(set: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("EMBEDSCOPE_TEST_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
        .join(set);
    if !folder.is_dir() {
        println!("skipped: {set} is not in the test data");
        return None;
    }
    Some(folder)
}

/// What came of one file.
struct Outcome {
    drafts: Vec<Draft>,
    reason: Option<Reason>,
    elapsed_ms: u128,
}

impl Outcome {
    fn text(&self) -> String {
        let texts = self.drafts.iter().filter_map(|draft| match &draft.content {
            Content::Text(text) => Some(text.as_str()),
            Content::Image { .. } => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    fn says(&self) -> String {
        self.reason.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}

/// Scans and reads a whole folder, files left whole.
fn outcomes(folder: &Path) -> BTreeMap<String, Outcome> {
    let limits = Limits::default();
    let Scan { files, skipped } = scan(&[folder.into()], &limits, &Cancel::default());
    let mut outcomes: BTreeMap<String, Outcome> = skipped
        .into_iter()
        .map(|skipped| (skipped.name, Outcome { drafts: Vec::new(), reason: Some(skipped.reason), elapsed_ms: 0 }))
        .collect();
    let cut = Cut { unit: Unit::None, ..Cut::default() };
    let options = ReadOptions { cut, ..ReadOptions::default() };
    for found in files {
        let (mut drafts, start) = (Vec::new(), Instant::now());
        let reason = read(&found, &options, &limits, &mut |draft| drafts.push(draft)).err();
        let elapsed_ms = start.elapsed().as_millis();
        assert!(outcomes.insert(found.name, Outcome { drafts, reason, elapsed_ms }).is_none(), "named twice");
    }
    outcomes
}

/// The first column of a table and the rest of each row.
fn rows(path: &Path) -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(path).expect("readable");
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    let split = |mut row: Vec<String>| (row.remove(0), row);
    text.lines().skip(1).map(|line| split(cells(line))).collect()
}

/// What is expected of one file.
struct Expected {
    /// "text", "picture 32 × 32", or "nothing".
    gives: String,
    /// The reason, or nothing.
    says: String,
    /// Pieces of text that must be there, in this order.
    contains: Vec<String>,
}

/// The expectations kept beside this file: one for every file of the manifest, and no other.
fn expectations(set: &str, folder: &Path) -> BTreeMap<String, Expected> {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/expected/{set}.tsv"));
    let expected: BTreeMap<String, Expected> = rows(&table)
        .into_iter()
        .map(|(name, row)| {
            let [gives, says, contains] = row.try_into().unwrap_or_else(|_| panic!("{name} has four cells"));
            let contains = contains.split(" | ").filter(|piece| !piece.is_empty()).map(str::to_owned).collect();
            (name, Expected { gives, says, contains })
        })
        .collect();
    let named: Vec<String> = rows(&folder.join("manifest.tsv")).into_iter().map(|(name, _)| name).collect();
    for name in &named {
        assert!(expected.contains_key(name), "nothing is expected of {name}");
    }
    assert_eq!(expected.len(), named.len(), "something is expected of a file that the manifest does not name");
    expected
}

fn gives(outcome: &Outcome) -> String {
    match outcome.drafts.first().map(|draft| &draft.content) {
        None => "nothing".into(),
        Some(Content::Text(_)) => "text".into(),
        Some(Content::Image { width, height }) => format!("picture {width} × {height}"),
    }
}

/// Holds what came of a folder against what is expected of it; prints both.
fn as_expected(set: &str) {
    let Some(folder) = data(set) else { return };
    let outcomes = outcomes(&folder);
    let mut wrong = Vec::new();
    for (name, expected) in expectations(set, &folder) {
        let outcome = outcomes.get(&name).unwrap_or_else(|| panic!("{name} is neither read nor skipped"));
        let (gives, says, text) = (gives(outcome), outcome.says(), outcome.text());
        println!("{name}\t{gives}\t{says}\t{} bytes, {} ms", text.len(), outcome.elapsed_ms);
        assert!(gives != "nothing" || !says.is_empty(), "{name} gives neither items nor a reason");
        if (&gives, &says) != (&expected.gives, &expected.says) {
            wrong.push(format!(
                "{name} gives {gives} and says “{says}”, not {} and “{}”",
                expected.gives, expected.says
            ));
        }
        let mut rest = text.as_str();
        for piece in &expected.contains {
            match rest.split_once(piece.as_str()) {
                Some((_, after)) => rest = after,
                None => {
                    wrong.push(format!("{name} lacks “{piece}” in “{}”", text.chars().take(2000).collect::<String>()))
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_messy_document_is_as_expected() {
    as_expected("messy_docs");
}

#[test]
fn every_odd_picture_is_as_expected() {
    as_expected("image_edge_cases");
}

#[test]
fn pdfs_give_the_text_that_another_reader_finds() {
    let Some(folder) = data("messy_docs") else { return };
    let outcomes = outcomes(&folder);
    let (mut compared, mut short) = (0, Vec::new());
    for (name, row) in rows(&folder.join("pdf_observed_with_pypdf.tsv")) {
        let (Some(outcome), Some(Ok(expected))) = (outcomes.get(&name), row.get(2).map(|cell| cell.parse::<usize>()))
        else {
            continue;
        };
        let letters = |text: &str| text.chars().filter(|character| !character.is_whitespace()).count();
        compared += 1;
        let found = letters(&outcome.text());
        if found * 10 < expected * 6 {
            short.push(format!("{name}: {found} letters, the other reader {expected} characters; {}", outcome.says()));
        }
    }
    println!("{compared} compared; short:\n{}", short.join("\n"));
    assert!(compared > 30);
    assert!(short.len() <= 3, "{short:#?}");
}

#[test]
fn turned_photographs_look_the_same() {
    let Some(folder) = data("image_edge_cases") else { return };
    let load = |number: usize| {
        let path = folder.join(format!("exif_orientation/Landscape_{number}.jpg"));
        picture::load(&path, &Limits::default()).expect("loads")
    };
    let small = |picture: &picture::Picture| {
        let jpeg = picture::thumbnail(picture, 64);
        picture::load_bytes(&jpeg, &Limits::default()).expect("a thumbnail loads")
    };
    let upright = small(&load(0));
    for number in 1..=8 {
        let turned = small(&load(number));
        assert_eq!((turned.width, turned.height), (upright.width, upright.height), "{number}");
        let difference: u64 = turned.rgb.iter().zip(&upright.rgb).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let mean = difference as f64 / upright.rgb.len() as f64;
        println!("orientation {number}: mean difference {mean:.1} of 255");
        assert!(mean < 20.0, "{number}: {mean}");
    }
}

#[test]
fn real_tables_show_their_text() {
    for (set, file, column) in [
        ("messy_docs", "office_web/csv-semicolon.csv", None),
        ("messy_docs", "office_web/csv-tab.csv", None),
        ("messy_docs", "office_web/csv-too-many-columns.csv", None),
        ("messy_docs", "office_web/markitdown_test_mskanji.csv", None),
        ("stsb", "*", Some("sentence1")),
        ("banking77", "*", Some("text")),
        ("sib200", "*", Some("text")),
        ("xquad", "*", None),
    ] {
        let Some(folder) = data(set) else { continue };
        let scan = scan(&[folder], &Limits::default(), &Cancel::default());
        let tables = scan.files.iter().filter(|found| found.format.is_table());
        for found in tables.filter(|found| file == "*" || found.name == file) {
            let peek = table::peek(&found.path, found.format, None).expect("peeks");
            if peek.columns.is_empty() {
                continue;
            }
            println!(
                "{set}/{}: {:?} of {:?}, {} rows",
                found.name,
                peek.guess.text,
                peek.columns,
                peek.row_count.number()
            );
            if column.is_some() && peek.columns.iter().any(|name| Some(name.as_str()) == column) {
                assert_eq!(peek.guess.text.as_deref(), column, "{set}/{}", found.name);
            }
        }
    }
}
