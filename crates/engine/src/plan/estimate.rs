//! How many items there will be, estimated from those that a few files give.
//!
//! Each kind of file is a stratum: what its sampled files gave for their size is scaled to the size of all (a ratio
//! estimator; Cochran, Sampling Techniques, 6.2–6.3). Deliberately absent: reading; see [`super::sample`].

/// A number that was not counted but estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Estimate {
    /// The number.
    pub count: u64,
    /// Twice its standard error; 0 where everything was counted, None where the error is not known.
    pub error: Option<u64>,
}

/// Things of one kind, of which some were looked at.
pub(super) struct Stratum {
    /// How many there are.
    pub(super) members: u64,
    /// Their size, in whatever unit.
    pub(super) size: f64,
    /// The items and the size of each that was looked at.
    pub(super) seen: Vec<(f64, f64)>,
    /// Whether the items that were seen are themselves extrapolated.
    pub(super) is_scaled: bool,
}

/// The items of all strata together.
pub(super) fn total(strata: &[Stratum]) -> Estimate {
    let (mut items, mut variance, mut is_known, mut is_counted) = (0.0, 0.0, true, true);
    for stratum in strata.iter().filter(|stratum| stratum.members > 0) {
        let seen = stratum.seen.len() as f64;
        let (found, size) = stratum.seen.iter().fold((0.0, 0.0), |(x, b), seen| (x + seen.0, b + seen.1));
        let members = stratum.members as f64;
        if size <= 0.0 {
            is_known = false;
            continue;
        }
        let ratio = found / size;
        is_counted &= !stratum.is_scaled;
        if seen >= members {
            items += found;
            continue;
        }
        items += ratio * stratum.size;
        is_counted = false;
        if seen < 2.0 {
            is_known = false;
            continue;
        }
        let spread = stratum.seen.iter().map(|(x, b)| (x - ratio * b).powi(2)).sum::<f64>() / (seen - 1.0);
        variance += members * members * (1.0 - seen / members) * spread / seen;
    }
    let error = (2.0 * variance.sqrt()).round() as u64;
    Estimate { count: items.round() as u64, error: (is_known && (is_counted || error > 0)).then_some(error) }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn stratum(members: u64, size: f64, seen: &[(f64, f64)]) -> Stratum {
        Stratum { members, size, seen: seen.to_vec(), is_scaled: false }
    }

    #[test]
    fn what_was_counted_has_no_error() {
        let all = [stratum(2, 30.0, &[(1.0, 10.0), (3.0, 20.0)]), stratum(0, 0.0, &[])];
        assert_eq!(total(&all), Estimate { count: 4, error: Some(0) });
        let scaled = Stratum { is_scaled: true, ..stratum(1, 10.0, &[(7.0, 10.0)]) };
        assert_eq!(total(&[scaled]), Estimate { count: 7, error: None });
        assert_eq!(total(&[stratum(3, 30.0, &[])]).error, None);
        assert_eq!(total(&[stratum(3, 30.0, &[(2.0, 10.0)])]), Estimate { count: 6, error: None });
    }

    #[test]
    fn the_error_is_seldom_larger_than_said() {
        let mut random = ChaCha8Rng::seed_from_u64(42);
        let mut within = 0;
        for _ in 0..200 {
            let files: Vec<(f64, f64)> = (0..500)
                .map(|_| {
                    let size: f64 = random.random_range(1.0..50.0);
                    (size * random.random_range(0.5..1.5), size)
                })
                .collect();
            let truth: f64 = files.iter().map(|file| file.0).sum();
            let size = files.iter().map(|file| file.1).sum();
            let estimate = total(&[stratum(500, size, &files[..30])]);
            let error = estimate.error.expect("known");
            assert!(error > 0);
            within += u32::from((estimate.count as f64 - truth).abs() <= error as f64);
        }
        assert!(within >= 180, "{within} of 200");
    }
}
