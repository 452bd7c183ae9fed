//! Layouts that move, as a page is sent them: in steps while they do, no more than it draws, and exact where they end.

use std::fs;
use std::path::Path;
use std::sync::mpsc;

use embedscope_api::wire::{Event, ImportRequest, JobState, Method, PreprocessingView, ProjectRequest, SteerRequest};
use embedscope_api::{Desk, Host, Outgoing, Places};
use serde_json::Value;
use tempfile::TempDir;

fn host(home: &Path) -> Host {
    Host::new(Desk {
        home: home.join("data/workspace"),
        sample: None,
        places: Places { settings: home.join("config/settings.toml"), logs: home.join("logs") },
    })
}

/// Everything that is told until a job is over.
fn until_over(told: &mpsc::Receiver<Outgoing>, job: u32) -> Vec<Outgoing> {
    let mut all = Vec::new();
    for outgoing in told {
        let is_over = matches!(&outgoing, Outgoing::Event(event)
            if matches!(&**event, Event::Job { job: view } if view.id == job && view.state == JobState::Done));
        all.push(outgoing);
        if is_over {
            break;
        }
    }
    all
}

/// The head of a frame of places.
fn head(outgoing: &Outgoing) -> Option<Value> {
    let Outgoing::Frame(frame) = outgoing else { return None };
    if frame[6] != 2 {
        return None;
    }
    let length = u32::from_le_bytes(frame[12..16].try_into().expect("four bytes")) as usize;
    Some(serde_json::from_slice(&frame[16..16 + length]).expect("JSON"))
}

#[test]
fn a_page_that_draws_nothing_is_sent_one_layout_and_the_last() {
    let home = TempDir::new().expect("a folder");
    let host = host(home.path());
    let folder = home.path().join("letters");
    fs::create_dir_all(&folder).expect("made");
    for number in 0..12 {
        fs::write(folder.join(format!("{number}.txt")), format!("Letter {number} tells of bread {}.", number * 7))
            .expect("written");
    }
    let (tell, told) = mpsc::channel();
    host.listen(move |outgoing| drop(tell.send(outgoing)));
    let plan = host.plan_paths(&[folder]).expect("a plan");
    let import = ImportRequest {
        plan: plan.id,
        models: vec!["builtin-text".into()],
        columns: Vec::new(),
        cut: plan.cuts[0],
        preprocessing: PreprocessingView::default(),
        folder_labels: false,
        tile: None,
        watch: false,
    };
    let job = host.start_import(import).expect("starts");
    until_over(&told, job);
    let set = host.app().workspace.sets[0].id;
    let request = ProjectRequest {
        set,
        method: Method::Umap,
        like: None,
        dims: None,
        perplexity: None,
        uniform: None,
        iterations: None,
        neighbours: Some(5),
        min_dist: Some(0.2),
        seed: 3,
    };
    let job = host.start_projection(request).expect("starts");
    let told = until_over(&told, job);
    let heads: Vec<Value> = told.iter().filter_map(head).collect();
    let names: Vec<&str> = heads.iter().filter_map(|head| head["columns"][0]["name"].as_str()).collect();
    assert_eq!(names, ["quantised", "positions"], "{heads:?}");
    let moved = &heads[0];
    assert_eq!((moved["columns"][0]["type"].as_str(), moved["low"].as_array().map(Vec::len)), (Some("u16"), Some(2)));
    let map = host.app().workspace.maps.into_iter().find(|map| map.method == Method::Umap).expect("a map");
    assert!(!map.running && !map.paused && map.iteration == map.iterations);
    let steering = map.steering.expect("a run that can go on");
    assert_eq!((steering.neighbours, steering.min_dist, steering.seed), (Some(5), Some(0.2), 3));
    assert_eq!((steering.perplexity, steering.exaggeration), (None, None));
    // What is still is neither steered nor drawn again.
    let steer = SteerRequest {
        map: map.id,
        exaggeration: None,
        perplexity: None,
        neighbours: None,
        min_dist: None,
        seed: None,
    };
    assert!(host.steer_map(&steer).is_err() && host.settle_map(map.id).is_err());
    host.layout_drawn(map.id).expect("heard");
    assert!(host.pause_job(99, true).is_err());
}
