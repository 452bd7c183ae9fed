//! How far figures could be off, and whether two models differ: by drawing the same items again for both.
//!
//! Differences are paired: both models are asked the same questions, so what makes a question hard for both cancels.
//! Of each one's misses the worst are kept, and what it answered where others were most wrong.
//! Deliberately absent: corrections for comparing many models.

use std::collections::HashSet;

use embedscope_space::bootstrap::{BootstrapParams, CheckedBootstrap};

use super::{Difference, Figure, Measured, Miss, Outcome, Score};
use crate::Error;

/// With fewer rows no difference is certain: even where all of them agree, chance does so one time in sixteen or more.
const LEAST_ROWS: usize = 6;
/// The worst misses kept of each contestant.
const MISSES: usize = 50;

/// Everyone who was judged so far. Who joins is compared with all that are there, so that nothing is drawn twice.
pub(crate) struct Standing {
    bootstrap: CheckedBootstrap,
    judged: Vec<Judged>,
    differences: Vec<Difference>,
}

struct Judged {
    /// Without misses, which are told when it is known what others were wrong about.
    measured: Measured,
    score: Score,
    /// The worst first.
    misses: Vec<Miss>,
}

impl Standing {
    pub(crate) fn new(seed: u64) -> Result<Self, Error> {
        let bootstrap = BootstrapParams { seed, ..Default::default() }.check()?;
        Ok(Self { bootstrap, judged: Vec::new(), differences: Vec::new() })
    }

    /// Judges one more.
    pub(crate) fn add(&mut self, mut measured: Measured, outcome: Outcome) -> Result<(), Error> {
        let Outcome { figures, score, mut misses } = outcome;
        measured.figures = figures;
        misses.sort_by(|a, b| b.loss.total_cmp(&a.loss));
        if let Some(main) = measured.figures.first_mut() {
            let found = self.bootstrap.run(score.rows(), |drawn| score.of(drawn))?;
            main.range = Some(score.widened(found.low, found.high));
        }
        // Other items, such as those of a baseline without any: nothing to pair.
        for known in self.judged.iter().filter(|known| known.score.rows() == score.rows()) {
            let (own, others) = ((&measured, &score), (&known.measured, &known.score));
            let (better, worse) = if main(own.0) > main(others.0) { (own, others) } else { (others, own) };
            let found = self.bootstrap.run(score.rows(), |drawn| better.1.of(drawn) - worse.1.of(drawn))?;
            let (a, b) = (better.0.model.clone(), worse.0.model.clone());
            let low = if score.rows() < LEAST_ROWS { found.low.min(0.0) } else { found.low };
            self.differences.push(Difference { a, b, value: found.value, range: (low, found.high) });
        }
        self.judged.push(Judged { measured, score, misses });
        Ok(())
    }

    /// Everyone with the range of the main figure, best first; and every two, the better first.
    pub(crate) fn told(&self) -> (Vec<Measured>, Vec<Difference>) {
        let worst: HashSet<&[usize]> = self.judged.iter().flat_map(|judged| worst(&judged.misses)).collect();
        let shown = |Judged { measured, misses, .. }: &Judged| {
            let misses = misses.iter().filter(|miss| worst.contains(miss.rows.as_slice())).cloned().collect();
            Measured { misses, ..measured.clone() }
        };
        let mut results: Vec<Measured> = self.judged.iter().map(shown).collect();
        results.sort_by(|a, b| main(b).total_cmp(&main(a)));
        let place = |model: &str| results.iter().position(|result| result.model == model);
        let mut differences = self.differences.clone();
        differences.sort_by_key(|difference| (place(&difference.a), place(&difference.b)));
        (results, differences)
    }
}

/// The figure by which models are compared.
fn main(measured: &Measured) -> f64 {
    measured.figures.first().map_or(0.0, |figure| figure.value)
}

/// The rows that a contestant was most wrong about; misses come worst first.
fn worst(misses: &[Miss]) -> impl Iterator<Item = &[usize]> {
    misses.iter().take_while(|miss| miss.loss > 0.0).take(MISSES).map(|miss| miss.rows.as_slice())
}

