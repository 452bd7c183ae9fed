//! Matrix products in `f32`: the one door to the `gemm` crate.
//!
//! Threads get whole tiles of a fixed size and never share a sum, so a result does not depend on how many there are.
//! Deliberately absent: `f64` products and decompositions; see `moments` and `eigen`.

use gemm::Parallelism;
use rayon::prelude::*;

use crate::{Error, Vectors};

/// Rows that are handled together.
pub(crate) const BLOCK: usize = 512;

/// All inner products: entry `(i, j)` is row `i` of `a` times row `j` of `b`. `[a.rows(), b.rows()]`.
pub fn product(a: &Vectors, b: &Vectors) -> Result<Vectors, Error> {
    if a.dim() != b.dim() {
        return Err(Error::shape(format!("rows of {}", a.dim()), format!("rows of {}", b.dim())));
    }
    if a.rows() == 0 || b.rows() == 0 {
        return Ok(Vectors::empty(b.rows()));
    }
    let mut out = vec![0.0; a.rows() * b.rows()];
    out.par_chunks_mut(BLOCK * b.rows())
        .zip(a.as_slice().par_chunks(BLOCK * a.dim()))
        .for_each(|(tile, rows)| rows_by_rows(rows, b.as_slice(), a.dim(), tile));
    Vectors::new(out, b.rows())
}

/// `out[i, j] = Σ_c a[i, c] · b[j, c]` on this thread; `a` and `b` hold rows of `dim`, `out` one row for each of `a`.
pub(crate) fn rows_by_rows(a: &[f32], b: &[f32], dim: usize, out: &mut [f32]) {
    let rows = |values: &[f32]| values.len().checked_div(dim).unwrap_or(0);
    multiply([rows(a), rows(b), dim], (a, dim, 1), (b, 1, dim), out);
}

/// `out[p, q] = Σ_r a[r, from_a + p] · b[r, from_b + q]` over the common rows: a window `shape` of `aᵀ·b`.
pub(crate) fn columns_by_columns(
    (a, dim_a, from_a): (&[f32], usize, usize),
    (b, dim_b, from_b): (&[f32], usize, usize),
    [m, n]: [usize; 2],
    out: &mut [f32],
) {
    let rows = a.len() / dim_a;
    multiply([m, n, rows], (&a[from_a..], 1, dim_a), (&b[from_b..], dim_b, 1), out);
}

/// `out = lhs · rhs`, `[m, k] · [k, n]`; each factor is given as values, row stride, column stride; `out` is row-major.
fn multiply([m, n, k]: [usize; 3], lhs: (&[f32], usize, usize), rhs: (&[f32], usize, usize), out: &mut [f32]) {
    if m == 0 || n == 0 {
        return;
    }
    if k == 0 {
        return out.fill(0.0);
    }
    let last = |(_, row, column): (&[f32], usize, usize), rows: usize, columns: usize| {
        (rows - 1) * row + (columns - 1) * column
    };
    assert!(last(lhs, m, k) < lhs.0.len() && last(rhs, k, n) < rhs.0.len() && m * n <= out.len());
    // SAFETY: the assertion above keeps every index that the strides can reach inside its slice, `out` is borrowed
    // mutably and so overlaps neither factor, and `f32` has no invalid bit patterns.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            n as isize,
            false,
            lhs.0.as_ptr(),
            lhs.2 as isize,
            lhs.1 as isize,
            rhs.0.as_ptr(),
            rhs.2 as isize,
            rhs.1 as isize,
            0.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn products_match_sums(m in 1_usize..40, n in 1_usize..40, dim in 1_usize..70, seed in 0_u64..99) {
            let (a, b) = (crate::sample::normal(m, dim, seed), crate::sample::normal(n, dim, seed + 1));
            let found = product(&a, &b).expect("same width");
            for (i, row) in found.iter().enumerate() {
                for (j, &value) in row.iter().enumerate() {
                    let wanted: f32 = a.row(i).iter().zip(b.row(j)).map(|(x, y)| x * y).sum();
                    prop_assert!((value - wanted).abs() < 1e-4);
                }
            }
        }

        #[test]
        fn a_window_of_the_transposed_product(rows in 1_usize..30, from in 0_usize..5) {
            let (a, b) = (crate::sample::normal(rows, 9, 1), crate::sample::normal(rows, 7, 2));
            let mut out = [0.0; 6];
            columns_by_columns((a.as_slice(), 9, from), (b.as_slice(), 7, 1), [2, 3], &mut out);
            for (at, value) in out.into_iter().enumerate() {
                let wanted: f32 = (0..rows).map(|r| a.row(r)[from + at / 3] * b.row(r)[1 + at % 3]).sum();
                prop_assert!((value - wanted).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn empty_and_unequal() {
        let a = Vectors::new(vec![1.0, 2.0], 2).expect("one row");
        assert_eq!(product(&a, &Vectors::empty(2)).expect("empty").rows(), 0);
        assert!(product(&a, &Vectors::empty(3)).is_err());
    }
}
