//! What all layouts that move have in common: how they start, and how they are stepped and watched.
//!
//! Deliberately absent: what moves the points (`tsne`, `umap`), threads and clocks.

use crate::pca::PcaParams;
use crate::{Cancel, Error, UNWATCHED, Vectors, sample};

/// One step done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Steps made so far.
    pub iteration: usize,
    /// Steps planned.
    pub total: usize,
}

/// A layout on its way. Dropping it is stopping it; not stepping it is pausing it.
pub trait Run: Send {
    /// Moves every point once. After the last planned step nothing moves any more; see [`Run::extend`].
    fn step(&mut self) -> Step;

    /// Places of all rows, `[rows, dims]`.
    fn layout(&self) -> &[f32];

    /// Steps made so far.
    fn iteration(&self) -> usize;

    /// Steps planned.
    fn total(&self) -> usize;

    /// Plans more steps, for example after a change of a parameter.
    fn extend(&mut self, iterations: usize);

    /// Puts every row where a layout has it, neither centred nor scaled: to go on with one that was stopped. Fails on
    /// another shape and on numbers that are not finite.
    fn set_layout(&mut self, layout: &Vectors) -> Result<(), Error>;

    /// Whether all planned steps are made.
    fn finished(&self) -> bool {
        self.iteration() >= self.total()
    }
}

/// Fails where a finished map has not a place of finite numbers for every row, in so many dimensions.
pub(crate) fn check_finished(layout: &Vectors, rows: usize, dims: usize) -> Result<(), Error> {
    if (layout.rows(), layout.dim()) != (rows, dims) {
        let found = format!("{} × {}", layout.rows(), layout.dim());
        return Err(Error::shape(format!("a layout of {rows} × {dims}"), found));
    }
    layout.check_finite()
}

/// Places to start from: the given layout or else principal components, centred, with a standard deviation of `spread`
/// along the first axis and a little seeded noise so that equal rows can part.
pub(crate) fn first(
    vectors: &Vectors,
    given: Option<&Vectors>,
    dims: usize,
    spread: f64,
    seed: u64,
    cancel: &Cancel,
) -> Result<Vec<f32>, Error> {
    let rows = vectors.rows();
    let mut layout = vec![0.0_f64; rows * dims];
    let start = match given {
        Some(given) if (given.rows(), given.dim()) != (rows, dims) => {
            let found = format!("{} × {}", given.rows(), given.dim());
            return Err(Error::shape(format!("a first layout of {rows} × {dims}"), found));
        }
        Some(given) => given.clone(),
        None => {
            let components = dims.min(vectors.dim());
            let pca = PcaParams { components }.check()?.run(vectors, UNWATCHED, cancel)?;
            pca.transform(vectors)?
        }
    };
    start.check_finite()?;
    let mean = crate::moments::mean(&start);
    for (place, row) in layout.chunks_exact_mut(dims).zip(start.iter()) {
        place.iter_mut().zip(row.iter().zip(&mean)).for_each(|(x, (&value, mean))| *x = f64::from(value) - mean);
    }
    let found = (layout.iter().step_by(dims).map(|x| x * x).sum::<f64>() / rows as f64).sqrt();
    let factor = if found > 0.0 { spread / found } else { 0.0 };
    let mut chance = sample::generator(seed);
    let noise = spread / 100.0;
    Ok(layout.into_iter().map(|x| (x * factor + noise * sample::gauss(&mut chance)) as f32).collect())
}
