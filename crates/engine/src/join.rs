//! Maps as their sets grow: new rows join a finished map and every old point stays where it is.
//!
//! Where the new rows outnumber those that the map was made from it says little about them, and is laid out anew; so it is
//! when asked (`runs`). Deliberately absent: laying out (`project`) and the PCA of a set that just grows (`project::Growth`).

use embedscope_space::Vectors;

use crate::jobs::Job;
use crate::maps::{LiveMap, Method};
use crate::project::{axes, first, laid_out};
use crate::sets::LiveSet;
use crate::stepping::{tsne, umap};
use crate::{Engine, Error, Projection};

impl Engine {
    /// Makes the usual maps of a set where they are missing, brings all its maps up to its rows, and finds its clusters.
    pub(crate) fn lay_out(&self, job: &Job, set: &LiveSet, seed: u64) -> Result<(), Error> {
        let rows = set.rows();
        if rows == 0 {
            return Ok(());
        }
        let mut wanted = match set.handle.facts().dim {
            // Two numbers are a layout already.
            2 => vec![Projection::given(set.id())],
            1 | 3 => vec![Projection::pca(set.id())],
            _ => vec![Projection::pca(set.id()), self.usual(set, seed)?],
        };
        let there: Vec<Projection> = self.maps_of(set.id()).iter().map(|map| map.projection()).collect();
        // A usual map that was steered is no longer as it is made, and still the usual one.
        let is_it = |map: &Projection, usual: &Projection| {
            map.steered_ms.is_some() && (map.method, map.dims) == (usual.method, usual.dims)
        };
        wanted.retain(|usual| !there.iter().any(|map| is_it(map, usual)));
        for projection in there {
            if !wanted.contains(&projection) {
                wanted.push(projection);
            }
        }
        let known = set.clusters();
        let is_outdated = set.clustering().is_none_or(|clustering| clustering.labels.len() != rows);
        let on_a_map = known.is_some_and(|clusters| clusters.grouping.asked && clusters.grouping.on.is_some());
        for (at, projection) in wanted.iter().enumerate() {
            self.bring_up(job, set, projection)?;
            // Those that are found on a map wait until every map shows the whole set.
            let is_first = at == 0 && !on_a_map;
            if is_outdated && (is_first || at + 1 == wanted.len() && on_a_map) {
                self.cluster_again(job, set, seed)?;
            }
        }
        Ok(())
    }

    /// The t-SNE map that a set gets unasked: the one it has, else one that begins as that of an earlier set over the
    /// same items lies.
    fn usual(&self, set: &LiveSet, seed: u64) -> Result<Projection, Error> {
        let plain = Projection { seed, ..Projection::tsne(set.id()) };
        let is_usual = |known: &Projection| Projection { like: None, ..known.clone() } == plain;
        if let Some(known) = self.maps_of(set.id()).iter().map(|map| map.projection()).find(is_usual) {
            return Ok(known);
        }
        for other in self.live_sets().iter().take_while(|other| other.id() < set.id()) {
            let like = Projection { like: Some(other.id()), ..plain.clone() };
            if self.beginning(&like)?.is_some() {
                return Ok(like);
            }
        }
        Ok(plain)
    }

    fn bring_up(&self, job: &Job, set: &LiveSet, projection: &Projection) -> Result<(), Error> {
        let known = self.maps_of(set.id()).into_iter().find(|map| map.projection() == *projection);
        let Some(map) = known.filter(|map| (1..=2 * laid_out(map)).contains(&set.rows())) else {
            return self.project(job, set, projection);
        };
        let is_measured = map.state().facts.truth.is_some() || projection.method == Method::Given;
        if map.state().positions.rows() < set.rows() || !is_measured {
            return self.join(job, set, &map);
        }
        job.report(|report| report.maps.push(map.id));
        Ok(())
    }

    fn join(&self, job: &Job, set: &LiveSet, map: &LiveMap) -> Result<(), Error> {
        job.report(|report| report.maps.push(map.id));
        map.begin();
        let outcome = (|| {
            let vectors = set.vectors()?;
            let layout = map.state().positions.clone();
            let new = vectors.select(&(layout.rows()..vectors.rows()).collect::<Vec<_>>());
            if new.rows() > 0 {
                job.stage(format!("Placing new items on the {} map", map.projection().method), "items", 0, new.rows());
                let places = place(job, map, &vectors, &layout, &new)?;
                let positions = Vectors::new([layout.as_slice(), places.as_slice()].concat(), layout.dim())?;
                self.move_map(map, |state| {
                    state.positions = positions;
                    state.facts.joined = state.facts.joined.map(|joined| joined + new.rows());
                });
            }
            self.measure(job, map, &vectors)
        })();
        self.keep_map(map, outcome)
    }
}

/// Where new rows lie on a map of the first ones.
fn place(job: &Job, map: &LiveMap, vectors: &Vectors, layout: &Vectors, new: &Vectors) -> Result<Vectors, Error> {
    let old = first(vectors, layout.rows());
    let progress = |done, all| job.progress(done, all);
    let projection = &map.projection();
    Ok(match projection.method {
        Method::Given => new.clone(),
        Method::Pca => axes(projection.dims, &first(vectors, laid_out(map)), job.cancel())?.transform(new)?,
        Method::Tsne => tsne(projection).check()?.place(&old, layout, new, &progress, job.cancel())?,
        Method::Umap => umap(projection).check()?.place(&old, layout, new, &progress, job.cancel())?,
    })
}
