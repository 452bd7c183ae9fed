//! First looks at small tables made here.

use super::*;

fn peeked(name: &str, content: &str, format: Format) -> TablePeek {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("written");
    peek(&path, format, None).expect("peeks")
}

#[test]
fn columns_and_text_of_a_csv() {
    let peek = peeked("a.csv", "id,review,stars\n1,\"Good, very good\",5\n2,Not my taste at all,1\n", Format::Csv);
    assert_eq!(peek.columns, ["id", "review", "stars"]);
    assert_eq!(peek.types, [ColumnType::Number, ColumnType::Words, ColumnType::Number]);
    assert_eq!((peek.guess.text.as_deref(), peek.guess.id.as_deref()), (Some("review"), Some("id")));
    assert_eq!(peek.row_count, RowCount::Counted(2));
    assert_eq!(peek.written, "comma-separated, quoted, with a header, UTF-8");
    assert_eq!(peek.head, [["1", "Good, very good", "5"], ["2", "Not my taste at all", "1"]]);
}

#[test]
fn fields_and_text_of_json_lines() {
    let lines =
        "{\"id\":1,\"body\":\"some words here\",\"tags\":[1]}\n{\"id\":2,\"body\":\"and some more\",\"x\":true}\n";
    let peek = peeked("a.jsonl", lines, Format::Jsonl);
    assert_eq!(peek.columns, ["body", "id", "tags", "x"]);
    assert_eq!((peek.guess.text.as_deref(), peek.row_count), (Some("body"), RowCount::Counted(2)));
}

#[test]
fn rows_of_a_large_table_are_estimated() {
    let mut content = "text,n\n".to_owned();
    for row in 0..60_000 {
        content.push_str(&format!("row of words number {row:05},{row:05}\n"));
    }
    let rows = peeked("a.csv", &content, Format::Csv).row_count;
    assert!(matches!(rows, RowCount::About(59_000..61_000)), "{rows:?}");
    let records: Vec<String> = (0..5000).map(|row| format!("{{\"text\":\"row of words {row:04}\"}}")).collect();
    let rows = peeked("a.json", &format!("[{}]", records.join(",")), Format::Json).row_count;
    assert!(matches!(rows, RowCount::About(4800..5300)), "{rows:?}");
}

#[test]
fn a_table_without_text_has_no_text_column() {
    assert_eq!(peeked("a.csv", "x,y\n1,2\n3,4\n", Format::Csv).guess.text, None);
}
