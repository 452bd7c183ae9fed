//! An order of rows in which a heat map shows its blocks: groups stay together, like stands beside like.
//!
//! Deliberately absent: the groups (`kmeans`) and the picture.

use crate::distances::{Block, Distances};
use crate::{Error, Metric, Vectors};

/// Every row once. Rows of one group stand together, groups (and rows within them) each beside the most similar of
/// those left, groups starting from the largest; negative labels (noise) come last. Without groups all rows are one.
pub fn by_similarity(vectors: &Vectors, groups: Option<&[i32]>, metric: Metric) -> Result<Vec<usize>, Error> {
    if let Some(groups) = groups.filter(|groups| groups.len() != vectors.rows()) {
        return Err(Error::shape(format!("{} labels", vectors.rows()), groups.len()));
    }
    let distances = Distances::new(vectors, metric)?;
    let mut order = Vec::with_capacity(vectors.rows());
    let mut last = None;
    for members in ordered_groups(&distances, groups) {
        let start = match last {
            Some(row) => nearest_of(&distances, &one(&distances, row), &members),
            None => farthest_from_mean(&distances, &members),
        };
        chain(&distances, &members, start, &mut order);
        last = order.last().copied();
    }
    Ok(order)
}

/// The rows of every group, groups in the order in which they are shown.
fn ordered_groups(distances: &Distances, groups: Option<&[i32]>) -> Vec<Vec<usize>> {
    let all: Vec<usize> = (0..distances.rows()).collect();
    let Some(labels) = groups else {
        return if all.is_empty() { Vec::new() } else { vec![all] };
    };
    let mut by_label = std::collections::BTreeMap::<i32, Vec<usize>>::new();
    for row in all {
        by_label.entry(labels[row].max(-1)).or_default().push(row);
    }
    let noise = by_label.remove(&-1);
    let members: Vec<Vec<usize>> = by_label.into_values().collect();
    let means: Vec<f32> = members.iter().flat_map(|rows| mean(distances, rows)).collect();
    let means: Vec<Block> =
        means.chunks_exact(distances.dim().max(1)).map(|mean| distances.block(mean.to_vec())).collect();
    let mut left: Vec<usize> = (0..members.len()).collect();
    // The first of the largest.
    let mut next = left.iter().copied().rev().max_by_key(|&group| members[group].len());
    let mut order = Vec::new();
    while let Some(group) = next {
        left.retain(|&other| other != group);
        order.push(members[group].clone());
        let key = |other: usize| key_of(distances, &means[group], &means[other]);
        next = left.iter().copied().min_by(|&a, &b| key(a).total_cmp(&key(b)));
    }
    order.extend(noise);
    order
}

/// Appends `members` (in ascending order), from `start` always on to the nearest that is left.
fn chain(distances: &Distances, members: &[usize], start: usize, order: &mut Vec<usize>) {
    let (mut block, mut keys) = (Block::default(), Vec::new());
    distances.load(members.iter().copied(), &mut block);
    let mut placed = vec![false; members.len()];
    let mut next = members.binary_search(&start).ok();
    while let Some(at) = next {
        placed[at] = true;
        order.push(members[at]);
        distances.keys(&one(distances, members[at]), &block, &mut keys);
        let left = (0..members.len()).filter(|&other| !placed[other]);
        next = left.min_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    }
}

fn one(distances: &Distances, row: usize) -> Block {
    let mut block = Block::default();
    distances.load(std::iter::once(row), &mut block);
    block
}

fn key_of(distances: &Distances, a: &Block, b: &Block) -> f32 {
    let mut keys = Vec::new();
    distances.keys(a, b, &mut keys);
    keys[0]
}

fn nearest_of(distances: &Distances, to: &Block, members: &[usize]) -> usize {
    let (mut block, mut keys) = (Block::default(), Vec::new());
    distances.load(members.iter().copied(), &mut block);
    distances.keys(to, &block, &mut keys);
    let nearest = (0..members.len()).min_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    nearest.map_or(0, |at| members[at])
}

fn farthest_from_mean(distances: &Distances, members: &[usize]) -> usize {
    let (mut block, mut keys) = (Block::default(), Vec::new());
    distances.load(members.iter().copied(), &mut block);
    distances.keys(&distances.block(mean(distances, members)), &block, &mut keys);
    let farthest = (0..members.len()).rev().max_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    farthest.map_or(0, |at| members[at])
}

/// The mean of rows in comparable form.
fn mean(distances: &Distances, members: &[usize]) -> Vec<f32> {
    let mut block = Block::default();
    distances.load(members.iter().copied(), &mut block);
    let mut sums = vec![0.0_f64; distances.dim()];
    for row in block.values().chunks_exact(distances.dim().max(1)) {
        sums.iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x));
    }
    sums.into_iter().map(|sum| (sum / members.len() as f64) as f32).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::normal;

    #[test]
    fn a_shuffled_line_is_sorted_again() {
        let values = [4.0, 0.0, 9.0, 2.0, 7.0, 1.0, 8.0].to_vec();
        let line = Vectors::new(values, 1).expect("rows");
        let order = by_similarity(&line, None, Metric::Euclidean).expect("runs");
        let walked: Vec<f32> = order.iter().map(|&row| line.row(row)[0]).collect();
        assert!(walked.is_sorted() || walked.is_sorted_by(|a, b| a >= b), "{walked:?}");
    }

    proptest! {
        #[test]
        fn every_row_comes_once_and_groups_hold_together(
            labels in proptest::collection::vec(-1_i32..4, 0..40), seed in 0_u64..9,
        ) {
            let vectors = normal(labels.len(), 3, seed);
            let order = by_similarity(&vectors, Some(&labels), Metric::Cosine).expect("runs");
            let mut rows = order.clone();
            rows.sort_unstable();
            prop_assert_eq!(rows, (0..labels.len()).collect::<Vec<_>>());
            let mut seen: Vec<i32> = order.iter().map(|&row| labels[row]).collect();
            seen.dedup();
            let mut different = seen.clone();
            different.sort_unstable();
            different.dedup();
            prop_assert_eq!(seen.len(), different.len());
            prop_assert!(seen.iter().rev().skip(1).all(|&label| label >= 0));
        }
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert_eq!(by_similarity(&Vectors::empty(2), None, Metric::Cosine), Ok(vec![]));
        assert_eq!(by_similarity(&normal(1, 2, 0), None, Metric::Cosine), Ok(vec![0]));
        let same = Vectors::new(vec![0.0; 6], 2).expect("rows");
        assert_eq!(by_similarity(&same, None, Metric::Cosine).map(|order| order.len()), Ok(3));
        assert!(by_similarity(&same, Some(&[1]), Metric::Cosine).is_err());
    }
}
