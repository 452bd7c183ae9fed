//! Dense decompositions in `f64` through `faer`, on one thread so that a result never depends on how many there are.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::{Mat, MatRef, Par, Spec};

use crate::Error;

/// Eigenvalues of a symmetric row-major `[n, n]` matrix, largest first, and their eigenvectors one after the other.
pub(crate) fn symmetric(matrix: &[f64], n: usize) -> Result<(Vec<f64>, Vec<Vec<f64>>), Error> {
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

    #[test]
    fn known_decompositions() {
        let (values, vectors) = symmetric(&[2.0, 1.0, 1.0, 2.0], 2).expect("settles");
        assert!((values[0] - 3.0).abs() < 1e-12 && (values[1] - 1.0).abs() < 1e-12);
        assert!((vectors[0][0] - vectors[0][1]).abs() < 1e-12);
        let found = singular(&[3.0, 0.0, 0.0, 0.0, -4.0, 0.0], 2, 3, false).expect("settles");
        assert!((found.values[0] - 4.0).abs() < 1e-12 && (found.values[1] - 3.0).abs() < 1e-12);
    }
}
