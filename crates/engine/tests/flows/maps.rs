//! What an import lays out, and the same map again.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use embedscope_engine::{Event, JobState, Kind, MapSummary, Method, Projection, RunKind, RunSummary, Shades, Unit};
use tempfile::TempDir;

use crate::{collection, engine, imported};

#[test]
fn an_import_ends_in_sets_maps_and_clusters() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(None, home.path());
    let grown = Arc::new(AtomicUsize::new(0));
    let heard = grown.clone();
    engine.subscribe(Box::new(move |event| {
        if let Event::SetGrew { .. } = event {
            heard.fetch_add(1, Ordering::Relaxed);
        }
    }));
    let job = imported(&engine, folder.path());
    assert_eq!((job.report.added, job.report.known), (27, 0), "{:?}", job.report);
    let skipped: Vec<&str> = job.report.skipped.iter().map(|skipped| skipped.name.as_str()).collect();
    assert_eq!(skipped, ["broken.bmp", "empty.txt"]);
    assert!(job.report.skipped.iter().all(|skipped| !skipped.reason.is_empty()));
    assert!(grown.load(Ordering::Relaxed) >= 2);

    let sets = engine.sets().expect("listed");
    let texts = sets.iter().find(|set| set.model == "builtin-text").expect("a set of texts");
    assert_eq!((texts.rows, texts.total, &texts.left_out[..]), (22, 22, &[(Kind::Image, 5)][..]));
    assert!(texts.cost.items_per_second().expect("measured") > 0.0);
    let maps = engine.maps();
    for set in &sets {
        let methods: Vec<Method> = maps.iter().filter(|map| map.set == set.id).map(|map| map.method).collect();
        assert_eq!(methods, [Method::Pca, Method::Tsne]);
    }
    for map in &maps {
        let layout = engine.layout(map.id).expect("there");
        assert_eq!(layout.positions.rows(), map.rows);
        assert!(layout.positions.as_slice().iter().all(|value| value.is_finite()));
        let truth = map.truth.expect("measured").trustworthiness;
        assert!((0.0..=1.0).contains(&truth), "{truth}");
        assert!(!map.running);
    }

    let clustering = engine.clustering(texts.id).expect("a set").expect("clusters");
    assert_eq!(clustering.labels.len(), 22);
    assert!(clustering.sizes().windows(2).all(|pair| pair[0] >= pair[1]));
    let named = clustering.names.join(" ").to_lowercase();
    assert!(named.contains("volcano") && named.contains("bread"), "{named}");
    let classes = |by: &str| match engine.colours(texts.id, by).expect("classes") {
        Shades::Classes(colours) => colours.classes,
        Shades::Amounts(amounts) => panic!("{amounts:?}"),
    };
    assert_eq!(classes("cluster").iter().map(|class| class.count).sum::<usize>(), 22);
    assert_eq!(classes("column:stars").len(), 2);
    let map = engine.maps().into_iter().find(|map| map.set == texts.id).expect("a map").id;
    for (by, unit) in [(format!("misplaced:{}", map.0), Unit::Share), ("similarity:3".into(), Unit::Similarity)] {
        match engine.colours(texts.id, &by).expect("amounts") {
            Shades::Amounts(amounts) => {
                assert_eq!((amounts.unit, amounts.values.len()), (unit, 22));
                assert!(amounts.range.0 >= -1.0 && amounts.range.1 <= 1.001, "{:?}", amounts.range);
            }
            Shades::Classes(colours) => panic!("{colours:?}"),
        }
    }
    assert!(engine.colours(texts.id, "weight").is_err());
    assert!(engine.colours(texts.id, "disagreement").is_err(), "nobody is there to disagree with");
    let health = engine.health(texts.id).expect("healthy");
    assert!(health.non_finite == 0 && (health.norm_mean - 1.0).abs() < 1e-3, "{health:?}");
}

#[test]
fn the_same_seed_gives_the_same_map() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let layouts = || {
        let engine = engine(None, home.path());
        imported(&engine, folder.path());
        let maps = engine.maps();
        maps.iter().map(|map| engine.layout(map.id).expect("there").positions.into_vec()).collect::<Vec<_>>()
    };
    assert_eq!(layouts(), layouts());
}

