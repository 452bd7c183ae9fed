//! The tower for pictures: a transformer over square patches, and the head that makes one vector of them.
//!
//! Deliberately absent: other sizes than the trained one.

use candle_core::{Device, Result, Tensor};

use crate::image::Patches;
use crate::layers::{Block, Grid, Heads, Linear, Norm, Perceptron, starts, through};
use crate::text::numbers;

pub(crate) struct VisionTower {
    pub(crate) patches: Patches,
    pub(crate) before: Option<Norm>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) after: Norm,
    pub(crate) head: Head,
}

/// From rows to a vector.
pub(crate) enum Head {
    /// A projection of the first row.
    First(Linear),
    /// Attention to all rows.
    Gaze(Box<Gaze>),
}

/// A learned query that looks at all rows (Lee et al., 2019), and a perceptron beside what it finds.
pub(crate) struct Gaze {
    pub(crate) attention: GazeAttention,
    pub(crate) norm: Norm,
    pub(crate) perceptron: Perceptron,
}

/// The query, projected and scaled already, and the projections of what it looks at.
pub(crate) struct GazeAttention {
    /// `[heads.out()]`.
    pub(crate) query: Vec<f32>,
    /// To keys and values, `[2 · heads.out(), in]`.
    pub(crate) keys: Linear,
    pub(crate) out: Linear,
    pub(crate) heads: Heads,
}

impl VisionTower {
    /// Numbers in the vector of a picture.
    pub(super) fn dim(&self) -> usize {
        match &self.head {
            Head::First(projection) => projection.width(),
            Head::Gaze(gaze) => gaze.attention.out.width(),
        }
    }

    /// Prepared pixels, three numbers each, to the vectors of the pictures, one after the other, not normalised.
    pub(super) fn vectors(&self, pixels: Vec<f32>, grid: Grid) -> Result<Vec<f32>> {
        let (rows, lengths) = self.patches.forward(pixels, grid)?;
        let rows = self.before.as_ref().map_or(Ok(rows.clone()), |norm| norm.forward(&rows))?;
        match &self.head {
            Head::First(projection) => {
                let first = through(&self.blocks, rows, &lengths, Some(&starts(&lengths)))?;
                numbers(&projection.forward(&self.after.forward(&first)?)?)
            }
            Head::Gaze(gaze) => {
                let rows = through(&self.blocks, rows, &lengths, None)?;
                numbers(&gaze.forward(&self.after.forward(&rows)?, grid.count)?)
            }
        }
    }
}

impl Gaze {
    fn forward(&self, rows: &Tensor, count: usize) -> Result<Tensor> {
        let found = self.attention.forward(rows, count)?;
        self.perceptron.forward(&self.norm.forward(&found)?, Some(&found))
    }
}

impl GazeAttention {
    fn forward(&self, rows: &Tensor, count: usize) -> Result<Tensor> {
        let (width, whole) = (self.heads.width, self.heads.out());
        let looked_at = numbers(&self.keys.forward(rows)?)?;
        let mut found = Vec::with_capacity(count * whole);
        for rows in looked_at.chunks_exact(looked_at.len() / count) {
            for (head, query) in self.query.chunks_exact(width).enumerate() {
                let score = |row: &[f32]| row[head * width..].iter().zip(query).map(|(a, b)| a * b).sum::<f32>();
                let scores: Vec<f32> = rows.chunks_exact(2 * whole).map(score).collect();
                let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let weights: Vec<f32> = scores.iter().map(|score| (score - highest).exp()).collect();
                let total: f32 = weights.iter().sum();
                let mut sum = vec![0.0; width];
                for (row, weight) in rows.chunks_exact(2 * whole).zip(&weights) {
                    let values = &row[whole + head * width..][..width];
                    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight / total * value);
                }
                found.extend(sum);
            }
        }
        self.out.forward(&Tensor::from_vec(found, (count, whole), &Device::Cpu)?)
    }
}
