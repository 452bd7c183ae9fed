//! Blocks of distances between the rows of one matrix, fast enough for all pairs.
//!
//! Rows are first brought into a form in which `f32` products lose little: unit length for cosine, centred and scaled
//! for Euclid. Keys only order and compare; `exact` gives the number to show. Deliberately absent: choosing among them.

use std::ops::Range;

use rayon::prelude::*;

use crate::moments::Centred;
use crate::product::{AsItIs, BLOCK, Packed, View, rows_by_rows};
use crate::wide::widely;
use crate::{Error, Metric, Vectors};

/// Pairs nearer than this are measured again: `1 − cosine`, and the share of both squared lengths for Euclid.
const DOUBTFUL: (f32, f32) = (1e-4, 1e-3);
/// Rows whose squared length is this near 1 are as comparable as rounding would leave them.
const UNIT: f64 = 1e-6;
/// Keys looked at together: most hold no near pair, and one comparison without branches tells.
const STEP: usize = 16;

/// The rows of a matrix, ready to be compared under one metric.
pub(crate) struct Distances<'a> {
    vectors: &'a Vectors,
    metric: Metric,
    form: Form<'a>,
    /// All rows in comparable form, where that is worth the memory.
    ready: Option<Block>,
    /// The squared length of each row; for cosine alone.
    squares: Vec<f64>,
}

enum Form<'a> {
    /// Each row times its own factor.
    Scaled(Vec<f32>),
    Centred(Centred<'a>),
    Raw,
}

/// Some rows in comparable form.
#[derive(Default, Clone)]
pub(crate) struct Block {
    values: Vec<f32>,
    squares: Vec<f32>,
    rows: usize,
}

/// The same, wherever they are.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) values: &'a [f32],
    squares: &'a [f32],
    rows: usize,
}

impl Block {
    /// The rows, one after the other.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// All of them.
    pub(crate) fn all(&self) -> Rows<'_> {
        Rows { values: &self.values, squares: &self.squares, rows: self.rows }
    }
}

impl<'a> Distances<'a> {
    /// Fails on numbers that are not finite.
    pub(crate) fn new(vectors: &'a Vectors, metric: Metric) -> Result<Self, Error> {
        vectors.check_finite()?;
        let mut squares = Vec::new();
        let form = match metric {
            Metric::Cosine => {
                let rows = vectors.as_slice().par_chunks(vectors.dim().max(1));
                squares = rows.map(|row| crate::metric::sum(row, row, |x, y| x * y)).collect();
                if squares.iter().all(|square| (square - 1.0).abs() < UNIT) {
                    Form::Raw
                } else {
                    Form::Scaled(squares.iter().map(|square| inverse(square.sqrt())).collect())
                }
            }
            Metric::Dot => {
                let rows = vectors.as_slice().par_chunks(vectors.dim().max(1));
                let reach =
                    rows.map(|row| row.iter().fold(0.0, |most: f32, x| most.max(x.abs()))).reduce(|| 0.0, f32::max);
                let factor = if reach > f32::MIN_POSITIVE { 1.0 / reach } else { 1.0 };
                Form::Scaled(vec![factor; vectors.rows()])
            }
            Metric::Euclidean => Form::Centred(Centred::new(vectors)?),
            Metric::Manhattan => Form::Raw,
        };
        Ok(Self { vectors, metric, form, ready: None, squares })
    }

    /// Keeps all rows in comparable form, so that loading them often is copying: as much memory as the rows take, unless
    /// they are in that form already.
    pub(crate) fn prepare(&mut self) {
        if matches!(self.form, Form::Raw) {
            return;
        }
        let dim = self.dim();
        let mut values = vec![0.0; self.rows() * dim];
        values.par_chunks_mut((BLOCK * dim).max(1)).enumerate().for_each_init(Block::default, |block, (at, out)| {
            self.load(at * BLOCK..at * BLOCK + out.len() / dim, block);
            out.copy_from_slice(&block.values);
        });
        self.ready = Some(self.block(values));
    }

    pub(crate) fn rows(&self) -> usize {
        self.vectors.rows()
    }

    pub(crate) fn dim(&self) -> usize {
        self.vectors.dim()
    }

    pub(crate) fn metric(&self) -> Metric {
        self.metric
    }

