//! Random trees: rows that fall on the same side of many random hyperplanes are probably near each other.
//!
//! The trees are grown on a sketch, a few coordinates of each row that hold most of what varies (principal components
//! of a sample), so that growing them costs little. Deliberately absent: comparing rows; leaves are only suggestions.

use rand::RngExt;
use rayon::prelude::*;

use crate::distances::{Block, Distances};
use crate::pca::PcaParams;
use crate::product::{BLOCK, rows_by_rows};
use crate::{Cancel, Error, UNWATCHED, Vectors, sample};

/// Coordinates of a sketch.
const WIDTH: usize = 48;
/// Rows whose principal components the sketch is made of.
const SKETCHED_BY: usize = 512;
/// Below this many rows a branch grows on one thread.
const ALONE: usize = 4096;

/// A few coordinates of every row.
pub(super) struct Sketch {
    coordinates: Vec<f32>,
    width: usize,
}

impl Sketch {
    pub(super) fn new(distances: &Distances, seed: u64, cancel: &Cancel) -> Result<Self, Error> {
        let (rows, dim) = (distances.rows(), distances.dim());
        let width = WIDTH.min(dim);
        let mut block = Block::default();
        distances.load(sample::rows(rows, SKETCHED_BY, seed).into_iter(), &mut block);
        let sampled = Vectors::new(block.values().to_vec(), dim)?;
        let axes = PcaParams { components: width }.check()?.run(&sampled, UNWATCHED, cancel)?.components;
        let mut coordinates = vec![0.0; rows * width];
        coordinates.par_chunks_mut(BLOCK * width).enumerate().for_each_init(Block::default, |block, (at, out)| {
            let from = at * BLOCK;
            distances.load(from..from + out.len() / width, block);
            rows_by_rows(block.values(), axes.as_slice(), dim, out);
        });
        Ok(Self { coordinates, width })
    }

    fn of(&self, row: u32) -> &[f32] {
        &self.coordinates[row as usize * self.width..(row as usize + 1) * self.width]
    }

    fn rows(&self) -> usize {
        self.coordinates.len() / self.width
    }
}

/// All rows, those of a leaf side by side.
pub(super) struct Tree {
    order: Vec<u32>,
    /// Where each leaf begins, and where the last ends.
    starts: Vec<usize>,
}

impl Tree {
    /// Halves the rows until no leaf holds more than `leaf`.
    pub(super) fn grow(sketch: &Sketch, leaf: usize, seed: u64) -> Self {
        let mut order: Vec<u32> = (0..sketch.rows() as u32).collect();
        halve(sketch, &mut order, leaf, seed);
        let mut starts = Vec::new();
        bounds(0, order.len(), leaf, &mut starts);
        starts.push(order.len());
        Self { order, starts }
    }

    /// All rows, those of a leaf side by side.
    pub(super) fn into_order(self) -> Vec<u32> {
        self.order
    }

    pub(super) fn leaves(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn leaf(&self, at: usize) -> &[u32] {
        &self.order[self.starts[at]..self.starts[at + 1]]
    }
}

/// Parts rows by a hyperplane midway along the line through two of them, as many on either side.
fn halve(sketch: &Sketch, rows: &mut [u32], leaf: usize, seed: u64) {
    if rows.len() <= leaf {
        return;
    }
    let mut chance = sample::generator(seed);
    let mut draw = || rows[chance.random_range(0..rows.len() as u64) as usize];
    let (a, b) = (sketch.of(draw()), sketch.of(draw()));
    let normal: Vec<f32> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let along = |row: u32| dot(sketch.of(row), &normal);
    let mut placed: Vec<(f32, u32)> = if rows.len() > ALONE {
        rows.par_iter().map(|&row| (along(row), row)).collect()
    } else {
        rows.iter().map(|&row| (along(row), row)).collect()
    };
    let middle = rows.len() / 2;
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

fn bounds(from: usize, rows: usize, leaf: usize, starts: &mut Vec<usize>) {
    if rows <= leaf {
        return starts.push(from);
    }
    bounds(from, rows / 2, leaf, starts);
    bounds(from + rows / 2, rows - rows / 2, leaf, starts);
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    let (a_chunks, a_rest) = a.as_chunks::<16>();
    let (b_chunks, b_rest) = b.as_chunks::<16>();
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..16 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Metric;
    use crate::sample::normal;

    #[test]
    fn every_row_has_one_leaf_and_leaves_are_small() {
        let vectors = normal(1003, 60, 1);
        let distances = Distances::new(&vectors, Metric::Cosine).expect("finite");
        let sketch = Sketch::new(&distances, 1, &Cancel::default()).expect("sketches");
        let tree = Tree::grow(&sketch, 40, 5);
        let mut rows: Vec<u32> = (0..tree.leaves()).flat_map(|at| tree.leaf(at)).copied().collect();
        assert!((0..tree.leaves()).all(|at| (20..=40).contains(&tree.leaf(at).len())));
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
        assert_eq!(Tree::grow(&sketch, 10, 1).leaves(), 16);
    }
}
