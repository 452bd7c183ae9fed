//! A sparse symmetric matrix, row by row: how strongly rows of a set hold on to each other.
//!
//! Deliberately absent: what the weights mean.

use rayon::prelude::*;

/// Weights above 0 between different rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sparse {
    /// Where each row begins, and where the last ends.
    starts: Vec<usize>,
    others: Vec<u32>,
    pub(crate) weights: Vec<f32>,
}

impl Sparse {
    /// Joins what each row says of others (ascending by row) with what they say of it; a weight that combines to
    /// nothing, or is too small for its type, is left out.
    pub(crate) fn symmetric(one_sided: &[Vec<(u32, f32)>], combine: impl Fn(f32, f32) -> f32 + Sync) -> Self {
        let mut reverse: Vec<Vec<(u32, f32)>> = vec![Vec::new(); one_sided.len()];
        for (row, list) in one_sided.iter().enumerate() {
            for &(other, weight) in list {
                reverse[other as usize].push((row as u32, weight));
            }
        }
        let both: Vec<Vec<(u32, f32)>> =
            one_sided.par_iter().zip(&reverse).map(|(from, to)| merge(from, to, &combine)).collect();
        let mut starts = vec![0];
        starts.extend(both.iter().scan(0, |end, list| {
            *end += list.len();
            Some(*end)
        }));
        let edges = both.iter().flatten();
        Self { starts, others: edges.clone().map(|edge| edge.0).collect(), weights: edges.map(|edge| edge.1).collect() }
    }

    pub(crate) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The other rows and weights of one row.
    pub(crate) fn of(&self, row: usize) -> (&[u32], &[f32]) {
        let span = self.starts[row]..self.starts[row + 1];
        (&self.others[span.clone()], &self.weights[span])
    }
}

/// Combines two lists ordered by row; who is missing from one says 0 there.
fn merge(a: &[(u32, f32)], b: &[(u32, f32)], combine: impl Fn(f32, f32) -> f32) -> Vec<(u32, f32)> {
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let mut lists = [a, b];
    while let Some(other) = lists.iter().filter_map(|list| list.first()).map(|&(other, _)| other).min() {
        let mut says = [0.0; 2];
        for (list, says) in lists.iter_mut().zip(&mut says) {
            if let Some((first, rest)) = list.split_first().filter(|((row, _), _)| *row == other) {
                *says = first.1;
                *list = rest;
            }
        }
        merged.push((other, combine(says[0], says[1])));
    }
    merged.retain(|&(_, weight)| weight > 0.0);
    merged
}
