//! Finding the clusters of a set as asked, and choosing which of their layers is shown.

use embedscope_engine::{Grouping, MapId, SetId};

use super::Host;
use crate::say;
use crate::wire::{ClusterRequest, ErrorView};

impl Host {
    /// Finds the clusters of a set anew; gives the job.
    pub fn start_clustering(&self, request: ClusterRequest) -> Result<u32, ErrorView> {
        let engine = self.engine()?;
        let on = request.map.map(|map| engine.map(MapId(map))).transpose().map_err(say::error)?;
        let grouping = Grouping {
            finding: say::clusters::finding(request.finding),
            on: on.map(|map| map.projection),
            seed: request.seed.into(),
            asked: true,
        };
        Ok(engine.start_clustering(SetId(request.set), grouping).map_err(say::error)?.0)
    }

    /// Shows another layer of a set's clusters.
    pub fn show_layer(&self, set: u32, layer: u32) -> Result<(), ErrorView> {
        self.engine()?.show_layer(SetId(set), layer as usize).map_err(say::error)
    }
}
