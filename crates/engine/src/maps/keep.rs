//! Maps on the disk: recorded as they stand, and brought back.
//!
//! Deliberately absent: when to record; whoever moves a map says when it is worth keeping.

use std::sync::{Arc, PoisonError};

use embedscope_space::Vectors;
use embedscope_workspace::{Blob, NewRun, Run, RunId};

use super::{LiveMap, MapFacts, MapId, MapState, Method, floats};
use crate::clusters::Clusters;
use crate::project::now_ms;
use crate::sets::{Cost, fills};
use crate::{Engine, Error, Event, Projection};

impl Engine {
    /// Records a map as it stands, in place of what was recorded of it before.
    pub(crate) fn record_map(&self, map: &LiveMap) -> Result<(), Error> {
        let MapState { projection, positions, facts, run, began, .. } = map.state().clone();
        let bytes = positions.as_slice().iter().flat_map(|value| value.to_le_bytes()).collect();
        let row_bytes = Some((projection.dims * size_of::<f32>()) as u32);
        let set = projection.set;
        let recorded = self.inner.workspace.add_run(NewRun {
            kind: "map".into(),
            parents: self.runs_that_filled(set)?,
            set: Some(set),
            params_json: serde_json::json!(projection).to_string(),
            seed: (projection.method != Method::Pca).then_some(projection.seed),
            device: self.device(),
            started_ms: began.map_or_else(now_ms, |(_, started_ms)| started_ms),
            elapsed_ms: began.map_or(0.0, |(began, _)| began.elapsed().as_secs_f64() * 1e3),
            result_json: serde_json::json!(facts).to_string(),
            blob: Some(Blob { name: "layout.f32".into(), bytes, row_bytes }),
        })?;
        if let Some(run) = run {
            self.inner.workspace.forget_run(run)?;
        }
        map.state_mut().run = Some(recorded);
        Ok(())
    }

    /// Forgets a map and what was recorded of it; one that is being laid out must be ended first.
    pub fn forget_map(&self, map: MapId) -> Result<(), Error> {
        self.writable()?;
        let live = self.live_map(map)?;
        let mut state = live.state_mut();
        if state.running {
            return Err(Error::Request("the map is being laid out; end that first".into()));
        }
        if let Some(run) = state.run.take() {
            self.inner.workspace.forget_run(run)?;
        }
        drop(state);
        self.inner.maps.write().unwrap_or_else(PoisonError::into_inner).remove(&map);
        self.emit(&Event::WorkspaceChanged);
        Ok(())
    }

    /// Brings back what was recorded: costs of sets, clusters, maps. A record this version cannot read is passed over.
    pub(crate) fn restore_runs(&self) -> Result<(), Error> {
        for Run { id, run, .. } in self.inner.workspace.runs()? {
            let Some(Ok(set)) = run.set.map(|set| self.live_set(set)) else { continue };
            match run.kind.as_str() {
                kind if fills(kind) => {
                    if let Ok(cost) = serde_json::from_str::<Cost>(&run.result_json) {
                        set.set_cost(cost);
                    }
                }
                "clusters" => {
                    if let Some(clusters) = Clusters::restored(id, &run, self.inner.workspace.run_blob(id)?) {
                        set.set_clusters(clusters);
                    }
                }
                "map" => self.restore_map(id, &run)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Brings maps and sets up to what is recorded, after items were forgotten. Maps keep their ids.
    pub(crate) fn restore_again(&self) -> Result<(), Error> {
        self.inner.sets.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.live_maps().values().for_each(|map| map.state_mut().run = None);
        self.restore_sets()?;
        self.restore_runs()?;
        let mut maps = self.inner.maps.write().unwrap_or_else(PoisonError::into_inner);
        maps.retain(|_, map| map.state().run.is_some());
        let left: Vec<Arc<LiveMap>> = maps.values().cloned().collect();
        drop(maps);
        left.iter().for_each(|map| self.move_map(map, |_| {}));
        Ok(())
    }

    fn restore_map(&self, id: RunId, run: &NewRun) -> Result<(), Error> {
        let (Ok(projection), Ok(mut facts)) =
            (serde_json::from_str::<Projection>(&run.params_json), serde_json::from_str::<MapFacts>(&run.result_json))
        else {
            return Ok(());
        };
        if facts.truth.is_some() {
            // Recorded before rows could join: a measured map was finished.
            facts.joined.get_or_insert(0);
        }
        let bytes = self.inner.workspace.run_blob(id)?.unwrap_or_default();
        let Ok(positions) = Vectors::new(floats(&bytes), projection.dims) else { return Ok(()) };
        // After a crash a map may have been recorded twice; the later one counts.
        let known = self.live_maps().values().find(|map| map.projection() == projection).cloned();
        let map = known.unwrap_or_else(|| self.new_map(projection));
        let mut state = map.state_mut();
        if let Some(older) = state.run.replace(id)
            && !self.is_read_only()
        {
            self.inner.workspace.forget_run(older)?;
        }
        (state.positions, state.facts) = (positions, facts);
        Ok(())
    }
}
