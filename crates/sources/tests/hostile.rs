//! Folders made to hurt: whatever lies there, everything is named, and what can be read is.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use embedscope_sources::read::{ReadOptions, read};
use embedscope_sources::scan::{Scan, scan};
use embedscope_sources::{Content, Draft, Limits, Reason, picture};
use embedscope_space::Cancel;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("written");
    }
    folder
}

fn found(path: &Path) -> Scan {
    scan(&[path.into()], &Limits::default(), &Cancel::default())
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive.start_file(*name, SimpleFileOptions::default()).expect("started");
        archive.write_all(content).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(6, 4).write_to(&mut bytes, image::ImageFormat::Png).expect("encodes");
    bytes.into_inner()
}

/// Every file with what it gave, in order.
fn all(scan: &Scan) -> Vec<(String, Vec<Draft>, Result<(), Reason>)> {
    let one = |file| {
        let mut drafts = Vec::new();
        let outcome = read(file, &ReadOptions::default(), &Limits::default(), &mut |draft| drafts.push(draft));
        (file.name.clone(), drafts, outcome)
    };
    scan.files.iter().map(one).collect()
}

fn skipped(scan: &Scan) -> Vec<(&str, String)> {
    scan.skipped.iter().map(|skipped| (skipped.name.as_str(), skipped.reason.to_string())).collect()
}

#[test]
fn an_archive_is_planned_and_read_file_by_file() {
    let inner = zipped(&[("deep.md", b"# Deep")]);
    let innermost = zipped(&[("x.zip", &zipped(&[("y.zip", &inner)]))]);
    let bytes = zipped(&[
        ("../../../tmp/escape.txt", b"tame"),
        ("in/photo.png", &png()),
        ("in/inner.zip", &inner),
        ("in/innermost.zip", &innermost),
        ("table.csv", b"text,n\none,1\ntwo,2\n"),
        ("noise.bin", &[7, 0, 1, 255, 9, 0, 0, 254]),
        (".DS_Store", b"hidden"),
    ]);
    let folder = folder(&[("a.zip", &bytes), ("b.txt", b"beside"), ("empty.zip", &zipped(&[]))]);
    let scan = found(folder.path());
    let read = all(&scan);
    let counts: Vec<(&str, usize)> = read.iter().map(|(name, drafts, _)| (name.as_str(), drafts.len())).collect();
    assert_eq!(
        counts,
        [
            ("a.zip/tmp/escape.txt", 1),
            ("a.zip/in/photo.png", 1),
            ("a.zip/in/inner.zip/deep.md", 1),
            ("a.zip/table.csv", 2),
            ("b.txt", 1),
        ]
    );
    assert!(read.iter().all(|(_, _, outcome)| outcome.is_ok()));
    let deep = "larger than the limit: archives nested deeper than 2".to_owned();
    let unknown = "not a known document, table or picture".to_owned();
    assert_eq!(
        skipped(&scan),
        [
            ("a.zip/in/innermost.zip/x.zip", deep),
            ("a.zip/noise.bin", unknown),
            ("empty.zip", "no files in it".to_owned()),
        ]
    );
    let photo = &read[1].1[0];
    assert_eq!(photo.content, Content::Image { width: 6, height: 4 });
    let loaded = picture::load(&photo.origin.file, &Limits::default()).expect("its pixels are found again");
    assert_eq!((loaded.width, loaded.height), (6, 4));
    let mut left: Vec<PathBuf> = fs::read_dir(folder.path()).expect("listed").flatten().map(|it| it.path()).collect();
    left.sort();
    assert_eq!(left.len(), 3, "nothing was unpacked here: {left:?}");
}

