//! How strongly rows hold on to each other: Gaussian weights of the given perplexity, made symmetric.
//!
//! Deliberately absent: finding the neighbours.

use rayon::prelude::*;

use crate::neighbours::Neighbours;
use crate::sparse::Sparse;
use crate::{Cancel, Error, Metric};

/// `(p_ij + p_ji) / 2n` over the first `width` neighbours of each row.
pub(super) fn joint(
    found: &Neighbours,
    width: usize,
    perplexity: f64,
    metric: Metric,
    cancel: &Cancel,
) -> Result<Sparse, Error> {
    let rows = found.rows();
    let one_sided: Vec<Vec<(u32, f32)>> = (0..rows)
        .into_par_iter()
        .map(|row| {
            if cancel.is_cancelled() {
                return Vec::new();
            }
            let weights = conditional(&found.distances_of(row)[..width], perplexity, metric);
            let mut list: Vec<(u32, f32)> = found.of(row).iter().copied().zip(weights).collect();
            list.sort_unstable_by_key(|&(other, _)| other);
            list
        })
        .collect();
    cancel.check()?;
    let scale = 1.0 / (2.0 * rows as f32);
    Ok(Sparse::symmetric(&one_sided, |a, b| (a + b) * scale))
}

/// `(p_ij + p_ji) / 2n` with every neighbour of a row weighing the same.
pub(super) fn uniform(found: &Neighbours, width: usize) -> Sparse {
    let weight = 1.0 / width as f32;
    let list = |row: usize| {
        let mut list: Vec<(u32, f32)> = found.of(row)[..width].iter().map(|&other| (other, weight)).collect();
        list.sort_unstable_by_key(|&(other, _)| other);
        list
    };
    let one_sided: Vec<Vec<(u32, f32)>> = (0..found.rows()).into_par_iter().map(list).collect();
    let scale = 1.0 / (2.0 * found.rows() as f32);
    Sparse::symmetric(&one_sided, |a, b| (a + b) * scale)
}

/// `p_j|i` of neighbours at these distances; they sum to 1.
pub(super) fn conditional(distances: &[f32], perplexity: f64, metric: Metric) -> Vec<f32> {
    let squared = |&distance: &f32| match metric {
        // Between unit rows the squared length of the difference is 2 − 2·cosine.
        Metric::Cosine => 2.0 * f64::from(distance),
        _ => f64::from(distance) * f64::from(distance),
    };
    gaussian(&distances.iter().map(squared).collect::<Vec<_>>(), perplexity)
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
        let search =
            NeighboursParams { k: 30, metric: Metric::Euclidean, ..Default::default() }.check().expect("params");
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
