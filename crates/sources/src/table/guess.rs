//! Which column of a table is the text: many different words win, a telling name helps.
//!
//! Deliberately absent: languages; a name helps only where it is one of the usual English ones.

use std::collections::HashSet;

use unicode_segmentation::UnicodeSegmentation;

/// Names that say "this is the text".
const TEXT: [&str; 14] = [
    "text",
    "content",
    "body",
    "sentence",
    "document",
    "passage",
    "abstract",
    "review",
    "comment",
    "message",
    "question",
    "query",
    "caption",
    "description",
];

/// How much better than the columns before it a column must be.
const CLEARLY: f64 = 1.1;

/// The column that looks most like text; the first of those about equal, None if no column holds words.
pub(super) fn text_column(columns: &[String], rows: &[Vec<String>]) -> Option<usize> {
    let mut best = None;
    for (at, name) in columns.iter().enumerate() {
        let score = score(name, rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.trim()));
        if score > 0.0 && best.is_none_or(|(_, most)| score > most * CLEARLY) {
            best = Some((at, score));
        }
    }
    best.map(|(at, _)| at)
}

fn score<'a>(name: &str, cells: impl Iterator<Item = &'a str>) -> f64 {
    let (mut filled, mut words, mut distinct) = (0usize, 0usize, HashSet::new());
    for cell in cells.filter(|cell| !cell.is_empty()).take(500) {
        filled += 1;
        distinct.insert(cell);
        // Addresses, paths, dates and identifiers.
        let is_code = cell.contains("://")
            || (!cell.contains(char::is_whitespace) && cell.contains(|c: char| c == '/' || c.is_ascii_digit()));
        if !is_code {
            words += cell.unicode_words().filter(|word| word.chars().any(char::is_alphabetic)).count().min(60);
        }
    }
    if filled == 0 {
        return 0.0;
    }
    let name = name.to_lowercase();
    let telling = if TEXT.contains(&name.as_str()) {
        3.0
    } else if TEXT.iter().any(|word| name.contains(word)) {
        2.0
    } else {
        1.0
    };
    words as f64 / filled as f64 * distinct.len() as f64 / filled as f64 * telling
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(columns: &[&str], rows: &[&[&str]]) -> Option<usize> {
        let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
        text_column(&columns, &rows)
    }

    #[test]
    fn words_beat_numbers_labels_and_addresses() {
        let rows: &[&[&str]] = &[
            &["1", "https://a.example/long-path-of-many-words", "sport", "A long ball over the line"],
            &["2", "https://b.example/another-long-path-of-words", "sport", "They lost the match again"],
        ];
        assert_eq!(guessed(&["id", "link", "label", "headline"], rows), Some(3));
    }

    #[test]
    fn a_telling_name_helps() {
        assert_eq!(
            guessed(&["title", "text"], &[&["three small words", "two words"], &["four words of title", "yes no"]]),
            Some(1)
        );
    }

    #[test]
    fn the_first_of_equals_is_the_text() {
        let rows: &[&[&str]] = &[&["a cat sits", "the cat is sitting"], &["two dogs run", "dogs run"]];
        assert_eq!(guessed(&["column 1", "column 2"], rows), Some(0));
    }

    #[test]
    fn identifiers_are_not_text() {
        let rows: &[&[&str]] = &[&["56beb4343aeaaa14008c925b", "doc-1"], &["56beb4343aeaaa14008c925c", "doc-2"]];
        assert_eq!(guessed(&["query-id", "corpus-id"], rows), None);
    }

    #[test]
    fn nothing_is_guessed_from_numbers() {
        assert_eq!(guessed(&["x", "y"], &[&["1", "2.5"], &["", "-3e4"]]), None);
        assert_eq!(guessed(&[], &[]), None);
    }
}
