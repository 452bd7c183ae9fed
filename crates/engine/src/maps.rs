//! Maps while the program runs: where every row of a set lies, and how true that picture is.
//!
//! A map of a set is kept up: laid out anew with the same parameters, it keeps its id and its old layout until the new
//! one stands. Deliberately absent: computing layouts (`project`).

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use embedscope_space::{Vectors, procrustes, quality::Quality};
use embedscope_workspace::{Blob, ItemId, NewRun, Run, RunId, SetId};
use serde::{Deserialize, Serialize};

use crate::clusters::Clustering;
use crate::sets::{Cost, SetNature};
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
    /// Its parameters in words: "perplexity 30 · seed 42".
    pub parameters: String,
    /// Rows on it: the first ones of its set.
    pub rows: usize,
    /// Steps made; 0 where there are none.
    pub iteration: usize,
    /// Steps planned.
    pub iterations: usize,
    /// Whether it is still moving.
    pub running: bool,
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
}

pub(crate) struct LiveMap {
    pub(crate) id: MapId,
    pub(crate) projection: Projection,
    state: RwLock<MapState>,
}

#[derive(Clone)]
pub(crate) struct MapState {
    pub(crate) positions: Vectors,
    pub(crate) running: bool,
    pub(crate) facts: MapFacts,
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
        let positions = Vectors::empty(projection.dims);
        let state = MapState { positions, running: false, facts: MapFacts::default(), revision: 0, run: None };
        Self { id, projection, state: RwLock::new(state) }
    }

    pub(crate) fn state(&self) -> RwLockReadGuard<'_, MapState> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state_mut(&self) -> RwLockWriteGuard<'_, MapState> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn summary(&self) -> MapSummary {
        let state = self.state();
        let Projection { set, method, dims, .. } = self.projection;
        MapSummary {
            id: self.id,
            set,
            method,
            dims,
            parameters: parameters(&self.projection, &state.facts),
            rows: state.positions.rows(),
            iteration: state.facts.iteration,
            iterations: state.facts.iterations,
            running: state.running,
            truth: state.facts.truth,
            explained_variance: state.facts.explained_variance,
            axis_variance: state.facts.axis_variance.clone(),
        }
    }
}

