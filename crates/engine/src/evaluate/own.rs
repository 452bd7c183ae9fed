//! The models of a workspace at its own labels: how well each set's vectors tell the classes, and group by them.
//!
//! Every set is asked about the same items: those that all of them show and that have a class, or were judged (`judged`).
//! Nothing is embedded; fewer bytes and fewer numbers are tried on the vectors that are there. Deliberately absent:
//! changing labels.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use embedscope_models::catalogue;
use embedscope_space::Vectors;
use embedscope_space::precision::Precision;
use embedscope_workspace::{ItemId, RunId, SetId};
use serde::{Deserialize, Serialize};

use super::bout::Bout;
use super::labelled::Labelled;
use super::parts::Print;
use super::runs::{Asked, Clock};
use super::{Evaluation, Measured, Outcome, Task, classification, clustering, counted, fewer, triplets};
use crate::jobs::Job;
use crate::sets::LiveSet;
use crate::{Card, Engine, Error, JobId, JobKind};

/// What models are measured by that have no classes: the answers to “which is nearer?”.
pub const JUDGED: &str = "judged";

/// What a workspace's sets are to be measured by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnChoice {
    /// The sets.
    pub sets: Vec<SetId>,
    /// What the classes are: `kind`, `file`, `collection`, `tag` or `column:NAME`; or [`JUDGED`].
    pub by: String,
    /// The one task that is asked; None for all that fit.
    pub task: Option<Task>,
    /// Whether every set takes part with its vectors in fewer bytes as well.
    pub fewer: bool,
    /// The most examples of each class in one draw.
    pub examples: usize,
    /// Same seed, same draws.
    pub seed: u64,
}

impl OwnChoice {
    fn asks(&self, task: Task) -> bool {
        self.task.is_none_or(|only| only == task)
    }
}

/// What the run that records an evaluation keeps of the choice, besides the seed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Params {
    sets: Vec<u32>,
    pub(crate) by: String,
    #[serde(default)]
    task: Option<Task>,
    #[serde(default)]
    fewer: bool,
    examples: usize,
}

impl Params {
    fn of(choice: &OwnChoice) -> Self {
        Self {
            sets: choice.sets.iter().map(|set| set.0).collect(),
            by: choice.by.clone(),
            task: choice.task,
            fewer: choice.fewer,
            examples: choice.examples,
        }
    }

    pub(crate) fn choice(self, seed: u64) -> OwnChoice {
        let sets = self.sets.into_iter().map(SetId).collect();
        OwnChoice { sets, by: self.by, task: self.task, fewer: self.fewer, examples: self.examples, seed }
    }
}

/// The fewest items of a class that counts: one to learn from and one to be tested on.
const LEAST: usize = 2;

/// What a set's vectors come to, one row for each item.
type Measure<'a> = &'a dyn Fn(&Vectors) -> Result<Outcome, Error>;

/// What sets are asked about items that all of them show.
struct Asking<'a> {
    task: Task,
    size: String,
    items: &'a [ItemId],
    print: Print,
    measure: Measure<'a>,
}

/// Sets and where each shows which item.
struct Sets<'a> {
    sets: &'a [Arc<LiveSet>],
    places: Vec<HashMap<ItemId, usize>>,
}

impl<'a> Sets<'a> {
    fn new(sets: &'a [Arc<LiveSet>]) -> Self {
        Self { sets, places: sets.iter().map(|set| set.items().into_iter().zip(0..).collect()).collect() }
    }

    /// Whether all of them show it.
    fn all_show(&self, item: ItemId) -> bool {
        self.places.iter().all(|places| places.contains_key(&item))
    }
}

impl Engine {
    /// Measures sets by the classes of their items: classification, then clustering; or by judgements. The job's report
    /// holds what came out so far, one contestant after another, and what was measured is kept.
    pub fn start_own_evaluation(&self, choice: OwnChoice) -> Result<JobId, Error> {
        let sets = choice.sets.iter().map(|&set| self.live_set(set)).collect::<Result<Vec<_>, _>>()?;
        if sets.is_empty() {
            return Err(Error::Request("no set was named".into()));
        }
        let engine = self.clone();
        Ok(self.inner.jobs.start(JobKind::Evaluate, format!("Evaluating by {}", named(&choice.by)), move |job| {
            let (clock, sets) = (Clock::started(), Sets::new(&sets));
            let (found, parts) = match choice.by == JUDGED {
                true => engine.evaluate_judged(job, &sets, &choice)?,
                false => engine.evaluate_own(job, &sets, &choice)?,
            };
            engine.record_evaluation(&clock, &Asked::Own(Params::of(&choice)), parts, &found)
        }))
    }

