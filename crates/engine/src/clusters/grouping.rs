//! How groups of a set are found, and the labels that gives.
//!
//! Labels count from 0, the largest group first; −1 is in none. Deliberately absent: names (`names`), keeping what was
//! found (`clusters`) and the mathematics (`space`).

use std::collections::{BTreeMap, HashMap};

use embedscope_space::dbscan::{self, DbscanParams};
use embedscope_space::hdbscan::HdbscanParams;
use embedscope_space::kmeans::KmeansParams;
use embedscope_space::mixture::{LARGEST, MixtureParams};
use embedscope_space::pca::PcaParams;
use embedscope_space::silhouette::SilhouetteParams;
use embedscope_space::{Metric, UNWATCHED, Vectors};
use serde::{Deserialize, Serialize};

use crate::jobs::Job;
use crate::sets::LiveSet;
use crate::{Error, Projection, draw};

/// How groups are found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grouping {
    /// The way.
    #[serde(flatten)]
    pub finding: Finding,
    /// The map on which they are found, as the eye would; None for the vectors themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Projection>,
    /// Same seed, same groups.
    pub seed: u64,
    /// Whether the user asked for just this; what was chosen unasked is chosen again when items join.
    #[serde(default)]
    pub asked: bool,
}

/// A way to find groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "lowercase")]
pub enum Finding {
    /// k-means: as many groups as are said, or six to twelve (fewer of few rows), of which the number wins whose groups
    /// stand apart best (silhouette, Rousseeuw 1987, on a sample). Fewer would often stand apart better still, but two or three
    /// names tell little about a map.
    Kmeans {
        /// How many groups.
        k: Option<usize>,
    },
    /// HDBSCAN: groups of any shape and number; rows between them are in none. In layers, each of groups at least twice as
    /// large as those of the layer before.
    Hdbscan {
        /// Rows of the smallest group of the finest layer, at least 2.
        min_cluster_size: usize,
    },
    /// DBSCAN, on a map: groups of what stays connected where items lie dense; the rest is in none. In layers, each of items
    /// that reach farther than in the layer before.
    Dbscan {
        /// Items within reach, itself included, that make an item dense, at least 2.
        min_points: usize,
    },
    /// A mixture of Gaussians, of any shape; of vectors with more numbers than it takes, their leading principal components.
    Mixture {
        /// How many groups.
        k: usize,
    },
}

/// What makes a layer finer or coarser than others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Grain {
    /// Rows of the smallest group, where groups were found by size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_cluster_size: Option<usize>,
    /// How far items reach, as a share of the map's longest side, where groups were found by reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<f64>,
}

impl Grain {
    /// How much coarser it is than another found in the same way: the logarithm of a factor.
    pub(super) fn coarser_than(self, other: Self) -> f64 {
        let measure = |grain: Self| grain.min_cluster_size.map(|size| size as f64).or(grain.reach).unwrap_or(1.0);
        (measure(self) / measure(other)).ln()
    }
}

/// Groups of one grain.
pub(super) struct Layer {
    pub(super) grain: Grain,
    pub(super) labels: Vec<i32>,
    pub(super) count: usize,
    /// How well they stand apart, −1 to 1, without what is in none; None for a single one.
    pub(super) silhouette: Option<f64>,
}

/// The most clusters that are tried unasked: as many as colours can tell apart.
const MOST: usize = 12;
/// The rows each cluster has at least, on average.
const LEAST_SIZE: usize = 6;
/// Rows on which the number is chosen.
const TRIAL_ROWS: usize = 4000;
const SILHOUETTE_ROWS: usize = 1500;
const ITERATIONS: usize = 100;
const MOST_LAYERS: usize = 6;
/// The shares of items that are dense in the layers of DBSCAN: with fewer than half, most of a map would be in no group.
const DENSE: [f64; MOST_LAYERS] = [0.5, 0.75, 0.9, 0.95, 0.98, 0.995];
/// Principal components by which a mixture is found in wide vectors: more would leave too few rows for each Gaussian's shape.
const MIXED: usize = 16;

