//! Moving a map step by step with t-SNE or UMAP: shown on the way, kept on the way, put to rest and steered.
//!
//! What a map is at rest is on the disk before it rests, and again every few seconds while it moves, so that a program
//! that is ended loses little. Deliberately absent: what can be asked of a run (`steer`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use embedscope_space::layout::{self, Run};
use embedscope_space::neighbours::Neighbours;
use embedscope_space::tsne::{Affinities, TsneParams, TsneRun};
use embedscope_space::umap::{UmapParams, UmapRun};
use embedscope_space::{Metric, Vectors};

use crate::jobs::Job;
use crate::maps::{LiveMap, MapFacts, Method};
use crate::project::now_ms;
use crate::sets::LiveSet;
use crate::steer::Steer;
use crate::{Engine, Error, Event, Projection};

/// Layouts are shown so often at most, which is as often as a window is told.
const SHOWN_EVERY: Duration = Duration::from_millis(33);
const KEPT_EVERY: Duration = Duration::from_secs(15);

/// Where a run begins.
#[derive(Clone, Debug)]
pub(crate) enum Start {
    /// From principal components, or as another set's map lies where the projection says so.
    Afresh,
    /// From this layout, drawn together as every start is; all steps are made again.
    Again(Vectors),
    /// At this layout as it is, after so many of so many steps.
    Onward { layout: Vectors, made: usize, planned: usize },
}

enum Moving {
    Tsne(Box<TsneRun>),
    Umap(Box<UmapRun>),
}

impl Moving {
    fn run(&mut self) -> &mut dyn Run {
        match self {
            Self::Tsne(run) => run.as_mut(),
            Self::Umap(run) => run.as_mut(),
        }
    }
}

/// A run on its way, with what is known of its map besides the layout.
struct Journey<'a> {
    job: &'a Job,
    map: &'a LiveMap,
    run: Moving,
    /// Steps that were made before this run.
    before: usize,
    facts: MapFacts,
}

