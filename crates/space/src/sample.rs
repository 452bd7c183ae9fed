//! Seeded draws (rows, normal numbers) and what a sample says of the whole.
//!
//! Deliberately absent: any source of chance but the seed.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The generator of a seed.
pub(crate) fn generator(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// `amount` different rows of `0..rows` in ascending order; all of them when there are no more.
pub(crate) fn rows(rows: usize, amount: usize, seed: u64) -> Vec<usize> {
    if amount >= rows {
        return (0..rows).collect();
    }
    let mut drawn: Vec<usize> = shuffled(rows, seed).into_iter().take(amount).collect();
    drawn.sort_unstable();
    drawn
}

/// `0..rows` in a seeded order (Fisher and Yates).
pub(crate) fn shuffled(rows: usize, seed: u64) -> Vec<usize> {
    let mut chance = generator(seed);
    let mut order: Vec<usize> = (0..rows).collect();
    for place in 0..rows.saturating_sub(1) {
        let other = chance.random_range(place as u64..rows as u64) as usize;
        order.swap(place, other);
    }
    order
}

/// One draw from the standard normal distribution (Box and Muller).
pub(crate) fn gauss(chance: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - chance.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * chance.random::<f64>()).cos()
}

/// `[rows, dim]` standard normal numbers, for tests.
#[cfg(test)]
pub(crate) fn normal(rows: usize, dim: usize, seed: u64) -> crate::Vectors {
    let mut chance = generator(seed);
    let values = (0..rows * dim).map(|_| gauss(&mut chance) as f32).collect();
    crate::Vectors::new(values, dim).expect("whole rows")
}

/// The mean of measurements of different members of a whole of `population`, and its standard error: 0 when all were
/// measured (finite population correction).
pub(crate) fn mean(values: &[f64], population: usize) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n.max(1.0);
    if values.len() >= population || values.len() < 2 {
        return (mean, 0.0);
    }
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n * (1.0 - n / population as f64)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_different_rows_and_repeat() {
        let drawn = rows(100, 10, 7);
        assert_eq!(drawn, rows(100, 10, 7));
        assert_ne!(drawn, rows(100, 10, 8));
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]) && drawn.len() == 10);
        assert_eq!(rows(3, 9, 0), [0, 1, 2]);
        assert!(rows(0, 4, 0).is_empty());
    }
}
