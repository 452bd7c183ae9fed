//! Matrix products in `f32`.
//!
//! A sum is never shared by threads, so a result does not depend on how many there are. Deliberately absent: `f64` products and
//! decompositions; see `moments` and `eigen`.

mod general;
#[cfg(target_arch = "x86_64")]
mod kernel;
mod packed;
mod view;

pub(crate) use packed::SPAN;
pub use packed::{AsItIs, Finish, Packed, fused};
pub use view::View;

use crate::{Error, Vectors};

/// Rows that are handled together.
pub(crate) const BLOCK: usize = 512;

/// Rows from which on it pays to lay out the other factor.
const MANY: usize = 16;

/// All inner products: entry `(i, j)` is row `i` of `a` times row `j` of `b`. `[a.rows(), b.rows()]`.
pub fn product(a: &Vectors, b: &Vectors) -> Result<Vectors, Error> {
    if a.dim() != b.dim() {
        return Err(Error::shape(format!("rows of {}", a.dim()), format!("rows of {}", b.dim())));
    }
    if a.rows() == 0 || b.rows() == 0 {
        return Ok(Vectors::empty(b.rows()));
    }
    let right = Packed::new(View::of_rows(b.as_slice(), b.dim()).transposed());
    Vectors::new(right.times(View::of_rows(a.as_slice(), a.dim()), &AsItIs), b.rows())
}

/// `out[i, j] = Σ_c a[i, c] · b[j, c]` on this thread; `a` and `b` hold rows of `dim`, `out` one row for each of `a`.
pub(crate) fn rows_by_rows(a: &[f32], b: &[f32], dim: usize, out: &mut [f32]) {
    multiply(View::of_rows(a, dim), View::of_rows(b, dim).transposed(), out);
}

/// `out[p, q] = Σ_r a[r, from_a + p] · b[r, from_b + q]` over the common rows: a window `shape` of `aᵀ·b`.
pub(crate) fn columns_by_columns(
    (a, dim_a, from_a): (&[f32], usize, usize),
    (b, dim_b, from_b): (&[f32], usize, usize),
    [m, n]: [usize; 2],
    out: &mut [f32],
) {
    let rows = a.len() / dim_a;
    multiply(View::new(&a[from_a..], rows, m, dim_a).transposed(), View::new(&b[from_b..], rows, n, dim_b), out);
}

/// `out = left · right`, row after row.
fn multiply(left: View<'_>, right: View<'_>, out: &mut [f32]) {
    assert!(left.rows * right.columns <= out.len(), "the product has no room");
    if left.rows >= MANY {
        let mut packed = Packed::default();
        packed.refill(right);
        return packed.times_into(left, out, right.columns, &AsItIs);
    }
    // SAFETY: there is room, as was just looked at, and `out` is borrowed mutably.
    unsafe { general::multiply(left, right, out.as_mut_ptr(), right.columns) };
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
        fn a_window_of_the_transposed_product(rows in 1_usize..30, from in 0_usize..5, height in 1_usize..30) {
            let (a, b) = (crate::sample::normal(rows, 40, 1), crate::sample::normal(rows, 7, 2));
            let mut out = vec![0.0; height * 3];
            columns_by_columns((a.as_slice(), 40, from), (b.as_slice(), 7, 1), [height, 3], &mut out);
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
