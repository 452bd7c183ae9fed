//! What becomes of models whose files are broken, in every architecture: they are refused in one sentence, and nothing panics.

mod common;

use std::collections::HashMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use candle_core::{DType, Device, Tensor};
use common::{cosine, goldens, same, text_row};
use embedscope_models::{Folders, Input, Kind, Pixels, Role, load, load_reranker};
use serde_json::{Value, json};
use tempfile::TempDir;

const WEIGHTS: &str = "model.safetensors";

/// Every model among the goldens.
fn models() -> Vec<String> {
    let entries = fs::read_dir(goldens()).expect("a folder").flatten();
    let models = entries.filter(|entry| entry.path().join(WEIGHTS).is_file());
    let mut names: Vec<String> = models.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    assert!(names.len() > 30, "{names:?}");
    names
}

/// A copy of a golden model that can be spoilt.
struct Spoilt {
    name: String,
    root: TempDir,
}

impl Spoilt {
    fn new(name: &str) -> Self {
        let spoilt = Self { name: name.into(), root: tempfile::tempdir().expect("a folder") };
        spoilt.copy(&goldens().join(name), spoilt.root.path());
        spoilt
    }

    fn copy(&self, from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("made");
        for entry in fs::read_dir(from).expect("a folder").flatten() {
            let to = to.join(entry.file_name());
            if entry.path().is_dir() {
                self.copy(&entry.path(), &to);
            } else {
                fs::write(to, fs::read(entry.path()).expect("read")).expect("written");
            }
        }
    }

    fn read(&self, file: &str) -> Option<Vec<u8>> {
        fs::read(self.root.path().join(file)).ok()
    }

    fn write(&self, file: &str, bytes: &[u8]) {
        fs::write(self.root.path().join(file), bytes).expect("written");
    }

    fn tensors(&self) -> HashMap<String, Tensor> {
        candle_core::safetensors::load(self.root.path().join(WEIGHTS), &Device::Cpu).expect("weights")
    }

    fn write_tensors(&self, tensors: &HashMap<String, Tensor>) {
        candle_core::safetensors::save(tensors, self.root.path().join(WEIGHTS)).expect("written");
    }

    /// Loads and uses it; why not, if it cannot be. A panic fails the test.
    fn outcome(&self, how: &str) -> Result<(), String> {
        let used = catch_unwind(AssertUnwindSafe(|| self.used()));
        let outcome = used.unwrap_or_else(|_| panic!("{}: {how}: it panicked", self.name));
        if let Err(said) = &outcome {
            assert!(!said.contains('\n') && said.len() < 400, "{}: {how}: one sentence: {said}", self.name);
        }
        outcome
    }

    fn used(&self) -> Result<(), String> {
        let path = self.root.path().to_str().expect("a plain path");
        let nowhere = self.root.path().join("no-models");
        let folders = Folders { models: nowhere.clone(), hub: nowhere };
        let words = |error: embedscope_models::Error| error.to_string();
        if self.name.starts_with("reranker") {
            let model = load_reranker(path, &folders, Some(1)).map_err(words)?;
            return model.score("what", &["the cat sat"]).map(|_| ()).map_err(words);
        }
        let model = load(path, &folders, Some(1)).map_err(words)?;
        let input = match model.about().kinds.contains(&Kind::Text) {
            true => Input::Text("the cat sat"),
            false => Input::Image(Pixels { width: 2, height: 1, rgb: &[1, 2, 3, 4, 5, 6] }),
        };
        model.embed(&[input], Role::Query).map(|_| ()).map_err(words)
    }
}

/// Does something for every golden model, on as many threads as there are.
fn each(work: impl Fn(&Spoilt) + Sync) {
    let (models, next) = (models(), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(name) = models.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(&Spoilt::new(name));
                }
            });
        }
    });
}

/// Where every number, word and truth of a JSON value is.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| leaves(value, &format!("{at}/{key}"), found)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(key, value)| leaves(value, &format!("{at}/{key}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

#[test]
fn no_word_or_number_of_a_configuration_ends_the_program() {
    const FILES: [&str; 5] = [
        "config.json",
        "preprocessor_config.json",
        "1_Pooling/config.json",
        "2_Dense/config.json",
        "sentence_bert_config.json",
    ];
    each(|model| {
        for file in FILES {
            let Some(bytes) = model.read(file) else { continue };
            let whole: Value = serde_json::from_slice(&bytes).expect("JSON");
            let mut places = Vec::new();
            leaves(&whole, "", &mut places);
            for at in places {
                let others = match &whole.pointer(&at) {
                    Some(Value::Number(_)) => vec![json!(0), json!(7), json!(1_u64 << 53), json!("x")],
                    _ => vec![Value::Null, json!(3)],
                };
                for other in others {
                    let mut broken = whole.clone();
                    *broken.pointer_mut(&at).expect("there") = other.clone();
                    model.write(file, broken.to_string().as_bytes());
                    // Some of it does not matter: then the model works.
                    let _ = model.outcome(&format!("{file}{at} is {other}"));
                }
            }
            model.write(file, &bytes);
        }
        assert_eq!(model.outcome("as it was"), Ok(()));
    });
}

