//! What a file is: by its first bytes, then by its name, then by whether it reads as text.
//!
//! Deliberately absent: reading; a file that begins well may still turn out broken.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use image::ImageFormat;
use zip::ZipArchive;

use crate::item::{Format, Reason};
use crate::{Limits, charset, guard, read};

/// Bytes looked at to tell a format.
const HEAD: u64 = 8 << 10;

/// The format of the file at `path`, or why it cannot be read.
pub(crate) fn detect(path: &Path, limits: &Limits) -> Result<Format, Reason> {
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head)?;
    if head.is_empty() {
        return Err(Reason::Empty { what: "empty file".into() });
    }
    let extension = path.extension().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_archive = head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06");
    let format = if is_archive {
        archive(path, &extension)
    } else {
        rows(&head, &extension)
            .map(Ok)
            .or_else(|| by_content(&head, &extension))
            .unwrap_or_else(|| by_name(&extension, charset::is_text(&head)))
    }?;
    if !read::is_streamed(format) {
        Limits::check_bytes(bytes, limits.file_bytes)?;
    }
    Ok(format)
}

/// Binary tables and vectors by their first bytes, and JSON by whether it is one document or one a line.
fn rows(head: &[u8], extension: &str) -> Option<Format> {
    const MAGIC: [(&[u8], Format); 4] = [
        (b"PAR1", Format::Parquet),
        (b"ARROW1", Format::Arrow),
        (b"\x93NUMPY", Format::Npy),
        (b"SQLite format 3\0", Format::Sqlite),
    ];
    if let Some((_, format)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(*format);
    }
    // Its length, then a JSON object.
    if extension == "safetensors" && head.get(8) == Some(&b'{') {
        return Some(Format::Safetensors);
    }
    if matches!(extension, "arrow" | "arrows") && head.starts_with(&[0xff; 4]) {
        return Some(Format::Arrow);
    }
    if matches!(extension, "txt" | "vec") && are_word_vectors(head) {
        return Some(Format::Csv);
    }
    let is_json = extension == "json" && charset::is_text(head);
    is_json.then(|| {
        let text = charset::decode(head, None);
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let is_object = |line: &str| line.starts_with('{') && line.ends_with('}');
        let is_lines = lines.next().is_some_and(is_object) && lines.next().is_some_and(|line| line.starts_with('{'));
        if is_lines { Format::Jsonl } else { Format::Json }
    })
}

/// A word and many numbers on every line, as GloVe and fastText write them.
fn are_word_vectors(head: &[u8]) -> bool {
    const NUMBERS: usize = 8;
    let Ok(text) = str::from_utf8(&head[..head.iter().rposition(|&byte| byte == b'\n').unwrap_or(0)]) else {
        return false;
    };
    // The first line may say how many there are, and how long.
    let mut lines = text.lines().skip_while(|line| line.split(' ').count() == 2);
    let is_one = |line: &str| {
        let numbers = line.split(' ').skip(1).filter(|part| !part.is_empty());
        numbers.clone().count() >= NUMBERS && numbers.clone().all(|part| part.parse::<f32>().is_ok())
    };
    lines.next().is_some_and(is_one) && lines.all(is_one)
}

fn not_yet(format: &str) -> Result<Format, Reason> {
    Err(Reason::NotReadYet { format: format.into() })
}

