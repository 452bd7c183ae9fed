//! What stays in a workspace, what is forgotten from it, and who may open it.

use embedscope_engine::{Engine, Folders, Look, MapId, MapSummary};
use tempfile::TempDir;

use crate::{collection, engine, import, imported};

#[test]
fn everything_is_there_after_reopening() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let workspace = home.path().join("mine.embedscope");
    let (maps, layouts, names) = {
        let engine = engine(Some(&workspace), home.path());
        imported(&engine, folder.path());
        let maps = engine.maps();
        let layouts: Vec<Vec<f32>> =
            maps.iter().map(|map| engine.layout(map.id).expect("there").positions.into_vec()).collect();
        let names = engine.clustering(maps[0].set).expect("a set").expect("clusters").names.clone();
        (maps, layouts, names)
    };
    let engine = engine(Some(&workspace), home.path());
    assert_eq!((engine.workspace_name().as_str(), engine.count().expect("counted")), ("mine", 27));
    let again = engine.maps();
    assert_eq!(again.len(), maps.len());
    for ((map, before), layout) in again.iter().zip(&maps).zip(&layouts) {
        let figure = |map: &MapSummary| map.truth.expect("measured").trustworthiness;
        assert_eq!((map.method, map.rows), (before.method, before.rows));
        assert!((figure(map) - figure(before)).abs() < 1e-12);
        assert_eq!(engine.layout(map.id).expect("there").positions.as_slice(), layout);
    }
    assert_eq!(engine.clustering(maps[0].set).expect("a set").expect("clusters").names, names);
    engine.forget_all().expect("forgotten");
    assert_eq!(
        (engine.count().expect("counted"), engine.maps().len(), engine.sets().expect("listed").len()),
        (0, 0, 0)
    );
    assert!(folder.path().join("orders.csv").exists());
    assert_eq!(imported(&engine, folder.path()).report.added, 27);
}

#[test]
fn a_workspace_opens_as_it_was_last_looked_at() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let workspace = home.path().join("mine.embedscope");
    let first = engine(Some(&workspace), home.path());
    assert_eq!(first.look(), None);
    imported(&first, folder.path());
    let shown = first.maps().pop().expect("a map");
    let look = Look {
        map: Some(shown.id),
        colour_by: "kind".into(),
        names: false,
        pictures: true,
        true_neighbours: false,
        shapes: true,
    };
    first.keep_look(&look).expect("kept");
    assert!(first.keep_look(&Look { map: Some(MapId(99)), ..look.clone() }).is_err());
    drop(first);
    let again = engine(Some(&workspace), home.path());
    let kept = again.look().expect("kept");
    assert_eq!(again.map(kept.map.expect("a map")).expect("there").projection, shown.projection);
    assert_eq!(Look { map: look.map, ..kept }, look);
    // Of a map that is gone nothing is left but how it was looked at.
    again.forget_all().expect("forgotten");
    assert_eq!(again.look(), Some(Look { map: None, ..look }));
}

