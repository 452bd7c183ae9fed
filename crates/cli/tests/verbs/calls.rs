//! Wrong calls, missing files and models: the exit status, one sentence, one object.

use serde_json::Value;

use crate::desk::{Desk, Outcome};

fn error(outcome: &Outcome) -> Value {
    let said: Value = serde_json::from_str(&outcome.stdout).expect("one JSON value");
    let error = said["error"].clone();
    for key in ["code", "message", "hint"] {
        assert!(error[key].is_string(), "no {key}: {said}");
    }
    assert_eq!(outcome.stderr.lines().count(), 1, "one sentence: {}", outcome.stderr);
    error
}

#[test]
fn wrong_calls_end_with_2() {
    let desk = Desk::new();
    let wrong: [&[&str]; 16] = [
        &[],
        &["juggle"],
        &["similarity"],
        &["similarity", "a.npy", "--out", "s.npy", "--metric", "taste"],
        &["neighbours", "a.npy", "--out", "n.npy", "--k", "many"],
        &["cluster", "a.npy", "--method", "kmeans", "--out", "l.npy"],
        &["project", "a.npy", "--method", "pca", "--perplexity", "9", "--out", "y.npy"],
        &["project", "a.npy", "--method", "umap", "--perplexity", "9", "--out", "y.npy"],
        &["project", "a.npy", "--method", "tsne", "--min-dist", "0.5", "--out", "y.npy"],
        &["cluster", "a.npy", "--method", "hdbscan", "--eps", "2", "--min-cluster-size", "9", "--out", "l.npy"],
        &["project", "a.npy", "--method", "umap", "--affinities", "uniform", "--out", "y.npy"],
        &["cluster", "a.npy", "--method", "mixture", "--out", "l.npy"],
        &["cluster", "a.npy", "--method", "mixture", "--k", "2", "--metric", "cosine", "--out", "l.npy"],
        &["search", "words"],
        &["search", "--workspace", "w"],
        &["health", "a.npy", "--threads", "0"],
    ];
    for words in wrong {
        let plain = desk.call(words);
        assert_eq!((plain.status, plain.stdout.as_str()), (2, ""), "{words:?}: {}", plain.stderr);
        assert!(!plain.stderr.is_empty());
        let outcome = desk.call(&[words, &["--json"]].concat());
        assert_eq!(outcome.status, 2, "{words:?}");
        assert_eq!(error(&outcome)["code"], "bad_request");
    }
}

#[test]
fn a_call_without_a_verb_shows_them() {
    let outcome = Desk::new().call(&[]);
    assert_eq!(outcome.status, 2);
    assert!(outcome.stderr.contains("Usage") && outcome.stderr.contains("neighbours"), "{}", outcome.stderr);
}

#[test]
fn help_is_no_failure() {
    let outcome = Desk::new().call(&["help"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    assert!(outcome.stdout.contains("neighbours"));
}

#[test]
fn a_file_that_is_missing_or_no_matrix_ends_with_1() {
    let desk = Desk::new();
    desk.write("words.npy", "these are words");
    for name in ["missing.npy", "words.npy"] {
        let outcome = desk.call(&["health", name, "--json"]);
        assert_eq!(outcome.status, 1);
        assert!(error(&outcome)["message"].as_str().expect("words").contains(name));
    }
}

#[test]
fn nothing_to_read_ends_with_1() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("empty")).expect("a folder");
    for path in ["empty", "missing"] {
        let outcome = desk.call(&["embed", path, "--model", "builtin-text", "--out", "v.npy", "--json"]);
        assert_eq!(outcome.status, 1, "{path}");
        let error = error(&outcome);
        assert!(error["message"].as_str().expect("words").contains(path), "{error}");
        assert!(!error["hint"].as_str().expect("words").is_empty());
        assert!(!desk.path("v.npy").exists());
    }
}

#[test]
fn only_what_the_model_cannot_embed_ends_with_1() {
    let desk = Desk::new();
    desk.write("note.txt", "Only words here.");
    let outcome = desk.call(&["embed", "note.txt", "--model", "builtin-image", "--out", "v.npy", "--json"]);
    assert_eq!(outcome.status, 1);
    assert!(error(&outcome)["message"].as_str().expect("words").contains("note.txt"));
}

#[test]
fn a_model_nobody_knows_is_a_wrong_call_and_one_not_fetched_says_how() {
    let desk = Desk::new();
    let unknown = desk.call_without_models(&["explain", "words", "--model", "no-such-model", "--json"]);
    assert_eq!((unknown.status, &error(&unknown)["code"]), (2, &Value::from("bad_request")));
    let missing = desk.call_without_models(&["explain", "words", "--model", "all-MiniLM-L6-v2", "--json"]);
    let error = error(&missing);
    assert_eq!((missing.status, &error["code"]), (1, &Value::from("model_missing")));
    assert!(error["hint"].as_str().expect("words").contains("models fetch all-MiniLM-L6-v2"));
}

#[test]
fn matrices_that_do_not_belong_together_end_with_1() {
    let desk = Desk::new();
    desk.write_matrix("a.npy", vec![1.0; 12], 3);
    desk.write_matrix("b.npy", vec![1.0; 10], 2);
    for words in [["similarity", "a.npy", "b.npy", "--out", "s.npy"].as_slice(), &["compare", "a.npy", "b.npy"]] {
        let outcome = desk.call(&[words, &["--json"]].concat());
        assert_eq!(outcome.status, 1, "{}", outcome.stdout);
        error(&outcome);
    }
}
