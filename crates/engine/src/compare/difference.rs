//! Where two sets disagree about pairs: the difference of their similarity matrices, in the order of the first.
//!
//! Models spread their similarities differently, so that values cannot be subtracted: of each matrix the places of its
//! pairs from far to near are compared. Deliberately absent: matrices of whole large sets.

use std::collections::HashSet;

use embedscope_space::{Vectors, ranks, similarity};
use embedscope_workspace::{ItemId, SetId};

use crate::matrix::Group;
use crate::{Engine, Error};

/// How differently two sets see the pairs of some items.
#[derive(Clone, Debug)]
pub struct DifferenceMatrix {
    /// The items, cluster after cluster of the first set.
    pub items: Vec<ItemId>,
    /// `[items, items]`, −1 to 1: by how much of all pairs a pair is nearer in the second set than in the first.
    pub values: Vectors,
    /// The clusters.
    pub groups: Vec<Group>,
}

impl Engine {
    /// Of these items, or of all; at most `limit` that both sets show, drawn by a fixed seed where there are more.
    pub fn difference(
        &self,
        a: SetId,
        b: SetId,
        items: Option<&[ItemId]>,
        limit: usize,
    ) -> Result<DifferenceMatrix, Error> {
        let wanted: Option<HashSet<ItemId>> = items.map(|items| items.iter().copied().collect());
        let shown = self.live_set(a)?.items();
        let both: Vec<ItemId> = self.common_rows(a, b)?.0.into_iter().map(|row| shown[row]).collect();
        let both: Vec<ItemId> =
            both.into_iter().filter(|item| wanted.as_ref().is_none_or(|wanted| wanted.contains(item))).collect();
        let first = self.matrix(a, Some(&both), limit)?;
        let other = self.live_set(b)?;
        let places: std::collections::HashMap<ItemId, usize> = other.items().into_iter().zip(0..).collect();
        let rows: Vec<usize> = first.items.iter().map(|item| places[item]).collect();
        let vectors = other.vectors_of(&rows)?;
        let second = similarity::matrix(&vectors, &vectors, other.metric())?;
        let values = difference(&first.values, &second);
        Ok(DifferenceMatrix {
            values: Vectors::new(values, first.items.len())?,
            items: first.items,
            groups: first.groups,
        })
    }
}

/// The places of the second matrix's pairs less those of the first's, as shares of all pairs; 0 on the diagonal.
fn difference(first: &Vectors, second: &Vectors) -> Vec<f32> {
    let n = first.rows();
    let above = |matrix: &Vectors| -> Vec<f32> { (0..n).flat_map(|i| matrix.row(i)[i + 1..].to_vec()).collect() };
    let (before, after) = (ranks::ranks(&above(first)), ranks::ranks(&above(second)));
    let most = before.len().saturating_sub(1).max(1) as f64;
    let mut values = vec![0.0; n * n];
    let mut pair = 0;
    for i in 0..n {
        for j in i + 1..n {
            let value = ((after[pair] - before[pair]) / most) as f32;
            (values[i * n + j], values[j * n + i]) = (value, value);
            pair += 1;
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_order_of_pairs_counts() {
        let matrix = |ab: f32, ac: f32, bc: f32| {
            Vectors::new(vec![1.0, ab, ac, ab, 1.0, bc, ac, bc, 1.0], 3).expect("three rows")
        };
        // The same order on another scale is no difference.
        assert_eq!(difference(&matrix(0.1, 0.2, 0.3), &matrix(0.90, 0.95, 0.99)), [0.0; 9]);
        // The farthest pair became the nearest.
        let turned = difference(&matrix(0.1, 0.2, 0.3), &matrix(0.9, 0.2, 0.3));
        assert_eq!(turned, [0.0, 1.0, -0.5, 1.0, 0.0, -0.5, -0.5, -0.5, 0.0]);
    }
}
