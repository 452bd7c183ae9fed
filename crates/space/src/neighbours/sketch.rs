//! A sketch of every row: the few coordinates that hold most of what varies, in which comparing costs little.
//!
//! The coordinates are along the principal components of a sample. Deliberately absent: how far apart rows really are; a
//! sketch only tells which pairs are worth measuring.

use rayon::prelude::*;

use super::forest::Tree;
use super::least::least;
use crate::distances::{Block, Distances, dot};
use crate::pca::PcaParams;
use crate::product::{BLOCK, rows_by_rows};
use crate::{Cancel, Error, Metric, UNWATCHED, Vectors, sample};

/// Coordinates of a sketch.
const WIDTH: usize = 96;
/// Rows whose principal components the sketch is made of.
const SKETCHED_BY: usize = 512;
/// Leaves whose means are compared with all others at a time.
const TOGETHER: usize = 128;

/// A few coordinates of every row.
pub(super) struct Sketch {
    /// Of each row the coordinates, and half their square: what is needed to compare by one product.
    forms: Vec<f32>,
    width: usize,
    /// Whether length counts for nearness: half the square is 0 where it does.
    by_product: bool,
}

/// What comparing needs room for.
#[derive(Default)]
pub(super) struct Room {
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Sketch {
    pub(super) fn new(distances: &Distances, seed: u64, cancel: &Cancel) -> Result<Self, Error> {
        let (rows, dim) = (distances.rows(), distances.dim());
        let (width, by_product) = (WIDTH.min(dim), distances.metric() == Metric::Dot);
        let mut block = Block::default();
        distances.load(sample::rows(rows, SKETCHED_BY, seed).into_iter(), &mut block);
        let sampled = Vectors::new(block.values().to_vec(), dim)?;
        let axes = PcaParams { components: width }.check()?.run(&sampled, UNWATCHED, cancel)?.components;
        let mut sketch = Self { forms: vec![0.0; rows * (width + 1)], width, by_product };
        sketch.forms.par_chunks_mut(BLOCK * (width + 1)).enumerate().for_each_init(
            || (Block::default(), Vec::new()),
            |(block, coordinates), (at, forms)| {
                let from = at * BLOCK;
                let rows = forms.len() / (width + 1);
                distances.load(from..from + rows, block);
                coordinates.resize(rows * width, 0.0);
                rows_by_rows(block.values(), axes.as_slice(), dim, coordinates);
                for (form, coordinates) in forms.chunks_exact_mut(width + 1).zip(coordinates.chunks_exact(width)) {
                    form[..width].copy_from_slice(coordinates);
                    form[width] = if by_product { 0.0 } else { dot(coordinates, coordinates) / 2.0 };
                }
            },
        );
        Ok(sketch)
    }

    /// The coordinates of a row.
    pub(super) fn of(&self, row: u32) -> &[f32] {
        &self.form(row)[..self.width]
    }

    pub(super) fn rows(&self) -> usize {
        self.forms.len() / (self.width + 1)
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Keys of all pairs, one row of `others` for each of `rows`: smaller is nearer, of no meaning beyond the row.
    pub(super) fn keys(&self, rows: &[u32], others: &[u32], room: &mut Room, keys: &mut Vec<f32>) {
        room.left.clear();
        for &row in rows {
            push_question(self.of(row), &mut room.left);
        }
        room.right.clear();
        others.iter().for_each(|&other| room.right.extend_from_slice(self.form(other)));
        keys.resize(rows.len() * others.len(), 0.0);
        rows_by_rows(&room.left, &room.right, self.width + 1, keys);
    }

    /// For each leaf of a tree the `most` leaves nearest to it, by their means.
    pub(super) fn near_leaves(&self, tree: &Tree, most: usize) -> Vec<Vec<u32>> {
        let (width, count) = (self.width + 1, tree.leaves());
        let mut means = vec![0.0; count * width];
        means.par_chunks_mut(width).enumerate().for_each(|(at, mean)| {
            let leaf = tree.leaf(at);
            for &row in leaf {
                mean.iter_mut().zip(self.of(row)).for_each(|(sum, x)| *sum += x / leaf.len() as f32);
            }
            let coordinates = &mean[..self.width];
            mean[self.width] = if self.by_product { 0.0 } else { dot(coordinates, coordinates) / 2.0 };
        });
        let near = means.par_chunks(TOGETHER * width).map_init(
            || (Room::default(), Vec::new(), Vec::new()),
            |(room, keys, shares), some| {
                room.left.clear();
                some.chunks_exact(width).for_each(|mean| push_question(&mean[..self.width], &mut room.left));
                keys.resize(some.len() / width * count, 0.0);
                rows_by_rows(&room.left, &means, width, keys);
                let nearest = |keys: &[f32]| {
                    let mut near = Vec::new();
                    least(keys, most, shares, &mut near);
                    let key = |leaf: u32| keys[leaf as usize];
                    near.sort_unstable_by(|&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
                    near.truncate(most);
                    near
                };
                keys.chunks_exact(count).map(nearest).collect::<Vec<_>>()
            },
        );
        near.flatten_iter().collect()
    }

    fn form(&self, row: u32) -> &[f32] {
        let width = self.width + 1;
        &self.forms[row as usize * width..(row as usize + 1) * width]
    }
}

/// What a row is multiplied with forms by: half the square of the other less the product of both.
fn push_question(coordinates: &[f32], into: &mut Vec<f32>) {
    into.extend(coordinates.iter().map(|x| -x));
    into.push(1.0);
}
