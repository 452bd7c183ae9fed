//! Products of any two matrices: the one door to the `gemm` crate.
//!
//! It lays both factors out anew each time, which pays for factors that meet once. Deliberately absent: threads.

use gemm::Parallelism;

use super::View;

/// `out ← left · right`, rows of `out` being `stride` apart. Panics where the shapes do not fit.
///
/// # Safety
/// `out` may be written in as many rows and columns as the product has.
pub(super) unsafe fn multiply(left: View<'_>, right: View<'_>, out: *mut f32, stride: usize) {
    let (rows, inner, columns) = (left.rows, left.columns, right.columns);
    assert_eq!(inner, right.rows, "{rows} × {inner} cannot be multiplied with {} × {columns}", right.rows);
    if rows == 0 || columns == 0 {
        return;
    }
    if inner == 0 {
        // SAFETY: the caller's promise.
        return (0..rows).for_each(|row| unsafe { out.add(row * stride).write_bytes(0, columns) });
    }
    // SAFETY: a view holds every number that its strides reach, and `f32` has no invalid bit patterns; `out` is the caller's
    // promise.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            out,
            1,
            stride as isize,
            false,
            left.values.as_ptr(),
            left.strides[1] as isize,
            left.strides[0] as isize,
            right.values.as_ptr(),
            right.strides[1] as isize,
            right.strides[0] as isize,
            0.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}
