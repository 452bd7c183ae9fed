//! Ranking texts by the words of a question (Okapi BM25; Robertson and Zaragoza 2009).
//!
//! Constants and the weight of a word are Lucene's; the weight is never negative. Deliberately absent: stop words and
//! stemming, so that one index serves every language.

use std::collections::HashMap;

use crate::words;

/// How much further mentions of a word still count.
const SATURATION: f64 = 1.2;
/// How far long texts are held against short ones, 0 to 1.
const LENGTH: f64 = 0.75;

/// Texts, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Bm25 {
    /// Of each word the texts that hold it, in order, and what it is worth in each.
    worth: HashMap<String, Vec<(u32, f32)>>,
    texts: usize,
}

impl Bm25 {
    /// Counts the words of every text.
    pub fn new<T: AsRef<str>>(texts: &[T]) -> Self {
        let mut counts: HashMap<String, Vec<(u32, f32)>> = HashMap::new();
        let mut lengths = Vec::with_capacity(texts.len());
        for (number, text) in (0_u32..).zip(texts) {
            let mut length = 0.0;
            for word in words(text.as_ref()) {
                length += 1.0;
                let held = counts.entry(word).or_default();
                match held.last_mut().filter(|last| last.0 == number) {
                    Some(last) => last.1 += 1.0,
                    None => held.push((number, 1.0)),
                }
            }
            lengths.push(length);
        }
        let mean = lengths.iter().sum::<f64>() / lengths.len().max(1) as f64;
        for held in counts.values_mut() {
            let (all, with) = (texts.len() as f64, held.len() as f64);
            let rarity = ((all - with + 0.5) / (with + 0.5)).ln_1p();
            for (number, count) in held {
                let often = f64::from(*count);
                let long = 1.0 - LENGTH + LENGTH * lengths[*number as usize] / mean;
                *count = (rarity * often / (often + SATURATION * long)) as f32;
            }
        }
        Self { worth: counts, texts: texts.len() }
    }

    /// What each text is worth as an answer: 0 where it shares no word with the question, else more than 0. A word asked
    /// for twice counts twice.
    pub fn scores(&self, question: &str) -> Vec<f32> {
        let mut scores = vec![0.0; self.texts];
        for word in words(question) {
            for &(number, worth) in self.worth.get(&word).into_iter().flatten() {
                scores[number as usize] += worth;
            }
        }
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worth_is_that_of_the_formula() {
        let index = Bm25::new(&["a cat sat", "the cat and the dog", "rain"]);
        let scores = index.scores("Cat?");
        let rarity = (1.0_f64 + 1.5 / 2.5).ln();
        let worth = |length: f64| rarity / (1.0 + 1.2 * (0.25 + 0.75 * length / 3.0));
        for (found, wanted) in scores.iter().zip([worth(3.0), worth(5.0), 0.0]) {
            assert!((f64::from(*found) - wanted).abs() < 1e-6, "{found} is not {wanted}");
        }
        let twice: Vec<f32> = scores.iter().map(|score| score * 2.0).collect();
        assert_eq!(index.scores("cat cat"), twice);
    }

    #[test]
    fn a_rare_word_says_more_than_a_common_one() {
        let index = Bm25::new(&["red house", "red car", "red tree", "blue tree"]);
        let scores = index.scores("red house");
        assert!(scores[0] > scores[1] && scores[1] == scores[2] && scores[3] == 0.0, "{scores:?}");
    }

    #[test]
    fn nothing_is_answered() {
        assert!(Bm25::new::<&str>(&[]).scores("word").is_empty());
        assert_eq!(Bm25::new(&["", "…"]).scores("word"), [0.0, 0.0]);
    }
}
