//! Maps while the program runs: where every row of a set lies, and how true that picture is.
//!
//! A map of a set is kept up: laid out anew with the same parameters, it keeps its id and its old layout until the new
//! one stands. Deliberately absent: computing layouts (`project`).

mod align;
mod keep;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;

use embedscope_space::{Vectors, quality::Quality};
use embedscope_workspace::{RunId, SetId};
use serde::{Deserialize, Serialize};

use crate::project::now_ms;
use crate::steer::Wishes;
use crate::{Engine, Error, Event, Projection};

/// A map's id, while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MapId(pub u32);

/// How vectors become places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Principal components.
    Pca,
    /// t-distributed stochastic neighbour embedding.
    Tsne,
    /// Uniform manifold approximation and projection.
    Umap,
    /// Made elsewhere; the vectors are the places.
    Given,
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pca => "PCA",
            Self::Tsne => "t-SNE",
            Self::Umap => "UMAP",
            Self::Given => "As given",
        })
    }
}

/// How true a map is to its vectors; each figure is 1 for a perfect map.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Neighbours looked at.
    pub k: usize,
    /// Of the neighbours on the map, how near they are in the full space (Venna and Kaski 2001).
    pub trustworthiness: f64,
    /// Of the neighbours in the full space, how near they are on the map.
    pub continuity: f64,
    /// Share of neighbours kept.
    pub neighbour_preservation: f64,
    /// Rank correlation of distances on the map and in the full space.
    pub shepard: f64,
}

impl Truth {
    pub(crate) fn new(quality: &Quality) -> Self {
        Self {
            k: quality.k,
            trustworthiness: quality.trustworthiness,
            continuity: quality.continuity,
            neighbour_preservation: quality.neighbour_preservation,
            shepard: quality.shepard,
        }
    }
}

/// What is known of a map.
#[derive(Clone, Debug)]
pub struct MapSummary {
    /// Its id.
    pub id: MapId,
    /// The set it shows.
    pub set: SetId,
    /// How it was made.
    pub method: Method,
    /// 2 or 3.
    pub dims: usize,
    /// Its parameters as they are now; a run that is steered changes them.
    pub projection: Projection,
    /// The same in words: "perplexity 30 · seed 42".
    pub parameters: String,
    /// Rows on it: the first ones of its set.
    pub rows: usize,
    /// Steps made; 0 where there are none.
    pub iteration: usize,
    /// Steps planned.
    pub iterations: usize,
    /// Whether it is being laid out.
    pub running: bool,
    /// Whether that rests.
    pub resting: bool,
    /// How true it is, once measured.
    pub truth: Option<Truth>,
    /// Share of the variance its axes hold (PCA).
    pub explained_variance: Option<f64>,
    /// The same for each axis; empty where axes mean nothing.
    pub axis_variance: Vec<f64>,
}

/// Where the rows of a set lie on a map at one moment.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The map.
    pub map: MapId,
    /// The set it shows.
    pub set: SetId,
    /// 2 or 3.
    pub dims: usize,
    /// The first rows of the set: `[rows, dims]`.
    pub positions: Vectors,
    /// Steps made.
    pub iteration: usize,
    /// Steps planned.
    pub iterations: usize,
    /// Grows with every layout of this map.
    pub revision: u32,
    /// Whether another will follow soon: it is being stepped, and does not rest.
    pub moving: bool,
}

pub(crate) struct LiveMap {
    pub(crate) id: MapId,
    state: RwLock<MapState>,
    wishes: Mutex<Wishes>,
}

#[derive(Clone)]
pub(crate) struct MapState {
    pub(crate) projection: Projection,
    pub(crate) positions: Vectors,
    pub(crate) running: bool,
    pub(crate) resting: bool,
    pub(crate) facts: MapFacts,
    /// When the work on it began, by both clocks.
    began: Option<(Instant, i64)>,
    revision: u32,
    run: Option<RunId>,
}

/// What a map's run keeps besides its layout.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct MapFacts {
    pub(crate) iteration: usize,
    pub(crate) iterations: usize,
    /// The perplexity used, which few rows may keep below the one asked for.
    pub(crate) perplexity: Option<f64>,
    pub(crate) truth: Option<Truth>,
    pub(crate) explained_variance: Option<f64>,
    #[serde(default)]
    pub(crate) axis_variance: Vec<f64>,
    pub(crate) kl: Option<f64>,
    /// Rows that joined after the layout was made, its last ones; None while there is no finished layout.
    #[serde(default)]
    pub(crate) joined: Option<usize>,
}

impl LiveMap {
    fn new(id: MapId, projection: Projection) -> Self {
        let state = MapState {
            positions: Vectors::empty(projection.dims),
            projection,
            running: false,
            resting: false,
            facts: MapFacts::default(),
            began: None,
            revision: 0,
            run: None,
        };
        Self { id, state: RwLock::new(state), wishes: Mutex::default() }
    }

    pub(crate) fn projection(&self) -> Projection {
        self.state().projection.clone()
    }

