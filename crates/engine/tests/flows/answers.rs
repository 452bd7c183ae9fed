//! What is asked of a workspace: neighbours, matrices, searches, comparisons, reports.

use std::fs;

use embedscope_engine::models::{Fuse, Pool};
use embedscope_engine::{Combination, ItemId, JobState, Kind, Method, Vectors};
use tempfile::TempDir;

use crate::{Letters, bitmap, collection, engine, import, imported};

#[test]
fn what_is_near_is_found() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(None, home.path());
    imported(&engine, folder.path());
    let set =
        |model: &str| engine.sets().expect("listed").into_iter().find(|set| set.model == model).expect("a set").id;
    let (texts, pictures) = (set("builtin-text"), set("builtin-image"));

    let answer = engine.search(texts, "lava of the volcano", 4).expect("an answer");
    assert_eq!((answer.hits.len(), answer.searched), (4, 22));
    assert!(answer.hits.windows(2).all(|pair| pair[0].similarity >= pair[1].similarity));
    let best = engine.card(answer.hits[0].item).expect("there");
    assert!(best.text.contains("volcano") && best.text.contains("lava"), "{}", best.text);
    let all = engine.search(texts, "lava of the volcano", 22).expect("an answer").hits;
    assert_eq!(answer.typical, Some(all[11].similarity), "half of them are at least so near");
    assert!(engine.search(pictures, "red", 4).is_err(), "builtin-image reads no text");

    let first = engine.set_rows(pictures, 0).expect("rows").items[0];
    let near = engine.neighbours(pictures, first, 10).expect("neighbours");
    assert_eq!(near.len(), 4);
    assert!(near.iter().all(|hit| hit.item != first));
    let thumbnail = engine.thumbnail(first, 16).expect("a small picture");
    assert!(thumbnail.starts_with(&[0xFF, 0xD8]) || thumbnail.starts_with(b"\x89PNG"));

    let matrix = engine.matrix(texts, None, 12).expect("a matrix");
    assert_eq!((matrix.items.len(), matrix.values.rows(), matrix.values.dim()), (12, 12, 12));
    assert_eq!(matrix.groups.iter().map(|group| group.count).sum::<usize>(), 12);
    assert!((0..12).all(|i| (matrix.values.row(i)[i] - 1.0).abs() < 1e-5));

    let map = engine.maps().into_iter().find(|map| map.set == texts && map.method == Method::Pca).expect("a map").id;
    let everywhere = [-1e3, -1e3, 1e3, -1e3, 1e3, 1e3, -1e3, 1e3];
    assert_eq!(engine.lasso(map, &everywhere, None).expect("chosen").len(), 22);
    assert_eq!(engine.lasso(map, &[5e3, 5e3, 6e3, 5e3, 5e3, 6e3], None).expect("chosen").len(), 0);
}

#[test]
fn two_models_are_compared_and_reported() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(None, home.path());
    let job = imported(&engine, folder.path());
    engine.add_embedder(Letters::new("letters"));
    let more = engine.start_embedding("letters").expect("starts");
    assert_eq!(engine.wait(more).expect("listed").state, JobState::Done);
    let sets = engine.sets().expect("listed");
    let set = |model: &str| sets.iter().find(|set| set.model == model).expect("a set").id;
    let (words, letters) = (set("builtin-text"), set("letters"));

    let same = engine.compare(words, words, 5).expect("compared");
    assert!((same.overlap_mean - 1.0).abs() < 1e-9 && (same.cka - 1.0).abs() < 1e-6);
    let found = engine.compare(words, letters, 5).expect("compared");
    assert_eq!((found.items.len(), found.overlap.len(), found.histogram.iter().sum::<usize>()), (22, 22, 22));
    assert!(found.overlap_mean < 1.0);
    assert!(found.moved_most.windows(2).all(|pair| pair[0].overlap <= pair[1].overlap));
    assert!(found.moved_most.iter().all(|moved| moved.near_a.0 != moved.item && !moved.near_b.1.is_empty()));
    assert!(engine.compare(words, set("builtin-image"), 5).is_err(), "no item in common");

    let map =
        |set| engine.maps().into_iter().find(|map| map.set == set && map.method == Method::Tsne).expect("a map").id;
    let aligned = engine.layout_aligned(map(letters), map(words)).expect("aligned").positions;
    let (plain, reference) =
        (engine.layout(map(letters)).expect("there").positions, engine.layout(map(words)).expect("there").positions);
    let off = |layout: &Vectors| -> f64 {
        layout.as_slice().iter().zip(reference.as_slice()).map(|(a, b)| f64::from(a - b).powi(2)).sum()
    };
    assert!(off(&aligned) <= off(&plain));

    let report = engine.report("letters", &job.report.skipped, 42).expect("a report");
    assert_eq!((report.sections.len(), report.comparisons.len(), report.skipped.len()), (3, 1, 2));
    let [page, picture] = report.write(&home.path().join("out")).expect("written");
    let page = fs::read_to_string(page).expect("there");
    for expected in ["builtin-text", "builtin-image", "letters", "broken.bmp", "Moved most"] {
        assert!(page.contains(expected), "{expected} is missing");
    }
    assert!(!page.contains("http://") || !page.contains("src=\"http"), "nothing is fetched");
    assert!(fs::read(picture).expect("there").starts_with(b"\x89PNG"));
}

