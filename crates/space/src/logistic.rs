//! Logistic regression: classes told apart by planes, with a squared penalty on their slopes (as scikit-learn's).
//!
//! Two classes share one plane, more have one each; the offsets bear no penalty. Products are `f32`, sums `f64`.
//! Deliberately absent: other penalties and class weights.

use rayon::prelude::*;

use crate::product::{columns_by_columns, product};
use crate::{Cancel, Error, Vectors, lbfgs};

/// How to fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogisticParams {
    /// How little slopes are penalised against errors, above 0.
    pub c: f64,
    /// The most steps.
    pub iterations: usize,
    /// The steepest slope of the mean loss that counts as flat.
    pub tolerance: f64,
}

impl Default for LogisticParams {
    fn default() -> Self {
        Self { c: 1.0, iterations: 100, tolerance: 1e-4 }
    }
}

/// [`LogisticParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedLogistic(LogisticParams);

/// The planes that were found.
#[derive(Debug, Clone)]
pub struct Logistic {
    classes: usize,
    /// `[planes, dim]`; one plane for two classes.
    slopes: Vectors,
    offsets: Vec<f64>,
}

impl LogisticParams {
    /// Fails when errors would not count, or nothing would be done.
    pub fn check(self) -> Result<CheckedLogistic, Error> {
        if !(self.c > 0.0 && self.c.is_finite()) {
            return Err(Error::parameter("c", "above 0", self.c));
        }
        if self.iterations == 0 {
            return Err(Error::parameter("iterations", "at least 1", 0));
        }
        if self.tolerance.is_nan() || self.tolerance < 0.0 {
            return Err(Error::parameter("tolerance", "at least 0", self.tolerance));
        }
        Ok(CheckedLogistic(self))
    }
}

impl CheckedLogistic {
    /// Fits rows of finite numbers with a class each, numbered from 0 without gaps. Fails on fewer than two classes.
    pub fn run(&self, vectors: &Vectors, classes: &[usize], cancel: &Cancel) -> Result<Logistic, Error> {
        if classes.len() != vectors.rows() {
            return Err(Error::shape(format!("{} classes", vectors.rows()), classes.len()));
        }
        let count = classes.iter().max().map_or(0, |last| last + 1);
        if count < 2 {
            return Err(Error::TooFew { what: "classes", needed: 2, found: count });
        }
        vectors.check_finite()?;
        let (dim, rows) = (vectors.dim(), vectors.rows());
        let planes = if count == 2 { 1 } else { count };
        let penalty = 1.0 / (self.0.c * rows as f64);
        let place = lbfgs::minimise(
            vec![0.0; planes * (dim + 1)],
            self.0.iterations,
            self.0.tolerance,
            cancel,
            |place, slope| {
                let fitted = Logistic::of(place, count, dim)?;
                let mut errors = fitted.scores(vectors)?;
                let loss: f64 = errors
                    .par_chunks_mut(planes)
                    .zip(classes)
                    .map(|(scores, &class)| loss(scores, class))
                    .collect::<Vec<f64>>()
                    .iter()
                    .sum();
                let (slopes, offsets) = slope.split_at_mut(planes * dim);
                let narrow: Vec<f32> = errors.iter().map(|&error| error as f32).collect();
                let mut sums = vec![0.0; planes * dim];
                columns_by_columns((&narrow, planes, 0), (vectors.as_slice(), dim, 0), [planes, dim], &mut sums);
                let mut square = 0.0;
                for ((slope, sum), at) in slopes.iter_mut().zip(sums).zip(place) {
                    *slope = f64::from(sum) / rows as f64 + penalty * at;
                    square += at * at;
                }
                for (plane, offset) in offsets.iter_mut().enumerate() {
                    *offset = errors.iter().skip(plane).step_by(planes).sum::<f64>() / rows as f64;
                }
                Ok(loss / rows as f64 + penalty * square / 2.0)
            },
        )?;
        Logistic::of(&place, count, dim)
    }
}

