//! Two spaces over the same things: who kept which neighbours, and how alike the whole geometry is.
//!
//! Deliberately absent: which of the two is better; that needs labels.

use rayon::prelude::*;

use crate::distances::{Distances, pairs};
use crate::moments::{Centred, cross};
use crate::neighbours::{Neighbours, NeighboursParams};
use crate::{Cancel, Error, Metric, Progress, UNWATCHED, Vectors, procrustes, ranks, sample};

/// The most rows whose distances to each other are ranked.
const RSA_ROWS: usize = 2000;

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompareParams {
    /// Neighbours looked at; all others where there are fewer.
    pub k: usize,
    /// How rows of the same space are compared.
    pub metric: Metric,
    /// The most rows taken (seeded) for the correlation of distances; 2000 at most.
    pub sample: usize,
    /// Same seed, same sample.
    pub seed: u64,
}

impl Default for CompareParams {
    fn default() -> Self {
        Self { k: 10, metric: Metric::Cosine, sample: RSA_ROWS, seed: 42 }
    }
}

/// [`CompareParams`] that make sense.
#[derive(Debug, Clone, Copy)]
pub struct CheckedCompare(CompareParams);

/// How alike two spaces are.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Mean of `overlap`.
    pub overlap_mean: f64,
    /// For every row the share of its `k` neighbours that both spaces agree on, 0 to 1.
    pub overlap: Vec<f32>,
    /// The mean share of the 1, 2 … `k` nearest that both spaces agree on.
    pub curve: Vec<f64>,
    /// Linear centred kernel alignment (Kornblith 2019), debiased (Song 2012): 1 for the same shape, about 0 for
    /// unrelated ones however many dimensions they have; it may fall a little below 0.
    pub cka: f64,
    /// Spearman correlation of all distances (representational similarity analysis), −1 to 1.
    pub rsa: f64,
    /// [`procrustes::disparity`], 0 for the same shape to 1.
    pub procrustes: f64,
    /// Neighbours looked at.
    pub k: usize,
    /// The neighbours themselves, in the first space and in the second.
    pub near: [Neighbours; 2],
}

impl CompareParams {
    /// Fails when no neighbours or fewer than two rows would be looked at.
    pub fn check(self) -> Result<CheckedCompare, Error> {
        if self.k == 0 {
            return Err(Error::parameter("k", "at least 1", 0));
        }
        if self.sample < 2 {
            return Err(Error::parameter("sample", "at least 2", self.sample));
        }
        Ok(CheckedCompare(self))
    }
}

impl CheckedCompare {
    /// Compares at least four rows; row `i` of both is the same thing, dimensions may differ.
    pub fn run(&self, a: &Vectors, b: &Vectors, progress: Progress, cancel: &Cancel) -> Result<Comparison, Error> {
        let CompareParams { k, metric, sample, seed } = self.0;
        let rows = a.rows();
        if b.rows() != rows {
            return Err(Error::shape(format!("{rows} rows"), format!("{} rows", b.rows())));
        }
        if rows < 4 {
            return Err(Error::TooFew { what: "a comparison", needed: 4, found: rows });
        }
        let search = NeighboursParams { k, metric, ..Default::default() }.check()?;
        let near_a = search.run(a, &|done, total| progress(done, 2 * total), cancel)?;
        let near_b = search.run(b, &|done, total| progress(total + done, 2 * total), cancel)?;
        let share = |row: usize| {
            let other = near_b.of(row);
            near_a.of(row).iter().filter(|row| other.contains(row)).count() as f32 / near_a.k as f32
        };
        let overlap: Vec<f32> = (0..rows).into_par_iter().map(share).collect();
        let curve = curve(&near_a, &near_b);
        let chosen = sample::rows(rows, sample.min(RSA_ROWS), seed);
        let keys = |vectors| Distances::new(vectors, metric).map(|distances| pairs(&distances, &chosen));
        Ok(Comparison {
            overlap_mean: overlap.iter().map(|&share| f64::from(share)).sum::<f64>() / rows as f64,
            overlap,
            curve,
            cka: cka(a, b, cancel)?,
            rsa: ranks::spearman(&keys(a)?, &keys(b)?),
            procrustes: procrustes::disparity(a, b, cancel)?,
            k: near_a.k,
            near: [near_a, near_b],
        })
    }
}

/// The mean share in common of the first 1, 2 … neighbours.
fn curve(a: &Neighbours, b: &Neighbours) -> Vec<f64> {
    let counts = |row: usize| {
        let (a, b) = (a.of(row), b.of(row));
        let mut shared = 0_usize;
        let grown = (0..a.len()).map(|last| {
            // What the newest of either side finds among those of the other so far; a pair of equal ones once.
            shared += usize::from(b[..=last].contains(&a[last])) + usize::from(a[..last].contains(&b[last]));
            shared
        });
        grown.collect::<Vec<usize>>()
    };
    let add = |mut sum: Vec<usize>, row: Vec<usize>| {
        sum.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
        sum
    };
    let sums = (0..a.rows()).into_par_iter().map(counts).reduce(|| vec![0; a.k], add);
    (1..).zip(sums).map(|(k, sum)| sum as f64 / (k * a.rows()) as f64).collect()
}

