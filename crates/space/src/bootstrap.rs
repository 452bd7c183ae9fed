//! How far a figure could be off had other rows been measured: intervals by drawing the rows again (Efron 1979).
//!
//! Percentile intervals, seeded. Deliberately absent: corrections for bias and skew.

use rand::RngExt;
use rayon::prelude::*;

use crate::{Error, sample};

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BootstrapParams {
    /// How often all rows are drawn anew.
    pub draws: usize,
    /// Share of the draws that the interval holds, above 0 and below 1.
    pub level: f64,
    /// Same seed, same interval.
    pub seed: u64,
}

impl Default for BootstrapParams {
    fn default() -> Self {
        Self { draws: 1000, level: 0.95, seed: 42 }
    }
}

/// [`BootstrapParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedBootstrap(BootstrapParams);

/// A figure and where it could lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The figure of the rows as they are.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl BootstrapParams {
    /// Fails when nothing would be drawn and on levels that are no shares.
    pub fn check(self) -> Result<CheckedBootstrap, Error> {
        if self.draws == 0 {
            return Err(Error::parameter("draws", "at least 1", 0));
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Error::parameter("level", "above 0 and below 1", self.level));
        }
        Ok(CheckedBootstrap(self))
    }
}

impl CheckedBootstrap {
    /// The interval of a figure of at least one row: `figure` is given the numbers of the drawn rows, as many as there
    /// are, with repetitions.
    pub fn run(&self, rows: usize, figure: impl Fn(&[usize]) -> f64 + Sync) -> Result<Interval, Error> {
        if rows == 0 {
            return Err(Error::TooFew { what: "a bootstrap", needed: 1, found: 0 });
        }
        // A generator for each draw, so that they may be made on any thread.
        let mut chance = sample::generator(self.0.seed);
        let seeds: Vec<u64> = (0..self.0.draws).map(|_| chance.random()).collect();
        let mut drawn: Vec<f64> = seeds
            .into_par_iter()
            .map(|seed| {
                let mut chance = sample::generator(seed);
                let chosen: Vec<usize> = (0..rows).map(|_| chance.random_range(0..rows as u64) as usize).collect();
                figure(&chosen)
            })
            .collect();
        drawn.sort_unstable_by(f64::total_cmp);
        let value = figure(&(0..rows).collect::<Vec<_>>());
        let tail = (1.0 - self.0.level) / 2.0;
        Ok(Interval { value, low: quantile(&drawn, tail), high: quantile(&drawn, 1.0 - tail) })
    }

    /// The interval of the mean of measurements.
    pub fn mean(&self, values: &[f64]) -> Result<Interval, Error> {
        self.run(values.len(), |rows| rows.iter().map(|&row| values[row]).sum::<f64>() / rows.len() as f64)
    }
}

/// Between the two values nearest to the place, in proportion.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] * (1.0 - part) + sorted[above] * part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(draws: usize, seed: u64) -> CheckedBootstrap {
        BootstrapParams { draws, seed, ..Default::default() }.check().expect("params")
    }

    #[test]
    fn the_interval_of_a_mean_is_about_two_standard_errors_wide() {
        let values: Vec<f64> = sample::normal(400, 1, 3).as_slice().iter().map(|&x| f64::from(x)).collect();
        let found = checked(2000, 1).mean(&values).expect("rows");
        let (mean, error) = sample::mean(&values, usize::MAX);
        assert!((found.value - mean).abs() < 1e-12);
        assert!((found.low - (mean - 1.96 * error)).abs() < 0.2 * error);
        assert!((found.high - (mean + 1.96 * error)).abs() < 0.2 * error);
        assert_eq!(found, checked(2000, 1).mean(&values).expect("rows"));
        assert_ne!(found, checked(2000, 2).mean(&values).expect("rows"));
    }

    #[test]
    fn quantiles_lie_between_values() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.25), 1.5);
        assert_eq!((quantile(&[3.0], 0.9), quantile(&[1.0, 2.0], 1.0)), (3.0, 2.0));
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert!(checked(10, 0).mean(&[]).is_err());
        assert_eq!(checked(10, 0).mean(&[2.0]).expect("one row"), Interval { value: 2.0, low: 2.0, high: 2.0 });
        assert!(BootstrapParams { draws: 0, ..Default::default() }.check().is_err());
        assert!(BootstrapParams { level: 1.0, ..Default::default() }.check().is_err());
        assert!(BootstrapParams { level: f64::NAN, ..Default::default() }.check().is_err());
    }
}
