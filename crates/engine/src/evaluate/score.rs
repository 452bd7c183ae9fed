//! The main figure of a contestant as what each row gave to it, so that it can be had of any rows: drawn again, or kept.
//!
//! Deliberately absent: drawing (`judge`) and keeping (`parts`).

use embedscope_space::pairs::average_precision;
use embedscope_space::ranks;
use serde::{Deserialize, Serialize};

/// What each row gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Score {
    /// What it reached; the figure is the mean.
    Mean(Vec<f64>),
    /// What each draw of all items reached; the figure is the mean.
    Draws(Vec<f64>),
    /// A likeness and what people said of it; the figure is the correlation of their ranks.
    Ranks { found: Vec<f32>, said: Vec<f32> },
    /// A likeness and whether it belongs together; the figure is the average precision.
    Precision { found: Vec<f32>, together: Vec<bool> },
}

impl Score {
    pub(crate) fn rows(&self) -> usize {
        match self {
            Self::Mean(values) | Self::Draws(values) => values.len(),
            Self::Ranks { found, .. } | Self::Precision { found, .. } => found.len(),
        }
    }

    /// The range that drawing items again gave. Where all are wholly right, or wholly wrong, any draw is as well, and the
    /// rule of three says how many others could be otherwise.
    pub(crate) fn widened(&self, low: f64, high: f64) -> (f64, f64) {
        let Self::Mean(values) = self else { return (low, high) };
        let others = 3.0 / values.len() as f64;
        // Means of draws are not 1 to the last bit.
        match () {
            () if low > 1.0 - 1e-9 => ((1.0 - others).max(0.0), high),
            () if high < 1e-9 => (low, others.min(1.0)),
            () => (low, high),
        }
    }

    /// The figure of these rows, which may come several times.
    pub(crate) fn of(&self, drawn: &[usize]) -> f64 {
        let pick = |values: &[f32]| drawn.iter().map(|&row| values[row]).collect::<Vec<f32>>();
        match self {
            Self::Mean(values) | Self::Draws(values) => {
                drawn.iter().map(|&row| values[row]).sum::<f64>() / drawn.len() as f64
            }
            Self::Ranks { found, said } => ranks::spearman(&pick(found), &pick(said)),
            Self::Precision { found, together } => {
                let together: Vec<bool> = drawn.iter().map(|&row| together[row]).collect();
                average_precision(&pick(found), &together).unwrap_or_default()
            }
        }
    }
}
