//! The models of a workspace at its own labels: how well each set's vectors tell the classes, and group by them.
//!
//! Every set is asked about the same items: those that all of them show and that have a class, or were judged (`judged`).
//! Nothing is embedded; fewer bytes and fewer numbers are tried on the vectors that are there. Deliberately absent:
//! changing labels.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use embedscope_models::catalogue;
use embedscope_space::Vectors;
use embedscope_space::precision::Precision;
use embedscope_workspace::{ItemId, NewRun, SetId};
use serde::{Deserialize, Serialize};

use super::labelled::Labelled;
use super::{Evaluation, Measured, Outcome, Task, classification, clustering, counted, fewer, judge, triplets};
use crate::jobs::Job;
use crate::sets::LiveSet;
use crate::{Engine, Error, JobId, JobKind};

/// What models are measured by that have no classes: the answers to “which is nearer?”.
pub const JUDGED: &str = "judged";

/// What a workspace's sets are to be measured by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnChoice {
    /// The sets.
    pub sets: Vec<SetId>,
    /// What the classes are: `kind`, `file`, `collection`, `tag` or `column:NAME`; or [`JUDGED`].
    pub by: String,
    /// Whether every set takes part with its vectors in fewer bytes as well.
    pub fewer: bool,
    /// The most examples of each class in one draw.
    pub examples: usize,
    /// Same seed, same draws.
    pub seed: u64,
}

/// What the run that records an evaluation keeps of the choice, besides the seed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Params {
    sets: Vec<u32>,
    pub(crate) by: String,
    #[serde(default)]
    fewer: bool,
    examples: usize,
}

impl Params {
    fn of(choice: &OwnChoice) -> Self {
        Self {
            sets: choice.sets.iter().map(|set| set.0).collect(),
            by: choice.by.clone(),
            fewer: choice.fewer,
            examples: choice.examples,
        }
    }

    pub(crate) fn choice(self, seed: u64) -> OwnChoice {
        let sets = self.sets.into_iter().map(SetId).collect();
        OwnChoice { sets, by: self.by, fewer: self.fewer, examples: self.examples, seed }
    }
}

/// What a run keeps of what came out: each model's main figure with its range, best first.
fn summary(found: &Evaluation) -> serde_json::Value {
    let results = found.results.iter().map(|result| {
        let main = result.figures.first();
        serde_json::json!({
            "model": result.model,
            "value": main.map(|figure| figure.value),
            "range": main.and_then(|figure| figure.range),
        })
    });
    let figure = found.task.main_figure();
    serde_json::json!({ "task": found.task.to_string(), "figure": figure, "size": found.size, "results": results.collect::<Vec<_>>() })
}

/// The fewest items of a class that counts: one to learn from and one to be tested on.
const LEAST: usize = 2;

impl Engine {
    /// Measures sets by the classes of their items: classification, then clustering, in the job's report.
    pub fn start_own_evaluation(&self, choice: OwnChoice) -> Result<JobId, Error> {
        let sets = choice.sets.iter().map(|&set| self.live_set(set)).collect::<Result<Vec<_>, _>>()?;
        let engine = self.clone();
        Ok(self.inner.jobs.start(JobKind::Evaluate, format!("Evaluating by {}", named(&choice.by)), move |job| {
            let (began, clock) = (SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(), Instant::now());
            let found = match choice.by == JUDGED {
                true => vec![engine.evaluate_judged(&sets, &choice)?],
                false => engine.evaluate_own(job, &sets, &choice)?,
            };
            if !engine.is_read_only() {
                engine.inner.workspace.add_run(NewRun {
                    kind: "evaluation".into(),
                    parents: choice
                        .sets
                        .iter()
                        .map(|&set| engine.runs_that_filled(set))
                        .collect::<Result<Vec<_>, _>>()?
                        .concat(),
                    set: None,
                    params_json: serde_json::json!(Params::of(&choice)).to_string(),
                    seed: Some(choice.seed),
                    device: engine.device(),
                    started_ms: began.as_millis() as i64,
                    elapsed_ms: clock.elapsed().as_secs_f64() * 1e3,
                    result_json: serde_json::json!(found.iter().map(summary).collect::<Vec<_>>()).to_string(),
                    blob: None,
                })?;
            }
            job.report(|report| report.evaluations.extend(found.into_iter().map(Arc::new)));
            Ok(())
        }))
    }

