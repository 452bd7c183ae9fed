//! How far figures could be off, and whether two models differ: by drawing the same items again for both.
//!
//! Differences are paired: both models are asked the same questions, so what makes a question hard for both cancels.
//! Of each one's misses the worst are kept, and what it answered where others were most wrong.
//! Deliberately absent: corrections for comparing many models.

use std::collections::HashSet;

use embedscope_space::bootstrap::BootstrapParams;

use super::{Difference, Figure, Measured, Miss, Outcome};
use crate::Error;

/// The worst misses kept of each contestant.
const MISSES: usize = 50;

/// A figure of any rows of the data, with repetitions.
type OfRows = Box<dyn Fn(&[usize]) -> f64 + Send + Sync>;

/// The main figure of a contestant.
pub(crate) struct Score {
    pub(crate) rows: usize,
    pub(crate) of: OfRows,
}

impl Score {
    /// The mean of what each row reached.
    pub(crate) fn mean(values: Vec<f64>) -> Self {
        let rows = values.len();
        Self { rows, of: Box::new(move |drawn| drawn.iter().map(|&row| values[row]).sum::<f64>() / drawn.len() as f64) }
    }
}

/// Everyone with the range of the main figure, best first; and every two, the better first.
pub(crate) fn judge(entries: Vec<(Measured, Outcome)>, seed: u64) -> Result<(Vec<Measured>, Vec<Difference>), Error> {
    let bootstrap = BootstrapParams { seed, ..Default::default() }.check()?;
    let mut judged = Vec::new();
    let worst: HashSet<Vec<usize>> = entries.iter().flat_map(|(_, outcome)| worst(&outcome.misses)).collect();
    for (mut measured, outcome) in entries {
        measured.figures = outcome.figures;
        measured.misses = outcome.misses;
        measured.misses.retain(|miss| worst.contains(&miss.rows));
        measured.misses.sort_by(|a, b| b.loss.total_cmp(&a.loss));
        if let Some(main) = measured.figures.first_mut() {
            let found = bootstrap.run(outcome.score.rows, &outcome.score.of)?;
            main.range = Some((found.low, found.high));
        }
        judged.push((measured, outcome.score));
    }
    let main = |measured: &Measured| measured.figures.first().map_or(0.0, |figure| figure.value);
    judged.sort_by(|a, b| main(&b.0).total_cmp(&main(&a.0)));
    let mut differences = Vec::new();
    for (at, (a, better)) in judged.iter().enumerate() {
        for (b, other) in &judged[at + 1..] {
            // Other items, such as a baseline without any: nothing to pair.
            if better.rows != other.rows {
                continue;
            }
            let found = bootstrap.run(better.rows, |drawn| (better.of)(drawn) - (other.of)(drawn))?;
            let (a, b) = (a.model.clone(), b.model.clone());
            differences.push(Difference { a, b, value: found.value, range: (found.low, found.high) });
        }
    }
    Ok((judged.into_iter().map(|(measured, _)| measured).collect(), differences))
}

/// The rows that a contestant was most wrong about.
fn worst(misses: &[Miss]) -> Vec<Vec<usize>> {
    let mut wrong: Vec<&Miss> = misses.iter().filter(|miss| miss.loss > 0.0).collect();
    wrong.sort_by(|a, b| b.loss.total_cmp(&a.loss));
    wrong.into_iter().take(MISSES).map(|miss| miss.rows.clone()).collect()
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
        let score = Score::mean(values.to_vec());
        (Measured::free(name), Outcome { figures: vec![figure("accuracy", mean)], score, misses: Vec::new() })
    }

    #[test]
    fn a_small_but_steady_difference_is_certain_and_a_large_scattered_one_is_not() {
        let hard: Vec<f64> = (0..200).map(|row| f64::from(row % 10) / 10.0).collect();
        let steady: Vec<f64> = hard.iter().map(|value| value + 0.02).collect();
        let scattered: Vec<f64> = (0..200).map(|row| if row * 7 % 5 == 0 { 1.0 } else { 0.3 }).collect();
        let (results, differences) =
            judge(vec![entry("hard", &hard), entry("steady", &steady), entry("scattered", &scattered)], 1)
                .expect("judged");
        let names: Vec<&str> = results.iter().map(|result| result.model.as_str()).collect();
        assert_eq!(names, ["steady", "hard", "scattered"]);
        let of = |a: &str, b: &str| differences.iter().find(|d| d.a == a && d.b == b).expect("compared");
        assert!(of("steady", "hard").is_certain());
        assert!(!of("hard", "scattered").is_certain());
        assert!(of("hard", "scattered").sentence().contains("not different"));
        let (low, high) = results[0].figures[0].range.expect("a range");
        assert!(low < results[0].figures[0].value && results[0].figures[0].value < high);
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
        let (results, _) = judge(vec![wrong, right], 1).expect("judged");
        let rows = |name: &str| {
            let result = results.iter().find(|result| result.model == name).expect("took part");
            result.misses.iter().map(|miss| miss.rows[0]).collect::<Vec<_>>()
        };
        assert_eq!((rows("wrong"), rows("right")), (vec![1, 0], vec![0, 1]));
    }
}
