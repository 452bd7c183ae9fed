//! Vectors in fewer bits, as sentence-transformers' `quantize_embeddings` makes them, and what that costs in neighbours.
//!
//! Whole numbers of eight bits span the range each column has (Jacob et al., 2018, without a symmetric zero); bits keep only the
//! sign. Deliberately absent: indexes over them.

use rayon::prelude::*;

use crate::{Cancel, Error, Metric, Progress, Vectors, sample, similarity};

/// How a number is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// From −128 to 127.
    Int8,
    /// From 0 to 255.
    Uint8,
    /// One bit, eight to a byte that counts from −128.
    Binary,
    /// One bit, eight to a byte that counts from 0.
    Ubinary,
}

/// A matrix in fewer bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantised {
    /// How its numbers are kept.
    pub precision: Precision,
    /// `[rows, columns]` bytes; those of [`Precision::Int8`] and [`Precision::Binary`] stand for signed numbers.
    pub bytes: Vec<u8>,
    /// Bytes in a row.
    pub columns: usize,
    /// Numbers in a row before.
    pub dim: usize,
    /// The least number of each column, and how far apart two steps are; empty for bits.
    pub steps: Vec<(f32, f32)>,
}

impl Precision {
    /// Every one, with its name.
    pub const NAMES: [(Self, &'static str); 4] =
        [(Self::Int8, "int8"), (Self::Uint8, "uint8"), (Self::Binary, "binary"), (Self::Ubinary, "ubinary")];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(precision, _)| *precision == self).map_or("int8", |(_, name)| name)
    }

    fn is_bits(self) -> bool {
        matches!(self, Self::Binary | Self::Ubinary)
    }

    /// A matrix in this precision; the ranges are those of its own columns.
    pub fn of(self, vectors: &Vectors) -> Quantised {
        let dim = vectors.dim();
        if self.is_bits() {
            let flip = if self == Self::Binary { 0x80 } else { 0 };
            let packed = |row: &[f32]| row.chunks(8).map(|eight| bits(eight) ^ flip).collect::<Vec<u8>>();
            let bytes = vectors.iter().flat_map(packed).collect();
            return Quantised { precision: self, bytes, columns: dim.div_ceil(8), dim, steps: Vec::new() };
        }
        let mut ranges = vec![(f32::INFINITY, f32::NEG_INFINITY); dim];
        for row in vectors.iter() {
            for ((least, most), &value) in ranges.iter_mut().zip(row) {
                (*least, *most) = (least.min(value), most.max(value));
            }
        }
        let step = |(least, most): (f32, f32)| (least, if most > least { (most - least) / 255.0 } else { 1.0 });
        let steps: Vec<(f32, f32)> = ranges.into_iter().map(step).collect();
        // From 0 to 255; signed numbers begin 128 lower.
        let flip = if self == Self::Int8 { 0x80 } else { 0 };
        let step = |(&value, &(least, step)): (&f32, &(f32, f32))| {
            ((value - least) / step).floor().clamp(0.0, 255.0) as u8 ^ flip
        };
        let bytes = vectors.iter().flat_map(|row| row.iter().zip(&steps).map(step)).collect();
        Quantised { precision: self, bytes, columns: dim, dim, steps }
    }
}

impl Quantised {
    /// The numbers these bytes stand for: the middle of their step, or −1 and 1.
    pub fn decoded(&self) -> Result<Vectors, Error> {
        let values = match self.precision {
            Precision::Int8 | Precision::Uint8 => {
                let flip = if self.precision == Precision::Int8 { 0x80 } else { 0 };
                let value = |(&byte, &(least, step)): (&u8, &(f32, f32))| {
                    least + (f32::from(byte ^ flip) + 0.5).min(255.0) * step
                };
                self.bytes
                    .chunks_exact(self.columns.max(1))
                    .flat_map(|row| row.iter().zip(&self.steps).map(value))
                    .collect()
            }
            Precision::Binary | Precision::Ubinary => {
                let flip = if self.precision == Precision::Binary { 0x80 } else { 0 };
                let signs = |row: &[u8]| -> Vec<f32> {
                    let bit = |at: usize| ((row[at / 8] ^ flip) >> (7 - at % 8)) & 1;
                    (0..self.dim).map(|at| if bit(at) == 1 { 1.0 } else { -1.0 }).collect()
                };
                self.bytes.chunks_exact(self.columns.max(1)).flat_map(signs).collect()
            }
        };
        Vectors::new(values, self.dim)
    }

