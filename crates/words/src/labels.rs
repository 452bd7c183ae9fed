//! The terms that tell groups of texts apart: class-based TF-IDF over words and pairs of words.
//!
//! Weights are those of BERTopic (Grootendorst 2022, arXiv 2203.05794): a term's share of its class's terms times
//! ln(1 + A / f), where f is how often the term occurs in all classes and A how many terms a class has on average,
//! rounded down. Deliberately absent: stemming, and any knowledge of what a term means.

use std::collections::HashMap;

use crate::segment::Word;
use crate::{is_stop, ngram, segment};

/// A term and how well it tells its class from the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// One word, or two that stand side by side.
    pub term: String,
    /// Its c-TF-IDF, 0 or more.
    pub score: f64,
}

/// The best `top` terms of every class, best first; equal scores in the order of first appearance.
///
/// `classes` are the texts of each class. Stop words and single letters are left out. No chosen term is part of another:
/// a pair of words takes the place of a word that mostly occurs within it, and is itself left out beside a word that
/// has a life of its own, or when it occurs only once. A class without words has no terms.
pub fn class_terms(classes: &[Vec<&str>], top: usize) -> Vec<Vec<Term>> {
    let mut known = Known::default();
    let counts: Vec<_> = classes.iter().map(|texts| known.count(texts)).collect();
    let scores = weigh(&counts, known.terms.len());
    counts.iter().zip(scores).map(|(counts, scores)| choose(&known, counts, scores, top)).collect()
}

/// How often each term, by its number, occurs in a class; in order of the term's number.
type Counts = Vec<(usize, u64)>;

/// Every term met so far.
#[derive(Default)]
struct Known {
    numbers: HashMap<String, usize>,
    terms: Vec<Seen>,
}

struct Seen {
    term: String,
    /// The numbers of its two words, where it is a pair.
    words: Option<[usize; 2]>,
}

impl Known {
    fn count(&mut self, texts: &[&str]) -> Counts {
        let mut counts: HashMap<usize, u64> = HashMap::new();
        for text in texts {
            let words = segment(text);
            for (place, word) in words.iter().enumerate().filter(|(_, word)| is_telling(word)) {
                let number = self.number(word.text.clone(), None);
                *counts.entry(number).or_default() += 1;
                let Some(next) = words.get(place + 1).filter(|next| is_telling(next)) else { continue };
                if let Some(pair) = ngram(text, &words[place..place + 2]) {
                    let next = self.number(next.text.clone(), None);
                    let number = self.number(pair, Some([number, next]));
                    *counts.entry(number).or_default() += 1;
                }
            }
        }
        let mut counts: Counts = counts.into_iter().collect();
        counts.sort_unstable();
        counts
    }

    fn number(&mut self, term: String, words: Option<[usize; 2]>) -> usize {
        *self.numbers.entry(term).or_insert_with_key(|term| {
            self.terms.push(Seen { term: term.clone(), words });
            self.terms.len() - 1
        })
    }
}

fn is_telling(word: &Word) -> bool {
    !is_stop(&word.text) && (word.spaceless || word.text.chars().nth(1).is_some())
}

/// c-TF-IDF of each counted term of each class.
fn weigh(classes: &[Counts], terms: usize) -> Vec<Vec<f64>> {
    let mut everywhere = vec![0_u64; terms];
    for &(term, count) in classes.iter().flatten() {
        everywhere[term] += count;
    }
    let average = everywhere.iter().sum::<u64>() / classes.len().max(1) as u64;
    let weigh_class = |counts: &Counts| {
        let all: u64 = counts.iter().map(|(_, count)| count).sum();
        let score = |&(term, count): &(usize, u64)| {
            count as f64 / all as f64 * (1.0 + average as f64 / everywhere[term] as f64).ln()
        };
        counts.iter().map(score).collect()
    };
    classes.iter().map(weigh_class).collect()
}