impl Grouping {
    /// What every set gets unasked.
    pub(crate) fn usual(seed: u64) -> Self {
        Self { finding: Finding::Kmeans { k: None }, on: None, seed, asked: false }
    }

    /// How, in words: "HDBSCAN, 5 or more together · on t-SNE · seed 42".
    pub fn words(&self) -> String {
        let how = match self.finding {
            Finding::Kmeans { .. } => "k-means".to_owned(),
            Finding::Hdbscan { min_cluster_size } => format!("HDBSCAN, {min_cluster_size} or more together"),
            Finding::Dbscan { min_points } => format!("DBSCAN, {min_points} within reach"),
            Finding::Mixture { .. } => "mixture of Gaussians".to_owned(),
        };
        let on = self.on.as_ref().map_or_else(String::new, |map| format!(" · on {}", map.method));
        format!("{how}{on} · seed {}", self.seed)
    }

    /// Fails on what can find no groups among so many rows.
    pub(super) fn check(&self, rows: usize) -> Result<(), Error> {
        let problem = match self.finding {
            Finding::Kmeans { k: Some(k) } | Finding::Mixture { k } if k < 2 || k >= rows => {
                format!("{rows} items can be told apart in 2 to {} groups, not {k}", rows.saturating_sub(1))
            }
            Finding::Hdbscan { min_cluster_size } if min_cluster_size < 2 || min_cluster_size > rows => {
                format!("the smallest group of {rows} items has 2 to {rows} of them, not {min_cluster_size}")
            }
            Finding::Dbscan { .. } if self.on.is_none() => {
                "DBSCAN finds groups by places on a map; choose a map, or HDBSCAN among the vectors".into()
            }
            Finding::Dbscan { min_points } if min_points < 2 || min_points > rows => {
                format!("an item is dense with 2 to {rows} of {rows} items within reach, not {min_points}")
            }
            Finding::Mixture { .. } if rows > LARGEST.0 => {
                format!("a mixture is found among at most {} items, here are {rows}; k-means takes more", LARGEST.0)
            }
            _ => return Ok(()),
        };
        Err(Error::Request(problem))
    }

    /// The layers of groups among rows that are compared by `metric`, finest first, and which of them to show: whose groups
    /// stand apart best, weighed by how many rows are in one.
    ///
    /// `set` is the set whose vectors these are, which knows their neighbours; None for places on a map.
    pub(super) fn find(
        &self,
        job: &Job,
        set: Option<&LiveSet>,
        vectors: &Vectors,
        metric: Metric,
    ) -> Result<(Vec<Layer>, usize), Error> {
        let layers = match self.finding {
            Finding::Kmeans { k: None } => vec![self.best(job, vectors, metric)?],
            Finding::Kmeans { k: Some(k) } => {
                vec![self.layer(job, vectors, metric, Grain::default(), &self.kmeans(job, vectors, metric, k)?)?]
            }
            Finding::Mixture { k } => {
                let (few, usual) = (narrow(job, vectors)?, MixtureParams::default());
                let found = MixtureParams { k, ..usual }.check()?.run(&few, UNWATCHED, job.cancel())?;
                vec![self.layer(job, vectors, metric, Grain::default(), &found.labels)?]
            }
            Finding::Hdbscan { min_cluster_size } => self.by_size(job, set, vectors, metric, min_cluster_size)?,
            Finding::Dbscan { min_points } => self.by_reach(job, vectors, min_points)?,
        };
        let held = |layer: &Layer| layer.labels.iter().filter(|&&label| label >= 0).count() as f64;
        let worth = |layer: &Layer| layer.silhouette.unwrap_or(-1.0) * held(layer);
        let shown = (0..layers.len()).max_by(|&a, &b| worth(&layers[a]).total_cmp(&worth(&layers[b]))).unwrap_or(0);
        Ok((layers, shown))
    }

    fn kmeans(&self, job: &Job, vectors: &Vectors, metric: Metric, k: usize) -> Result<Vec<i32>, Error> {
        let params = KmeansParams { k, iterations: ITERATIONS, seed: self.seed, spherical: metric == Metric::Cosine };
        Ok(params.check()?.run(vectors, UNWATCHED, job.cancel())?.labels)
    }

