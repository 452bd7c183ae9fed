//! Several vectors into one: of the parts of a thing, or of what a text and a picture say of the same thing.
//!
//! Deliberately absent: which vectors belong together, and vectors of pieces of one text (`Long`).

use embedscope_space::Vectors;

use crate::text::{length, normalise};

/// A vector this near to unit length was scaled to it.
const NEAR: f64 = 1e-3;

/// How the vectors of the parts of a thing become its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// Their mean.
    Mean,
    /// Of each number the greatest.
    Max,
}

/// How two vectors of the same thing, of its picture and of its text, become one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fuse {
    /// Side by side, each at unit length before; the two may be of different models.
    Concatenate,
    /// Their mean, each at unit length before, `text` (0 to 1) being the text's share; both have to lie in one space.
    Mean {
        /// The text's share.
        text: f64,
    },
    /// The text's alone, as its model gives it: the same things as another model sees them.
    Text,
}

impl Pool {
    /// Every one, with its name.
    pub const NAMES: [(Self, &'static str); 2] = [(Self::Mean, "mean"), (Self::Max, "max")];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(known, _)| *known == self).map_or("mean", |(_, name)| name)
    }

    /// The vector of some rows; at unit length where all of them are. Rows that do not exist are a panic, none are zeros.
    pub fn of(self, vectors: &Vectors, rows: &[usize]) -> Vec<f32> {
        let start = if self == Self::Max && !rows.is_empty() { f32::NEG_INFINITY } else { 0.0 };
        let mut pooled = vec![start; vectors.dim()];
        for &row in rows {
            let values = pooled.iter_mut().zip(vectors.row(row));
            match self {
                Self::Mean => values.for_each(|(sum, value)| *sum += value / rows.len() as f32),
                Self::Max => values.for_each(|(most, value)| *most = most.max(*value)),
            }
        }
        if rows.iter().all(|&row| (length(vectors.row(row)) - 1.0).abs() < NEAR) {
            normalise(&mut pooled, vectors.dim());
        }
        pooled
    }
}

impl Fuse {
    /// The vector of a picture's and a text's, at unit length where both are in it; None where they lie in spaces of different
    /// sizes and would be averaged.
    pub fn of(self, picture: &[f32], text: &[f32]) -> Option<Vec<f32>> {
        if self == Self::Text {
            return Some(text.to_vec());
        }
        let unit = |vector: &[f32]| {
            let mut vector = vector.to_vec();
            let dim = vector.len();
            normalise(&mut vector, dim);
            vector
        };
        let (picture, text) = (unit(picture), unit(text));
        let fused = match self {
            Self::Concatenate => [picture, text].concat(),
            Self::Mean { text: share } if picture.len() == text.len() => {
                let share = share as f32;
                picture.iter().zip(&text).map(|(picture, text)| picture * (1.0 - share) + text * share).collect()
            }
            Self::Mean { .. } | Self::Text => return None,
        };
        Some(unit(&fused))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(values: &[[f32; 2]]) -> Vectors {
        Vectors::new(values.concat(), 2).expect("vectors")
    }

    #[test]
    fn parts_are_pooled_and_stay_at_unit_length() {
        let units = rows(&[[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]);
        let half = std::f32::consts::FRAC_1_SQRT_2;
        for (found, expected) in [
            (Pool::Mean.of(&units, &[0, 1]), [half, half]),
            (Pool::Max.of(&units, &[0, 1]), [half, half]),
            (Pool::Mean.of(&units, &[2]), [0.6, 0.8]),
        ] {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
        }
        let others = rows(&[[3.0, -2.0], [1.0, -4.0]]);
        assert_eq!(Pool::Mean.of(&others, &[0, 1]), [2.0, -3.0]);
        assert_eq!(Pool::Max.of(&others, &[0, 1]), [3.0, -2.0]);
        assert_eq!(Pool::Max.of(&others, &[]), [0.0, 0.0]);
    }

    #[test]
    fn a_picture_and_its_text_count_alike_however_long_their_vectors_are() {
        let near = |found: Option<Vec<f32>>, expected: &[f32]| {
            let found = found.expect("fused");
            assert_eq!(found.len(), expected.len());
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
        };
        let half = std::f32::consts::FRAC_1_SQRT_2;
        near(Fuse::Concatenate.of(&[0.0, 9.0], &[0.5]), &[0.0, half, half]);
        near(Fuse::Mean { text: 0.5 }.of(&[0.0, 9.0], &[0.5, 0.0]), &[half, half]);
        near(Fuse::Mean { text: 0.0 }.of(&[0.0, 9.0], &[0.5, 0.0]), &[0.0, 1.0]);
        assert_eq!(Fuse::Mean { text: 0.5 }.of(&[1.0], &[1.0, 0.0]), None);
        assert_eq!(Fuse::Text.of(&[1.0], &[3.0, 4.0]), Some(vec![3.0, 4.0]));
    }
}
