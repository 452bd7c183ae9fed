//! Cuts a text into chunks that a model can hold; every chunk is a piece of the text as it stands.
//!
//! Deliberately absent: reading, and tokenising (a counter of tokens is handed in).

use std::fmt::{Display, Formatter, Result as FmtResult};
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use text_splitter::{ChunkConfig, ChunkSizer, TextSplitter};
use unicode_segmentation::UnicodeSegmentation;

/// Counts the tokens of a text as a model would see them.
pub type TokenCounter = Arc<dyn Fn(&str) -> usize + Send + Sync>;

/// How texts are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// What is counted.
    pub unit: Unit,
    /// The most units in one chunk, at least 1.
    pub size: usize,
    /// Units that a chunk repeats from the one before, less than `size`.
    pub overlap: usize,
}

impl Default for Cut {
    /// 180 words, which the smallest common models (256 tokens) hold, without repetition: on a map, repeated text
    /// would look like similarity.
    fn default() -> Self {
        Self::usual(Unit::Words)
    }
}

impl Cut {
    /// What is usual for a unit, without repetition.
    pub fn usual(unit: Unit) -> Self {
        let size = if unit == Unit::Sentences { 5 } else { 180 };
        Self { unit, size, overlap: 0 }
    }
}

/// What the size of a chunk is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Nothing: texts stay whole.
    None,
    /// The model's tokens.
    Tokens,
    /// Words (UAX #29; ideographs count one each).
    Words,
    /// Sentences (UAX #29).
    Sentences,
    /// Sections of the document, cut by words where one is longer than the size.
    Headings,
    /// Nothing: every line is a chunk of its own.
    Lines,
}

impl Unit {
    const NAMES: [(Unit, &str); 6] = [
        (Unit::None, "none"),
        (Unit::Tokens, "tokens"),
        (Unit::Words, "words"),
        (Unit::Sentences, "sentences"),
        (Unit::Headings, "headings"),
        (Unit::Lines, "lines"),
    ];
}

impl Display for Unit {
    fn fmt(&self, out: &mut Formatter<'_>) -> FmtResult {
        let name = Self::NAMES.iter().find(|(unit, _)| unit == self).map_or("", |(_, name)| name);
        out.write_str(name)
    }
}

impl FromStr for Unit {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(unit, _)| *unit)
            .ok_or_else(|| format!("texts are cut by none, tokens, words, sentences, headings or lines, not by {name}"))
    }
}

/// The byte ranges of the chunks of `text`, in order, none blank, no white space at their ends.
///
/// `headings` are the bytes at which sections begin, ascending. Without a counter, tokens are estimated as words
/// and marks. A size or overlap outside its range is brought to the nearest end of it.
pub fn pieces(text: &str, headings: &[usize], cut: &Cut, tokens: Option<&TokenCounter>) -> Vec<Range<usize>> {
    let size = cut.size.max(1);
    let overlap = cut.overlap.min(size - 1);
    match cut.unit {
        Unit::None => trimmed(text, 0..text.len()).into_iter().collect(),
        Unit::Tokens => match tokens {
            Some(count) => split(text, size, overlap, Counted(|piece: &str| count(piece))),
            None => split(text, size, overlap, Counted(words_and_marks)),
        },
        Unit::Words => split(text, size, overlap, Counted(words)),
        Unit::Sentences => sentences(text, size, overlap),
        Unit::Headings => sections(text, headings)
            .into_iter()
            .flat_map(|section| {
                split(&text[section.clone()], size, overlap, Counted(words))
                    .into_iter()
                    .map(move |piece| section.start + piece.start..section.start + piece.end)
            })
            .collect(),
        Unit::Lines => lines(text),
    }
}

struct Counted<F>(F);

impl<F: Fn(&str) -> usize> ChunkSizer for Counted<F> {
    fn size(&self, chunk: &str) -> usize {
        (self.0)(chunk)
    }
}

/// Words; what has none, or one without end (a table of symbols, encoded data), is counted by its bytes.
fn words(text: &str) -> usize {
    text.unicode_words().count().max(text.len() / 64)
}

fn words_and_marks(text: &str) -> usize {
    text.split_word_bounds().filter(|piece| !piece.trim().is_empty()).count().max(text.len() / 64)
}

/// Splits at the highest border that fits: paragraphs, then sentences, words, characters.
fn split<S: ChunkSizer>(text: &str, size: usize, overlap: usize, sizer: S) -> Vec<Range<usize>> {
    if sizer.size(text) <= size {
        return trimmed(text, 0..text.len()).into_iter().collect();
    }
    let config = ChunkConfig::new(size).with_sizer(sizer);
    let config = config.with_overlap(overlap).expect("the overlap is less than the size");
    TextSplitter::new(config)
        .chunk_indices(text)
        .filter_map(|(at, piece)| trimmed(text, at..at + piece.len()))
        .collect()
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let mut end = 0;
    text.split_inclusive('\n')
        .filter_map(|line| {
            end += line.len();
            trimmed(text, end - line.len()..end)
        })
        .collect()
}

fn sentences(text: &str, size: usize, overlap: usize) -> Vec<Range<usize>> {
    let flowing = unwrapped(text);
    let found: Vec<Range<usize>> =
        flowing.split_sentence_bound_indices().filter_map(|(at, piece)| trimmed(text, at..at + piece.len())).collect();
    let mut pieces = Vec::new();
    let mut first = 0;
    while first < found.len() {
        let last = (first + size).min(found.len());
        pieces.push(found[first].start..found[last - 1].end);
        if last == found.len() {
            break;
        }
        first = last - overlap;
    }
    pieces
}

