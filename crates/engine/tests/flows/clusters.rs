//! Clusters as they are asked for: by another way, in layers, on a map; kept, joined and refused.

use std::fs;

use embedscope_engine::{
    Clusters, Engine, Finding, Grouping, JobState, MapSummary, Method, Projection, RunKind, SetId, Shades,
};
use tempfile::TempDir;

use crate::{collection, engine, imported, set, stocked};

fn asked(finding: Finding, on: Option<Projection>) -> Grouping {
    Grouping { finding, on, seed: 7, asked: true }
}

fn found(engine: &Engine, set: SetId, grouping: Grouping) -> Clusters {
    let job = engine.wait(engine.start_clustering(set, grouping).expect("starts")).expect("listed");
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    engine.clusters(set).expect("a set").expect("found")
}

fn flat(engine: &Engine, set: SetId) -> MapSummary {
    engine.maps().into_iter().find(|map| map.set == set && map.method == Method::Pca).expect("a map")
}

fn coloured(engine: &Engine, set: SetId) -> (usize, usize) {
    let Shades::Classes(colours) = engine.colours(set, "cluster").expect("classes") else { panic!("no classes") };
    (colours.classes.len(), colours.classes.iter().map(|class| class.count).sum())
}

#[test]
fn every_way_finds_and_names_groups() {
    let (engine, _kept) = stocked();
    let texts = set(&engine, "builtin-text");
    let map = flat(&engine, texts);
    for (finding, on, count) in [
        (Finding::Kmeans { k: Some(3) }, None, Some(3)),
        (Finding::Kmeans { k: Some(2) }, Some(map.projection.clone()), Some(2)),
        (Finding::Mixture { k: 2 }, Some(map.projection.clone()), Some(2)),
        (Finding::Hdbscan { min_cluster_size: 4 }, Some(map.projection.clone()), None),
        (Finding::Dbscan { min_points: 3 }, Some(map.projection.clone()), None),
    ] {
        let clusters = found(&engine, texts, asked(finding, on));
        let shown = engine.clustering(texts).expect("a set").expect("found");
        assert_eq!(shown.sizes().iter().sum::<usize>() + shown.loose, 22, "{finding:?}");
        assert!(shown.sizes().windows(2).all(|pair| pair[0] >= pair[1]), "{finding:?}: {:?}", shown.labels);
        match count {
            Some(count) => assert_eq!((shown.len(), shown.loose), (count, 0), "{finding:?}"),
            None => assert!(!shown.is_empty(), "{finding:?}"),
        }
        let names: std::collections::HashSet<&String> = shown.names.iter().collect();
        assert!(names.len() == shown.len() && !names.contains(&String::new()), "{:?}", shown.names);
        assert_eq!(coloured(&engine, texts), (shown.len(), 22 - shown.loose));
        let run = engine.runs().expect("listed").remove(0);
        assert_eq!((run.id, run.kind, &run.parameters), (clusters.run, RunKind::Clusters, &clusters.grouping.words()));
    }
    for refused in [
        Finding::Kmeans { k: Some(22) },
        Finding::Mixture { k: 1 },
        Finding::Hdbscan { min_cluster_size: 23 },
        Finding::Dbscan { min_points: 3 },
    ] {
        assert!(engine.start_clustering(texts, asked(refused, None)).is_err(), "{refused:?}");
    }
}

#[test]
fn layers_are_shown_one_at_a_time_and_kept() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    collection(folder.path());
    let workspace = home.path().join("mine.embedscope");
    let before = {
        let engine = engine(Some(&workspace), home.path());
        imported(&engine, folder.path());
        let texts = set(&engine, "builtin-text");
        let on = Some(flat(&engine, texts).projection);
        let clusters = found(&engine, texts, asked(Finding::Hdbscan { min_cluster_size: 2 }, on));
        assert!(clusters.layers.len() >= 2, "{}", clusters.layers.len());
        for (at, layer) in clusters.layers.iter().enumerate() {
            engine.show_layer(texts, at).expect("there");
            assert_eq!(engine.clustering(texts).expect("a set").expect("found"), *layer);
            assert_eq!(coloured(&engine, texts), (layer.len(), 22 - layer.loose));
        }
        assert!(engine.show_layer(texts, clusters.layers.len()).is_err());
        // Another than is shown unasked.
        let chosen = (clusters.shown + 1) % clusters.layers.len();
        engine.show_layer(texts, chosen).expect("there");
        Clusters { shown: chosen, ..clusters }
    };
    let engine = engine(Some(&workspace), home.path());
    let texts = set(&engine, "builtin-text");
    let clusters = engine.clusters(texts).expect("a set").expect("found");
    assert_eq!((clusters.run, &clusters.grouping), (before.run, &before.grouping));
    assert_eq!(clusters.layers, before.layers);
    assert_eq!(clusters.shown, before.shown, "the layer chosen last is shown");

    // What was asked for is found again when items join.
    fs::write(folder.path().join("new.txt"), "An old volcano erupted and sent lava down.").expect("written");
    assert_eq!(imported(&engine, folder.path()).report.added, 1);
    let joined = engine.clusters(texts).expect("a set").expect("found");
    assert_eq!(joined.grouping, before.grouping);
    assert_eq!(joined.layers[0].labels.len(), 23);
    // So is the layer that was chosen.
    assert!(joined.chosen);
    assert_eq!(joined.layers[joined.shown].grain, before.layers[before.shown].grain);

    // And when its run is repeated.
    let again = engine.wait(engine.start_repeat(before.run).expect("starts")).expect("listed");
    assert_eq!(again.state, JobState::Done, "{:?}", again.error);
    assert_eq!(engine.clusters(texts).expect("a set").expect("found").layers, joined.layers);
}

#[test]
fn forgotten_items_leave_every_layer() {
    let (engine, _kept) = stocked();
    let texts = set(&engine, "builtin-text");
    let on = Some(flat(&engine, texts).projection);
    let before = found(&engine, texts, asked(Finding::Hdbscan { min_cluster_size: 2 }, on));
    let items = engine.set_rows(texts, 0).expect("rows").items;
    engine.forget_items(&items[..3]).expect("forgotten");
    let after = engine.clusters(texts).expect("a set").expect("kept");
    for (before, after) in before.layers.iter().zip(&after.layers) {
        assert_eq!(before.labels[3..], after.labels);
    }
}
