//! Clusters of a set: found when it is embedded or when asked, kept with what they were found by, shown in layers.
//!
//! Deliberately absent: finding them (`grouping`) and their names (`names`).

mod grouping;
mod names;

use std::sync::Arc;
use std::time::Instant;

use embedscope_space::Metric;
use embedscope_workspace::{Blob, NewRun, RunId, SetId};
use serde::{Deserialize, Serialize};

use crate::jobs::Job;
use crate::project::now_ms;
use crate::sets::LiveSet;
use crate::{Engine, Error, Event, JobId, JobKind};

pub use grouping::{Finding, Grain, Grouping};

/// Groups of a set's rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clustering {
    /// The cluster of each of the set's first rows, from 0; the largest is 0, and −1 is in none.
    pub labels: Vec<i32>,
    /// A few words for each cluster.
    pub names: Vec<String>,
    /// How well the clusters stand apart, −1 to 1; None for a single one.
    pub silhouette: Option<f64>,
    /// What makes it finer or coarser than other layers.
    pub grain: Grain,
    /// Rows in no cluster.
    pub loose: usize,
}

/// A set's clusters in all their layers.
#[derive(Clone, Debug)]
pub struct Clusters {
    /// The run that found them.
    pub run: RunId,
    /// How they were found.
    pub grouping: Grouping,
    /// From fine to coarse; one, unless the way gives several.
    pub layers: Vec<Arc<Clustering>>,
    /// The layer that counts wherever clusters are shown.
    pub shown: usize,
    /// Whether the user chose it; then one like it is shown when items join.
    pub chosen: bool,
}

/// What a run keeps of its layers. Before there were several, the names and figure of the only one stood by themselves.
#[derive(Serialize, Deserialize)]
struct Recorded {
    #[serde(default)]
    layers: Vec<RecordedLayer>,
    #[serde(default)]
    shown: usize,
    #[serde(default)]
    chosen: bool,
    #[serde(flatten)]
    only: Option<RecordedLayer>,
}

#[derive(Serialize, Deserialize)]
struct RecordedLayer {
    names: Vec<String>,
    silhouette: Option<f64>,
    #[serde(flatten)]
    grain: Grain,
}

impl Clustering {
    /// How many clusters there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no cluster.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// How many rows each cluster has.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.names.len()];
        for &label in &self.labels {
            if let Some(size) = usize::try_from(label).ok().and_then(|label| sizes.get_mut(label)) {
                *size += 1;
            }
        }
        sizes
    }

    fn of(labels: Vec<i32>, layer: RecordedLayer) -> Self {
        let RecordedLayer { names, silhouette, grain } = layer;
        let loose = labels.iter().filter(|&&label| label < 0).count();
        Self { labels, names, silhouette, grain, loose }
    }
}

impl Clusters {
    /// The layer that is shown.
    pub(crate) fn shown(&self) -> Option<Arc<Clustering>> {
        self.layers.get(self.shown).cloned()
    }

    pub(crate) fn restored(id: RunId, run: &NewRun, blob: Option<Vec<u8>>) -> Option<Self> {
        let Recorded { mut layers, shown, chosen, only } = serde_json::from_str(&run.result_json).ok()?;
        layers.extend(only);
        let grouping = serde_json::from_str(&run.params_json).ok()?;
        let labels: Vec<i32> = blob?.chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        let count = layers.len();
        let of_layer = |at: usize| labels.iter().skip(at).step_by(count.max(1)).copied().collect();
        let layers = layers.into_iter().enumerate().map(|(at, layer)| Arc::new(Clustering::of(of_layer(at), layer)));
        Some(Self { run: id, grouping, layers: layers.collect(), shown, chosen })
    }
}

/// A row of labels, one a layer, for each row of the set.
fn labels(layers: &[Arc<Clustering>]) -> Blob {
    let rows = layers.first().map_or(0, |layer| layer.labels.len());
    let of_row = |row: usize| layers.iter().flat_map(move |layer| layer.labels[row].to_le_bytes());
    Blob {
        name: "labels.i32".into(),
        bytes: (0..rows).flat_map(of_row).collect(),
        row_bytes: Some((layers.len() * size_of::<i32>()) as u32),
    }
}

/// What is kept of layers beside their labels, as JSON.
fn recorded(layers: &[Arc<Clustering>], shown: usize, chosen: bool) -> String {
    serde_json::json!(Recorded { layers: layers.iter().map(RecordedLayer::of).collect(), shown, chosen, only: None })
        .to_string()
}

/// The layer whose grain is nearest to this one.
fn nearest(layers: &[Arc<Clustering>], grain: Grain) -> Option<usize> {
    let far = |at: &usize| layers[*at].grain.coarser_than(grain).abs();
    (0..layers.len()).min_by(|a, b| far(a).total_cmp(&far(b)))
}

impl RecordedLayer {
    fn of(layer: &Arc<Clustering>) -> Self {
        Self { names: layer.names.clone(), silhouette: layer.silhouette, grain: layer.grain }
    }
}

