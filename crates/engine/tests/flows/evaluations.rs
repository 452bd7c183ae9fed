//! Tasks on small data, from files to figures, differences and reports.

use std::fs;
use std::sync::Arc;

use embedscope_engine::models::Error as ModelError;
use embedscope_engine::{
    About, Anatomy, Embedder, Evaluation, EvaluationChoice, Input, JobState, Kind, OwnChoice, Role, RunKind,
    Similarity, Task, Vectors,
};
use tempfile::TempDir;

use crate::{Letters, bitmap, choice, engine, evaluated, import};

fn value(found: &Evaluation, model: &str, figure: &str) -> f64 {
    let result = found.results.iter().find(|result| result.model == model).expect("took part");
    result.figure(figure).unwrap_or_else(|| panic!("{model} has no {figure}")).value
}

/// Sees what a text calls a colour, and what colour a picture has.
struct Colour(About);

impl Embedder for Colour {
    fn about(&self) -> &About {
        &self.0
    }

    fn count_tokens(&self, _text: &str) -> usize {
        1
    }

    fn embed(&self, inputs: &[Input<'_>], _role: Role) -> Result<Vectors, ModelError> {
        let of = |input: &Input<'_>| match input {
            Input::Text(text) => ["red", "green", "blue"].map(|name| f32::from(u8::from(text.contains(name)))),
            Input::Image(picture) => [0, 1, 2].map(|at| f32::from(picture.rgb[at]) / 255.0),
        };
        Vectors::new(inputs.iter().flat_map(of).collect(), 3).map_err(|_| ModelError::Cancelled)
    }

    fn explain(&self, _text: &str) -> Result<Anatomy, ModelError> {
        Err(ModelError::Cancelled)
    }
}

fn colour() -> Arc<Colour> {
    Arc::new(Colour(About {
        id: "colour".into(),
        kinds: vec![Kind::Text, Kind::Image],
        dim: 3,
        max_tokens: None,
        similarity: Similarity::Cosine,
        device: "CPU".into(),
        recipe: serde_json::json!("colour"),
    }))
}

#[test]
fn sentences_and_pairs() {
    let home = TempDir::new().expect("a folder");
    let engine = engine(None, home.path());
    engine.add_embedder(Letters::new("letters"));
    let table = home.path().join("sts.csv");
    // Without a header; the score grows with the letters in common.
    let rows = ["aaaa,bbbb,0", "aaab,bbba,1", "aabb,abab,5", "abcd,abce,3.5", "cccc,cccd,4.5", "dddd,eeee,0.2"];
    fs::write(&table, rows.join("\n")).expect("written");
    let found = evaluated(&engine, choice(Task::Sts, &table, &["letters"])).expect("measured");
    assert_eq!((found.size.as_str(), found.results.len()), ("6 pairs", 2));
    assert!(value(&found, "letters", "spearman") > 0.8);
    let result = found.results.iter().find(|result| result.model == "letters").expect("took part");
    assert!(result.dim == Some(26) && !result.baseline && result.figures[0].range.is_some());
    assert!(found.differences.len() == 1 && found.seed == 42);
    let again = evaluated(&engine, choice(Task::Sts, &table, &["letters"])).expect("measured");
    assert_eq!(again.differences, found.differences, "the same seed draws the same");

    let table = home.path().join("pairs.tsv");
    let rows = ["text1\ttext2\tsame", "aaaa\taaab\t1", "cccd\tcccc\t1", "aaaa\tbbbb\t0", "bbbc\tdddd\t0"];
    fs::write(&table, rows.join("\n")).expect("written");
    let found = evaluated(&engine, choice(Task::Pairs, &table, &["letters"])).expect("measured");
    assert_eq!((value(&found, "letters", "average_precision"), value(&found, "letters", "accuracy")), (1.0, 1.0));
    fs::write(&table, "text1\ttext2\tsame\na\tb\t2\nc\td\t0\n").expect("written");
    let refused = evaluated(&engine, choice(Task::Pairs, &table, &["letters"])).expect_err("2 is no truth");
    assert!(refused.contains("expected 1 for pairs"), "{refused}");
}

