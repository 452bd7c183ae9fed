//! A map that is steered, put to rest, ended early and gone on with while it moves.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use embedscope_engine::{
    Engine, Event, Folders, JobSnapshot, JobState, MapId, MapSummary, Method, Projection, SetId, Steer,
};
use tempfile::TempDir;

use crate::{collection, engine, imported};

const STEPS: usize = 400;

fn texts(engine: &Engine) -> SetId {
    engine.sets().expect("listed").into_iter().find(|set| set.model == "builtin-text").expect("a set").id
}

fn filled(workspace: Option<&Path>, home: &Path) -> Engine {
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(workspace, home);
    imported(&engine, folder.path());
    engine
}

/// Does something when a map has made its first step: its job waits for this to return.
fn at_the_first_step(engine: &Engine, act: impl Fn(&Engine, MapId) + Send + Sync + 'static) {
    let (within, done) = (engine.clone(), AtomicBool::new(false));
    engine.subscribe(Box::new(move |event| {
        if let Event::MapMoved { map } = event
            && within.map(*map).is_ok_and(|map| map.running && map.iteration > 0)
            && !done.swap(true, Ordering::Relaxed)
        {
            act(&within, *map);
        }
    }));
}

fn laid_out(engine: &Engine, projection: &Projection) -> (JobSnapshot, MapSummary) {
    let job = engine.wait(engine.start_projection(projection.clone()).expect("starts")).expect("listed");
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    let map = engine.map(job.report.maps[0]).expect("there");
    (job, map)
}

fn places(engine: &Engine, map: MapId) -> Vec<f32> {
    engine.layout(map).expect("there").positions.into_vec()
}

fn tsne(set: SetId) -> Projection {
    Projection { perplexity: 5.0, iterations: STEPS, ..Projection::tsne(set) }
}

#[test]
fn a_steered_map_keeps_the_parameters_it_ended_with() {
    let home = TempDir::new().expect("a folder");
    let workspace = home.path().join("mine.embedscope");
    let (steered, plain) = {
        let engine = filled(Some(&workspace), home.path());
        let set = texts(&engine);
        let (_, plain) = laid_out(&engine, &tsne(set));
        let before = places(&engine, plain.id);
        at_the_first_step(&engine, |engine, map| {
            let refused = [
                Steer { min_dist: Some(0.5), ..Steer::default() },
                Steer { exaggeration: Some(0.0), ..Steer::default() },
                Steer { perplexity: Some(0.5), ..Steer::default() },
            ];
            assert!(refused.into_iter().all(|steer| engine.steer(map, steer).is_err()));
            engine.steer(map, Steer { exaggeration: Some(2.0), ..Steer::default() }).expect("moves");
            engine.steer(map, Steer { exaggeration: Some(4.0), ..Steer::default() }).expect("moves");
        });
        // The same parameters take the same map's place, until they are others.
        let (_, steered) = laid_out(&engine, &tsne(set));
        assert_eq!((steered.id, steered.iteration), (plain.id, STEPS));
        assert_eq!(steered.parameters, "perplexity 5 · attraction × 4.0 · seed 42 · steered");
        assert_ne!(places(&engine, steered.id), before);
        assert!(engine.steer(steered.id, Steer::default()).is_err(), "it does not move any more");
        // What is laid out without a hand on it is another map.
        let (_, again) = laid_out(&engine, &tsne(set));
        assert_ne!(again.id, steered.id);
        assert_eq!(places(&engine, again.id), before);
        let by_hand = Projection { exaggeration: 4.0, ..tsne(set) };
        let (_, by_hand) = laid_out(&engine, &by_hand);
        assert_eq!(by_hand.parameters, "perplexity 5 · attraction × 4.0 · seed 42");
        engine.close().expect("closes");
        (steered.parameters, by_hand.parameters)
    };
    let engine = engine(Some(&workspace), home.path());
    let kept: Vec<String> = engine.maps().into_iter().map(|map| map.parameters).collect();
    assert!(kept.contains(&steered) && kept.contains(&plain) && kept.contains(&"perplexity 5 · seed 42".into()));
    assert_eq!(kept.iter().filter(|kept| **kept == steered).count(), 1, "{kept:?}");
}

