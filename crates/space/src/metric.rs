//! The four ways of saying how near two vectors are.
//!
//! Deliberately absent: matrices of them; see `similarity` and `neighbours`.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// How two vectors are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Metric {
    /// The cosine of the angle between them, −1 to 1; 0 beside a vector of zeros.
    #[default]
    Cosine,
    /// The inner product.
    Dot,
    /// The length of the difference.
    Euclidean,
    /// The sum of absolute differences.
    Manhattan,
}

impl Metric {
    /// Every metric, the default first.
    pub const ALL: [Self; 4] = [Self::Cosine, Self::Dot, Self::Euclidean, Self::Manhattan];

    /// Whether a larger number means nearer.
    pub fn is_similarity(self) -> bool {
        matches!(self, Self::Cosine | Self::Dot)
    }

    /// A number that is smaller the nearer `a` and `b` are: `1 − cosine`, `−dot`, or the distance itself.
    /// Summed in `f64`; slices of unequal length are compared as far as both reach.
    pub fn distance(self, a: &[f32], b: &[f32]) -> f64 {
        match self {
            Self::Cosine => 1.0 - cosine(a, b),
            Self::Dot => -sum(a, b, |x, y| x * y),
            Self::Euclidean => sum(a, b, |x, y| (x - y) * (x - y)).sqrt(),
            Self::Manhattan => sum(a, b, |x, y| (x - y).abs()),
        }
    }

    /// What the user reads for a [`Metric::distance`]: the similarity where the metric is one, else the distance.
    pub fn shown(self, distance: f64) -> f64 {
        match self {
            Self::Cosine => 1.0 - distance,
            Self::Dot => -distance,
            Self::Euclidean | Self::Manhattan => distance,
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cosine => "cosine",
            Self::Dot => "dot",
            Self::Euclidean => "euclidean",
            Self::Manhattan => "manhattan",
        })
    }
}

impl FromStr for Metric {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|metric| metric.to_string() == name.to_ascii_lowercase())
            .ok_or_else(|| Error::parameter("metric", "cosine, dot, euclidean or manhattan", name))
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let norms = (sum(a, a, |x, y| x * y) * sum(b, b, |x, y| x * y)).sqrt();
    if norms == 0.0 { 0.0 } else { (sum(a, b, |x, y| x * y) / norms).clamp(-1.0, 1.0) }
}

/// Eight running sums, so that the compiler can keep them in vector registers; the order never changes.
#[inline(always)]
pub(crate) fn sum(a: &[f32], b: &[f32], term: impl Fn(f64, f64) -> f64) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let (a_chunks, a_rest) = a.as_chunks::<8>();
    let (b_chunks, b_rest) = b.as_chunks::<8>();
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..8 {
            lanes[lane] += term(f64::from(x[lane]), f64::from(y[lane]));
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(&x, &y)| term(f64::from(x), f64::from(y))).sum();
    lanes.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn vector() -> impl Strategy<Value = Vec<f32>> {
        proptest::collection::vec(-100.0_f32..100.0, 19)
    }

    proptest! {
        #[test]
        fn distances_are_symmetric_and_bounded(a in vector(), b in vector()) {
            for metric in Metric::ALL {
                prop_assert_eq!(metric.distance(&a, &b), metric.distance(&b, &a));
            }
            prop_assert!((0.0..=2.0).contains(&Metric::Cosine.distance(&a, &b)));
            prop_assert!(Metric::Euclidean.distance(&a, &b) <= Metric::Manhattan.distance(&a, &b) + 1e-9);
            prop_assert_eq!(Metric::Manhattan.distance(&a, &a), 0.0);
        }

        #[test]
        fn cosine_ignores_length(a in vector(), b in vector(), factor in 0.01_f32..100.0) {
            let longer: Vec<f32> = a.iter().map(|x| x * factor).collect();
            prop_assert!((Metric::Cosine.distance(&a, &b) - Metric::Cosine.distance(&longer, &b)).abs() < 1e-5);
        }
    }

    #[test]
    fn names_go_both_ways_and_zeros_are_answered() {
        for metric in Metric::ALL {
            assert_eq!(metric.to_string().parse::<Metric>(), Ok(metric));
        }
        assert!("hamming".parse::<Metric>().is_err());
        assert_eq!(Metric::Cosine.distance(&[0.0, 0.0], &[1.0, 2.0]), 1.0);
        assert_eq!(Metric::Cosine.shown(Metric::Cosine.distance(&[3.0, 4.0], &[6.0, 8.0])), 1.0);
    }
}