impl Logistic {
    fn of(place: &[f64], classes: usize, dim: usize) -> Result<Self, Error> {
        let planes = place.len() / (dim + 1);
        let (slopes, offsets) = place.split_at(planes * dim);
        let slopes = Vectors::new(slopes.iter().map(|&slope| slope as f32).collect(), dim)?;
        Ok(Self { classes, slopes, offsets: offsets.to_vec() })
    }

    /// The likeliest class of every row, of equal ones the smallest.
    pub fn classify(&self, vectors: &Vectors) -> Result<Vec<usize>, Error> {
        let scores = self.scores(vectors)?;
        let planes = self.offsets.len();
        Ok(scores
            .chunks_exact(planes)
            .map(|scores| match planes {
                1 => usize::from(scores[0] > 0.0),
                _ => (0..planes).rev().max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or_default(),
            })
            .collect())
    }

    /// How likely each class is, row after row: `rows × classes` numbers, each row of sum 1.
    pub fn probabilities(&self, vectors: &Vectors) -> Result<Vec<f64>, Error> {
        let mut scores = self.scores(vectors)?;
        if self.classes == 2 {
            let second = |score: f64| 1.0 / (1.0 + (-score).exp());
            return Ok(scores.into_iter().flat_map(|score| [1.0 - second(score), second(score)]).collect());
        }
        scores.chunks_exact_mut(self.classes).for_each(|scores| {
            soften(scores);
        });
        Ok(scores)
    }

    /// The height of every row above every plane, row after row.
    fn scores(&self, vectors: &Vectors) -> Result<Vec<f64>, Error> {
        let flat = product(vectors, &self.slopes)?;
        let offsets = self.offsets.iter().cycle();
        Ok(flat.as_slice().iter().zip(offsets).map(|(&score, offset)| f64::from(score) + offset).collect())
    }
}

/// What a row loses by its scores; turns them into the slope of that loss.
fn loss(scores: &mut [f64], class: usize) -> f64 {
    if let [score] = scores {
        let signed = if class == 1 { *score } else { -*score };
        let likely = 1.0 / (1.0 + (-*score).exp());
        let loss = (-signed).max(0.0) + (-signed.abs()).exp().ln_1p();
        *score = likely - class as f64;
        return loss;
    }
    let own = scores[class];
    let all = soften(scores);
    scores[class] -= 1.0;
    all - own
}

/// Turns scores into shares of 1; gives the logarithm of the sum of their exponentials.
fn soften(scores: &mut [f64]) -> f64 {
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - most).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
    most + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::normal;

    fn fit(vectors: &Vectors, classes: &[usize]) -> Result<Logistic, Error> {
        LogisticParams::default().check()?.run(vectors, classes, &Cancel::default())
    }

    #[test]
    fn what_planes_can_part_is_parted() {
        for count in [2, 4] {
            let noise = normal(80, 5, 1);
            let values = noise.iter().enumerate().flat_map(|(row, values)| {
                let values = values.to_vec();
                values.into_iter().enumerate().map(move |(at, x)| if at == row % count { x + 9.0 } else { x })
            });
            let vectors = Vectors::new(values.collect(), 5).expect("rows");
            let classes: Vec<usize> = (0..80).map(|row| row % count).collect();
            let fitted = fit(&vectors, &classes).expect("fits");
            assert_eq!(fitted.classify(&vectors).expect("same width"), classes);
            for row in fitted.probabilities(&vectors).expect("same width").chunks_exact(count) {
                assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn degenerate_input_is_answered() {
        let vectors = normal(6, 2, 1);
        assert!(fit(&vectors, &[0; 6]).is_err());
        assert!(fit(&vectors, &[0, 1]).is_err());
        assert!(fit(&Vectors::empty(2), &[]).is_err());
        assert!(LogisticParams { c: 0.0, ..Default::default() }.check().is_err());
        assert!(LogisticParams { c: f64::NAN, ..Default::default() }.check().is_err());
        let same = Vectors::new(vec![1.0; 8], 2).expect("rows");
        assert_eq!(fit(&same, &[0, 1, 0, 0]).expect("fits").classify(&same), Ok(vec![0; 4]));
    }
}