#[test]
fn questions_over_documents() {
    let home = TempDir::new().expect("a folder");
    let engine = engine(None, home.path());
    engine.add_embedder(Letters::new("letters"));
    let folder = home.path().join("beir");
    fs::create_dir_all(folder.join("qrels")).expect("a folder");
    let corpus = [
        "{\"_id\":\"d1\",\"title\":\"volcano\",\"text\":\"lava\"}",
        "{\"_id\":\"d2\",\"text\":\"bread and flour\"}",
        "{\"_id\":\"d3\",\"title\":null,\"text\":\"quiz\"}",
    ];
    fs::write(folder.join("corpus.jsonl"), corpus.join("\n")).expect("written");
    let queries = [
        "{\"_id\":\"q1\",\"text\":\"lava of a volcano\"}",
        "{\"_id\":\"q2\",\"text\":\"flour\"}",
        "{\"_id\":\"q3\",\"text\":\"unjudged\"}",
    ];
    fs::write(folder.join("queries.jsonl"), queries.join("\n")).expect("written");
    fs::write(folder.join("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\nq2\td3\t0\n")
        .expect("written");
    let found = evaluated(&engine, choice(Task::Retrieval, &folder, &["letters"])).expect("measured");
    assert_eq!(found.size, "2 questions over 3 documents");
    let names: Vec<&str> = found.results.iter().map(|result| result.model.as_str()).collect();
    assert!(names.contains(&"BM25") && names.contains(&"builtin-text") && names.contains(&"letters"), "{names:?}");
    for figure in ["ndcg@10", "recall@10", "recall@100", "mrr", "map"] {
        assert_eq!(value(&found, "BM25", figure), 1.0, "{figure}");
    }
    fs::remove_file(folder.join("qrels/test.tsv")).expect("there");
    let refused = evaluated(&engine, choice(Task::Retrieval, &folder, &["letters"])).expect_err("nothing is judged");
    assert!(refused.contains("qrels"), "{refused}");
}

#[test]
fn classes_from_tables_and_folders() {
    let home = TempDir::new().expect("a folder");
    let engine = engine(None, home.path());
    engine.add_embedder(Letters::new("letters"));
    let row = |part: usize| {
        (0..12).map(move |n| match n % 2 {
            0 => format!("aeioaeio{}{},vowels", ["a", "e"][part], ["a", "e", "i"][n % 3]),
            _ => format!("bcdfbcdf{}{},consonants", ["b", "c"][part], ["b", "c", "d"][n % 3]),
        })
    };
    let folder = home.path().join("split");
    fs::create_dir_all(&folder).expect("a folder");
    for (part, name) in ["train.csv", "test.csv"].iter().enumerate() {
        let lines: Vec<String> = ["text,category".to_owned()].into_iter().chain(row(part)).collect();
        fs::write(folder.join(name), lines.join("\n")).expect("written");
    }
    let found = evaluated(&engine, choice(Task::Classification, &folder, &["letters"])).expect("measured");
    assert_eq!(found.size, "24 texts in 2 classes, 12 tested");
    for figure in ["accuracy", "f1", "knn_accuracy"] {
        assert!((value(&found, "letters", figure) - 1.0).abs() < 1e-9, "{figure}");
    }
    let grouped = evaluated(&engine, choice(Task::Clustering, &folder, &["letters"])).expect("measured");
    assert!((value(&grouped, "letters", "v_measure") - 1.0).abs() < 1e-9);
    assert!((value(&grouped, "letters", "ari") - 1.0).abs() < 1e-9);

    // What is tested for and never learned is no fault of a model: it is told.
    let mut tests = fs::read_to_string(folder.join("test.csv")).expect("read");
    tests.push_str("\n123123,digits\n321321,digits");
    fs::write(folder.join("test.csv"), tests).expect("written");
    let found = evaluated(&engine, choice(Task::Classification, &folder, &["letters"])).expect("measured");
    assert_eq!(found.size, "26 texts in 3 classes, 14 tested (2 in classes without an example, which cannot be found)");
    assert!((value(&found, "letters", "accuracy") - 12.0 / 14.0).abs() < 1e-9);

    let unknown = EvaluationChoice {
        label_column: Some("taste".into()),
        ..choice(Task::Classification, &folder.join("train.csv"), &["letters"])
    };
    let refused = evaluated(&engine, unknown).expect_err("no such column");
    assert!(refused.contains("no column “taste”; there are text, category"), "{refused}");

    // A folder for each class, of pictures: the built-in model for pictures is the baseline.
    let folder = home.path().join("colours");
    for (class, colour) in [("warm", [220, 40, 10]), ("cold", [10, 60, 220])] {
        fs::create_dir_all(folder.join(class)).expect("a folder");
        for number in 0..4_u8 {
            let colour = [colour[0] + number, colour[1], colour[2]];
            fs::write(folder.join(class).join(format!("{number}.bmp")), bitmap(16, colour)).expect("written");
        }
    }
    engine.add_embedder(colour());
    let found = evaluated(&engine, choice(Task::Classification, &folder, &["colour"])).expect("measured");
    assert_eq!(value(&found, "builtin-image", "accuracy"), 1.0);
    assert_eq!(value(&found, "colour", "accuracy"), 1.0);
    assert!(!found.differences[0].is_certain());
}

#[test]
fn pictures_by_their_captions() {
    let home = TempDir::new().expect("a folder");
    let engine = engine(None, home.path());
    engine.add_embedder(colour());
    engine.add_embedder(Letters::new("letters"));
    let mut lines = Vec::new();
    for (name, colour) in [("red", [255, 0, 0]), ("green", [0, 255, 0]), ("blue", [0, 0, 255])] {
        fs::write(home.path().join(format!("{name}.bmp")), bitmap(8, colour)).expect("written");
        let captions = [format!("a {name} square"), format!("it is {name}")];
        lines.push(serde_json::json!({ "file": format!("{name}.bmp"), "captions": captions }).to_string());
    }
    fs::write(home.path().join("captions.jsonl"), lines.join("\n")).expect("written");
    let found = evaluated(&engine, choice(Task::TextImage, home.path(), &["colour"])).expect("measured");
    assert_eq!(found.size, "3 pictures with 6 captions");
    for figure in ["text_to_image_r@1", "image_to_text_r@1", "image_to_text_r@10"] {
        assert_eq!(value(&found, "colour", figure), 1.0, "{figure}");
    }
    assert!((value(&found, "chance", "text_to_image_r@1") - 1.0 / 3.0).abs() < 1e-9);
    assert!((value(&found, "chance", "image_to_text_r@1") - 1.0 / 3.0).abs() < 1e-9);
    assert!((value(&found, "chance", "image_to_text_r@5") - 1.0).abs() < 1e-9);
    let refused = evaluated(&engine, choice(Task::TextImage, home.path(), &["letters"])).expect_err("it is blind");
    assert!(refused.contains("letters embeds no pictures"), "{refused}");
}

#[test]
fn a_model_that_is_not_there_is_told_of_at_once() {
    let home = TempDir::new().expect("a folder");
    let engine = engine(None, home.path());
    let refused = engine.start_evaluation(choice(Task::Sts, home.path(), &["all-MiniLM-L6-v2"]));
    assert!(refused.is_err());
    let job = engine.start_evaluation(choice(Task::Sts, &home.path().join("gone.csv"), &["builtin-text"]));
    let job = engine.wait(job.expect("starts")).expect("listed");
    assert_eq!(job.state, JobState::Failed);
}

#[test]
fn sets_of_a_workspace_by_its_own_labels() {
    let home = TempDir::new().expect("a folder");
    let engine = engine(None, home.path());
    engine.add_embedder(Letters::new("letters"));
    let topics = ["lava and ash of the volcano", "flour and yeast for the bread"];
    let rows: Vec<String> =
        (0..24).map(|n| format!("{} number {n},{}", topics[n % 2], ["fire", "oven"][n % 2])).collect();
    let table = home.path().join("notes.csv");
    fs::write(&table, format!("text,topic\n{}\nalone,other\n", rows.join("\n"))).expect("written");
    let plan = engine.plan(&[table]).expect("a plan");
    assert_eq!(import(&engine, plan, &["builtin-text", "letters"]).state, JobState::Done);
    let sets: Vec<_> = engine.sets().expect("listed").into_iter().map(|set| set.id).collect();
    let own = |by: &str| {
        let choice = OwnChoice { sets: sets.clone(), by: by.into(), task: None, fewer: false, examples: 8, seed: 42 };
        let job = engine.start_own_evaluation(choice).expect("starts");
        engine.wait(job).expect("listed")
    };
    let job = own("column:topic");
    let [classified, clustered] = job.report.evaluations.as_slice() else { panic!("two tasks: {:?}", job.error) };
    // The class of one item is left out: it could not be learned and tested.
    assert_eq!((classified.size.as_str(), classified.items.len()), ("24 items in 2 classes, 12 tested", 24));
    assert_eq!((classified.task, clustered.task), (Task::Classification, Task::Clustering));
    let mut asked: Vec<_> = classified.results.iter().filter_map(|result| result.set).collect();
    asked.sort_unstable();
    assert_eq!(asked, sets);
    let best = &classified.results[0];
    assert_eq!((best.figures[0].value, best.figures[0].rows.len(), best.misses.len()), (1.0, 0, 0));
    assert!(!classified.differences.is_empty() && clustered.results[0].figures[0].value > 0.9);
    let runs = engine.runs().expect("read");
    let run = runs.iter().find(|run| run.kind == RunKind::Evaluation).expect("recorded");
    assert_eq!(run.parameters, "by topic · seed 42");
    assert!(run.result.ends_with("first, accuracy 1.000"), "{}", run.result);
    let again = engine.wait(engine.start_repeat(run.id).expect("starts")).expect("listed");
    assert_eq!(again.report.evaluations[0].results, classified.results);
    let job = own("collection");
    let refused = job.error.as_ref().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("collection gives fewer than two classes"), "{refused}");
}

