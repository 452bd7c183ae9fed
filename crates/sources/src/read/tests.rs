//! Every format read from small files made here, and every reason for reading nothing.

mod bombs;
mod documents;
mod rows;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::cut::Unit;
use crate::{Content, Origin, hash};

/// A folder with one file in it.
struct File {
    _folder: TempDir,
    found: Found,
}

fn file(name: &str, format: Format, bytes: impl AsRef<[u8]>) -> File {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes.as_ref()).expect("written");
    let bytes = bytes.as_ref().len() as u64;
    File { _folder: folder, found: Found { path, name: name.into(), format, bytes } }
}

fn read_with(file: &File, options: &ReadOptions, limits: &Limits) -> (Vec<Draft>, Result<(), Reason>) {
    let mut drafts = Vec::new();
    let outcome = read(&file.found, options, limits, &mut |draft| drafts.push(draft));
    (drafts, outcome)
}

fn drafts(file: &File) -> Vec<Draft> {
    let (drafts, outcome) = read_with(file, &ReadOptions::default(), &Limits::default());
    assert_eq!(outcome, Ok(()));
    drafts
}

fn options(columns: Columns) -> ReadOptions {
    ReadOptions { columns, ..ReadOptions::default() }
}

fn said(file: &File) -> String {
    let (_, outcome) = read_with(file, &ReadOptions::default(), &Limits::default());
    outcome.expect_err("a reason").to_string()
}

fn text(draft: &Draft) -> &str {
    match &draft.content {
        Content::Text(text) => text,
        Content::Image { .. } => panic!("a picture where a text was expected"),
    }
}

fn texts(drafts: &[Draft]) -> Vec<&str> {
    drafts.iter().map(text).collect()
}

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).expect("started");
        archive.write_all(content.as_bytes()).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    let document = format!("<w:document xmlns:w='x'><w:body>{body}</w:body></w:document>");
    let styles = "<w:styles><w:style w:styleId='berschrift1'><w:name w:val='heading 1'/></w:style></w:styles>";
    let core = "<cp:coreProperties><dc:title>On ducks</dc:title><dc:creator>A &amp; B</dc:creator></cp:coreProperties>";
    zipped(&[("word/document.xml", &document), ("word/styles.xml", styles), ("docProps/core.xml", core)])
}

/// A PDF whose pages show these lines; `extra` goes into the trailer.
fn pdf(pages: &[&str], extra: &str) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[{}]/Count {}>>", kids.join(" "), pages.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    for (number, page) in pages.iter().enumerate() {
        let show = if page.is_empty() { String::new() } else { format!("BT /F 12 Tf 72 720 Td ({page}) Tj ET") };
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>",
            5 + 2 * number
        ));
        objects.push(format!("<</Length {}>>\nstream\n{show}\nendstream", show.len()));
    }
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).bytes());
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        bytes.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    bytes.extend(format!("trailer\n<</Size {size}/Root 1 0 R{extra}>>\nstartxref\n{start}\n%%EOF\n").bytes());
    bytes
}

#[test]
fn a_text_file_is_one_item_that_knows_its_file() {
    let file = file("a.txt", Format::Text, "One.\r\nTwo.");
    let drafts = drafts(&file);
    assert_eq!(texts(&drafts), ["One.\nTwo."]);
    let origin = Origin { file: file.found.path.clone(), name: "a.txt".into(), ..Origin::default() };
    assert_eq!(drafts[0].origin, origin);
    assert_eq!(drafts[0].hash, hash::content(b"One.\nTwo."));
}

#[test]
fn long_texts_are_cut_into_numbered_chunks_at_true_offsets() {
    let whole = "One two three. Four five six. Seven eight nine.";
    let options = ReadOptions { cut: Cut { unit: Unit::Words, size: 3, overlap: 0 }, ..ReadOptions::default() };
    let (drafts, outcome) = read_with(&file("a.txt", Format::Text, whole), &options, &Limits::default());
    assert_eq!(outcome, Ok(()));
    assert_eq!(texts(&drafts), ["One two three.", "Four five six.", "Seven eight nine."]);
    for (number, draft) in drafts.iter().enumerate() {
        assert_eq!(draft.origin.chunk, Some((number as u32, 3)));
        assert_eq!(&whole[draft.origin.offset as usize..][..text(draft).len()], text(draft));
    }
}

