//! Whether two texts belong together: how well the cosine tells such pairs from others.
//!
//! Deliberately absent: learning anything but one threshold.

use std::path::Path;

use embedscope_models::Kind;
use embedscope_space::pairs::{average_precision, best_threshold};

use super::contestant::Contestant;
use super::judge::figure;
use super::parts::Print;
use super::tables::{self, Pair, Whole};
use super::{Miss, Outcome, Score, Test, counted, left_out, short, sts};
use crate::Error;

pub(super) struct Pairs {
    pairs: Vec<Pair>,
    left_out: usize,
}

impl Pairs {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let Whole { rows: pairs, left_out } = tables::pairs(path)?;
        let (yes, no) = (pairs.iter().any(|pair| pair.score == 1.0), pairs.iter().any(|pair| pair.score == 0.0));
        match pairs.iter().all(|pair| pair.score == 0.0 || pair.score == 1.0) && yes && no {
            true => Ok(Self { pairs, left_out }),
            false => Err(tables::wrong(path, "expected 1 for pairs that belong together and 0 for the others")),
        }
    }
}

impl Test for Pairs {
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
        let found = sts::cosines(&self.pairs, contestant)?;
        let truth: Vec<bool> = self.pairs.iter().map(|pair| pair.score == 1.0).collect();
        let best = best_threshold(&found, &truth)?;
        let figures =
            vec![figure("average_precision", average_precision(&found, &truth)?), figure("accuracy", best.accuracy)];
        let misses = self.pairs.iter().enumerate().map(|(row, pair)| {
            let beyond = f64::from(found[row]) - best.at;
            Miss {
                rows: vec![row],
                asked: format!("{} / {}", short(&pair.a), short(&pair.b)),
                wanted: (if truth[row] { "together" } else { "apart" }).into(),
                found: format!("cosine {:.3}, the threshold is {:.3}", found[row], best.at),
                loss: if truth[row] { -beyond } else { beyond },
            }
        });
        let misses = misses.collect();
        Ok(Outcome { figures, score: Score::Precision { found, together: truth }, misses })
    }
}
