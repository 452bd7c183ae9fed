//! Documents beyond the first few formats, each from a small file made here.

use super::*;

const XML: &str = "<?xml version='1.0' encoding='UTF-8'?>";

fn opendocument(kind: &str, body: &str) -> Vec<u8> {
    let mimetype = format!("application/vnd.oasis.opendocument.{kind}");
    let content = format!(
        "{XML}<office:document-content><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    );
    let meta =
        "<office:document-meta><dc:title>On ducks</dc:title><dc:creator>A. B.</dc:creator></office:document-meta>";
    zipped(&[("mimetype", &mimetype), ("content.xml", &content), ("meta.xml", meta)])
}

fn pages(drafts: &[Draft]) -> Vec<(Option<u32>, &str)> {
    drafts.iter().map(|draft| (draft.origin.page, text(draft))).collect()
}

#[test]
fn opendocument_texts_keep_headings_lists_and_tables() {
    let body = "<text:h text:outline-level='1'>Head</text:h><text:p>One<text:s/>two<text:tab/>x\n  y<text:note><text:p>no</text:p></text:note>\
        <text:line-break/>z</text:p><text:list><text:list-item><text:p>a</text:p></text:list-item><text:list-item><text:p>b</text:p></text:list-item></text:list>\
        <table:table><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell><text:p>2</text:p></table:table-cell></table:table-row>\
        <table:table-row><table:table-cell><text:p>3</text:p></table:table-cell><table:table-cell><text:p>4</text:p></table:table-cell></table:table-row></table:table>\
        <text:p>End</text:p>";
    let file = file("a.odt", Format::OpenDocument, opendocument("text", body));
    let drafts = drafts(&file);
    assert_eq!(texts(&drafts), ["Head\n\nOne two\tx y\nz\n\na\nb\n\n1\t2\n3\t4\n\nEnd"]);
    assert_eq!((&*drafts[0].metadata["title"], &*drafts[0].metadata["author"]), ("On ducks", "A. B."));
    let options = ReadOptions { cut: Cut { unit: Unit::Headings, size: 1, overlap: 0 }, ..ReadOptions::default() };
    assert_eq!(texts(&read_with(&file, &options, &Limits::default()).0)[0], "Head");
}

#[test]
fn opendocument_slides_and_sheets_are_pages() {
    let slides = "<draw:page draw:name='p1'><draw:frame><draw:text-box><text:p>First</text:p></draw:text-box></draw:frame></draw:page>\
        <draw:page><text:p>Second</text:p></draw:page>";
    let found = drafts(&file("a.odp", Format::OpenDocument, opendocument("presentation", slides)));
    assert_eq!(pages(&found), [(Some(1), "First"), (Some(2), "Second")]);
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let sheets = format!(
        "<table:table table:name='Ducks'><table:table-row>{}{}</table:table-row></table:table>",
        cell("a"),
        cell("b")
    );
    let found = drafts(&file("a.ods", Format::OpenDocument, opendocument("spreadsheet", &sheets)));
    assert_eq!(pages(&found), [(Some(1), "a\tb")]);
    assert_eq!(found[0].metadata["sheet"], "Ducks");
}

#[test]
fn locked_documents_say_so() {
    let manifest =
        "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let odt = zipped(&[("META-INF/manifest.xml", manifest), ("content.xml", "noise")]);
    assert_eq!(said(&file("a.odt", Format::OpenDocument, odt)), "protected by a password");
    let mut wrapped = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    wrapped.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(said(&file("a.xlsx", Format::Xlsx, &wrapped)), "protected by a password");
    assert_eq!(said(&file("a.pptx", Format::Pptx, &wrapped)), "protected by a password");
    let locked = "<encryption><EncryptedData><CipherData><CipherReference URI='b/one%20two.xhtml'/></CipherData></EncryptedData></encryption>";
    assert_eq!(
        said(&file("a.epub", Format::Epub, epub(&[("META-INF/encryption.xml", locked)]))),
        "protected by a password"
    );
}

#[test]
fn slides_are_pages_in_the_order_of_the_show() {
    let relations = |list: &[(&str, &str, &str)]| {
        let one = |(id, kind, target): &(&str, &str, &str)| {
            format!("<Relationship Id='{id}' Type='http://x/relationships/{kind}' Target='{target}'/>")
        };
        format!("{XML}<Relationships>{}</Relationships>", list.iter().map(one).collect::<String>())
    };
    let shape = |kind: &str, text: &str| {
        format!("<p:sp><p:nvSpPr><p:nvPr><p:ph type='{kind}'/></p:nvPr></p:nvSpPr><p:txBody>{text}</p:txBody></p:sp>")
    };
    let line = |text: &str| format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>");
    let table = "<p:graphicFrame><a:tbl><a:tr><a:tc><a:p><a:t>1</a:t></a:p></a:tc><a:tc><a:p><a:t>2</a:t></a:p></a:tc></a:tr></a:tbl></p:graphicFrame>";
    let first = format!(
        "<p:sld>{}{}{table}</p:sld>",
        shape("ctrTitle", &line("Head")),
        shape("body", &(line("a") + &line("b")))
    );
    let second =
        format!("<p:sld>{}</p:sld>", shape("sldNum", "<a:p><a:fld type='slidenum'><a:t>2</a:t></a:fld></a:p>"));
    let chart = "<c:chart><c:title><a:p><a:t>Sales</a:t></a:p></c:title><c:strCache><c:pt><c:v>East</c:v></c:pt></c:strCache><c:numCache><c:pt><c:v>7</c:v></c:pt></c:numCache></c:chart>";
    let bytes = zipped(&[
        (
            "ppt/presentation.xml",
            "<p:presentation><p:sldIdLst><p:sldId id='256' r:id='r2'/><p:sldId id='257' r:id='r1'/></p:sldIdLst></p:presentation>",
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            &relations(&[("r1", "slide", "slides/slide1.xml"), ("r2", "slide", "/ppt/slides/slide2.xml")]),
        ),
        ("ppt/slides/slide1.xml", &first),
        ("ppt/slides/slide2.xml", &second),
        (
            "ppt/slides/_rels/slide2.xml.rels",
            &relations(&[("c", "chart", "../charts/chart1.xml"), ("n", "notesSlide", "../n.xml")]),
        ),
        ("ppt/charts/chart1.xml", chart),
        ("ppt/n.xml", &format!("<p:notes>{}</p:notes>", line("Say hello"))),
    ]);
    let found = drafts(&file("a.pptx", Format::Pptx, bytes));
    assert_eq!(pages(&found), [(Some(1), "Sales\nEast\n\nSay hello"), (Some(2), "Head\n\na\nb\n\n1\t2")]);
}

fn xlsx(sheet: &str, strings: &str) -> Vec<u8> {
    zipped(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            "<Relationships><Relationship Id='r' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'><sheets><sheet name='Ducks' sheetId='1' r:id='r1'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
        ),
        ("xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>"),
        ("xl/sharedStrings.xml", &format!("<sst>{strings}</sst>")),
        ("xl/worksheets/sheet1.xml", &format!("<worksheet>{sheet}</worksheet>")),
    ])
}