    /// k-means with the number of clusters that stand apart best.
    fn best(&self, job: &Job, vectors: &Vectors, metric: Metric) -> Result<Layer, Error> {
        let rows = vectors.rows();
        let trial = vectors.select(&draw::rows(rows, TRIAL_ROWS, self.seed));
        let most = MOST.min(rows / LEAST_SIZE);
        let tried: Vec<usize> = ((most / 2).max(2)..=most).collect();
        job.stage("Finding clusters", "trials", 0, tried.len());
        let mut best: Option<(f64, usize)> = None;
        for (done, &k) in tried.iter().enumerate() {
            job.look()?;
            let found = self.layer(job, &trial, metric, Grain::default(), &self.kmeans(job, &trial, metric, k)?)?;
            job.progress(done + 1, tried.len());
            // None where there are fewer different items than clusters.
            if let Some(apart) = found.silhouette
                && best.is_none_or(|(most, _)| apart > most)
            {
                best = Some((apart, k));
            }
        }
        let Some((apart, k)) = best else {
            return Ok(Layer { grain: Grain::default(), labels: vec![0; rows], count: 1, silhouette: None });
        };
        let (labels, count) = largest_first(&self.kmeans(job, vectors, metric, k)?);
        Ok(Layer { grain: Grain::default(), labels, count, silhouette: Some(apart) })
    }

    /// HDBSCAN at a least size and its doubles.
    fn by_size(
        &self,
        job: &Job,
        set: Option<&LiveSet>,
        vectors: &Vectors,
        metric: Metric,
        least: usize,
    ) -> Result<Vec<Layer>, Error> {
        // The inner product is no distance.
        let metric = if metric == Metric::Dot { Metric::Cosine } else { metric };
        let params = HdbscanParams { min_cluster_size: least, metric, seed: self.seed, ..HdbscanParams::default() };
        let sizes = std::iter::successors(Some(least), |size| size.checked_mul(2));
        let sizes: Vec<usize> = sizes.take_while(|&size| size <= vectors.rows()).take(MOST_LAYERS).collect();
        job.stage("Finding clusters", "parts", 0, 0);
        let told = |done, all| job.progress(done, all);
        let params = params.check()?;
        let mut found = match set {
            Some(set) => {
                let near = set.neighbours(vectors, metric, params.neighbours(), &told, job.cancel())?;
                params.sweep_from(vectors, &near, &sizes, job.cancel())?
            }
            None => params.sweep(vectors, &sizes, &told, job.cancel())?,
        };
        let mut layers: Vec<Layer> = Vec::new();
        for (found, size) in found.drain(..).zip(sizes) {
            let grain = Grain { min_cluster_size: Some(size), ..Grain::default() };
            add(&mut layers, self.layer(job, vectors, metric, grain, &found.labels)?);
        }
        if layers.is_empty() {
            return Err(Error::Request(format!(
                "no group of {least} or more stands out; take a smaller size, the places on a map, or k-means"
            )));
        }
        Ok(layers)
    }

    /// DBSCAN at the reaches by which more and more items are dense.
    fn by_reach(&self, job: &Job, places: &Vectors, min_points: usize) -> Result<Vec<Layer>, Error> {
        job.stage("Finding clusters", "reaches", 0, DENSE.len());
        let side = longest_side(places);
        let mut layers: Vec<Layer> = Vec::new();
        for (done, eps) in dbscan::reaches(places, min_points, &DENSE)?.into_iter().enumerate() {
            job.look()?;
            // Where so many places are the same that none has to reach, a millionth of the map does.
            let eps = eps.max((side * 1e-6) as f32);
            let found = DbscanParams { eps, min_points }.check()?.run(places, UNWATCHED, job.cancel())?;
            let grain = Grain { reach: Some(f64::from(eps) / side), ..Grain::default() };
            add(&mut layers, self.layer(job, places, Metric::Euclidean, grain, &found.labels)?);
            job.progress(done + 1, DENSE.len());
        }
        Ok(layers)
    }