fn choose(known: &Known, counts: &Counts, scores: Vec<f64>, top: usize) -> Vec<Term> {
    let mut ranked: Vec<_> = counts.iter().zip(scores).map(|(&(term, count), score)| (term, count, score)).collect();
    ranked.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    let count = |term| counts.binary_search_by_key(&term, |&(term, _)| term).map_or(0, |place| counts[place].1);

    let mut chosen: Vec<(usize, f64)> = Vec::new();
    for (term, times, score) in ranked {
        if chosen.len() == top {
            break;
        }
        match known.terms[term].words {
            None => {
                let within =
                    |&(other, _): &(usize, f64)| known.terms[other].words.is_some_and(|pair| pair.contains(&term));
                if !chosen.iter().any(within) {
                    chosen.push((term, score));
                }
            }
            Some(pair) => {
                let own_life = |word: &usize| 2 * times < count(*word) && chosen.iter().any(|(other, _)| other == word);
                let shared = |&(other, _): &(usize, f64)| {
                    known.terms[other].words.is_some_and(|words| words.iter().any(|word| pair.contains(word)))
                };
                if times > 1 && !pair.iter().any(own_life) && !chosen.iter().any(shared) {
                    chosen.retain(|(other, _)| !pair.contains(other));
                    chosen.push((term, score));
                }
            }
        }
    }
    chosen.into_iter().map(|(term, score)| Term { term: known.terms[term].term.clone(), score }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terms(classes: &[Vec<&str>], top: usize) -> Vec<Vec<String>> {
        class_terms(classes, top).into_iter().map(|class| class.into_iter().map(|term| term.term).collect()).collect()
    }

    /// The file beside this crate holds three classes and every term's weight, computed by scikit-learn.
    #[test]
    fn weights_are_those_of_the_reference() {
        let golden: Vec<&str> = include_str!("../goldens/ctfidf.tsv").lines().collect();
        let classes: Vec<Vec<&str>> = golden
            .iter()
            .filter_map(|line| line.strip_prefix("class\t"))
            .map(|texts| texts.split('\t').collect())
            .collect();
        let mut known = Known::default();
        let counts: Vec<_> = classes.iter().map(|texts| known.count(texts)).collect();
        let scores = weigh(&counts, known.terms.len());
        let mut checked = 0;
        for line in golden.iter().filter_map(|line| line.strip_prefix("term\t")) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [class, term, expected] = fields[..] else { panic!("a malformed line: {line}") };
            let class: usize = class.parse().expect("a number");
            let place = counts[class].iter().position(|(number, _)| known.terms[*number].term == term);
            let found = scores[class][place.unwrap_or_else(|| panic!("{term} is missing"))];
            let expected: f64 = expected.parse().expect("a number");
            assert!((found - expected).abs() < 1e-12, "{term}: {found} is not {expected}");
            checked += 1;
        }
        assert_eq!(checked, counts.iter().map(Vec::len).sum::<usize>(), "the reference knows other terms");
        assert_eq!(checked, 40);
    }

    #[test]
    fn a_pair_takes_the_place_of_its_words_or_yields_to_them() {
        let coffee = vec!["ice cream melts", "ice cream shop", "cream cheese", "ice cream", "vanilla ice cream"];
        let bank = vec!["river bank flooded", "river bank", "bank loan", "bank account", "bank card", "bank robbery"];
        let found = terms(&[coffee, bank], 3);
        assert_eq!(found[0][0], "ice cream");
        assert!(!found[0].contains(&"ice".into()) && !found[0].contains(&"cream".into()), "{found:?}");
        assert_eq!(found[1][..2], ["bank", "river"], "{found:?}");
    }

    #[test]
    fn chinese_and_german_classes_have_terms_and_empty_ones_none() {
        let found =
            terms(&[vec!["机器学习", "机器人"], vec!["Der Zug nach Köln", "ein Zug"], vec!["the of and", ""]], 2);
        assert_eq!(found[0][0], "机器");
        assert_eq!(found[1][0], "zug");
        assert!(found[2].is_empty());
        assert!(class_terms(&[], 3).is_empty());
    }

    proptest! {
        #[test]
        fn no_term_is_part_of_another(texts in prop::collection::vec("[abc]{2}( [abc]{2}){0,6}", 1..12)) {
            let class: Vec<&str> = texts.iter().map(String::as_str).collect();
            for terms in terms(&[class, vec!["aa bb cc"]], 5) {
                for (place, term) in terms.iter().enumerate() {
                    for (other, longer) in terms.iter().enumerate() {
                        prop_assert!(place == other || !longer.split(' ').any(|word| word == term), "{terms:?}");
                    }
                }
            }
        }

        #[test]
        fn scores_fall_and_are_finite(texts in prop::collection::vec("\\PC{0,30}", 0..8)) {
            let class: Vec<&str> = texts.iter().map(String::as_str).collect();
            let found = class_terms(&[class, vec!["ein anderer text"]], 4);
            for class in found {
                prop_assert!(class.iter().all(|term| term.score.is_finite() && term.score >= 0.0));
                prop_assert!(class.windows(2).all(|pair| pair[0].score >= pair[1].score));
            }
        }
    }
}
