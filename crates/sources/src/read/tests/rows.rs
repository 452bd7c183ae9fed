//! Tables and ready vectors, whole and damaged.

use super::*;
use crate::table::RowCount;

/// A small table of two texts and their vectors, in one of the formats of Arrow.
fn batch() -> arrow_array::RecordBatch {
    use arrow_array::types::Float32Type;
    use arrow_array::{ArrayRef, FixedSizeListArray, Int64Array, ListArray, StringArray};
    let lists = || [[1.0, 2.0, 3.0], [-1.0, 0.5, 0.25]].map(|row| Some(row.map(Some)));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("key", Arc::new(Int64Array::from(vec![7, 8]))),
        ("words", Arc::new(StringArray::from(vec![Some("a few words here"), Some("and some more")]))),
        ("tags", Arc::new(StringArray::from(vec![Some("a"), None]))),
        ("embedding", Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(lists()))),
        ("other", Arc::new(FixedSizeListArray::from_iter_primitive::<Float32Type, _, _>(lists(), 3))),
    ];
    arrow_array::RecordBatch::try_from_iter(columns).expect("columns")
}

fn parquet(batch: &arrow_array::RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
    writer.write(batch).expect("written");
    writer.close().expect("ended");
    bytes
}

fn arrow(batch: &arrow_array::RecordBatch, compression: Option<arrow_ipc::CompressionType>) -> Vec<u8> {
    let options = arrow_ipc::writer::IpcWriteOptions::default().try_with_compression(compression).expect("known");
    let schema = batch.schema();
    let mut writer =
        arrow_ipc::writer::FileWriter::try_new_with_options(Vec::new(), &schema, options).expect("a writer");
    writer.write(batch).expect("written");
    writer.finish().expect("ended");
    writer.into_inner().expect("the bytes")
}

fn arrow_stream(batch: &arrow_array::RecordBatch) -> Vec<u8> {
    let mut writer = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batch.schema()).expect("a writer");
    writer.write(batch).expect("written");
    writer.write(batch).expect("written");
    writer.into_inner().expect("the bytes")
}

#[test]
fn parquet_and_arrow_bring_texts_and_vectors() {
    let batch = batch();
    let lz4 = Some(arrow_ipc::CompressionType::LZ4_FRAME);
    let zstd = Some(arrow_ipc::CompressionType::ZSTD);
    for (name, format, bytes, rows) in [
        ("a.parquet", Format::Parquet, parquet(&batch), 2),
        ("a.feather", Format::Arrow, arrow(&batch, None), 2),
        ("b.feather", Format::Arrow, arrow(&batch, lz4), 2),
        ("c.feather", Format::Arrow, arrow(&batch, zstd), 2),
        ("a.arrow", Format::Arrow, arrow_stream(&batch), 4),
    ] {
        let found = drafts(&file(name, format, &bytes));
        assert_eq!(found.len(), rows, "{name}");
        assert_eq!(text(&found[0]), "a few words here", "{name}");
        assert_eq!(found[1].vector.as_deref(), Some(&[-1.0, 0.5, 0.25][..]), "{name}");
        assert_eq!((found[1].metadata["key"].as_str(), found[1].metadata.get("tags")), ("8", None), "{name}");
        let chosen = Columns { vector: Some("other".into()), id: Some("key".into()), ..Columns::default() };
        let (found, outcome) = read_with(&file(name, format, &bytes), &options(chosen), &Limits::default());
        assert_eq!((outcome, found[0].metadata["id"].as_str()), (Ok(()), "7"), "{name}");
        // Cut anywhere, it says so or gives what it has, and stands.
        for length in (0..bytes.len()).step_by(37) {
            let _ = read_with(&file(name, format, &bytes[..length]), &ReadOptions::default(), &Limits::default());
        }
    }
}