/// The text with the line ends of hard-wrapped paragraphs made spaces, byte for byte as long: a line end after a long
/// line is a wrap, after a short one it ends a heading or an entry of a list.
fn unwrapped(text: &str) -> String {
    const WRAPPED: usize = 40;
    let mut flowing = String::with_capacity(text.len());
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        flowing.push_str(line);
        if let Some(next) = lines.peek() {
            let wraps = line.chars().count() >= WRAPPED && !next.trim().is_empty();
            flowing.push(if wraps { ' ' } else { '\n' });
        }
    }
    flowing
}

fn sections(text: &str, headings: &[usize]) -> Vec<Range<usize>> {
    let mut borders = vec![0];
    borders.extend(headings.iter().copied().filter(|&at| at > 0 && text.is_char_boundary(at)));
    borders.push(text.len());
    borders.windows(2).filter_map(|pair| trimmed(text, pair[0]..pair[1])).collect()
}

/// The range without white space at its ends; None if nothing is left.
fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let piece = &text[range.clone()];
    let start = range.start + piece.len() - piece.trim_start().len();
    let end = start + piece.trim().len();
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(unit: Unit, size: usize, overlap: usize) -> Cut {
        Cut { unit, size, overlap }
    }

    fn shown<'a>(text: &'a str, headings: &[usize], cut: &Cut) -> Vec<&'a str> {
        pieces(text, headings, cut, None).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn words_are_cut_at_sentences_where_they_fit() {
        let text = "One two three. Four five six. Seven eight nine.";
        assert_eq!(shown(text, &[], &cut(Unit::Words, 6, 0)), ["One two three. Four five six.", "Seven eight nine."]);
        assert_eq!(shown(text, &[], &cut(Unit::Words, 100, 0)), [text]);
        assert_eq!(shown(text, &[], &cut(Unit::None, 1, 0)), [text]);
    }

    #[test]
    fn every_line_that_says_something_is_a_chunk() {
        let cut = cut(Unit::Lines, 1, 0);
        assert_eq!(shown("one two.\r\n\n  three\nfour", &[], &cut), ["one two.", "three", "four"]);
        assert!(shown("\n \n", &[], &cut).is_empty());
    }

    #[test]
    fn overlap_repeats_whole_units() {
        let text = "a b c d e f";
        assert_eq!(shown(text, &[], &cut(Unit::Words, 3, 1)), ["a b c", "c d e", "e f"]);
        let text = "One. Two. Three. Four.";
        assert_eq!(shown(text, &[], &cut(Unit::Sentences, 2, 1)), ["One. Two.", "Two. Three.", "Three. Four."]);
    }

    #[test]
    fn wrapped_lines_are_one_sentence_and_list_entries_are_not() {
        let text = "A sentence that is wrapped by its author\nat forty characters. Next.\n\nMilk\nEggs";
        let found = shown(text, &[], &cut(Unit::Sentences, 1, 0));
        assert_eq!(found, [&text[..61], "Next.", "Milk", "Eggs"]);
    }

    #[test]
    fn sections_begin_at_headings_and_long_ones_are_cut() {
        let text = "Before\n\nFirst\n\none two three four\n\nSecond\n\nfive";
        let headings = [text.find("First").expect("there"), text.find("Second").expect("there")];
        assert_eq!(
            shown(text, &headings, &cut(Unit::Headings, 5, 0)),
            ["Before", "First\n\none two three four", "Second\n\nfive"]
        );
        assert_eq!(
            shown(text, &headings, &cut(Unit::Headings, 3, 0)),
            ["Before", "First", "one two three", "four", "Second\n\nfive"]
        );
    }

    #[test]
    fn tokens_are_counted_by_the_given_counter() {
        let characters: TokenCounter = Arc::new(|piece: &str| piece.chars().count());
        let found = pieces("abcdef", &[], &cut(Unit::Tokens, 2, 0), Some(&characters));
        assert_eq!(found, [0..2, 2..4, 4..6]);
    }

    #[test]
    fn a_word_without_end_is_cut_too() {
        let text = "x".repeat(100_000);
        let found = shown(&text, &[], &Cut::default());
        assert!(found.len() > 5 && found.iter().all(|piece| piece.len() <= 64 * 181));
    }

    #[test]
    fn units_are_named() {
        for (unit, name) in Unit::NAMES {
            assert_eq!((unit.to_string().as_str(), name.parse()), (name, Ok(unit)));
        }
        assert!("pages".parse::<Unit>().is_err());
    }

    proptest! {
        #[test]
        fn chunks_are_pieces_in_order_within_size_and_lose_nothing(
            text in "[a-zäß漢字.!?, \n\t]{0,400}",
            unit in prop::sample::select(vec![Unit::None, Unit::Words, Unit::Sentences, Unit::Headings, Unit::Tokens]),
            size in 1usize..30,
            overlap in 0usize..8,
            headings in prop::collection::btree_set(0usize..400, 0..4),
        ) {
            let headings: Vec<usize> = headings.into_iter().filter(|&at| at < text.len()).collect();
            let found = pieces(&text, &headings, &cut(unit, size, overlap), None);
            let mut covered = 0;
            for piece in &found {
                let chunk = text.get(piece.clone()).expect("on character borders");
                prop_assert_eq!(chunk.trim(), chunk);
                prop_assert!(!chunk.is_empty());
                if matches!(unit, Unit::Words | Unit::Headings) {
                    prop_assert!(words(chunk) <= size);
                }
                prop_assert!(piece.end > covered, "each chunk adds something");
                if piece.start > covered {
                    prop_assert!(text[covered..piece.start].trim().is_empty(), "nothing but white space is left out");
                }
                covered = piece.end;
            }
            prop_assert!(text[covered..].trim().is_empty());
        }
    }
}
