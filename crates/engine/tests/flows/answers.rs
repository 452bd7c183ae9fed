//! What is asked of a workspace: neighbours, matrices, searches, comparisons, reports.

use std::fs;

use embedscope_engine::{JobState, Method, Vectors};
use tempfile::TempDir;

use crate::{Letters, collection, engine, imported};

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
