//! Ready vectors: a matrix in a NumPy, safetensors or projector file, each row an item that brings its vector.
//!
//! What the rows are is told by a table that lies beside the file, or by the other arrays of the same file; else each is
//! "row N". Deliberately absent: pickled objects, which are programs, and columns before rows (Fortran order).

mod npy;
mod number;
mod projector;
mod safetensors;

use std::collections::BTreeMap;
use std::io::Read;

use number::Number;

use super::outlet::Outlet;
use super::rows::Companion;
use super::{ReadOptions, broken};
use crate::scan::Found;
use crate::{Format, Limits, Reason, inside};

/// A matrix that is read row by row.
struct Matrix<R> {
    reader: R,
    rows: u64,
    dim: usize,
    number: Number,
}

/// What the other arrays of a file say of each row.
type Beside = Vec<(String, Vec<String>)>;

/// The most numbers in a vector.
const LONGEST: u64 = 1 << 20;

pub(super) fn read(found: &Found, options: &ReadOptions, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let wanted = options.columns.vector.as_deref();
    let local = inside::local(&found.path, limits)?;
    let companion = options.rows.as_ref().map(|table| Companion::open(table, limits)).transpose()?;
    match found.format {
        Format::Safetensors => {
            let matrix = safetensors::open(&local, wanted, limits)?;
            items(matrix, Beside::new(), companion, outlet)
        }
        Format::Projector => items(projector::open(&found.path, &local, limits)?, Beside::new(), companion, outlet),
        _ => npy::with(&local, wanted, limits, |matrix, beside| items(matrix, beside, companion, outlet)),
    }
}

/// How many rows and numbers a file of vectors has, from its first bytes.
pub(crate) fn shape(found: &Found, limits: &Limits) -> Result<(u64, usize), Reason> {
    let local = inside::local(&found.path, limits)?;
    match found.format {
        Format::Safetensors => safetensors::open(&local, None, limits).map(|matrix| (matrix.rows, matrix.dim)),
        Format::Projector => projector::open(&found.path, &local, limits).map(|matrix| (matrix.rows, matrix.dim)),
        _ => npy::with(&local, None, limits, |matrix, _| Ok((matrix.rows, matrix.dim))),
    }
}

fn items<R: Read>(
    mut matrix: Matrix<R>,
    beside: Beside,
    mut companion: Option<Companion>,
    outlet: &mut Outlet,
) -> Result<(), Reason> {
    let (mut bad, mut first_bad) = (0_u64, 0);
    for at in 0..matrix.rows {
        let vector = matrix.next()?;
        let mut metadata: BTreeMap<String, String> =
            beside.iter().filter_map(|(name, values)| Some((name.clone(), values.get(at as usize)?.clone()))).collect();
        let mut text = String::new();
        if let Some(row) = companion.as_mut().and_then(Companion::next) {
            text = row.text;
            metadata.extend(row.metadata);
        }
        if text.trim().is_empty() {
            text = metadata.get("id").cloned().unwrap_or_else(|| format!("row {}", at + 1));
        }
        if vector.iter().all(|value| value.is_finite()) {
            outlet.row(at + 1, text, None, Some(vector), metadata)?;
        } else {
            bad += 1;
            first_bad = if bad == 1 { at + 1 } else { first_bad };
        }
    }
    if bad > 0 {
        return Err(broken(format!("{bad} of {} rows are not finite numbers, first row {first_bad}", matrix.rows)));
    }
    companion.map_or(Ok(()), Companion::finish)
}

impl<R: Read> Matrix<R> {
    /// Fails where the shape is none of a matrix of vectors.
    fn new(reader: R, shape: &[u64], number: Number) -> Result<Self, Reason> {
        match *shape {
            [0, _] | [_, 0] => Err(Reason::Empty { what: "no vector in it".into() }),
            [rows, dim] if dim <= LONGEST => Ok(Self { reader, rows, dim: dim as usize, number }),
            _ => Err(broken(format!("its shape is {shape:?}, not rows of vectors"))),
        }
    }

    fn next(&mut self) -> Result<Vec<f32>, Reason> {
        let mut bytes = vec![0; self.dim * self.number.size()];
        self.reader.read_exact(&mut bytes).map_err(|_| broken("it ends too soon"))?;
        Ok(self.number.decode(&bytes))
    }
}
