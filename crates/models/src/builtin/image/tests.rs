//! The picture baseline, held to what people see and to public pictures.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Picture {
    fn drawn(width: u32, height: u32, colour: impl Fn(u32, u32) -> [u8; 3]) -> Self {
        let rgb = (0..height).flat_map(|y| (0..width).flat_map(|x| colour(x, y)).collect::<Vec<_>>()).collect();
        Self { width, height, rgb }
    }

    fn input(&self) -> Input<'_> {
        Input::Image(Pixels { width: self.width, height: self.height, rgb: &self.rgb })
    }
}

fn embed(pictures: &[Picture]) -> Vectors {
    let inputs: Vec<_> = pictures.iter().map(Picture::input).collect();
    ImageBaseline::new().embed(&inputs, Role::Document).expect("pictures")
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn colour_edges_and_size_are_seen_as_people_would() {
    let stripes = |colour: [u8; 3]| move |x: u32, _: u32| if (x / 8).is_multiple_of(2) { colour } else { [255; 3] };
    let across = |_: u32, y: u32| if (y / 8).is_multiple_of(2) { [200, 0, 0] } else { [255; 3] };
    let vectors = embed(&[
        Picture::drawn(80, 80, stripes([200, 0, 0])),
        Picture::drawn(80, 80, stripes([210, 20, 10])),
        Picture::drawn(80, 80, stripes([0, 0, 200])),
        Picture::drawn(80, 80, across),
        Picture::drawn(160, 160, |x, y| stripes([200, 0, 0])(x / 2, y / 2)),
    ]);
    let to = |other| dot(vectors.row(0), vectors.row(other));
    assert!(to(1) > 0.95, "nearly the same colour: {}", to(1));
    assert!(to(4) > 0.95, "twice as large: {}", to(4));
    assert!(to(2) < 0.9 && to(3) < 0.5, "another colour {}, another direction {}", to(2), to(3));
}

#[test]
fn even_and_tiny_pictures_have_vectors_too() {
    let vectors = embed(&[
        Picture::drawn(1, 1, |_, _| [0; 3]),
        Picture::drawn(3, 500, |_, _| [255; 3]),
        Picture::drawn(64, 64, |_, _| [127; 3]),
    ]);
    for row in vectors.iter() {
        assert!((dot(row, row) - 1.0).abs() < 1e-5);
    }
    assert!(dot(vectors.row(0), vectors.row(1)) < 0.5, "black is not white");
}

#[test]
fn pictures_without_their_pixels_and_texts_are_refused() {
    for (width, height, rgb) in [(0, 0, &[][..]), (2, 2, &[1, 2, 3]), (0, 5, &[1, 2, 3])] {
        let input = Input::Image(Pixels { width, height, rgb });
        let refused = ImageBaseline::new().embed(&[input], Role::Document);
        assert!(matches!(refused, Err(Error::Input { .. })), "{width} × {height}");
    }
    assert!(ImageBaseline::new().embed(&[Input::Text("a text")], Role::Document).is_err());
    assert!(ImageBaseline::new().explain("a text").is_err());
}

proptest! {
    #[test]
    fn every_picture_has_a_finite_unit_vector_of_its_own(width in 1_u32..40, height in 1_u32..40, seed in any::<u32>()) {
        let noise = |x: u32, y: u32| (x * 7919 + y * 104_729).wrapping_mul(seed | 1).to_le_bytes();
        let picture = || Picture::drawn(width, height, |x, y| [noise(x, y)[1], noise(x, y)[2], noise(x, y)[3]]);
        let together = embed(&[Picture::drawn(5, 5, |_, _| [9; 3]), picture()]);
        prop_assert!((dot(together.row(1), together.row(1)) - 1.0).abs() < 1e-4);
        let alone = embed(&[picture()]);
        prop_assert_eq!(together.row(1), alone.row(0));
    }
}

fn data(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("EMBEDSCOPE_TEST_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let found = root.join(path);
    if !found.exists() {
        println!("skipped: {} is absent", found.display());
    }
    found.exists().then_some(found)
}

/// How often a picture's `k` nearest others, each voting with its similarity, give its label.
fn accuracy(vectors: &Vectors, labels: &[String], k: usize) -> f64 {
    let vote = |&asked: &usize| {
        let mut near: Vec<(f32, usize)> = (0..labels.len())
            .filter(|&row| row != asked)
            .map(|row| (dot(vectors.row(asked), vectors.row(row)), row))
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut votes = BTreeMap::<&str, f32>::new();
        near[..k].iter().for_each(|(similarity, row)| *votes.entry(&labels[*row]).or_default() += similarity);
        votes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).is_some_and(|(label, _)| label == labels[asked])
    };
    (0..labels.len()).into_par_iter().filter(vote).count() as f64 / labels.len() as f64
}

#[test]
fn nearest_photographs_often_show_the_same_kind_of_clothes() {
    let Some(root) = data("clothing_small/train") else { return };
    let mut files = Vec::new();
    for class in std::fs::read_dir(root).expect("classes") {
        let class = class.expect("a class");
        let label = class.file_name().into_string().expect("a plain name");
        let inside = std::fs::read_dir(class.path()).expect("photographs");
        files.extend(inside.map(|file| (label.clone(), file.expect("a photograph").path())));
    }
    files.sort();
    let (labels, pictures): (Vec<_>, Vec<_>) = files
        .into_par_iter()
        .map(|(label, file)| {
            let picture = image::open(file).expect("a photograph").into_rgb8();
            (label, Picture { width: picture.width(), height: picture.height(), rgb: picture.into_raw() })
        })
        .unzip();
    let accuracy = accuracy(&embed(&pictures), &labels, 5);
    println!("clothing_small: {accuracy:.4} of {} photographs in 10 classes", labels.len());
    assert!(accuracy > 0.45, "{accuracy}");
}

#[test]
fn nearest_digits_are_the_same_digit() {
    let (Some(sprite), Some(labels)) =
        (data("mnist_sprite/mnist_10k_sprite.png"), data("mnist_sprite/mnist_10k_784d_labels.tsv"))
    else {
        return;
    };
    let sprite = image::open(sprite).expect("a sprite").into_rgb8();
    let labels = std::fs::read_to_string(labels).expect("labels");
    let labels: Vec<String> = labels.lines().take(2000).map(str::to_owned).collect();
    let digit = |number: u32| {
        let (left, top) = (number % 100 * 28, number / 100 * 28);
        Picture::drawn(28, 28, |x, y| sprite.get_pixel(left + x, top + y).0)
    };
    let digits: Vec<_> = (0..labels.len() as u32).map(digit).collect();
    let accuracy = accuracy(&embed(&digits), &labels, 5);
    println!("mnist_sprite: {accuracy:.4} of {} digits", labels.len());
    assert!(accuracy > 0.94, "{accuracy}");
}
