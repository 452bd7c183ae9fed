//! How strongly points of a map hold on to each other at a distance: `1 / (1 + a·d^2b)`, and the forces that follow.
//!
//! Deliberately absent: points.

/// Numbers of a table for each doubling of the squared distance.
const FINE: u32 = 7;
/// The squared distances that a table knows apart, as powers of two; beyond them it goes on with its ends.
const REACH: (i32, i32) = (-40, 30);
/// Keeps the push finite where points coincide.
const SOFT: f64 = 1e-3;

/// `a` and `b` such that the curve is near 1 up to `min_dist` and then falls as `exp(−(d − min_dist) / spread)`: least
/// squares over 300 distances up to `3 · spread`, as the reference implementation fits them.
pub(super) fn fit(min_dist: f64, spread: f64) -> (f64, f64) {
    let points: Vec<(f64, f64)> = (0..300)
        .map(|at| {
            let d = 3.0 * spread * f64::from(at) / 299.0;
            (d, if d < min_dist { 1.0 } else { (-(d - min_dist) / spread).exp() })
        })
        .collect();
    let error = |a: f64, b: f64| points.iter().map(|&(d, y)| (curve(d * d, a, b) - y).powi(2)).sum::<f64>();
    let (mut a, mut b, mut damping) = (1.0_f64, 1.0_f64, 1e-3_f64);
    let mut least = error(a, b);
    // Levenberg and Marquardt in two unknowns.
    for _ in 0..500 {
        let (mut aa, mut ab, mut bb, mut at_a, mut at_b) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for &(d, y) in points.iter().filter(|(d, _)| *d > 0.0) {
            let value = curve(d * d, a, b);
            let power = d.powf(2.0 * b) * value * value;
            let (by_a, by_b) = (-power, -2.0 * a * d.ln() * power);
            aa += by_a * by_a;
            ab += by_a * by_b;
            bb += by_b * by_b;
            at_a += by_a * (y - value);
            at_b += by_b * (y - value);
        }
        let (aa, bb) = (aa * (1.0 + damping), bb * (1.0 + damping));
        let determinant = aa * bb - ab * ab;
        let (next_a, next_b) = (a + (bb * at_a - ab * at_b) / determinant, b + (aa * at_b - ab * at_a) / determinant);
        let next = error(next_a, next_b);
        if next_a > 0.0 && next_b > 0.0 && next <= least {
            let gained = least - next;
            (a, b, least, damping) = (next_a, next_b, next, (damping / 10.0).max(1e-12));
            if gained <= 1e-16 {
                break;
            }
        } else if damping > 1e12 || !next.is_finite() {
            break;
        } else {
            damping *= 10.0;
        }
    }
    (a, b)
}

fn curve(square: f64, a: f64, b: f64) -> f64 {
    1.0 / (1.0 + a * square.powf(b))
}

/// The factors of the difference of two points by which they are drawn together and pushed apart, looked up by their
/// squared distance: a power for every pair would be most of the work.
pub(super) struct Forces {
    table: Vec<[f32; 2]>,
}

impl Forces {
    pub(super) fn new(a: f64, b: f64) -> Self {
        let first = Self::key(2.0_f32.powi(REACH.0));
        let last = Self::key(2.0_f32.powi(REACH.1));
        let table = (first..=last)
            .map(|key| {
                // The middle of the distances that share the key.
                let square = f64::from(f32::from_bits((key << (23 - FINE)) | 1 << (22 - FINE)));
                let power = a * square.powf(b);
                let pull = -2.0 * b * (power / square) / (1.0 + power);
                let push = 2.0 * b / ((SOFT + square) * (1.0 + power));
                [pull as f32, push as f32]
            })
            .collect();
        Self { table }
    }

    fn key(square: f32) -> u32 {
        square.to_bits() >> (23 - FINE)
    }

    fn at(&self, square: f32) -> [f32; 2] {
        let first = Self::key(2.0_f32.powi(REACH.0));
        let place = Self::key(square).saturating_sub(first) as usize;
        self.table[place.min(self.table.len() - 1)]
    }

    /// By how much an edge draws its ends together, negative.
    pub(super) fn pull(&self, square: f32) -> f32 {
        self.at(square)[0]
    }

    /// By how much points that are not neighbours push each other away.
    pub(super) fn push(&self, square: f32) -> f32 {
        self.at(square)[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_near_the_formula() {
        let (a, b) = (1.577, 0.895);
        let forces = Forces::new(a, b);
        for square in [1e-9_f64, 1e-4, 0.02, 0.5, 1.0, 3.7, 120.0, 1e6] {
            let power = a * square.powf(b);
            let pull = -2.0 * a * b * square.powf(b - 1.0) / (1.0 + power);
            let push = 2.0 * b / ((1e-3 + square) * (1.0 + power));
            assert!((f64::from(forces.pull(square as f32)) / pull - 1.0).abs() < 0.02, "{square}");
            assert!((f64::from(forces.push(square as f32)) / push - 1.0).abs() < 0.02, "{square}");
        }
        assert!(forces.pull(0.0).is_finite() && forces.push(f32::MAX) >= 0.0);
    }
}
