//! The silhouette (Rousseeuw 1987): how much nearer rows are to their own cluster than to the next, −1 to 1.
//!
//! Deliberately absent: other scores of a clustering.

use rayon::prelude::*;

use crate::distances::{Block, Distances};
use crate::product::BLOCK;
use crate::{Cancel, Error, Metric, Progress, Vectors, sample};

/// How to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SilhouetteParams {
    /// How rows are compared; the inner product is no distance and is refused.
    pub metric: Metric,
    /// Above this many rows a seeded sample of so many stands for all; each is still compared with every row.
    pub sample: usize,
    /// Same seed, same sample.
    pub seed: u64,
}

impl Default for SilhouetteParams {
    fn default() -> Self {
        Self { metric: Metric::Euclidean, sample: 5000, seed: 42 }
    }
}

/// [`SilhouetteParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedSilhouette(SilhouetteParams);

/// The mean silhouette.
#[derive(Debug, Clone, PartialEq)]
pub struct Silhouette {
    /// Mean over the measured rows.
    pub mean: f64,
    /// Its standard error; 0 when every row was measured.
    pub standard_error: f64,
    /// Rows measured.
    pub rows: usize,
}

impl SilhouetteParams {
    /// Fails on the inner product and on an empty sample.
    pub fn check(self) -> Result<CheckedSilhouette, Error> {
        if self.metric == Metric::Dot {
            return Err(Error::parameter("metric", "a distance", self.metric));
        }
        if self.sample == 0 {
            return Err(Error::parameter("sample", "at least 1", 0));
        }
        Ok(CheckedSilhouette(self))
    }
}

impl CheckedSilhouette {
    /// Measures rows with the given clusters. Rows labelled below 0 are noise and left out; a row alone in its cluster
    /// counts 0. Fails with fewer than two clusters.
    pub fn run(
        &self,
        vectors: &Vectors,
        labels: &[i32],
        progress: Progress,
        cancel: &Cancel,
    ) -> Result<Silhouette, Error> {
        if labels.len() != vectors.rows() {
            return Err(Error::shape(format!("{} labels", vectors.rows()), labels.len()));
        }
        let distances = Distances::new(vectors, self.0.metric)?;
        let clustered: Vec<usize> = (0..labels.len()).filter(|&row| labels[row] >= 0).collect();
        let mut names: Vec<i32> = clustered.iter().map(|&row| labels[row]).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() < 2 {
            return Err(Error::parameter("labels", "at least two clusters", names.len()));
        }
        let classes: Vec<usize> = labels.iter().map(|label| names.binary_search(label).unwrap_or(usize::MAX)).collect();
        let mut sizes = vec![0_usize; names.len()];
        clustered.iter().for_each(|&row| sizes[classes[row]] += 1);

        let drawn = sample::rows(clustered.len(), self.0.sample, self.0.seed);
        let anchors: Vec<usize> = drawn.into_iter().map(|at| clustered[at]).collect();
        let stripes: Vec<Vec<f64>> = anchors
            .par_chunks(64)
            .map_init(
                || (Block::default(), Block::default(), Vec::new()),
                |(left, right, keys), anchors| {
                    if cancel.is_cancelled() {
                        return Vec::new();
                    }
                    let mut sums = vec![0.0; anchors.len() * sizes.len()];
                    distances.load(anchors.iter().copied(), left);
                    for rows in clustered.chunks(BLOCK) {
                        distances.load(rows.iter().copied(), right);
                        distances.keys(left, right, keys);
                        for (sums, keys) in sums.chunks_exact_mut(sizes.len()).zip(keys.chunks_exact(rows.len())) {
                            for (&row, &key) in rows.iter().zip(keys) {
                                sums[classes[row]] += distances.distance(key.max(0.0));
                            }
                        }
                    }
                    let rows = anchors.iter().zip(sums.chunks_exact(sizes.len()));
                    rows.map(|(&row, sums)| score(classes[row], sums, &sizes)).collect()
                },
            )
            .collect();
        cancel.check()?;
        progress(anchors.len(), anchors.len());
        let scores = stripes.concat();
        let (mean, standard_error) = sample::mean(&scores, clustered.len());
        Ok(Silhouette { mean, standard_error, rows: scores.len() })
    }
}

/// `(b − a) / max(a, b)` from the sums of distances to every cluster.
fn score(own: usize, sums: &[f64], sizes: &[usize]) -> f64 {
    if sizes[own] < 2 {
        return 0.0;
    }
    let within = sums[own] / (sizes[own] - 1) as f64;
    let other = |(class, sum): (usize, &f64)| (class != own).then(|| sum / sizes[class] as f64);
    let next = sums.iter().enumerate().filter_map(other).fold(f64::INFINITY, f64::min);
    let larger = within.max(next);
    if larger > 0.0 { (next - within) / larger } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UNWATCHED;
    use crate::sample::normal;

    fn run(vectors: &Vectors, labels: &[i32], params: SilhouetteParams) -> Result<Silhouette, Error> {
        params.check()?.run(vectors, labels, UNWATCHED, &Cancel::default())
    }

    #[test]
    fn separate_clouds_score_high_and_shuffled_labels_low() {
        let values = normal(200, 3, 1).into_vec().into_iter().enumerate();
        let vectors =
            Vectors::new(values.map(|(at, x)| x + if at < 300 { 0.0 } else { 30.0 }).collect(), 3).expect("rows");
        let true_labels: Vec<i32> = (0..200).map(|row| i32::from(row >= 100)).collect();
        let mixed: Vec<i32> = (0..200).map(|row| row % 2).collect();
        let params = SilhouetteParams::default();
        assert!(run(&vectors, &true_labels, params).expect("runs").mean > 0.9);
        assert!(run(&vectors, &mixed, params).expect("runs").mean.abs() < 0.1);
        let sampled = run(&vectors, &true_labels, SilhouetteParams { sample: 50, ..params }).expect("runs");
        assert_eq!(sampled.rows, 50);
        assert!(sampled.standard_error > 0.0);
    }

    #[test]
    fn degenerate_input_is_answered() {
        let params = SilhouetteParams::default();
        let vectors = normal(4, 2, 0);
        assert!(run(&vectors, &[0, 0, 0, 0], params).is_err());
        assert!(run(&vectors, &[-1, -1, -1, -1], params).is_err());
        assert!(run(&vectors, &[0, 1], params).is_err());
        assert_eq!(run(&vectors, &[0, 1, 2, 3], params).expect("loners").mean, 0.0);
        let same = Vectors::new(vec![1.0; 8], 2).expect("rows");
        assert_eq!(run(&same, &[0, 0, 1, 1], params).expect("identical rows").mean, 0.0);
        assert_eq!(run(&vectors, &[0, 0, 5, -1], params).expect("noise left out").rows, 3);
        assert!(run(&vectors, &[0; 4], SilhouetteParams { metric: Metric::Dot, ..params }).is_err());
    }
}