/// What decides a map, in words: "perplexity 30 · seed 42".
pub(crate) fn parameters(projection: &Projection, facts: &MapFacts) -> String {
    let Projection { method, dims, perplexity, neighbours, min_dist, seed, .. } = projection;
    let own = match method {
        Method::Pca => format!("{dims} components"),
        Method::Tsne => format!("perplexity {:.0} · seed {seed}", facts.perplexity.unwrap_or(*perplexity)),
        Method::Umap => format!("{neighbours} neighbours · min dist {min_dist:.2} · seed {seed}"),
        Method::Given => "places from the file".into(),
    };
    let own = if projection.like.is_some() { format!("{own} · begun on another model's map") } else { own };
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
            set: map.projection.set,
            dims: map.projection.dims,
            positions: state.positions.clone(),
            iteration: state.facts.iteration,
            iterations: state.facts.iterations,
            revision: state.revision,
        })
    }

    /// The same, shifted, turned, mirrored and scaled to lie on another map as well as it can, judged by the items that
    /// both show. Unchanged where they share fewer than three.
    pub fn layout_aligned(&self, map: MapId, to: MapId) -> Result<Layout, Error> {
        let (mut layout, reference) = (self.layout(map)?, self.layout(to)?);
        if layout.dims != reference.dims {
            return Err(Error::Request("only maps of the same number of dimensions can be aligned".into()));
        }
        let (mine, theirs) = self.common_rows(layout.set, reference.set)?;
        let both = |&(&a, &b): &(&usize, &usize)| a < layout.positions.rows() && b < reference.positions.rows();
        let (mine, theirs): (Vec<usize>, Vec<usize>) = mine.iter().zip(&theirs).filter(both).unzip();
        if mine.len() < 3 {
            return Ok(layout);
        }
        let moved = layout.positions.select(&mine);
        let aligned = procrustes::align(&reference.positions.select(&theirs), &moved)?;
        layout.positions = follow(&layout.positions, &moved, &aligned)?;
        Ok(layout)
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
        self.live_maps().values().filter(|map| map.projection.set == set).cloned().collect()
    }

    fn live_maps(&self) -> RwLockReadGuard<'_, BTreeMap<MapId, Arc<LiveMap>>> {
        self.inner.maps.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The map made with exactly these parameters, or a new, empty one.
    pub(crate) fn map_for(&self, projection: &Projection) -> Arc<LiveMap> {
        let known = self.live_maps().values().find(|map| map.projection == *projection).cloned();
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

    /// Records a map as it stands, in place of what was recorded of it before.
    pub(crate) fn record_map(&self, map: &LiveMap, started_ms: i64, elapsed_ms: f64) -> Result<(), Error> {
        let MapState { positions, facts, run, .. } = map.state().clone();
        let bytes = positions.as_slice().iter().flat_map(|value| value.to_le_bytes()).collect();
        let row_bytes = Some((map.projection.dims * size_of::<f32>()) as u32);
        let set = map.projection.set;
        let recorded = self.inner.workspace.add_run(NewRun {
            kind: "map".into(),
            parents: self.runs_that_filled(set)?,
            set: Some(set),
            params_json: serde_json::json!(map.projection).to_string(),
            seed: (map.projection.method != Method::Pca).then_some(map.projection.seed),
            device: self.device(),
            started_ms,
            elapsed_ms,
            result_json: serde_json::json!(facts).to_string(),
            blob: Some(Blob { name: "layout.f32".into(), bytes, row_bytes }),
        })?;
        if let Some(run) = run {
            self.inner.workspace.forget_run(run)?;
        }
        map.state_mut().run = Some(recorded);
        Ok(())
    }

    /// Brings back what was recorded: costs of sets, clusters, maps. A record this version cannot read is passed over.
    pub(crate) fn restore_runs(&self) -> Result<(), Error> {
        for Run { id, run, .. } in self.inner.workspace.runs()? {
            let Some(Ok(set)) = run.set.map(|set| self.live_set(set)) else { continue };
            match run.kind.as_str() {
                "embedding" => {
                    if let Ok(nature) = serde_json::from_str::<SetNature>(&run.params_json) {
                        set.set_nature(nature);
                    }
                    if let Ok(cost) = serde_json::from_str::<Cost>(&run.result_json) {
                        set.set_cost(cost);
                    }
                }
                "clusters" => {
                    if let Some(clustering) = Clustering::restored(&run.result_json, self.inner.workspace.run_blob(id)?)
                    {
                        set.set_clustering(clustering);
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
        let known = self.live_maps().values().find(|map| map.projection == projection).cloned();
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

    /// The rows, in each of two sets, of the items that both show, in the order of the first.
    pub(crate) fn common_rows(&self, a: SetId, b: SetId) -> Result<(Vec<usize>, Vec<usize>), Error> {
        let (a, b) = (self.live_set(a)?.items(), self.live_set(b)?.items());
        let places: std::collections::HashMap<ItemId, usize> =
            b.into_iter().enumerate().map(|(row, item)| (item, row)).collect();
        Ok(a.iter().enumerate().filter_map(|(row, item)| places.get(item).map(|&other| (row, other))).unzip())
    }
}

pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}

/// Moves all points as some of them were moved by a shift, a turn, a mirroring and a scaling: `before` to `after`.
fn follow(all: &Vectors, before: &Vectors, after: &Vectors) -> Result<Vectors, Error> {
    let dims = all.dim();
    let mean = |points: &Vectors| -> Vec<f64> {
        let mut mean = vec![0.0; dims];
        for point in points.iter() {
            mean.iter_mut().zip(point).for_each(|(mean, &x)| *mean += f64::from(x) / points.rows() as f64);
        }
        mean
    };
    let (from, to) = (mean(before), mean(after));
    // The map is linear around the means: its matrix solves (B − b)ᵀ(B − b) M = (B − b)ᵀ(A − a).
    let mut left = vec![vec![0.0; dims]; dims];
    let mut right = vec![vec![0.0; dims]; dims];
    for (b, a) in before.iter().zip(after.iter()) {
        for i in 0..dims {
            let bi = f64::from(b[i]) - from[i];
            for j in 0..dims {
                left[i][j] += bi * (f64::from(b[j]) - from[j]);
                right[i][j] += bi * (f64::from(a[j]) - to[j]);
            }
        }
    }
    let Some(matrix) = solve(left, right) else { return Ok(all.clone()) };
    let moved = all.iter().flat_map(|point| {
        let (matrix, from, to) = (&matrix, &from, &to);
        (0..dims).map(move |j| {
            let turned: f64 = (0..dims).map(|i| (f64::from(point[i]) - from[i]) * matrix[i][j]).sum();
            (turned + to[j]) as f32
        })
    });
    Ok(Vectors::new(moved.collect(), dims)?)
}

/// Solves `left · x = right` by elimination with pivoting; None where there is no single answer.
fn solve(mut left: Vec<Vec<f64>>, mut right: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let n = left.len();
    let size = left.iter().flatten().fold(0.0_f64, |most, x| most.max(x.abs()));
    for column in 0..n {
        let pivot = (column..n).max_by(|&a, &b| left[a][column].abs().total_cmp(&left[b][column].abs()))?;
        if left[pivot][column].abs() <= size * 1e-12 {
            return None;
        }
        left.swap(column, pivot);
        right.swap(column, pivot);
        let scale = left[column][column];
        left[column].iter_mut().chain(&mut right[column]).for_each(|x| *x /= scale);
        let (row, answer) = (left[column].clone(), right[column].clone());
        for other in (0..n).filter(|&other| other != column) {
            let factor = left[other][column];
            left[other].iter_mut().zip(&row).for_each(|(x, y)| *x -= factor * y);
            right[other].iter_mut().zip(&answer).for_each(|(x, y)| *x -= factor * y);
        }
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_follow_a_turned_and_scaled_part() {
        // A quarter turn, twice the size, shifted by (5, -1).
        let turned = |p: [f32; 2]| [5.0 - 2.0 * p[1], -1.0 + 2.0 * p[0]];
        let points = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [3.0, -2.0], [-4.0, 0.5]];
        let vectors = |points: &[[f32; 2]]| Vectors::new(points.concat(), 2).expect("pairs");
        let after: Vec<[f32; 2]> = points[..3].iter().map(|&p| turned(p)).collect();
        let moved = follow(&vectors(&points), &vectors(&points[..3]), &vectors(&after)).expect("moved");
        for (point, &from) in moved.iter().zip(&points) {
            let expected = turned(from);
            assert!((point[0] - expected[0]).abs() < 1e-5 && (point[1] - expected[1]).abs() < 1e-5, "{point:?}");
        }
    }

    #[test]
    fn points_on_a_line_cannot_lead() {
        let line = Vectors::new(vec![0.0, 0.0, 1.0, 1.0, 2.0, 2.0], 2).expect("pairs");
        let all = Vectors::new(vec![1.0, 0.0], 2).expect("a pair");
        assert_eq!(follow(&all, &line, &line).expect("unchanged").as_slice(), [1.0, 0.0]);
    }
}
