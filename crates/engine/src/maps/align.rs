//! A map turned to lie on another as well as it can.
//!
//! Deliberately absent: changing what is kept; only what is shown is turned.

use std::collections::HashMap;

use embedscope_space::{Vectors, procrustes};
use embedscope_workspace::{ItemId, SetId};

use super::{Layout, MapId};
use crate::{Engine, Error};

impl Engine {
    /// The same, shifted, turned, mirrored and scaled to lie on another map as well as it can, judged by the items that
    /// both show. Unchanged where they share fewer than three.
    pub fn layout_aligned(&self, map: MapId, to: MapId) -> Result<Layout, Error> {
        let (mut layout, reference) = (self.layout(map)?, self.layout(to)?);
        if layout.dims != reference.dims {
            return Err(Error::Request("only maps of the same number of dimensions can be aligned".into()));
        }
        let (mine, theirs) = self.common_rows(layout.set, reference.set)?;
        let both = |&(&a, &b): &(&usize, &usize)| a < layout.positions.rows() && b < reference.positions.rows();
        let (mine, theirs): (Vec<usize>, Vec<usize>) = mine.iter().zip(&theirs).filter(both).unzip();
        if mine.len() < 3 {
            return Ok(layout);
        }
        let moved = layout.positions.select(&mine);
        let aligned = procrustes::align(&reference.positions.select(&theirs), &moved)?;
        layout.positions = follow(&layout.positions, &moved, &aligned)?;
        Ok(layout)
    }

    /// The rows, in each of two sets, of the items that both show, in the order of the first.
    pub(crate) fn common_rows(&self, a: SetId, b: SetId) -> Result<(Vec<usize>, Vec<usize>), Error> {
        let (a, b) = (self.live_set(a)?.items(), self.live_set(b)?.items());
        let places: HashMap<ItemId, usize> = b.into_iter().enumerate().map(|(row, item)| (item, row)).collect();
        Ok(a.iter().enumerate().filter_map(|(row, item)| places.get(item).map(|&other| (row, other))).unzip())
    }
}

/// Moves all points as some of them were moved by a shift, a turn, a mirroring and a scaling: `before` to `after`.
fn follow(all: &Vectors, before: &Vectors, after: &Vectors) -> Result<Vectors, Error> {
    let dims = all.dim();
    let mean = |points: &Vectors| -> Vec<f64> {
        let mut mean = vec![0.0; dims];
        for point in points.iter() {
            mean.iter_mut().zip(point).for_each(|(mean, &x)| *mean += f64::from(x) / points.rows() as f64);
        }
        mean
    };
    let (from, to) = (mean(before), mean(after));
    // The map is linear around the means: its matrix solves (B − b)ᵀ(B − b) M = (B − b)ᵀ(A − a).
    let mut left = vec![vec![0.0; dims]; dims];
    let mut right = vec![vec![0.0; dims]; dims];
    for (b, a) in before.iter().zip(after.iter()) {
        for i in 0..dims {
            let bi = f64::from(b[i]) - from[i];
            for j in 0..dims {
                left[i][j] += bi * (f64::from(b[j]) - from[j]);
                right[i][j] += bi * (f64::from(a[j]) - to[j]);
            }
        }
    }
    let Some(matrix) = solve(left, right) else { return Ok(all.clone()) };
    let moved = all.iter().flat_map(|point| {
        let (matrix, from, to) = (&matrix, &from, &to);
        (0..dims).map(move |j| {
            let turned: f64 = (0..dims).map(|i| (f64::from(point[i]) - from[i]) * matrix[i][j]).sum();
            (turned + to[j]) as f32
        })
    });
    Ok(Vectors::new(moved.collect(), dims)?)
}

/// Solves `left · x = right` by elimination with pivoting; None where there is no single answer.
fn solve(mut left: Vec<Vec<f64>>, mut right: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let n = left.len();
    let size = left.iter().flatten().fold(0.0_f64, |most, x| most.max(x.abs()));
    for column in 0..n {
        let pivot = (column..n).max_by(|&a, &b| left[a][column].abs().total_cmp(&left[b][column].abs()))?;
        if left[pivot][column].abs() <= size * 1e-12 {
            return None;
        }
        left.swap(column, pivot);
        right.swap(column, pivot);
        let scale = left[column][column];
        left[column].iter_mut().chain(&mut right[column]).for_each(|x| *x /= scale);
        let (row, answer) = (left[column].clone(), right[column].clone());
        for other in (0..n).filter(|&other| other != column) {
            let factor = left[other][column];
            left[other].iter_mut().zip(&row).for_each(|(x, y)| *x -= factor * y);
            right[other].iter_mut().zip(&answer).for_each(|(x, y)| *x -= factor * y);
        }
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_follow_a_turned_and_scaled_part() {
        // A quarter turn, twice the size, shifted by (5, -1).
        let turned = |p: [f32; 2]| [5.0 - 2.0 * p[1], -1.0 + 2.0 * p[0]];
        let points = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [3.0, -2.0], [-4.0, 0.5]];
        let vectors = |points: &[[f32; 2]]| Vectors::new(points.concat(), 2).expect("pairs");
        let after: Vec<[f32; 2]> = points[..3].iter().map(|&p| turned(p)).collect();
        let moved = follow(&vectors(&points), &vectors(&points[..3]), &vectors(&after)).expect("moved");
        for (point, &from) in moved.iter().zip(&points) {
            let expected = turned(from);
            assert!((point[0] - expected[0]).abs() < 1e-5 && (point[1] - expected[1]).abs() < 1e-5, "{point:?}");
        }
    }

    #[test]
    fn points_on_a_line_cannot_lead() {
        let line = Vectors::new(vec![0.0, 0.0, 1.0, 1.0, 2.0, 2.0], 2).expect("pairs");
        let all = Vectors::new(vec![1.0, 0.0], 2).expect("a pair");
        assert_eq!(follow(&all, &line, &line).expect("unchanged").as_slice(), [1.0, 0.0]);
    }
}