impl Engine {
    /// The clusters of a set as they are shown, once there are any.
    pub fn clustering(&self, set: SetId) -> Result<Option<Arc<Clustering>>, Error> {
        Ok(self.live_set(set)?.clustering())
    }

    /// The clusters of a set in all their layers, once there are any.
    pub fn clusters(&self, set: SetId) -> Result<Option<Clusters>, Error> {
        Ok(self.live_set(set)?.clusters())
    }

    /// Finds the clusters of a set anew.
    pub fn start_clustering(&self, set: SetId, grouping: Grouping) -> Result<JobId, Error> {
        self.writable()?;
        let live = self.live_set(set)?;
        grouping.check(live.rows())?;
        let title = format!("Finding clusters of {}", live.model());
        let engine = self.clone();
        Ok(self.inner.jobs.start(JobKind::Cluster, title, move |job| engine.cluster(job, &live, &grouping, None)))
    }

    /// Shows another layer of a set's clusters, from now on; of a workspace that is open for reading, while it is open.
    pub fn show_layer(&self, set: SetId, layer: usize) -> Result<(), Error> {
        let live = self.live_set(set)?;
        let clusters = live.clusters().filter(|clusters| layer < clusters.layers.len());
        let clusters = clusters.ok_or_else(|| Error::Request("these clusters have no such layer".into()))?;
        if !self.is_read_only() {
            self.inner.workspace.amend_run(clusters.run, &recorded(&clusters.layers, layer, true))?;
        }
        live.set_clusters(Clusters { shown: layer, chosen: true, ..clusters });
        self.emit(&Event::WorkspaceChanged);
        Ok(())
    }

    /// Finds the clusters of a set; of their layers shows the one that is nearest to `chosen`, else the one that is best.
    fn cluster(&self, job: &Job, set: &LiveSet, grouping: &Grouping, chosen: Option<Grain>) -> Result<(), Error> {
        let (began, started_ms) = (Instant::now(), now_ms());
        job.stage("Finding clusters", "", 0, 0);
        let vectors = set.vectors()?;
        let (found, shown) = match &grouping.on {
            None => grouping.find(job, Some(set), &vectors, set.metric())?,
            Some(projection) => {
                let map = self.maps_of(set.id()).into_iter().find(|map| map.projection() == *projection);
                let places = map.map(|map| map.state().positions.clone());
                let places = places.filter(|places| places.rows() == vectors.rows());
                let places = places.ok_or_else(|| Error::Request("the map does not show the whole set".into()))?;
                grouping.find(job, None, &places, Metric::Euclidean)?
            }
        };
        job.stage("Naming clusters", "", 0, 0);
        let mut layers = Vec::with_capacity(found.len());
        for layer in found {
            let names = self.names(job, set, &vectors, &layer.labels, layer.count)?;
            let facts = RecordedLayer { names, silhouette: layer.silhouette, grain: layer.grain };
            layers.push(Arc::new(Clustering::of(layer.labels, facts)));
        }
        let shown = chosen.and_then(|grain| nearest(&layers, grain)).unwrap_or(shown);
        let chosen = chosen.is_some();
        let mut grouping = grouping.clone();
        if let Finding::Kmeans { k: k @ None } = &mut grouping.finding {
            *k = layers.first().map(|layer| layer.len());
        }
        let run = self.inner.workspace.add_run(NewRun {
            kind: "clusters".into(),
            parents: self.runs_that_filled(set.id())?,
            set: Some(set.id()),
            params_json: serde_json::json!(grouping).to_string(),
            seed: Some(grouping.seed),
            device: self.device(),
            started_ms,
            elapsed_ms: began.elapsed().as_secs_f64() * 1e3,
            result_json: recorded(&layers, shown, chosen),
            blob: Some(labels(&layers)),
        })?;
        set.set_clusters(Clusters { run, grouping, layers, shown, chosen });
        self.emit(&Event::WorkspaceChanged);
        Ok(())
    }

    /// Finds the clusters of a set again after it grew, as they were asked for and in the layer that was chosen; where
    /// nobody asked, in the usual way.
    pub(crate) fn cluster_again(&self, job: &Job, set: &LiveSet, seed: u64) -> Result<(), Error> {
        let Some(asked) = set.clusters().filter(|clusters| clusters.grouping.asked) else {
            return self.cluster(job, set, &Grouping::usual(seed), None);
        };
        let chosen = asked.shown().filter(|_| asked.chosen).map(|layer| layer.grain);
        self.cluster(job, set, &asked.grouping, chosen)
    }
}

/// What a run found clusters by, in words: "k-means · seed 42"; and how many it found.
pub(crate) fn told(run: &NewRun) -> Option<(String, usize)> {
    let grouping: Grouping = serde_json::from_str(&run.params_json).ok()?;
    let Recorded { layers, shown, only, .. } = serde_json::from_str(&run.result_json).ok()?;
    let count = layers.get(shown).or(only.as_ref()).map_or(0, |layer| layer.names.len());
    Some((grouping.words(), count))
}
