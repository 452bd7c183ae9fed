//! The starter model on public data, held against what Python's libraries reach on the same files.
//!
//! Skipped with a printed reason where the model or the data is not on this computer.

use std::path::{Path, PathBuf};

use embedscope_engine::{Engine, EngineOptions, Folders, Task};

use crate::{choice, evaluated};

const MODEL: &str = "all-MiniLM-L6-v2";
/// Three tenths of a point of a hundred.
const NEAR: f64 = 0.003;

/// Public data that is at hand where the project is developed, and not part of it.
fn data(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = std::env::var_os("EMBEDSCOPE_TEST_DATA").map_or_else(beside, PathBuf::from).join(name);
    let found = path.exists().then_some(path);
    if found.is_none() {
        println!("skipped: the test data “{name}” is not at hand (EMBEDSCOPE_TEST_DATA names its folder)");
    }
    found
}

/// An engine that finds this computer's models; None where the starter model is not among them.
fn engine() -> Option<Engine> {
    let options = EngineOptions { workspace: None, folders: Folders::from_env(), threads: None };
    let engine = Engine::new(options).expect("opens");
    let found = engine.embedder(MODEL).is_ok();
    if !found {
        println!("skipped: {MODEL} is not on this computer");
    }
    found.then_some(engine)
}

#[test]
fn the_starter_model_reaches_what_sentence_transformers_reaches() {
    let Some(engine) = engine() else { return };
    // By sentence-transformers 6.2.0 with scipy 1.17.1 and pytrec_eval on the same files.
    let figures =
        [("stsb/stsb-en-dev.csv", Task::Sts, "spearman", 0.867_16), ("xquad/en", Task::Retrieval, "ndcg@10", 0.9436)];
    for (name, task, figure, reference) in figures {
        let Some(data) = data(name) else { continue };
        let found = evaluated(&engine, choice(task, &data, &[MODEL])).expect("measured");
        let result = found.results.iter().find(|result| result.model == MODEL).expect("took part");
        let value = result.figure(figure).expect("measured").value;
        assert!((value - reference).abs() <= NEAR, "{name}: {figure} {value} is not {reference}");
    }
}
