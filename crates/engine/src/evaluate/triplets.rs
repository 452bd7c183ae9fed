//! Which of two things is nearer to a third: how often a model agrees with what was judged.
//!
//! Deliberately absent: judging (`judged`); here are judgements and their score.

use std::path::Path;

use embedscope_models::{Kind, Role};
use embedscope_space::{Metric, Vectors};

use super::contestant::Contestant;
use super::judge::figure;
use super::parts::Print;
use super::tables::{self, Triplet, Whole};
use super::{Figure, Miss, Outcome, Score, Task, Test, counted, left_out, short};
use crate::Error;

pub(super) struct Triplets {
    triplets: Vec<Triplet>,
    left_out: usize,
}

impl Triplets {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let Whole { rows: triplets, left_out } = tables::triplets(path)?;
        Ok(Self { triplets, left_out })
    }
}

impl Test for Triplets {
    fn size(&self) -> String {
        counted(self.triplets.len(), "judgements") + &left_out(self.left_out, "three texts")
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![Kind::Text]
    }

    fn content(&self, print: &mut Print) -> Result<(), Error> {
        print.add(&self.triplets)
    }

    fn texts(&self, row: usize) -> Vec<&str> {
        self.triplets[row].iter().map(String::as_str).collect()
    }

    fn measure(&self, contestant: &mut Contestant<'_>) -> Result<Outcome, Error> {
        let texts: Vec<&str> = self.triplets.iter().flatten().map(String::as_str).collect();
        let vectors = contestant.texts(&texts, Role::Document)?;
        let rows: Vec<[usize; 3]> = (0..self.triplets.len()).map(|at| [3 * at, 3 * at + 1, 3 * at + 2]).collect();
        Ok(agreed(&vectors, &rows, &texts, |at| vec![at]))
    }
}

/// How often the second row of three is nearer to the first than the third is; `told` says which rows a miss names.
pub(super) fn agreed<T: AsRef<str>>(
    vectors: &Vectors,
    triplets: &[[usize; 3]],
    titles: &[T],
    told: impl Fn(usize) -> Vec<usize>,
) -> Outcome {
    let cosine = |a: usize, b: usize| 1.0 - Metric::Cosine.distance(vectors.row(a), vectors.row(b));
    let title = |row: usize| short(titles[row].as_ref());
    let mut right = Vec::with_capacity(triplets.len());
    let mut wrong = Vec::new();
    let misses = triplets.iter().enumerate().map(|(at, &[anchor, near, far])| {
        let (near_by, far_by) = (cosine(anchor, near), cosine(anchor, far));
        let is_right = near_by > far_by;
        right.push(f64::from(u8::from(is_right)));
        if !is_right {
            wrong.extend(told(at));
        }
        Miss {
            rows: told(at),
            asked: title(anchor),
            wanted: title(near),
            found: format!("{} (cosine {far_by:.3} against {near_by:.3})", title(if is_right { near } else { far })),
            loss: if is_right { 0.0 } else { far_by - near_by + f64::EPSILON },
        }
    });
    let misses: Vec<Miss> = misses.collect();
    wrong.sort_unstable();
    wrong.dedup();
    let share = right.iter().sum::<f64>() / right.len().max(1) as f64;
    let figures = vec![Figure { rows: wrong, ..figure(Task::Triplets.main_figure(), share) }];
    Outcome { figures, score: Score::Mean(right), misses }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ones_are_wrong_and_misses_name_their_rows() {
        let vectors = Vectors::new(vec![1.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.9, 0.1], 2).expect("rows");
        let titles = ["a", "b", "c", "d"];
        let found = agreed(&vectors, &[[0, 1, 2], [0, 2, 1], [0, 1, 3]], &titles, |at| vec![at]);
        assert!((found.figures[0].value - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(found.figures[0].rows, [1, 2]);
        assert!(found.misses[0].loss == 0.0 && found.misses[1].loss > 0.5 && found.misses[2].loss > 0.0);
        assert_eq!((found.misses[1].wanted.as_str(), found.misses[1].rows.as_slice()), ("c", [1].as_slice()));
        assert!(found.misses[1].found.starts_with("b (cosine 0.99"), "{}", found.misses[1].found);
    }
}
