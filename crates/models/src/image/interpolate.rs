//! Learned positions of a grid of patches for a grid of another size, by the cubic kernels of PyTorch.
//!
//! Deliberately absent: pictures (`preprocess`).

/// Which cubic kernel (Keys, 1981), and what it does with more patches than it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kernel {
    /// a = −0.75 over the four nearest, as `interpolate(mode="bicubic")`.
    Torch,
    /// a = −0.5, widened when making fewer, as with `antialias=True`.
    Antialiased,
}

impl Kernel {
    fn at(self, x: f32) -> f32 {
        let a = match self {
            Self::Torch => -0.75,
            Self::Antialiased => -0.5,
        };
        let x = x.abs();
        if x < 1.0 {
            ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
        } else if x < 2.0 {
            a * (((x - 5.0) * x + 8.0) * x - 4.0)
        } else {
            0.0
        }
    }

    /// What each of `from` numbers counts for each of `to`, `[to][from]`.
    fn weights(self, from: usize, to: usize) -> Vec<Vec<f32>> {
        let scale = from as f32 / to as f32;
        let row = |index: usize| {
            let mut row = vec![0.0; from];
            let centre = scale * (index as f32 + 0.5);
            match self {
                Self::Torch => {
                    // Beyond the edge the last number counts once more.
                    let first = (centre - 0.5).floor();
                    for offset in -1..=2 {
                        let at = first + offset as f32;
                        row[(at.max(0.0) as usize).min(from - 1)] += self.at(centre - 0.5 - at);
                    }
                }
                Self::Antialiased => {
                    let wide = scale.max(1.0);
                    let first = (centre - 2.0 * wide + 0.5).max(0.0) as usize;
                    let last = ((centre + 2.0 * wide + 0.5) as usize).min(from);
                    for (at, weight) in row.iter_mut().enumerate().take(last).skip(first) {
                        *weight = self.at((at as f32 - centre + 0.5) / wide);
                    }
                    let total: f32 = row.iter().sum();
                    row.iter_mut().for_each(|weight| *weight /= total);
                }
            }
            row
        };
        (0..to).map(row).collect()
    }
}

/// Vectors of a grid `(down, across)`, row after row, for a grid of another size.
pub(super) fn interpolate(vectors: &[f32], from: (usize, usize), to: (usize, usize), kernel: Kernel) -> Vec<f32> {
    let width = vectors.len() / (from.0 * from.1);
    let (down, across) = (kernel.weights(from.0, to.0), kernel.weights(from.1, to.1));
    let mut lines = vec![0.0; from.0 * to.1 * width];
    for (line, out) in vectors.chunks_exact(from.1 * width).zip(lines.chunks_exact_mut(to.1 * width)) {
        for (out, weights) in out.chunks_exact_mut(width).zip(&across) {
            weigh(out, line, weights);
        }
    }
    let mut out = vec![0.0; to.0 * to.1 * width];
    for (out, weights) in out.chunks_exact_mut(to.1 * width).zip(&down) {
        weigh(out, &lines, weights);
    }
    out
}

/// The weighted sum of parts as long as `out`.
fn weigh(out: &mut [f32], parts: &[f32], weights: &[f32]) {
    for (part, weight) in parts.chunks_exact(out.len()).zip(weights).filter(|(_, weight)| **weight != 0.0) {
        out.iter_mut().zip(part).for_each(|(out, value)| *out += weight * value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_each_number_add_up_to_one_and_the_same_size_changes_nothing() {
        for kernel in [Kernel::Torch, Kernel::Antialiased] {
            for (from, to) in [(37, 16), (16, 37), (5, 5), (1, 4), (4, 1)] {
                for row in kernel.weights(from, to) {
                    assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{kernel:?} {from} {to}");
                }
            }
            let same: Vec<f32> = (0..24).map(|i| (i as f32).sin()).collect();
            let found = interpolate(&same, (3, 4), (3, 4), kernel);
            assert!(found.iter().zip(&same).all(|(a, b)| (a - b).abs() < 1e-6), "{kernel:?}");
        }
    }
}
