//! Documents made to hurt: each ends soon, with items or a reason.

use super::*;

/// Every format whose inside is XML, as a file whose main part is this.
fn xml_formats(main: &str) -> Vec<File> {
    let relation = |target: &str| {
        format!("<Relationships><Relationship Id='r' Type='x/slide' Target='{target}'/></Relationships>")
    };
    let book =
        "<package><manifest><item id='a' href='a.xhtml'/></manifest><spine><itemref idref='a'/></spine></package>";
    let container = "<container><rootfile full-path='p.opf'/></container>";
    let sheets = "<workbook xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'><sheets><sheet name='S' sheetId='1' r:id='r'/></sheets></workbook>";
    let root = "<Relationships><Relationship Id='r' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' Target='xl/workbook.xml'/></Relationships>";
    let sheet = "<Relationships><Relationship Id='r' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.xml'/></Relationships>";
    vec![
        file("a.docx", Format::Docx, zipped(&[("word/document.xml", main)])),
        file("a.odt", Format::OpenDocument, zipped(&[("content.xml", main)])),
        file("b.odt", Format::OpenDocument, zipped(&[("content.xml", "<x/>"), ("meta.xml", main)])),
        file("a.pptx", Format::Pptx, zipped(&[("ppt/presentation.xml", main)])),
        file(
            "b.pptx",
            Format::Pptx,
            zipped(&[
                ("ppt/presentation.xml", "<x><sldId r:id='r'/></x>"),
                ("ppt/_rels/presentation.xml.rels", &relation("s.xml")),
                ("ppt/s.xml", main),
            ]),
        ),
        file("a.xlsx", Format::Xlsx, zipped(&[("_rels/.rels", root), ("xl/workbook.xml", main)])),
        file(
            "b.xlsx",
            Format::Xlsx,
            zipped(&[
                ("_rels/.rels", root),
                ("xl/workbook.xml", sheets),
                ("xl/_rels/workbook.xml.rels", sheet),
                ("xl/worksheets/sheet1.xml", main),
            ]),
        ),
        file(
            "c.xlsx",
            Format::Xlsx,
            zipped(&[
                ("_rels/.rels", root),
                ("xl/workbook.xml", sheets),
                ("xl/_rels/workbook.xml.rels", sheet),
                ("xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>"),
                ("xl/sharedStrings.xml", main),
            ]),
        ),
        file("a.epub", Format::Epub, zipped(&[("META-INF/container.xml", main)])),
        file("b.epub", Format::Epub, zipped(&[("META-INF/container.xml", container), ("p.opf", main)])),
        file(
            "c.epub",
            Format::Epub,
            zipped(&[("META-INF/container.xml", container), ("p.opf", book), ("a.xhtml", main)]),
        ),
        file("a.xml", Format::Xml, main),
        file("a.svg", Format::Picture, main),
        file("a.html", Format::Html, main),
    ]
}

/// Reads all of them, and gives the texts that came out.
fn all_texts(files: &[File]) -> Vec<(String, String)> {
    let limits = Limits { seconds: 20, ..Limits::default() };
    files
        .iter()
        .map(|file| {
            let (drafts, outcome) = read_with(file, &ReadOptions::default(), &limits);
            let is_slow = matches!(outcome, Err(Reason::TooSlow { .. }));
            assert!(!is_slow, "{} does not come to an end", file.found.name);
            let said = outcome.err().map(|reason| reason.to_string()).unwrap_or_default();
            let texts = drafts.iter().filter(|draft| matches!(draft.content, Content::Text(_))).map(text);
            (file.found.name.clone(), texts.collect::<Vec<_>>().join("\n") + &said)
        })
        .collect()
}

/// Every element that any of the formats reads as text, around this.
fn spoken(inside: &str) -> String {
    format!(
        "<w:p><w:t>{inside}</w:t></w:p><text:p>{inside}</text:p><a:p><a:t>{inside}</a:t></a:p><svg><text>{inside}</text></svg>"
    )
}