impl Engine {
    /// Steps a layout to its end, from wherever it is sent on the way.
    pub(crate) fn step_through(
        &self,
        job: &Job,
        map: &LiveMap,
        vectors: &Vectors,
        mut start: Start,
    ) -> Result<(), Error> {
        let set = self.live_set(map.projection().set)?;
        loop {
            if let Start::Afresh = start
                && let Some(first) = self.beginning(&map.projection())?.filter(|first| first.rows() == vectors.rows())
            {
                start = Start::Again(first);
            }
            let mut journey = begin(job, map, (&set, vectors), &start)?;
            match self.travel(&mut journey)? {
                Some(elsewhere) => start = elsewhere,
                None => {
                    if let Moving::Tsne(run) = &journey.run {
                        map.state_mut().facts.kl = Some(run.kl());
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Steps a run to its end, or to where it is to begin again.
    fn travel(&self, journey: &mut Journey<'_>) -> Result<Option<Start>, Error> {
        let (job, map) = (journey.job, journey.map);
        let planned = journey.before + journey.run.run().total();
        job.stage(format!("Moving the map with {}", map.projection().method), "steps", journey.before, planned);
        let mut shown: Option<Instant> = None;
        let mut kept = Instant::now();
        while !journey.run.run().finished() {
            if job.wants_rest() {
                self.show_step(journey)?;
                self.rest(journey)?;
            }
            job.look()?;
            let wishes = std::mem::take(&mut *map.wishes());
            if wishes.settle {
                break;
            }
            if let Some(start) = self.turn(journey, &wishes.steer) {
                return Ok(Some(start));
            }
            let step = journey.run.run().step();
            job.progress(journey.before + step.iteration, planned);
            if shown.is_none_or(|shown| shown.elapsed() >= SHOWN_EVERY) {
                self.show_step(journey)?;
                shown = Some(Instant::now());
            }
            if kept.elapsed() >= KEPT_EVERY {
                self.record_map(map)?;
                kept = Instant::now();
            }
        }
        self.show_step(journey)?;
        Ok(None)
    }

    fn show_step(&self, journey: &mut Journey<'_>) -> Result<(), Error> {
        let (before, run) = (journey.before, journey.run.run());
        let (iteration, iterations) = (before + run.iteration(), before + run.total());
        let positions = Vectors::new(run.layout().to_vec(), journey.map.projection().dims)?;
        let facts = MapFacts { iteration, iterations, ..journey.facts.clone() };
        self.move_map(journey.map, |state| (state.positions, state.facts) = (positions, facts));
        Ok(())
    }

    /// Keeps the map as it stands, tells of it, and waits.
    fn rest(&self, journey: &Journey<'_>) -> Result<(), Error> {
        let map = journey.map;
        map.state_mut().resting = true;
        self.record_map(map)?;
        self.emit(&Event::MapDone { map: map.id });
        let outcome = journey.job.look();
        map.state_mut().resting = false;
        self.emit(&Event::WorkspaceChanged);
        outcome
    }

    /// Does what was asked of a run; gives where it begins again, where that is needed.
    fn turn(&self, journey: &mut Journey<'_>, steer: &Steer) -> Option<Start> {
        if *steer == Steer::default() {
            return None;
        }
        {
            let mut state = journey.map.state_mut();
            state.projection = steer.changed(&state.projection);
            state.projection.steered_ms.get_or_insert_with(now_ms);
        }
        match &mut journey.run {
            Moving::Tsne(run) => steer.exaggeration.into_iter().for_each(|factor| run.set_exaggeration(factor as f32)),
            Moving::Umap(run) => steer.min_dist.into_iter().for_each(|least| run.set_min_dist(least as f32)),
        }
        self.emit(&Event::WorkspaceChanged);
        match steer {
            Steer { seed: Some(_), .. } => Some(Start::Afresh),
            Steer { perplexity: None, neighbours: None, .. } => None,
            _ => Some(Start::Again(journey.map.state().positions.clone())),
        }
    }
}

/// Prepares a run.
fn begin<'a>(
    job: &'a Job,
    map: &'a LiveMap,
    (set, vectors): (&LiveSet, &Vectors),
    start: &Start,
) -> Result<Journey<'a>, Error> {
    let projection = map.projection();
    let init = match start {
        Start::Afresh => layout::Start::default(),
        Start::Again(layout) | Start::Onward { layout, .. } => layout::Start::Given(layout.clone()),
    };
    let mut facts = MapFacts::default();
    let mut run = if projection.method == Method::Umap {
        let mut params = UmapParams { init, ..umap(&projection) };
        if let Start::Onward { made, planned, .. } = start {
            // Steps become shorter on the way: those that are left begin as short as the last.
            params.iterations = Some(planned - made);
            params.learning_rate *= (planned - made) as f32 / *planned as f32;
        }
        let params = params.check()?;
        let found = nearest(job, &projection, (set, vectors), projection.neighbours - 1)?;
        Moving::Umap(Box::new(params.start_from(vectors, &found, job.cancel())?))
    } else {
        let mut params = TsneParams { init, ..tsne(&projection) };
        if let Start::Onward { made, planned, .. } = start {
            params.early_iterations = params.early_iterations.saturating_sub(*made);
            params.iterations = (planned - made).saturating_sub(params.early_iterations);
        }
        let params = params.check()?;
        let found = nearest(job, &projection, (set, vectors), params.neighbours(vectors.rows()))?;
        let run = params.start_from(vectors, &found, job.cancel())?;
        facts.perplexity = Some(f64::from(run.perplexity()));
        Moving::Tsne(Box::new(run))
    };
    let mut before = 0;
    if let Start::Onward { layout, made, .. } = start {
        run.run().set_layout(layout)?;
        before = *made;
        // A finished map that goes on has a place for every row all the while.
        facts.joined = map.state().facts.joined;
    }
    Ok(Journey { job, map, run, before, facts })
}

/// At least the `k` nearest of every row.
fn nearest(
    job: &Job,
    projection: &Projection,
    (set, vectors): (&LiveSet, &Vectors),
    k: usize,
) -> Result<Arc<Neighbours>, Error> {
    job.stage(format!("Finding neighbours for {}", projection.method), "parts", 0, 0);
    set.neighbours(vectors, Metric::Cosine, k, &|done, all| job.progress(done, all), job.cancel())
}

/// Fails where a map's parameters make no sense.
pub(crate) fn check(projection: &Projection) -> Result<(), Error> {
    match projection.method {
        Method::Tsne => tsne(projection).check().map(|_| ())?,
        Method::Umap => umap(projection).check().map(|_| ())?,
        Method::Pca | Method::Given => {}
    }
    Ok(())
}

pub(crate) fn tsne(projection: &Projection) -> TsneParams {
    let early_iterations = (projection.iterations / 3).min(TsneParams::default().early_iterations);
    TsneParams {
        dims: projection.dims,
        perplexity: projection.perplexity as f32,
        exaggeration: projection.exaggeration as f32,
        affinities: if projection.uniform { Affinities::Uniform } else { Affinities::Gaussian },
        iterations: projection.iterations - early_iterations,
        early_iterations,
        seed: projection.seed,
        metric: Metric::Cosine,
        ..TsneParams::default()
    }
}

pub(crate) fn umap(projection: &Projection) -> UmapParams {
    UmapParams {
        dims: projection.dims,
        neighbours: projection.neighbours,
        min_dist: projection.min_dist as f32,
        iterations: (projection.iterations > 0).then_some(projection.iterations),
        seed: projection.seed,
        metric: Metric::Cosine,
        ..UmapParams::default()
    }
}
