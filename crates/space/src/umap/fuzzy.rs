//! The graph that a map is made from: how surely each row belongs to the neighbourhood of each other.
//!
//! Deliberately absent: finding the neighbours.

use rayon::prelude::*;

use crate::neighbours::Neighbours;
use crate::sparse::Sparse;
use crate::{Cancel, Error};

/// Neighbourhoods are at least this share of the mean distance wide.
const LEAST_WIDTH: f64 = 1e-3;

/// `p + q − p·q` of what both ends say, over the first `width` neighbours of each row.
pub(super) fn union(found: &Neighbours, width: usize, cancel: &Cancel) -> Result<Sparse, Error> {
    let rows = found.rows();
    let lists = || (0..rows).into_par_iter().map(|row| &found.distances_of(row)[..width]);
    let means: Vec<f64> = lists().map(|list| list.iter().map(|&d| f64::from(d)).sum::<f64>()).collect();
    let overall = means.iter().sum::<f64>() / (rows * (width + 1)) as f64;
    let one_sided: Vec<Vec<(u32, f32)>> = lists()
        .enumerate()
        .map(|(row, distances)| {
            if cancel.is_cancelled() {
                return Vec::new();
            }
            let mut list: Vec<(u32, f32)> = found.of(row).iter().copied().zip(strengths(distances, overall)).collect();
            list.sort_unstable_by_key(|&(other, _)| other);
            list
        })
        .collect();
    cancel.check()?;
    Ok(Sparse::symmetric(&one_sided, |p, q| p + q - p * q))
}

/// How surely each neighbour belongs, by its distance (ascending): the nearest for certain, the others falling off so
/// that they sum to the binary logarithm of the neighbourhood's size. `overall` is the mean of all distances.
pub(super) fn strengths(distances: &[f32], overall: f64) -> Vec<f32> {
    let size = distances.len() + 1;
    let nearest = distances.iter().copied().find(|&d| d > 0.0).map_or(0.0, f64::from);
    let beyond: Vec<f64> = distances.iter().map(|&d| f64::from(d) - nearest).collect();
    let target = (size as f64).log2();
    let (mut low, mut high, mut width) = (0.0, f64::INFINITY, 1.0);
    for _ in 0..64 {
        let sum: f64 = beyond.iter().map(|&d| if d > 0.0 { (-d / width).exp() } else { 1.0 }).sum();
        if (sum - target).abs() < 1e-5 {
            break;
        }
        if sum > target {
            high = width;
            width = (low + high) / 2.0;
        } else {
            low = width;
            width = if high.is_finite() { (low + high) / 2.0 } else { width * 2.0 };
        }
    }
    let mean = distances.iter().map(|&d| f64::from(d)).sum::<f64>() / size as f64;
    let width = width.max(LEAST_WIDTH * if nearest > 0.0 { mean } else { overall });
    beyond.into_iter().map(|d| if d <= 0.0 || width == 0.0 { 1.0 } else { (-d / width).exp() as f32 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neighbours::NeighboursParams;
    use crate::{Metric, UNWATCHED, Vectors};

    #[test]
    fn strengths_sum_to_the_logarithm_of_the_size() {
        let distances: Vec<f32> = (1..15).map(|at| 0.3 + at as f32 * 0.01).collect();
        let found = strengths(&distances, 0.3);
        assert_eq!(found[0], 1.0);
        assert!((found.iter().sum::<f32>() - 15.0_f32.log2()).abs() < 1e-4);
        assert!(found.is_sorted_by(|a, b| a >= b));
        assert_eq!(strengths(&[0.0; 4], 0.0), [1.0; 4]);
    }

    #[test]
    fn the_graph_is_that_of_the_reference() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../goldens/reference.json")).expect("valid JSON");
        let row = |value: &serde_json::Value| -> Vec<f64> {
            value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
        };
        let rows: Vec<Vec<f64>> = golden["x"].as_array().expect("rows").iter().map(row).collect();
        let values = rows.iter().flatten().map(|&x| x as f32).collect();
        let vectors = Vectors::new(values, rows[0].len()).expect("whole rows");
        let search = NeighboursParams { k: 9, metric: Metric::Euclidean, ..Default::default() };
        let found = search.check().expect("params").run(&vectors, UNWATCHED, &Cancel::default()).expect("runs");
        let graph = union(&found, 9, &Cancel::default()).expect("runs");
        for (at, wanted) in golden["umap"]["fuzzy"].as_array().expect("rows").iter().map(row).enumerate() {
            let (others, weights) = graph.of(at);
            let mut whole = vec![0.0; wanted.len()];
            others.iter().zip(weights).for_each(|(&other, &weight)| whole[other as usize] = f64::from(weight));
            for (found, wanted) in whole.into_iter().zip(wanted) {
                // The reference searches its widths to 1e-5 in f32.
                assert!((found - wanted).abs() < 1e-4, "row {at}: {found} {wanted}");
            }
        }
        let sum: f64 = graph.weights.iter().map(|&weight| f64::from(weight)).sum();
        assert!((sum / golden["umap"]["sum"].as_f64().expect("a number") - 1.0).abs() < 1e-4);
    }
}
