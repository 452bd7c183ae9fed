//! A fair sample of rows and a fair order of them, the same for the same seed.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// `amount` different numbers below `rows` in ascending order; all of them when there are no more.
pub(crate) fn rows(rows: usize, amount: usize, seed: u64) -> Vec<usize> {
    let mut all: Vec<usize> = (0..rows).collect();
    if amount >= rows {
        return all;
    }
    let (drawn, _) = all.partial_shuffle(&mut ChaCha8Rng::seed_from_u64(seed), amount);
    let mut drawn = drawn.to_vec();
    drawn.sort_unstable();
    drawn
}

/// All numbers below `rows` in a random order.
pub(crate) fn shuffled(rows: usize, seed: u64) -> Vec<usize> {
    let mut all: Vec<usize> = (0..rows).collect();
    all.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    all
}

/// `amount` numbers below `rows`, each drawn from all of them.
pub(crate) fn with_repetition(rows: usize, amount: usize, seed: u64) -> Vec<usize> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    (0..amount).map(|_| chance.random_range(0..rows as u64) as usize).collect()
}

#[cfg(test)]
mod tests {
    use super::{rows, shuffled, with_repetition};

    #[test]
    fn a_draw_is_ordered_and_repeats() {
        let drawn = rows(100, 10, 7);
        assert!(drawn.len() == 10 && drawn.windows(2).all(|pair| pair[0] < pair[1]) && drawn[9] < 100);
        assert_eq!(drawn, rows(100, 10, 7));
        assert_ne!(drawn, rows(100, 10, 8));
        assert_eq!(rows(3, 9, 7), [0, 1, 2]);
    }
    #[test]
    fn orders_and_repetitions_repeat_with_the_seed() {
        let mut order = shuffled(50, 3);
        assert_eq!(order, shuffled(50, 3));
        order.sort_unstable();
        assert_eq!(order, (0..50).collect::<Vec<_>>());
        let drawn = with_repetition(5, 200, 3);
        assert_eq!(drawn, with_repetition(5, 200, 3));
        assert!((0..5).all(|row| drawn.contains(&row)) && drawn.len() == 200);
    }
}