#[test]
fn markdown_is_cut_at_its_headings() {
    let options = ReadOptions { cut: Cut { unit: Unit::Headings, ..Cut::default() }, ..ReadOptions::default() };
    let file = file("a.md", Format::Markdown, "---\ntitle: T\n---\nBefore\n\n# A\n\nx *y*\n\n## B\n\nz");
    let (drafts, outcome) = read_with(&file, &options, &Limits::default());
    assert_eq!(outcome, Ok(()));
    assert_eq!(texts(&drafts), ["Before", "A\n\nx y", "B\n\nz"]);
    assert!(drafts.iter().all(|draft| draft.metadata["title"] == "T"));
}

#[test]
fn an_uncut_text_tells_its_headings() {
    let options = ReadOptions { cut: Cut::usual(Unit::None), ..ReadOptions::default() };
    let file = file("a.md", Format::Markdown, "Before\n\n# A\n\nx\n\n## B\n\nz");
    let (drafts, _) = read_with(&file, &options, &Limits::default());
    assert_eq!((text(&drafts[0]), &drafts[0].headings[..]), ("Before\n\nA\n\nx\n\nB\n\nz", &[8, 14][..]));
}

#[test]
fn chunks_are_preprocessed_as_asked_and_keep_their_place() {
    let cut = Cut { unit: Unit::Sentences, size: 1, overlap: 0 };
    let preprocessing = Preprocessing { lower_case: true, white_space: true, truncate: false };
    let options = ReadOptions { cut, preprocessing, ..ReadOptions::default() };
    let file = file("a.txt", Format::Text, "One  Two.  Three\tFour.");
    let (drafts, _) = read_with(&file, &options, &Limits::default());
    assert_eq!(texts(&drafts), ["one two.", "three four."]);
    assert_eq!((drafts[1].origin.offset, drafts[1].hash), (11, hash::content(b"three four.")));
    let preprocessing = Preprocessing { truncate: true, ..Preprocessing::default() };
    let (drafts, _) = read_with(&file, &ReadOptions { preprocessing, ..options }, &Limits::default());
    assert_eq!(texts(&drafts), ["One  Two."]);
    assert_eq!(drafts[0].origin.chunk, Some((0, 2)), "it says that it is a part");
}

#[test]
fn a_web_page_keeps_its_words_and_title() {
    let drafts = drafts(&file("a.html", Format::Html, "<title>T</title><nav>N</nav><p>Hello <b>you</b>"));
    assert_eq!(texts(&drafts), ["Hello you"]);
    assert_eq!(drafts[0].metadata["title"], "T");
}

#[test]
fn pages_of_a_pdf_are_numbered() {
    let drafts = drafts(&file("a.pdf", Format::Pdf, pdf(&["First page here", "", "Third page here"], "")));
    let pages: Vec<_> = drafts.iter().map(|draft| (draft.origin.page, text(draft))).collect();
    assert_eq!(pages, [(Some(1), "First page here"), (Some(3), "Third page here")]);
}

#[test]
fn pdfs_without_text_protected_or_broken_say_so() {
    let scanned = file("a.pdf", Format::Pdf, pdf(&["", ""], ""));
    assert_eq!(said(&scanned), "no visible text on any page");
    let lock = "/Encrypt<</Filter/Standard/V 1/R 2/P -4/Length 40/O(abcdefghijklmnopqrstuvwxyz012345)/U(abcdefghijklmnopqrstuvwxyz012345)>>/ID[(a)(a)]";
    assert_eq!(said(&file("a.pdf", Format::Pdf, pdf(&["x"], lock))), "protected by a password");
    assert!(said(&file("a.pdf", Format::Pdf, "no pdf at all")).starts_with("cannot be read: "));
    let whole = pdf(&["Some words"], "");
    for cut in (1..whole.len()).step_by(41) {
        let _ = read_with(&file("a.pdf", Format::Pdf, &whole[..cut]), &ReadOptions::default(), &Limits::default());
    }
}

#[test]
fn deep_nesting_in_a_pdf_does_not_kill() {
    let deep = |levels: usize| pdf(&["x"], &format!("/Deep{}", "[".repeat(levels)));
    let reason = said(&file("a.pdf", Format::Pdf, deep(300_000)));
    assert_eq!(reason, "larger than the limit: objects nested deeper than 4096");
    // What passes the check must not overflow the stack; whether it is read is another matter.
    let _ = read_with(&file("a.pdf", Format::Pdf, deep(4000)), &ReadOptions::default(), &Limits::default());
}

