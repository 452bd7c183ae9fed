//! k-means: every row to the nearest of `k` centres, every centre to the mean of its rows, until nothing moves.
//!
//! Centres start by greedy k-means++ (Arthur and Vassilvitskii 2007) on a seeded sample; distances are matrix products.
//! Own code rather than linfa's, which measures pair by pair. Deliberately absent: choosing `k`.

pub mod batches;
mod means;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use self::means::{Totals, means};
use crate::distances::{Block, Distances};
use crate::product::BLOCK;
use crate::wide::widely;
use crate::{Cancel, Error, Metric, Progress, Vectors, sample};

/// Rows looked at while the first centres are chosen.
const SEEDING_ROWS: usize = 8_000;

/// How to cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KmeansParams {
    /// How many clusters, at least 1 and at most the number of rows.
    pub k: usize,
    /// The most rounds.
    pub iterations: usize,
    /// Same seed, same clusters.
    pub seed: u64,
    /// Compare directions instead of places: rows and centres have unit length.
    pub spherical: bool,
}

impl Default for KmeansParams {
    fn default() -> Self {
        Self { k: 8, iterations: 100, seed: 42, spherical: false }
    }
}

/// [`KmeansParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedKmeans(KmeansParams);

/// The clusters.
#[derive(Debug, Clone)]
pub struct Kmeans {
    /// The cluster of every row, `0..k`. A cluster is empty only where there are fewer different rows than clusters.
    pub labels: Vec<i32>,
    /// `[k, dim]`.
    pub centroids: Vectors,
    /// Sum of squared distances of rows to their centres (of unit rows when spherical).
    pub inertia: f64,
    /// Rounds made.
    pub iterations: usize,
}

impl KmeansParams {
    /// Fails when there are no clusters or no rounds.
    pub fn check(self) -> Result<CheckedKmeans, Error> {
        if self.k == 0 || self.k > i32::MAX as usize {
            return Err(Error::parameter("k", "at least 1", self.k));
        }
        if self.iterations == 0 {
            return Err(Error::parameter("iterations", "at least 1", 0));
        }
        Ok(CheckedKmeans(self))
    }
}

