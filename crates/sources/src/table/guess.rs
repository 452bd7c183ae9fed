//! What the columns of a table are for, from its first rows: many different words are the text, a telling name helps.
//!
//! Deliberately absent: languages; a name helps only where it is one of the usual English ones.

use std::collections::{BTreeMap, HashSet};

use unicode_segmentation::UnicodeSegmentation;

use super::cell::Cell;
use super::columns::{ColumnType, Columns};

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

/// Names that say "this names the row".
const ID: [&str; 8] = ["id", "_id", "uid", "uuid", "guid", "key", "docid", "index"];

/// Names that say "this is its class".
const LABEL: [&str; 16] = [
    "label",
    "labels",
    "class",
    "category",
    "topic",
    "target",
    "intent",
    "genre",
    "tag",
    "species",
    "sentiment",
    "group",
    "kind",
    "type",
    "cluster",
    "variety",
];

/// Parts of names that say "this is a vector".
const VECTOR: [&str; 5] = ["emb", "vec", "feature", "dim", "latent"];

/// Endings of pictures' names.
const PICTURE: [&str; 12] = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "tga", "qoi", "svg", "avif"];

/// How much better than the columns before it a column must be.
const CLEARLY: f64 = 1.1;

/// Numbers in a row from which they are a vector without a telling name.
const LONG: usize = 8;

/// Numbers in a row below which they are no vector, whatever their name.
const LEAST: usize = 3;

/// The types of the columns and what they are for.
pub(super) fn columns(names: &[String], rows: &[Vec<Cell<'_>>]) -> (Vec<ColumnType>, Columns) {
    let cells = |at: usize| rows.iter().filter_map(move |row| row.get(at)).filter(|cell| **cell != Cell::Empty);
    let types: Vec<ColumnType> = (0..names.len()).map(|at| column_type(cells(at))).collect();
    let is = &|at: usize, wanted: ColumnType| types[at] == wanted;
    let of_type = |wanted: ColumnType| (0..names.len()).filter(move |&at| is(at, wanted));
    let name = |at: usize| names[at].clone();

    let image = of_type(ColumnType::Picture).next().map(name);
    let mut vector = of_type(ColumnType::Vector)
        .map(|at| (is_telling(&names[at]), cells(at).next().map_or(0, length), at))
        .filter(|&(telling, length, _)| length >= LONG || (telling && length >= LEAST))
        .max_by_key(|&(telling, length, at)| (telling, length, std::cmp::Reverse(at)))
        .map(|(.., at)| name(at))
        .or_else(|| numbered(names, &types));
    let text = text_column(names, rows).map(name);
    if vector.is_none() && (text.is_some() || image.is_some()) {
        vector = places(names, &types);
    }
    if vector.is_none() && text.is_none() && image.is_none() && of_type(ColumnType::Number).count() >= LEAST {
        vector = Some("*".into());
    }
    let is_free = |at: &usize| {
        let taken = [&text, &image, &vector].iter().any(|role| role.as_ref() == Some(&names[*at]));
        !taken && !is(*at, ColumnType::Vector)
    };
    let named = |known: &[&str], at: usize| known.contains(&names[at].to_lowercase().as_str());
    let different = |at: usize| cells(at).map(Cell::text).collect::<HashSet<_>>().len();
    let filled = |at: usize| cells(at).count();
    let is_unique = |at: usize| filled(at) > 0 && different(at) == filled(at);
    let id = (0..names.len()).filter(is_free).find(|&at| {
        let ends = ["_id", "-id", " id", "Id"].iter().any(|end| names[at].ends_with(end));
        is_unique(at) && (named(&ID, at) || ends)
    });
    let repeats = |at: usize| different(at) >= 2 && different(at) * 2 <= filled(at);
    let label = (0..names.len())
        .filter(is_free)
        .find(|&at| named(&LABEL, at) && (repeats(at) || filled(at) < LONG))
        .or_else(|| {
            let words = |at: &usize| is(*at, ColumnType::Words) && repeats(*at) && different(*at) <= 20;
            (0..names.len()).filter(is_free).find(words)
        });
    let guess = Columns { text, image, vector, id: id.map(name), label: label.map(name), table: None };
    (types, guess)
}

fn column_type<'a>(cells: impl Iterator<Item = &'a Cell<'a>>) -> ColumnType {
    let (mut filled, mut numbers, mut lists, mut pictures, mut first) = (0, 0, 0, 0, None);
    for cell in cells {
        filled += 1;
        let text = cell.text().trim();
        if is_picture(text) {
            pictures += 1;
        } else if text.parse::<f64>().is_ok() {
            numbers += 1;
        } else if matches!(cell, Cell::Numbers(_)) || text.starts_with('[') {
            // All of the length of the first: tokens and boxes come in lists as well.
            let length = length(cell);
            lists += usize::from(length >= LEAST && *first.get_or_insert(length) == length);
        }
    }
    let mostly = |count: usize| filled > 0 && count * 10 >= filled * 8;
    match filled {
        _ if lists > 0 && lists == filled => ColumnType::Vector,
        _ if numbers > 0 && numbers == filled => ColumnType::Number,
        _ if mostly(pictures) => ColumnType::Picture,
        _ => ColumnType::Words,
    }
}

fn length(cell: &Cell<'_>) -> usize {
    cell.numbers().map_or(0, |numbers| numbers.len())
}