#[test]
fn weights_that_were_cut_off_are_refused_wherever_that_was() {
    each(|model| {
        let whole = model.read(WEIGHTS).expect("weights");
        let header = 8 + u64::from_le_bytes(whole[..8].try_into().expect("eight")) as usize;
        for length in [0, 4, 8, header / 2, header, (header + whole.len()) / 2, whole.len() - 1] {
            model.write(WEIGHTS, &whole[..length]);
            let refused = model.outcome(&format!("{length} bytes")).expect_err("cut off");
            assert!(refused.contains(WEIGHTS), "{}: {length}: {refused}", model.name);
        }
        let endless = [&u64::MAX.to_le_bytes(), &whole[8..]].concat();
        // What a disk gives that lost its power before it wrote.
        let zeros = vec![0; whole.len()];
        for broken in [endless, zeros] {
            model.write(WEIGHTS, &broken);
            assert!(model.outcome("no header").is_err_and(|refused| refused.contains(WEIGHTS)), "{}", model.name);
        }
    });
}

#[test]
fn tensors_that_are_gone_or_of_another_shape_are_refused_or_not_missed() {
    each(|model| {
        let whole = model.tensors();
        // One layer stands for the others.
        for name in whole.keys().filter(|name| !name.contains(".1.")) {
            let mut broken = whole.clone();
            let tensor = broken.remove(name).expect("there");
            model.write_tensors(&broken);
            let _ = model.outcome(&format!("without {name}"));
            let turned = match tensor.rank() {
                0 => tensor.reshape((1, 1)),
                1 => tensor.unsqueeze(1),
                rank => tensor.transpose(0, rank - 1).and_then(|tensor| tensor.contiguous()),
            };
            let shorter = match tensor.rank() {
                0 => vec![],
                _ => vec![
                    tensor.narrow(0, 0, 0).expect("a part"),
                    tensor.narrow(0, 0, tensor.dims()[0].div_ceil(2)).expect("a part"),
                ],
            };
            for other in [turned.expect("another shape")].into_iter().chain(shorter) {
                let shape = format!("{:?}", other.dims());
                broken.insert(name.clone(), other);
                model.write_tensors(&broken);
                let _ = model.outcome(&format!("{name} is {shape}"));
            }
        }
    });
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    each(|model| {
        let whole = model.read(WEIGHTS).expect("weights");
        let header = 8 + u64::from_le_bytes(whole[..8].try_into().expect("eight")) as usize;
        // All ones is no number in every kind of floating point.
        let broken = [&whole[..header], &vec![0xff; whole.len() - header]].concat();
        model.write(WEIGHTS, &broken);
        let Err(refused) = model.outcome("no numbers") else { panic!("{} takes them", model.name) };
        assert!(refused.contains("no finite number"), "{}: {refused}", model.name);
    });
}

#[test]
fn files_that_are_not_json_are_named() {
    let model = Spoilt::new("bert-dense");
    for file in ["config.json", "modules.json", "1_Pooling/config.json", "tokenizer.json"] {
        let whole = model.read(file).expect("there");
        for broken in [&whole[..whole.len() / 2], b"", b"[]", b"\xff\xfe", b"null"] {
            model.write(file, broken);
            let refused = model.outcome(file).expect_err("no JSON of that kind");
            assert!(refused.contains(file.rsplit('/').next().expect("a name")), "{file}: {refused}");
        }
        model.write(file, &whole);
    }
}

#[test]
fn weights_in_half_precision_give_the_same_vectors_to_its_digits() {
    for (name, precision) in [
        ("bert-mean", DType::F16),
        ("bert-mean", DType::BF16),
        ("qwen3", DType::BF16),
        ("modernbert", DType::F16),
        ("xlm-roberta", DType::BF16),
    ] {
        let model = Spoilt::new(name);
        let texts = ["A cat.", "the quick brown fox", "猫 🐝", ""];
        let rows = || {
            let path = model.root.path().to_str().expect("a plain path");
            let model = load(path, &Folders::from_env(), Some(1)).expect("a model");
            texts.map(|text| text_row(&*model, text, Role::Document))
        };
        let whole = rows();
        let (mut half, mut rounded) = (HashMap::new(), HashMap::new());
        for (name, tensor) in model.tensors() {
            let less = if tensor.dtype() == DType::F32 { tensor.to_dtype(precision).expect("half") } else { tensor };
            let back = if less.dtype() == precision { less.to_dtype(DType::F32).expect("back") } else { less.clone() };
            half.insert(name.clone(), less);
            rounded.insert(name, back);
        }
        model.write_tensors(&half);
        let found = rows();
        model.write_tensors(&rounded);
        // All that half precision costs is the rounding of the weights: the rest is computed in single precision.
        for (found, expected) in found.iter().zip(rows()) {
            same(found, &expected, name);
        }
        for (found, whole) in found.iter().zip(&whole) {
            assert!(cosine(found, whole) >= 0.999, "{name} {precision:?}: {}", cosine(found, whole));
        }
    }
}