    /// Labels, the largest group first, and how well the groups stand apart.
    fn layer(
        &self,
        job: &Job,
        vectors: &Vectors,
        metric: Metric,
        grain: Grain,
        labels: &[i32],
    ) -> Result<Layer, Error> {
        let (labels, count) = largest_first(labels);
        let mut silhouette = None;
        if count > 1 {
            let (held, of_held): (Vec<usize>, Vec<i32>) =
                labels.iter().copied().enumerate().filter(|&(_, label)| label >= 0).unzip();
            let held = if held.len() < labels.len() { &vectors.select(&held) } else { vectors };
            let params = SilhouetteParams { metric, sample: SILHOUETTE_ROWS, seed: self.seed };
            silhouette = Some(params.check()?.run(held, &of_held, UNWATCHED, job.cancel())?.mean);
        }
        Ok(Layer { grain, labels, count, silhouette })
    }
}

/// Keeps a layer that has groups, and others than the one before.
fn add(layers: &mut Vec<Layer>, layer: Layer) {
    if layer.count > 0 && layers.last().is_none_or(|known| known.labels != layer.labels) {
        layers.push(layer);
    }
}

/// How far a map reaches along the axis on which it is longest; 1 where everything lies in one place.
fn longest_side(places: &Vectors) -> f64 {
    let side = |axis: usize| {
        let along = places.iter().map(|place| f64::from(place[axis]));
        let (low, high) = along.fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)));
        high - low
    };
    let longest = (0..places.dim()).map(side).fold(0.0, f64::max);
    if longest > 0.0 { longest } else { 1.0 }
}

/// Vectors a mixture can take: as they are, or their leading principal components.
fn narrow(job: &Job, vectors: &Vectors) -> Result<Vectors, Error> {
    if vectors.dim() <= LARGEST.1 {
        return Ok(vectors.clone());
    }
    let pca = PcaParams { components: MIXED }.check()?.run(vectors, UNWATCHED, job.cancel())?;
    Ok(pca.transform(vectors)?)
}

/// Labels numbered anew, the largest cluster first; clusters without rows are gone, and what was in none still is.
fn largest_first(labels: &[i32]) -> (Vec<i32>, usize) {
    let mut sizes = BTreeMap::<i32, usize>::new();
    for &label in labels.iter().filter(|&&label| label >= 0) {
        *sizes.entry(label).or_default() += 1;
    }
    let mut order: Vec<(i32, usize)> = sizes.into_iter().collect();
    order.sort_by_key(|&(label, size)| (std::cmp::Reverse(size), label));
    let place: HashMap<i32, i32> = (0..).zip(&order).map(|(new, &(old, _))| (old, new)).collect();
    (labels.iter().map(|label| place.get(label).copied().unwrap_or(-1)).collect(), order.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_cluster_is_the_first() {
        assert_eq!(largest_first(&[4, 1, 1, 7, 1, 7]), (vec![2, 0, 0, 1, 0, 1], 3));
        assert_eq!(largest_first(&[-1, 3, -1]), (vec![-1, 0, -1], 1));
    }

    #[test]
    fn what_finds_no_groups_is_refused() {
        let asked = |finding| Grouping { finding, ..Grouping::usual(1) };
        for refused in [
            Finding::Kmeans { k: Some(1) },
            Finding::Kmeans { k: Some(10) },
            Finding::Mixture { k: 0 },
            Finding::Hdbscan { min_cluster_size: 1 },
            Finding::Hdbscan { min_cluster_size: 11 },
            Finding::Dbscan { min_points: 3 },
        ] {
            assert!(asked(refused).check(10).is_err(), "{refused:?}");
        }
        assert!(asked(Finding::Mixture { k: 3 }).check(LARGEST.0 + 1).is_err());
        assert!(asked(Finding::Kmeans { k: None }).check(1).is_ok());
    }

    #[test]
    fn a_record_of_an_earlier_version_is_read() {
        let known: Grouping = serde_json::from_str(r#"{"method":"kmeans","k":9,"seed":42}"#).expect("a record");
        assert_eq!(known, Grouping { finding: Finding::Kmeans { k: Some(9) }, ..Grouping::usual(42) });
    }
}
