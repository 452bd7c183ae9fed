//! The text baseline, held to its promises and to public figures.

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

fn embed(texts: &[&str]) -> Vectors {
    let inputs: Vec<_> = texts.iter().map(|text| Input::Text(text)).collect();
    TextBaseline::new().embed(&inputs, Role::Document).expect("texts")
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn shared_words_bring_texts_together() {
    let vectors = embed(&["A man is playing a guitar", "The man plays his guitars", "Frozen lakes melt in spring"]);
    let near = dot(vectors.row(0), vectors.row(1));
    let far = dot(vectors.row(0), vectors.row(2));
    assert!(near > 0.4 && far < 0.2, "near {near}, far {far}");
}

#[test]
fn nothing_has_a_vector_of_its_own() {
    let vectors = embed(&["", " \n", "🙂", "!?"]);
    assert_eq!(vectors.row(0), vectors.row(1));
    assert!((dot(vectors.row(0), vectors.row(0)) - 1.0).abs() < 1e-5);
    assert!(dot(vectors.row(0), vectors.row(2)) < 0.9 && dot(vectors.row(2), vectors.row(3)) < 0.9);
    assert_eq!(embed(&[]).rows(), 0);
}

/// Vectors kept from an earlier version must mean the same in this one; a change here needs a new recipe version.
#[test]
fn vectors_stay_as_they_are() {
    let vector = embed(&["The bank of the river"]);
    let first: Vec<String> = vector.row(0).iter().take(6).map(|value| format!("{value:.5}")).collect();
    assert_eq!(first, FROZEN);
}

const FROZEN: [&str; 6] = ["-0.05450", "-0.04688", "0.00000", "0.00000", "-0.05450", "-0.00153"];

#[test]
fn a_picture_is_refused() {
    let picture = Input::Image(crate::Pixels { width: 1, height: 1, rgb: &[0, 0, 0] });
    let refused = TextBaseline::new().embed(&[picture], Role::Document);
    assert!(matches!(refused, Err(Error::Input { .. })));
}

#[test]
fn the_anatomy_ends_in_the_same_vector() {
    let text = "Zwei Hunde laufen";
    let anatomy = TextBaseline::new().explain(text).expect("a text");
    assert_eq!(anatomy.vector, embed(&[text]).row(0));
    assert_eq!((anatomy.tokens.len(), anatomy.ids.len()), (anatomy.offsets.len(), anatomy.tokens.len()));
    assert!(anatomy.tokens.contains(&"zwei hunde".into()) && anatomy.tokens.contains(&"^hun".into()));
}

proptest! {
    #[test]
    fn every_text_has_a_finite_unit_vector_of_its_own(text in "\\PC{0,80}", other in "\\PC{0,20}") {
        let alone = embed(&[&text]);
        let length = alone.row(0).iter().map(|value| value * value).sum::<f32>();
        prop_assert!((length - 1.0).abs() < 1e-4);
        let together = embed(&[&other, &text]);
        prop_assert_eq!(together.row(1), alone.row(0));
    }
}

fn data(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("EMBEDSCOPE_TEST_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let file = root.join(path);
    if !file.exists() {
        println!("skipped: {} is absent", file.display());
    }
    file.exists().then_some(file)
}

fn rows(file: PathBuf) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(file).expect("readable");
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// Ranks from 0, equal values sharing the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for same in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = before as f64 + (same.len() - 1) as f64 / 2.0;
        same.iter().for_each(|&place| ranks[place] = rank);
        before += same.len();
    }
    ranks
}

fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let spread = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    spread(&a, &b) / (spread(&a, &a) * spread(&b, &b)).sqrt()
}

/// The weights were chosen on stsb-en-train, so the other two are fair.
#[test]
fn people_and_the_baseline_agree_on_what_is_similar() {
    for (name, least) in [("stsb-en-dev", 0.75), ("stsb-en-train", 0.70), ("stsb-de-test", 0.63)] {
        let Some(file) = data(&format!("stsb/{name}.csv")) else { continue };
        let rows = rows(file);
        let left = embed(&rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>());
        let right = embed(&rows.iter().map(|row| row[1].as_str()).collect::<Vec<_>>());
        let found: Vec<f64> = left.iter().zip(right.iter()).map(|(a, b)| f64::from(dot(a, b))).collect();
        let wanted: Vec<f64> = rows.iter().map(|row| row[2].parse().expect("a score")).collect();
        let agreement = spearman(&found, &wanted);
        println!("{name}: Spearman {agreement:.4}");
        assert!(agreement > least, "{name}: {agreement}");
    }
}

/// Every tenth question by its five nearest others, each voting with its similarity.
#[test]
fn nearest_questions_share_an_intent() {
    let Some(file) = data("banking77/train.csv") else { return };
    let rows = rows(file).split_off(1);
    let vectors = embed(&rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>());
    let asked: Vec<usize> = (0..rows.len()).step_by(10).collect();
    let vote = |&asked: &usize| {
        let mut near: Vec<(f32, usize)> = (0..rows.len())
            .filter(|&row| row != asked)
            .map(|row| (dot(vectors.row(asked), vectors.row(row)), row))
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut votes = std::collections::BTreeMap::<&str, f32>::new();
        for (similarity, row) in &near[..5] {
            *votes.entry(&rows[*row][1]).or_default() += similarity;
        }
        votes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).is_some_and(|(label, _)| label == rows[asked][1])
    };
    let right = asked.par_iter().filter(|asked| vote(asked)).count();
    let accuracy = right as f64 / asked.len() as f64;
    println!("banking77: {accuracy:.4} of {} questions", asked.len());
    assert!(accuracy > 0.82, "{accuracy}");
}