    /// Fills `block` with the given rows.
    pub(crate) fn load(&self, rows: impl Iterator<Item = usize>, block: &mut Block) {
        block.values.clear();
        block.rows = 0;
        let dim = self.dim();
        block.squares.clear();
        for row in rows {
            match (&self.ready, &self.form) {
                (Some(ready), _) => {
                    block.values.extend_from_slice(&ready.values[row * dim..(row + 1) * dim]);
                    block.squares.extend(ready.squares.get(row));
                }
                (None, Form::Scaled(factors)) => {
                    block.values.extend(self.vectors.row(row).iter().map(|x| x * factors[row]));
                }
                (None, Form::Centred(centred)) => centred.push_row(row, &mut block.values),
                (None, Form::Raw) => block.values.extend_from_slice(self.vectors.row(row)),
            }
            block.rows += 1;
        }
        if self.ready.is_none() {
            self.square(block);
        }
    }

    /// Rows in a row: where they lie if they were prepared, else loaded into `block`.
    pub(crate) fn span<'b>(&'b self, span: Range<usize>, block: &'b mut Block) -> Rows<'b> {
        let (dim, rows) = (self.dim(), span.len());
        let within = |values: &'b [f32]| &values[span.start * dim..span.end * dim];
        match (&self.ready, &self.form) {
            (Some(ready), _) => {
                let squares = ready.squares.get(span.clone()).unwrap_or_default();
                Rows { values: within(&ready.values), squares, rows }
            }
            (None, Form::Raw) if self.metric != Metric::Euclidean => {
                Rows { values: within(self.vectors.as_slice()), squares: &[], rows }
            }
            _ => {
                self.load(span, block);
                block.all()
            }
        }
    }

    /// Rows that are in comparable form already, such as means of loaded rows.
    pub(crate) fn block(&self, values: Vec<f32>) -> Block {
        let mut block = Block { rows: values.len() / self.vectors.dim().max(1), values, squares: Vec::new() };
        self.square(&mut block);
        block
    }

    fn square(&self, block: &mut Block) {
        block.squares.clear();
        if self.metric == Metric::Euclidean {
            let square = |row: &[f32]| crate::metric::sum(row, row, |x, y| x * y) as f32;
            block.squares.extend(block.values.chunks_exact(self.dim().max(1)).map(square));
        }
    }

    /// Keys of all pairs, one row of `b.rows` for each row of `a`: smaller is nearer. `1 − cosine`; for Euclid the
    /// square in scaled units; for dot the negative in scaled units; for Manhattan the distance.
    pub(crate) fn keys(&self, a: &Block, b: &Block, keys: &mut Vec<f32>) {
        self.keys_of(a.all(), b.all(), keys);
    }

    /// The same of rows wherever they are.
    pub(crate) fn keys_of(&self, a: Rows, b: Rows, keys: &mut Vec<f32>) {
        keys.resize(a.rows * b.rows, 0.0);
        let dim = self.vectors.dim();
        if self.metric == Metric::Manhattan {
            for (keys, x) in keys.chunks_exact_mut(b.rows.max(1)).zip(a.values.chunks_exact(dim)) {
                for (key, y) in keys.iter_mut().zip(b.values.chunks_exact(dim)) {
                    *key = manhattan(x, y);
                }
            }
            return;
        }
        rows_by_rows(a.values, b.values, dim, keys);
        widely(
            #[inline(always)]
            || self.finish(a, b, keys),
        );
    }

    /// Rows that many others will be compared with, laid out for that; nothing where keys are no products.
    pub(crate) fn laid_out(&self, rows: Rows) -> Option<Packed> {
        (self.metric != Metric::Manhattan).then(|| Packed::new(View::of_rows(rows.values, self.dim()).transposed()))
    }

    /// As [`Distances::keys_of`], where `laid_out` are the rows of `b`.
    pub(crate) fn keys_to(&self, a: Rows, (b, laid_out): (Rows, &Option<Packed>), keys: &mut Vec<f32>) {
        let Some(laid_out) = laid_out else { return self.keys_of(a, b, keys) };
        keys.resize(a.rows * b.rows, 0.0);
        laid_out.times_into(View::of_rows(a.values, self.dim()), keys, b.rows, &AsItIs);
        widely(
            #[inline(always)]
            || self.finish(a, b, keys),
        );
    }

