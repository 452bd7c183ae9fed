//! The state of a set's space and of the program itself, asked for by the page.

use embedscope_engine::{SetId, resident_memory_mb};

use super::Host;
use crate::say;
use crate::wire::{ErrorView, SetHealthView};

impl Host {
    /// Memory the program has in use, in MB, without the web view's own processes; None where the system does not tell.
    pub fn get_memory(&self) -> Option<f64> {
        resident_memory_mb()
    }

    /// The state of a set's space; takes seconds where there are many rows.
    pub fn get_health(&self, set: u32) -> Result<SetHealthView, ErrorView> {
        let health = self.engine()?.health(SetId(set)).map_err(say::error)?;
        Ok(SetHealthView {
            non_finite: health.non_finite as u32,
            norm_mean: health.norm_mean,
            norm_std: health.norm_std,
            duplicate_share: health.duplicate_share,
            anisotropy: health.anisotropy,
            effective_rank: health.effective_rank,
            intrinsic_dimension: health.intrinsic_dimension,
            hubness_skew: health.hubness_skew,
        })
    }
}