    /// The rows nearest to a row: by the metric over the numbers they stand for, or by how many bits differ.
    fn nearest(&self, row: usize, decoded: &Vectors, k: usize, metric: Metric) -> Result<Vec<usize>, Error> {
        if !self.precision.is_bits() {
            let found = similarity::nearest(decoded.row(row), decoded, k + 1, metric)?;
            return Ok(others(found.into_iter().map(|(row, _)| row), row, k));
        }
        let of = |row: usize| &self.bytes[row * self.columns..(row + 1) * self.columns];
        let differing = |other: usize| of(row).iter().zip(of(other)).map(|(a, b)| (a ^ b).count_ones()).sum::<u32>();
        let mut rows: Vec<(u32, usize)> = (0..decoded.rows()).map(|other| (differing(other), other)).collect();
        let kept = (k + 1).min(rows.len());
        if kept < rows.len() {
            rows.select_nth_unstable(kept);
        }
        rows.truncate(kept);
        rows.sort_unstable();
        Ok(others(rows.into_iter().map(|(_, row)| row), row, k))
    }
}

/// How recall is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecallParams {
    /// Neighbours of a row.
    pub k: usize,
    /// How the unquantised rows are compared.
    pub metric: Metric,
    /// The most rows whose neighbours are looked for.
    pub sample: usize,
    /// Which rows those are.
    pub seed: u64,
}

impl Default for RecallParams {
    fn default() -> Self {
        Self { k: 10, metric: Metric::Cosine, sample: 200, seed: 42 }
    }
}

/// Parameters that make sense.
#[derive(Clone, Copy, Debug)]
pub struct CheckedRecall(RecallParams);

/// The share of true neighbours that are found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recall {
    /// Neighbours of a row.
    pub k: usize,
    /// Among the nearest in fewer bits.
    pub plain: f64,
    /// Among the nearest four times as many, put in order by the whole query.
    pub rescored: f64,
}

/// Candidates that are put in order anew, for each one wanted.
const RESCORED: usize = 4;

impl RecallParams {
    /// Fails where a number makes no sense.
    pub fn check(self) -> Result<CheckedRecall, Error> {
        if self.k == 0 {
            return Err(Error::parameter("k", "at least 1", 0));
        }
        if self.sample == 0 {
            return Err(Error::parameter("sample", "at least 1", 0));
        }
        Ok(CheckedRecall(self))
    }
}

impl CheckedRecall {
    /// Compares the neighbours of sampled rows among all rows, before and after.
    pub fn run(
        &self,
        vectors: &Vectors,
        quantised: &Quantised,
        progress: Progress,
        cancel: &Cancel,
    ) -> Result<Recall, Error> {
        let RecallParams { k, metric, sample, seed } = self.0;
        let k = k.min(vectors.rows().saturating_sub(1));
        let rows = sample::rows(vectors.rows(), sample, seed);
        if k == 0 {
            return Ok(Recall { k, plain: 1.0, rescored: 1.0 });
        }
        let decoded = quantised.decoded()?;
        let done = std::sync::atomic::AtomicUsize::new(0);
        let found = rows.par_iter().map(|&row| {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            let truth = similarity::nearest(vectors.row(row), vectors, k + 1, metric)?;
            let truth = others(truth.into_iter().map(|(row, _)| row), row, k);
            let many = quantised.nearest(row, &decoded, k * RESCORED, metric)?;
            let scored = similarity::nearest(vectors.row(row), &decoded.select(&many), k, metric)?;
            let hits = |found: &mut dyn Iterator<Item = usize>| found.filter(|row| truth.contains(row)).count();
            let plain = hits(&mut many.iter().copied().take(k));
            let rescored = hits(&mut scored.iter().map(|&(place, _)| many[place]));
            progress(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1, rows.len());
            Ok((plain, rescored))
        });
        let found = found.collect::<Result<Vec<_>, Error>>()?;
        let total = (found.len() * k) as f64;
        let share = |part: fn(&(usize, usize)) -> usize| found.iter().map(part).sum::<usize>() as f64 / total;
        Ok(Recall { k, plain: share(|found| found.0), rescored: share(|found| found.1) })
    }
}

