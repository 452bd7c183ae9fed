//! Putting items into known classes from a few examples of each: logistic regression, and a vote of the nearest.
//!
//! Ten draws of a few examples for each class, each tested on all tests; figures are their means. Deliberately absent:
//! tuning.

use embedscope_models::Kind;
use embedscope_space::confusion::Confusion;
use embedscope_space::logistic::LogisticParams;
use embedscope_space::vote::vote;
use embedscope_space::{Metric, Vectors};

use super::contestant::Contestant;
use super::judge::figure;
use super::labelled::{self, Labelled, Things};
use super::mistakes::Mistakes;
use super::parts::Print;
use super::{EvaluationChoice, Figure, Outcome, Score, Test};
use crate::jobs::Job;
use crate::{Error, draw};

/// Draws of examples.
const DRAWS: u64 = 10;
/// Neighbours that vote.
const VOTERS: usize = 5;

pub(super) struct Classification {
    labelled: Labelled,
    things: Things,
    examples: usize,
    seed: u64,
}

impl Classification {
    pub(super) fn read(choice: &EvaluationChoice) -> Result<Self, Error> {
        if choice.examples == 0 {
            return Err(Error::Request("there must be at least one example of each class".into()));
        }
        let (labelled, things) = labelled::labelled(choice)?;
        Ok(Self { labelled, things, examples: choice.examples, seed: choice.seed })
    }
}

impl Test for Classification {
    fn size(&self) -> String {
        let tested = super::counted(self.labelled.tests.len(), "tested");
        let unlearned = match self.labelled.unlearned() {
            0 => String::new(),
            some => format!(" ({some} in classes without an example, which cannot be found)"),
        };
        self.labelled.size(&self.things, &format!(", {tested}{unlearned}"))
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![self.things.kind()]
    }

    fn content(&self, print: &mut Print) -> Result<(), Error> {
        print.add(&self.examples)?;
        print.add(&self.labelled)?;
        self.things.content(print)
    }

    fn measure(&self, contestant: &mut Contestant<'_>) -> Result<Outcome, Error> {
        let vectors = self.things.embed(contestant)?;
        classify(contestant.job(), &vectors, &self.labelled, self.examples, self.seed)
    }
}

/// How well vectors, one for each item, tell the classes of the tests from those of the examples.
pub(crate) fn classify(
    job: &Job,
    vectors: &Vectors,
    labelled: &Labelled,
    examples: usize,
    seed: u64,
) -> Result<Outcome, Error> {
    let of = |rows: &[usize]| rows.iter().map(|&row| labelled.classes[row]).collect::<Vec<usize>>();
    let (tests, truth) = (vectors.select(&labelled.tests), of(&labelled.tests));
    let count = labelled.names.len();
    let params = LogisticParams::default().check()?;
    let mut all = Confusion::new(count);
    let (mut right, mut f1) = (vec![0.0; truth.len()], 0.0);
    let mut mistakes = Mistakes::default();
    job.stage("Classifying", "draws", 0, DRAWS as usize);
    for turn in 0..DRAWS {
        job.look()?;
        let drawn = few(labelled, examples, seed.wrapping_add(turn));
        // Logistic regression numbers classes without gaps; those without an example are never found.
        let mut known = of(&drawn);
        known.sort_unstable();
        known.dedup();
        let dense: Vec<usize> = of(&drawn).iter().map(|class| known.partition_point(|other| other < class)).collect();
        let found: Vec<usize> = match known.as_slice() {
            [only] => vec![*only; truth.len()],
            _ => {
                let fitted = params.run(&vectors.select(&drawn), &dense, job.cancel())?;
                fitted.classify(&tests)?.into_iter().map(|class| known[class]).collect()
            }
        };
        let mut once = Confusion::new(count);
        once.add(&truth, &found)?;
        all.add(&truth, &found)?;
        f1 += once.macro_f1() / DRAWS as f64;
        for (row, (truth, found)) in truth.iter().zip(&found).enumerate() {
            match truth == found {
                true => right[row] += 1.0 / DRAWS as f64,
                false => mistakes.add(labelled.tests[row], *found),
            }
        }
        job.progress(turn as usize + 1, DRAWS as usize);
    }
    let near = vote(&vectors.select(&labelled.examples), &of(&labelled.examples), &tests, VOTERS, Metric::Cosine)?;
    let mut by_vote = Confusion::new(count);
    by_vote.add(&truth, &near)?;
    let wrong = |is_wrong: &dyn Fn(usize) -> bool| {
        (0..truth.len()).filter(|&test| is_wrong(test)).map(|test| labelled.tests[test]).collect::<Vec<usize>>()
    };
    // Wrong in at least half of the draws.
    let often = wrong(&|test| right[test] <= 0.5);
    let figures = vec![
        Figure { rows: often.clone(), ..figure("accuracy", all.accuracy()) },
        Figure { rows: often, ..figure("f1", f1) },
        Figure { rows: wrong(&|test| near[test] != truth[test]), ..figure("knn_accuracy", by_vote.accuracy()) },
    ];
    Ok(Outcome { figures, score: Score::Mean(right), misses: mistakes.told(labelled, DRAWS as f64) })
}

/// At most so many examples of each class.
fn few(labelled: &Labelled, examples: usize, seed: u64) -> Vec<usize> {
    let mut left = vec![examples; labelled.names.len()];
    let mut drawn: Vec<usize> = draw::shuffled(labelled.examples.len(), seed)
        .into_iter()
        .map(|at| labelled.examples[at])
        .filter(|&row| {
            let left = &mut left[labelled.classes[row]];
            let is_wanted = *left > 0;
            *left = left.saturating_sub(1);
            is_wanted
        })
        .collect();
    drawn.sort_unstable();
    drawn
}