    fn evaluate_own(&self, job: &Job, sets: &Sets<'_>, choice: &OwnChoice) -> Result<Told, Error> {
        let Some(first) = sets.sets.first() else { return Ok(Told::default()) };
        let shown = first.items();
        let labels = self.labels(&shown, &choice.by, Some(first))?;
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        let mut of_all: Vec<(ItemId, &str)> = shown
            .into_iter()
            .zip(&labels)
            .filter(|(item, _)| sets.all_show(*item))
            .filter_map(|(item, label)| Some((item, label.as_deref()?)))
            .collect();
        // Sets have their items in orders of their own; what is drawn must not depend on which set comes first.
        of_all.sort_unstable_by_key(|&(item, _)| item);
        if of_all.is_empty() {
            let (by, columns) = (named(&choice.by), self.columns()?);
            let there =
                if columns.is_empty() { "no columns".into() } else { format!("the columns {}", columns.join(", ")) };
            return Err(Error::Request(format!("none of the items has a value of “{by}”; there are {there}")));
        }
        of_all.iter().for_each(|(_, label)| *sizes.entry(label).or_default() += 1);
        let kept: Vec<(ItemId, &str)> = of_all.iter().copied().filter(|(_, label)| sizes[label] >= LEAST).collect();
        if kept.is_empty() || sizes.values().filter(|&&size| size >= LEAST).count() < 2 {
            let by = named(&choice.by);
            return Err(Error::Request(format!("{by} gives fewer than two classes with two items each")));
        }
        let items: Vec<ItemId> = kept.iter().map(|(item, _)| *item).collect();
        let titles = self.cards(&items)?.iter().map(Card::name).collect();
        let names: Vec<String> = kept.iter().map(|(_, label)| (*label).to_owned()).collect();
        let labelled = Labelled::halved(titles, &names, choice.seed);
        let size = format!("{} in {}", counted(items.len(), "items"), counted(labelled.names.len(), "classes"));
        let tested = counted(labelled.tests.len(), "tested");
        let numbers: Vec<u32> = items.iter().map(|item| item.0).collect();
        let mut told = Told::default();
        for task in [Task::Classification, Task::Clustering].into_iter().filter(|&task| choice.asks(task)) {
            let mut print = Print::of(task, choice.seed, &self.device())?;
            print.add(&(&numbers, &labelled))?;
            let classify =
                |vectors: &Vectors| classification::classify(job, vectors, &labelled, choice.examples, choice.seed);
            let cluster = |vectors: &Vectors| clustering::cluster(job, vectors, &labelled, choice.seed);
            let (size, measure): (String, Measure<'_>) = match task {
                Task::Clustering => (size.clone(), &cluster),
                _ => {
                    print.add(&choice.examples)?;
                    (format!("{size}, {tested}"), &classify)
                }
            };
            self.ask(job, sets, choice, Asking { task, size, items: &items, print, measure }, &mut told)?;
        }
        Ok(told)
    }

    /// How often sets agree with what was judged about items that all of them show.
    fn evaluate_judged(&self, job: &Job, sets: &Sets<'_>, choice: &OwnChoice) -> Result<Told, Error> {
        let answers: Vec<[u32; 3]> = self
            .judgements()?
            .into_iter()
            .filter(|answer| answer.decided)
            .map(|answer| [answer.anchor, answer.near, answer.far])
            .filter(|items| items.iter().all(|&item| sets.all_show(ItemId(item))))
            .collect();
        if answers.is_empty() {
            let message = "nothing has been judged yet about items that all of these models have seen";
            return Err(Error::Request(message.into()));
        }
        let items: Vec<ItemId> =
            answers.iter().flatten().copied().collect::<BTreeSet<u32>>().into_iter().map(ItemId).collect();
        let place = |item: u32| items.partition_point(|other| other.0 < item);
        let triplets: Vec<[usize; 3]> = answers.iter().map(|items| items.map(place)).collect();
        let titles: Vec<String> = self.cards(&items)?.iter().map(Card::name).collect();
        let task = Task::Triplets;
        let mut print = Print::of(task, choice.seed, &self.device())?;
        print.add(&answers)?;
        let measure = |vectors: &Vectors| Ok(triplets::agreed(vectors, &triplets, &titles, |at| triplets[at].to_vec()));
        let size = counted(triplets.len(), "judgements");
        let mut told = Told::default();
        self.ask(job, sets, choice, Asking { task, size, items: &items, print, measure: &measure }, &mut told)?;
        Ok(told)
    }

    /// Asks every set, whole and in fewer bytes where that is wished.
    fn ask(
        &self,
        job: &Job,
        sets: &Sets<'_>,
        choice: &OwnChoice,
        question: Asking<'_>,
        told: &mut Told,
    ) -> Result<(), Error> {
        let Asking { task, size, items, print, measure } = question;
        let empty = Evaluation {
            task,
            data: named(&choice.by).into(),
            size,
            results: Vec::new(),
            differences: Vec::new(),
            items: items.to_vec(),
            behind: BTreeMap::new(),
            seed: choice.seed,
            device: self.device(),
        };
        let mut bout = Bout::new(self, job, told.0.len(), print, empty)?;
        for (set, places) in sets.sets.iter().zip(&sets.places) {
            let rows: Vec<usize> = items.iter().map(|item| places[item]).collect();
            for (measured, vectors) in contestants(set, set.vectors_of(&rows)?, choice.fewer)? {
                let name = measured.model.clone();
                bout.join(&name, &set.handle.facts().recipe, || Ok((measured, measure(&vectors)?)))?;
                job.look()?;
            }
        }
        let (found, parts) = bout.over(|_| Ok(BTreeMap::new()))?;
        told.0.push(found);
        told.1.extend(parts);
        Ok(())
    }
}

/// Evaluations and the runs of those who took part.
type Told = (Vec<Evaluation>, Vec<RunId>);

/// The fewest numbers that a shortened vector keeps.
const LEAST_NUMBERS: usize = 32;

/// A set as it is, and where wished as it would be in fewer bytes: bytes, bits, and half and a quarter of its numbers.
fn contestants(set: &LiveSet, vectors: Vectors, fewer: bool) -> Result<Vec<(Measured, Vectors)>, Error> {
    let (whole, dim) = (told(set), vectors.dim());
    let mut all = Vec::new();
    if fewer {
        let named = |wish: &str, bytes: usize, dim: usize| Measured {
            model: fewer::with(set.model(), wish),
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
        others_busy: cost.others_busy,
        ..Measured::free("")
    }
}

/// What classes are by, as people say it.
pub(crate) fn named(by: &str) -> &str {
    by.strip_prefix("column:").unwrap_or(by)
}