#[test]
fn damaged_tables_are_refused_and_nothing_falls() {
    let batch = batch();
    let whole = [
        ("a.parquet", Format::Parquet, parquet(&batch)),
        ("a.feather", Format::Arrow, arrow(&batch, Some(arrow_ipc::CompressionType::LZ4_FRAME))),
        ("a.db", Format::Sqlite, database(&[("t", "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('some words')")])),
        ("a.json", Format::Json, br#"[{"text":"one two"},{"text":"three","v":[1,2,3]}]"#.to_vec()),
    ];
    for (name, format, bytes) in whole {
        // One byte after another, or about two hundred of them where there are many.
        for at in (0..bytes.len()).step_by((bytes.len() / 200).max(1)) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xa5;
            let _ = read_with(&file(name, format, &damaged), &ReadOptions::default(), &Limits::default());
        }
    }
    // What a packed buffer claims to hold is not reserved on trust.
    let long = arrow_array::StringArray::from_iter_values((0..500).map(|row| format!("the same words in row {row}")));
    let long: arrow_array::ArrayRef = Arc::new(long);
    let batch = arrow_array::RecordBatch::try_from_iter([("text", long)]).expect("a column");
    let mut bomb = arrow(&batch, Some(arrow_ipc::CompressionType::LZ4_FRAME));
    let packed = bomb.windows(4).position(|four| four == [0x04, 0x22, 0x4d, 0x18]).expect("a packed buffer");
    bomb[packed - 8..packed].copy_from_slice(&(1_i64 << 60).to_le_bytes());
    let reason = said(&file("b.feather", Format::Arrow, bomb));
    assert_eq!(reason, "larger than the limit: a batch that unpacks to more than 512 MB");
}

/// An SQLite file made by these statements.
fn database(statements: &[(&str, &str)]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.db");
    let index = rusqlite::Connection::open(&path).expect("opens");
    for (_, statement) in statements {
        index.execute_batch(statement).expect("done");
    }
    drop(index);
    fs::read(path).expect("there")
}

#[test]
fn the_table_with_the_most_text_is_read() {
    let numbers: String = (0..8).map(|n| format!("{:02x}{:02x}803f", n, n)).collect();
    let bytes = database(&[
        ("many", "CREATE TABLE codes (a TEXT, b INT)"),
        (
            "",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) INSERT INTO codes SELECT 'x' || i, i FROM n",
        ),
        ("notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT, weight REAL, vec BLOB)"),
        ("", &format!("INSERT INTO notes VALUES (1, 'A note of several words about nothing much', 0.5, x'{numbers}')")),
        (
            "",
            &format!(
                "INSERT INTO notes VALUES (2, 'Another long note of many words, about everything', NULL, x'{numbers}')"
            ),
        ),
        ("view", "CREATE VIEW trap AS SELECT * FROM notes"),
        ("other", "CREATE TABLE \"od\"\"d\" (t TEXT)"),
    ]);
    let file = file("näme #1?.db", Format::Sqlite, &bytes);
    let found = drafts(&file);
    assert_eq!(texts(&found)[0], "A note of several words about nothing much");
    assert_eq!((found[0].metadata["weight"].as_str(), found[1].metadata.get("weight")), ("0.5", None));
    assert_eq!(found[0].vector.as_ref().map(Vec::len), Some(8));
    assert_eq!(fs::read_dir(file._folder.path()).expect("there").count(), 1, "nothing is written beside it");
    let peek = crate::table::peek(&file.found.path, Format::Sqlite, None).expect("peeks");
    assert_eq!(peek.tables, ["codes", "notes", "od\"d"]);
    assert_eq!((peek.guess.table.as_deref(), peek.row_count), (Some("notes"), RowCount::Counted(2)));
    let other = crate::table::peek(&file.found.path, Format::Sqlite, Some("codes")).expect("peeks");
    assert_eq!((other.guess.table.as_deref(), other.head.len()), (Some("codes"), 4));
    let chosen = options(Columns { table: Some("codes".into()), text: Some("a".into()), ..Columns::default() });
    assert_eq!(read_with(&file, &chosen, &Limits::default()).0.len(), 50);
    let view = options(Columns { table: Some("trap".into()), ..Columns::default() });
    assert!(read_with(&file, &view, &Limits::default()).1.is_err(), "views are programs");
}

