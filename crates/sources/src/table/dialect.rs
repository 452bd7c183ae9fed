//! How a table of separated values is written: its delimiter, whether quotes mean anything, whether it has a header.
//!
//! Deliberately absent: escapes by backslash and single quotes.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

/// Rows looked at.
const ROWS: usize = 500;

/// A delimiter that no text holds: for tables of one column.
const NONE: u8 = 0x1f;

/// How one table is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) quoting: bool,
    pub(crate) has_header: bool,
    /// The columns' names, each once.
    pub(crate) columns: Vec<String>,
}

/// How well one way of reading explains the sample.
struct Trial {
    delimiter: u8,
    quoting: bool,
    rows: Vec<StringRecord>,
    /// The usual number of fields, and the share of rows that have it.
    width: usize,
    share: f64,
}

impl Dialect {
    /// Told from the first whole lines of the table; the name settles ties.
    pub(crate) fn of(sample: &str, path: &Path) -> Self {
        let is_tsv =
            path.extension().is_some_and(|end| end.eq_ignore_ascii_case("tsv") || end.eq_ignore_ascii_case("tab"));
        // Word vectors: a word and its numbers, with spaces between.
        let is_spaced = path.extension().is_some_and(|end| end == "txt" || end == "vec");
        let (named, candidates) = match (is_tsv, is_spaced) {
            (true, _) => (Some(b'\t'), &b"\t,;|"[..]),
            (_, true) => (None, &b" "[..]),
            _ => (None, &b",;\t|"[..]),
        };
        let mut best: Option<Trial> = None;
        for &delimiter in candidates {
            let trial = match delimiter {
                b' ' => Trial::new(sample, delimiter, false),
                _ => Trial::quoted_or_not(sample, delimiter),
            };
            // The first row must have the delimiter: sentences hold commas too, a header names its columns.
            let is_table = trial.width >= 2 && trial.rows.first().is_some_and(|row| row.len() >= 2);
            if is_table && best.as_ref().is_none_or(|best| trial.beats(best, named)) {
                best = Some(trial);
            }
        }
        let trial = best.unwrap_or_else(|| Trial::quoted_or_not(sample, NONE));
        let has_header = has_header(&trial.rows);
        let columns = match trial.rows.first() {
            Some(first) if has_header => names(first.iter(), trial.width),
            _ => names([].into_iter(), trial.width),
        };
        Self { delimiter: trial.delimiter, quoting: trial.quoting, has_header, columns }
    }

    /// A parser of this dialect.
    pub(crate) fn reader(&self) -> ReaderBuilder {
        let mut reader = builder(self.delimiter, self.quoting);
        reader.has_headers(self.has_header);
        reader
    }

    /// How it is written, for people.
    pub(super) fn in_words(&self) -> String {
        let separated = match self.delimiter {
            b',' => "comma-separated",
            b';' => "semicolon-separated",
            b'\t' => "tab-separated",
            b'|' => "bar-separated",
            b' ' => "separated by spaces",
            _ => "one column",
        };
        let quoted = if self.quoting { "quoted" } else { "not quoted" };
        let header = if self.has_header { "with a header" } else { "without a header" };
        format!("{separated}, {quoted}, {header}")
    }

    /// The sample's rows without the header.
    pub(super) fn rows(&self, sample: &str) -> Vec<Vec<String>> {
        let mut reader = self.reader().from_reader(sample.as_bytes());
        reader.records().flatten().map(|row| row.iter().map(str::to_owned).collect()).collect()
    }
}

impl Trial {
    fn new(sample: &str, delimiter: u8, quoting: bool) -> Self {
        let mut reader = builder(delimiter, quoting).has_headers(false).from_reader(sample.as_bytes());
        let rows: Vec<StringRecord> = reader.records().flatten().take(ROWS).collect();
        let mut counts: Vec<usize> = rows.iter().map(StringRecord::len).collect();
        counts.sort_unstable();
        let usual = counts.chunk_by(|a, b| a == b).max_by_key(|same| same.len()).unwrap_or_default();
        let width = usual.first().copied().unwrap_or(1);
        let share = usual.len() as f64 / rows.len().max(1) as f64;
        Self { delimiter, quoting, rows, width, share }
    }

    /// Quotes count unless reading without them explains the rows better: stray quotes swallow the rows after them.
    fn quoted_or_not(sample: &str, delimiter: u8) -> Self {
        let (quoted, bare) = (Self::new(sample, delimiter, true), Self::new(sample, delimiter, false));
        let swallows = bare.share == quoted.share && bare.width == quoted.width && bare.rows.len() > quoted.rows.len();
        let unused = delimiter == b'\t' && bare.rows == quoted.rows;
        if bare.share > quoted.share || swallows || unused { bare } else { quoted }
    }

