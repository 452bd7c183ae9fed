//! Laying out maps: PCA at once and while a set still grows, others as they move; each measured for its truth.
//!
//! Deliberately absent: keeping and aligning layouts (`maps`), stepping (`stepping`) and the mathematics (the crate
//! `space`).

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use embedscope_space::pca::{Pca, PcaParams};
use embedscope_space::quality::QualityParams;
use embedscope_space::tsne::TsneParams;
use embedscope_space::umap::UmapParams;
use embedscope_space::{Cancel, Metric, Progress, UNWATCHED, Vectors};
use embedscope_workspace::SetId;
use serde::{Deserialize, Serialize};

use crate::jobs::Job;
use crate::maps::{LiveMap, MapFacts, Method, Truth};
use crate::sets::LiveSet;
use crate::stepping::{Start, check};
use crate::{Engine, Error, Event, JobId, JobKind};

/// A map to be laid out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// The set.
    #[serde(with = "set_number")]
    pub set: SetId,
    /// How.
    pub method: Method,
    /// 2 or 3.
    pub dims: usize,
    /// About how many neighbours count (t-SNE); sets of few rows use less.
    pub perplexity: f64,
    /// Factor of attraction after the first steps (t-SNE): 1 is t-SNE, about 4 looks like UMAP.
    #[serde(default = "plain")]
    pub exaggeration: f64,
    /// Whether every row holds on to each of its neighbours alike (t-SNE): fast, and nearly the same map.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uniform: bool,
    /// Steps; of t-SNE the first, at most a third, exaggerate attraction so that clusters form. 0 lets UMAP choose by
    /// the number of rows.
    pub iterations: usize,
    /// Rows that make up a neighbourhood (UMAP); sets of few rows use less.
    #[serde(default)]
    pub neighbours: usize,
    /// How near points may come to each other (UMAP).
    #[serde(default)]
    pub min_dist: f64,
    /// Same seed, same picture.
    pub seed: u64,
    /// The set on whose map of this method the layout begins, so that both can be laid side by side; the usual beginning
    /// where there is no such map, or it shows too few of the same items.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_set_number")]
    pub like: Option<SetId>,
    /// When its run was first steered, in milliseconds since 1970. No other map came about in the same way, whatever
    /// parameters it ended with; None for all that the parameters alone decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steered_ms: Option<i64>,
}

fn plain() -> f64 {
    1.0
}

impl Projection {
    /// Whether it is found step by step, and needs rows that have neighbours.
    pub(crate) fn moves(&self) -> bool {
        matches!(self.method, Method::Tsne | Method::Umap)
    }

    /// Two principal components.
    pub fn pca(set: SetId) -> Self {
        Self { method: Method::Pca, iterations: 0, perplexity: 0.0, seed: 0, ..Self::tsne(set) }
    }

    /// The vectors of a set of two dimensions as they are.
    pub fn given(set: SetId) -> Self {
        Self { method: Method::Given, ..Self::pca(set) }
    }

    /// t-SNE in two dimensions with the usual parameters.
    pub fn tsne(set: SetId) -> Self {
        let usual = TsneParams::default();
        Self {
            set,
            method: Method::Tsne,
            dims: 2,
            perplexity: f64::from(usual.perplexity),
            exaggeration: f64::from(usual.exaggeration),
            uniform: false,
            iterations: usual.early_iterations + usual.iterations,
            neighbours: 0,
            min_dist: 0.0,
            seed: usual.seed,
            like: None,
            steered_ms: None,
        }
    }

    /// UMAP in two dimensions with the usual parameters.
    pub fn umap(set: SetId) -> Self {
        let usual = UmapParams::default();
        Self {
            method: Method::Umap,
            perplexity: 0.0,
            iterations: 0,
            neighbours: usual.neighbours,
            min_dist: f64::from(usual.min_dist),
            ..Self::tsne(set)
        }
    }
}

/// Layouts are compared with the full space by this many neighbours, on at most this many rows.
const TRUTH_K: usize = 15;
const TRUTH_SAMPLE: usize = 2000;
const TRUTH_SEED: u64 = 42;
const LEAST_ROWS: usize = 5;