#[test]
fn an_email_and_its_attachments_are_files() {
    let mail = b"Subject: Ducks\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee below.\r\n--x\r\n\
        Content-Type: text/csv\r\nContent-Disposition: attachment; filename=ducks.csv\r\n\r\ntext,n\nmallard,1\n\r\n--x\r\n\
        Content-Disposition: attachment; filename=run.exe\r\nContent-Type: application/octet-stream\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAAEAAAA//8AALgAAAA=\r\n--x--\r\n";
    let folder = folder(&[("a.eml", mail)]);
    let scan = found(folder.path());
    let read = all(&scan);
    let names: Vec<&str> = read.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["a.eml", "a.eml/ducks.csv"]);
    assert_eq!(read[1].1[0].content, Content::Text("mallard".into()));
    assert_eq!(skipped(&scan), [("a.eml/run.exe", "not a known document, table or picture".to_owned())]);
}

#[test]
fn one_bad_file_never_stops_the_rest() {
    let folder = folder(&[
        ("a.docx", b"PK\x03\x04 not an archive"),
        ("b.pdf", b"%PDF-1.7 not a document"),
        ("c.png", b"\x89PNG\r\n\x1a\n not a picture"),
        ("d.zip", b"PK\x03\x04 not an archive"),
        ("e.txt", b"words"),
        ("f.svg", b"<svg><"),
        ("g.jxl", b"\xff\x0a\xff\xff\xff\xff"),
        ("h.xlsx", b"PK\x05\x06"),
    ]);
    let scan = found(folder.path());
    let read = all(&scan);
    for (name, drafts, outcome) in &read {
        assert_eq!(name == "e.txt", !drafts.is_empty() && outcome.is_ok(), "{name}: {outcome:?}");
    }
    assert_eq!(read.len() + scan.skipped.len(), 8, "{:?}", scan.skipped);
}

#[test]
fn a_name_of_255_bytes_is_a_name() {
    let long = format!("{}.txt", "n".repeat(251));
    let folder = folder(&[(&long, b"words")]);
    let read = all(&found(folder.path()));
    assert_eq!((read[0].0.as_str(), read[0].1.len()), (long.as_str(), 1));
    // Inside an archive it may be longer than any file system allows.
    let longer = format!("{}.{}", "n".repeat(2000), "e".repeat(2000));
    let archive = zipped(&[(&longer, b"words"), ("a.txt", b"more")]);
    let folder = self::folder(&[("a.zip", &archive)]);
    assert_eq!(all(&found(folder.path())).iter().map(|(_, drafts, _)| drafts.len()).collect::<Vec<_>>(), [1, 1]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("closed.txt", b"words"), ("open.txt", b"words")]);
    let closed = folder.path().join("closed.txt");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("closed");
    if fs::read(&closed).is_ok() {
        println!("skipped: this user may read every file");
        return;
    }
    let scan = found(folder.path());
    assert_eq!(scan.files.len(), 1);
    assert_eq!(skipped(&scan), [("closed.txt", "cannot be opened: permission denied".to_owned())]);
}

#[cfg(unix)]
#[test]
fn a_file_that_becomes_a_pipe_is_not_waited_for() {
    let folder = folder(&[("a.txt", b"words")]);
    let scan = found(folder.path());
    let path = folder.path().join("a.txt");
    fs::remove_file(&path).expect("removed");
    if !std::process::Command::new("mkfifo").arg(&path).status().is_ok_and(|status| status.success()) {
        println!("skipped: no pipes here");
        return;
    }
    let (_, drafts, outcome) = all(&scan).remove(0);
    assert!(drafts.is_empty());
    assert_eq!(outcome.expect_err("a pipe").to_string(), "cannot be opened: a device or pipe, not a file");
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8_is_read() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().expect("folder");
    fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt")), "words").expect("written");
    let read = all(&found(folder.path()));
    assert_eq!((read[0].0.as_str(), read[0].1.len()), ("caf\u{fffd}.txt", 1));
    // In an archive the bytes are taken for the old code page of such archives.
    let mut archive = zipped(&[("cafe.txt", b"words")]);
    let at: Vec<usize> = (0..archive.len() - 4).filter(|&at| &archive[at..at + 4] == b"cafe").collect();
    at.iter().for_each(|at| archive[at + 3] = 0x82);
    let folder = self::folder(&[("a.zip", &archive)]);
    let read = all(&found(folder.path()));
    assert_eq!((read[0].0.as_str(), read[0].1.len()), ("a.zip/caf\u{e9}.txt", 1));
}
