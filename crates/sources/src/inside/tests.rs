//! Archives made here, each odd in one way.

use std::io::{Cursor, Read, Write};

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::Format;

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive.start_file(*name, SimpleFileOptions::default()).expect("started");
        archive.write_all(content).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}

fn on_disk(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("written");
    (folder, path)
}

/// Each name and what it was told to be, or why not.
type Told = Vec<(String, Result<Kind, String>)>;

fn listed(path: &Path, limits: &Limits) -> (Told, Result<(), Reason>) {
    let mut found = Vec::new();
    let outcome = list(path, limits, &mut |inner| {
        let name = inner.path.strip_prefix(path).expect("below").to_string_lossy().into_owned();
        found.push((name, inner.found.map(|(kind, _)| kind).map_err(|reason| reason.to_string())));
    });
    (found, outcome)
}

fn content(path: &Path) -> Result<String, String> {
    let local = local(path, &Limits::default()).map_err(|reason| reason.to_string())?;
    fs::read_to_string(&*local).map_err(|error| error.to_string())
}

#[test]
fn files_are_listed_by_tame_names_and_opened_by_them() {
    let bytes = zipped(&[
        ("a/b.txt", b"one"),
        ("../../b.md", b"two"),
        (".hidden", b"x"),
        ("c.txt", b""),
        ("d.rar", b"Rar!\x1a\x07"),
    ]);
    let (_folder, path) = on_disk("x.zip", &bytes);
    let (found, outcome) = listed(&path, &Limits::default());
    assert_eq!(outcome, Ok(()));
    let expected = [
        ("a/b.txt", Ok(Kind::File(Format::Text))),
        ("b.md", Ok(Kind::File(Format::Markdown))),
        ("c.txt", Err("empty file".to_owned())),
        ("d.rar", Err("RAR files are not read yet".to_owned())),
    ];
    assert_eq!(found, expected.map(|(name, kind)| (name.to_owned(), kind)));
    assert_eq!(content(&path.join("a/b.txt")).as_deref(), Ok("one"));
    assert_eq!(content(&path.join("b.md")).as_deref(), Ok("two"));
    let missing = "cannot be opened: it is not there".to_owned();
    assert_eq!(content(&path.join("e.txt")), Err(missing));
}

#[test]
fn a_copy_keeps_the_ending_and_goes_away() {
    let (_folder, path) = on_disk("x.zip", &zipped(&[("a.txt", b"one")]));
    let held = local(&path.join("a.txt"), &Limits::default()).expect("unpacked");
    assert_eq!(held.extension().and_then(|ending| ending.to_str()), Some("txt"));
    let copy = held.to_path_buf();
    assert!(copy.is_file() && !copy.starts_with(_folder.path()));
    drop(held);
    assert!(!copy.exists());
    let plain = local(&path, &Limits::default()).expect("itself");
    assert_eq!(&*plain, path);
    drop(plain);
    assert!(path.is_file());
}

#[test]
fn archives_in_archives_end_at_the_limit() {
    let inner = zipped(&[("deep.txt", b"deep")]);
    let middle = zipped(&[("inner.zip", &inner), ("middle.txt", b"middle")]);
    let (_folder, path) = on_disk("x.zip", &zipped(&[("y/middle.zip", &middle)]));
    assert_eq!(content(&path.join("y/middle.zip/middle.txt")).as_deref(), Ok("middle"));
    let (found, outcome) = listed(&path.join("y/middle.zip"), &Limits::default());
    assert_eq!((found.len(), outcome), (2, Ok(())));
    let (found, outcome) = listed(&path.join("y/middle.zip/inner.zip"), &Limits::default());
    assert_eq!(found, []);
    assert_eq!(outcome.expect_err("deep").to_string(), "larger than the limit: archives nested deeper than 2");
    assert!(content(&path.join("y/middle.zip/inner.zip/deep.txt")).is_err());
}

#[test]
fn bombs_are_refused() {
    let (_folder, path) = on_disk("x.zip", &zipped(&[("a.txt", &vec![b'a'; 20 << 20])]));
    let reason = content(&path.join("a.txt")).expect_err("a bomb");
    assert_eq!(reason, "larger than the limit: it unpacks to more than 4.0 MB");
    let many: Vec<String> = (0..20).map(|number| format!("{number}.txt")).collect();
    let entries: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let (_folder, path) = on_disk("x.zip", &zipped(&entries));
    let few = Limits { archive_entries: 3, ..Limits::default() };
    let (found, outcome) = listed(&path, &few);
    assert_eq!(found.len(), 3);
    let reason = outcome.expect_err("many").to_string();
    assert_eq!(reason, "larger than the limit: an archive of more than 3 files; the first were taken");
}

