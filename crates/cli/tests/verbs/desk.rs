//! A folder to work in and the program run there, as a shell would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use embedscope_engine::Vectors;
use embedscope_engine::export::{read_vectors, write_vectors};
use serde_json::Value;
use tempfile::TempDir;

pub struct Desk(TempDir);

/// What a call came to.
pub struct Outcome {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs the program in the folder.
    pub fn call(&self, words: &[&str]) -> Outcome {
        outcome(self.command(words))
    }

    /// The same on a computer where no model was ever fetched.
    pub fn call_without_models(&self, words: &[&str]) -> Outcome {
        let nowhere = self.path("no-models");
        let mut command = self.command(words);
        command.env("EMBEDSCOPE_CACHE", &nowhere).env("HF_HOME", &nowhere).env_remove("HF_HUB_CACHE");
        outcome(command)
    }

    /// Runs the program with `--json`; it must succeed, say one object and nothing else, and be silent on stderr.
    pub fn answer(&self, words: &[&str]) -> Value {
        let outcome = self.call(&[words, &["--json"]].concat());
        assert_eq!(outcome.status, 0, "{words:?}: {}", outcome.stderr);
        assert_eq!(outcome.stderr, "", "{words:?}");
        let answer: Value = serde_json::from_str(&outcome.stdout).expect("one JSON value");
        for key in ["elapsed_ms", "load_ms", "seed"] {
            assert!(answer[key].is_number(), "{words:?} has no {key}: {answer}");
        }
        answer
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("in the folder")).expect("a folder");
        std::fs::write(&path, text).expect("written");
        path
    }

    pub fn lines(&self, name: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path(name)).expect("there");
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
    }

    pub fn matrix(&self, name: &str) -> Vectors {
        read_vectors(&self.path(name)).expect("a matrix")
    }

    pub fn write_matrix(&self, name: &str, values: Vec<f32>, dim: usize) -> Vectors {
        let vectors = Vectors::new(values, dim).expect("whole rows");
        write_vectors(&self.path(name), &vectors).expect("written");
        vectors
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_embedscope-cli"));
        // The settings of whoever runs the tests are not theirs.
        command.args(words).current_dir(self.0.path()).env("XDG_CONFIG_HOME", self.path("config"));
        command
    }
}

fn outcome(mut command: Command) -> Outcome {
    let Output { status, stdout, stderr } = command.output().expect("the program runs");
    Outcome {
        status: status.code().expect("an exit status"),
        stdout: String::from_utf8(stdout).expect("UTF-8"),
        stderr: String::from_utf8(stderr).expect("UTF-8"),
    }
}

/// Three clouds of `each` points in `dim` dimensions, one after another.
pub fn clouds(each: usize, dim: usize) -> Vec<f32> {
    let mut state = 7_u64;
    let mut chance = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    };
    let mut values = Vec::new();
    for row in 0..3 * each {
        values.extend((0..dim).map(|column| chance() + if column % 3 == row / each { 8.0 } else { 0.0 }));
    }
    values
}

/// A picture of the sample collection.
pub fn sample(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/samples/pictures").join(name);
    assert!(path.is_file(), "{} is part of the repository", path.display());
    path
}
