//! Meanings as directions: an axis from one thing to another, and sums and differences of things.
//!
//! A thing is an item of the set or words that its model reads; by cosine all count alike, whatever their length. Axes are
//! those of Bandyopadhyay et al. 2022 ("Interactive Visualizations of Word Embeddings for K-12 Students"): −1 at their
//! beginning, 1 at their end. Deliberately absent: saying what a direction means beyond its two ends.

use embedscope_models::{Input, Role};
use embedscope_space::pca::PcaParams;
use embedscope_space::{Cancel, Metric, UNWATCHED, Vectors};
use embedscope_workspace::{ItemId, SetId};
use rayon::prelude::*;

use crate::search::nearest;
use crate::sets::LiveSet;
use crate::{Engine, Error, Hit, draw};

/// A thing that has a vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// An item of the set.
    Item(ItemId),
    /// Words.
    Words(String),
}

/// A direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// What is at −1.
    pub from: Thing,
    /// What is at 1.
    pub to: Thing,
}

/// Where the rows of a set lie along axes.
#[derive(Clone, Debug)]
pub struct Spread {
    /// `[rows, 2]`: along the first axis, and along the second or, where there is none, along the direction in which
    /// the rest varies most. Rows without a direction (zeros) are in the middle.
    pub positions: Vectors,
    /// The share of all variance along each of the two.
    pub variance: [f64; 2],
}

/// Rows that tell in which direction the rest varies.
const SAMPLE: usize = 4000;
const SEED: u64 = 42;
/// Rows that are summed at a time.
const PART: usize = 1024;

impl Engine {
    /// The items nearest to the sum of some things less others, those among the things left out.
    pub fn reckon(&self, set: SetId, plus: &[Thing], minus: &[Thing], k: usize) -> Result<Vec<Hit>, Error> {
        let live = self.live_set(set)?;
        if plus.is_empty() && minus.is_empty() {
            return Err(Error::Request("nothing was added up".into()));
        }
        let mut sum = vec![0.0_f32; live.handle.facts().dim];
        for (things, sign) in [(plus, 1.0), (minus, -1.0)] {
            for thing in things {
                let vector = self.vector(&live, thing)?;
                sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += sign * value);
            }
        }
        if sum.iter().all(|&value| value.abs() < 1e-6) {
            return Err(Error::Request(
                "what was added and what was taken away cancel out, so nothing is nearest".into(),
            ));
        }
        let items = plus.iter().chain(minus).filter_map(|thing| match thing {
            Thing::Item(item) => Some(*item),
            Thing::Words(_) => None,
        });
        let used: Vec<ItemId> = items.collect();
        let found = nearest(&live, &sum, k + used.len(), None)?;
        Ok(found.into_iter().filter(|hit| !used.contains(&hit.item)).take(k).collect())
    }

    /// Where every row of a set lies along one axis or two.
    pub fn spread(&self, set: SetId, first: &Axis, second: Option<&Axis>) -> Result<Spread, Error> {
        let live = self.live_set(set)?;
        let vectors = unit_rows(&live.vectors()?, live.metric());
        let x = self.along(&live, first, &vectors)?;
        let (y, step) = match second {
            Some(axis) => {
                let y = self.along(&live, axis, &vectors)?;
                (y.places, y.step)
            }
            None => (rest(&vectors, &x)?, x.step),
        };
        let total = variance_of_all(&vectors);
        // Places are in steps of half the axis; variance is in the vectors' own unit.
        let share = |places: &[f32], step: f64| if total > 0.0 { variance(places) * step * step / total } else { 0.0 };
        let variance = [share(&x.places, x.step), share(&y, step)];
        let positions = x.places.iter().zip(&y).flat_map(|(&x, &y)| [x, y]).collect();
        Ok(Spread { positions: Vectors::new(positions, 2)?, variance })
    }

    fn along(&self, live: &LiveSet, axis: &Axis, vectors: &Vectors) -> Result<Along, Error> {
        let (from, to) = (self.vector(live, &axis.from)?, self.vector(live, &axis.to)?);
        let step: Vec<f32> = from.iter().zip(&to).map(|(from, to)| (to - from) / 2.0).collect();
        let length = dot(&step, &step);
        if length < 1e-12 {
            return Err(Error::Request(
                "both ends of an axis are the same to this model, so it has no direction".into(),
            ));
        }
        let middle: Vec<f32> = from.iter().zip(&to).map(|(from, to)| (to + from) / 2.0).collect();
        let shift = dot(&middle, &step);
        let places = rows(vectors).map(|row| ((dot(row, &step) - shift) / length) as f32).collect();
        let direction = step.iter().map(|value| value / length.sqrt() as f32).collect();
        Ok(Along { places, direction, step: length.sqrt() })
    }

    /// The vector of a thing, of length 1 where vectors are compared by cosine.
    fn vector(&self, live: &LiveSet, thing: &Thing) -> Result<Vec<f32>, Error> {
        let vector = match thing {
            Thing::Item(item) => live.vectors_of(&[live.row_of(*item)?])?,
            Thing::Words(words) if words.trim().is_empty() => {
                return Err(Error::Request("a word is missing".into()));
            }
            Thing::Words(words) => {
                let asked = live.asked().ok_or_else(|| {
                    Error::Request(format!("{} reads no text; take items instead of words", live.model()))
                })?;
                self.embedder(&asked)?.embed(&[Input::Text(words.trim())], Role::Query)?
            }
        };
        Ok(unit_rows(&vector, live.metric()).into_vec())
    }
}