#[test]
fn a_billion_laughs_are_not_laughed() {
    let mut entities = "<!ENTITY l0 'ha'>".to_owned();
    for level in 1..12 {
        let before = format!("&l{};", level - 1).repeat(10);
        entities.push_str(&format!("<!ENTITY l{level} '{before}'>"));
    }
    let laughs = format!("<?xml version='1.0'?><!DOCTYPE x [{entities}]><x>{}</x>", spoken("&l11;"));
    for (name, text) in all_texts(&xml_formats(&laughs)) {
        assert!(text.len() < 5000, "{name} grew to {} bytes", text.len());
    }
    // Few entities, long ones.
    let long = format!("<!DOCTYPE x [<!ENTITY l '{}'>]><x>{}</x>", "ha".repeat(50_000), spoken(&"&l;".repeat(20_000)));
    for (name, text) in all_texts(&xml_formats(&long)) {
        assert!(text.len() < 1_000_000, "{name} grew to {} bytes", text.len());
    }
}

#[test]
fn nothing_outside_the_file_is_opened() {
    let folder = tempfile::tempdir().expect("folder");
    let secret = folder.path().join("secret.txt");
    fs::write(&secret, "THE SECRET").expect("written");
    let place = secret.display();
    let fetching = format!(
        "<!DOCTYPE x [<!ENTITY f SYSTEM 'file://{place}'><!ENTITY % p SYSTEM 'file://{place}'> %p;]>\
         <x xmlns:xi='http://www.w3.org/2001/XInclude'>{}<xi:include parse='text' href='{place}'/></x>",
        spoken("&f;")
    );
    for (name, text) in all_texts(&xml_formats(&fetching)) {
        assert!(!text.contains("THE SECRET"), "{name}");
    }
}

#[test]
fn deep_nesting_ends_everywhere() {
    let deep = format!("<svg><text>{}", "<w:p>".repeat(300_000));
    for (name, text) in all_texts(&xml_formats(&deep)) {
        assert!(name.ends_with("html") || name == "c.epub" || !text.is_empty(), "{name}");
    }
    for (name, format, unit) in [
        ("a.rtf", Format::Rtf, "{\\b "),
        ("a.tex", Format::Tex, "{\\begin{x}$["),
        ("a.rst", Format::Rst, ".. note:: `*"),
        ("a.md", Format::Markdown, "> [*"),
        ("a.ipynb", Format::Notebook, "{\"cells\":["),
        ("a.eml", Format::Email, "Content-Type: message/rfc822\r\n\r\n"),
        ("b.eml", Format::Email, "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"),
        ("a.jsonl", Format::Jsonl, "[{\"a\":"),
    ] {
        all_texts(&[file(name, format, unit.repeat(50_000))]);
    }
}

#[test]
fn parts_that_unpack_without_end_are_refused() {
    let bomb = format!("<x>{}</x>", spoken(&"a".repeat(20 << 20)));
    for (name, said) in all_texts(&xml_formats(&bomb).into_iter().filter(|file| !is_plain(file)).collect::<Vec<_>>()) {
        assert!(said.contains("unpacks to more than "), "{name} says {said}");
    }
}

fn is_plain(file: &File) -> bool {
    ["a.xml", "a.svg", "a.html"].contains(&file.found.name.as_str())
}

/// A workbook of one sheet with these cells and this table of shared strings.
fn workbook(strings: &str, cells: &str) -> File {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let to = |kind: &str, target: &str| {
        format!("<Relationships><Relationship Id='r' Type='{office}/{kind}' Target='{target}'/></Relationships>")
    };
    let parts = [
        ("_rels/.rels", to("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            format!("<workbook xmlns:r='{office}'><sheets><sheet name='S' sheetId='1' r:id='r'/></sheets></workbook>"),
        ),
        ("xl/_rels/workbook.xml.rels", to("worksheet", "worksheets/sheet1.xml")),
        ("xl/sharedStrings.xml", strings.to_owned()),
        ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{cells}</sheetData></worksheet>")),
    ];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, content)| (*name, content.as_str())).collect();
    file("a.xlsx", Format::Xlsx, zipped(&parts))
}

