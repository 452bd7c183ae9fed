//! Sums over all rows, kept in `f64`: the mean, and the products of columns behind covariance, CKA and Procrustes.
//!
//! Blocks of rows are centred and multiplied in `f32`, then added in `f64` in a fixed order. One pass, `O(d²)` memory,
//! so that a matrix mapped from a file is never copied. Deliberately absent: what the sums mean.

use rayon::prelude::*;

use crate::product::{AsItIs, Packed, SPAN, View, rows_by_rows};
use crate::wide::widely;
use crate::{Cancel, Error, Progress, Vectors};

/// Rows summed in `f32` before they are added in `f64`.
const ROWS: usize = 1024;
/// Rows that are centred together.
const AT_ONCE: usize = 64;
/// Columns of one tile, each of which starts a panel of the factor that all tiles share.
const TILE: usize = SPAN;
/// Blocks of rows whose sums wait for each other: memory does not grow with the rows.
const WAITING: usize = 16;

/// The mean row, summed in `f64`; zeros when there are no rows.
pub(crate) fn mean(vectors: &Vectors) -> Vec<f64> {
    Sums::of(vectors).mean(vectors.rows())
}

/// What one look at all rows tells.
struct Sums {
    columns: Vec<f64>,
    /// The bits of the largest magnitude: those of numbers without a sign are ordered as the numbers are.
    largest: u32,
}

impl Sums {
    fn of(vectors: &Vectors) -> Self {
        let nothing = || Self { columns: vec![0.0; vectors.dim()], largest: 0 };
        if vectors.rows() == 0 {
            return nothing();
        }
        let part = |rows: &[f32]| {
            let mut part = nothing();
            widely(
                #[inline(always)]
                || part.add(rows),
            );
            part
        };
        let parts: Vec<Self> = vectors.as_slice().par_chunks(ROWS * vectors.dim()).map(part).collect();
        let mut sums = nothing();
        for part in parts {
            sums.columns.iter_mut().zip(part.columns).for_each(|(sum, value)| *sum += value);
            sums.largest = sums.largest.max(part.largest);
        }
        sums
    }

    #[inline(always)]
    fn add(&mut self, rows: &[f32]) {
        for row in rows.chunks_exact(self.columns.len()) {
            add(&mut self.columns, row);
            self.largest = row.iter().map(|value| value.abs().to_bits()).fold(self.largest, u32::max);
        }
    }

    fn mean(self, rows: usize) -> Vec<f64> {
        self.columns.into_iter().map(|sum| sum / rows.max(1) as f64).collect()
    }
}

/// Adds a row to sums.
#[inline(always)]
pub(crate) fn add(sums: &mut [f64], row: &[f32]) {
    sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
}

/// Vectors seen from their mean and scaled so that no number is beyond ±1: `(x − mean) · scale`.
pub(crate) struct Centred<'a> {
    vectors: &'a Vectors,
    /// The mean of the original numbers.
    pub(crate) mean: Vec<f64>,
    /// The mean as it is subtracted: rounded, and scaled.
    shift: Vec<f32>,
    /// What every number was multiplied by: a power of two, so that it costs no digit.
    pub(crate) scale: f64,
}

impl<'a> Centred<'a> {
    /// Looks at all rows once; fails on numbers that are not finite.
    pub(crate) fn new(vectors: &'a Vectors) -> Result<Self, Error> {
        let sums = Sums::of(vectors);
        let largest = f32::from_bits(sums.largest);
        if !largest.is_finite() {
            vectors.check_finite()?;
        }
        // Two numbers differ by at most twice the largest magnitude. What is smaller still than any f32 can scale stays small.
        let scale = if largest > 0.0 { (-1.0 - f64::from(largest).log2().ceil()).min(126.0).exp2() } else { 1.0 };
        let mean = sums.mean(vectors.rows());
        let shift = mean.iter().map(|&value| (f64::from(value as f32) * scale) as f32).collect();
        Ok(Self { vectors, mean, shift, scale })
    }

    pub(crate) fn rows(&self) -> usize {
        self.vectors.rows()
    }

    pub(crate) fn dim(&self) -> usize {
        self.vectors.dim()
    }

    /// Appends a centred, scaled row.
    pub(crate) fn push_row(&self, row: usize, into: &mut Vec<f32>) {
        let from = into.len();
        into.resize(from + self.dim(), 0.0);
        self.write_rows(row, &mut into[from..]);
    }

    /// Centred, scaled rows `from..to`.
    pub(crate) fn block(&self, from: usize, to: usize, into: &mut Vec<f32>) {
        into.resize((to - from) * self.dim(), 0.0);
        into.par_chunks_mut(AT_ONCE * self.dim().max(1))
            .enumerate()
            .for_each(|(at, into)| self.write_rows(from + at * AT_ONCE, into));
    }