/// The rows along an axis.
struct Along {
    /// One a row, in steps of half the axis from its middle.
    places: Vec<f32>,
    /// Of length 1.
    direction: Vec<f32>,
    /// The length of half the axis.
    step: f64,
}

/// The rows along the direction in which they vary most when an axis is taken away; in the axis's steps.
fn rest(vectors: &Vectors, axis: &Along) -> Result<Vec<f32>, Error> {
    let drawn = vectors.select(&draw::rows(vectors.rows(), SAMPLE, SEED));
    let mut left = drawn.into_vec();
    let dim = axis.direction.len();
    for row in left.chunks_exact_mut(dim.max(1)) {
        let along = dot(row, &axis.direction) as f32;
        row.iter_mut().zip(&axis.direction).for_each(|(value, direction)| *value -= along * direction);
    }
    if dim < 2 {
        return Ok(vec![0.0; vectors.rows()]);
    }
    let left = Vectors::new(left, dim)?;
    let pca = PcaParams { components: 1 }.check()?.run(&left, UNWATCHED, &Cancel::default())?;
    let (direction, shift) = (pca.components.row(0), dot(pca.components.row(0), &pca.mean));
    Ok(rows(vectors).map(|row| ((dot(row, direction) - shift) / axis.step) as f32).collect())
}

fn rows(vectors: &Vectors) -> impl IndexedParallelIterator<Item = &[f32]> {
    vectors.as_slice().par_chunks_exact(vectors.dim().max(1))
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

/// Rows of length 1 where they are compared by cosine; as they are where their length counts.
fn unit_rows(vectors: &Vectors, metric: Metric) -> Vectors {
    if metric != Metric::Cosine {
        return vectors.clone();
    }
    let mut values = vectors.as_slice().to_vec();
    values.par_chunks_exact_mut(vectors.dim().max(1)).for_each(|row| {
        let length = dot(row, row).sqrt() as f32;
        if length > 0.0 {
            row.iter_mut().for_each(|value| *value /= length);
        }
    });
    Vectors::new(values, vectors.dim()).unwrap_or_else(|_| vectors.clone())
}

fn variance(values: &[f32]) -> f64 {
    let n = values.len().max(1) as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / n;
    values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / n
}

fn variance_of_all(vectors: &Vectors) -> f64 {
    let (n, dim) = (vectors.rows().max(1) as f64, vectors.dim().max(1));
    // Parts of a fixed size, summed in order: the same at any number of threads.
    let parts: Vec<(Vec<f64>, f64)> = vectors
        .as_slice()
        .par_chunks(dim * PART)
        .map(|part| {
            let mut sums = (vec![0.0; dim], 0.0);
            for row in part.chunks_exact(dim) {
                sums.0.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value) / n);
                sums.1 += dot(row, row) / n;
            }
            sums
        })
        .collect();
    let mut mean = vec![0.0; dim];
    for (part, _) in &parts {
        mean.iter_mut().zip(part).for_each(|(mean, part)| *mean += part);
    }
    parts.iter().map(|(_, squares)| squares).sum::<f64>() - mean.iter().map(|mean| mean * mean).sum::<f64>()
}