#[test]
fn sheets_are_pages_of_lines() {
    let sheet = "<dimension ref='A1:XFD1048576'/><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' t='inlineStr'><is><t>kind</t></is></c></row>\
        <row r='2'><c r='A2'><v>1.5</v></c><c r='B2' s='1'><v>45658</v></c><c r='C2' t='b'><v>1</v></c></row>\
        <row r='1048576'><c r='XFD1048576' t='str'><f>A1</f><v>far away</v></c></row></sheetData>";
    let found = drafts(&file("a.xlsx", Format::Xlsx, xlsx(sheet, "<si><t>na</t></si>")));
    assert_eq!(pages(&found), [(Some(1), "na\tkind\n1.5\t2025-01-01\ttrue\nfar away")]);
    assert_eq!(found[0].metadata["sheet"], "Ducks");
}

fn epub(more: &[(&str, &str)]) -> Vec<u8> {
    let package = "<package><metadata><dc:title>On ducks</dc:title><dc:creator>A. B.</dc:creator></metadata><manifest>\
        <item id='two' href='two.xhtml'/><item id='one' href='one%20two.xhtml'/><item id='pic' href='x.png'/></manifest>\
        <spine><itemref idref='one'/><itemref idref='two'/><itemref idref='gone'/></spine></package>";
    let mut parts = vec![
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", "<container><rootfiles><rootfile full-path='b/p.opf'/></rootfiles></container>"),
        ("b/p.opf", package),
        ("b/one two.xhtml", "<html><body><h1>First</h1><p>words</p></body></html>"),
        ("b/two.xhtml", "<html><body><h1>Second</h1><p>more</p></body></html>"),
    ];
    parts.extend(more);
    zipped(&parts)
}

