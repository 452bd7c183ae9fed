//! Dense decompositions in `f64` through `faer`. Threads share no more than the columns of a product, in groups that are always the
//! same, so that a result never depends on how many there are.
//!
//! A few leading eigenvectors of a large matrix are found by block Krylov iteration, `faer` having only one that takes a
//! single vector at a time and gives up on equal eigenvalues. Deliberately absent: what the matrices mean.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::matmul::matmul;
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::{Accum, Mat, MatRef, Par, Spec};
use rayon::prelude::*;

use crate::Error;
use crate::sample::{gauss, generator};

/// Below this, or where more than an eighth of all is wanted, all eigenvectors are found as fast as some.
const MANY: usize = 512;
/// Vectors carried beside those that are wanted, so that the last of these settles too.
const SPARE: usize = 8;
/// Powers of the matrix in one subspace.
const POWERS: usize = 4;
/// What is left of `C·v − λ·v`, as a share of the largest eigenvalue, when a vector has settled.
const SETTLED: f64 = 1e-8;
/// A round that does not bring the rest down to this share of what it was will not settle soon.
const SLOW: f64 = 0.3;

/// Columns of a product that one thread computes.
const TOGETHER: usize = 32;

/// Eigenvalues, largest first, and their eigenvectors one after the other.
pub(crate) type Eigen = (Vec<f64>, Vec<Vec<f64>>);

/// The whole decomposition of a symmetric row-major `[n, n]` matrix.
pub(crate) fn symmetric(matrix: &[f64], n: usize) -> Result<Eigen, Error> {
    let mut values = Diag::<f64>::zeros(n);
    let mut vectors = Mat::<f64>::zeros(n, n);
    let scratch = self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::Yes, Par::Seq, Spec::default());
    self_adjoint_evd(
        MatRef::from_row_major_slice(matrix, n, n),
        values.as_mut(),
        Some(vectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|_| Error::NotConverged { what: "the eigenvalue decomposition" })?;
    let values = values.column_vector();
    let largest_first = (0..n).rev().map(|at| values[at]).collect();
    Ok((largest_first, (0..n).rev().map(|column| (0..n).map(|row| vectors[(row, column)]).collect()).collect()))
}

/// The `wanted` largest of a symmetric `[n, n]` matrix that has no eigenvalue below 0: of a large one by block Krylov
/// iteration (Musco and Musco 2015) until they have settled, else, or where they do not settle soon because many
/// eigenvalues are alike, by the whole decomposition.
pub(crate) fn leading(matrix: &[f64], n: usize, wanted: usize) -> Result<Eigen, Error> {
    if n >= MANY
        && wanted * 8 <= n
        && let Some(found) = iterated(MatRef::from_row_major_slice(matrix, n, n), wanted)?
    {
        return Ok(found);
    }
    let (mut values, mut vectors) = symmetric(matrix, n)?;
    values.truncate(wanted);
    vectors.truncate(wanted);
    Ok((values, vectors))
}

fn iterated(matrix: MatRef<f64>, wanted: usize) -> Result<Option<Eigen>, Error> {
    let n = matrix.nrows();
    let mut chance = generator(0);
    let mut block = Mat::from_fn(n, wanted + SPARE, |_, _| gauss(&mut chance));
    let mut before = f64::INFINITY;
    loop {
        let basis = krylov(matrix, block)?;
        let image = times(matrix, basis.as_ref());
        let small = times(basis.transpose(), image.as_ref());
        let size = small.ncols();
        let (values, turns) = symmetric(&row_major(small.as_ref()), size)?;
        let kept = size.min(wanted + SPARE);
        let turn = Mat::from_fn(size, kept, |row, column| turns[column][row]);
        block = times(basis.as_ref(), turn.as_ref());
        let image = times(image.as_ref(), turn.as_ref());
        let rest = |at: usize| (image.col(at) - block.col(at) * values[at]).norm_l2();
        let worst = (0..wanted.min(kept)).map(rest).fold(0.0, f64::max);
        if kept < wanted || worst > before * SLOW {
            return Ok(None);
        }
        if worst <= SETTLED * values[0] {
            let vectors = (0..wanted).map(|at| block.col(at).iter().copied().collect()).collect();
            return Ok(Some((values[..wanted].to_vec(), vectors)));
        }
        before = worst;
    }
}

/// An orthonormal basis of `block` and its images under the first powers of a matrix.
fn krylov(matrix: MatRef<f64>, block: Mat<f64>) -> Result<Mat<f64>, Error> {
    let n = matrix.nrows();
    let mut last = orthonormal(block)?;
    let mut basis = last.clone();
    for _ in 1..POWERS {
        let mut next = times(matrix, last.as_ref());
        // Twice: what rounding leaves of the first time is gone after the second.
        for _ in 0..2 {
            let along = times(basis.transpose(), next.as_ref());
            next -= times(basis.as_ref(), along.as_ref());
            next = orthonormal(next)?;
        }
        if next.ncols() == 0 {
            break;
        }
        let known = basis.ncols();
        basis.resize_with(n, known + next.ncols(), |row, column| next[(row, column - known)]);
        last = next;
    }
    Ok(basis)
}