    /// Keys of one row and some others, those of [`Distances::keys`] but for rounding; from the rows as they are.
    #[inline(always)]
    pub(crate) fn keys_from(&self, row: usize, others: &[u32], keys: &mut Vec<f32>) {
        let x = self.vectors.row(row);
        keys.clear();
        // A loop, for what an iterator calls is not made for the same processor as the caller.
        for &other in others {
            let y = self.vectors.row(other as usize);
            // Each number by itself: a product of large rows may not fit an f32.
            let (f, g) = match &self.form {
                Form::Scaled(factors) => (factors[row], factors[other as usize]),
                Form::Centred(centred) => (centred.scale as f32, centred.scale as f32),
                Form::Raw => (1.0, 1.0),
            };
            keys.push(match self.metric {
                Metric::Cosine => {
                    let key = 1.0 - total(x, y, |x, y| (x * f) * (y * g));
                    if key < DOUBTFUL.0 { square_apart((x, f), (y, g)) / 2.0 } else { key }
                }
                Metric::Dot => -total(x, y, |x, y| (x * f) * (y * g)),
                Metric::Euclidean => square_apart((x, f), (y, g)),
                Metric::Manhattan => manhattan(x, y),
            });
        }
    }

    /// From products to keys.
    #[inline(always)]
    fn finish(&self, a: Rows, b: Rows, keys: &mut [f32]) {
        for (row, keys) in keys.chunks_exact_mut(b.rows.max(1)).enumerate() {
            match self.metric {
                Metric::Dot | Metric::Manhattan => keys.iter_mut().for_each(|key| *key = -*key),
                Metric::Cosine => {
                    for (step, keys) in keys.chunks_mut(STEP).enumerate() {
                        keys.iter_mut().for_each(|key| *key = 1.0 - *key);
                        if keys.iter().fold(false, |any, &key| any | (key < DOUBTFUL.0)) {
                            self.mend((a, row), (b, step * STEP), keys);
                        }
                    }
                }
                Metric::Euclidean => {
                    let x = a.squares[row];
                    for (step, (keys, squares)) in keys.chunks_mut(STEP).zip(b.squares.chunks(STEP)).enumerate() {
                        keys.iter_mut().zip(squares).for_each(|(key, y)| *key = x + y - 2.0 * *key);
                        let near = keys.iter().zip(squares);
                        if near.fold(false, |any, (&key, y)| any | (key < DOUBTFUL.1 * (x + y))) {
                            self.mend((a, row), (b, step * STEP), keys);
                        }
                    }
                }
            }
        }
    }

    /// Measures again, by differences, the pairs so near that the product form has lost most of their digits: a row of
    /// `a` with the rows of `b` from the given one on.
    fn mend(&self, (a, row): (Rows, usize), (b, from): (Rows, usize), keys: &mut [f32]) {
        let dim = self.vectors.dim();
        let (x, half) = (&a.values[row * dim..(row + 1) * dim], self.metric == Metric::Cosine);
        for (column, key) in (from..).zip(keys) {
            let doubtful = if half { DOUBTFUL.0 } else { DOUBTFUL.1 * (a.squares[row] + b.squares[column]) };
            if *key < doubtful {
                let y = &b.values[column * dim..(column + 1) * dim];
                let square = crate::metric::sum(x, y, |x, y| (x - y) * (x - y)) as f32;
                *key = if half { square / 2.0 } else { square };
            }
        }
    }

    /// The distance that a key stands for.
    pub(crate) fn distance(&self, key: f32) -> f64 {
        match &self.form {
            Form::Centred(centred) => f64::from(key).sqrt() / centred.scale,
            Form::Scaled(factors) if self.metric == Metric::Dot => {
                let factor = factors.first().copied().map_or(1.0, f64::from);
                f64::from(key) / (factor * factor)
            }
            _ => f64::from(key),
        }
    }

    /// What distances were multiplied by to make them comparable.
    pub(crate) fn scale(&self) -> f64 {
        match &self.form {
            Form::Centred(centred) => centred.scale,
            Form::Scaled(_) | Form::Raw => 1.0,
        }
    }

    /// Rows in comparable form, back in the original numbers; unit rows stay as they are.
    pub(crate) fn original(&self, values: &[f32]) -> Result<Vectors, Error> {
        let dim = self.dim();
        let values = match &self.form {
            Form::Centred(centred) => {
                let back = |(at, x): (usize, &f32)| (f64::from(*x) / centred.scale + centred.mean[at % dim]) as f32;
                values.iter().enumerate().map(back).collect()
            }
            Form::Scaled(_) | Form::Raw => values.to_vec(),
        };
        Vectors::new(values, dim)
    }