#[test]
fn word_documents_keep_paragraphs_headings_tables_and_boxes() {
    let body = "<w:p><w:pPr><w:pStyle w:val='berschrift1'/></w:pPr><w:r><w:t>He</w:t></w:r><w:r><w:t>ad</w:t></w:r></w:p>\
        <w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c &lt; d&#33;</w:t></w:r><w:del><w:r><w:delText>gone</w:delText><w:t>gone</w:t></w:r></w:del></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr>\
        <w:tr><w:tc><w:p><w:r><w:t>3</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>4</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <w:p><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:t>box</w:t></w:p></w:txbxContent></mc:Choice>\
        <mc:Fallback><w:txbxContent><w:p><w:t>box</w:t></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent><w:t>after</w:t></w:p>";
    let file = file("a.docx", Format::Docx, docx(body));
    let drafts = drafts(&file);
    assert_eq!(texts(&drafts), ["Head\n\na\tb\nc < d!\n\n1\t2\n3\t4\n\nbox\n\nafter"]);
    assert_eq!((&*drafts[0].metadata["title"], &*drafts[0].metadata["author"]), ("On ducks", "A & B"));
    let options = ReadOptions { cut: Cut { unit: Unit::Headings, size: 2, overlap: 0 }, ..ReadOptions::default() };
    assert!(texts(&read_with(&file, &options, &Limits::default()).0)[0].starts_with("Head"));
}

#[test]
fn word_documents_that_are_bombs_or_broken_say_so() {
    let bomb = format!("<w:p><w:t>{}</w:t></w:p>", "a".repeat(20 << 20));
    assert_eq!(
        said(&file("a.docx", Format::Docx, docx(&bomb))),
        "larger than the limit: word/document.xml unpacks to more than 4.0 MB"
    );
    let deep = docx(&"<w:p>".repeat(100_000));
    assert_eq!(said(&file("a.docx", Format::Docx, deep)), "larger than the limit: elements nested deeper than 256");
    let half = zipped(&[("word/document.xml", "<w:document><w:body><w:p><w:t>x")]);
    assert_eq!(said(&file("a.docx", Format::Docx, half)), "cannot be read: it ends inside an element");
    let other = zipped(&[("other.xml", "<x/>")]);
    assert_eq!(said(&file("a.docx", Format::Docx, other)), "cannot be read: it holds no Word document");
    let whole = docx("<w:p><w:t>words</w:t></w:p>");
    assert!(said(&file("a.docx", Format::Docx, &whole[..whole.len() / 2])).starts_with("cannot be read: "));
    assert_eq!(said(&file("a.docx", Format::Docx, docx("<w:p/>"))), "no text in it");
    let mut wrapped = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    wrapped.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(said(&file("a.docx", Format::Docx, wrapped)), "protected by a password");
}

#[test]
fn rows_of_a_table_are_items_with_metadata() {
    let table = "id;review;stars\n1;Good; very good\n2;;3\n3;\"Not; bad\";4;extra\n";
    let drafts = drafts(&file("a.csv", Format::Csv, table));
    let rows: Vec<_> = drafts.iter().map(|draft| (draft.origin.row, text(draft))).collect();
    assert_eq!(rows, [(Some(1), "Good"), (Some(3), "Not; bad")]);
    let metadata: Vec<_> = drafts[1].metadata.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(metadata, [("column 4", "extra"), ("id", "3"), ("stars", "4")]);
}

#[test]
fn the_chosen_column_is_the_text() {
    let file = file("a.csv", Format::Csv, "title,text\nShort,A longer text\n");
    let with = |column: &str| {
        let options = options(Columns { text: Some(column.into()), ..Columns::default() });
        read_with(&file, &options, &Limits::default())
    };
    assert_eq!(texts(&with("title").0), ["Short"]);
    assert_eq!(with("none").1.expect_err("missing").to_string(), "cannot be read: it has no column named none");
}

#[test]
fn tables_in_other_encodings_are_read() {
    let (bytes, _, _) =
        encoding_rs::SHIFT_JIS.encode("名前,説明\n佐藤,東京に住んでいる学生です\n三木,大阪で働いています\n");
    let drafts = drafts(&file("a.csv", Format::Csv, bytes));
    assert_eq!(texts(&drafts)[0], "東京に住んでいる学生です");
    assert_eq!(drafts[0].metadata["名前"], "佐藤");
}

#[test]
fn a_table_of_numbers_has_no_text() {
    assert_eq!(said(&file("a.csv", Format::Csv, "x,y\n1,2\n3,4\n")), "no column of text, pictures or vectors");
}

#[test]
fn json_lines_are_objects_or_strings() {
    let lines = "{\"id\":7,\"text\":\"some words\",\"ok\":true,\"deep\":{}}\n\n\"a bare string\"\n";
    let drafts = drafts(&file("a.jsonl", Format::Jsonl, lines));
    assert_eq!(texts(&drafts), ["some words", "a bare string"]);
    assert_eq!(drafts[0].metadata.len(), 2);
    assert_eq!((&*drafts[0].metadata["id"], &*drafts[0].metadata["ok"]), ("7", "true"));
    assert_eq!(drafts[1].origin.row, Some(2));
}