/// An orthonormal basis of the columns of a matrix, without directions that only rounding tells from the others.
fn orthonormal(columns: Mat<f64>) -> Result<Mat<f64>, Error> {
    let inner = times(columns.transpose(), columns.as_ref());
    let width = inner.ncols();
    let (values, turns) = symmetric(&row_major(inner.as_ref()), width)?;
    let least = values.first().map_or(0.0, |largest| largest * 1e-14).max(f64::MIN_POSITIVE);
    let kept = values.iter().take_while(|&&value| value > least).count();
    let turn = Mat::from_fn(width, kept, |row, column| turns[column][row] / values[column].sqrt());
    Ok(times(columns.as_ref(), turn.as_ref()))
}

fn times(a: MatRef<f64>, b: MatRef<f64>) -> Mat<f64> {
    let mut product = Mat::zeros(a.nrows(), b.ncols());
    let groups = product.par_col_chunks_mut(TOGETHER).zip(b.par_col_chunks(TOGETHER));
    groups.for_each(|(product, b)| matmul(product, Accum::Replace, a, b, 1.0, Par::Seq));
    product
}

fn row_major(matrix: MatRef<f64>) -> Vec<f64> {
    (0..matrix.nrows()).flat_map(|row| (0..matrix.ncols()).map(move |column| matrix[(row, column)])).collect()
}

/// Eigenvalues of a symmetric row-major `[n, n]` matrix, largest first.
pub(crate) fn symmetric_values(matrix: &[f64], n: usize) -> Result<Vec<f64>, Error> {
    let mut values = Diag::<f64>::zeros(n);
    let scratch = self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::No, Par::Seq, Spec::default());
    self_adjoint_evd(
        MatRef::from_row_major_slice(matrix, n, n),
        values.as_mut(),
        None,
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|_| Error::NotConverged { what: "the eigenvalue decomposition" })?;
    let values = values.column_vector();
    Ok((0..n).rev().map(|at| values[at]).collect())
}

/// A singular value decomposition `U·diag(s)·Vᵀ`; `u` and `v` are empty unless asked for.
pub(crate) struct Singular {
    pub(crate) values: Vec<f64>,
    pub(crate) u: Mat<f64>,
    pub(crate) v: Mat<f64>,
}

/// Singular values, largest first, of a row-major `[m, n]` matrix, with thin `U` and `V` when `vectors`.
pub(crate) fn singular(matrix: &[f64], m: usize, n: usize, vectors: bool) -> Result<Singular, Error> {
    let rank = m.min(n);
    let wanted = if vectors { ComputeSvdVectors::Thin } else { ComputeSvdVectors::No };
    let mut values = Diag::<f64>::zeros(rank);
    let (mut u, mut v) = if vectors { (Mat::zeros(m, rank), Mat::zeros(n, rank)) } else { (Mat::new(), Mat::new()) };
    let scratch = svd_scratch::<f64>(m, n, wanted, wanted, Par::Seq, Spec::default());
    svd(
        MatRef::from_row_major_slice(matrix, m, n),
        values.as_mut(),
        vectors.then_some(u.as_mut()),
        vectors.then_some(v.as_mut()),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|_| Error::NotConverged { what: "the singular value decomposition" })?;
    let column = values.column_vector();
    Ok(Singular { values: (0..rank).map(|at| column[at]).collect(), u, v })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::normal;

    /// A covariance of `rows` numbers whose columns vary by `spread`.
    fn covariance(n: usize, rows: usize, spread: impl Fn(usize) -> f64) -> Vec<f64> {
        let data = normal(rows, n, 3);
        let data = Mat::from_fn(rows, n, |row, column| f64::from(data.row(row)[column]) * spread(column));
        row_major(times(data.transpose(), data.as_ref()).as_ref())
    }

    #[test]
    fn leading_ones_are_those_of_the_whole() {
        let n = MANY + 40;
        for (matrix, settles) in [
            (covariance(n, 900, |column| 1.0 / (1.0 + column as f64)), true),
            // Fewer directions than are wanted.
            (covariance(n, 6, |_| 1.0), true),
            (vec![0.0; n * n], true),
            // All alike.
            (covariance(n, 4 * n, |_| 1.0), false),
        ] {
            let found = iterated(MatRef::from_row_major_slice(&matrix, n, n), 20).expect("decomposes");
            assert_eq!(found.is_some(), settles);
            let (values, vectors) = leading(&matrix, n, 20).expect("decomposes");
            let (all, whole) = symmetric(&matrix, n).expect("decomposes");
            for at in 0..20 {
                assert!((values[at] - all[at]).abs() <= 1e-10 * all[0], "{at}: {} {}", values[at], all[at]);
                let along: f64 = vectors[at].iter().zip(&whole[at]).map(|(a, b)| a * b).sum();
                let apart = at > 0 && all[at] > all[at - 1] * 0.999;
                assert!(apart || all[at] < 1e-6 || (along.abs() - 1.0).abs() < 1e-6, "{at}: {along}");
            }
            for (at, vector) in vectors.iter().enumerate() {
                for other in &vectors[..=at] {
                    let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
                    let wanted = f64::from(u8::from(std::ptr::eq(vector, other)));
                    assert!((along - wanted).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn known_decompositions() {
        let (values, vectors) = symmetric(&[2.0, 1.0, 1.0, 2.0], 2).expect("settles");
        assert!((values[0] - 3.0).abs() < 1e-12 && (values[1] - 1.0).abs() < 1e-12);
        assert!((vectors[0][0] - vectors[0][1]).abs() < 1e-12);
        let found = singular(&[3.0, 0.0, 0.0, 0.0, -4.0, 0.0], 2, 3, false).expect("settles");
        assert!((found.values[0] - 4.0).abs() < 1e-12 && (found.values[1] - 3.0).abs() < 1e-12);
    }
}
