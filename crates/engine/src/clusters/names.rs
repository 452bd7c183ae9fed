//! Names for clusters: the words that set each apart (c-TF-IDF), those first that the set's own model puts nearest to
//! the cluster's middle.
//!
//! The words are of texts and captions, or of metadata and file names where pictures have no caption. A cluster without
//! such words is called by a value that most of its items have: "Digit 7". Deliberately absent: a name that a model
//! writes; every word stands in the items.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::iter;

use embedscope_models::{Input, Kind, Role};
use embedscope_space::{Metric, Vectors, similarity};
use embedscope_words::labels::{Term, class_terms};
use embedscope_workspace::ItemId;

use crate::items::kind_of;
use crate::jobs::Job;
use crate::sets::LiveSet;
use crate::{Engine, Error};

const TERMS: usize = 3;
/// Terms of a cluster among which the model chooses.
const CANDIDATES: usize = 8 * TERMS;
/// Of more candidates than this the model is not asked: there are so many clusters that nobody reads all names.
const MOST_JUDGED: usize = 2000;
const JUDGED_AT_A_TIME: usize = 64;
/// A word names a cluster only when at least this share of its items has it, and not one item alone.
const LEAST_SHARE: f64 = 0.06;
/// And when it is so many times as common there as everywhere.
const APART: f64 = 1.3;
/// Texts of a cluster that are read for its name, and letters of each.
const NAMED_BY: usize = 2000;
const LETTERS: usize = 2000;
/// Letters of a value that can be a name.
const SHORT: usize = 40;
/// Texts of all clusters by which it is judged how common a word is everywhere.
const EVERYWHERE: usize = 4000;

impl Engine {
    /// A name for each cluster of a set's first rows.
    pub(super) fn names(
        &self,
        job: &Job,
        set: &LiveSet,
        vectors: &Vectors,
        labels: &[i32],
        count: usize,
    ) -> Result<Vec<String>, Error> {
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (row, &label) in labels.iter().enumerate() {
            if let Some(members) = usize::try_from(label).ok().and_then(|label| members.get_mut(label)) {
                members.push(row);
            }
        }
        let items = set.items();
        let mut classes: Vec<Vec<String>> = Vec::with_capacity(count);
        let mut known: Vec<Vec<BTreeMap<String, String>>> = Vec::with_capacity(count);
        for rows in &members {
            let ids: Vec<ItemId> = rows.iter().take(NAMED_BY).map(|&row| items[row]).collect();
            let stored = self.inner.workspace.items(&ids)?;
            known.push(stored.iter().map(|stored| stored.item.metadata.clone()).collect());
            classes.push(
                stored
                    .into_iter()
                    .map(|stored| {
                        let text = stored.item.text.unwrap_or_default();
                        match kind_of(stored.item.kind) {
                            Kind::Image if text.is_empty() => {
                                let values = stored.item.metadata.into_values();
                                values.chain([name_words(&stored.item.origin.name)]).collect::<Vec<_>>().join(". ")
                            }
                            _ => text.chars().take(LETTERS).collect(),
                        }
                    })
                    .collect(),
            );
        }
        let mut terms = telling(&classes);
        self.judge(job, set, vectors, &members, &mut terms)?;
        Ok(name(terms, &in_common(&known)))
    }

    /// Weighs terms by how near the set's model puts them to the middle of their cluster, best first. A model that reads no
    /// words, is not on this computer or would have to send them elsewhere is not asked.
    fn judge(
        &self,
        job: &Job,
        set: &LiveSet,
        vectors: &Vectors,
        members: &[Vec<usize>],
        terms: &mut [Vec<Term>],
    ) -> Result<(), Error> {
        let mut places = HashMap::new();
        for term in terms.iter().flatten() {
            let next = places.len();
            places.entry(term.term.clone()).or_insert(next);
        }
        let Some(asked) = set.asked().filter(|_| places.len() <= MOST_JUDGED && members.len() > 1) else {
            return Ok(());
        };
        if self.leaves_for(&asked).is_some() {
            return Ok(());
        }
        let Ok(embedder) = self.embedder(&asked) else { return Ok(()) };
        let mut words: Vec<&str> = vec![""; places.len()];
        places.iter().for_each(|(word, &place)| words[place] = word);
        let mut embedded = Vec::new();
        for some in words.chunks(JUDGED_AT_A_TIME) {
            job.look()?;
            let inputs: Vec<Input> = some.iter().map(|word| Input::Text(word)).collect();
            let Ok(of_words) = embedder.embed(&inputs, Role::Document) else { return Ok(()) };
            if of_words.dim() != vectors.dim() {
                return Ok(());
            }
            embedded.extend(of_words.into_vec());
        }
        if embedded.is_empty() {
            return Ok(());
        }
        let middles: Vec<f32> = members.iter().flat_map(|rows| middle(vectors, rows)).collect();
        // Apart from what all words, and all clusters, have in common; pictures lie elsewhere than words.
        let words = centred(embedded, vectors.dim())?;
        let middles = centred(middles, vectors.dim())?;
        for (cluster, terms) in terms.iter_mut().enumerate() {
            for term in terms.iter_mut() {
                let near = similarity::pair(words.row(places[&term.term]), middles.row(cluster), Metric::Cosine);
                term.score *= 1.0 + f64::from(near);
            }
            terms.sort_by(|a, b| b.score.total_cmp(&a.score));
        }
        Ok(())
    }
}