impl Engine {
    /// Lays out a map.
    pub fn start_projection(&self, projection: Projection) -> Result<JobId, Error> {
        self.writable()?;
        let set = self.live_set(projection.set)?;
        if !matches!(projection.dims, 2 | 3) {
            return Err(Error::Request(format!("a map has 2 or 3 dimensions, not {}", projection.dims)));
        }
        if projection.moves() && set.rows() < LEAST_ROWS {
            let (method, rows) = (projection.method, set.rows());
            return Err(Error::Request(format!("{method} needs at least {LEAST_ROWS} items, there are {rows}")));
        }
        // Said at once, not by a job that fails.
        check(&projection)?;
        let engine = self.clone();
        let title = format!("Laying out {} with {}", set.model(), projection.method);
        Ok(self.inner.jobs.start(JobKind::Project, title, move |job| engine.project(job, &set, &projection)))
    }

    /// Lays a map out, measures and records it. Sets too small for t-SNE and UMAP keep their PCA alone.
    pub(crate) fn project(&self, job: &Job, set: &LiveSet, projection: &Projection) -> Result<(), Error> {
        let vectors = set.vectors()?;
        if projection.moves() && vectors.rows() < LEAST_ROWS {
            return Ok(());
        }
        let map = self.map_for(projection);
        job.report(|report| report.maps.push(map.id));
        map.begin();
        let outcome = match projection.method {
            Method::Pca => self.lay_out_pca(job, &map, &vectors),
            Method::Tsne | Method::Umap => self.step_through(job, &map, &vectors, Start::Afresh),
            Method::Given => {
                self.move_map(&map, |state| (state.positions, state.facts) = (vectors.clone(), MapFacts::default()));
                Ok(())
            }
        };
        let outcome = outcome.and_then(|()| {
            map.state_mut().facts.joined = Some(0);
            self.measure(job, &map, &vectors)
        });
        self.keep_map(&map, outcome)
    }

    /// Measures how true a map is. One that was made elsewhere cannot be: what it was made from is not here.
    pub(crate) fn measure(&self, job: &Job, map: &LiveMap, vectors: &Vectors) -> Result<(), Error> {
        if map.projection().method == Method::Given {
            return Ok(());
        }
        job.stage("Measuring how true the map is", "items", 0, 0);
        let layout = map.state().positions.clone();
        let truth = measure(vectors, &layout, &|done, all| job.progress(done, all), job.cancel())?;
        map.state_mut().facts.truth = truth;
        Ok(())
    }

    /// Records a map that was worked on, whatever came of it, and tells of it.
    pub(crate) fn keep_map(&self, map: &LiveMap, outcome: Result<(), Error>) -> Result<(), Error> {
        map.end();
        // A layout that was stopped on the way is kept as it stands.
        let rows = map.state().positions.rows();
        let recorded = match rows {
            0 => Ok(()),
            _ => self.record_map(map),
        };
        self.emit(&Event::MapDone { map: map.id });
        self.emit(&Event::WorkspaceChanged);
        outcome.and(recorded)
    }

    fn lay_out_pca(&self, job: &Job, map: &LiveMap, vectors: &Vectors) -> Result<(), Error> {
        job.stage("Finding the principal components", "", 0, 0);
        let components = map.projection().dims;
        let pca = PcaParams { components }.check()?.run(vectors, &|done, all| job.progress(done, all), job.cancel())?;
        let positions = pca.transform(vectors)?;
        self.move_map(map, |state| {
            state.positions = positions;
            state.facts = facts_of(&pca);
        });
        Ok(())
    }
}

fn facts_of(pca: &Pca) -> MapFacts {
    let axis_variance = pca.explained_variance_ratio.clone();
    MapFacts { explained_variance: Some(axis_variance.iter().sum()), axis_variance, ..MapFacts::default() }
}