    fn write_rows(&self, from: usize, into: &mut [f32]) {
        widely(
            #[inline(always)]
            || self.write(from, into),
        );
    }

    #[inline(always)]
    fn write(&self, from: usize, into: &mut [f32]) {
        let dim = self.dim().max(1);
        let rows = &self.vectors.as_slice()[from * dim..];
        for (row, into) in rows.chunks_exact(dim).zip(into.chunks_exact_mut(dim)) {
            // Scaled first: the difference of two large numbers may not fit an f32.
            into.iter_mut().zip(row).zip(&self.shift).for_each(|((into, x), m)| *into = x * self.scale as f32 - m);
        }
    }

    /// How far the rounded mean that was subtracted is from the true one, in scaled units.
    fn rest(&self) -> Vec<f64> {
        self.mean.iter().zip(&self.shift).map(|(m, s)| m * self.scale - f64::from(*s)).collect()
    }
}

/// `Σ_r a_r · b_rᵀ` over the centred, scaled rows: row-major `[a.dim(), b.dim()]`.
pub(crate) fn cross(a: &Centred, b: &Centred, progress: Progress, cancel: &Cancel) -> Result<Vec<f64>, Error> {
    if a.rows() != b.rows() {
        return Err(Error::shape(format!("{} rows", a.rows()), format!("{} rows", b.rows())));
    }
    let same = std::ptr::eq(a, b);
    let mut tiles = tiles(a.dim(), b.dim(), same);
    let (mut rows, mut left, mut right) = (Vec::new(), Packed::default(), Packed::default());
    for from in (0..a.rows()).step_by(ROWS) {
        cancel.check()?;
        let to = (from + ROWS).min(a.rows());
        a.block(from, to, &mut rows);
        left.refill_together(View::of_rows(&rows, a.dim()));
        if !same {
            b.block(from, to, &mut rows);
            right.refill_together(View::of_rows(&rows, b.dim()));
        }
        // What is laid out is the left factor, too: in plain rows the next number of a column would be far away.
        let right = if same { &left } else { &right };
        let work = |buffer: &mut Vec<f32>, Tile { at: [row, column], shape: [height, width], sums }: &mut Tile| {
            buffer.resize(*height * *width, 0.0);
            for (first, columns) in left.panels(*row..*row + *height) {
                let out = &mut buffer[(first - *row) * *width..];
                right.window_into(columns.transposed(), *column..*column + *width, out);
            }
            widely(
                #[inline(always)]
                || add(sums, buffer),
            );
        };
        tiles.par_iter_mut().for_each_init(Vec::new, work);
        progress(to, a.rows());
    }
    let mut sums = vec![0.0; a.dim() * b.dim()];
    let (rest_a, rest_b) = (a.rest(), b.rest());
    for tile in tiles {
        for (at, value) in tile.sums.into_iter().enumerate() {
            let (row, column) = (tile.at[0] + at / tile.shape[1], tile.at[1] + at % tile.shape[1]);
            let value = value - a.rows() as f64 * rest_a[row] * rest_b[column];
            sums[row * b.dim() + column] = value;
            if same {
                sums[column * b.dim() + row] = value;
            }
        }
    }
    Ok(sums)
}

/// `Σ_r (x_r · g) x_r` over the centred, scaled rows for each row `g` of `directions`: row-major `[directions, dim]`.
pub(crate) fn cross_along(a: &Centred, directions: &[f32], cancel: &Cancel) -> Result<Vec<f64>, Error> {
    let (dim, width) = (a.dim(), directions.len() / a.dim());
    let packed = Packed::new(View::of_rows(directions, dim).transposed());
    // Columns in rows: `[dim, width]`.
    let mut sums = vec![0.0; dim * width];
    let starts: Vec<usize> = (0..a.rows()).step_by(ROWS).collect();
    for some in starts.chunks(WAITING) {
        cancel.check()?;
        let part = |&from: &usize| {
            let (mut rows, to) = (Vec::new(), (from + ROWS).min(a.rows()));
            a.block(from, to, &mut rows);
            let (mut places, mut part) = (vec![0.0; (to - from) * width], vec![0.0; dim * width]);
            let rows = View::of_rows(&rows, dim);
            packed.times_into(rows, &mut places, width, &AsItIs);
            let mut turned = Packed::default();
            turned.refill(View::of_rows(&places, width));
            turned.times_into(rows.transposed(), &mut part, width, &AsItIs);
            part
        };
        for part in some.par_iter().map(part).collect::<Vec<_>>() {
            add(&mut sums, &part);
        }
    }
    let mut sums: Vec<f64> = (0..width).flat_map(|at| sums[at..].iter().step_by(width)).copied().collect();
    let rest = a.rest();
    for (sums, direction) in sums.chunks_exact_mut(dim).zip(directions.chunks_exact(dim)) {
        let along: f64 = rest.iter().zip(direction).map(|(rest, &x)| rest * f64::from(x)).sum();
        sums.iter_mut().zip(&rest).for_each(|(sum, rest)| *sum -= a.rows() as f64 * along * rest);
    }
    Ok(sums)
}

