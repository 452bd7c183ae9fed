//! How strongly rows hold on to each other: Gaussian weights of the given perplexity, made symmetric.
//!
//! Deliberately absent: finding the neighbours.

use rayon::prelude::*;

use crate::neighbours::Neighbours;
use crate::{Cancel, Error, Metric};

/// A sparse symmetric matrix that sums to 1, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Affinities {
    /// Where each row begins, and where the last ends.
    pub(super) starts: Vec<usize>,
    pub(super) others: Vec<u32>,
    pub(super) weights: Vec<f32>,
}

impl Affinities {
    pub(super) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The other rows and weights of one row.
    pub(super) fn of(&self, row: usize) -> (&[u32], &[f32]) {
        let span = self.starts[row]..self.starts[row + 1];
        (&self.others[span.clone()], &self.weights[span])
    }
}

/// `(p_ij + p_ji) / 2n` over the first `width` neighbours of each row.
pub(super) fn joint(
    found: &Neighbours,
    width: usize,
    perplexity: f64,
    metric: Metric,
    cancel: &Cancel,
) -> Result<Affinities, Error> {
    let rows = found.rows();
    let one_sided: Vec<Vec<(u32, f32)>> = (0..rows)
        .into_par_iter()
        .map(|row| {
            if cancel.is_cancelled() {
                return Vec::new();
            }
            let squared = |&distance: &f32| match metric {
                // Between unit rows the squared length of the difference is 2 − 2·cosine.
                Metric::Cosine => 2.0 * f64::from(distance),
                _ => f64::from(distance) * f64::from(distance),
            };
            let distances = &found.distances[row * found.k..row * found.k + width];
            let weights = gaussian(&distances.iter().map(squared).collect::<Vec<_>>(), perplexity);
            let mut list: Vec<(u32, f32)> = found.of(row).iter().copied().zip(weights).collect();
            list.sort_unstable_by_key(|&(other, _)| other);
            list
        })
        .collect();
    cancel.check()?;
    let mut reverse: Vec<Vec<(u32, f32)>> = vec![Vec::new(); rows];
    for (row, list) in one_sided.iter().enumerate() {
        for &(other, weight) in list {
            reverse[other as usize].push((row as u32, weight));
        }
    }
    let scale = 1.0 / (2.0 * rows as f32);
    let both: Vec<Vec<(u32, f32)>> =
        one_sided.par_iter().zip(&reverse).map(|(from, to)| merge(from, to, scale)).collect();
    let mut starts = vec![0];
    starts.extend(both.iter().scan(0, |end, list| {
        *end += list.len();
        Some(*end)
    }));
    let edges = both.iter().flatten();
    Ok(Affinities {
        starts,
        others: edges.clone().map(|edge| edge.0).collect(),
        weights: edges.map(|edge| edge.1).collect(),
    })
}

/// Weights `exp(−β·d²)` that sum to 1, with `β` such that their entropy is the logarithm of the perplexity; equal
/// weights where all distances are the same.
fn gaussian(squared: &[f64], perplexity: f64) -> Vec<f32> {
    let nearest = squared.iter().copied().fold(f64::INFINITY, f64::min);
    let beyond: Vec<f64> = squared.iter().map(|distance| distance - nearest).collect();
    let mean = beyond.iter().sum::<f64>() / beyond.len() as f64;
    let target = perplexity.ln();
    let (mut beta, mut low, mut high) = (if mean > 0.0 { 1.0 / mean } else { 1.0 }, 0.0, f64::INFINITY);
    let mut weights = vec![0.0; beyond.len()];
    for _ in 0..100 {
        weights.iter_mut().zip(&beyond).for_each(|(weight, distance)| *weight = (-beta * distance).exp());
        let sum: f64 = weights.iter().sum();
        let moment: f64 = weights.iter().zip(&beyond).map(|(weight, distance)| weight * distance).sum();
        let difference = sum.ln() + beta * moment / sum - target;
        if difference.abs() < 1e-8 {
            break;
        }
        if difference > 0.0 {
            low = beta;
            beta = if high.is_finite() { (beta + high) / 2.0 } else { (beta * 2.0).min(f64::MAX / 4.0) };
        } else {
            high = beta;
            beta = (beta + low) / 2.0;
        }
    }
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| (weight / sum) as f32).collect()
}

/// Adds two lists ordered by row, scaled. Weights too small for their type pull nothing and are left out.
fn merge(a: &[(u32, f32)], b: &[(u32, f32)], scale: f32) -> Vec<(u32, f32)> {
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let mut lists = [a, b];
    while let Some(other) = lists.iter().filter_map(|list| list.first()).map(|&(other, _)| other).min() {
        let mut weight = 0.0;
        for list in &mut lists {
            if let Some((first, rest)) = list.split_first().filter(|((row, _), _)| *row == other) {
                weight += first.1;
                *list = rest;
            }
        }
        merged.push((other, weight * scale));
    }
    merged.retain(|&(_, weight)| weight > 0.0);
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UNWATCHED;
    use crate::neighbours::NeighboursParams;
    use crate::sample::normal;

    #[test]
    fn weights_have_the_asked_perplexity() {
        let squared: Vec<f64> = (0..90).map(|i| f64::from(i) * 0.37 + 100.0).collect();
        for wanted in [2.0, 30.0, 80.0] {
            let weights = gaussian(&squared, wanted);
            let entropy: f64 = weights.iter().filter(|&&p| p > 0.0).map(|&p| -f64::from(p) * f64::from(p).ln()).sum();
            assert!((entropy.exp() - wanted).abs() < 1e-2, "{wanted} {}", entropy.exp());
        }
        assert_eq!(gaussian(&[4.0; 5], 2.0), [0.2; 5]);
    }

    #[test]
    fn affinities_are_symmetric_and_sum_to_one() {
        let vectors = normal(200, 5, 1);
        let search = NeighboursParams { k: 30, metric: Metric::Euclidean }.check().expect("params");
        let found = search.run(&vectors, UNWATCHED, &Cancel::default()).expect("runs");
        let joint = joint(&found, 30, 10.0, Metric::Euclidean, &Cancel::default()).expect("runs");
        let sum: f64 = joint.weights.iter().map(|&p| f64::from(p)).sum();
        assert!((sum - 1.0).abs() < 1e-5);
        for row in 0..200 {
            let (others, weights) = joint.of(row);
            assert!(others.windows(2).all(|pair| pair[0] < pair[1]));
            for (&other, &weight) in others.iter().zip(weights) {
                let (back, mirrored) = joint.of(other as usize);
                let at = back.binary_search(&(row as u32)).expect("the other way round");
                assert_eq!(mirrored[at], weight);
            }
        }
    }
}
