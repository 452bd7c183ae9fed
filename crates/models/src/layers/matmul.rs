//! One matrix product, bounds-checked, over the `gemm` crate, with the threads of the pool it is called in.
//!
//! Deliberately absent: anything but `out ← [out +] left · right`.

use gemm::Parallelism;

/// A matrix seen through its strides, in numbers.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) values: &'a [f32],
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) row_stride: usize,
    pub(super) col_stride: usize,
}

impl<'a> View<'a> {
    /// `rows × cols` numbers, each row `stride` after the one before.
    pub(super) fn new(values: &'a [f32], rows: usize, cols: usize, stride: usize) -> Self {
        Self { values, rows, cols, row_stride: stride, col_stride: 1 }
    }

    /// The same numbers with rows and columns changed over.
    pub(super) fn transposed(self) -> Self {
        Self { rows: self.cols, cols: self.rows, row_stride: self.col_stride, col_stride: self.row_stride, ..self }
    }

    fn fits(&self) -> bool {
        let last = self.rows.saturating_sub(1) * self.row_stride + self.cols.saturating_sub(1) * self.col_stride;
        last < self.values.len()
    }
}

/// How the product meets what is in `out` already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Onto {
    /// It takes its place.
    Nothing,
    /// It is added.
    Itself,
}

/// `out ← [out +] left · right`, rows of `out` being `stride` apart. Panics where the shapes do not fit.
pub(super) fn multiply(left: View<'_>, right: View<'_>, out: &mut [f32], stride: usize, onto: Onto, parallel: bool) {
    let (rows, inner, cols) = (left.rows, left.cols, right.cols);
    if rows == 0 || cols == 0 {
        return;
    }
    assert!(inner == right.rows && inner > 0, "{rows}×{inner} cannot be multiplied with {}×{cols}", right.rows);
    assert!(left.fits() && right.fits(), "a matrix reaches beyond its numbers");
    assert!(cols <= stride && (rows - 1) * stride + cols <= out.len(), "the product has no room");
    let parallelism =
        if parallel && rayon::current_num_threads() > 1 { Parallelism::Rayon(0) } else { Parallelism::None };
    // SAFETY: the asserts above keep every element that these strides reach inside `left`, `right` and `out`, and rows of
    // `out` do not overlap; `out` is borrowed mutably, so it overlaps neither input.
    unsafe {
        gemm::gemm(
            rows,
            cols,
            inner,
            out.as_mut_ptr(),
            1,
            stride as isize,
            onto == Onto::Itself,
            left.values.as_ptr(),
            left.col_stride as isize,
            left.row_stride as isize,
            right.values.as_ptr(),
            right.col_stride as isize,
            right.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            parallelism,
        );
    }
}
