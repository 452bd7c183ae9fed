//! Clusters of a set, and words for them.
//!
//! k-means on the vectors, run for six to twelve clusters (fewer where there are few rows); the number whose clusters
//! stand apart best (silhouette, Rousseeuw 1987, on a sample) wins. Fewer would often stand apart better still, but two or
//! three names tell little about a map. Clusters are numbered by size and named by the words that set them apart
//! (c-TF-IDF): of the texts and captions, or of metadata and file names where pictures have no caption. Deliberately absent: the
//! mathematics (`space`, `words`).

use std::collections::HashSet;
use std::time::Instant;

use embedscope_models::Kind;
use embedscope_space::kmeans::{Kmeans, KmeansParams};
use embedscope_space::silhouette::SilhouetteParams;
use embedscope_space::{Metric, UNWATCHED, Vectors};
use embedscope_words::labels::class_terms;
use embedscope_workspace::{Blob, ItemId, NewRun, SetId};
use serde::{Deserialize, Serialize};

use crate::items::kind_of;
use crate::jobs::Job;
use crate::project::now_ms;
use crate::sets::LiveSet;
use crate::{Engine, Error, Event, draw};

/// Groups of a set's rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clustering {
    /// The cluster of each of the set's first rows, from 0; the largest is 0.
    pub labels: Vec<i32>,
    /// A few words for each cluster.
    pub names: Vec<String>,
    /// How well the clusters stand apart, −1 to 1; None for a single one.
    pub silhouette: Option<f64>,
}

#[derive(Serialize, Deserialize)]
struct Recorded {
    names: Vec<String>,
    silhouette: Option<f64>,
}

/// The most clusters that are tried: as many as colours can tell apart.
const MOST: usize = 12;
/// The rows each cluster has at least, on average.
const LEAST_SIZE: usize = 6;
/// Rows on which the number is chosen.
const TRIAL_ROWS: usize = 4000;
const SILHOUETTE_ROWS: usize = 1500;
const ITERATIONS: usize = 100;
const TERMS: usize = 3;
/// A word names a cluster only when at least this share of its items has it, and not one item alone.
const LEAST_SHARE: f64 = 0.06;
/// And when it is so many times as common there as everywhere.
const APART: f64 = 1.3;
/// Texts of a cluster that are read for its name, and letters of each.
const NAMED_BY: usize = 2000;
const LETTERS: usize = 2000;

impl Clustering {
    /// How many clusters there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no cluster.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// How many rows each cluster has.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.names.len()];
        for &label in &self.labels {
            if let Some(size) = usize::try_from(label).ok().and_then(|label| sizes.get_mut(label)) {
                *size += 1;
            }
        }
        sizes
    }

    pub(crate) fn restored(result: &str, blob: Option<Vec<u8>>) -> Option<Self> {
        let Recorded { names, silhouette } = serde_json::from_str(result).ok()?;
        let labels = blob?.chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        Some(Self { labels, names, silhouette })
    }
}

impl Engine {
    /// The clusters of a set, once there are any.
    pub fn clustering(&self, set: SetId) -> Result<Option<std::sync::Arc<Clustering>>, Error> {
        Ok(self.live_set(set)?.clustering())
    }

    pub(crate) fn cluster(&self, job: &Job, set: &LiveSet, seed: u64) -> Result<(), Error> {
        let (began, started_ms) = (Instant::now(), now_ms());
        let vectors = set.vectors()?;
        let rows = vectors.rows();
        let trial = vectors.select(&draw::rows(rows, TRIAL_ROWS, seed));
        let fit = |k: usize, vectors: &Vectors| -> Result<Kmeans, Error> {
            let params = KmeansParams { k, iterations: ITERATIONS, seed, spherical: set.metric() == Metric::Cosine };
            Ok(params.check()?.run(vectors, UNWATCHED, job.cancel())?)
        };
        let most = MOST.min(rows / LEAST_SIZE);
        let tried: Vec<usize> = ((most / 2).max(2)..=most).collect();
        job.stage("Finding clusters", "trials", 0, tried.len());
        let mut best: Option<(f64, usize)> = None;
        for (done, &k) in tried.iter().enumerate() {
            job.look()?;
            let labels = fit(k, &trial)?.labels;
            job.progress(done + 1, tried.len());
            if by_size(&labels).1 < 2 {
                // Fewer different items than clusters.
                continue;
            }
            let params = SilhouetteParams { metric: set.metric(), sample: SILHOUETTE_ROWS, seed };
            let apart = params.check()?.run(&trial, &labels, UNWATCHED, job.cancel())?.mean;
            if best.is_none_or(|(most, _)| apart > most) {
                best = Some((apart, k));
            }
        }
        let (labels, count) = match best {
            Some((_, k)) => by_size(&fit(k, &vectors)?.labels),
            None => (vec![0; rows], 1),
        };
        job.stage("Naming clusters", "", 0, 0);
        let names = self.names(set, &labels, count)?;
        let clustering = Clustering { labels, names, silhouette: best.map(|(apart, _)| apart) };
        self.inner.workspace.add_run(NewRun {
            kind: "clusters".into(),
            parents: self.runs_that_filled(set.id())?,
            set: Some(set.id()),
            params_json: serde_json::json!({ "method": "kmeans", "k": count, "seed": seed }).to_string(),
            seed: Some(seed),
            device: self.device(),
            started_ms,
            elapsed_ms: began.elapsed().as_secs_f64() * 1e3,
            result_json: serde_json::json!(Recorded {
                names: clustering.names.clone(),
                silhouette: clustering.silhouette,
            })
            .to_string(),
            blob: Some(Blob {
                name: "labels.i32".into(),
                bytes: clustering.labels.iter().flat_map(|l| l.to_le_bytes()).collect(),
                row_bytes: Some(size_of::<i32>() as u32),
            }),
        })?;
        set.set_clustering(clustering);
        self.emit(&Event::WorkspaceChanged);
        Ok(())
    }

