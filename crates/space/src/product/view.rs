//! A matrix seen through its strides.
//!
//! Deliberately absent: views that may be written to.

use std::ops::Range;

/// `rows × columns` numbers somewhere in a slice.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub(super) values: &'a [f32],
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// How far rows and columns are apart, in numbers.
    pub(super) strides: [usize; 2],
}

impl<'a> View<'a> {
    /// Rows of `columns` numbers, each `stride` after the one before. Panics where they reach beyond `values`.
    pub fn new(values: &'a [f32], rows: usize, columns: usize, stride: usize) -> Self {
        let end = if rows == 0 || columns == 0 { 0 } else { (rows - 1) * stride + columns };
        assert!(end <= values.len(), "{rows} rows of {columns} reach beyond {} numbers", values.len());
        Self { values, rows, columns, strides: [stride, 1] }
    }

    /// Rows of `columns` numbers side by side. Panics where the numbers are not a multiple of that.
    pub fn of_rows(values: &'a [f32], columns: usize) -> Self {
        let rows = values.len().checked_div(columns).unwrap_or(0);
        assert_eq!(rows * columns, values.len(), "rows of {columns}");
        Self::new(values, rows, columns, columns)
    }

    /// The same numbers with rows and columns changed over.
    pub fn transposed(self) -> Self {
        let [down, along] = self.strides;
        Self { rows: self.columns, columns: self.rows, strides: [along, down], ..self }
    }

    /// Rows.
    pub fn rows(self) -> usize {
        self.rows
    }

    /// Columns.
    pub fn columns(self) -> usize {
        self.columns
    }

    /// The numbers of a row.
    pub fn row(self, row: usize) -> impl Iterator<Item = f32> {
        let [down, along] = self.strides;
        (0..self.columns).map(move |column| self.values[row * down + column * along])
    }

    /// The numbers in these rows and columns. Panics where it has not so many.
    pub fn part(self, rows: Range<usize>, columns: Range<usize>) -> Self {
        assert!(rows.end <= self.rows && columns.end <= self.columns, "a part beyond {} × {}", self.rows, self.columns);
        let [down, along] = self.strides;
        let values = self.values.get(rows.start * down + columns.start * along..).unwrap_or_default();
        Self { values, rows: rows.len(), columns: columns.len(), strides: self.strides }
    }
}
