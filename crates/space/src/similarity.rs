//! How near things are: one pair, all pairs, all pairs in blocks, and the nearest to a query.
//!
//! Numbers are what the user reads: cosine and dot as they are (larger is nearer), Euclid and Manhattan as distances.
//! Deliberately absent: the neighbours of every row (`neighbours`) and the order of a heat map (`order`).

use rayon::prelude::*;

use crate::product::{BLOCK, Finish, Packed, View};
use crate::{Error, Metric, Vectors};

/// The most numbers that [`matrix`] makes at once (1 GiB); larger ones go through [`blocks`].
pub const MATRIX_LIMIT: usize = 1 << 28;

/// Two vectors; the cosine beside a vector of zeros is 0.
pub fn pair(a: &[f32], b: &[f32], metric: Metric) -> f32 {
    metric.shown(metric.distance(a, b)) as f32
}

/// All pairs as `[a.rows(), b.rows()]`; fails when that is more than [`MATRIX_LIMIT`] numbers.
pub fn matrix(a: &Vectors, b: &Vectors, metric: Metric) -> Result<Vectors, Error> {
    if a.rows().saturating_mul(b.rows()) > MATRIX_LIMIT {
        return Err(Error::shape(format!("at most {MATRIX_LIMIT} pairs"), format!("{} × {}", a.rows(), b.rows())));
    }
    let mut values = Vec::with_capacity(a.rows() * b.rows());
    blocks(a, b, metric, |_, rows: &Vectors| {
        values.extend_from_slice(rows.as_slice());
        Ok::<_, Error>(())
    })?;
    if values.is_empty() { Ok(Vectors::empty(b.rows())) } else { Vectors::new(values, b.rows()) }
}

/// All pairs, a few rows at a time: `sink(first_row, rows)` with rows of `b.rows()` numbers, in order. What the sink
/// fails with is handed on, so that a cancelled or broken writer stops the work.
pub fn blocks<E: From<Error>>(
    a: &Vectors,
    b: &Vectors,
    metric: Metric,
    mut sink: impl FnMut(usize, &Vectors) -> Result<(), E>,
) -> Result<(), E> {
    if a.dim() != b.dim() {
        return Err(Error::shape(format!("rows of {}", a.dim()), format!("rows of {}", b.dim())).into());
    }
    a.check_finite()?;
    b.check_finite()?;
    if b.rows() == 0 {
        return Ok(());
    }
    let (squares_a, squares_b) = (squares(a), squares(b));
    let laid_out =
        (metric != Metric::Manhattan).then(|| Packed::new(View::of_rows(b.as_slice(), b.dim()).transposed()));
    // About 16 million numbers at a time.
    let height = ((1 << 24) / b.rows()).clamp(1, BLOCK);
    for from in (0..a.rows()).step_by(height) {
        let to = (from + height).min(a.rows());
        let values = match &laid_out {
            Some(right) => {
                let left = View::of_rows(&a.as_slice()[from * a.dim()..to * a.dim()], a.dim());
                right.times(left, &FromProducts { a, b, metric, squares: (&squares_a[from..to], &squares_b), from })
            }
            None => {
                let pairs = |at: usize| pair(a.row(from + at / b.rows()), b.row(at % b.rows()), metric);
                (0..(to - from) * b.rows()).into_par_iter().map(pairs).collect()
            }
        };
        sink(from, &Vectors::new(values, b.rows())?)?;
    }
    Ok(())
}

/// The `k` rows nearest to `query`, best first, ties by the smaller row; fewer when there are fewer. Rows that hold NaN
/// are never an answer.
pub fn nearest(query: &[f32], vectors: &Vectors, k: usize, metric: Metric) -> Result<Vec<(usize, f32)>, Error> {
    if query.len() != vectors.dim() {
        return Err(Error::shape(format!("{} numbers", vectors.dim()), query.len()));
    }
    if query.iter().any(|value| !value.is_finite()) {
        return Err(Error::NotFinite { row: 0 });
    }
    let mut found: Vec<(usize, f64)> = vectors
        .as_slice()
        .par_chunks(vectors.dim().max(1))
        .enumerate()
        .map(|(row, values)| (row, metric.distance(query, values)))
        .filter(|(_, distance)| !distance.is_nan())
        .collect();
    let order = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0));
    if k < found.len() {
        found.select_nth_unstable_by(k, order);
        found.truncate(k);
    }
    found.sort_unstable_by(order);
    Ok(found.into_iter().map(|(row, distance)| (row, metric.shown(distance) as f32)).collect())
}

