//! t-SNE (van der Maaten and Hinton 2008) as a run that is stepped, watched, changed and stopped while it moves.
//!
//! Starts from principal components, with learning rate `rows / exaggeration` (Kobak and Berens 2019, Belkina 2019).
//! Repulsion is summed over all pairs for small maps; for larger ones on a grid by Fourier transforms where they are
//! flat (FIt-SNE, Linderman 2019) and through an octree where they are spatial (Barnes-Hut). New rows can be placed into a
//! finished map. Deliberately absent: threads, clocks and drawing; whoever steps the run decides when.

mod affinities;
mod direct;
mod grid;
mod place;
mod run;
mod tree;

use crate::layout::{self, Run, Start};
use crate::neighbours::{Neighbours, NeighboursParams};
use crate::{Cancel, Error, Metric, Progress, UNWATCHED, Vectors};

pub use run::TsneRun;

/// Standard deviation of the first axis of the layout that a run starts from.
const START_SPREAD: f64 = 1e-4;

/// How strongly a row holds on to its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Affinities {
    /// By their distance, as t-SNE defines it: a Gaussian over three times as many neighbours as the perplexity.
    #[default]
    Gaussian,
    /// To as many as the perplexity, to each alike: nearly the same map from a third of the neighbours.
    Uniform,
}

/// How to lay out.
#[derive(Debug, Clone)]
pub struct TsneParams {
    /// Dimensions of the map: 2 or 3.
    pub dims: usize,
    /// About how many neighbours each row holds on to, from 1; lowered to `(rows − 1) / 3` where there are fewer rows.
    pub perplexity: f32,
    /// How strongly it holds on to them.
    pub affinities: Affinities,
    /// Steps after the early phase.
    pub iterations: usize,
    /// Steps of the early phase, in which attraction is exaggerated and clusters form.
    pub early_iterations: usize,
    /// Step size; `rows / exaggeration` unless given (Belkina et al., 2019).
    pub learning_rate: Option<f32>,
    /// Factor of attraction after the early phase: 1 is t-SNE, about 4 looks like UMAP.
    pub exaggeration: f32,
    /// Factor of attraction in the early phase.
    pub early_exaggeration: f32,
    /// Same seed, same map.
    pub seed: u64,
    /// How rows are compared; cosine means Euclid between unit rows. The inner product is no distance and is refused.
    pub metric: Metric,
    /// Where it starts.
    pub init: Start,
}

impl Default for TsneParams {
    fn default() -> Self {
        Self {
            dims: 2,
            perplexity: 30.0,
            affinities: Affinities::Gaussian,
            iterations: 500,
            early_iterations: 250,
            learning_rate: None,
            exaggeration: 1.0,
            early_exaggeration: 12.0,
            seed: 42,
            metric: Metric::Cosine,
            init: Start::Pca,
        }
    }
}

/// [`TsneParams`] that make sense.
#[derive(Debug, Clone)]
pub struct CheckedTsne(TsneParams);

/// A finished map.
#[derive(Debug, Clone)]
pub struct Tsne {
    /// `[rows, dims]`, centred.
    pub layout: Vectors,
    /// Kullback-Leibler divergence of the map from the affinities (natural logarithm), without exaggeration.
    pub kl: f64,
    /// Steps made.
    pub iterations: usize,
}

impl TsneParams {
    /// Fails on a map that is neither flat nor a space, and on factors that are not positive numbers.
    pub fn check(self) -> Result<CheckedTsne, Error> {
        if !matches!(self.dims, 2 | 3) {
            return Err(Error::parameter("dims", "2 or 3", self.dims));
        }
        if !(self.perplexity.is_finite() && self.perplexity >= 1.0) {
            return Err(Error::parameter("perplexity", "at least 1", self.perplexity));
        }
        if self.metric == Metric::Dot {
            return Err(Error::parameter("metric", "a distance", self.metric));
        }
        let factors = [
            ("learning_rate", self.learning_rate.unwrap_or(1.0)),
            ("exaggeration", self.exaggeration),
            ("early_exaggeration", self.early_exaggeration),
        ];
        for (name, value) in factors {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::parameter(name, "above 0", value));
            }
        }
        Ok(CheckedTsne(self))
    }
}

impl CheckedTsne {
    /// Finds neighbours, affinities and the first layout of at least four rows of finite numbers. Progress counts
    /// blocks of neighbours.
    pub fn start(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<TsneRun, Error> {
        enough(vectors.rows())?;
        let search = NeighboursParams {
            k: self.neighbours(vectors.rows()),
            metric: self.0.metric,
            seed: self.0.seed,
            ..Default::default()
        };
        let found = search.check()?.run(vectors, progress, cancel)?;
        self.start_from(vectors, &found, cancel)
    }

    /// How many neighbours of each row a run over so many rows looks at: three times the perplexity, or as many where
    /// all count alike.
    pub fn neighbours(&self, rows: usize) -> usize {
        ((self.width() * self.perplexity(rows)).round() as usize).clamp(1, rows.saturating_sub(1).max(1))
    }

    /// Neighbours for each unit of perplexity.
    fn width(&self) -> f32 {
        match self.0.affinities {
            Affinities::Gaussian => 3.0,
            Affinities::Uniform => 1.0,
        }
    }

    /// Like [`CheckedTsne::start`] with neighbours found before, by the same metric; more of them than needed are
    /// ignored, fewer lower the perplexity.
    pub fn start_from(&self, vectors: &Vectors, found: &Neighbours, cancel: &Cancel) -> Result<TsneRun, Error> {
        let rows = vectors.rows();
        enough(rows)?;
        if found.rows() != rows {
            return Err(Error::shape(format!("neighbours of {rows} rows"), found.rows()));
        }
        let width = self.neighbours(rows).min(found.k);
        let perplexity = self.perplexity(rows).min(width as f32 / self.width()).max(1.0);
        let affinities = match self.0.affinities {
            Affinities::Gaussian => affinities::joint(found, width, f64::from(perplexity), self.0.metric, cancel)?,
            Affinities::Uniform => affinities::uniform(found, width),
        };
        let about = (self.0.dims, START_SPREAD, self.0.seed);
        let layout = layout::first(vectors, &affinities, &self.0.init, about, cancel)?;
        Ok(TsneRun::new(self.0.clone(), perplexity, affinities, layout))
    }

    /// The whole way to the last step. Progress counts steps.
    pub fn run(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Tsne, Error> {
        let mut run = self.start(vectors, UNWATCHED, cancel)?;
        while !run.finished() {
            cancel.check()?;
            let step = run.step();
            progress(step.iteration, step.total);
        }
        let iterations = run.iteration();
        Ok(Tsne { kl: run.kl(), layout: Vectors::new(run.layout().to_vec(), self.0.dims)?, iterations })
    }

    fn perplexity(&self, rows: usize) -> f32 {
        self.0.perplexity.min(rows.saturating_sub(1) as f32 / 3.0).max(1.0)
    }
}

fn enough(rows: usize) -> Result<(), Error> {
    if rows < 4 { Err(Error::TooFew { what: "t-SNE", needed: 4, found: rows }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
