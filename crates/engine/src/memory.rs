//! How much memory a model uses: of this program, and of the process of its own where it has one.
//!
//! Deliberately absent: asking the system (`embedscope_models`).

use embedscope_models::{Embedder, Memory};

/// Memory this program has in use now, in MB.
pub fn resident_mb() -> Option<f64> {
    Memory::now().resident_mb
}

/// The most memory this program ever had in use, in MB.
pub fn peak_mb() -> Option<f64> {
    Memory::now().peak_mb
}

/// What came to this program's memory since `before`, with all that the model uses elsewhere, in MB.
pub(crate) fn growth_mb(before: Option<f64>, embedder: &dyn Embedder) -> Option<f64> {
    let grown = (resident_mb()? - before?).max(0.0);
    Some(grown + embedder.memory().and_then(|memory| memory.resident_mb).unwrap_or_default())
}