#[test]
fn chapters_come_in_the_order_of_the_spine() {
    let found = drafts(&file("a.epub", Format::Epub, epub(&[])));
    assert_eq!(texts(&found), ["First\n\nwords\n\nSecond\n\nmore"]);
    assert_eq!((&*found[0].metadata["title"], &*found[0].metadata["author"]), ("On ducks", "A. B."));
}

#[test]
fn emails_keep_subject_text_and_people() {
    let mail = "From: \"A. B.\" <a@b.c>\r\nTo: d@e.f\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nDate: Mon, 1 Jan 2024 10:00:00 +0100\r\n\
        Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHallo =FCber\r\n";
    let found = drafts(&file("a.eml", Format::Email, mail));
    assert_eq!(texts(&found), ["Grüße\n\nHallo über"]);
    let metadata = &found[0].metadata;
    assert_eq!((&*metadata["from"], &*metadata["to"], &*metadata["title"]), ("A. B.", "d@e.f", "Grüße"));
    assert!(metadata["date"].starts_with("2024-01-01T10:00:00"));
    let page = "Subject: s\r\nContent-Type: text/html\r\n\r\n<p>Only <b>html</b></p>";
    assert!(texts(&drafts(&file("a.eml", Format::Email, page)))[0].ends_with("Only html"));
}

#[test]
fn notebooks_keep_texts_and_code() {
    let notebook = r##"{"cells":[{"cell_type":"markdown","source":["# One\n","*two*"]},{"cell_type":"code","source":"x = 1\n","outputs":[{"text":"no"}]}],"metadata":{"title":"T"}}"##;
    let found = drafts(&file("a.ipynb", Format::Notebook, notebook));
    assert_eq!(texts(&found), ["One\n\ntwo\n\nx = 1"]);
    assert_eq!(found[0].metadata["title"], "T");
    assert!(said(&file("a.ipynb", Format::Notebook, "{}")).contains("no cells"));
    assert!(said(&file("a.ipynb", Format::Notebook, "[".repeat(100_000))).starts_with("cannot be read: "));
}

#[test]
fn news_feeds_keep_titles_and_texts() {
    let feed = "<?xml version='1.0'?><rss><channel><title>News</title><item><title>One &amp; two</title>\
        <description><![CDATA[<p>Some <b>bold</b> words</p>]]></description></item><note>plain <b>bold</b> text</note></channel></rss>";
    let found = drafts(&file("a.xml", Format::Xml, feed));
    assert_eq!(texts(&found), ["News\nOne & two\n\nSome bold words\n\nplain bold text"]);
}

#[test]
fn markup_and_code_are_read_as_text() {
    assert_eq!(texts(&drafts(&file("a.rst", Format::Rst, "Head\n====\n\n*x*"))), ["Head\n\nx"]);
    assert_eq!(texts(&drafts(&file("a.tex", Format::Tex, "\\section{Head} x"))), ["Head\n\nx"]);
    assert_eq!(texts(&drafts(&file("a.py", Format::Code, "def x():\n    pass"))), ["def x():\n    pass"]);
    assert_eq!(texts(&drafts(&file("a.rtf", Format::Rtf, "{\\rtf1 x\\par y}"))), ["x\n\ny"]);
    assert_eq!(texts(&drafts(&file("a.srt", Format::Subtitles, "1\n00:01 --> 00:02\nx"))), ["x"]);
}

#[test]
fn files_inside_archives_know_both() {
    let letters = zipped(&[("in/a.txt", "words"), ("b.csv", "text,n\none,1\n")]);
    let file = file("letters.zip", Format::Text, letters);
    for (below, format, expected) in [("in/a.txt", Format::Text, "words"), ("b.csv", Format::Csv, "one")] {
        let found = Found { path: file.found.path.join(below), name: format!("letters.zip/{below}"), format, bytes: 5 };
        let mut drafts = Vec::new();
        read(&found, &ReadOptions::default(), &Limits::default(), &mut |draft| drafts.push(draft)).expect("reads");
        assert_eq!(texts(&drafts), [expected]);
        assert_eq!((&drafts[0].origin.file, &drafts[0].origin.name), (&found.path, &found.name));
    }
}
