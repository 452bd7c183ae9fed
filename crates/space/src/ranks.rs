//! The correlation of two lists of numbers: as they are, and by their ranks with ties shared.
//!
//! Deliberately absent: significance; see `bootstrap`.

use rayon::prelude::*;

/// Spearman's rank correlation of as many values on either side, ties given their mean rank; 0 when one side does not
/// vary.
pub fn spearman(a: &[f32], b: &[f32]) -> f64 {
    let (a, b) = rayon::join(|| ranks(a), || ranks(b));
    pearson(&a, &b)
}

/// The place of every value, from 0 for the smallest; equal ones share the mean of their places.
pub fn ranks(values: &[f32]) -> Vec<f64> {
    // Value and place in one number: sorting looks nothing up.
    let key = |(value, at): (&f32, u32)| u64::from(rising(*value)) << 32 | u64::from(at);
    let mut order: Vec<u64> = values.iter().zip(0..).map(key).collect();
    order.par_sort_unstable();
    let order: Vec<u32> = order.into_iter().map(|key| key as u32).collect();
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let value = values[order[from] as usize];
        let to = from + order[from..].iter().take_while(|&&at| values[at as usize] == value).count();
        // `take_while` finds nothing only for NaN, which equals nothing.
        let to = to.max(from + 1);
        let shared = (from + to - 1) as f64 / 2.0;
        for &at in &order[from..to] {
            ranks[at as usize] = shared;
        }
        from = to;
    }
    ranks
}

/// A number that grows as the value does, by the total order of floats.
fn rising(value: f32) -> u32 {
    let bits = value.to_bits();
    // Of negative ones the larger bits are farther below 0.
    bits ^ if bits >> 31 == 1 { u32::MAX } else { 1 << 31 }
}

/// Pearson's correlation of as many values on either side; 0 when one side does not vary.
pub fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    let spread = (aa * bb).sqrt();
    if spread > 0.0 { (ab / spread).clamp(-1.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_share_ties_and_ignore_monotone_change() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [2.5, 0.0, 2.5, 1.0]);
        assert_eq!(ranks(&[0.0, -1.5, f32::INFINITY, -0.0, -7.0]), [2.5, 1.0, 4.0, 2.5, 0.0]);
        let a = [0.1, 5.0, -2.0, 7.5];
        let cubed: Vec<f32> = a.iter().map(|x| x * x * x).collect();
        assert!((spearman(&a, &cubed) - 1.0).abs() < 1e-12);
        assert_eq!(spearman(&a, &[1.0; 4]), 0.0);
        assert_eq!(spearman(&[], &[]), 0.0);
    }
}