/// The mean of some rows; zeros of none.
fn middle(vectors: &Vectors, rows: &[usize]) -> Vec<f32> {
    let mut sum = vec![0.0_f64; vectors.dim()];
    for &row in rows {
        sum.iter_mut().zip(vectors.row(row)).for_each(|(sum, value)| *sum += f64::from(*value));
    }
    sum.into_iter().map(|sum| (sum / rows.len().max(1) as f64) as f32).collect()
}

/// Rows less their mean.
fn centred(values: Vec<f32>, dim: usize) -> Result<Vectors, Error> {
    let vectors = Vectors::new(values, dim)?;
    let mean = middle(&vectors, &(0..vectors.rows()).collect::<Vec<_>>());
    let values = vectors.iter().flat_map(|row| row.iter().zip(&mean).map(|(value, mean)| value - mean)).collect();
    Ok(Vectors::new(values, dim)?)
}

/// The words of a file's path without its ending; numbers and codes, which have digits in them, say nothing.
fn name_words(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let words = stem.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().all(char::is_alphabetic));
    words.collect::<Vec<_>>().join(" ")
}

/// The terms that tell each class of texts from the others, and that enough of its texts have; best first.
fn telling(classes: &[Vec<String>]) -> Vec<Vec<Term>> {
    let borrowed: Vec<Vec<&str>> = classes.iter().map(|class| class.iter().map(String::as_str).collect()).collect();
    let terms = class_terms(&borrowed, CANDIDATES);
    let lower: Vec<Vec<String>> =
        classes.iter().map(|class| class.iter().map(|text| text.to_lowercase()).collect()).collect();
    let having = |term: &str, texts: &[String]| texts.iter().filter(|text| text.contains(term)).count();
    let texts = lower.iter().map(Vec::len).sum::<usize>();
    let all: Vec<String> = lower.iter().flatten().step_by(texts.div_ceil(EVERYWHERE).max(1)).cloned().collect();
    let tells = |term: &str, class: &[String]| {
        let own = having(term, class);
        let share = own as f64 / class.len() as f64;
        term.chars().nth(1).is_some()
            && own >= class.len().min(2)
            && share >= LEAST_SHARE
            && (classes.len() == 1 || share >= APART * having(term, &all) as f64 / all.len() as f64)
    };
    terms
        .into_iter()
        .zip(&lower)
        .map(|(terms, class)| terms.into_iter().filter(|term| tells(&term.term, class)).collect())
        .collect()
}

/// What at least half the items of each class have, and so many times as often as all have it; "digit 7".
fn in_common(classes: &[Vec<BTreeMap<String, String>>]) -> Vec<Option<String>> {
    fn counts<'a>(items: impl Iterator<Item = &'a BTreeMap<String, String>>) -> BTreeMap<(&'a str, &'a str), usize> {
        let mut counts = BTreeMap::new();
        for (name, value) in items.flatten().filter(|(_, value)| !value.is_empty() && value.chars().count() <= SHORT) {
            *counts.entry((name.as_str(), value.as_str())).or_default() += 1;
        }
        counts
    }
    let all = counts(classes.iter().flatten());
    let items = classes.iter().map(Vec::len).sum::<usize>();
    let named = |class: &Vec<BTreeMap<String, String>>| {
        let tells = |own: usize, everywhere: usize| {
            own >= 2
                && 2 * own >= class.len()
                && own as f64 / class.len() as f64 >= APART * everywhere as f64 / items as f64
        };
        let own = counts(class.iter()).into_iter().map(|(what, own)| (own, all[&what], what));
        // Of what is as common here, that which is rarest elsewhere; then the first by name.
        let best = own
            .filter(|&(own, everywhere, _)| tells(own, everywhere))
            .min_by_key(|&(own, everywhere, _)| (usize::MAX - own, everywhere));
        best.map(|(_, _, (name, value))| format!("{name} {value}"))
    };
    classes.iter().map(named).collect()
}