#[test]
fn what_is_drawn_does_not_depend_on_which_set_comes_first() {
    let home = TempDir::new().expect("a folder");
    let engine = engine(None, home.path());
    engine.add_embedder(Letters::new("letters"));
    // Letters tell the classes apart only sometimes; by hyphens one model sees longer texts where the other sees shorter ones.
    let text = |n: usize| match n % 2 {
        0 => format!("lava{}", "-fire-oven".repeat(n % 5)),
        _ => format!("flour{}", " bake ash".repeat(n % 7)),
    };
    let rows: Vec<String> = (0..60).map(|n| format!("{} {n},{}", text(n), ["fire", "oven"][(n / 3) % 2])).collect();
    let table = home.path().join("notes.csv");
    fs::write(&table, format!("text,topic\n{}", rows.join("\n"))).expect("written");
    let plan = engine.plan(&[table]).expect("a plan");
    assert_eq!(import(&engine, plan, &["builtin-text", "letters"]).state, JobState::Done);
    let mut sets: Vec<_> = engine.sets().expect("listed").into_iter().map(|set| set.id).collect();
    let items = |set| engine.set_rows(set, 0).expect("rows").items;
    assert_ne!(items(sets[0]), items(sets[1]), "each set has the items in an order of its own");
    let mut figures = || {
        let by = "column:topic".into();
        let choice = OwnChoice { sets: sets.clone(), by, task: None, fewer: false, examples: 4, seed: 42 };
        sets.reverse();
        let job = engine.wait(engine.start_own_evaluation(choice).expect("starts")).expect("listed");
        let figure = |name: &str| {
            job.report.evaluations.iter().map(|found| value(found, name, found.task.main_figure())).collect::<Vec<_>>()
        };
        ["builtin-text", "letters"].map(figure)
    };
    assert_eq!(figures(), figures());
}
