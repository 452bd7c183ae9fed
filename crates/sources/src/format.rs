//! What a file is: by its first bytes, then by its name, then by whether it reads as text.
//!
//! Deliberately absent: reading; a file that begins well may still turn out broken.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use image::ImageFormat;
use zip::ZipArchive;

use crate::item::{Format, Reason};
use crate::picture::jxl;
use crate::{Limits, charset, guard, read};

/// Bytes looked at to tell a format.
pub(crate) const HEAD: u64 = 8 << 10;

/// What a file gives: items, by the reader of its format, or other files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File(Format),
    Archive,
}

/// The kind of the file at `path`, or why it cannot be read.
pub(crate) fn detect(path: &Path, limits: &Limits) -> Result<Kind, Reason> {
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head)?;
    let extension = path.extension().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let kind = tell(&head, &extension, || Ok(File::open(path)?))?;
    if let Kind::File(format) = kind
        && !read::is_streamed(format)
    {
        Limits::check_bytes(bytes, limits.file_bytes)?;
    }
    Ok(kind)
}

/// The kind of a file that begins with `head` and whose name ends in `extension`; `whole` opens it where the
/// beginning is not enough.
pub(crate) fn tell(head: &[u8], extension: &str, whole: impl FnOnce() -> Result<File, Reason>) -> Result<Kind, Reason> {
    if head.is_empty() {
        return Err(Reason::Empty { what: "empty file".into() });
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        // A damaged archive is what its name says; the reader tells the damage.
        return guard::guarded(|| archive(whole()?, extension))
            .or_else(|reason| packed(extension).map(Kind::File).ok_or(reason));
    }
    if head.starts_with(b"\x1f\x8b\x08") {
        return Ok(Kind::Archive);
    }
    let format = rows(head, extension)
        .map(Ok)
        .or_else(|| by_content(head, extension))
        .unwrap_or_else(|| by_name(extension, charset::is_text(head)));
    format.map(Kind::File)
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

/// The formats that are archives inside, by the name's ending.
fn packed(extension: &str) -> Option<Format> {
    Some(match extension {
        "docx" | "docm" | "dotx" => Format::Docx,
        "pptx" | "pptm" | "ppsx" => Format::Pptx,
        "xlsx" | "xlsm" => Format::Xlsx,
        "odt" | "ods" | "odp" | "ott" => Format::OpenDocument,
        "epub" => Format::Epub,
        _ => return None,
    })
}

const NO_AV1: &str = "no freely licensed decoder in safe Rust is ready yet; save it as PNG or JPEG";

const NO_HEVC: &str = "its codec is patented and has no freely licensed decoder; save it as PNG or JPEG";

fn not_yet(format: &str) -> Result<Format, Reason> {
    Err(Reason::NotReadYet { format: format.into() })
}

fn not_read(format: &str, why: &str) -> Result<Format, Reason> {
    Err(Reason::NotRead { format: format.into(), why: why.into() })
}

fn by_content(head: &[u8], extension: &str) -> Option<Result<Format, Reason>> {
    if head.len() >= 5 && head[..head.len().min(1024)].windows(5).any(|window| window == b"%PDF-") {
        return Some(Ok(Format::Pdf));
    }
    if let Ok(format) = image::guess_format(head) {
        return Some(match format {
            ImageFormat::Avif => not_read("AVIF", NO_AV1),
            readable if readable.reading_enabled() => Ok(Format::Picture),
            other => not_yet(&format!("{other:?}").to_uppercase()),
        });
    }
    if let Some(brand) = head.get(4..8).filter(|kind| *kind == b"ftyp").and_then(|_| head.get(8..12)) {
        return Some(match brand {
            b"avif" | b"avis" => not_read("AVIF", NO_AV1),
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => not_read("HEIC", NO_HEVC),
            b"M4A " => not_yet("audio"),
            _ => not_yet("video"),
        });
    }
    if head.starts_with(b"{\\rtf") {
        return Some(Ok(Format::Rtf));
    }
    if jxl::is_jxl(head) {
        return Some(Ok(Format::Picture));
    }
    const MAGIC: [(&[u8], &str); 13] = [
        (b"8BPS", "Photoshop"),
        (b"FEA1", "old Feather"),
        (b"%!PS", "PostScript"),
        (b"AT&TFORM", "DjVu"),
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
        // A new Office document with a password is wrapped into the container of the old formats.
        return Some(packed(extension).map_or_else(|| not_yet("old Office"), Ok));
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
        return Some(Ok(Format::Picture));
    }
    if text.starts_with("<!doctype html") || text.starts_with("<html") || text.contains("<html") {
        return Some(Ok(Format::Html));
    }
    (text.starts_with("<?xml") || text.starts_with("<rss")).then_some(Ok(Format::Xml))
}

/// By the name's ending. Formats that are not text keep their reader, which will say what is wrong inside.
fn by_name(extension: &str, is_text: bool) -> Result<Format, Reason> {
    let text = |format| if is_text { Ok(format) } else { broken("its name says text, but it holds binary data") };
    match extension {
        "pdf" => Ok(Format::Pdf),
        "docx" => Ok(Format::Docx),
        "txt" | "text" | "log" | "adoc" | "asciidoc" | "org" => text(Format::Text),
        "rst" | "rest" => text(Format::Rst),
        "tex" | "latex" | "ltx" => text(Format::Tex),
        "eml" => text(Format::Email),
        "ipynb" => text(Format::Notebook),
        "xml" | "rss" | "atom" => text(Format::Xml),
        "vtt" | "srt" => text(Format::Subtitles),
        "md" | "markdown" | "mdown" | "mkd" => text(Format::Markdown),
        "html" | "htm" | "xhtml" => text(Format::Html),
        "csv" | "tsv" | "tab" => text(Format::Csv),
        "jsonl" | "ndjson" => text(Format::Jsonl),
        "doc" | "xls" | "ppt" => not_yet("old Office"),
        "heic" | "heif" => not_read("HEIC", NO_HEVC),
        "avif" => not_read("AVIF", NO_AV1),
        "mbox" | "msg" => not_yet("mailbox"),
        "pbtxt" => not_yet("protocol buffer"),
        "json" => text(Format::Json),
        "parquet" => Ok(Format::Parquet),
        "arrow" | "feather" => Ok(Format::Arrow),
        "npy" => Ok(Format::Npy),
        "bytes" => Ok(Format::Projector),
        "safetensors" => Ok(Format::Safetensors),
        "sqlite" | "sqlite3" | "db" => Ok(Format::Sqlite),
        name if ImageFormat::from_extension(name).is_some_and(|format| format.reading_enabled()) => Ok(Format::Picture),
        "jxl" | "svg" => broken("its name says picture, but it holds none"),
        "rtf" | "zip" => broken("its name says what it does not hold"),
        name if packed(name).is_some() => broken("its name says document, but it holds none"),
        name if CODE.contains(&name) => text(Format::Code),
        _ if is_text => Ok(Format::Text),
        _ => Err(Reason::UnknownFormat),
    }
}

/// Endings of source code that is read as such; other source code is plain text.
const CODE: [&str; 48] = [
    "bash", "c", "cc", "clj", "cpp", "cs", "css", "cu", "cxx", "dart", "erl", "ex", "exs", "f90", "go", "gradle", "h",
    "hh", "hpp", "hs", "java", "jl", "js", "jsx", "kt", "lua", "m", "mjs", "ml", "nim", "php", "pl", "proto", "py",
    "r", "rb", "rs", "scala", "scss", "sh", "sql", "svelte", "swift", "tcl", "ts", "tsx", "vue", "zig",
];

fn broken(problem: &str) -> Result<Format, Reason> {
    Err(Reason::Broken { problem: problem.into() })
}

/// Office and book formats are archives, told apart by the names inside.
fn archive(file: File, extension: &str) -> Result<Kind, Reason> {
    let mut archive =
        ZipArchive::new(BufReader::new(file)).map_err(|error| Reason::Broken { problem: error.to_string() })?;
    if archive.index_for_name("[Content_Types].xml").is_some() {
        for name in archive.file_names().flatten() {
            return Ok(Kind::File(match name.split('/').next() {
                Some("word") => Format::Docx,
                Some("ppt") => Format::Pptx,
                Some("xl") => Format::Xlsx,
                _ => continue,
            }));
        }
    }
    if extension == "npz" && archive.file_names().flatten().any(|name| name.ends_with(".npy")) {
        return Ok(Kind::File(Format::Npy));
    }
    let mut mimetype = String::new();
    if let Ok(entry) = archive.by_name("mimetype") {
        // What is not a type is none.
        let _ = entry.take(100).read_to_string(&mut mimetype);
    }
    Ok(match mimetype.trim() {
        "application/epub+zip" => Kind::File(Format::Epub),
        kind if kind.starts_with("application/vnd.oasis.opendocument.") => Kind::File(Format::OpenDocument),
        _ => Kind::Archive,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: &str, bytes: &[u8]) -> Result<Format, String> {
        kind(name, bytes).map(|kind| match kind {
            Kind::File(format) => format,
            Kind::Archive => panic!("{name} is an archive"),
        })
    }

    fn kind(name: &str, bytes: &[u8]) -> Result<Kind, String> {
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
        assert_eq!(seen("a.dat", b"{\\rtf1 x}"), Ok(Format::Rtf));
        assert_eq!(seen("a.svg", b"<svg/>"), Ok(Format::Picture));
        assert_eq!(seen("a.xml", b"<?xml version='1.0'?><rss/>"), Ok(Format::Xml));
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
            ("a.rst", Format::Rst),
            ("a.tex", Format::Tex),
            ("a.py", Format::Code),
            ("a.eml", Format::Email),
            ("a.ipynb", Format::Notebook),
            ("a.srt", Format::Subtitles),
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
        let old = Err("old Office files are not read yet".to_owned());
        assert_eq!(seen("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), old);
        assert_eq!(seen("a.odt", b"x"), Err("cannot be read: its name says document, but it holds none".into()));
        let heic = Err(format!("HEIC files are not read: {NO_HEVC}"));
        assert_eq!(seen("a.heic", b"\0\0\0\x18ftypheic"), heic);
        assert_eq!(seen("a", b"\0\0\0\x18ftypavif"), Err(format!("AVIF files are not read: {NO_AV1}")));
    }

    #[test]
    fn archives_are_told_apart_by_what_they_hold() {
        use std::io::Write;
        let zipped = |names: &[(&str, &str)]| {
            let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            for (name, content) in names {
                archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("started");
                archive.write_all(content.as_bytes()).expect("written");
            }
            archive.finish().expect("finished").into_inner()
        };
        let office = |folder: &str| zipped(&[("[Content_Types].xml", "x"), (folder, "x")]);
        for (bytes, expected) in [
            (office("word/document.xml"), Kind::File(Format::Docx)),
            (office("ppt/presentation.xml"), Kind::File(Format::Pptx)),
            (office("xl/workbook.xml"), Kind::File(Format::Xlsx)),
            (zipped(&[("mimetype", "application/epub+zip")]), Kind::File(Format::Epub)),
            (zipped(&[("mimetype", "application/vnd.oasis.opendocument.text")]), Kind::File(Format::OpenDocument)),
            (zipped(&[("word/letter.txt", "x")]), Kind::Archive),
        ] {
            assert_eq!(kind("a.bin", &bytes), Ok(expected));
        }
        let whole = office("word/document.xml");
        assert_eq!(kind("a.docx", &whole[..20]), Ok(Kind::File(Format::Docx)));
        assert!(kind("a.zip", &whole[..20]).expect_err("damaged").starts_with("cannot be read: "));
    }
}