/// A name for each class from its terms, best first, else from what its items have in common; no two are the same.
fn name(terms: Vec<Vec<Term>>, in_common: &[Option<String>]) -> Vec<String> {
    let mut used = HashSet::new();
    terms
        .into_iter()
        .enumerate()
        .map(|(number, terms)| {
            let mut chosen: Vec<String> = Vec::new();
            for Term { term, .. } in terms {
                if !chosen.iter().any(|known| akin(known, &term)) {
                    chosen.push(term);
                }
            }
            let words = |from: usize| chosen[from..chosen.len().min(from + TERMS)].join(", ");
            let best = if chosen.is_empty() { in_common[number].clone() } else { Some(words(0)) };
            let Some(best) = best else { return format!("Group {}", number + 1) };
            // Where another cluster has the name already, the next words have to do, or a number.
            let others = (1..chosen.len()).map(words).chain((2..).map(|time| format!("{best} ({time})")));
            let mut names = iter::once(best.clone()).chain(others).map(|name| capital(&name));
            names.find(|name| used.insert(name.clone())).unwrap_or(best)
        })
        .collect()
}

/// Whether two words are one to a reader: "currency" and "currencies" differ only in their last letters.
fn akin(a: &str, b: &str) -> bool {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    same >= 4 && same + 3 >= a.chars().count().max(b.chars().count())
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_are_named_by_what_sets_them_apart() {
        let class = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let terms = telling(&[
            class(&["The volcano erupted.", "Lava ran down the volcano.", "A volcano smokes."]),
            class(&["She bakes bread.", "Fresh bread and butter.", "The bread is warm."]),
            class(&["1", "2"]),
        ]);
        let names = name(terms, &[const { None }; 3]);
        assert!(names[0].starts_with("Volcano"), "{names:?}");
        assert!(names[1].starts_with("Bread"), "{names:?}");
        assert_eq!(names[2], "Group 3");
    }

    #[test]
    fn clusters_without_words_are_named_by_what_most_of_their_items_have() {
        let item = |digit: &str, set: &str| {
            BTreeMap::from([("digit".to_owned(), digit.to_owned()), ("set".to_owned(), set.to_owned())])
        };
        let classes = [
            vec![item("7", "train"), item("7", "test"), item("1", "train")],
            vec![item("7", "train"), item("7", "train")],
            vec![item("1", "train"), item("2", "train"), item("3", "test")],
            vec![item("4", "train")],
        ];
        let common = in_common(&classes);
        assert_eq!(common, [Some("digit 7".into()), Some("digit 7".into()), None, None]);
        let names = name(vec![Vec::new(); 4], &common);
        assert_eq!(names, ["Digit 7", "Digit 7 (2)", "Group 3", "Group 4"]);
        let term = |word: &str| vec![Term { term: word.to_owned(), score: 1.0 }];
        let by_words = name(vec![term("cross"), term("cross")], &common[..2]);
        assert_eq!(by_words, ["Cross", "Cross (2)"]);
    }

    #[test]
    fn forms_of_a_word_are_akin() {
        assert!(akin("currency", "currencies") && akin("wave", "waves"));
        assert!(!akin("train", "trace") && !akin("sea", "seas") && !akin("transfer", "transaction"));
    }

    #[test]
    fn codes_in_file_names_say_nothing() {
        assert_eq!(name_words("boats/red-boat_012.png"), "boats red boat");
        assert_eq!(name_words("13e42594-f930-4cb3.jpg"), "");
    }

    #[test]
    fn what_all_rows_share_is_taken_from_them() {
        let rows = centred(vec![5.0, 1.0, 5.0, -1.0], 2).expect("rows of two");
        assert_eq!(rows.as_slice(), [0.0, 1.0, 0.0, -1.0]);
    }
}