#[test]
fn forgotten_items_leave_sets_maps_and_clusters() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let workspace = home.path().join("mine.embedscope");
    let engine = engine(Some(&workspace), home.path());
    imported(&engine, folder.path());
    let texts = engine.sets().expect("listed").into_iter().find(|set| set.model == "builtin-text").expect("a set").id;
    let maps = engine.maps();
    let items = engine.set_rows(texts, 0).expect("rows").items;
    let (vectors, layouts) =
        (engine.vectors(texts).expect("mapped"), engine.layout(maps[0].id).expect("there").positions);
    let doomed = [items[0], items[7], items[21]];
    assert_eq!(engine.forget_items(&doomed).expect("forgotten"), 3);

    let kept: Vec<usize> = (0..items.len()).filter(|&row| !doomed.contains(&items[row])).collect();
    let check = |engine: &Engine| {
        assert_eq!(engine.count().expect("counted"), 24);
        assert_eq!(
            engine.set_rows(texts, 0).expect("rows").items,
            kept.iter().map(|&row| items[row]).collect::<Vec<_>>()
        );
        assert_eq!(engine.vectors(texts).expect("mapped").as_slice(), vectors.select(&kept).as_slice());
        assert_eq!(engine.clustering(texts).expect("a set").expect("clusters").labels.len(), 19);
        let first =
            engine.maps().into_iter().find(|map| map.set == texts && map.method == maps[0].method).expect("a map");
        assert_eq!(engine.layout(first.id).expect("there").positions.as_slice(), layouts.select(&kept).as_slice());
        assert!(engine.colours(texts, "file").is_ok() && engine.colours(texts, "kind").is_ok());
        assert!(engine.search(texts, "lava", 5).expect("an answer").hits.iter().all(|hit| !doomed.contains(&hit.item)));
    };
    check(&engine);
    assert_eq!(
        engine.maps().iter().map(|map| map.id).collect::<Vec<_>>(),
        maps.iter().map(|map| map.id).collect::<Vec<_>>()
    );
    drop(engine);
    let engine = self::engine(Some(&workspace), home.path());
    check(&engine);
    // What was forgotten may come again, as something new.
    let again = imported(&engine, folder.path()).report;
    assert_eq!((again.added, again.embedded), (3, 3));
    let all = engine.collections().expect("listed")[0].id;
    assert_eq!(engine.forget_collection(all).expect("forgotten"), 27);
    assert_eq!((engine.count().expect("counted"), engine.maps().len()), (0, 0));
    assert_eq!(imported(&engine, folder.path()).report.added, 27);
}

#[test]
fn every_computation_is_a_run() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let path = home.path().join("mine.embedscope");
    imported(&engine(Some(&path), home.path()), folder.path());
    let workspace = embedscope_workspace::Workspace::open_read_only(&path).expect("opens");
    let runs = workspace.runs().expect("read");
    let count = |kind: &str| runs.iter().filter(|run| run.run.kind == kind).count();
    assert_eq!((count("import"), count("embedding"), count("clusters")), (1, 2, 2));
    assert!(count("map") >= 3);
    for run in &runs {
        let told = &run.run;
        assert!(
            !run.app.is_empty() && !told.device.is_empty() && told.started_ms > 0 && told.elapsed_ms > 0.0,
            "{run:?}"
        );
        let params: serde_json::Value = serde_json::from_str(&told.params_json).expect("JSON");
        assert!(params.is_object() && serde_json::from_str::<serde_json::Value>(&told.result_json).is_ok());
        let parent =
            |kind: &str| told.parents.iter().all(|id| runs.iter().any(|run| run.id == *id && run.run.kind == kind));
        match told.kind.as_str() {
            "import" => assert!(told.parents.is_empty() && params["choice"]["cut"]["unit"].is_string()),
            "embedding" => assert!(
                told.set.is_some() && !told.parents.is_empty() && parent("import") && params["model"].is_string()
            ),
            _ => assert!(told.set.is_some() && !told.parents.is_empty() && parent("embedding")),
        }
    }
    assert!(workspace.sets().expect("read").iter().all(|set| set.recipe.starts_with('{')));
}

#[test]
fn a_workspace_that_is_open_elsewhere_can_be_looked_at() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let path = home.path().join("mine.embedscope");
    let writer = engine(Some(&path), home.path());
    imported(&writer, folder.path());
    let folders = Folders { models: home.path().join("models"), hub: home.path().join("hub") };
    let reader = Engine::read_only(&path, folders, None).expect("opens");
    assert!(reader.is_read_only() && !writer.is_read_only());
    assert_eq!((reader.count().expect("counted"), reader.maps().len()), (27, writer.maps().len()));
    let set = reader.sets().expect("listed")[0].id;
    assert!(!reader.search(set, "lava", 3).expect("an answer").hits.is_empty());
    let plan = reader.plan(&[folder.path().to_owned()]).expect("a plan");
    let refused = import(&reader, plan, &["builtin-text"]);
    assert!(refused.error.is_some_and(|problem| problem.to_string().contains("reading only")));
    assert!(reader.forget_all().is_err());
    assert_eq!(writer.count().expect("counted"), 27);
}
