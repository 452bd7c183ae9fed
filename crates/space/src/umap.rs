//! UMAP (McInnes, Healy and Melville 2018) as a run that is stepped, watched and stopped while it moves.
//!
//! Every point is moved by its own edges and its own draws, so that a map is the same at any number of threads.
//! New rows can be placed into a finished map. Deliberately absent: labels as a guide, threads, clocks and drawing.

mod curve;
mod fuzzy;
mod place;
mod run;

use crate::layout::{self, Run, Start};
use crate::neighbours::{Neighbours, NeighboursParams};
use crate::{Cancel, Error, Metric, Progress, UNWATCHED, Vectors};

pub use run::UmapRun;

/// Standard deviation of the first axis of the layout that a run starts from.
const START_SPREAD: f64 = 4.0;
/// Steps unless given: for few rows, for many, and from which number on rows are many.
const STEPS: (usize, usize, usize) = (500, 200, 10_000);

/// How to lay out.
#[derive(Debug, Clone)]
pub struct UmapParams {
    /// Dimensions of the map: 2 or 3.
    pub dims: usize,
    /// Rows that make up the neighbourhood of each, itself included, from 2; all where there are fewer. Few show fine
    /// structure, many the whole.
    pub neighbours: usize,
    /// How near points may come to each other on the map, 0 to below `spread` × 3: small packs clusters tightly.
    pub min_dist: f32,
    /// The scale of the map.
    pub spread: f32,
    /// Steps; 500 up to 10 000 rows and 200 beyond, unless given.
    pub iterations: Option<usize>,
    /// Step size at the start; it falls to 0 along the way.
    pub learning_rate: f32,
    /// Points each edge is pushed away from for every time it pulls.
    pub negatives: usize,
    /// Same seed, same map.
    pub seed: u64,
    /// How rows are compared. The inner product is no distance and is refused.
    pub metric: Metric,
    /// Where it starts.
    pub init: Start,
}

impl Default for UmapParams {
    fn default() -> Self {
        Self {
            dims: 2,
            neighbours: 15,
            min_dist: 0.1,
            spread: 1.0,
            iterations: None,
            learning_rate: 1.0,
            negatives: 5,
            seed: 42,
            metric: Metric::Cosine,
            init: Start::Pca,
        }
    }
}

/// [`UmapParams`] that make sense.
#[derive(Debug, Clone)]
pub struct CheckedUmap(UmapParams);

/// A finished map.
#[derive(Debug, Clone)]
pub struct Umap {
    /// `[rows, dims]`.
    pub layout: Vectors,
    /// Steps made.
    pub iterations: usize,
    /// Share of the true neighbours that the map was made from.
    pub recall: f64,
}

impl UmapParams {
    /// Fails on a map that is neither flat nor a space, on neighbourhoods of one, and on sizes that are not positive.
    pub fn check(self) -> Result<CheckedUmap, Error> {
        if !matches!(self.dims, 2 | 3) {
            return Err(Error::parameter("dims", "2 or 3", self.dims));
        }
        if self.neighbours < 2 {
            return Err(Error::parameter("neighbours", "at least 2", self.neighbours));
        }
        if self.metric == Metric::Dot {
            return Err(Error::parameter("metric", "a distance", self.metric));
        }
        for (name, value) in [("spread", self.spread), ("learning_rate", self.learning_rate)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::parameter(name, "above 0", value));
            }
        }
        if !(self.min_dist >= 0.0 && self.min_dist < 3.0 * self.spread) {
            let range = format!("from 0 to below {}", 3.0 * self.spread);
            return Err(Error::parameter("min_dist", range, self.min_dist));
        }
        Ok(CheckedUmap(self))
    }
}

impl CheckedUmap {
    /// Finds neighbours, the graph and the first layout of at least four rows of finite numbers. Progress counts parts
    /// of the search.
    pub fn start(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<UmapRun, Error> {
        enough(vectors.rows())?;
        let (k, metric, seed) = (self.0.neighbours - 1, self.0.metric, self.0.seed);
        let search = NeighboursParams { k, metric, seed, ..Default::default() };
        let found = search.check()?.run(vectors, progress, cancel)?;
        self.start_from(vectors, &found, cancel)
    }

    /// Like [`CheckedUmap::start`] with neighbours found before, by the same metric; more of them than needed are
    /// ignored, fewer make smaller neighbourhoods.
    pub fn start_from(&self, vectors: &Vectors, found: &Neighbours, cancel: &Cancel) -> Result<UmapRun, Error> {
        let (rows, params) = (vectors.rows(), &self.0);
        enough(rows)?;
        if found.rows() != rows {
            return Err(Error::shape(format!("neighbours of {rows} rows"), found.rows()));
        }
        let graph = fuzzy::union(found, (params.neighbours - 1).min(found.k), cancel)?;
        let about = (params.dims, START_SPREAD, params.seed);
        let layout = layout::first(vectors, &graph, &params.init, about, cancel)?;
        Ok(UmapRun::new(params, self.steps(rows), graph, layout, found.recall))
    }

    /// The whole way to the last step. Progress counts steps.
    pub fn run(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Umap, Error> {
        let mut run = self.start(vectors, UNWATCHED, cancel)?;
        while !run.finished() {
            cancel.check()?;
            let step = run.step();
            progress(step.iteration, step.total);
        }
        let layout = Vectors::new(run.layout().to_vec(), self.0.dims)?;
        Ok(Umap { layout, iterations: run.iteration(), recall: run.recall() })
    }

    fn steps(&self, rows: usize) -> usize {
        let usual = if rows > STEPS.2 { STEPS.1 } else { STEPS.0 };
        self.0.iterations.unwrap_or(usual)
    }
}

fn enough(rows: usize) -> Result<(), Error> {
    if rows < 4 { Err(Error::TooFew { what: "UMAP", needed: 4, found: rows }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
