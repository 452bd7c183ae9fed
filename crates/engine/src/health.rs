//! The state of a set's space in a few figures.
//!
//! Deliberately absent: judgement, and the same figures over what two sets share (`compare`).

use embedscope_space::health::{Health, HealthParams};
use embedscope_space::{Cancel, UNWATCHED};
use embedscope_workspace::SetId;

use crate::{Engine, Error};

impl Engine {
    /// The state of all rows of a set; hubs and neighbourhoods are looked at on a sample.
    pub fn health(&self, set: SetId) -> Result<Health, Error> {
        let live = self.live_set(set)?;
        let params = HealthParams { metric: live.metric(), ..HealthParams::default() };
        Ok(params.check()?.run(&live.vectors()?, UNWATCHED, &Cancel::default())?)
    }
}