#[test]
fn broken_json_lines_are_counted_and_the_rest_goes_on() {
    let file = file("a.jsonl", Format::Jsonl, "{\"text\":\"one\"}\n{oops\n{\"text\":\"two\"}\n");
    let (drafts, outcome) = read_with(&file, &ReadOptions::default(), &Limits::default());
    assert_eq!(texts(&drafts), ["one", "two"]);
    let reason = outcome.expect_err("one is broken").to_string();
    assert_eq!(reason, "cannot be read: 1 of 3 lines are not a JSON object or string, first at line 2");
}

#[test]
fn a_picture_is_one_item() {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(6, 4).write_to(&mut bytes, image::ImageFormat::Png).expect("encodes");
    let file = file("a.png", Format::Picture, bytes.get_ref());
    let drafts = drafts(&file);
    assert_eq!(drafts[0].content, Content::Image { width: 6, height: 4 });
    assert_eq!(drafts[0].hash, hash::content(bytes.get_ref()));
    assert!(said(&self::file("b.png", Format::Picture, &bytes.get_ref()[..30])).starts_with("cannot be read: "));
}

#[test]
fn limits_of_size_and_number_are_kept() {
    let small = Limits { file_bytes: 3, ..Limits::default() };
    let words = file("a.txt", Format::Text, "words");
    let outcome = read_with(&words, &ReadOptions::default(), &small).1;
    assert_eq!(outcome.expect_err("large").to_string(), "larger than the limit: 5 B, at most 3 B");
    let few = Limits { rows_per_table: 2, ..Limits::default() };
    let table = file("a.csv", Format::Csv, "text\none\ntwo\nthree\n");
    let (drafts, outcome) = read_with(&table, &ReadOptions::default(), &few);
    assert_eq!(texts(&drafts), ["one", "two"]);
    assert_eq!(
        outcome.expect_err("many").to_string(),
        "larger than the limit: more than 2 items; the first were taken"
    );
    let short = Limits { text_bytes: 30, ..Limits::default() };
    let line = file("a.jsonl", Format::Jsonl, format!("\"{}\"\n", "x".repeat(50)));
    let outcome = read_with(&line, &ReadOptions::default(), &short).1;
    assert_eq!(outcome.expect_err("long").to_string(), "larger than the limit: a line of more than 30 B");
}

/// A counter of tokens that takes its time stands for any parser that does not come to an end.
fn stuck() -> (ReadOptions, mpsc::Sender<()>) {
    let (release, held) = mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let tokens: TokenCounter = Arc::new(move |_: &str| {
        let _ = held.lock().map(|held| held.recv());
        1
    });
    let cut = Cut { unit: Unit::Tokens, size: 1, overlap: 0 };
    (ReadOptions { cut, tokens: Some(tokens), ..ReadOptions::default() }, release)
}

#[test]
fn a_reader_that_hangs_is_left_behind() {
    let (options, release) = stuck();
    let limits = Limits { seconds: 0, ..Limits::default() };
    let outcome = read_with(&file("a.txt", Format::Text, "two words"), &options, &limits).1;
    assert_eq!(outcome.expect_err("slow").to_string(), "reading took longer than 0 s");
    drop(release);
}

#[test]
fn cancelling_ends_the_wait() {
    let (options, release) = stuck();
    options.cancel.cancel();
    let outcome = read_with(&file("a.txt", Format::Text, "two words"), &options, &Limits::default()).1;
    assert_eq!(outcome, Ok(()));
    drop(release);
}

#[test]
fn a_panic_on_the_way_is_a_reason() {
    let tokens: TokenCounter = Arc::new(|_: &str| panic!("no tokens today"));
    let cut = Cut { unit: Unit::Tokens, size: 1, overlap: 0 };
    let options = ReadOptions { cut, tokens: Some(tokens), ..ReadOptions::default() };
    let outcome = read_with(&file("a.txt", Format::Text, "two words"), &options, &Limits::default()).1;
    assert!(outcome.expect_err("panicked").to_string().contains("no tokens today"));
}

#[test]
fn empty_and_missing_files_say_so() {
    for format in [Format::Text, Format::Markdown, Format::Html, Format::Pdf, Format::Picture] {
        assert_eq!(said(&file("a", format, "")), "empty file", "{format:?}");
    }
    assert_eq!(said(&file("a.txt", Format::Text, " \n\t")), "no text in it");
    let mut gone = file("a.txt", Format::Text, "x");
    gone.found.path = PathBuf::from("nowhere/a.txt");
    assert_eq!(said(&gone), "cannot be opened: it is not there");
}