/// The squared length of every row.
fn squares(vectors: &Vectors) -> Vec<f32> {
    let square = |row: &[f32]| crate::metric::sum(row, row, |x, y| x * y) as f32;
    vectors.as_slice().par_chunks(vectors.dim().max(1)).map(square).collect()
}

/// Makes of products, from row `from` of `a` on, what the user reads. Products are fast; where they lose digits (near pairs under
/// Euclid) or leave the range of `f32`, the pair is measured by itself.
struct FromProducts<'a> {
    a: &'a Vectors,
    b: &'a Vectors,
    metric: Metric,
    squares: (&'a [f32], &'a [f32]),
    from: usize,
}

impl Finish for FromProducts<'_> {
    #[inline(always)]
    fn finish<const FUSED: bool>(&self, row: usize, column: usize, run: &mut [f32]) {
        let of_a = self.squares.0[row];
        for ((value, &square), at) in run.iter_mut().zip(&self.squares.1[column..]).zip(column..) {
            let quick = match self.metric {
                Metric::Cosine => Some((*value / (of_a * square).sqrt()).clamp(-1.0, 1.0)),
                Metric::Dot => Some(*value),
                Metric::Euclidean => {
                    let (sum, apart) = (of_a + square, of_a + square - 2.0 * *value);
                    (apart > sum / 8.0).then(|| apart.sqrt())
                }
                Metric::Manhattan => None,
            };
            let normal = of_a.is_normal() && square.is_normal();
            *value = match quick {
                Some(quick) if quick.is_finite() && normal => quick,
                _ => pair(self.a.row(self.from + row), self.b.row(at), self.metric),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::normal;

    #[test]
    fn every_way_of_asking_gives_the_same_number() {
        let (a, b) = (normal(37, 24, 1), normal(600, 24, 2));
        for metric in Metric::ALL {
            let all = matrix(&a, &b, metric).expect("same width");
            for (i, j) in [(0, 0), (36, 599), (17, 300)] {
                assert!((all.row(i)[j] - pair(a.row(i), b.row(j), metric)).abs() < 1e-4, "{metric}");
            }
            let best = nearest(a.row(5), &b, 3, metric).expect("same width");
            let mut order: Vec<usize> = (0..600).collect();
            order.sort_by(|&x, &y| all.row(5)[x].total_cmp(&all.row(5)[y]));
            if metric.is_similarity() {
                order.reverse();
            }
            assert_eq!(best.iter().map(|(row, _)| *row).collect::<Vec<_>>(), order[..3], "{metric}");
        }
    }

    #[test]
    fn blocks_come_in_order_and_a_failing_sink_stops_them() {
        let a = normal(1300, 3, 1);
        let mut seen = 0;
        blocks(&a, &a, Metric::Cosine, |first, rows| {
            assert_eq!(first, seen);
            seen += rows.rows();
            Ok::<_, Error>(())
        })
        .expect("same width");
        assert_eq!(seen, 1300);
        let stopped = blocks(&a, &a, Metric::Cosine, |_, _| Err(Error::Cancelled));
        assert_eq!(stopped, Err(Error::Cancelled));
    }

    #[test]
    fn degenerate_input_is_answered() {
        let zeros = Vectors::new(vec![0.0; 6], 2).expect("three rows");
        assert!(matrix(&zeros, &zeros, Metric::Cosine).expect("runs").as_slice().iter().all(|&x| x == 0.0));
        assert_eq!(matrix(&zeros, &Vectors::empty(2), Metric::Dot).expect("empty").rows(), 0);
        assert!(matrix(&zeros, &Vectors::empty(3), Metric::Dot).is_err());
        let bad = Vectors::new(vec![1.0, f32::NAN, 1.0, 0.0], 2).expect("two rows");
        assert!(matrix(&bad, &bad, Metric::Dot).is_err());
        assert_eq!(nearest(&[1.0, 0.0], &bad, 9, Metric::Cosine).expect("runs"), [(1, 1.0)]);
        assert_eq!(nearest(&[1.0, 0.0], &Vectors::empty(2), 9, Metric::Cosine).expect("runs"), []);
        assert!(nearest(&[1.0], &bad, 1, Metric::Cosine).is_err());
    }
}
