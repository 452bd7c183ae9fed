//! How well one number tells pairs that belong together from pairs that do not.
//!
//! Larger means more alike. Deliberately absent: the number itself; see `similarity`.

use crate::Error;

/// The threshold that errs least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Share of pairs on the right side of it, 0 to 1.
    pub accuracy: f64,
    /// Half-way between the two scores it lies between; pairs above it are taken to belong together.
    pub at: f64,
}

/// The precision at every pair that belongs together, weighted by the recall it adds; pairs of the same score count
/// together (as scikit-learn does). 0 where no pair belongs together.
pub fn average_precision(scores: &[f32], together: &[bool]) -> Result<f64, Error> {
    let falling = falling(scores, together)?;
    let all = together.iter().filter(|together| **together).count() as f64;
    let (mut seen, mut hits, mut sum) = (0.0, 0.0, 0.0);
    for tied in falling.chunk_by(|a, b| a.0 == b.0) {
        let here = tied.iter().filter(|pair| pair.1).count() as f64;
        seen += tied.len() as f64;
        hits += here;
        sum += here * hits / seen;
    }
    Ok(if all > 0.0 { sum / all } else { 0.0 })
}

/// The most pairs that one threshold between two scores puts on their right side (as sentence-transformers searches
/// it). Fails on fewer than two pairs.
pub fn best_threshold(scores: &[f32], together: &[bool]) -> Result<Threshold, Error> {
    let falling = falling(scores, together)?;
    if falling.len() < 2 {
        return Err(Error::TooFew { what: "a threshold", needed: 2, found: falling.len() });
    }
    let mut right = falling.iter().filter(|pair| !pair.1).count();
    let mut best = Threshold { accuracy: 0.0, at: 0.0 };
    for pair in falling.windows(2) {
        right = if pair[0].1 { right + 1 } else { right - 1 };
        let accuracy = right as f64 / falling.len() as f64;
        if accuracy > best.accuracy {
            best = Threshold { accuracy, at: f64::midpoint(f64::from(pair[0].0), f64::from(pair[1].0)) };
        }
    }
    Ok(best)
}

/// Pairs from the most alike on; of equal ones those that come first.
fn falling(scores: &[f32], together: &[bool]) -> Result<Vec<(f32, bool)>, Error> {
    if scores.len() != together.len() {
        return Err(Error::shape(format!("{} truths", scores.len()), together.len()));
    }
    let mut pairs: Vec<(f32, bool)> = scores.iter().copied().zip(together.iter().copied()).collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn scores_are_bounded_and_a_perfect_order_scores_one(truth in proptest::collection::vec(any::<bool>(), 2..40)) {
            let perfect: Vec<f32> = truth.iter().map(|&together| f32::from(u8::from(together))).collect();
            let any = truth.contains(&true);
            prop_assert_eq!(average_precision(&perfect, &truth), Ok(f64::from(u8::from(any))));
            let mixed: Vec<f32> = (0..truth.len()).map(|at| (at * 7 % 11) as f32).collect();
            let found = average_precision(&mixed, &truth).expect("as many");
            prop_assert!((0.0..=1.0).contains(&found));
            let common = truth.iter().filter(|together| **together).count() as f64 / truth.len() as f64;
            let best = best_threshold(&mixed, &truth).expect("as many");
            prop_assert!(best.accuracy <= 1.0 && best.accuracy >= 1.0 - common - 1.0 / truth.len() as f64 - 1e-9);
        }
    }

    #[test]
    fn degenerate_input_is_answered() {
        assert_eq!(average_precision(&[], &[]), Ok(0.0));
        assert_eq!(average_precision(&[0.5; 4], &[true, false, false, false]), Ok(0.25));
        assert!(best_threshold(&[1.0], &[true]).is_err());
        assert!(average_precision(&[1.0], &[]).is_err());
    }
}