#[test]
fn records_are_found_in_json() {
    let read = |json: &str| drafts(&file("a.json", Format::Json, json));
    let list = read(r#"[{"text":"one two three","by":{"name":"Ann"},"tags":["x","y"]}, "a bare string"]"#);
    assert_eq!(texts(&list), ["one two three", "a bare string"]);
    assert_eq!((list[0].metadata["by.name"].as_str(), list[0].metadata["tags"].as_str()), ("Ann", "x, y"));
    let nested = read(r#"{"version":2,"data":{"items":[{"body":"first words"},{"body":"second words"}],"x":[1]}}"#);
    assert_eq!(texts(&nested), ["first words", "second words"]);
    let columns = read(r#"{"text":["first words","second words"],"n":[1,2]}"#);
    assert_eq!((texts(&columns)[1], columns[1].metadata["n"].as_str()), ("second words", "2"));
    let keyed = read(r#"{"a":{"text":"first words"},"b":{"text":"second words"}}"#);
    assert_eq!(keyed[1].metadata["id"], "b");
    assert_eq!(texts(&read(r#"{"title":"only one record"}"#)), ["only one record"]);
    let vectors = read(r#"[{"word":"sun","embedding":[1,2,3]},{"word":"moon","embedding":[3,2,1]}]"#);
    assert_eq!((text(&vectors[1]), vectors[1].vector.as_deref()), ("moon", Some(&[3.0, 2.0, 1.0][..])));
    let short = Limits { text_bytes: 40, ..Limits::default() };
    let endless = file("a.json", Format::Json, format!(r#"["a few words", "{}"]"#, "x".repeat(20_000)));
    let reason = read_with(&endless, &ReadOptions::default(), &short).1.expect_err("endless").to_string();
    assert!(reason.contains("larger than the limit"), "{reason}");
    let deep = "[".repeat(100_000);
    assert!(said(&file("a.json", Format::Json, deep)).contains("recursion"));
}

#[test]
fn rows_that_name_pictures_speak_of_them() {
    let table = file(
        "a.csv",
        Format::Csv,
        "file,caption\nin/a.png,A red cat on a mat\n../x.png,A path that leads out\nz/c.png,Found by its name\n",
    );
    let folder = table._folder.path();
    fs::create_dir(folder.join("in")).expect("made");
    fs::write(folder.join("in/a.png"), "x").expect("written");
    let elsewhere = PathBuf::from("/else/where/c.png");
    let pictures = [elsewhere.as_path()].into_iter().collect();
    let (found, outcome) = read_with(&table, &ReadOptions { pictures, ..ReadOptions::default() }, &Limits::default());
    assert_eq!(outcome, Ok(()));
    assert_eq!(found[0].picture, Some(folder.join("in/a.png")));
    assert_eq!((text(&found[1]), found[1].picture.as_ref()), ("A path that leads out", None));
    assert_eq!(found[1].metadata["picture"], "../x.png");
    assert_eq!(found[2].picture, Some(elsewhere));
}

#[test]
fn columns_of_numbers_are_vectors() {
    let found = drafts(&file("a.tsv", Format::Csv, "1\t2\t3\n4\t5\t6\n"));
    assert_eq!((text(&found[0]), found[1].vector.as_deref()), ("row 1", Some(&[4.0, 5.0, 6.0][..])));
    assert_ne!(found[0].hash, found[1].hash);
    let glove = "the 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8\nof 1 2 3 4 5 6 7 -8\n";
    let found = drafts(&file("a.txt", Format::Csv, glove));
    assert_eq!((text(&found[1]), found[1].vector.as_ref().map(|v| v[7])), ("of", Some(-8.0)));
    let uneven = file("a.csv", Format::Csv, "text,embedding\none,\"[1, 2, 3]\"\ntwo,\"[1, 2]\"\nthree,\"[4, 5, 6]\"\n");
    let (found, outcome) = read_with(
        &uneven,
        &options(Columns { vector: Some("embedding".into()), ..Columns::default() }),
        &Limits::default(),
    );
    assert_eq!(found.iter().map(|draft| draft.vector.is_some()).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(
        outcome.expect_err("uneven").to_string(),
        "cannot be read: 1 of 3 rows bring no vector of 3 finite numbers, first row 2"
    );
}

/// A NumPy array: its header and these bytes.
fn npy(kind: &str, shape: &str, content: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(content);
    bytes
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[test]
fn matrices_bring_their_vectors() {
    let matrix = npy("<f4", "(2, 3)", &floats(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let found = drafts(&file("a.npy", Format::Npy, &matrix));
    assert_eq!(texts(&found), ["row 1", "row 2"]);
    assert_eq!(found[1].vector.as_deref(), Some(&[4.0, 5.0, 6.0][..]));

    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("metadata.tsv");
    fs::write(&path, "sun\nmoon\n").expect("written");
    let rows = Found { path, name: "metadata.tsv".into(), format: Format::Csv, bytes: 9 };
    let with_rows = ReadOptions { rows: Some(rows), ..ReadOptions::default() };
    let (found, outcome) = read_with(&file("a.npy", Format::Npy, &matrix), &with_rows, &Limits::default());
    assert_eq!((texts(&found), outcome), (vec!["sun", "moon"], Ok(())));
    let one = npy("<f4", "(1, 3)", &floats(&[1.0; 3]));
    let outcome = read_with(&file("a.npy", Format::Npy, one), &with_rows, &Limits::default()).1;
    let reason = outcome.expect_err("one too many").to_string();
    assert_eq!(reason, "cannot be read: metadata.tsv has more rows than there are vectors");

    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let letters: Vec<u8> = "ab".chars().flat_map(|letter| (letter as u32).to_le_bytes()).collect();
    for (name, bytes) in
        [("x.npy", matrix.clone()), ("y.npy", npy("<U1", "(2,)", &letters)), ("z.npy", npy("|O", "(2,)", b""))]
    {
        archive.start_file(name, SimpleFileOptions::default()).expect("started");
        archive.write_all(&bytes).expect("written");
    }
    let archive = archive.finish().expect("finished").into_inner();
    let found = drafts(&file("a.npz", Format::Npy, archive));
    assert_eq!((found.len(), found[1].metadata["y"].as_str()), (2, "b"));

    let header = br#"{"embeddings":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"__metadata__":{"by":"x"}}"#;
    let mut tensors = (header.len() as u64).to_le_bytes().to_vec();
    tensors.extend(header);
    tensors.extend(floats(&[1.0, 2.0, 3.0, 4.0, f32::NAN, 6.0]));
    let (found, outcome) =
        read_with(&file("a.safetensors", Format::Safetensors, tensors), &ReadOptions::default(), &Limits::default());
    assert_eq!(found.len(), 1);
    let reason = outcome.expect_err("not a number").to_string();
    assert_eq!(reason, "cannot be read: 1 of 2 rows are not finite numbers, first row 2");
}

#[test]
fn what_is_no_matrix_says_so() {
    for (kind, shape, reason) in [
        ("<f4", "(3,)", "cannot be read: its shape is [3], not rows of vectors"),
        ("<f4", "(0, 3)", "no vector in it"),
        ("|O", "(2, 3)", "cannot be read: it holds |O, not numbers"),
        ("<f4", "(2, 3)", "cannot be read: it ends too soon"),
        ("<f4", "(2, 99999999999)", "cannot be read: its shape is [2, 99999999999], not rows of vectors"),
    ] {
        assert_eq!(said(&file("a.npy", Format::Npy, npy(kind, shape, b"1234"))), reason, "{kind} {shape}");
    }
    assert!(said(&file("a.npy", Format::Npy, b"\x93NUMPY")).starts_with("cannot be read: "));
    assert!(said(&file("a.safetensors", Format::Safetensors, [0xff; 16])).starts_with("larger than the limit: "));
}