fn is_picture(text: &str) -> bool {
    let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    !text.contains("://") && ending.is_some_and(|ending| PICTURE.contains(&ending.as_str()))
}

fn is_telling(name: &str) -> bool {
    let name = name.to_lowercase();
    VECTOR.iter().any(|word| name.contains(word))
}

/// Columns of numbers that differ by a number in their names, "emb_0" and on, or have no names at all.
fn numbered(names: &[String], types: &[ColumnType]) -> Option<String> {
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, kind) in names.iter().zip(types) {
        let prefix = name.trim_end_matches(|c: char| c.is_ascii_digit());
        if *kind == ColumnType::Number && prefix.len() < name.len() {
            *groups.entry(prefix).or_default() += 1;
        }
    }
    let (prefix, count) = groups.into_iter().max_by_key(|&(_, count)| count)?;
    let is_nameless = prefix == "column " && count == names.len();
    if prefix.is_empty() && count >= LONG {
        return Some("*".into());
    }
    let is_vector = count >= LONG || (count >= LEAST && (is_nameless || is_telling(prefix)));
    is_vector.then(|| format!("{prefix}*"))
}

/// Columns that say where the rows lie on a map made before: "x,y", "umap_1,umap_2".
fn places(names: &[String], types: &[ColumnType]) -> Option<String> {
    const AXES: [[&str; 2]; 3] = [["x", "y"], ["1", "2"], ["0", "1"]];
    const METHODS: [&str; 5] = ["", "umap", "tsne", "projection", "map"];
    let find = |wanted: &str| {
        let is_it = |name: &str| name.to_lowercase().replace([' ', '-'], "_").trim_start_matches('_') == wanted;
        names.iter().zip(types).find(|(name, kind)| **kind == ColumnType::Number && is_it(name)).map(|(name, _)| name)
    };
    METHODS.iter().flat_map(|method| AXES.map(|axes| (method, axes))).find_map(|(method, axes)| {
        // Without a method's name only x and y say what they are.
        let named = |axis: &str| match (*method, axis) {
            ("", "x" | "y") => Some(axis.to_owned()),
            ("", _) => None,
            _ => Some(format!("{method}_{axis}")),
        };
        Some(format!("{},{}", find(&named(axes[0])?)?, find(&named(axes[1])?)?))
    })
}

/// The column that looks most like text; the first of those about equal, None if no column holds words.
fn text_column(columns: &[String], rows: &[Vec<Cell<'_>>]) -> Option<usize> {
    let mut best = None;
    for (at, name) in columns.iter().enumerate() {
        let score = score(name, rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.text().trim()));
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
        let rows: Vec<Vec<Cell<'_>>> =
            rows.iter().map(|row| row.iter().map(|&cell| Cell::words(cell)).collect()).collect();
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

    fn all(names: &[&str], rows: &[&[&str]]) -> (Vec<ColumnType>, Columns) {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let rows: Vec<Vec<Cell<'_>>> =
            rows.iter().map(|row| row.iter().map(|&cell| Cell::words(cell)).collect()).collect();
        columns(&names, &rows)
    }

    #[test]
    fn pictures_identifiers_and_labels_are_told_apart() {
        let rows: &[&[&str]] = &[
            &["a1", "cats/1.jpg", "A cat on a mat", "cat"],
            &["a2", "cats/2.JPG", "A cat under a mat", "cat"],
            &["a3", "dogs/1.png", "A dog beside it", "dog"],
            &["a4", "dogs/2.png", "Two dogs and a ball", "dog"],
        ];
        let (types, guess) = all(&["photo_id", "file", "caption", "animal"], rows);
        assert_eq!(types[1], ColumnType::Picture);
        let said = |role: &Option<String>| role.clone().unwrap_or_default();
        assert_eq!(
            [said(&guess.id), said(&guess.image), said(&guess.text), said(&guess.label)],
            ["photo_id", "file", "caption", "animal"]
        );
        assert_eq!(guess.vector, None);
    }

    #[test]
    fn vectors_are_lists_or_numbered_columns() {
        let vector = |names: &[&str], rows: &[&[&str]]| all(names, rows).1.vector;
        assert_eq!(vector(&["text", "embedding"], &[&["some words", "[1, 2, 3]"]]).as_deref(), Some("embedding"));
        assert_eq!(vector(&["text", "box"], &[&["some words", "[1, 2, 3, 4]"]]), None);
        assert_eq!(vector(&["e_0", "e_1", "emb_0", "emb_1", "emb_2"], &[&["1"; 5]]).as_deref(), Some("emb_*"));
        assert_eq!(vector(&["column 1", "column 2", "column 3"], &[&["1"; 3]]).as_deref(), Some("column *"));
        assert_eq!(vector(&["length", "width", "height"], &[&["1", "2", "3"]]).as_deref(), Some("*"));
        assert_eq!(vector(&["x", "y"], &[&["1", "2"]]), None);
        let placed = |names: [&str; 3]| vector(&names, &[&["1", "2", "some words of it"]]);
        assert_eq!(placed(["x", "y", "title"]).as_deref(), Some("x,y"));
        assert_eq!(placed(["UMAP 1", "UMAP 2", "title"]).as_deref(), Some("UMAP 1,UMAP 2"));
        assert_eq!(placed(["1", "2", "title"]), None);
    }
}
