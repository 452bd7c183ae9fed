//! Steering a map while it moves, ending it early, and going on with one that has ended.
//!
//! Deliberately absent: resting, which all jobs can (`jobs`), and doing what is asked (`stepping`).

use crate::maps::{LiveMap, MapId, Method};
use crate::stepping::{Start, check};
use crate::{Engine, Error, JobId, JobKind, Projection};

/// What is asked of a run that moves. None leaves a parameter as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Steer {
    /// Factor of attraction, 0.1 to 100 (t-SNE): counts from the next step on.
    pub exaggeration: Option<f64>,
    /// How near points may come to each other (UMAP): counts from the next step on.
    pub min_dist: Option<f64>,
    /// About how many neighbours count (t-SNE): the run begins again from the layout as it is.
    pub perplexity: Option<f64>,
    /// Rows that make up a neighbourhood (UMAP): the run begins again from the layout as it is.
    pub neighbours: Option<usize>,
    /// The run begins again from the principal components, with this chance.
    pub seed: Option<u64>,
}

impl Steer {
    /// The parameters when this was done.
    pub(crate) fn changed(&self, projection: &Projection) -> Projection {
        Projection {
            exaggeration: self.exaggeration.unwrap_or(projection.exaggeration),
            min_dist: self.min_dist.unwrap_or(projection.min_dist),
            perplexity: self.perplexity.unwrap_or(projection.perplexity),
            neighbours: self.neighbours.unwrap_or(projection.neighbours),
            seed: self.seed.unwrap_or(projection.seed),
            ..projection.clone()
        }
    }

    /// Both, the later where they speak of the same.
    fn then(self, later: Self) -> Self {
        Self {
            exaggeration: later.exaggeration.or(self.exaggeration),
            min_dist: later.min_dist.or(self.min_dist),
            perplexity: later.perplexity.or(self.perplexity),
            neighbours: later.neighbours.or(self.neighbours),
            seed: later.seed.or(self.seed),
        }
    }
}

/// What is asked of a run and not done yet.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) steer: Steer,
    /// Whether it is to end with the layout as it is.
    pub(crate) settle: bool,
}

/// Steps that a finished map goes on for, where nobody says how many.
const STEPS_MORE: usize = 250;
const EXAGGERATIONS: std::ops::RangeInclusive<f64> = 0.1..=100.0;

impl Engine {
    /// Changes parameters of a map while it is laid out. Fails on a map that does not move, on parameters of the other
    /// method and on values that make no sense.
    pub fn steer(&self, map: MapId, steer: Steer) -> Result<(), Error> {
        let map = self.moving(map)?;
        let projection = map.projection();
        let foreign = match projection.method {
            Method::Umap => steer.exaggeration.is_some() || steer.perplexity.is_some(),
            _ => steer.min_dist.is_some() || steer.neighbours.is_some(),
        };
        if foreign {
            return Err(Error::Request(format!("{} has no such parameter", projection.method)));
        }
        if let Some(factor) = steer.exaggeration.filter(|factor| !EXAGGERATIONS.contains(factor)) {
            return Err(Error::Request(format!("attraction is multiplied by 0.1 to 100, not by {factor}")));
        }
        let mut wishes = map.wishes();
        let both = wishes.steer.then(steer);
        check(&both.changed(&projection))?;
        wishes.steer = both;
        Ok(())
    }

    /// Ends the laying out of a map early: it is measured and kept as it is then, and its job goes on to what is next.
    pub fn settle(&self, map: MapId) -> Result<(), Error> {
        self.moving(map)?.wishes().settle = true;
        Ok(())
    }

    /// Goes on with a map of t-SNE or UMAP that has ended: to the steps that were planned where it was stopped before
    /// them, or for more. Fails where rows have come that it does not show.
    pub fn start_onward(&self, map: MapId, more: Option<usize>) -> Result<JobId, Error> {
        self.writable()?;
        let map = self.live_map(map)?;
        let projection = map.projection();
        if !projection.moves() {
            return Err(Error::Request(format!("a map by {} is made without steps", projection.method)));
        }
        if map.state().running {
            return Err(Error::Request("this map is being laid out already".into()));
        }
        let set = self.live_set(projection.set)?;
        let engine = self.clone();
        let title = format!("Going on with {} of {}", projection.method, set.model());
        Ok(self.inner.jobs.start(JobKind::Project, title, move |job| {
            let vectors = set.vectors()?;
            let (layout, made, planned) = {
                let state = map.state();
                (state.positions.clone(), state.facts.iteration, state.facts.iterations.max(state.facts.iteration))
            };
            if layout.rows() != vectors.rows() {
                return Err(Error::Request("items have come that this map does not show; lay it out anew".into()));
            }
            let planned = match more {
                None if planned > made => planned,
                more => planned + more.unwrap_or(STEPS_MORE),
            };
            job.report(|report| report.maps.push(map.id));
            map.begin();
            let outcome = engine.step_through(job, &map, &vectors, Start::Onward { layout, made, planned });
            let outcome = outcome.and_then(|()| {
                map.state_mut().facts.joined = Some(0);
                engine.measure(job, &map, &vectors)
            });
            engine.keep_map(&map, outcome)
        }))
    }

    fn moving(&self, map: MapId) -> Result<std::sync::Arc<LiveMap>, Error> {
        let map = self.live_map(map)?;
        let is_moving = map.state().running && map.projection().moves();
        if is_moving { Ok(map) } else { Err(Error::Request("this map does not move any more".into())) }
    }
}