    fn names(&self, set: &LiveSet, labels: &[i32], count: usize) -> Result<Vec<String>, Error> {
        let mut members: Vec<Vec<ItemId>> = vec![Vec::new(); count];
        for (&label, item) in labels.iter().zip(set.items()) {
            members[label as usize].push(item);
        }
        let mut classes: Vec<Vec<String>> = Vec::with_capacity(count);
        for items in &members {
            let stored = self.inner.workspace.items(&items[..items.len().min(NAMED_BY)])?;
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
        Ok(name(&classes))
    }
}

/// The words of a file's path without its ending; numbers and codes, which have digits in them, say nothing.
fn name_words(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let words = stem.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().all(char::is_alphabetic));
    words.collect::<Vec<_>>().join(" ")
}

/// A name for each class of texts; no two are the same.
fn name(classes: &[Vec<String>]) -> Vec<String> {
    let borrowed: Vec<Vec<&str>> = classes.iter().map(|class| class.iter().map(String::as_str).collect()).collect();
    let terms = class_terms(&borrowed, TERMS * 8);
    let lower: Vec<Vec<String>> =
        classes.iter().map(|class| class.iter().map(|text| text.to_lowercase()).collect()).collect();
    let having = |term: &str, texts: &[String]| texts.iter().filter(|text| text.contains(term)).count();
    let all: Vec<String> = lower.concat();
    let mut used = HashSet::new();
    terms
        .into_iter()
        .zip(&lower)
        .enumerate()
        .map(|(number, (terms, class))| {
            let told = |term: &str| {
                let own = having(term, class);
                let share = own as f64 / class.len() as f64;
                let everywhere = having(term, &all) as f64 / all.len() as f64;
                term.chars().nth(1).is_some()
                    && own >= class.len().min(2)
                    && share >= LEAST_SHARE
                    && (classes.len() == 1 || share >= APART * everywhere)
            };
            let mut chosen: Vec<String> = Vec::new();
            for term in terms.into_iter().map(|term| term.term).filter(|term| told(term)) {
                if !chosen.iter().any(|known| akin(known, &term)) {
                    chosen.push(term);
                }
            }
            // Where another cluster has the name already, the next words have to do.
            let mut names =
                (0..chosen.len()).map(|from| capital(&chosen[from..chosen.len().min(from + TERMS)].join(", ")));
            names.find(|name| used.insert(name.clone())).unwrap_or_else(|| format!("Group {}", number + 1))
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

/// Labels numbered anew, the largest cluster first; clusters without rows are gone.
fn by_size(labels: &[i32]) -> (Vec<i32>, usize) {
    let mut sizes = std::collections::BTreeMap::<i32, usize>::new();
    for &label in labels {
        *sizes.entry(label).or_default() += 1;
    }
    let mut order: Vec<(i32, usize)> = sizes.into_iter().collect();
    order.sort_by_key(|&(label, size)| (std::cmp::Reverse(size), label));
    let place: std::collections::HashMap<i32, i32> = (0..).zip(&order).map(|(new, &(old, _))| (old, new)).collect();
    (labels.iter().map(|label| place[label]).collect(), order.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_cluster_is_the_first() {
        assert_eq!(by_size(&[4, 1, 1, 7, 1, 7]), (vec![2, 0, 0, 1, 0, 1], 3));
    }

    #[test]
    fn clusters_are_named_by_what_sets_them_apart() {
        let class = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let names = name(&[
            class(&["The volcano erupted.", "Lava ran down the volcano.", "A volcano smokes."]),
            class(&["She bakes bread.", "Fresh bread and butter.", "The bread is warm."]),
            class(&["1", "2"]),
        ]);
        assert!(names[0].starts_with("Volcano"), "{names:?}");
        assert!(names[1].starts_with("Bread"), "{names:?}");
        assert_eq!(names[2], "Group 3");
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
}
