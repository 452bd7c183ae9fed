//! DBSCAN on maps: clusters are what stays connected when every dense point reaches as far as `eps`; the rest is noise.
//!
//! Through linfa-clustering, whose k-d tree is right in two and three dimensions, where maps live. In more dimensions
//! a k-d tree degrades to comparing all pairs one by one, and so those are refused here; k-means, PCA and neighbours
//! are matrix products and are written in this crate. Deliberately absent: choosing `eps`; `reaches` says which ones
//! make a difference.

use linfa::ParamGuard;
use linfa::traits::Transformer;
use linfa_clustering::Dbscan as Linfa;
use ndarray::ArrayView2;

use crate::kd::Map;
use crate::{Cancel, Error, Progress, Vectors};

/// How to cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DbscanParams {
    /// How far a point reaches (Euclid), above 0.
    pub eps: f32,
    /// Points within reach, itself included, that make a point dense; at least 2.
    pub min_points: usize,
}

/// [`DbscanParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedDbscan(DbscanParams);

/// The clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dbscan {
    /// The cluster of every row, from 0 in order of their first dense row; −1 is noise.
    pub labels: Vec<i32>,
    /// How many clusters there are.
    pub clusters: usize,
}

impl DbscanParams {
    /// Fails when nothing could be reached or every point would be dense.
    pub fn check(self) -> Result<CheckedDbscan, Error> {
        if !(self.eps.is_finite() && self.eps > 0.0) {
            return Err(Error::parameter("eps", "above 0", self.eps));
        }
        if self.min_points < 2 {
            return Err(Error::parameter("min_points", "at least 2", self.min_points));
        }
        Ok(CheckedDbscan(self))
    }
}

/// How far points must reach for each of these shares of a map's rows (0 to 1) to be dense: the distances to the
/// `min_points`-th nearest, the point itself counted, by rank (Ester et al. 1996). In the order of `shares`.
pub fn reaches(map: &Vectors, min_points: usize, shares: &[f64]) -> Result<Vec<f32>, Error> {
    flat(map)?;
    if map.rows() == 0 {
        return Err(Error::shape("at least 1 row", "0 rows"));
    }
    let mut reach = Map::new(map).map(|map| map.reach(min_points.saturating_sub(1))).unwrap_or_default();
    reach.sort_unstable_by(f64::total_cmp);
    // A hair farther, so that rounding leaves none out.
    let at = |share: f64| reach[((reach.len() - 1) as f64 * share.clamp(0.0, 1.0)).round() as usize] as f32 * 1.000_001;
    Ok(shares.iter().map(|&share| at(share)).collect())
}

fn flat(map: &Vectors) -> Result<(), Error> {
    if map.dim() > 3 {
        return Err(Error::shape("a map of at most 3 dimensions", format!("{} dimensions", map.dim())));
    }
    map.check_finite()
}

impl CheckedDbscan {
    /// Clusters the rows of a map of at most three dimensions. The work is one call that cannot be interrupted; on
    /// maps of 100 000 rows it takes about two seconds.
    pub fn run(&self, map: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Dbscan, Error> {
        cancel.check()?;
        flat(map)?;
        if map.rows() == 0 {
            return Ok(Dbscan { labels: Vec::new(), clusters: 0 });
        }
        let view = ArrayView2::from_shape((map.rows(), map.dim()), map.as_slice())
            .map_err(|error| Error::shape("whole rows", error))?;
        let params = Linfa::params(self.0.min_points)
            .tolerance(self.0.eps)
            .check()
            .map_err(|error| Error::parameter("eps and min_points", "usable", error))?;
        let found = params.transform(&view);
        progress(map.rows(), map.rows());
        let labels: Vec<i32> = found.iter().map(|label| label.map_or(-1, |label| label as i32)).collect();
        let clusters = labels.iter().max().map_or(0, |&last| (last + 1) as usize);
        Ok(Dbscan { labels, clusters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UNWATCHED;

    fn run(map: &Vectors, eps: f32, min_points: usize) -> Result<Dbscan, Error> {
        DbscanParams { eps, min_points }.check()?.run(map, UNWATCHED, &Cancel::default())
    }

    #[test]
    fn a_chain_holds_together_and_a_loner_is_noise() {
        let mut values: Vec<f32> = (0..20).flat_map(|i| [i as f32 * 0.5, 0.0]).collect();
        values.extend((0..5).flat_map(|i| [100.0 + i as f32 * 0.1, 5.0]));
        values.extend([500.0, 500.0]);
        let found = run(&Vectors::new(values, 2).expect("rows"), 0.6, 3).expect("runs");
        assert_eq!(found.clusters, 2);
        assert!(found.labels[..20].iter().all(|&label| label == 0));
        assert!(found.labels[20..25].iter().all(|&label| label == 1));
        assert_eq!(found.labels[25], -1);
    }

    #[test]
    fn a_share_of_the_points_is_dense_within_its_reach() {
        // Ten points one apart, four of them two apart from one another.
        let values: Vec<f32> = (0..10).map(|i| i as f32).chain((0..4).map(|i| 100.0 + 2.0 * i as f32)).collect();
        let map = Vectors::new(values.iter().flat_map(|&x| [x, 0.0]).collect(), 2).expect("rows");
        let found = reaches(&map, 2, &[0.0, 0.5, 1.0]).expect("reaches");
        assert!(found.iter().zip([1.0, 1.0, 2.0]).all(|(found, known)| (found - known).abs() < 1e-4), "{found:?}");
        let dense = run(&map, found[1], 2).expect("runs");
        assert_eq!(dense.labels.iter().filter(|&&label| label >= 0).count(), 10);
        assert!(reaches(&Vectors::empty(2), 2, &[0.5]).is_err());
        assert!(reaches(&Vectors::new(vec![1.0; 4], 4).expect("row"), 2, &[0.5]).is_err());
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert!(run(&Vectors::empty(2), 1.0, 3).expect("empty").labels.is_empty());
        assert_eq!(run(&Vectors::new(vec![1.0, 1.0], 2).expect("row"), 1.0, 3).expect("alone").labels, [-1]);
        let same = Vectors::new(vec![2.0; 400], 2).expect("rows");
        assert_eq!(run(&same, 0.1, 3).expect("identical rows").clusters, 1);
        assert!(run(&Vectors::new(vec![1.0; 4], 4).expect("row"), 1.0, 3).is_err());
        assert!(run(&Vectors::new(vec![f32::NAN; 2], 2).expect("row"), 1.0, 3).is_err());
        assert!(run(&same, 0.0, 3).is_err() && run(&same, f32::NAN, 3).is_err() && run(&same, 1.0, 1).is_err());
    }
}
