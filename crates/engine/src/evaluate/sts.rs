//! How alike two sentences are, beside what people said: the correlation of both.
//!
//! Deliberately absent: other measures than the cosine; the published figures are of that.

use std::path::Path;

use embedscope_models::{Kind, Role};
use embedscope_space::{Metric, ranks};

use super::contestant::Contestant;
use super::judge::figure;
use super::parts::Print;
use super::tables::{self, Pair, Whole};
use super::{Miss, Outcome, Score, Test, counted, left_out, short};
use crate::Error;

pub(super) struct Sts {
    pairs: Vec<Pair>,
    left_out: usize,
}

impl Sts {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let Whole { rows: pairs, left_out } = tables::pairs(path)?;
        let first = pairs[0].score;
        if pairs.iter().all(|pair| pair.score == first) {
            let all = counted(pairs.len(), "pairs");
            let problem =
                format!("all its {all} have the score {first}, and no order can be held against that of a model");
            return Err(tables::wrong(path, &problem));
        }
        Ok(Self { pairs, left_out })
    }
}

/// The cosine of every pair.
pub(super) fn cosines(pairs: &[Pair], contestant: &mut Contestant<'_>) -> Result<Vec<f32>, Error> {
    let texts: Vec<&str> = pairs.iter().flat_map(|pair| [pair.a.as_str(), pair.b.as_str()]).collect();
    let vectors = contestant.texts(&texts, Role::Document)?;
    let cosine = |at: usize| 1.0 - Metric::Cosine.distance(vectors.row(2 * at), vectors.row(2 * at + 1));
    Ok((0..pairs.len()).map(|at| cosine(at) as f32).collect())
}

impl Test for Sts {
    fn size(&self) -> String {
        counted(self.pairs.len(), "pairs") + &left_out(self.left_out, "two texts and a number")
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![Kind::Text]
    }

    fn content(&self, print: &mut Print) -> Result<(), Error> {
        print.add(&self.pairs)
    }

    fn texts(&self, row: usize) -> Vec<&str> {
        let pair = &self.pairs[row];
        vec![&pair.a, &pair.b]
    }

    fn measure(&self, contestant: &mut Contestant<'_>) -> Result<Outcome, Error> {
        let found = cosines(&self.pairs, contestant)?;
        let gold: Vec<f32> = self.pairs.iter().map(|pair| pair.score as f32).collect();
        let cosines: Vec<f64> = found.iter().map(|&cosine| f64::from(cosine)).collect();
        let scores: Vec<f64> = self.pairs.iter().map(|pair| pair.score).collect();
        let pearson = ranks::pearson(&cosines, &scores);
        let figures = vec![figure("spearman", ranks::spearman(&found, &gold)), figure("pearson", pearson)];
        let misses = self.misses(&found, &gold);
        Ok(Outcome { figures, score: Score::Ranks { found, said: gold }, misses })
    }
}

impl Sts {
    /// The pairs whose place in the model's order is farthest from their place in people's.
    fn misses(&self, found: &[f32], gold: &[f32]) -> Vec<Miss> {
        let (found_ranks, gold_ranks) = (ranks::ranks(found), ranks::ranks(gold));
        let last = (self.pairs.len() - 1).max(1) as f64;
        let misses = self.pairs.iter().enumerate().map(|(row, pair)| Miss {
            rows: vec![row],
            asked: format!("{} / {}", short(&pair.a), short(&pair.b)),
            wanted: format!("score {}", pair.score),
            found: format!("cosine {:.3}", found[row]),
            loss: (found_ranks[row] - gold_ranks[row]).abs() / last,
        });
        misses.collect()
    }
}
