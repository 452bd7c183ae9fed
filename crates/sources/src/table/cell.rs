//! One cell of a table, whatever the format: nothing, words, or a list of numbers.
//!
//! Deliberately absent: dates and other types; what is not a list of numbers is kept as it is written.

use std::borrow::Cow;

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Empty,
    Words(Cow<'a, str>),
    Numbers(Vec<f32>),
}

/// One row of a table.
pub(crate) struct Record<'a> {
    /// From 1.
    pub(crate) number: u64,
    /// One cell for each known column; cells at the end may be missing.
    pub(crate) cells: Vec<Cell<'a>>,
    /// Cells of columns that the beginning of the table did not show.
    pub(crate) others: Vec<(String, Cell<'a>)>,
}

/// Receives the rows of a table, in order.
pub(crate) type Each<'a> = &'a mut dyn FnMut(Record<'_>) -> Result<(), crate::Reason>;

impl<'a> Cell<'a> {
    /// Words, or nothing where there are none.
    pub(crate) fn words(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.trim().is_empty() { Self::Empty } else { Self::Words(text) }
    }

    /// What is written in it; a list of numbers is not written.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Words(text) => text,
            Self::Empty | Self::Numbers(_) => "",
        }
    }

    /// What people are shown of it: words on one line, shortened; of a list its first numbers and how many there are.
    pub(super) fn shown(&self) -> String {
        const LETTERS: usize = 120;
        match self {
            Self::Empty => String::new(),
            Self::Words(text) => {
                let line: Vec<&str> = text.split_whitespace().take(LETTERS).collect();
                let line = line.join(" ");
                match line.char_indices().nth(LETTERS) {
                    Some((end, _)) => format!("{}…", &line[..end]),
                    None => line,
                }
            }
            Self::Numbers(numbers) => {
                let first: Vec<String> = numbers.iter().take(2).map(|number| format!("{number:.3}")).collect();
                format!("{}, … ({} numbers)", first.join(", "), numbers.len())
            }
        }
    }

    /// Its numbers, if it holds nothing else: a list, or one written in words as `[0.1, 0.2]` or `0.1 0.2`.
    pub(crate) fn numbers(&self) -> Option<Cow<'_, [f32]>> {
        match self {
            Self::Empty => None,
            Self::Numbers(numbers) => Some(Cow::Borrowed(numbers)),
            Self::Words(text) => {
                let text = text.trim();
                let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
                let parts = inner.split([',', ';', ' ', '\t', '\n']).filter(|part| !part.is_empty());
                let numbers: Option<Vec<f32>> = parts.map(|part| part.parse().ok()).collect();
                numbers.filter(|numbers| !numbers.is_empty()).map(Cow::Owned)
            }
        }
    }

    /// The same, holding on to nothing.
    pub(crate) fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Words(text) => Cell::Words(Cow::Owned(text.into_owned())),
            Self::Numbers(numbers) => Cell::Numbers(numbers),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_lists_and_words() {
        let numbers = |text: &str| Cell::words(text.to_owned()).numbers().map(Cow::into_owned);
        assert_eq!(numbers("[0.5, -1e-3,2]"), Some(vec![0.5, -1e-3, 2.0]));
        assert_eq!(numbers("1 2\n 3"), Some(vec![1.0, 2.0, 3.0]));
        assert_eq!(numbers("7"), Some(vec![7.0]));
        assert_eq!(numbers("[]"), None);
        assert_eq!(numbers("1, two"), None);
        assert_eq!(Cell::words("  "), Cell::Empty);
    }

    #[test]
    fn what_is_shown_is_short_and_on_one_line() {
        assert_eq!(Cell::words(" two\n lines ").shown(), "two lines");
        assert_eq!(Cell::words("ä".repeat(500)).shown().chars().count(), 121);
        assert_eq!(Cell::Numbers(vec![0.5; 384]).shown(), "0.500, 0.500, … (384 numbers)");
        assert_eq!(Cell::Empty.shown(), "");
    }
}