    /// Regular rows first, then the delimiter that the file's name tells, then more columns.
    fn beats(&self, other: &Self, named: Option<u8>) -> bool {
        if (self.share - other.share).abs() > 0.05 {
            self.share > other.share
        } else {
            Some(other.delimiter) != named && self.width > other.width
        }
    }
}

fn builder(delimiter: u8, quoting: bool) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(delimiter).quoting(quoting).flexible(true);
    builder
}

/// A first row of short, different names without numbers, over rows.
fn has_header(rows: &[StringRecord]) -> bool {
    let Some((first, rest)) = rows.split_first() else { return false };
    let cells: Vec<&str> = first.iter().map(str::trim).collect();
    let are_names = cells.iter().enumerate().all(|(at, cell)| {
        // The first column of a saved data frame has no name.
        let is_named = !cell.is_empty() || (at == 0 && cells.len() > 1);
        is_named && cell.parse::<f64>().is_err() && cell.chars().count() <= 60 && !cells[..at].contains(cell)
    });
    if !are_names || rest.is_empty() {
        return false;
    }
    // One column says little: a name is a word or two, a text more than that.
    cells.len() > 1 || (cells[0].split_whitespace().count() <= 2 && !cells[0].ends_with(['.', '!', '?']))
}

/// `width` names, each once; the nameless are numbered.
pub(super) fn names<'a>(given: impl Iterator<Item = &'a str>, width: usize) -> Vec<String> {
    let mut names: Vec<String> = given.map(|name| name.trim().to_owned()).collect();
    names.resize(names.len().max(width), String::new());
    for at in 0..names.len() {
        if names[at].is_empty() {
            names[at] = column(at);
        }
        let (before, rest) = names.split_at_mut(at);
        let wanted = rest[0].clone();
        let mut count = 2;
        while before.contains(&rest[0]) {
            rest[0] = format!("{wanted} ({count})");
            count += 1;
        }
    }
    names
}

/// The name of a column that has none.
pub(crate) fn column(at: usize) -> String {
    format!("column {}", at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, sample: &str) -> (char, bool, bool, Vec<String>) {
        let dialect = Dialect::of(sample, Path::new(name));
        (dialect.delimiter as char, dialect.quoting, dialect.has_header, dialect.columns)
    }

    #[test]
    fn delimiters_are_told_apart() {
        assert_eq!(told("a.csv", "a,b\n1,2\n").0, ',');
        assert_eq!(told("a.csv", "a;b\n1,5;2\n2,5;3\n").0, ';');
        assert_eq!(told("a.csv", "a\tb\none, two\t2\nthree\t3\n").0, '\t');
        assert_eq!(told("a.tsv", "a|b\tc|d\n1|2\t3|4\n").0, '\t');
        assert_eq!(told("a.csv", "a|b\n1|2\n").0, '|');
    }

    #[test]
    fn a_column_of_sentences_is_one_column() {
        let (delimiter, _, has_header, columns) = told("a.csv", "text\nHello, world\nNo comma here\nYes, one\n");
        assert_eq!((delimiter as u8, has_header, columns), (NONE, true, vec!["text".to_owned()]));
        assert!(!told("a.csv", "It rains today.\nIt rained\n").2);
    }

    #[test]
    fn quotes_hold_delimiters_and_lines() {
        let sample = "a,b\n\"one, two\",2\n\"line\nbreak\",3\n";
        assert!(told("a.csv", sample).1);
        let rows = Dialect::of(sample, Path::new("a.csv")).rows(sample);
        assert_eq!(rows, [["one, two", "2"], ["line\nbreak", "3"]]);
    }

    #[test]
    fn stray_quotes_do_not_swallow_rows() {
        let sample = "a\tb\n\"open\t1\nx\t2\ny\t3\n\"again\t4\n";
        let dialect = Dialect::of(sample, Path::new("a.tsv"));
        assert!(!dialect.quoting);
        assert_eq!(dialect.rows(sample).len(), 4);
    }

    #[test]
    fn headers_are_told_from_rows() {
        assert!(told("a.csv", "name,age\nAnn,3\n").2);
        assert!(!told("a.csv", "Ann,3\nBob,4\n").2);
        assert!(!told("a.csv", "same,same\nx,y\n").2);
        assert_eq!(told("a.csv", ",name\n0,Ann\n").3, ["column 1", "name"]);
        assert_eq!(told("a.csv", "Ann,3\nBob,4\n").3, ["column 1", "column 2"]);
    }

    #[test]
    fn names_stay_apart() {
        assert_eq!(names(["a", "a", "", "a (2)"].into_iter(), 5), ["a", "a (2)", "column 3", "a (2) (2)", "column 5"]);
    }
}