    /// The distance of two rows, summed in `f64`.
    #[inline(always)]
    pub(crate) fn exact(&self, a: usize, b: usize) -> f64 {
        let (x, y) = (self.vectors.row(a), self.vectors.row(b));
        match self.metric {
            // As the metric says it, with lengths that are known.
            Metric::Cosine => {
                let norms = (self.squares[a] * self.squares[b]).sqrt();
                let product = crate::metric::sum(x, y, |x, y| x * y);
                1.0 - if norms == 0.0 { 0.0 } else { (product / norms).clamp(-1.0, 1.0) }
            }
            metric => metric.distance(x, y),
        }
    }
}

/// Keys of all pairs among the given rows of `distances`, each pair once: row by row, the part right of the diagonal.
pub(crate) fn pairs(distances: &Distances, rows: &[usize]) -> Vec<f32> {
    let mut all = Block::default();
    distances.load(rows.iter().copied(), &mut all);
    let stripes: Vec<Vec<f32>> = rows
        .par_chunks(BLOCK)
        .enumerate()
        .map(|(at, stripe)| {
            let (mut block, mut keys) = (Block::default(), Vec::new());
            distances.load(stripe.iter().copied(), &mut block);
            distances.keys(&block, &all, &mut keys);
            let first = at * BLOCK;
            keys.chunks_exact(rows.len())
                .enumerate()
                .flat_map(|(row, keys)| &keys[first + row + 1..])
                .copied()
                .collect()
        })
        .collect();
    stripes.concat()
}

fn inverse(norm: f64) -> f32 {
    if norm >= f64::from(f32::MIN_POSITIVE) { (1.0 / norm) as f32 } else { 0.0 }
}

/// The square of the difference of two rows, each times a factor.
#[inline(always)]
fn square_apart((x, f): (&[f32], f32), (y, g): (&[f32], f32)) -> f32 {
    total(x, y, |x, y| (x * f - y * g) * (x * f - y * g))
}

#[inline(always)]
fn manhattan(a: &[f32], b: &[f32]) -> f32 {
    total(a, b, |x, y| (x - y).abs())
}

#[inline(always)]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    total(a, b, |x, y| x * y)
}

/// Sixteen running sums, so that the compiler can keep them in vector registers; the order never changes.
#[inline(always)]
fn total(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; 16];
    let (a_chunks, a_rest) = a.as_chunks::<16>();
    let (b_chunks, b_rest) = b.as_chunks::<16>();
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..16 {
            lanes[lane] += term(x[lane], y[lane]);
        }
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(&x, &y)| term(x, y)).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_for_exact_distances() {
        let vectors = crate::sample::normal(30, 21, 5);
        for metric in Metric::ALL {
            let distances = Distances::new(&vectors, metric).expect("finite");
            let (mut a, mut b, mut keys) = (Block::default(), Block::default(), Vec::new());
            distances.load(3..7, &mut a);
            distances.load((0..30).step_by(2), &mut b);
            distances.keys(&a, &b, &mut keys);
            for (at, &key) in keys.iter().enumerate() {
                let wanted = distances.exact(3 + at / 15, at % 15 * 2);
                assert!((distances.distance(key) - wanted).abs() < 4e-3, "{metric} {at}");
            }
        }
    }

    #[test]
    fn a_row_alone_has_the_keys_of_its_block() {
        let vectors = crate::sample::normal(20, 37, 6);
        for metric in Metric::ALL {
            let mut distances = Distances::new(&vectors, metric).expect("finite");
            distances.prepare();
            let (mut one, mut all, mut keys, mut alone) = (Block::default(), Block::default(), Vec::new(), Vec::new());
            distances.load(4..5, &mut one);
            distances.load(0..20, &mut all);
            distances.keys(&one, &all, &mut keys);
            distances.keys_from(4, &(0..20).collect::<Vec<_>>(), &mut alone);
            for (a, b) in keys.iter().zip(&alone) {
                assert!((a - b).abs() < 1e-5 * a.abs().max(1.0), "{metric} {a} {b}");
            }
        }
    }

    #[test]
    fn numbers_at_the_edge_of_f32_give_keys_that_are_numbers() {
        let vectors = Vectors::new(vec![3e38, -3e38, 1e-45, 0.0, -3e38, 3e38, 0.0, 0.0], 2).expect("four rows");
        for metric in Metric::ALL {
            let distances = Distances::new(&vectors, metric).expect("finite");
            let (mut all, mut keys) = (Block::default(), Vec::new());
            distances.load(0..4, &mut all);
            distances.keys(&all, &all, &mut keys);
            assert!(keys.iter().all(|key| !key.is_nan()), "{metric} {keys:?}");
        }
    }
}