/// How true a layout is; None where there are too few rows to say.
fn measure(
    vectors: &Vectors,
    layout: &Vectors,
    progress: Progress<'_>,
    cancel: &Cancel,
) -> Result<Option<Truth>, Error> {
    let rows = vectors.rows();
    if rows < LEAST_ROWS {
        return Ok(None);
    }
    let params = QualityParams { k: TRUTH_K, metric: Metric::Cosine, sample: TRUTH_SAMPLE, seed: TRUTH_SEED };
    let quality = params.check()?.run(vectors, layout, progress, cancel)?;
    Ok(Some(Truth::new(&quality)))
}

/// The PCA of a set while it grows: new rows are placed at once, the axes are found anew each time the rows double. Rows
/// that join a finished map leave its axes as they are.
pub(crate) struct Growth<'a> {
    engine: &'a Engine,
    set: &'a LiveSet,
    map: Arc<LiveMap>,
    fitted: Option<(Pca, usize)>,
}

impl<'a> Growth<'a> {
    pub(crate) fn new(engine: &'a Engine, set: &'a LiveSet) -> Result<Self, Error> {
        let map = engine.map_for(&Projection::pca(set.id()));
        let fitted = match laid_out(&map) {
            0 => None,
            rows => Some((axes(2, &first(&set.vectors()?, rows), &Cancel::default())?, rows)),
        };
        map.begin();
        Ok(Self { engine, set, map, fitted })
    }

    /// Places the rows that were added since the last call.
    pub(crate) fn grow(&mut self) -> Result<(), Error> {
        let placed = self.map.state().positions.rows();
        let current = self.fitted.as_ref().filter(|(_, rows)| self.set.rows() < rows * 2);
        if let Some((pca, _)) = current {
            let new = pca.transform(&self.set.vectors_from(placed)?)?;
            self.engine.move_map(&self.map, |state| {
                let mut positions = std::mem::replace(&mut state.positions, Vectors::empty(2)).into_vec();
                positions.extend_from_slice(new.as_slice());
                state.facts.joined = state.facts.joined.map(|joined| joined + new.rows());
                state.positions = Vectors::new(positions, 2).unwrap_or_else(|_| Vectors::empty(2));
            });
            return Ok(());
        }
        let vectors = self.set.vectors()?;
        let pca = axes(2, &vectors, &Cancel::default())?;
        let positions = pca.transform(&vectors)?;
        self.engine.move_map(&self.map, |state| {
            state.positions = positions;
            state.facts = facts_of(&pca);
        });
        self.fitted = Some((pca, vectors.rows()));
        Ok(())
    }

    /// Ends the growing; what was cut short is recorded as it stands, for nothing will come after it.
    pub(crate) fn finish(self, cut_short: bool) -> Result<(), Error> {
        self.map.end();
        if cut_short && self.map.state().positions.rows() > 0 {
            self.engine.record_map(&self.map)?;
            self.engine.emit(&Event::MapDone { map: self.map.id });
        }
        Ok(())
    }
}

/// Rows that a finished layout was made from; 0 where there is none.
pub(crate) fn laid_out(map: &LiveMap) -> usize {
    let state = map.state();
    state.facts.joined.map_or(0, |joined| state.positions.rows().saturating_sub(joined))
}

pub(crate) fn first(vectors: &Vectors, rows: usize) -> Vectors {
    vectors.select(&(0..rows.min(vectors.rows())).collect::<Vec<_>>())
}

pub(crate) fn axes(components: usize, vectors: &Vectors, cancel: &Cancel) -> Result<Pca, Error> {
    Ok(PcaParams { components }.check()?.run(vectors, UNWATCHED, cancel)?)
}

pub(crate) fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as i64
}

mod maybe_set_number {
    use embedscope_workspace::SetId;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
    pub(super) fn serialize<S: Serializer>(set: &Option<SetId>, serializer: S) -> Result<S::Ok, S::Error> {
        set.map(|set| set.0).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SetId>, D::Error> {
        Ok(Option::<u32>::deserialize(deserializer)?.map(SetId))
    }
}

mod set_number {
    use embedscope_workspace::SetId;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(set: &SetId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(set.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SetId, D::Error> {
        u32::deserialize(deserializer).map(SetId)
    }
}
