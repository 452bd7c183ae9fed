//! Splits text into lower-case words, each with its place in the text.
//!
//! Borders are those of Unicode (UAX 29). Where a script puts no spaces between words (Chinese, Japanese kana, Thai,
//! Lao, Khmer, Burmese), overlapping pairs of characters stand for words, which finds the same things a dictionary
//! would without needing one (Nie, Gao, Zhang & Zhou 2000, "On the use of words and n-grams for Chinese information
//! retrieval"). Deliberately absent: stemming, and telling languages apart.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// A word and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word in lower case, without an English possessive (`John's`) or a French elision (`l'eau`).
    pub text: String,
    /// The bytes of the text it was made from. Pairs of characters in one run overlap.
    pub range: Range<usize>,
    /// Whether its script puts no spaces between words.
    pub spaceless: bool,
}

/// The words of a text in order.
pub fn segment(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    // The spaceless character before this one.
    let mut last: Option<Range<usize>> = None;
    for (start, part) in text.unicode_word_indices() {
        let range = start..start + part.len();
        if !part.chars().all(is_spaceless) {
            last = None;
            words.push(spaced(part, range));
            continue;
        }
        for (offset, character) in part.char_indices() {
            let here = start + offset..start + offset + character.len_utf8();
            match last.take_if(|last| last.end == here.start) {
                Some(before) => {
                    let pair = before.start..here.end;
                    // A lone character gives way to the first pair of its run.
                    words.pop_if(|word| word.range == before);
                    words.push(Word { text: text[pair.clone()].to_lowercase(), range: pair, spaceless: true });
                }
                None => words.push(Word { text: character.to_string(), range: here.clone(), spaceless: true }),
            }
            last = Some(here);
        }
    }
    words
}

/// The words of a text in order, without their places.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    segment(text).into_iter().map(|word| word.text)
}

/// What neighbouring words are together: joined by a space, or the stretch of text itself in a spaceless script.
/// None when the words do not follow one another in the text without a sentence mark, or are none.
///
/// `text` is what the words were made from.
pub fn ngram(text: &str, words: &[Word]) -> Option<String> {
    let (first, last) = (words.first()?, words.last()?);
    if words.iter().all(|word| word.spaceless) {
        let joined = words.windows(2).all(|pair| pair[1].range.start < pair[0].range.end);
        return joined.then(|| text[first.range.start..last.range.end].to_lowercase());
    }
    let near = |pair: &[Word]| {
        let between = text.get(pair[0].range.end..pair[1].range.start);
        between.is_some_and(|between| between.chars().all(|gap| gap.is_whitespace() || "-'’/&".contains(gap)))
    };
    let near = words.windows(2).all(near);
    near.then(|| words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "))
}

fn spaced(part: &str, range: Range<usize>) -> Word {
    let lower = part.to_lowercase().replace('’', "'");
    let stem = lower.strip_suffix("'s").unwrap_or(&lower);
    let stem = match stem.split_once('\'') {
        Some((elided, rest)) if ELISIONS.contains(&elided) && !rest.is_empty() => rest,
        _ => stem,
    };
    Word { text: stem.to_owned(), range, spaceless: false }
}

const ELISIONS: [&str; 12] = ["l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu"];

/// Letters of scripts written without spaces. Katakana words come out of Unicode's rules whole and Hangul is spaced.
fn is_spaceless(character: char) -> bool {
    matches!(character,
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' // Han
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{309F}' // Han repetition marks, Hiragana
        | '\u{0E01}'..='\u{0E4E}' | '\u{0E81}'..='\u{0ECE}' // Thai, Lao
        | '\u{1000}'..='\u{103F}' | '\u{1780}'..='\u{17D3}') // Burmese, Khmer
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(text: &str) -> Vec<String> {
        words(text).collect()
    }

    #[test]
    fn words_are_lower_case_and_without_marks() {
        assert_eq!(list("The Cat—sat, on 3.5 mats!"), ["the", "cat", "sat", "on", "3.5", "mats"]);
        assert_eq!(list("Über Straße ΣΊΣΥΦΟΣ"), ["über", "straße", "σίσυφος"]);
        assert!(list(" \u{200b}…!? 🙂").is_empty());
    }

    #[test]
    fn possessives_and_elisions_go_and_contractions_stay() {
        assert_eq!(list("John's dog doesn't"), ["john", "dog", "doesn't"]);
        assert_eq!(list("L’eau d'aujourd'hui qu'elle"), ["eau", "aujourd'hui", "elle"]);
    }

    #[test]
    fn scripts_without_spaces_give_overlapping_pairs() {
        assert_eq!(list("机器学习"), ["机器", "器学", "学习"]);
        assert_eq!(list("猫"), ["猫"]);
        assert_eq!(list("我 爱, GPU编程"), ["我", "爱", "gpu", "编程"]);
        assert_eq!(list("東京タワーへ"), ["東京", "タワー", "へ"]);
        assert_eq!(list("한국어 문장"), ["한국어", "문장"]);
    }

    #[test]
    fn ngrams_are_made_of_neighbours_only() {
        let text = "Deep-sea fish. Fish tank";
        let parts = segment(text);
        let pairs: Vec<_> = parts.windows(2).map(|pair| ngram(text, pair)).collect();
        assert_eq!(pairs, [Some("deep sea".into()), Some("sea fish".into()), None, Some("fish tank".into())]);
        let text = "机器学,习惯";
        let parts = segment(text);
        assert_eq!(ngram(text, &parts[..2]).as_deref(), Some("机器学"));
        assert_eq!(ngram(text, &parts[1..]), None, "a comma stands between");
        assert_eq!(ngram(text, &[]), None);
    }

    proptest! {
        #[test]
        fn every_word_lies_in_its_text_in_order(text in "\\PC{0,60}") {
            let parts = segment(&text);
            for word in &parts {
                prop_assert!(text.get(word.range.clone()).is_some());
                prop_assert!(!word.text.is_empty());
            }
            prop_assert!(parts.windows(2).all(|pair| pair[0].range.start < pair[1].range.start));
        }
    }
}
