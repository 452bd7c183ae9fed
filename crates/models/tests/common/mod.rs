//! What the tests of models share: the golden files, and what it means to agree with them.

#![allow(dead_code, reason = "each test file uses a part")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use embedscope_models::{Embedder, Folders, Input, Kind, Pixels, Role, load};
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens")
}

pub fn read<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let file = goldens().join(name);
    serde_json::from_slice(&std::fs::read(&file).expect("a golden file")).expect("rows")
}

pub fn open(name: &str) -> Arc<dyn Embedder> {
    let path = goldens().join(name);
    load(path.to_str().expect("a plain path"), &Folders::from_env(), Some(2)).expect("a model")
}

pub fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let inner = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
    inner(a, b) / (inner(a, a) * inner(b, b)).sqrt()
}

#[track_caller]
pub fn same(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let apart = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart <= 1e-4, "{what}: {apart} apart");
    assert!(cosine(found, expected) >= 0.99999, "{what}: cosine {}", cosine(found, expected));
}

pub fn text_row(model: &dyn Embedder, text: &str, role: Role) -> Vec<f32> {
    model.embed(&[Input::Text(text)], role).expect("embedded").row(0).to_vec()
}

pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

impl Picture {
    pub fn open(index: usize) -> Self {
        let file = goldens().join(format!("pictures/{index}.png"));
        let picture = image::open(file).expect("a picture").to_rgb8();
        Self { width: picture.width(), height: picture.height(), rgb: picture.into_raw() }
    }

    pub fn input(&self) -> Input<'_> {
        Input::Image(Pixels { width: self.width, height: self.height, rgb: &self.rgb })
    }
}

#[derive(Deserialize)]
pub struct Mixed {
    pub text: Option<String>,
    pub picture: Option<usize>,
    pub vector: Vec<f32>,
}

/// Pictures that are resized may differ in the last level of a few pixels, which a tiny network makes much of; the others
/// must agree to the last digits.
pub fn agrees(found: &[f32], row: &Mixed, resized: bool, what: &str) {
    if resized {
        assert!(cosine(found, &row.vector) >= 0.999, "{what}: cosine {}", cosine(found, &row.vector));
    } else {
        same(found, &row.vector, what);
    }
}

/// A model of pictures gives the reference's vectors, together and alone; gives how many pictures needed no resizing to
/// its `side`.
pub fn pictures_agree(name: &str, dim: usize, side: u32) -> usize {
    let model = open(name);
    assert_eq!((model.about().dim, model.about().kinds.as_slice()), (dim, [Kind::Image].as_slice()));
    let rows: Vec<Mixed> = read(&format!("{name}.json"));
    let pictures: Vec<Picture> = rows.iter().map(|row| Picture::open(row.picture.expect("a picture"))).collect();
    let inputs: Vec<Input<'_>> = pictures.iter().map(Picture::input).collect();
    let together = model.embed(&inputs, Role::Document).expect("embedded");
    for (((row, picture), input), found) in rows.iter().zip(&pictures).zip(&inputs).zip(together.iter()) {
        let resized = (picture.width, picture.height) != (side, side);
        agrees(found, row, resized, &format!("{name}: picture {:?}", row.picture));
        let alone = model.embed(&[*input], Role::Document).expect("embedded");
        same(alone.row(0), found, &format!("{name}: picture {:?} alone", row.picture));
    }
    pictures.iter().filter(|picture| (picture.width, picture.height) == (side, side)).count()
}