/// A figure whose range is not asked for, or not yet known.
pub(crate) fn figure(name: &'static str, value: f64) -> Figure {
    Figure { name, value, range: None, rows: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, values: &[f64]) -> (Measured, Outcome) {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let score = Score::Mean(values.to_vec());
        (Measured::free(name), Outcome { figures: vec![figure("accuracy", mean)], score, misses: Vec::new() })
    }

    fn judge(entries: Vec<(Measured, Outcome)>) -> (Vec<Measured>, Vec<Difference>) {
        let mut standing = Standing::new(1).expect("checked");
        entries.into_iter().for_each(|(measured, outcome)| standing.add(measured, outcome).expect("judged"));
        standing.told()
    }

    #[test]
    fn a_small_but_steady_difference_is_certain_and_a_large_scattered_one_is_not() {
        let hard: Vec<f64> = (0..200).map(|row| f64::from(row % 10) / 10.0).collect();
        let steady: Vec<f64> = hard.iter().map(|value| value + 0.02).collect();
        let scattered: Vec<f64> = (0..200).map(|row| if row * 7 % 5 == 0 { 1.0 } else { 0.3 }).collect();
        let (results, differences) =
            judge(vec![entry("hard", &hard), entry("steady", &steady), entry("scattered", &scattered)]);
        let names: Vec<&str> = results.iter().map(|result| result.model.as_str()).collect();
        assert_eq!(names, ["steady", "hard", "scattered"]);
        let of = |a: &str, b: &str| differences.iter().find(|d| d.a == a && d.b == b).expect("compared");
        let order: Vec<(&str, &str)> = differences.iter().map(|d| (d.a.as_str(), d.b.as_str())).collect();
        assert_eq!(order, [("steady", "hard"), ("steady", "scattered"), ("hard", "scattered")]);
        assert!(of("steady", "hard").is_certain());
        assert!(!of("hard", "scattered").is_certain());
        assert!(of("hard", "scattered").sentence().contains("not different"));
        let (low, high) = results[0].figures[0].range.expect("a range");
        assert!(low < results[0].figures[0].value && results[0].figures[0].value < high);
    }

    #[test]
    fn a_handful_of_rows_is_sure_of_nothing() {
        let certain = |rows: usize| {
            let (results, differences) =
                judge(vec![entry("right", &vec![1.0; rows]), entry("wrong", &vec![0.0; rows])]);
            let ranges = [0, 1].map(|at| results[at].figures[0].range.expect("a range"));
            (differences[0].is_certain(), ranges)
        };
        assert_eq!(certain(1), (false, [(0.0, 1.0), (0.0, 1.0)]));
        assert_eq!(certain(5).1, [(0.4, 1.0), (0.0, 0.6)]);
        assert!(!certain(5).0 && certain(6).0);
        let draws = Outcome { score: Score::Draws(vec![1.0; 10]), ..entry("clustered", &[1.0]).1 };
        let (results, _) = judge(vec![(Measured::free("clustered"), draws)]);
        assert_eq!(results[0].figures[0].range, Some((1.0, 1.0)), "draws are no items");
    }

    #[test]
    fn what_one_was_wrong_about_is_kept_of_all() {
        let miss = |row: usize, loss: f64| Miss { rows: vec![row], loss, ..Miss::default() };
        let with = |name: &str, misses: Vec<Miss>| {
            let (measured, outcome) = entry(name, &[0.5; 4]);
            (measured, Outcome { misses, ..outcome })
        };
        let wrong = with("wrong", vec![miss(0, 0.1), miss(1, 0.9), miss(2, 0.0)]);
        let right = with("right", vec![miss(0, 0.0), miss(1, -0.2), miss(2, 0.0)]);
        let (results, _) = judge(vec![wrong, right]);
        let rows = |name: &str| {
            let result = results.iter().find(|result| result.model == name).expect("took part");
            result.misses.iter().map(|miss| miss.rows[0]).collect::<Vec<_>>()
        };
        assert_eq!((rows("wrong"), rows("right")), (vec![1, 0], vec![0, 1]));
    }
}
