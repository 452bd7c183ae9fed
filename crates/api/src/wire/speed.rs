//! How fast models are on this computer.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Said;

/// One model's speed: medians of every sample there is.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SpeedView {
    /// The model.
    pub model: String,
    /// Time to load it (ms).
    pub load_ms: Option<f64>,
    /// Time of the very first vector after that (ms).
    pub first_ms: Option<f64>,
    /// Time within which half of single questions were embedded (ms).
    pub query_p50_ms: Option<f64>,
    /// The same of 95 of 100.
    pub query_p95_ms: Option<f64>,
    /// Items handed over together at which it is fastest.
    pub best_batch: Option<u32>,
    /// Speed by batch size.
    pub batches: Vec<BatchView>,
    /// Where it computed, in words.
    pub device: Said,
    /// What is to be known before these times are trusted; None where the machine was quiet.
    pub warning: Option<Said>,
}

/// Speed at one batch size.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BatchView {
    /// Items handed over together.
    pub batch: u32,
    /// Items a second, in the median batch.
    pub items_per_second: f64,
    /// Of the slower and the faster quarter of batches.
    pub spread: (f64, f64),
    /// Tokens a second; None for pictures.
    pub tokens_per_second: Option<f64>,
}
