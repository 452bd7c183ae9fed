//! A small copy of many rows for questions that come one at a time: the copy is searched, and what it names is measured
//! in full.
//!
//! Eight bits a number, each row on a scale of its own, or one bit a number: its side of the mean. The question is compared
//! with every row of the copy, and the best are put in order by their whole numbers, so that only membership is
//! approximate. Deliberately absent: trees and graphs, which a copy this small does not need, and codes to write to a
//! file (`precision`).

use rayon::prelude::*;

use crate::metric::sum;
use crate::{Error, Metric, Vectors, moments};

/// Rows that one task compares.
const CHUNK: usize = 8192;
/// The largest code of a row, and of a question.
const ROW_CODE: f32 = 127.0;
const QUERY_CODE: f32 = 32_767.0;

/// How the small copy is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// A byte a number: a quarter of the rows' size, and hardly anything missed with four candidates for each answer.
    Bytes,
    /// A bit a number: a thirty-second of the size, and a coarse sieve that wants many candidates for each answer. For
    /// cosine and Euclid.
    Bits,
}

/// Rows and their small copy.
#[derive(Debug, Clone)]
pub struct Index {
    vectors: Vectors,
    metric: Metric,
    /// What the codes are counted from.
    mean: Vec<f32>,
    kept: Kept,
}

#[derive(Debug, Clone)]
enum Kept {
    Bytes { codes: Vec<i8>, rows: Vec<Scale> },
    Bits { words: Vec<u64>, width: usize },
}

/// What turns the product of codes into a key.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// What one step of the codes stands for.
    step: f32,
    /// One over the length of the row for cosine; its squared distance from the mean for Euclid.
    extra: f32,
}

impl Index {
    /// Keeps `vectors` (without copying them) and makes the codes. Fails on Manhattan, and for bits on the inner product
    /// too. Rows that hold NaN or an infinity are never an answer.
    pub fn new(vectors: &Vectors, metric: Metric, codes: Codes) -> Result<Self, Error> {
        if metric == Metric::Manhattan {
            return Err(Error::parameter("metric", "cosine, dot or euclidean", metric));
        }
        if codes == Codes::Bits && metric == Metric::Dot {
            return Err(Error::parameter("metric", "cosine or euclidean for bits", metric));
        }
        let mean = match codes {
            Codes::Bits if metric == Metric::Cosine => mean_direction(vectors),
            _ => moments::mean(vectors).into_iter().map(|x| x as f32).collect(),
        };
        // One broken row would leave no mean; then nothing is subtracted.
        let mean: Vec<f32> = mean.into_iter().map(|x| if x.is_finite() { x } else { 0.0 }).collect();
        let kept = match codes {
            Codes::Bytes => bytes(vectors, metric, &mean),
            Codes::Bits => bits(vectors, metric, &mean),
        };
        Ok(Self { vectors: vectors.clone(), metric, mean, kept })
    }

    /// How many rows it answers from.
    pub fn rows(&self) -> usize {
        self.vectors.rows()
    }

    /// The `k` rows nearest to `query` among the `k · oversample` that the codes put first: as
    /// [`crate::similarity::nearest`] gives them, which they are when the candidates are all rows.
    pub fn search(&self, query: &[f32], k: usize, oversample: usize) -> Result<Vec<(usize, f32)>, Error> {
        if query.len() != self.vectors.dim() {
            return Err(Error::shape(format!("{} numbers", self.vectors.dim()), query.len()));
        }
        if query.iter().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite { row: 0 });
        }
        let most = k.saturating_mul(oversample.max(1)).min(self.rows());
        let measure = |row: u32| (row as usize, self.metric.distance(query, self.vectors.row(row as usize)));
        let mut found: Vec<(usize, f64)> = self.candidates(query, most).into_iter().map(measure).collect();
        found.retain(|(_, distance)| !distance.is_nan());
        found.sort_unstable_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found.truncate(k);
        Ok(found.into_iter().map(|(row, distance)| (row, self.metric.shown(distance) as f32)).collect())
    }

    fn candidates(&self, query: &[f32], most: usize) -> Vec<u32> {
        if most == 0 {
            return Vec::new();
        }
        let dim = query.len();
        let keys: Vec<Vec<(f32, u32)>> = match &self.kept {
            Kept::Bytes { codes, rows } => {
                let query = Query::new(query, &self.mean, self.metric);
                let chunks = codes.par_chunks(CHUNK * dim).zip(rows.par_chunks(CHUNK)).enumerate();
                let keys = chunks.map(|(at, (codes, rows))| first(query.keys(codes, rows), at * CHUNK, most));
                keys.collect()
            }
            Kept::Bits { words, width } => {
                let wanted = sides(query, &self.mean, factor(query, self.metric));
                let chunks = words.par_chunks(CHUNK * width).enumerate();
                chunks.map(|(at, words)| first(differing(words, &wanted), at * CHUNK, most)).collect()
            }
        };
        let mut keys = keys.concat();
        nearest(&mut keys, most);
        keys.into_iter().map(|(_, row)| row).collect()
    }
}

