//! The features of a text: its words, pairs of neighbouring words, and pieces of three to five letters of each word.
//!
//! Pieces see the borders of their word (`^run`, `ing$`) and share its weight, so that a long word counts no more than
//! a short one. Deliberately absent: where in the text a feature stands.

use std::ops::Range;

use embedscope_words::{Word, ngram, segment};

use super::rarity::rarity;

/// How much a pair of words and all pieces of a word together count beside the word itself, which counts 1. Chosen on
/// the training part of the STS benchmark.
const PAIR: f32 = 0.25;
const PIECES: f32 = 2.0;

const PIECE_LENGTHS: std::ops::RangeInclusive<usize> = 3..=5;

/// One feature where it occurs.
pub(super) struct Feature {
    /// As shown to people.
    pub text: String,
    /// What stands for it from here on.
    pub hash: u64,
    /// The bytes of the text of the word or words it belongs to.
    pub range: Range<usize>,
}

/// Every feature, as often as it occurs.
pub(super) fn list(text: &str) -> Vec<Feature> {
    let mut found = Vec::new();
    visit(text, &mut |kind, part, _, range| {
        found.push(Feature { text: part.to_owned(), hash: hash(kind, part), range: range.clone() });
    });
    found
}

/// Every feature once, by its hash, with its weight: its rarity times 1 + ln(times it occurs).
pub(super) fn weigh(text: &str) -> Vec<(u64, f32)> {
    let mut found = Vec::new();
    visit(text, &mut |kind, part, weight, _| found.push((hash(kind, part), weight)));
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let same = found.chunk_by(|a, b| a.0 == b.0);
    same.map(|same| (same[0].0, same[same.len() - 1].1 * (1.0 + (same.len() as f32).ln()))).collect()
}

/// Spreads a hash and a counter over all 64 bits (the finaliser of SplitMix64, Steele, Lea & Flood 2014).
pub(super) fn mix(hash: u64, counter: u32) -> u64 {
    let mut bits = hash.wrapping_add(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(u64::from(counter) + 1));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[derive(Clone, Copy)]
enum Form {
    Word,
    Pair,
    Piece,
}

/// FNV-1a.
fn hash(form: Form, part: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ form as u64;
    part.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

type Visitor<'a> = &'a mut dyn FnMut(Form, &str, f32, &Range<usize>);

fn visit(text: &str, visitor: Visitor) {
    let mut words = segment(text);
    if words.is_empty() {
        // Signs alone, such as "🙂" or "!?": each stretch of them stands for a word.
        words = signs(text);
    }
    for (place, word) in words.iter().enumerate() {
        let rare = rarity(&word.text);
        visitor(Form::Word, &word.text, rare, &word.range);
        pieces(word, rare, visitor);
        if let Some(next) = words.get(place + 1)
            && let Some(pair) = ngram(text, &words[place..place + 2])
        {
            let rare = (rare * rarity(&next.text)).sqrt();
            visitor(Form::Pair, &pair, PAIR * rare, &(word.range.start..next.range.end));
        }
    }
}

fn pieces(word: &Word, rare: f32, visitor: Visitor) {
    let bordered = format!("^{}$", word.text);
    let mut borders: Vec<usize> = bordered.char_indices().map(|(place, _)| place).collect();
    borders.push(bordered.len());
    let letters = borders.len() - 1;
    let count: usize = PIECE_LENGTHS.map(|length| (letters + 1).saturating_sub(length)).sum();
    let weight = PIECES * rare / (count as f32).sqrt();
    for length in PIECE_LENGTHS {
        for window in borders.windows(length + 1) {
            visitor(Form::Piece, &bordered[window[0]..window[length]], weight, &word.range);
        }
    }
}

fn signs(text: &str) -> Vec<Word> {
    let start = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
    let word =
        |part: &str| Word { text: part.to_owned(), range: start(part)..start(part) + part.len(), spaceless: false };
    text.split_whitespace().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        list(text).into_iter().map(|feature| feature.text).collect()
    }

    #[test]
    fn features_are_words_pairs_and_pieces() {
        assert_eq!(
            texts("Big ox"),
            ["big", "^bi", "big", "ig$", "^big", "big$", "^big$", "big ox", "ox", "^ox", "ox$", "^ox$"]
        );
        assert_eq!(texts(" 🙂 "), ["🙂", "^🙂$"]);
        assert!(texts(" \n").is_empty());
        let found = list("A Straße");
        assert_eq!(found.last().map(|last| last.range.clone()), Some(2..9));
    }

    #[test]
    fn the_same_letters_in_another_form_are_another_feature() {
        let hashes: std::collections::BTreeSet<u64> = list("big").iter().map(|feature| feature.hash).collect();
        assert_eq!(hashes.len(), list("big").len());
    }

    #[test]
    fn a_feature_that_comes_back_counts_more_but_not_twice() {
        let word = hash(Form::Word, "zebra");
        let weight = |text| weigh(text).into_iter().find(|(hash, _)| *hash == word).expect("the word").1;
        let (once, twice) = (weight("zebra"), weight("zebra and zebra"));
        assert_eq!(once, 1.0);
        assert!((twice - (1.0 + 2_f32.ln())).abs() < 1e-6);
    }
}
