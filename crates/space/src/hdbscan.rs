//! HDBSCAN (Campello, Moulavi and Sander 2013): clusters of any density, and how surely each row belongs to its own.
//!
//! Rows are joined by their mutual reachability along a least spanning tree; of all clusters that come and go as the
//! reach shrinks, those that last longest are kept (excess of mass). Rows that are reached at the same distance join at
//! once, so that the order of rows does not matter. Deliberately absent: labels for new rows, and judging which size of
//! cluster is the right one.

mod condensed;
mod spanning;

use rayon::prelude::*;

use self::condensed::Hierarchy;
use self::spanning::Edge;
use crate::kd::Map;
use crate::neighbours::{Neighbours, NeighboursParams};
use crate::{Cancel, Error, Metric, Progress, Vectors};

/// Neighbours that are looked for at least: the more are known, the less must be compared again.
const LEAST_NEIGHBOURS: usize = 15;

/// How to cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HdbscanParams {
    /// Rows that make a cluster, at least 2.
    pub min_cluster_size: usize,
    /// Rows, itself included, that must be near to make a row dense, at least 1: more means more noise. As many as
    /// make a cluster, unless given.
    pub min_samples: Option<usize>,
    /// How rows are compared; the inner product is no distance and is refused.
    pub metric: Metric,
    /// Same seed, same clusters; matters only where there are so many rows that neighbours are found approximately.
    pub seed: u64,
}

impl Default for HdbscanParams {
    fn default() -> Self {
        Self { min_cluster_size: 5, min_samples: None, metric: Metric::Euclidean, seed: 42 }
    }
}

/// [`HdbscanParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedHdbscan(HdbscanParams);

/// The clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct Hdbscan {
    /// The cluster of every row, from 0 in order of their first row; −1 is noise.
    pub labels: Vec<i32>,
    /// How surely each row belongs to its cluster, 0 to 1: 1 at its core, 0 for noise.
    pub probabilities: Vec<f32>,
    /// How many clusters there are.
    pub clusters: usize,
    /// Share of the true neighbours that the clusters were made from.
    pub recall: f64,
}

impl HdbscanParams {
    /// Fails on clusters of one row, on density of none, and on the inner product.
    pub fn check(self) -> Result<CheckedHdbscan, Error> {
        if self.min_cluster_size < 2 {
            return Err(Error::parameter("min_cluster_size", "at least 2", self.min_cluster_size));
        }
        if self.min_samples == Some(0) {
            return Err(Error::parameter("min_samples", "at least 1", 0));
        }
        if self.metric == Metric::Dot {
            return Err(Error::parameter("metric", "a distance", self.metric));
        }
        Ok(CheckedHdbscan(self))
    }
}

impl CheckedHdbscan {
    /// Clusters rows of finite numbers; where there are fewer than make a cluster all are noise. Progress counts parts
    /// of the search for neighbours.
    pub fn run(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Hdbscan, Error> {
        let (hierarchy, recall) = self.hierarchy(vectors, progress, cancel)?;
        Ok(layer(&hierarchy, self.0.min_cluster_size, recall))
    }

    /// The clusters of each of several sizes in place of the one given, all from one tree: layers from fine to coarse.
    /// Sizes below 2 count as 2.
    pub fn sweep(
        &self,
        vectors: &Vectors,
        sizes: &[usize],
        progress: Progress,
        cancel: &Cancel,
    ) -> Result<Vec<Hdbscan>, Error> {
        let (hierarchy, recall) = self.hierarchy(vectors, progress, cancel)?;
        Ok(sizes.par_iter().map(|&size| layer(&hierarchy, size.max(2), recall)).collect())
    }

    /// Like [`CheckedHdbscan::sweep`] with neighbours found before, as [`CheckedHdbscan::run_from`] takes them.
    pub fn sweep_from(
        &self,
        vectors: &Vectors,
        found: &Neighbours,
        sizes: &[usize],
        cancel: &Cancel,
    ) -> Result<Vec<Hdbscan>, Error> {
        let hierarchy = Hierarchy::new(vectors.rows(), self.edges(vectors, found, cancel)?);
        Ok(sizes.par_iter().map(|&size| layer(&hierarchy, size.max(2), found.recall)).collect())
    }

    /// What joins when, and the share of true neighbours it was made from.
    fn hierarchy(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<(Hierarchy, f64), Error> {
        vectors.check_finite()?;
        let rows = vectors.rows();
        let by_map = self.0.metric == Metric::Euclidean && rows > spanning::COMPARED_ROWS;
        if let Some(map) = by_map.then(|| Map::new(vectors)).flatten() {
            let cores = map.reach((self.min_samples() - 1).min(rows - 1));
            cancel.check()?;
            progress(1, 2);
            let edges = spanning::on_map(&map, &cores, cancel)?;
            progress(2, 2);
            return Ok((Hierarchy::new(rows, edges), 1.0));
        }
        let (k, metric, seed) = (self.neighbours(), self.0.metric, self.0.seed);
        let search = NeighboursParams { k, metric, seed, ..Default::default() };
        let found = search.check()?.run(vectors, progress, cancel)?;
        Ok((Hierarchy::new(rows, self.edges(vectors, &found, cancel)?), found.recall))
    }

    /// How many neighbours of each row a run looks at.
    pub fn neighbours(&self) -> usize {
        (self.min_samples() - 1).max(LEAST_NEIGHBOURS)
    }

    /// Like [`CheckedHdbscan::run`] with neighbours found before, by the same metric and at least as many as
    /// [`CheckedHdbscan::neighbours`] where there are so many rows.
    pub fn run_from(&self, vectors: &Vectors, found: &Neighbours, cancel: &Cancel) -> Result<Hdbscan, Error> {
        let hierarchy = Hierarchy::new(vectors.rows(), self.edges(vectors, found, cancel)?);
        Ok(layer(&hierarchy, self.0.min_cluster_size, found.recall))
    }

    /// The least spanning tree, from neighbours found before.
    fn edges(&self, vectors: &Vectors, found: &Neighbours, cancel: &Cancel) -> Result<Vec<Edge>, Error> {
        let rows = vectors.rows();
        if rows < 2 {
            vectors.check_finite()?;
            return Ok(Vec::new());
        }
        if found.rows() != rows {
            return Err(Error::shape(format!("neighbours of {rows} rows"), found.rows()));
        }
        // Where there are fewer rows than make one dense, all of them together do.
        let others = (self.min_samples() - 1).min(rows - 1);
        if found.k < others {
            return Err(Error::shape(format!("{others} neighbours of each row"), found.k));
        }
        let reach = |row: usize| if others == 0 { 0.0 } else { f64::from(found.distances_of(row)[others - 1]) };
        let cores: Vec<f64> = (0..rows).map(reach).collect();
        spanning::tree(vectors, self.0.metric, found, &cores, cancel)
    }

    fn min_samples(&self) -> usize {
        self.0.min_samples.unwrap_or(self.0.min_cluster_size)
    }
}

/// The clusters of one size.
fn layer(hierarchy: &Hierarchy, size: usize, recall: f64) -> Hdbscan {
    let (labels, probabilities, clusters) = hierarchy.clusters(size);
    Hdbscan { labels, probabilities, clusters, recall }
}

#[cfg(test)]
mod tests;