#[test]
fn vectors_of_items_that_share_a_label_become_one() {
    let (home, folder, kept) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"), TempDir::new());
    let kept = kept.expect("a folder");
    collection(folder.path());
    let engine = engine(Some(kept.path()), home.path());
    imported(&engine, folder.path());
    let set = |model: &str| engine.sets().expect("listed").into_iter().find(|set| set.model == model).expect("a set");
    let words = set("builtin-text").id;
    let combine = |combination: Combination| {
        let job = engine.wait(engine.start_combining(combination).expect("starts")).expect("listed");
        assert_eq!(job.state, JobState::Done, "{:?}", job.error);
        engine.set(job.report.sets[0]).expect("made")
    };
    // Twenty texts are files of their own; the rows of the table share one.
    let by_file = combine(Combination::Items { set: words, by: "file".into(), how: Pool::Mean });
    assert_eq!((by_file.rows, by_file.dim, by_file.model.as_str()), (21, 384, "builtin-text, mean by file"));
    let (before, after) = (engine.vectors(words).expect("read"), engine.vectors(by_file.id).expect("read"));
    let (items, shown) = (engine.set_rows(words, 0).expect("rows"), engine.set_rows(by_file.id, 0).expect("rows"));
    let table = |item: &ItemId| engine.card(*item).expect("there").file.ends_with(".csv");
    let parts: Vec<usize> = (0..22).filter(|&row| table(&items.items[row])).collect();
    let whole = shown.items.iter().position(table).expect("the table");
    assert_eq!((parts.len(), shown.items[whole]), (2, items.items[parts[0]]));
    let mean: Vec<f32> = before.row(parts[0]).iter().zip(before.row(parts[1])).map(|(a, b)| (a + b) / 2.0).collect();
    let length = mean.iter().map(|value| value * value).sum::<f32>().sqrt();
    let apart = mean.iter().zip(after.row(whole)).map(|(a, b)| (a / length - b).abs()).fold(0.0, f32::max);
    assert!(apart < 1e-6, "{apart}");
    // It is asked in words as its model is, is made once, and has maps.
    let found = engine.search(by_file.id, "lava of the volcano", 1).expect("an answer");
    assert!(engine.card(found.hits[0].item).expect("there").text.contains("lava"));
    assert_eq!(combine(Combination::Items { set: words, by: "file".into(), how: Pool::Mean }).id, by_file.id);
    assert!(engine.maps().iter().any(|map| map.set == by_file.id));
    assert_eq!(engine.recipe(by_file.id).expect("known")["combined"]["how"], "mean by file");
    assert!(engine.runs().expect("listed").iter().any(|run| run.title == "Combined vectors"));
    // What was forgotten is in no vector any more.
    engine.forget_items(&[items.items[parts[1]]]).expect("forgotten");
    assert!(engine.sets().expect("listed").iter().all(|set| set.id != by_file.id));
}

#[test]
fn pictures_and_their_captions_become_one_vector() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    for (name, colour) in [("a.bmp", [200, 30, 20]), ("b.bmp", [20, 30, 200]), ("c.bmp", [20, 200, 30])] {
        fs::write(folder.path().join(name), bitmap(24, colour)).expect("written");
    }
    let table = "file,caption\na.bmp,A red square\nb.bmp,A blue square\n";
    fs::write(folder.path().join("captions.csv"), table).expect("written");
    let engine = engine(None, home.path());
    let plan = engine.plan(&[folder.path().to_owned()]).expect("a plan");
    import(&engine, plan, &["builtin-image"]);
    let pictures = engine.sets().expect("listed").into_iter().find(|set| set.model == "builtin-image").expect("a set");
    let captions = |model: &str, how| Combination::Captions { set: pictures.id, model: model.into(), how };
    let combine = |how| {
        let job = engine.start_combining(captions("builtin-text", how)).expect("starts");
        engine.wait(job).expect("listed")
    };
    let refused = combine(Fuse::Mean { text: 0.5 }).error.expect("two spaces");
    assert!(format!("{refused:?}").contains("side by side"), "{refused:?}");
    let job = combine(Fuse::Concatenate);
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    let fused = engine.set(job.report.sets[0]).expect("made");
    // The third picture has no caption.
    assert_eq!((fused.rows, fused.dim, &fused.kinds[..]), (2, pictures.dim + 384, &[Kind::Image][..]));
    let unit = engine
        .vectors(fused.id)
        .expect("read")
        .iter()
        .all(|row| (row.iter().map(|value| f64::from(value * value)).sum::<f64>() - 1.0).abs() < 1e-5);
    assert!(unit && engine.search(fused.id, "red", 2).is_err());

    // A model of texts stands beside one of pictures: the same items, seen through their captions.
    let job = combine(Fuse::Text);
    let told = engine.set(job.report.sets[0]).expect("made");
    assert_eq!((told.model.as_str(), told.rows, told.dim), ("builtin-text, on captions", 2, 384));
    assert_eq!(told.kinds, [Kind::Image]);
    let found = engine.search(told.id, "the blue square", 1).expect("asked in words");
    assert!(engine.card(found.hits[0].item).expect("there").text.contains("blue"));
}
