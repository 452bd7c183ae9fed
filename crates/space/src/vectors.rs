//! A row-major matrix of `f32`, owned or borrowed from whoever keeps it alive (for example a map of a file).
//!
//! Deliberately absent: files, serialisation, and anything that says what a row stands for.

use std::sync::Arc;

use rayon::prelude::*;

use crate::Error;
use crate::wide::widely;

/// `[rows, dim]` numbers, row after row.
#[derive(Clone)]
pub struct Vectors {
    values: Values,
    rows: usize,
    dim: usize,
}

#[derive(Clone)]
enum Values {
    Owned(Arc<Vec<f32>>),
    Shared(Arc<dyn AsRef<[f32]> + Send + Sync>),
}

impl Vectors {
    /// Takes `rows × dim` values; fails when they do not divide into whole rows.
    pub fn new(values: Vec<f32>, dim: usize) -> Result<Self, Error> {
        let rows = whole_rows(values.len(), dim)?;
        Ok(Self { values: Values::Owned(Arc::new(values)), rows, dim })
    }

    /// Borrows values that somebody else keeps, such as a file mapped into memory.
    pub fn shared(values: Arc<dyn AsRef<[f32]> + Send + Sync>, dim: usize) -> Result<Self, Error> {
        let rows = whole_rows((*values).as_ref().len(), dim)?;
        Ok(Self { values: Values::Shared(values), rows, dim })
    }

    /// No rows of `dim` numbers.
    pub fn empty(dim: usize) -> Self {
        Self { values: Values::Owned(Arc::default()), rows: 0, dim }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many numbers a row has.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// All values, row after row.
    pub fn as_slice(&self) -> &[f32] {
        match &self.values {
            Values::Owned(values) => values,
            Values::Shared(values) => (**values).as_ref(),
        }
    }

    /// The row at `index`; panics beyond the last, as a slice does.
    pub fn row(&self, index: usize) -> &[f32] {
        &self.as_slice()[index * self.dim..(index + 1) * self.dim]
    }

    /// Every row in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.as_slice().chunks_exact(self.dim.max(1))
    }

    /// A copy of the given rows, in the given order.
    pub fn select(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|&row| self.row(row)).copied().collect();
        Self { values: Values::Owned(Arc::new(values)), rows: rows.len(), dim: self.dim }
    }

    /// Fails with the first row that holds NaN or an infinity.
    pub fn check_finite(&self) -> Result<(), Error> {
        let values = self.as_slice();
        let Some(chunk) = values.par_chunks(CHUNK).position_first(|chunk| !is_finite(chunk)) else { return Ok(()) };
        let within = values[chunk * CHUNK..].iter().position(|value| !value.is_finite()).unwrap_or_default();
        Err(Error::NotFinite { row: (chunk * CHUNK + within) / self.dim })
    }

    /// The values, copied only when somebody else still needs them.
    pub fn into_vec(self) -> Vec<f32> {
        match self.values {
            Values::Owned(values) => Arc::unwrap_or_clone(values),
            Values::Shared(values) => (*values).as_ref().to_vec(),
        }
    }
}

/// Numbers that are looked at together.
const CHUNK: usize = 1 << 14;

/// Whether all are: with the sign away, the bits of finite numbers are below those of infinity.
fn is_finite(values: &[f32]) -> bool {
    let mut largest = 0;
    widely(
        #[inline(always)]
        || {
            for value in values {
                largest = value.abs().to_bits().max(largest);
            }
        },
    );
    largest < f32::INFINITY.to_bits()
}

impl std::fmt::Debug for Vectors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vectors[{}, {}]", self.rows, self.dim)
    }
}

fn whole_rows(len: usize, dim: usize) -> Result<usize, Error> {
    match (len, dim) {
        (0, _) => Ok(0),
        (_, 0) => Err(Error::Shape { expected: "at least one number a row".into(), found: "none".into() }),
        _ if len.is_multiple_of(dim) => Ok(len / dim),
        _ => Err(Error::Shape { expected: format!("rows of {dim}"), found: format!("{len} values") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_whole_or_refused() {
        let vectors = Vectors::new(vec![1.0, 2.0, 3.0, 4.0], 2).expect("two rows");
        assert_eq!((vectors.rows(), vectors.row(1)), (2, [3.0, 4.0].as_slice()));
        assert_eq!(vectors.select(&[1, 1]).as_slice(), [3.0, 4.0, 3.0, 4.0]);
        assert!(Vectors::new(vec![1.0; 3], 2).is_err());
        assert!(Vectors::new(vec![1.0], 0).is_err());
    }

    #[test]
    fn the_first_row_that_is_not_finite_is_named() {
        let vectors = Vectors::new(vec![0.0, 1.0, f32::NAN, 0.0, 0.0, f32::INFINITY], 2).expect("three rows");
        assert_eq!(vectors.check_finite(), Err(Error::NotFinite { row: 1 }));
        assert_eq!(Vectors::empty(3).check_finite(), Ok(()));
    }

    #[test]
    fn shared_values_are_read_in_place() {
        let kept: Arc<dyn AsRef<[f32]> + Send + Sync> = Arc::new(vec![1.0_f32, 2.0]);
        let vectors = Vectors::shared(kept, 1).expect("two rows");
        assert_eq!(vectors.iter().count(), 2);
    }
}