#[test]
fn other_neighbours_and_another_seed_begin_again() {
    let home = TempDir::new().expect("a folder");
    let engine = filled(None, home.path());
    let set = texts(&engine);
    at_the_first_step(&engine, |engine, map| {
        engine.steer(map, Steer { perplexity: Some(3.0), ..Steer::default() }).expect("moves");
    });
    let (_, map) = laid_out(&engine, &tsne(set));
    assert_eq!((map.parameters.as_str(), map.iteration), ("perplexity 3 · seed 42 · steered", STEPS));
    assert!(map.truth.is_some());
    engine.close().expect("closes");

    let engine = filled(None, home.path());
    let set = texts(&engine);
    at_the_first_step(&engine, |engine, map| {
        let steer = Steer { neighbours: Some(4), min_dist: Some(0.4), seed: Some(9), ..Steer::default() };
        engine.steer(map, steer).expect("moves");
    });
    let umap = Projection { neighbours: 6, iterations: 40, ..Projection::umap(set) };
    let (_, steered) = laid_out(&engine, &umap);
    assert_eq!(steered.parameters, "4 neighbours · min dist 0.40 · seed 9 · steered");
    // Begun again from the components, it is the map of the new parameters.
    let same = Projection { neighbours: 4, min_dist: 0.4, seed: 9, iterations: 40, ..Projection::umap(set) };
    let (_, fresh) = laid_out(&engine, &same);
    assert_eq!(places(&engine, fresh.id), places(&engine, steered.id));
    assert_ne!(fresh.id, steered.id);
}

#[test]
fn a_map_ended_early_is_measured_and_goes_on() {
    let home = TempDir::new().expect("a folder");
    let engine = filled(None, home.path());
    let set = texts(&engine);
    at_the_first_step(&engine, |engine, map| engine.settle(map).expect("moves"));
    let (_, map) = laid_out(&engine, &tsne(set));
    assert_eq!((map.iteration, map.iterations, map.running), (1, STEPS, false));
    assert!(map.truth.is_some() && engine.settle(map.id).is_err());
    let onward = |more| {
        let job = engine.wait(engine.start_onward(map.id, more).expect("starts")).expect("listed");
        assert_eq!((job.state, &job.report.maps[..]), (JobState::Done, &[map.id][..]), "{:?}", job.error);
        let map = engine.map(map.id).expect("there");
        assert!(map.truth.is_some() && map.parameters == "perplexity 5 · seed 42", "{map:?}");
        (map.iteration, map.iterations)
    };
    assert_eq!(onward(None), (STEPS, STEPS), "the steps that were left");
    let before = places(&engine, map.id);
    assert_eq!(onward(Some(30)), (STEPS + 30, STEPS + 30));
    let after = places(&engine, map.id);
    assert_ne!(after, before);
    let flat = engine.maps().into_iter().find(|map| map.method == Method::Pca).expect("a map");
    assert!(engine.start_onward(flat.id, None).is_err());
}

#[test]
fn what_rests_is_kept_should_the_program_end() {
    let home = TempDir::new().expect("a folder");
    let workspace = home.path().join("mine.embedscope");
    let engine = filled(Some(&workspace), home.path());
    let set = texts(&engine);
    let (tell, told) = mpsc::channel();
    engine.subscribe(Box::new(move |event| {
        if let Event::Job(job) = event {
            let _ = tell.send(job.state);
        }
    }));
    at_the_first_step(&engine, |engine, _| {
        let running = engine.jobs().into_iter().find(|job| job.state == JobState::Running).expect("at work");
        engine.pause_job(running.id).expect("listed");
    });
    let job = engine.start_projection(tsne(set)).expect("starts");
    told.iter().find(|state| *state == JobState::Paused).expect("paused");
    let map = engine.job(job).expect("listed").report.maps[0];
    let resting = engine.map(map).expect("there");
    assert!(resting.running && resting.resting && resting.iteration == 1, "{resting:?}");
    let layout = engine.layout(map).expect("there");
    assert!(!layout.moving);
    // As another program finds it now.
    let folders = Folders { models: home.path().join("models"), hub: home.path().join("hub") };
    let other = Engine::read_only(&workspace, folders, None).expect("opens");
    let kept = other.maps().into_iter().find(|map| map.iterations == STEPS).expect("kept");
    assert_eq!((kept.iteration, kept.running), (1, false));
    assert_eq!(places(&other, kept.id), layout.positions.into_vec());
    drop(other);
    engine.resume_job(job).expect("listed");
    assert_eq!(engine.wait(job).expect("listed").state, JobState::Done);
    assert_eq!(engine.map(map).expect("there").iteration, STEPS);
    // A closed workspace ends what rests and keeps it.
    let job = engine.start_onward(map, Some(50)).expect("starts");
    engine.pause_job(job).expect("listed");
    engine.close().expect("closes");
    assert!(engine.job(job).expect("listed").state.is_over());
    assert!(engine.layout(map).expect("there").positions.check_finite().is_ok());
}