fn by_content(head: &[u8], extension: &str) -> Option<Result<Format, Reason>> {
    if head.len() >= 5 && head[..head.len().min(1024)].windows(5).any(|window| window == b"%PDF-") {
        return Some(Ok(Format::Pdf));
    }
    if let Ok(format) = image::guess_format(head) {
        return Some(match format {
            ImageFormat::Avif => not_yet("AVIF"),
            readable if readable.reading_enabled() => Ok(Format::Picture),
            other => not_yet(&format!("{other:?}").to_uppercase()),
        });
    }
    if let Some(brand) = head.get(4..8).filter(|kind| *kind == b"ftyp").and_then(|_| head.get(8..12)) {
        return Some(not_yet(match brand {
            b"avif" | b"avis" => "AVIF",
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => "HEIC",
            b"M4A " => "audio",
            _ => "video",
        }));
    }
    const MAGIC: [(&[u8], &str); 17] = [
        (b"{\\rtf", "RTF"),
        (b"\xff\x0a", "JPEG XL"),
        (b"\0\0\0\x0cJXL ", "JPEG XL"),
        (b"8BPS", "Photoshop"),
        (b"FEA1", "old Feather"),
        (b"%!PS", "PostScript"),
        (b"AT&TFORM", "DjVu"),
        (b"\x1f\x8b", "gzip"),
        (b"BZh", "bzip2"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\xfd7zXZ\0", "XZ"),
        (b"\x28\xb5\x2f\xfd", "Zstandard"),
        (b"ID3", "audio"),
        (b"OggS", "audio"),
        (b"fLaC", "audio"),
        (b"\x1a\x45\xdf\xa3", "video"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(not_yet(name));
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some(not_yet("tar"));
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        // A Word document with a password is wrapped into the container of the old format.
        return Some(if extension == "docx" { Ok(Format::Docx) } else { not_yet("old Office") });
    }
    markup(head, extension)
}

/// HTML, SVG and other XML by their first tag; Markdown may begin with any.
fn markup(head: &[u8], extension: &str) -> Option<Result<Format, Reason>> {
    let text = charset::decode(head, None).to_lowercase();
    let text = text.trim_start();
    if matches!(extension, "md" | "markdown") || !text.starts_with('<') {
        return None;
    }
    if text.contains("<svg") && !text.contains("<html") {
        return Some(not_yet("SVG"));
    }
    if text.starts_with("<!doctype html") || text.starts_with("<html") || text.contains("<html") {
        return Some(Ok(Format::Html));
    }
    text.starts_with("<?xml").then(|| not_yet("XML"))
}

/// By the name's ending. Formats that are not text keep their reader, which will say what is wrong inside.
fn by_name(extension: &str, is_text: bool) -> Result<Format, Reason> {
    let text = |format| if is_text { Ok(format) } else { broken("its name says text, but it holds binary data") };
    match extension {
        "pdf" => Ok(Format::Pdf),
        "docx" => Ok(Format::Docx),
        "txt" | "text" | "log" | "rst" | "adoc" | "asciidoc" | "org" => text(Format::Text),
        "md" | "markdown" | "mdown" | "mkd" => text(Format::Markdown),
        "html" | "htm" | "xhtml" => text(Format::Html),
        "csv" | "tsv" | "tab" => text(Format::Csv),
        "jsonl" | "ndjson" => text(Format::Jsonl),
        "doc" | "xls" | "ppt" => not_yet("old Office"),
        "heic" | "heif" => not_yet("HEIC"),
        "avif" => not_yet("AVIF"),
        "jxl" => not_yet("JPEG XL"),
        "svg" => not_yet("SVG"),
        "eml" | "mbox" | "msg" => not_yet("e-mail"),
        "ipynb" => not_yet("Jupyter notebook"),
        "pbtxt" => not_yet("protocol buffer"),
        "xml" | "rss" | "atom" => not_yet("XML"),
        "tex" => not_yet("TeX"),
        "vtt" | "srt" => not_yet("subtitle"),
        "rtf" => not_yet("RTF"),
        "odt" => not_yet("ODT"),
        "pptx" => not_yet("PowerPoint"),
        "xlsx" | "xlsm" => not_yet("Excel"),
        "epub" => not_yet("EPUB"),
        "json" => text(Format::Json),
        "parquet" => Ok(Format::Parquet),
        "arrow" | "feather" => Ok(Format::Arrow),
        "npy" => Ok(Format::Npy),
        "safetensors" => Ok(Format::Safetensors),
        "sqlite" | "sqlite3" | "db" => Ok(Format::Sqlite),
        "zip" => not_yet("ZIP"),
        name if ImageFormat::from_extension(name).is_some_and(|format| format.reading_enabled()) => Ok(Format::Picture),
        _ if is_text => Ok(Format::Text),
        _ => Err(Reason::UnknownFormat),
    }
}

fn broken(problem: &str) -> Result<Format, Reason> {
    Err(Reason::Broken { problem: problem.into() })
}

/// Office and book formats are archives, told apart by the names inside.
fn archive(path: &Path, extension: &str) -> Result<Format, Reason> {
    let found = guard::guarded(|| {
        let file = BufReader::new(File::open(path)?);
        let mut archive = ZipArchive::new(file).map_err(|error| Reason::Broken { problem: error.to_string() })?;
        let mut kind = None;
        for name in archive.file_names().flatten() {
            kind = match name.split('/').next() {
                Some("word") => Some(Ok(Format::Docx)),
                Some("ppt") => Some(not_yet("PowerPoint")),
                Some("xl") => Some(not_yet("Excel")),
                _ if extension == "npz" && name.ends_with(".npy") => Some(Ok(Format::Npy)),
                _ => continue,
            };
            break;
        }
        if let Some(kind) = kind {
            return Ok(kind);
        }
        let mut mimetype = String::new();
        if let Ok(entry) = archive.by_name("mimetype") {
            entry.take(100).read_to_string(&mut mimetype)?;
        }
        Ok(not_yet(match mimetype.trim() {
            "application/epub+zip" => "EPUB",
            kind if kind.ends_with("opendocument.text") => "ODT",
            kind if kind.ends_with("opendocument.spreadsheet") => "ODS",
            kind if kind.ends_with("opendocument.presentation") => "ODP",
            _ => "ZIP",
        }))
    });
    // A damaged archive is what its name says; the reader tells the damage.
    found.unwrap_or_else(|reason| if extension == "docx" { Ok(Format::Docx) } else { Err(reason) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: &str, bytes: &[u8]) -> Result<Format, String> {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        detect(&path, &Limits::default()).map_err(|reason| reason.to_string())
    }

    #[test]
    fn content_beats_the_name() {
        assert_eq!(seen("a.txt", b"%PDF-1.4\n"), Ok(Format::Pdf));
        assert_eq!(seen("a.pdf", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Ok(Format::Picture));
        assert_eq!(seen("page", b"\n<!DOCTYPE html><p>x"), Ok(Format::Html));
        assert_eq!(seen("a.dat", b"{\\rtf1 x}"), Err("RTF files are not read yet".into()));
    }

    #[test]
    fn names_decide_among_texts() {
        for (name, format) in [
            ("a.txt", Format::Text),
            ("README", Format::Text),
            ("a.md", Format::Markdown),
            ("a.CSV", Format::Csv),
            ("a.tsv", Format::Csv),
            ("a.jsonl", Format::Jsonl),
            ("a.json", Format::Json),
            ("a.html", Format::Html),
        ] {
            assert_eq!(seen(name, b"plain words"), Ok(format), "{name}");
        }
    }

    #[test]
    fn tables_and_vectors_are_told_by_their_first_bytes() {
        for (name, bytes, format) in [
            ("a", &b"PAR1...."[..], Format::Parquet),
            ("a.txt", b"ARROW1\0\0", Format::Arrow),
            ("a.arrow", b"\xff\xff\xff\xff\x10\0\0\0", Format::Arrow),
            ("a.db", b"SQLite format 3\0", Format::Sqlite),
            ("a.npy", b"\x93NUMPY\x01\0", Format::Npy),
            ("a.safetensors", b"\x02\0\0\0\0\0\0\0{}", Format::Safetensors),
            ("lines.json", b"{\"a\":1}\n{\"a\":2}\n", Format::Jsonl),
            ("one.json", b"{\n\"a\":1}\n", Format::Json),
        ] {
            assert_eq!(seen(name, bytes), Ok(format), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        assert_eq!(seen("a.txt", b""), Err("empty file".into()));
        assert_eq!(seen("a.bin", &[7, 0, 1, 255, 9, 0, 0, 254]), Err("not a known document, table or picture".into()));
        let binary = Err("cannot be read: its name says text, but it holds binary data".into());
        assert_eq!(seen("a.txt", &[7, 0, 1, 255, 9, 0, 0, 254]), binary);
        for (name, bytes, said) in [
            ("a.odt", &b"x"[..], "ODT"),
            ("a.heic", b"\0\0\0\x18ftypheic", "HEIC"),
            ("a", b"\0\0\0\x18ftypavif", "AVIF"),
            ("a.svg", b"<svg/>", "SVG"),
            ("a.xml", b"<?xml version='1.0'?><rss/>", "XML"),
            ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office"),
        ] {
            assert_eq!(seen(name, bytes), Err(format!("{said} files are not read yet")), "{name}");
        }
    }
}
