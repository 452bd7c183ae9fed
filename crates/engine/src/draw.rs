//! A fair sample of rows, the same for the same seed.

use rand::SeedableRng;
use rand::seq::SliceRandom;
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

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_draw_is_ordered_and_repeats() {
        let drawn = rows(100, 10, 7);
        assert!(drawn.len() == 10 && drawn.windows(2).all(|pair| pair[0] < pair[1]) && drawn[9] < 100);
        assert_eq!(drawn, rows(100, 10, 7));
        assert_ne!(drawn, rows(100, 10, 8));
        assert_eq!(rows(3, 9, 7), [0, 1, 2]);
    }
}