/// Debiased linear CKA of at least four rows, in the form that needs no `rows × rows` matrix; 0 when a side does not
/// vary.
fn cka(a: &Vectors, b: &Vectors, cancel: &Cancel) -> Result<f64, Error> {
    let (a, b) = (Centred::new(a)?, Centred::new(b)?);
    let (lengths_a, lengths_b) = (squares(&a), squares(&b));
    let alike = |x: &Centred, y: &Centred, k: &[f64], l: &[f64]| -> Result<f64, Error> {
        let products: f64 = cross(x, y, UNWATCHED, cancel)?.iter().map(|value| value * value).sum();
        let n = k.len() as f64;
        // The kernels of centred rows sum to zero along rows, so that Song's three terms need only their diagonals.
        let diagonal: f64 = k.iter().zip(l).map(|(k, l)| k * l).sum();
        let totals = k.iter().sum::<f64>() * l.iter().sum::<f64>();
        Ok(products - diagonal + totals / ((n - 1.0) * (n - 2.0)) - 2.0 * diagonal / (n - 2.0))
    };
    let own = alike(&a, &a, &lengths_a, &lengths_a)? * alike(&b, &b, &lengths_b, &lengths_b)?;
    let both = alike(&a, &b, &lengths_a, &lengths_b)?;
    Ok(if own > 0.0 { (both / own.sqrt()).clamp(-1.0, 1.0) } else { 0.0 })
}

/// The squared length of every centred, scaled row.
fn squares(centred: &Centred) -> Vec<f64> {
    let square = |row: &mut Vec<f32>, at: usize| {
        centred.block(at, at + 1, row);
        crate::metric::sum(row, row, |x, y| x * y)
    };
    (0..centred.rows()).into_par_iter().map_init(Vec::new, square).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::normal;

    fn run(a: &Vectors, b: &Vectors) -> Result<Comparison, Error> {
        CompareParams { metric: Metric::Euclidean, ..Default::default() }.check()?.run(
            a,
            b,
            UNWATCHED,
            &Cancel::default(),
        )
    }

    #[test]
    fn a_space_is_like_itself_and_unlike_chance() {
        let a = normal(150, 64, 1);
        let own = run(&a, &a).expect("runs");
        assert_eq!((own.overlap_mean, own.curve), (1.0, vec![1.0; 10]));
        assert!((own.cka - 1.0).abs() < 1e-6 && (own.rsa - 1.0).abs() < 1e-9 && own.procrustes < 1e-6);
        let chance = run(&a, &normal(150, 200, 2)).expect("runs");
        assert!((chance.curve[9] - chance.overlap_mean).abs() < 1e-6 && chance.curve.len() == chance.k);
        // The plain, biased form would say about 0.5 here.
        assert!(chance.cka.abs() < 0.1, "{}", chance.cka);
        assert!(chance.rsa.abs() < 0.1 && chance.overlap_mean < 0.2 && chance.procrustes > 0.3);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn sides_may_be_swapped_and_spaces_turned(seed in 0_u64..99) {
            let (a, b) = (normal(40, 4, seed), normal(40, 2, seed + 7));
            let (ab, ba) = (run(&a, &b).expect("runs"), run(&b, &a).expect("runs"));
            prop_assert!((ab.cka - ba.cka).abs() < 1e-9 && (ab.rsa - ba.rsa).abs() < 1e-9);
            prop_assert!((ab.procrustes - ba.procrustes).abs() < 1e-9);
            prop_assert_eq!(&ab.overlap, &ba.overlap);
            let turned = b.iter().flat_map(|p| [0.6 * p[0] - 0.8 * p[1], 0.8 * p[0] + 0.6 * p[1]]).collect();
            let turned = run(&a, &Vectors::new(turned, 2).expect("rows")).expect("runs");
            prop_assert!((ab.cka - turned.cka).abs() < 1e-5 && (ab.procrustes - turned.procrustes).abs() < 1e-5);
        }
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert!(matches!(run(&normal(3, 2, 0), &normal(3, 2, 0)), Err(Error::TooFew { .. })));
        assert!(run(&normal(5, 2, 0), &normal(6, 2, 0)).is_err());
        let flat = Vectors::new(vec![1.0; 10], 2).expect("rows");
        let found = run(&flat, &normal(5, 3, 0)).expect("identical rows");
        assert_eq!((found.cka, found.rsa, found.procrustes, found.k), (0.0, 0.0, 1.0, 4));
        assert!(run(&flat, &Vectors::new(vec![f32::NAN; 5], 1).expect("rows")).is_err());
    }
}