/// The first of these rows without the one they were asked for.
fn others(found: impl Iterator<Item = usize>, row: usize, k: usize) -> Vec<usize> {
    found.filter(|&other| other != row).take(k).collect()
}

/// The signs of up to eight numbers, the first in the highest bit.
fn bits(eight: &[f32]) -> u8 {
    eight.iter().enumerate().map(|(at, &value)| u8::from(value > 0.0) << (7 - at)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UNWATCHED;

    fn matrix(values: &[f32], dim: usize) -> Vectors {
        Vectors::new(values.to_vec(), dim).expect("whole rows")
    }

    #[test]
    fn bytes_are_those_of_sentence_transformers() {
        // `quantize_embeddings` of version 6.2 over the same rows.
        let rows = matrix(&[-1.0, 0.5, 0.25, 0.0, 0.75, 0.25, 1.0, -0.5, 0.25], 3);
        let signed =
            |precision: Precision| precision.of(&rows).bytes.iter().map(|b| b.cast_signed()).collect::<Vec<_>>();
        assert_eq!(signed(Precision::Int8), [-128, 76, -128, -1, 126, -128, 126, -128, -128]);
        assert_eq!(Precision::Uint8.of(&rows).bytes, [0, 204, 0, 127, 254, 0, 254, 0, 0]);
        assert_eq!(Precision::Ubinary.of(&rows).bytes, [0b0110_0000, 0b0110_0000, 0b1010_0000]);
        assert_eq!(signed(Precision::Binary), [-32, -32, 32]);
        let wide = matrix(&[1.0; 9], 9);
        let packed = Precision::Ubinary.of(&wide);
        assert_eq!((packed.columns, packed.bytes.as_slice()), (2, [255, 128].as_slice()));
    }

    fn cloud(rows: usize, dim: usize) -> Vectors {
        let mut state = 7_u64;
        let mut chance = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
        };
        matrix(&(0..rows * dim).map(|_| chance()).collect::<Vec<_>>(), dim)
    }

    #[test]
    fn what_bytes_stand_for_is_within_a_step_and_bits_keep_the_sign() {
        let rows = cloud(60, 20);
        for precision in [Precision::Int8, Precision::Uint8] {
            let quantised = precision.of(&rows);
            let decoded = quantised.decoded().expect("whole rows");
            for (row, found) in rows.iter().zip(decoded.iter()) {
                for ((value, found), (_, step)) in row.iter().zip(found).zip(&quantised.steps) {
                    assert!((value - found).abs() <= step * 1.01, "{precision:?}: {value} became {found}");
                }
            }
        }
        for precision in [Precision::Binary, Precision::Ubinary] {
            let decoded = precision.of(&rows).decoded().expect("whole rows");
            assert!(
                rows.as_slice().iter().zip(decoded.as_slice()).all(|(value, sign)| (*value > 0.0) == (*sign > 0.0))
            );
        }
    }

    #[test]
    fn fewer_bits_find_fewer_neighbours() {
        let rows = cloud(400, 48);
        let recall = |precision: Precision| {
            let checked = RecallParams::default().check().expect("fine");
            checked.run(&rows, &precision.of(&rows), UNWATCHED, &Cancel::default()).expect("measured")
        };
        let (bytes, bits) = (recall(Precision::Int8), recall(Precision::Binary));
        assert!(bytes.plain > 0.9 && bytes.plain <= 1.0, "{bytes:?}");
        assert!(bits.plain > 0.1 && bits.plain < bytes.plain && bits.rescored > bits.plain, "{bits:?}");
        assert_eq!(recall(Precision::Ubinary), bits);
        assert!(RecallParams { k: 0, ..RecallParams::default() }.check().is_err());
    }
}