/// The `most` smallest keys and their rows, which count from `from`.
fn first(keys: Vec<f32>, from: usize, most: usize) -> Vec<(f32, u32)> {
    let mut keys = keys.into_iter().zip(from as u32..).collect();
    nearest(&mut keys, most);
    keys
}

fn nearest(keys: &mut Vec<(f32, u32)>, most: usize) {
    if most < keys.len() {
        keys.select_nth_unstable_by(most - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        keys.truncate(most);
    }
}

fn bytes(vectors: &Vectors, metric: Metric, mean: &[f32]) -> Kept {
    let dim = vectors.dim();
    let mut codes = vec![0_i8; vectors.rows() * dim];
    let rows = vectors.as_slice().par_chunks(dim.max(1)).zip(codes.par_chunks_mut(dim.max(1)));
    let rows = rows.map(|(row, codes)| {
        let reach = row.iter().zip(mean).map(|(x, m)| (x - m).abs()).fold(0.0, larger);
        let step = if reach == 0.0 { 1.0 } else { reach / ROW_CODE };
        for (code, (x, m)) in codes.iter_mut().zip(row.iter().zip(mean)) {
            *code = ((x - m) / step).round() as i8;
        }
        let extra = match metric {
            Metric::Euclidean => sum(row, mean, |x, m| (x - m) * (x - m)) as f32,
            _ => factor(row, metric),
        };
        Scale { step, extra }
    });
    Kept::Bytes { rows: rows.collect(), codes }
}

/// The larger of two numbers, or NaN where one is.
fn larger(a: f32, b: f32) -> f32 {
    if a.is_nan() || a > b { a } else { b }
}

/// What makes a row comparable by its direction alone under cosine; 1 under other metrics.
fn factor(row: &[f32], metric: Metric) -> f32 {
    let length = sum(row, row, |x, y| x * y).sqrt();
    match metric {
        Metric::Cosine if length > 0.0 => (1.0 / length) as f32,
        Metric::Cosine => 0.0,
        _ => 1.0,
    }
}

/// A question in codes.
struct Query {
    codes: Vec<i16>,
    step: f32,
    /// The product of the question and the mean.
    base: f32,
    metric: Metric,
}

impl Query {
    fn new(query: &[f32], mean: &[f32], metric: Metric) -> Self {
        let centred: Vec<f32> = match metric {
            Metric::Euclidean => query.iter().zip(mean).map(|(x, m)| x - m).collect(),
            _ => query.to_vec(),
        };
        let reach = centred.iter().fold(0.0_f32, |reach, x| reach.max(x.abs()));
        // No sum of products of codes may leave an i32.
        let most = QUERY_CODE.min((i32::MAX as f32 / (ROW_CODE + 1.0) / query.len().max(1) as f32).floor() - 1.0);
        let step = if reach > 0.0 { reach / most.max(1.0) } else { 1.0 };
        let codes = centred.iter().map(|x| (x / step).round() as i16).collect();
        let base = if metric == Metric::Euclidean { 0.0 } else { sum(query, mean, |x, m| x * m) as f32 };
        Self { codes, step, base, metric }
    }

    /// A key for each row of codes, smaller the nearer; of no meaning beyond this question.
    fn keys(&self, codes: &[i8], rows: &[Scale]) -> Vec<f32> {
        let arch = pulp::Arch::new();
        arch.dispatch(|| {
            let rows = codes.chunks_exact(self.codes.len()).zip(rows);
            rows.map(|(codes, row)| {
                let product = dot(codes, &self.codes) as f32 * row.step * self.step + self.base;
                let key = match self.metric {
                    Metric::Euclidean => row.extra - 2.0 * product,
                    _ => -product * row.extra,
                };
                // A broken row comes last.
                key.min(f32::INFINITY)
            })
            .collect()
        })
    }
}

#[inline(always)]
fn dot(a: &[i8], b: &[i16]) -> i32 {
    a.iter().zip(b).fold(0, |sum: i32, (&a, &b)| sum.wrapping_add(i32::from(a).wrapping_mul(i32::from(b))))
}

fn bits(vectors: &Vectors, metric: Metric, mean: &[f32]) -> Kept {
    let width = vectors.dim().div_ceil(64).max(1);
    let mut words = vec![0; vectors.rows() * width];
    let rows = vectors.as_slice().par_chunks(vectors.dim().max(1)).zip(words.par_chunks_mut(width));
    rows.for_each(|(row, words)| words.copy_from_slice(&sides(row, mean, factor(row, metric))));
    Kept::Bits { words, width }
}

/// On which side of the mean each number of a row times `factor` lies.
fn sides(row: &[f32], mean: &[f32], factor: f32) -> Vec<u64> {
    let word = |(row, mean): (&[f32], &[f32])| {
        let sides = row.iter().zip(mean).enumerate();
        sides.fold(0, |word, (at, (x, m))| word | u64::from(x * factor > *m) << at)
    };
    row.chunks(64).zip(mean.chunks(64)).map(word).collect()
}

/// How many bits of each row differ from the question's.
fn differing(words: &[u64], query: &[u64]) -> Vec<f32> {
    let arch = pulp::Arch::new();
    arch.dispatch(|| {
        let rows = words.chunks_exact(query.len());
        rows.map(|row| row.iter().zip(query).map(|(a, b)| (a ^ b).count_ones()).sum::<u32>() as f32).collect()
    })
}

fn mean_direction(vectors: &Vectors) -> Vec<f32> {
    let dim = vectors.dim();
    let parts: Vec<Vec<f64>> = vectors
        .as_slice()
        .par_chunks(CHUNK * dim.max(1))
        .map(|rows| {
            let mut part = vec![0.0; dim];
            for row in rows.chunks_exact(dim) {
                let factor = f64::from(factor(row, Metric::Cosine));
                part.iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x) * factor);
            }
            part
        })
        .collect();
    let rows = vectors.rows().max(1) as f64;
    (0..dim).map(|at| (parts.iter().map(|part| part[at]).sum::<f64>() / rows) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::normal;
    use crate::similarity;

    /// Rows in clouds, off centre, of unequal length.
    fn rows() -> Vectors {
        let (clouds, noise) = (normal(12, 80, 1), normal(20_000, 80, 2));
        let value = |(at, x): (usize, &f32)| {
            let (row, column) = (at / 80, at % 80);
            (2.0 * clouds.row(row % 12)[column] + x + 0.5) * (1.0 + (row % 3) as f32)
        };
        Vectors::new(noise.as_slice().iter().enumerate().map(value).collect(), 80).expect("whole rows")
    }

    fn recall(vectors: &Vectors, metric: Metric, codes: Codes, oversample: usize) -> f64 {
        let index = Index::new(vectors, metric, codes).expect("a metric it knows");
        let mut hits = 0;
        for row in (0..vectors.rows()).step_by(1000) {
            let truth = similarity::nearest(vectors.row(row), vectors, 10, metric).expect("same width");
            let found = index.search(vectors.row(row), 10, oversample).expect("same width");
            hits += found.iter().filter(|hit| truth.contains(hit)).count();
        }
        hits as f64 / (vectors.rows().div_ceil(1000) * 10) as f64
    }

    #[test]
    fn nearly_all_of_the_nearest_are_found() {
        let vectors = rows();
        for metric in [Metric::Cosine, Metric::Dot, Metric::Euclidean] {
            let found = recall(&vectors, metric, Codes::Bytes, 4);
            assert!(found > 0.99, "{metric} {found}");
        }
        let coarse = recall(&vectors, Metric::Cosine, Codes::Bits, 1);
        let rescored = recall(&vectors, Metric::Cosine, Codes::Bits, 40);
        assert!(rescored > 0.6 && rescored > 2.0 * coarse, "{coarse} {rescored}");
    }

    #[test]
    fn with_all_rows_as_candidates_the_answer_is_exact() {
        let vectors = normal(300, 70, 3);
        for (metric, codes) in
            [(Metric::Cosine, Codes::Bits), (Metric::Euclidean, Codes::Bits), (Metric::Dot, Codes::Bytes)]
        {
            let index = Index::new(&vectors, metric, codes).expect("a metric it knows");
            let exact = similarity::nearest(vectors.row(7), &vectors, 9, metric).expect("same width");
            assert_eq!(index.search(vectors.row(7), 9, 300).expect("same width"), exact);
        }
    }

    #[test]
    fn threads_do_not_change_the_answer() {
        let vectors = rows();
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
            let index = pool.install(|| Index::new(&vectors, Metric::Cosine, Codes::Bits)).expect("a metric it knows");
            pool.install(|| index.search(vectors.row(3), 20, 3)).expect("same width")
        };
        assert_eq!(with(1), with(4));
    }

    #[test]
    fn degenerate_input_is_answered() {
        let bad = Vectors::new(vec![1.0, f32::NAN, 1.0, 0.0, 0.0, 0.0], 2).expect("three rows");
        for codes in [Codes::Bytes, Codes::Bits] {
            let index = Index::new(&bad, Metric::Cosine, codes).expect("runs");
            assert_eq!(index.search(&[1.0, 0.0], 9, 1).expect("runs"), [(1, 1.0), (2, 0.0)]);
            assert_eq!(index.search(&[1.0, 0.0], 0, 4).expect("runs"), []);
            assert!(index.search(&[1.0], 1, 1).is_err() && index.search(&[f32::NAN, 0.0], 1, 1).is_err());
            let none = Index::new(&Vectors::empty(2), Metric::Euclidean, codes).expect("runs");
            assert_eq!(none.search(&[1.0, 0.0], 3, 2).expect("runs"), []);
            assert!(Index::new(&bad, Metric::Manhattan, codes).is_err());
        }
        assert!(Index::new(&bad, Metric::Dot, Codes::Bits).is_err());
        let same =
            Index::new(&Vectors::new(vec![2.0; 8], 2).expect("rows"), Metric::Euclidean, Codes::Bytes).expect("runs");
        assert_eq!(same.search(&[2.0, 2.0], 1, 1).expect("runs"), [(0, 0.0)]);
    }
}