#[test]
fn one_shared_string_named_often_is_a_bomb() {
    let string = format!("<si><t>{}</t></si>", "long ".repeat(10_000));
    let cells: String =
        (0..30_000).map(|row| format!("<row r='{0}'><c r='A{0}' t='s'><v>0</v></c></row>", row + 1)).collect();
    let reason = said(&workbook(&format!("<sst count='30000' uniqueCount='1'>{string}</sst>"), &cells));
    assert!(reason.starts_with("larger than the limit: 64 MB"), "{reason}");
}

#[test]
fn more_shared_strings_than_can_be_there_are_not_believed() {
    let cell = "<row r='1'><c r='A1' t='s'><v>0</v></c></row>";
    let fine = workbook("<sst count='1' uniqueCount='1'><si><t>word</t></si></sst>", cell);
    assert_eq!(texts(&drafts(&fine)), ["word"]);
    for claim in ["uniqueCount='4000000000'", "uniqueCount = \"+0099999999999999999999\""] {
        let reason = said(&workbook(&format!("<sst count='1' {claim}><si><t>word</t></si></sst>"), cell));
        assert!(reason.starts_with("cannot be read: xl/sharedStrings.xml claims "), "{reason}");
    }
}

#[test]
fn a_file_that_shrank_or_grew_since_it_was_found_is_read_as_it_is() {
    let shrunk = file("a.txt", Format::Text, "many words that were here before");
    fs::write(&shrunk.found.path, "few").expect("written");
    assert_eq!(texts(&drafts(&shrunk)), ["few"]);
    fs::write(&shrunk.found.path, "").expect("written");
    assert_eq!(said(&shrunk), "empty file");
    let small = Limits { text_bytes: 100, ..Limits::default() };
    fs::write(&shrunk.found.path, "x".repeat(101)).expect("written");
    let outcome = read_with(&shrunk, &ReadOptions::default(), &small).1;
    assert_eq!(outcome.expect_err("grown").to_string(), "larger than the limit: 101 B, at most 100 B");
}

#[test]
fn every_document_cut_anywhere_or_spoilt_ends() {
    let good = [
        ("a.docx", Format::Docx, docx("<w:p><w:r><w:t>some words</w:t></w:r></w:p>")),
        ("a.rtf", Format::Rtf, b"{\\rtf1\\ansi{\\fonttbl{\\f1\\fcharset128 x;}}\\f1 \\'93\\'fa\\u228 a\\par}".to_vec()),
        ("a.odt", Format::OpenDocument, zipped(&[("content.xml", "<x><text:h>a</text:h><table:table/></x>")])),
        ("a.tex", Format::Tex, b"\\section[x]{a}\\begin{verbatim}x\\end{verbatim}$a$\\'{e}".to_vec()),
        ("a.rst", Format::Rst, "é\n==\n\n:a:`b <c>`_ **x** ``y``\n\n.. note:: z\n".into()),
        (
            "a.eml",
            Format::Email,
            b"Subject: =?utf-8?q?a?=\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\r\n--x--"
                .to_vec(),
        ),
        ("a.srt", Format::Subtitles, b"1\n00:01 --> 00:02\n<i>a</i>\n".to_vec()),
    ];
    for (name, format, whole) in good {
        for at in 0..whole.len() {
            let mut spoilt = whole.clone();
            spoilt[at] ^= 0x5f;
            let spoilt = file(name, format, spoilt);
            let cut = file(name, format, &whole[..at]);
            for file in [spoilt, cut] {
                let outcome = read_with(&file, &ReadOptions::default(), &Limits::default()).1;
                let said = outcome.err().map(|reason| reason.to_string()).unwrap_or_default();
                assert!(!said.contains("confuses the reader"), "{name} at {at}: {said}");
            }
        }
    }
}