    fn evaluate_own(&self, job: &Job, sets: &[Arc<LiveSet>], choice: &OwnChoice) -> Result<Vec<Evaluation>, Error> {
        let Some(first) = sets.first() else {
            return Err(Error::Request("no set was named".into()));
        };
        let places: Vec<HashMap<ItemId, usize>> =
            sets.iter().map(|set| set.items().into_iter().zip(0..).collect()).collect();
        let shown = first.items();
        let labels = self.labels(&shown, &choice.by, Some(first))?;
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        let everywhere = |item: &ItemId| places.iter().all(|places| places.contains_key(item));
        let of_all: Vec<(ItemId, &str)> = shown
            .into_iter()
            .zip(&labels)
            .filter(|(item, _)| everywhere(item))
            .filter_map(|(item, label)| Some((item, label.as_deref()?)))
            .collect();
        of_all.iter().for_each(|(_, label)| *sizes.entry(label).or_default() += 1);
        let kept: Vec<(ItemId, &str)> = of_all.iter().copied().filter(|(_, label)| sizes[label] >= LEAST).collect();
        if kept.is_empty() || sizes.values().filter(|&&size| size >= LEAST).count() < 2 {
            let by = named(&choice.by);
            return Err(Error::Request(format!("{by} gives fewer than two classes with two items each")));
        }
        let items: Vec<ItemId> = kept.iter().map(|(item, _)| *item).collect();
        let titles = self.cards(&items)?.into_iter().map(|card| card.title).collect();
        let names: Vec<String> = kept.iter().map(|(_, label)| (*label).to_owned()).collect();
        let labelled = Labelled::halved(titles, &names, choice.seed)?;
        let size = format!("{} in {}", counted(items.len(), "items"), counted(labelled.names.len(), "classes"));
        let tested = counted(labelled.tests.len(), "tested");
        let measure = |task: Task| {
            let mut entries: Vec<(Measured, Outcome)> = Vec::new();
            for (set, places) in sets.iter().zip(&places) {
                let rows: Vec<usize> = items.iter().map(|item| places[item]).collect();
                for (measured, vectors) in contestants(set, set.vectors_of(&rows)?, choice.fewer)? {
                    let outcome = match task {
                        Task::Clustering => clustering::cluster(job, &vectors, &labelled, choice.seed)?,
                        _ => classification::classify(job, &vectors, &labelled, choice.examples, choice.seed)?,
                    };
                    entries.push((measured, outcome));
                }
            }
            let (results, differences) = judge::judge(entries, choice.seed)?;
            Ok::<_, Error>(Evaluation {
                task,
                data: named(&choice.by).into(),
                size: match task {
                    Task::Classification => format!("{size}, {tested}"),
                    _ => size.clone(),
                },
                results,
                differences,
                items: items.clone(),
                behind: BTreeMap::new(),
                seed: choice.seed,
                device: self.device(),
            })
        };
        Ok(vec![measure(Task::Classification)?, measure(Task::Clustering)?])
    }
}

impl Engine {
    /// How often sets agree with what was judged about items that all of them show.
    fn evaluate_judged(&self, sets: &[Arc<LiveSet>], choice: &OwnChoice) -> Result<Evaluation, Error> {
        let places: Vec<HashMap<ItemId, usize>> =
            sets.iter().map(|set| set.items().into_iter().zip(0..).collect()).collect();
        let everywhere = |item: u32| places.iter().all(|places| places.contains_key(&ItemId(item)));
        let answers: Vec<[u32; 3]> = self
            .judgements()?
            .into_iter()
            .filter(|answer| answer.decided)
            .map(|answer| [answer.anchor, answer.near, answer.far])
            .filter(|items| items.iter().all(|&item| everywhere(item)))
            .collect();
        if answers.is_empty() {
            let message = "nothing has been judged yet about items that all of these models have seen";
            return Err(Error::Request(message.into()));
        }
        let items: Vec<ItemId> =
            answers.iter().flatten().copied().collect::<BTreeSet<u32>>().into_iter().map(ItemId).collect();
        let place = |item: u32| items.partition_point(|other| other.0 < item);
        let triplets: Vec<[usize; 3]> = answers.iter().map(|items| items.map(place)).collect();
        let titles: Vec<String> = self.cards(&items)?.into_iter().map(|card| card.title).collect();
        let mut entries = Vec::new();
        for (set, places) in sets.iter().zip(&places) {
            let rows: Vec<usize> = items.iter().map(|item| places[item]).collect();
            for (measured, vectors) in contestants(set, set.vectors_of(&rows)?, choice.fewer)? {
                let outcome = triplets::agreed(&vectors, &triplets, &titles, |at| triplets[at].to_vec());
                entries.push((measured, outcome));
            }
        }
        let (results, differences) = judge::judge(entries, choice.seed)?;
        Ok(Evaluation {
            task: Task::Triplets,
            data: JUDGED.into(),
            size: counted(triplets.len(), "judgements"),
            results,
            differences,
            items,
            behind: BTreeMap::new(),
            seed: choice.seed,
            device: self.device(),
        })
    }
}

/// The fewest numbers that a shortened vector keeps.
const LEAST_NUMBERS: usize = 32;

/// A set as it is, and where wished as it would be in fewer bytes: bytes, bits, and half and a quarter of its numbers.
fn contestants(set: &LiveSet, vectors: Vectors, fewer: bool) -> Result<Vec<(Measured, Vectors)>, Error> {
    let (whole, dim) = (told(set), vectors.dim());
    let mut all = Vec::new();
    if fewer {
        let named = |wish: &str, bytes: usize, dim: usize| Measured {
            model: fewer::with(set.model(), wish),
            baseline: false,
            bytes: Some(bytes),
            dim: Some(dim),
            ..whole.clone()
        };
        for precision in [Precision::Int8, Precision::Binary] {
            let kept = fewer::kept(vectors.clone(), Some(precision))?;
            all.push((named(&fewer::wish(precision), fewer::bytes(dim, Some(precision)), dim), kept));
        }
        for kept in [dim / 2, dim / 4].into_iter().filter(|&kept| kept >= LEAST_NUMBERS) {
            let measured = named(&format!("dimensions={kept}"), fewer::bytes(kept, None), kept);
            all.push((measured, fewer::shortened(&vectors, kept)?));
        }
    }
    all.insert(0, (whole, vectors));
    Ok(all)
}

fn told(set: &LiveSet) -> Measured {
    let cost = set.cost();
    Measured {
        set: Some(set.id()),
        model: set.model().to_owned(),
        baseline: catalogue::find(set.model()).is_some_and(|entry| entry.baseline),
        dim: Some(set.handle.facts().dim),
        bytes: Some(fewer::bytes(set.handle.facts().dim, None)),
        load_ms: cost.load_ms,
        items_per_second: cost.items_per_second(),
        peak_memory_mb: cost.memory_mb,
        ..Measured::free("")
    }
}

/// What classes are by, as people say it.
pub(crate) fn named(by: &str) -> &str {
    by.strip_prefix("column:").unwrap_or(by)
}