#[test]
fn a_map_is_laid_out_anew_and_steps_are_told() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(None, home.path());
    imported(&engine, folder.path());
    let set = engine.sets().expect("listed").into_iter().find(|set| set.model == "builtin-text").expect("a set").id;
    let steps = Arc::new(Mutex::new(Vec::new()));
    let (watched, seen) = (engine.clone(), steps.clone());
    engine.subscribe(Box::new(move |event| {
        if let Event::MapMoved { map } = event {
            let layout = watched.layout(*map).expect("there");
            seen.lock().expect("not poisoned").push((layout.iteration, layout.revision));
        }
    }));
    let projection = Projection { dims: 3, perplexity: 5.0, iterations: 120, seed: 7, ..Projection::tsne(set) };
    let job = engine.start_projection(projection.clone()).expect("starts");
    let job = engine.wait(job).expect("listed");
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    let map = engine.map(job.report.maps[0]).expect("there");
    assert_eq!((map.dims, map.rows, map.parameters.as_str()), (3, 22, "perplexity 5 · seed 7"));
    let told = steps.lock().expect("not poisoned").clone();
    assert!(told.len() >= 2 && told.windows(2).all(|pair| pair[0].1 < pair[1].1), "{told:?}");
    assert_eq!(told.last().map(|&(iteration, _)| iteration), Some(120));
    assert!(engine.start_projection(Projection { dims: 4, ..projection }).is_err());
    let projection = Projection { neighbours: 6, iterations: 40, ..Projection::umap(set) };
    let job = engine.start_projection(projection.clone()).expect("starts");
    let job = engine.wait(job).expect("listed");
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    let map = engine.map(job.report.maps[0]).expect("there");
    assert_eq!((map.method, map.rows, map.iteration), (Method::Umap, 22, 40));
    assert_eq!(map.parameters, "6 neighbours · min dist 0.10 · seed 42");
    assert!(engine.start_projection(Projection { neighbours: 1, ..projection }).is_err());
}

#[test]
fn new_items_join_the_maps_and_nothing_else_moves() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    collection(folder.path());
    let workspace = home.path().join("mine.embedscope");
    let before = {
        let engine = engine(Some(&workspace), home.path());
        imported(&engine, folder.path());
        let set = engine.sets().expect("listed").into_iter().find(|set| set.model == "builtin-text").expect("a set").id;
        let umap = Projection { iterations: 40, ..Projection::umap(set) };
        engine.wait(engine.start_projection(umap).expect("starts")).expect("over");
        engine.maps().into_iter().filter(|map| map.set == set).collect::<Vec<_>>()
    };
    let engine = engine(Some(&workspace), home.path());
    let places = |map: &MapSummary| engine.layout(map.id).expect("there").positions;
    let old: Vec<_> = before.iter().map(places).collect();
    fs::write(folder.path().join("new.txt"), "An old volcano erupted and sent lava down.").expect("written");
    fs::write(folder.path().join("more.txt"), "The bread was baked with warm flour.").expect("written");
    assert_eq!(imported(&engine, folder.path()).report.added, 2);
    for (map, old) in before.iter().zip(&old) {
        let now = engine.map(map.id).expect("there");
        let positions = places(&now);
        assert_eq!(positions.as_slice()[..old.as_slice().len()], *old.as_slice(), "{}", map.method);
        assert_eq!(positions.rows(), 24, "{}", map.method);
        assert!(positions.check_finite().is_ok());
        assert!(now.parameters.ends_with(" · 2 joined later") && now.truth.is_some(), "{now:?}");
    }
    // Nothing new moves nothing, and is not computed.
    let runs = engine.runs().expect("read").iter().filter(|run| run.kind == RunKind::Map).count();
    imported(&engine, folder.path());
    let maps = |run: &&RunSummary| run.kind == RunKind::Map;
    assert_eq!(engine.runs().expect("read").iter().filter(maps).count(), runs);
    // When asked, a map is laid out anew.
    let run = engine.runs().expect("read").into_iter().find(|run| run.map == Some(before[1].id)).expect("recorded");
    engine.wait(engine.start_repeat(run.id).expect("starts")).expect("over");
    assert!(!engine.map(before[1].id).expect("there").parameters.contains("joined"));
    // More than there were before are a new map.
    for number in 0..40 {
        fs::write(folder.path().join(format!("flood-{number}.txt")), format!("Water rose {number} feet."))
            .expect("written");
    }
    imported(&engine, folder.path());
    for map in &before {
        assert!(!engine.map(map.id).expect("there").parameters.contains("joined"), "{}", map.method);
    }
}