/// The sum of the squares of all centred, scaled numbers.
pub(crate) fn squares(a: &Centred, cancel: &Cancel) -> Result<f64, Error> {
    let starts: Vec<usize> = (0..a.rows()).step_by(ROWS).collect();
    let part = |&from: &usize| {
        let mut rows = Vec::new();
        a.block(from, (from + ROWS).min(a.rows()), &mut rows);
        rows.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>()
    };
    cancel.check()?;
    let parts: Vec<f64> = starts.par_iter().map(part).collect();
    let rest: f64 = a.rest().iter().map(|rest| rest * rest).sum();
    Ok(parts.iter().sum::<f64>() - a.rows() as f64 * rest)
}

/// `x_i · x_jᵀ` over the centred, scaled rows: row-major `[rows, rows]`.
pub(crate) fn gram(a: &Centred, cancel: &Cancel) -> Result<Vec<f64>, Error> {
    let (rows, dim) = (a.rows(), a.dim());
    let mut all = Vec::with_capacity(rows * dim);
    a.block(0, rows, &mut all);
    let mut sums = vec![0.0; rows * rows];
    for from in (0..dim).step_by(ROWS) {
        cancel.check()?;
        let width = ROWS.min(dim - from);
        let part: Vec<f32> = all.chunks_exact(dim).flat_map(|row| &row[from..from + width]).copied().collect();
        sums.par_chunks_mut(TILE * rows).zip(part.par_chunks(TILE * width)).for_each(|(sums, block)| {
            let mut buffer = vec![0.0; sums.len()];
            rows_by_rows(block, &part, width, &mut buffer);
            sums.iter_mut().zip(buffer).for_each(|(sum, value)| *sum += f64::from(value));
        });
    }
    Ok(sums)
}

struct Tile {
    at: [usize; 2],
    shape: [usize; 2],
    sums: Vec<f64>,
}

fn tiles(dim_a: usize, dim_b: usize, lower_half: bool) -> Vec<Tile> {
    let mut tiles = Vec::new();
    for row in (0..dim_a).step_by(TILE) {
        for column in (0..dim_b).step_by(TILE).filter(|&column| !lower_half || column <= row) {
            let shape = [TILE.min(dim_a - row), TILE.min(dim_b - column)];
            tiles.push(Tile { at: [row, column], shape, sums: vec![0.0; shape[0] * shape[1]] });
        }
    }
    tiles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UNWATCHED;
    use crate::sample::normal;

    #[test]
    fn cross_products_match_sums_far_from_the_origin() {
        let shifted = |seed, dim| {
            let values = normal(1500, dim, seed).into_vec().into_iter().map(|x| x + 1000.0).collect();
            Vectors::new(values, dim).expect("whole rows")
        };
        let (a, b) = (shifted(1, 130), shifted(2, 3));
        let (ca, cb) = (Centred::new(&a).expect("finite"), Centred::new(&b).expect("finite"));
        let found = cross(&ca, &cb, UNWATCHED, &Cancel::default()).expect("same rows");
        let (mean_a, mean_b) = (mean(&a), mean(&b));
        for (p, q) in [(0, 0), (129, 2), (64, 1)] {
            let wanted: f64 = a
                .iter()
                .zip(b.iter())
                .map(|(x, y)| (f64::from(x[p]) - mean_a[p]) * (f64::from(y[q]) - mean_b[q]))
                .sum();
            let value = found[p * 3 + q] / (ca.scale * cb.scale);
            assert!((value - wanted).abs() < 1e-3, "{value} {wanted}");
        }
        let square = cross(&ca, &ca, UNWATCHED, &Cancel::default()).expect("same rows");
        assert_eq!(square[129], square[129 * 130]);
    }

    #[test]
    fn the_gram_matrix_has_the_trace_of_the_cross_product() {
        let a = normal(20, 33, 3);
        let centred = Centred::new(&a).expect("finite");
        let (gram, cross) = (
            gram(&centred, &Cancel::default()).expect("runs"),
            cross(&centred, &centred, UNWATCHED, &Cancel::default()).expect("runs"),
        );
        let trace = |values: &[f64], n: usize| (0..n).map(|i| values[i * n + i]).sum::<f64>();
        assert!((trace(&gram, 20) - trace(&cross, 33)).abs() < 1e-5);
    }
}
