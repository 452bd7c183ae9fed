//! k-means by small draws of rows (Sculley 2010), with the rules of scikit-learn's `MiniBatchKMeans`.
//!
//! Centres move to the mean of all rows they were ever given; those given too few are put on drawn rows. Fast, and what
//! the MTEB clusters with. Deliberately absent: several starts.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Kmeans, assign, first_centres, inertia};
use crate::distances::{Block, Distances};
use crate::{Cancel, Error, Metric, Progress, Vectors, sample};

/// The least share of the largest centre's rows that lets a centre stay.
const REASSIGNED_BELOW: f64 = 0.01;
/// Draws without a better average after which the centres are settled.
const PATIENCE: usize = 10;

/// How to cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchesParams {
    /// How many clusters, at least 1 and at most the number of rows.
    pub k: usize,
    /// Rows drawn together.
    pub batch: usize,
    /// The most times that all rows could be drawn.
    pub epochs: usize,
    /// Same seed, same clusters.
    pub seed: u64,
}

impl Default for BatchesParams {
    fn default() -> Self {
        Self { k: 8, batch: 512, epochs: 100, seed: 42 }
    }
}

/// [`BatchesParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedBatches(BatchesParams);

impl BatchesParams {
    /// Fails when there are no clusters, or nothing would be drawn.
    pub fn check(self) -> Result<CheckedBatches, Error> {
        let counts = [("k", self.k), ("batch", self.batch), ("epochs", self.epochs)];
        match counts.into_iter().find(|(_, count)| *count == 0 || *count > i32::MAX as usize) {
            Some((name, count)) => Err(Error::parameter(name, "at least 1", count)),
            None => Ok(CheckedBatches(self)),
        }
    }
}

impl CheckedBatches {
    /// Clusters at least `k` rows of finite numbers. Progress counts draws.
    pub fn run(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Kmeans, Error> {
        let BatchesParams { k, batch, epochs, seed } = self.0;
        let rows = vectors.rows();
        if rows < k {
            return Err(Error::TooFew { what: "k-means", needed: k, found: rows });
        }
        let mut distances = Distances::new(vectors, Metric::Euclidean)?;
        distances.prepare();
        let mut chance = sample::generator(seed);
        let batch = batch.min(rows);
        let mut centres = started(&distances, vectors, k, batch, &mut chance, cancel)?;
        let mut given = vec![0.0; k];
        let (mut since, mut patience) = (0, Patience::default());
        let steps = (epochs * rows / batch).max(1);
        let mut done = 0;
        while done < steps {
            cancel.check()?;
            let drawn: Vec<usize> = (0..batch).map(|_| chance.random_range(0..rows as u64) as usize).collect();
            since += batch;
            let renew = given.contains(&0.0) || since >= 10 * k;
            if renew {
                since = 0;
            }
            let loss = step(&distances, &drawn, &mut centres, &mut given, renew.then_some(&mut chance));
            done += 1;
            progress(done, steps);
            if done > 1 && patience.is_over(loss / batch as f64, 2.0 * batch as f64 / (rows + 1) as f64) {
                break;
            }
        }
        let (labels, _) = assign(&distances, &centres);
        let inertia = inertia(&distances, &labels, &centres);
        Ok(Kmeans { labels, centroids: distances.original(centres.values())?, inertia, iterations: done })
    }
}

/// Greedy k-means++ on three batches.
fn started(
    distances: &Distances,
    vectors: &Vectors,
    k: usize,
    batch: usize,
    chance: &mut ChaCha8Rng,
    cancel: &Cancel,
) -> Result<Block, Error> {
    let rows = vectors.rows();
    let drawn = (3 * batch).max(3 * k).min(rows);
    let drawn: Vec<usize> = (0..drawn).map(|_| chance.random_range(0..rows as u64) as usize).collect();
    first_centres(distances, &drawn, k, chance, cancel)
}

/// Gives the drawn rows to their centres and moves those; gives the sum of squared distances before the move.
fn step(
    distances: &Distances,
    drawn: &[usize],
    centres: &mut Block,
    given: &mut [f64],
    renew: Option<&mut ChaCha8Rng>,
) -> f64 {
    let (dim, k) = (distances.dim(), given.len());
    let (mut block, mut keys) = (Block::default(), Vec::new());
    distances.load(drawn.iter().copied(), &mut block);
    distances.keys(&block, centres, &mut keys);
    let mut values = centres.values().to_vec();
    let mut sums = vec![0.0_f64; k * dim];
    let mut counts = vec![0.0; k];
    let mut loss = 0.0;
    for (row, keys) in block.values().chunks_exact(dim).zip(keys.chunks_exact(k)) {
        let nearest = (0..k).rev().min_by(|&a, &b| keys[a].total_cmp(&keys[b])).unwrap_or_default();
        loss += f64::from(keys[nearest].max(0.0));
        counts[nearest] += 1.0;
        sums[nearest * dim..][..dim].iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x));
    }
    for (centre, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
        let all = given[centre] + count;
        for (x, sum) in values[centre * dim..][..dim].iter_mut().zip(&sums[centre * dim..][..dim]) {
            *x = ((f64::from(*x) * given[centre] + sum) / all) as f32;
        }
        given[centre] = all;
    }
    if let Some(chance) = renew {
        reassign(&block, &mut values, given, chance);
    }
    *centres = distances.block(values);
    loss
}