impl CheckedKmeans {
    /// Clusters at least `k` rows of finite numbers. Progress counts rounds.
    pub fn run(&self, vectors: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Kmeans, Error> {
        let KmeansParams { k, iterations, seed, spherical } = self.0;
        if vectors.rows() < k {
            return Err(Error::TooFew { what: "k-means", needed: k, found: vectors.rows() });
        }
        let metric = if spherical { Metric::Cosine } else { Metric::Euclidean };
        let mut distances = Distances::new(vectors, metric)?;
        // Every round looks at all rows twice.
        distances.prepare();
        let seeding = sample::rows(vectors.rows(), SEEDING_ROWS.max(32 * k), seed);
        let mut centres = first_centres(&distances, &seeding, k, &mut sample::generator(seed), cancel)?;
        let tolerance = 1e-4 * spread(&distances);
        let (mut labels, mut keys) = assign(&distances, &centres);
        let mut totals = Totals::new(&distances, k);
        let mut done = 0;
        while done < iterations {
            cancel.check()?;
            totals.follow(&distances, &labels);
            let moved = means(&distances, &totals, &keys, spherical, &centres);
            let shift = crate::metric::sum(centres.values(), moved.values(), |x, y| (x - y) * (x - y));
            centres = moved;
            let before = std::mem::take(&mut labels);
            (labels, keys) = assign(&distances, &centres);
            done += 1;
            progress(done, iterations);
            if labels == before || shift <= tolerance {
                break;
            }
        }
        let inertia = inertia(&distances, &labels, &centres);
        Ok(Kmeans { labels, centroids: distances.original(centres.values())?, inertia, iterations: done })
    }
}

/// The nearest centre of every row and its key.
fn assign(distances: &Distances, centres: &Block) -> (Vec<i32>, Vec<f32>) {
    let rows = distances.rows();
    let (mut labels, mut nearest) = (vec![0; rows], vec![f32::INFINITY; rows]);
    let laid_out = distances.laid_out(centres.all());
    labels.par_chunks_mut(BLOCK).zip(nearest.par_chunks_mut(BLOCK)).enumerate().for_each_init(
        || (Block::default(), Vec::new()),
        |(block, keys), (at, (labels, nearest))| {
            let rows = distances.span(at * BLOCK..at * BLOCK + labels.len(), block);
            distances.keys_to(rows, (centres.all(), &laid_out), keys);
            let each = keys.chunks_exact(keys.len() / labels.len());
            widely(
                #[inline(always)]
                || {
                    for ((label, nearest), keys) in labels.iter_mut().zip(nearest.iter_mut()).zip(each.clone()) {
                        (*label, *nearest) = least(keys);
                    }
                },
            );
        },
    );
    (labels, nearest)
}

/// The first of the smallest keys, and where it stands: as many places are looked at together as a register has.
#[inline(always)]
fn least(keys: &[f32]) -> (i32, f32) {
    const LANES: usize = 16;
    let (mut smallest, mut places) = ([f32::INFINITY; LANES], [0; LANES]);
    let (whole, rest) = keys.as_chunks::<LANES>();
    for (step, keys) in whole.iter().enumerate() {
        for lane in 0..LANES {
            let nearer = keys[lane] < smallest[lane];
            smallest[lane] = if nearer { keys[lane] } else { smallest[lane] };
            places[lane] = if nearer { (step * LANES + lane) as i32 } else { places[lane] };
        }
    }
    let (mut place, mut key) = (0, f32::INFINITY);
    for lane in 0..LANES {
        if smallest[lane] < key || (smallest[lane] == key && places[lane] < place) {
            (place, key) = (places[lane], smallest[lane]);
        }
    }
    for (at, &other) in rest.iter().enumerate() {
        if other < key {
            (place, key) = ((whole.len() * LANES + at) as i32, other);
        }
    }
    (place, key)
}

/// Greedy k-means++ among some rows: each new centre is the best of a few drawn by their squared distance to the centres
/// so far.
fn first_centres(
    distances: &Distances,
    rows: &[usize],
    k: usize,
    chance: &mut ChaCha8Rng,
    cancel: &Cancel,
) -> Result<Block, Error> {
    let blocks: Vec<Block> = rows
        .par_chunks(BLOCK)
        .map(|rows| {
            let mut block = Block::default();
            distances.load(rows.iter().copied(), &mut block);
            block
        })
        .collect();
    let load = |picked: &[usize]| {
        let mut block = Block::default();
        distances.load(picked.iter().map(|&at| rows[at]), &mut block);
        block
    };
    let trials = 2 + (k as f64).ln() as usize;
    let first = chance.random_range(0..rows.len() as u64) as usize;
    let mut picked = vec![first];
    let mut nearest = reach(distances, &blocks, &load(&[first]), &vec![f32::INFINITY; rows.len()]).swap_remove(0).1;
    while picked.len() < k {
        cancel.check()?;
        let drawn: Vec<usize> = (0..trials).filter_map(|_| draw(&nearest, chance)).collect();
        let Some(best) = reach(distances, &blocks, &load(&drawn), &nearest)
            .into_iter()
            .zip(&drawn)
            .min_by(|((a, _), _), ((b, _), _)| a.total_cmp(b))
        else {
            // Every row coincides with a centre: the rest are copies.
            picked.extend(std::iter::repeat_n(first, k - picked.len()));
            break;
        };
        picked.push(*best.1);
        nearest = best.0.1;
    }
    Ok(load(&picked))
}

/// For each candidate: the sum of what would remain, and every row's key to its nearest centre with it.
fn reach(distances: &Distances, blocks: &[Block], candidates: &Block, nearest: &[f32]) -> Vec<(f64, Vec<f32>)> {
    let count = candidates.values().len() / distances.dim();
    let laid_out = distances.laid_out(candidates.all());
    let parts: Vec<Vec<Vec<f32>>> = blocks
        .par_iter()
        .zip(nearest.par_chunks(BLOCK))
        .map_init(Vec::new, |keys, (block, nearest)| {
            distances.keys_to(block.all(), (candidates.all(), &laid_out), keys);
            let with =
                |at: usize| keys[at..].iter().step_by(count).zip(nearest).map(|(a, b)| a.min(*b).max(0.0)).collect();
            (0..count).map(with).collect()
        })
        .collect();
    (0..count)
        .map(|at| {
            let keys: Vec<f32> = parts.iter().flat_map(|part| &part[at]).copied().collect();
            (keys.iter().map(|&key| f64::from(key)).sum(), keys)
        })
        .collect()
}

/// A place drawn with the given weights; nothing when all are 0.
fn draw(weights: &[f32], chance: &mut ChaCha8Rng) -> Option<usize> {
    let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
    let mut left = chance.random::<f64>() * total;
    let mut last = None;
    for (at, &weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        left -= f64::from(weight);
        last = Some(at);
        if left < 0.0 {
            break;
        }
    }
    last
}

/// The mean variance of a column, in comparable form.
fn spread(distances: &Distances) -> f64 {
    let mut block = Block::default();
    let (mut sums, mut squares) = (vec![0.0_f64; distances.dim()], 0.0);
    let step = distances.rows().div_ceil(SEEDING_ROWS).max(1);
    let rows: Vec<usize> = (0..distances.rows()).step_by(step).collect();
    distances.load(rows.iter().copied(), &mut block);
    for row in block.values().chunks_exact(distances.dim()) {
        for (sum, &x) in sums.iter_mut().zip(row) {
            *sum += f64::from(x);
            squares += f64::from(x) * f64::from(x);
        }
    }
    let n = rows.len() as f64;
    (squares / n - sums.iter().map(|sum| (sum / n) * (sum / n)).sum::<f64>()).max(0.0) / distances.dim() as f64
}

fn inertia(distances: &Distances, labels: &[i32], centres: &Block) -> f64 {
    let dim = distances.dim();
    let parts: Vec<f64> = labels
        .par_chunks(BLOCK)
        .enumerate()
        .map_init(Block::default, |block, (at, labels)| {
            let rows = distances.span(at * BLOCK..at * BLOCK + labels.len(), block);
            let rows = rows.values.chunks_exact(dim).zip(labels);
            rows.map(|(row, &label)| {
                let centre = &centres.values()[label as usize * dim..(label as usize + 1) * dim];
                crate::metric::sum(row, centre, |x, y| (x - y) * (x - y))
            })
            .sum()
        })
        .collect();
    parts.iter().sum::<f64>() / (distances.scale() * distances.scale())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::UNWATCHED;
    use crate::sample::normal;

    fn run(vectors: &Vectors, k: usize, spherical: bool) -> Result<Kmeans, Error> {
        KmeansParams { k, spherical, ..Default::default() }.check()?.run(vectors, UNWATCHED, &Cancel::default())
    }

    /// Three clouds of 40 rows far from each other and from the origin.
    fn clouds() -> Vectors {
        let values = normal(120, 4, 1).into_vec().into_iter().enumerate();
        let place = |at: usize| 100.0 + 50.0 * ((at / 160) as f32) * (1.0 - (at % 2) as f32);
        Vectors::new(values.map(|(at, x)| x + place(at)).collect(), 4).expect("whole rows")
    }

    #[test]
    fn clouds_are_found_and_centres_are_their_means() {
        let vectors = clouds();
        let found = run(&vectors, 3, false).expect("runs");
        for cloud in found.labels.chunks(40) {
            assert!(cloud.iter().all(|label| *label == cloud[0]));
        }
        let label = found.labels[0] as usize;
        let mean = crate::moments::mean(&vectors.select(&(0..40).collect::<Vec<_>>()));
        for (a, b) in found.centroids.row(label).iter().zip(mean) {
            assert!((f64::from(*a) - b).abs() < 1e-3);
        }
        let direct: f64 = (0..120)
            .map(|row| {
                Metric::Euclidean.distance(vectors.row(row), found.centroids.row(found.labels[row] as usize)).powi(2)
            })
            .sum();
        assert!((found.inertia / direct - 1.0).abs() < 1e-4);
    }

    #[test]
    fn spherical_clusters_ignore_length() {
        let values = (0..40).flat_map(|i| {
            let length = 1.0 + i as f32;
            if i % 2 == 0 { [length, 0.01 * length] } else { [0.01 * length, length] }
        });
        let found = run(&Vectors::new(values.collect(), 2).expect("rows"), 2, true).expect("runs");
        assert!(found.labels.iter().enumerate().all(|(row, label)| *label == found.labels[row % 2]));
        assert_ne!(found.labels[0], found.labels[1]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_row_is_with_its_nearest_centre(rows in 1_usize..60, k in 1_usize..8, seed in 0_u64..50) {
            prop_assume!(k <= rows);
            let vectors = normal(rows, 3, seed);
            let found = run(&vectors, k, false).expect("runs");
            for row in 0..rows {
                let distance = |c: usize| Metric::Euclidean.distance(vectors.row(row), found.centroids.row(c));
                let best = (0..k).map(distance).fold(f64::INFINITY, f64::min);
                prop_assert!(distance(found.labels[row] as usize) <= best + 1e-4);
            }
        }
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert!(matches!(run(&Vectors::empty(2), 1, false), Err(Error::TooFew { .. })));
        assert!(matches!(run(&normal(3, 2, 0), 4, false), Err(Error::TooFew { .. })));
        assert!(run(&normal(3, 2, 0), 0, false).is_err());
        let own = run(&normal(5, 2, 0), 5, false).expect("each its own");
        assert!(own.inertia < 1e-9);
        let same = run(&Vectors::new(vec![7.0; 20], 2).expect("ten rows"), 3, false).expect("identical rows");
        assert!(same.inertia == 0.0 && same.centroids.check_finite().is_ok());
        assert!(run(&Vectors::new(vec![0.0; 20], 2).expect("ten rows"), 3, true).is_ok());
        assert!(run(&Vectors::new(vec![f32::INFINITY; 20], 2).expect("ten rows"), 3, false).is_err());
    }

    #[test]
    fn threads_do_not_change_the_answer() {
        let vectors = normal(1500, 6, 2);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
            pool.install(|| run(&vectors, 7, false)).expect("runs")
        };
        let (a, b) = (with(1), with(4));
        assert_eq!((a.labels, a.inertia), (b.labels, b.inertia));
    }
}
