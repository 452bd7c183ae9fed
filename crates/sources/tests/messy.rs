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

/// Every file of the manifest is there, and gives items or a reason; prints what.
fn all_accounted_for(folder: &Path) -> BTreeMap<String, Outcome> {
    let outcomes = outcomes(folder);
    for (name, _) in rows(&folder.join("manifest.tsv")) {
        let outcome = outcomes.get(&name).unwrap_or_else(|| panic!("{name} is neither read nor skipped"));
        assert!(!outcome.drafts.is_empty() || outcome.reason.is_some(), "{name} gives neither items nor a reason");
        let first: String = outcome.text().chars().take(50).map(|c| if c.is_control() { ' ' } else { c }).collect();
        println!(
            "{name:70} {:4} items {:7} bytes {:5} ms  {}  {first}",
            outcome.drafts.len(),
            outcome.text().len(),
            outcome.elapsed_ms,
            outcome.says()
        );
    }
    if let Ok(status) = fs::read_to_string("/proc/self/status")
        && let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM"))
    {
        println!("{peak}");
    }
    outcomes
}

#[test]
fn every_messy_document_gives_items_or_a_true_reason() {
    let Some(folder) = data("messy_docs") else { return };
    let outcomes = all_accounted_for(&folder);
    let outcome = |name: &str| &outcomes[name];
    for (name, words) in [
        ("pdf/helloworld-bad.pdf", "Hello, world!"),
        ("pdf/copy_paste_ligatures.pdf", "abcdeffffiflffi"),
        ("pdf/noembed-sjis.pdf", "あいうえお"),
        ("pdf/google-doc-document.pdf", "Beautiful is better than ugly."),
        ("pdf/tracemonkey_a11y.pdf", "Trace-based Just-in-Time Type Specialization"),
        ("pdf/google-doc-document.pdf", "Example document"),
        ("pdf/multicolumn.pdf", "This is a sample document with two columns"),
        ("pdf/vertical.pdf", "日本語"),
        ("office_web/markitdown_test.pdf", "Large language models (LLMs) are becoming a crucial building block"),
        ("office_web/right_to_left_01.pdf", "تعتبر البرمجة بلغة"),
        ("office_web/Strict.docx", " "),
        ("office_web/word_sample.docx", "duck"),
        ("office_web/textbox.docx", " "),
        ("office_web/unit_test_headers.docx", "Test Document"),
        ("office_web/markitdown_test.docx", "AutoGen"),
        ("office_web/wiki.md", "IBM"),
        ("office_web/wiki_duck.html", "Duck"),
        ("office_web/markitdown_test_mskanji.csv", "佐藤太郎"),
    ] {
        let outcome = outcome(name);
        assert!(outcome.text().contains(words), "{name} gives “{}”, {}", outcome.text(), outcome.says());
    }
    for (name, says) in [
        ("pdf/empty.pdf", "no text on any page (perhaps scanned)"),
        ("pdf/empty#hash.pdf", "no text on any page (perhaps scanned)"),
        ("pdf/empty_protected.pdf", "no text on any page (perhaps scanned)"),
        ("pdf/libreoffice-writer-password.pdf", "protected by a password"),
        ("office_web/ocr_test.pdf", "no text on any page (perhaps scanned)"),
        ("office_web/ocr_test_rotated_90.pdf", "no text on any page (perhaps scanned)"),
        ("office_web/legacy_sample.doc", "old Office files are not read yet"),
        ("office_web/text_document_01.odt", "ODT files are not read yet"),
        ("office_web/powerpoint_sample.pptx", "PowerPoint files are not read yet"),
        ("office_web/xlsx_02_sample_sales_data.xlsm", "Excel files are not read yet"),
        ("office_web/epub_purvis_poetry.epub", "EPUB files are not read yet"),
        ("office_web/markitdown_test.epub", "EPUB files are not read yet"),
        ("office_web/eml_with_attachment.eml", "e-mail files are not read yet"),
        ("office_web/webvtt_example_01.vtt", "subtitle files are not read yet"),
        ("office_web/markitdown_test_notebook.ipynb", "Jupyter notebook files are not read yet"),
        ("office_web/markitdown_test_rss.xml", "XML files are not read yet"),
        ("office_web/markitdown_random.bin", "not a known document, table or picture"),
    ] {
        assert_eq!(outcome(name).says(), says, "{name}");
        assert!(outcome(name).drafts.is_empty(), "{name}");
    }
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
fn every_odd_picture_loads_or_says_why_not() {
    let Some(folder) = data("image_edge_cases") else { return };
    let outcomes = all_accounted_for(&folder);
    let unread: BTreeMap<&str, String> = outcomes
        .iter()
        .filter(|(name, outcome)| name.contains('/') && outcome.drafts.is_empty())
        .map(|(name, outcome)| (name.as_str(), outcome.says()))
        .collect();
    for (name, format) in [
        ("odd/testAVIF.avif", "AVIF"),
        ("odd/testHEIF.heic", "HEIC"),
        ("odd/testJXL.jxl", "JPEG XL"),
        ("odd/testPSD.psd", "Photoshop"),
        ("odd/testSVG.svg", "SVG"),
    ] {
        assert_eq!(unread.get(name), Some(&format!("{format} files are not read yet")), "{name}");
    }
    let rare = "cannot be read: its kind of colours or packing is not supported";
    assert_eq!(unread.get("odd/ycbcr_jpeg_8bit.tif").map(String::as_str), Some(rare));
    assert_eq!(unread.len(), 6, "{unread:#?}");
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
            let peek = table::peek(&found.path, found.format).expect("peeks");
            if peek.columns.is_empty() {
                continue;
            }
            println!("{set}/{}: {:?} of {:?}, {} rows", found.name, peek.guess.text, peek.columns, peek.rows_estimate);
            if column.is_some() && peek.columns.iter().any(|name| Some(name.as_str()) == column) {
                assert_eq!(peek.guess.text.as_deref(), column, "{set}/{}", found.name);
            }
        }
    }
}
