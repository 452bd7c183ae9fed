//! Tables far larger than what is held of them: reading is streamed, whatever the format.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use embedscope_sources::read::{ReadOptions, read};
use embedscope_sources::scan::{Found, scan};
use embedscope_sources::{Limits, table};
use embedscope_space::Cancel;

/// Bytes of the table.
const LARGE: usize = 96 << 20;
/// How much the program may grow while reading it; far less than the table.
const GROWTH_KB: u64 = 48 << 10;

/// The most memory ever in use, as Linux counts it.
fn peak_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn write(path: &Path, head: &str, foot: &str, row: impl Fn(usize) -> String) -> usize {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    file.write_all(head.as_bytes()).expect("written");
    let (mut rows, mut bytes) = (0, 0);
    while bytes < LARGE {
        let row = row(rows);
        file.write_all(row.as_bytes()).expect("written");
        (rows, bytes) = (rows + 1, bytes + row.len());
    }
    file.write_all(foot.as_bytes()).expect("written");
    file.flush().expect("written");
    rows
}

fn found(path: &Path, limits: &Limits) -> Found {
    let mut scan = scan(&[path.to_owned()], limits, &Cancel::default());
    scan.files.pop().unwrap_or_else(|| panic!("{:?}", scan.skipped))
}

#[test]
fn a_table_is_never_held_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let words = "of many words that say nothing at all and go on for quite a while ".repeat(12);
    let (csv, json) = (folder.path().join("large.csv"), folder.path().join("large.json"));
    let csv_rows = write(&csv, "id,text,class\n", "", |row| format!("{row},\"row {row} {words}\",{}\n", row % 7));
    let json_rows =
        write(&json, "[{\"text\":\"the first\"}", "]", |row| format!(",{{\"text\":\"row {row} {words}\"}}"));
    // The limit for files that are held is far below both.
    let limits = Limits { file_bytes: 1 << 20, text_bytes: 1 << 20, ..Limits::default() };
    for (path, rows) in [(csv, csv_rows), (json, json_rows + 1)] {
        let found = found(&path, &limits);
        let before = peak_kb();
        let peek = table::peek(&found.path, found.format, None).expect("a look");
        let off = peek.row_count.number().abs_diff(rows as u64);
        assert!(off * 20 < rows as u64, "{} rows estimated of {rows}", peek.row_count.number());
        let mut read_rows = 0;
        read(&found, &ReadOptions::default(), &limits, &mut |_| read_rows += 1).expect("read");
        // Longer rows are cut into chunks.
        assert!(read_rows >= rows, "{read_rows} of {rows}");
        let (Some(before), Some(after)) = (before, peak_kb()) else {
            println!("skipped: this system does not say how much memory is in use");
            continue;
        };
        println!("{}: grew by {} kB", found.name, after - before);
        assert!(after - before < GROWTH_KB, "{}: grew by {} kB", found.name, after - before);
    }
}