    /// What is asked of its run.
    pub(crate) fn wishes(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Work on it begins; what was asked of an earlier run is void.
    pub(crate) fn begin(&self) {
        *self.wishes() = Wishes::default();
        let mut state = self.state_mut();
        (state.running, state.resting) = (true, false);
        state.began = Some((Instant::now(), now_ms()));
    }

    pub(crate) fn end(&self) {
        let mut state = self.state_mut();
        (state.running, state.resting) = (false, false);
    }

    pub(crate) fn state(&self) -> RwLockReadGuard<'_, MapState> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state_mut(&self) -> RwLockWriteGuard<'_, MapState> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn summary(&self) -> MapSummary {
        let state = self.state();
        let Projection { set, method, dims, .. } = state.projection;
        MapSummary {
            id: self.id,
            set,
            method,
            dims,
            projection: state.projection.clone(),
            parameters: parameters(&state.projection, &state.facts),
            rows: state.positions.rows(),
            iteration: state.facts.iteration,
            iterations: state.facts.iterations,
            running: state.running,
            resting: state.resting,
            truth: state.facts.truth,
            explained_variance: state.facts.explained_variance,
            axis_variance: state.facts.axis_variance.clone(),
        }
    }
}

/// What decides a map, in words: "perplexity 30 · seed 42".
pub(crate) fn parameters(projection: &Projection, facts: &MapFacts) -> String {
    let Projection { method, dims, perplexity, exaggeration, uniform, neighbours, min_dist, seed, .. } = projection;
    let mut own = match method {
        Method::Pca => format!("{dims} components"),
        Method::Tsne => {
            let perplexity = facts.perplexity.unwrap_or(*perplexity);
            let attraction = if (exaggeration - 1.0).abs() < 0.05 {
                String::new()
            } else {
                format!("attraction × {exaggeration:.1} · ")
            };
            let fast = if *uniform { "fast, uniform affinities · " } else { "" };
            format!("perplexity {perplexity:.0} · {fast}{attraction}seed {seed}")
        }
        Method::Umap => format!("{neighbours} neighbours · min dist {min_dist:.2} · seed {seed}"),
        Method::Given => "places from the file".into(),
    };
    if projection.like.is_some() {
        own.push_str(" · begun on another model's map");
    }
    if projection.steered_ms.is_some() {
        own.push_str(" · steered");
    }
    match facts.joined {
        Some(joined @ 1..) if *method != Method::Given => format!("{own} · {joined} joined later"),
        _ => own,
    }
}

impl Engine {
    /// Every map.
    pub fn maps(&self) -> Vec<MapSummary> {
        self.live_maps().values().map(|map| map.summary()).collect()
    }

    /// One map.
    pub fn map(&self, map: MapId) -> Result<MapSummary, Error> {
        Ok(self.live_map(map)?.summary())
    }

    /// Where everything lies on a map now.
    pub fn layout(&self, map: MapId) -> Result<Layout, Error> {
        let map = self.live_map(map)?;
        let state = map.state();
        Ok(Layout {
            map: map.id,
            set: state.projection.set,
            dims: state.projection.dims,
            positions: state.positions.clone(),
            iteration: state.facts.iteration,
            iterations: state.facts.iterations,
            revision: state.revision,
            moving: state.running && !state.resting && state.facts.iterations > 0,
        })
    }

    /// The map that a run recorded, while it is the latest of that map.
    pub(crate) fn map_of_run(&self, run: RunId) -> Option<MapId> {
        self.live_maps().values().find(|map| map.state().run == Some(run)).map(|map| map.id)
    }

    pub(crate) fn live_map(&self, map: MapId) -> Result<Arc<LiveMap>, Error> {
        self.live_maps().get(&map).cloned().ok_or(Error::NotFound { what: "map", id: map.0 })
    }

    /// The maps of a set, in the order they were made.
    pub(crate) fn maps_of(&self, set: SetId) -> Vec<Arc<LiveMap>> {
        self.live_maps().values().filter(|map| map.state().projection.set == set).cloned().collect()
    }

    fn live_maps(&self) -> RwLockReadGuard<'_, BTreeMap<MapId, Arc<LiveMap>>> {
        self.inner.maps.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The map made with exactly these parameters, or a new, empty one.
    pub(crate) fn map_for(&self, projection: &Projection) -> Arc<LiveMap> {
        let known = self.live_maps().values().find(|map| map.state().projection == *projection).cloned();
        known.unwrap_or_else(|| {
            let map = self.new_map(projection.clone());
            self.emit(&Event::WorkspaceChanged);
            map
        })
    }

    fn new_map(&self, projection: Projection) -> Arc<LiveMap> {
        let id = MapId(self.inner.next_map.fetch_add(1, Ordering::Relaxed));
        let map = Arc::new(LiveMap::new(id, projection));
        self.inner.maps.write().unwrap_or_else(PoisonError::into_inner).insert(id, map.clone());
        map
    }

    /// Changes a map and tells of it.
    pub(crate) fn move_map(&self, map: &LiveMap, change: impl FnOnce(&mut MapState)) {
        {
            let mut state = map.state_mut();
            change(&mut state);
            state.revision += 1;
        }
        self.emit(&Event::MapMoved { map: map.id });
    }
}

pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}
