//! Random trees: rows that fall on the same side of many hyperplanes are probably near each other.
//!
//! Each hyperplane lies across the direction in which a few rows drawn from the branch vary most, so no two trees are alike.
//! Deliberately absent: comparing rows; leaves are only suggestions.

use rand::RngExt;
use rayon::prelude::*;

use super::sketch::Sketch;
use crate::distances::dot;
use crate::sample;
use crate::wide::widely;

/// Rows of a branch that decide how it is parted, and how often they are asked (power iteration).
const ASKED: usize = 64;
const TURNS: usize = 3;
/// Below this many rows a branch grows on one thread.
const ALONE: usize = 4096;

/// All rows, those of a leaf side by side.
pub(super) struct Tree {
    order: Vec<u32>,
    /// Rows of a leaf; the last may have fewer.
    leaf: usize,
}

impl Tree {
    /// Halves the rows until no leaf holds more than `leaf`.
    pub(super) fn grow(sketch: &Sketch, leaf: usize, seed: u64) -> Self {
        let mut order: Vec<u32> = (0..sketch.rows() as u32).collect();
        halve(sketch, &mut order, leaf, seed);
        Self { order, leaf }
    }

    /// A tree whose leaves are `rows` places in their own order.
    pub(super) fn of_places(rows: usize, leaf: usize) -> Self {
        Self { order: (0..rows as u32).collect(), leaf }
    }

    /// The same leaves, with each row known by another number.
    pub(super) fn renamed(mut self, names: &[u32]) -> Self {
        self.order.iter_mut().for_each(|row| *row = names[*row as usize]);
        self
    }

    /// All rows, those of a leaf side by side.
    pub(super) fn into_order(self) -> Vec<u32> {
        self.order
    }

    pub(super) fn leaves(&self) -> usize {
        self.order.len().div_ceil(self.leaf)
    }

    pub(super) fn leaf(&self, at: usize) -> &[u32] {
        &self.order[at * self.leaf..self.order.len().min((at + 1) * self.leaf)]
    }
}

/// Parts rows by a hyperplane, as many whole leaves on either side as may be.
fn halve(sketch: &Sketch, rows: &mut [u32], leaf: usize, seed: u64) {
    if rows.len() <= leaf {
        return;
    }
    let mut chance = sample::generator(seed);
    let asked: Vec<u32> = (0..ASKED).map(|_| rows[chance.random_range(0..rows.len() as u64) as usize]).collect();
    let middle = (rows.len() / leaf).div_ceil(2) * leaf;
    let normal = widely(
        #[inline(always)]
        || direction(sketch, &asked),
    );
    let along = |rows: &[u32]| {
        widely(
            #[inline(always)]
            || places(sketch, rows, &normal),
        )
    };
    let mut placed: Vec<(f32, u32)> =
        if rows.len() > ALONE { rows.par_chunks(ALONE).flat_map_iter(along).collect() } else { along(rows) };
    placed.select_nth_unstable_by(middle, super::by_key);
    rows.iter_mut().zip(placed).for_each(|(row, (_, placed))| *row = placed);
    let (left, right) = rows.split_at_mut(middle);
    let seeds = [chance.random(), chance.random()];
    if left.len() > ALONE {
        rayon::join(|| halve(sketch, left, leaf, seeds[0]), || halve(sketch, right, leaf, seeds[1]));
    } else {
        halve(sketch, left, leaf, seeds[0]);
        halve(sketch, right, leaf, seeds[1]);
    }
}

/// How far each row lies along a direction.
#[inline(always)]
fn places(sketch: &Sketch, rows: &[u32], direction: &[f32]) -> Vec<(f32, u32)> {
    let mut places = Vec::with_capacity(rows.len());
    // A loop, for what an iterator calls is not made for the same processor as the caller.
    for &row in rows {
        places.push((dot(sketch.of(row), direction), row));
    }
    places
}

/// About the direction in which rows vary most; zeros where they do not vary.
#[inline(always)]
fn direction(sketch: &Sketch, rows: &[u32]) -> Vec<f32> {
    let mut mean = vec![0.0; sketch.width()];
    for &row in rows {
        mean.iter_mut().zip(sketch.of(row)).for_each(|(sum, x)| *sum += x / rows.len() as f32);
    }
    let mut direction: Vec<f32> = sketch.of(rows[0]).iter().zip(&mean).map(|(x, mean)| x - mean).collect();
    for _ in 0..TURNS {
        let (middle, mut next) = (dot(&mean, &direction), vec![0.0; mean.len()]);
        for &row in rows {
            let along = dot(sketch.of(row), &direction) - middle;
            for ((sum, x), mean) in next.iter_mut().zip(sketch.of(row)).zip(&mean) {
                *sum += along * (x - mean);
            }
        }
        let length = dot(&next, &next).sqrt();
        if length == 0.0 {
            break;
        }
        direction = next.into_iter().map(|x| x / length).collect();
    }
    direction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distances::Distances;
    use crate::sample::normal;
    use crate::{Cancel, Metric, Vectors};

    #[test]
    fn every_row_has_one_leaf_and_leaves_are_small() {
        let vectors = normal(1003, 60, 1);
        let distances = Distances::new(&vectors, Metric::Cosine).expect("finite");
        let sketch = Sketch::new(&distances, 1, &Cancel::default()).expect("sketches");
        let tree = Tree::grow(&sketch, 40, 5);
        let mut rows: Vec<u32> = (0..tree.leaves()).flat_map(|at| tree.leaf(at)).copied().collect();
        assert!((0..25).all(|at| tree.leaf(at).len() == 40) && tree.leaf(25).len() == 3 && tree.leaves() == 26);
        rows.sort_unstable();
        assert_eq!(rows, (0..1003).collect::<Vec<_>>());
        assert_eq!(tree.order, Tree::grow(&sketch, 40, 5).order);
        assert_ne!(tree.order, Tree::grow(&sketch, 40, 6).order);
    }

    #[test]
    fn identical_rows_are_parted_all_the_same() {
        let same = Vectors::new(vec![1.0; 300], 3).expect("rows");
        let distances = Distances::new(&same, Metric::Euclidean).expect("finite");
        let sketch = Sketch::new(&distances, 1, &Cancel::default()).expect("sketches");
        assert_eq!(Tree::grow(&sketch, 10, 1).leaves(), 10);
    }
}
