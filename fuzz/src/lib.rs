//! Hands bytes to a reader as a user's file would: found, read, cut. A reader may refuse; it may not panic or take for ever.
//!
//! Deliberately absent: judging what was read.

use std::fs;
use std::io::{Cursor, Write};

use embedscope_sources::read::{ReadOptions, read as read_file};
use embedscope_sources::scan::scan;
use embedscope_sources::{Limits, Reason};
use embedscope_space::Cancel;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Reads the bytes as a file of this kind; in a format that is an archive of parts, as the part that holds the text.
pub fn read(extension: &str, bytes: &[u8]) {
    let file = match parts(extension) {
        [] => bytes.to_vec(),
        parts => packed(parts, bytes),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(format!("a.{extension}"));
    fs::write(&path, file).expect("written");
    let limits = Limits { seconds: 10, ..Limits::default() };
    for found in scan(&[path], &limits, &Cancel::default()).files {
        // By what they are: the words of a reason may be the input's own.
        match read_file(&found, &ReadOptions::default(), &limits, &mut |_| ()) {
            Err(Reason::TooSlow { seconds }) => panic!("not read after {seconds} s"),
            Err(Reason::Broken { problem }) => assert!(!problem.starts_with("its structure confuses"), "{problem}"),
            _ => {}
        }
    }
}

/// The parts of a package and what they hold; the one without content holds the bytes.
fn parts(extension: &str) -> &'static [(&'static str, Option<&'static str>)] {
    match extension {
        "docx" => &[("word/document.xml", None)],
        "odt" => &[("mimetype", Some("application/vnd.oasis.opendocument.text")), ("content.xml", None)],
        "pptx" => &[
            ("ppt/presentation.xml", Some("<x><sldId r:id='r'/></x>")),
            (
                "ppt/_rels/presentation.xml.rels",
                Some("<Relationships><Relationship Id='r' Type='x/slide' Target='s.xml'/></Relationships>"),
            ),
            ("ppt/s.xml", None),
        ],
        "epub" => &[
            ("mimetype", Some("application/epub+zip")),
            ("META-INF/container.xml", Some("<container><rootfile full-path='p.opf'/></container>")),
            (
                "p.opf",
                Some(
                    "<package><manifest><item id='a' href='a.xhtml'/></manifest><spine><itemref idref='a'/></spine></package>",
                ),
            ),
            ("a.xhtml", None),
        ],
        "xlsx" => &[
            (
                "_rels/.rels",
                Some(
                    "<Relationships><Relationship Id='r' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' Target='xl/workbook.xml'/></Relationships>",
                ),
            ),
            (
                "xl/workbook.xml",
                Some(
                    "<workbook xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'><sheets><sheet name='S' sheetId='1' r:id='r'/></sheets></workbook>",
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                Some(
                    "<Relationships><Relationship Id='r' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
                ),
            ),
            ("xl/worksheets/sheet1.xml", None),
        ],
        _ => &[],
    }
}

fn packed(parts: &[(&str, Option<&str>)], bytes: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in parts {
        archive.start_file(*name, stored).expect("started");
        archive.write_all(content.map_or(bytes, str::as_bytes)).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}