/// Two entries in the directory that share one stored file.
#[test]
fn overlapping_files_are_refused() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("a.txt", SimpleFileOptions::default()).expect("started");
    let mut noise = 1u32;
    let content: Vec<u8> = (0..50_000)
        .map(|_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        })
        .collect();
    archive.write_all(&content).expect("written");
    archive.shallow_copy_file("a.txt", "b.txt").expect("shared");
    let (_folder, path) = on_disk("x.zip", &archive.finish().expect("finished").into_inner());
    let (_, outcome) = listed(&path, &Limits::default());
    assert_eq!(outcome.expect_err("overlap").to_string(), "cannot be read: the files in it overlap");
}

#[test]
fn links_and_locked_files_are_not_opened() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.add_symlink("link.txt", "/etc/passwd", SimpleFileOptions::default()).expect("linked");
    let mut bytes = archive.finish().expect("finished").into_inner();
    let (_folder, path) = on_disk("x.zip", &bytes);
    let link = "cannot be opened: a link, not followed".to_owned();
    assert_eq!(listed(&path, &Limits::default()).0, [("link.txt".to_owned(), Err(link))]);
    bytes = zipped(&[("a.txt", b"secret")]);
    // The mark of a locked file, in its own header and in the directory.
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").expect("a directory");
    bytes[6] |= 1;
    bytes[directory + 8] |= 1;
    let (_folder, path) = on_disk("x.zip", &bytes);
    let locked = "protected by a password".to_owned();
    assert_eq!(listed(&path, &Limits::default()).0, [("a.txt".to_owned(), Err(locked.clone()))]);
    assert_eq!(content(&path.join("a.txt")), Err(locked));
}

#[test]
fn attachments_of_an_email_are_files() {
    let mail = "From: a@b.c\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n\
        --x\r\nContent-Type: text/plain\r\n\r\nBody\r\n\
        --x\r\nContent-Type: text/plain; name=\"../a.txt\"\r\nContent-Disposition: attachment; filename=\"../a.txt\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nT25l\r\n\
        --x\r\nContent-Type: message/rfc822\r\n\r\nFrom: d@e.f\r\nSubject: inner\r\n\r\nInner body\r\n--x--\r\n";
    let (_folder, path) = on_disk("x.eml", mail.as_bytes());
    let (found, outcome) = listed(&path, &Limits::default());
    assert_eq!(outcome, Ok(()));
    assert_eq!(
        found,
        [("a.txt".to_owned(), Ok(Kind::File(Format::Text))), ("message.eml".to_owned(), Ok(Kind::File(Format::Email))),]
    );
    assert_eq!(content(&path.join("a.txt")).as_deref(), Ok("One"));
    assert!(content(&path.join("message.eml")).expect("read").contains("Inner body"));
}

#[test]
fn a_changed_archive_is_opened_anew() {
    let (_folder, path) = on_disk("x.zip", &zipped(&[("a.txt", b"one")]));
    assert_eq!(content(&path.join("a.txt")).as_deref(), Ok("one"));
    fs::write(&path, zipped(&[("a.txt", b"two")])).expect("written");
    let later = SystemTime::now() + std::time::Duration::from_secs(5);
    File::options().write(true).open(&path).and_then(|file| file.set_modified(later)).expect("dated");
    assert_eq!(content(&path.join("a.txt")).as_deref(), Ok("two"));
}

#[test]
fn damaged_archives_are_reasons() {
    let whole = zipped(&[("a.txt", b"some words"), ("b.txt", b"more words")]);
    for cut in 0..whole.len() {
        let (_folder, path) = on_disk("x.zip", &whole[..cut]);
        let _ = listed(&path, &Limits::default());
    }
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        let (_folder, path) = on_disk("x.zip", &bytes);
        let _ = listed(&path, &Limits::default());
        if let Ok(local) = local(&path.join("a.txt"), &Limits::default()) {
            let mut text = Vec::new();
            File::open(&*local).and_then(|mut file| file.read_to_end(&mut text)).expect("readable");
        }
    }
}

#[test]
fn what_gzip_packs_is_one_file_of_its_name() {
    let gzipped = |content: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(content).expect("written");
        packer.finish().expect("finished")
    };
    let bytes = gzipped(b"a\tb\n1\ttwo words\n");
    let (_folder, path) = on_disk("rows.tsv.gz", &bytes);
    assert_eq!(listed(&path, &Limits::default()), (vec![("rows.tsv".into(), Ok(Kind::File(Format::Csv)))], Ok(())));
    assert_eq!(content(&path.join("rows.tsv")).as_deref(), Ok("a\tb\n1\ttwo words\n"));
    assert!(content(&path.join("other.tsv")).is_err());

    let (_folder, bomb) = on_disk("zeros.txt.gz", &gzipped(&vec![b'x'; 5 << 20]));
    let refused = content(&bomb.join("zeros.txt")).expect_err("too much");
    assert!(refused.contains("unpacks to more than"), "{refused}");
    let (_folder, cut) = on_disk("cut.txt.gz", &bytes[..20]);
    assert!(matches!(listed(&cut, &Limits::default()).0.as_slice(), [(_, Err(_))]));
}
