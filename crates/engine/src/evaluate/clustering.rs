//! Grouping items without being told how, and how far the groups agree with the classes.
//!
//! Deliberately absent: choosing how many groups; the classes say.

use embedscope_models::Kind;
use embedscope_space::agreement::agreement;
use embedscope_space::kmeans::batches::BatchesParams;
use embedscope_space::{UNWATCHED, Vectors};

use super::contestant::Contestant;
use super::judge::figure;
use super::labelled::{self, Labelled, Things};
use super::mistakes::Mistakes;
use super::parts::Print;
use super::{EvaluationChoice, Figure, Outcome, Score, Test};
use crate::jobs::Job;
use crate::{Error, draw};

/// Draws of items.
const DRAWS: u64 = 10;
/// Items in a draw.
const DRAWN: usize = 16_384;

pub(super) struct Clusters {
    labelled: Labelled,
    things: Things,
    seed: u64,
}

impl Clusters {
    pub(super) fn read(choice: &EvaluationChoice) -> Result<Self, Error> {
        let (labelled, things) = labelled::labelled(choice)?;
        Ok(Self { labelled, things, seed: choice.seed })
    }
}

impl Test for Clusters {
    fn size(&self) -> String {
        self.labelled.size(&self.things, "")
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![self.things.kind()]
    }

    fn content(&self, print: &mut Print) -> Result<(), Error> {
        print.add(&self.labelled)?;
        self.things.content(print)
    }

    fn measure(&self, contestant: &mut Contestant<'_>) -> Result<Outcome, Error> {
        let vectors = self.things.embed(contestant)?;
        cluster(contestant.job(), &vectors, &self.labelled, self.seed)
    }
}

/// How far groups of vectors, one for each item, agree with the classes.
pub(crate) fn cluster(job: &Job, vectors: &Vectors, labelled: &Labelled, seed: u64) -> Result<Outcome, Error> {
    let (mut v_measures, mut rand) = (Vec::new(), Vec::new());
    let mut mistakes = Mistakes::default();
    // How often each row was drawn, and how often among others.
    let mut seen = vec![(0_usize, 0_usize); vectors.rows()];
    job.stage("Clustering", "draws", 0, DRAWS as usize);
    for turn in 0..DRAWS {
        let seed = seed.wrapping_add(turn);
        let drawn = draw::with_repetition(vectors.rows(), DRAWN, seed);
        let params = BatchesParams { k: labelled.names.len(), seed, ..Default::default() };
        let found = params.check()?.run(&vectors.select(&drawn), UNWATCHED, job.cancel())?;
        let truth: Vec<i32> = drawn.iter().map(|&row| labelled.classes[row] as i32).collect();
        let agreed = agreement(&truth, &found.labels)?;
        let most = prevailing(&truth, &found.labels, labelled.names.len());
        for (&row, &cluster) in drawn.iter().zip(&found.labels) {
            let class = most[cluster as usize];
            seen[row].0 += 1;
            if class != labelled.classes[row] {
                seen[row].1 += 1;
                mistakes.add(row, class);
            }
        }
        v_measures.push(agreed.v_measure);
        rand.push(agreed.adjusted_rand);
        job.progress(turn as usize + 1, DRAWS as usize);
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let astray: Vec<usize> = (0..seen.len()).filter(|&row| seen[row].1 * 2 > seen[row].0).collect();
    let figures = vec![
        Figure { rows: astray.clone(), ..figure("v_measure", mean(&v_measures)) },
        Figure { rows: astray, ..figure("ari", mean(&rand)) },
    ];
    // Rows were drawn with repetition: a loss counts each once.
    let draws = (DRAWS as usize * DRAWN) as f64 / vectors.rows() as f64;
    Ok(Outcome { figures, score: Score::Draws(v_measures), misses: mistakes.told(labelled, draws) })
}

/// The most frequent class of every cluster, of equally frequent ones the smallest.
fn prevailing(truth: &[i32], clusters: &[i32], count: usize) -> Vec<usize> {
    let mut counts = vec![vec![0_usize; count]; count];
    truth.iter().zip(clusters).for_each(|(&class, &cluster)| counts[cluster as usize][class as usize] += 1);
    let most = |counts: Vec<usize>| (0..count).rev().max_by_key(|&class| counts[class]).unwrap_or_default();
    counts.into_iter().map(most).collect()
}