/// Puts the centres that were given far fewer rows than the largest on rows of this draw, at most half as many.
fn reassign(drawn: &Block, values: &mut [f32], given: &mut [f64], chance: &mut ChaCha8Rng) {
    let dim = values.len() / given.len();
    let rows = drawn.values().len() / dim;
    let largest = given.iter().copied().fold(0.0, f64::max);
    let mut poor: Vec<usize> = (0..given.len()).filter(|&at| given[at] < REASSIGNED_BELOW * largest).collect();
    poor.sort_by(|&a, &b| given[a].total_cmp(&given[b]));
    poor.truncate(rows / 2);
    if poor.is_empty() {
        return;
    }
    let mut order: Vec<usize> = (0..rows).collect();
    for (place, &centre) in poor.iter().enumerate() {
        let other = chance.random_range(place as u64..rows as u64) as usize;
        order.swap(place, other);
        values[centre * dim..][..dim].copy_from_slice(&drawn.values()[order[place] * dim..][..dim]);
    }
    let rich = (0..given.len()).filter(|at| !poor.contains(at)).map(|at| given[at]);
    let least = rich.fold(f64::INFINITY, f64::min);
    poor.iter().for_each(|&centre| given[centre] = least);
}

/// Whether the running average of the loss has stopped to fall.
#[derive(Default)]
struct Patience {
    average: Option<f64>,
    lowest: Option<f64>,
    waited: usize,
}

impl Patience {
    fn is_over(&mut self, loss: f64, weight: f64) -> bool {
        let weight = weight.min(1.0);
        let average = self.average.map_or(loss, |average| average * (1.0 - weight) + loss * weight);
        self.average = Some(average);
        if self.lowest.is_none_or(|lowest| average < lowest) {
            (self.lowest, self.waited) = (Some(average), 0);
        } else {
            self.waited += 1;
        }
        self.waited >= PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UNWATCHED;
    use crate::agreement::agreement;
    use crate::sample::normal;

    fn run(vectors: &Vectors, k: usize, seed: u64) -> Result<Kmeans, Error> {
        BatchesParams { k, seed, ..Default::default() }.check()?.run(vectors, UNWATCHED, &Cancel::default())
    }

    #[test]
    fn clouds_are_found_at_any_number_of_threads() {
        let noise = normal(3000, 6, 1);
        let values = noise.iter().enumerate().flat_map(|(row, values)| {
            let values = values.to_vec();
            values.into_iter().enumerate().map(move |(at, x)| if at == row % 5 { x + 12.0 } else { x })
        });
        let vectors = Vectors::new(values.collect(), 6).expect("rows");
        let truth: Vec<i32> = (0..3000).map(|row| row % 5).collect();
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
            pool.install(|| run(&vectors, 5, 3)).expect("runs")
        };
        let (a, b) = (with(1), with(3));
        assert_eq!((&a.labels, a.inertia), (&b.labels, b.inertia));
        assert!(agreement(&truth, &a.labels).expect("as many").v_measure > 0.99);
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert!(matches!(run(&normal(3, 2, 0), 4, 1), Err(Error::TooFew { .. })));
        assert!(run(&normal(3, 2, 0), 0, 1).is_err());
        let same = run(&Vectors::new(vec![7.0; 20], 2).expect("rows"), 3, 1).expect("identical rows");
        assert!(same.inertia == 0.0 && same.centroids.check_finite().is_ok());
    }
}
