//! The state of a set's space.
//!
//! Deliberately absent: judgement; what is healthy depends on the model.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The state of a set's space; everything but `non_finite` is about the rows whose numbers are all finite.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SetHealthView {
    /// Rows that hold NaN or an infinity.
    pub non_finite: u32,
    /// Mean length of a vector.
    pub norm_mean: f64,
    /// Standard deviation of the lengths.
    pub norm_std: f64,
    /// Share of vectors that repeat an earlier one exactly.
    pub duplicate_share: f64,
    /// Mean cosine of all pairs: near 1 when all point the same way.
    pub anisotropy: f64,
    /// As how many equally used dimensions it behaves.
    pub effective_rank: f64,
    /// How many dimensions neighbourhoods have.
    pub intrinsic_dimension: f64,
    /// Skewness of how often an item is among the nearest of others.
    pub hubness_skew: f64,
}
