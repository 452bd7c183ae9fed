//! The numbers of scikit-learn, scipy, openTSNE and umap-learn, frozen by `goldens/make.py`.

use embedscope_space::agreement::{agreement, neighbour_accuracy};
use embedscope_space::bootstrap::BootstrapParams;
use embedscope_space::compare::CompareParams;
use embedscope_space::davies_bouldin::davies_bouldin;
use embedscope_space::dbscan::DbscanParams;
use embedscope_space::hdbscan::HdbscanParams;
use embedscope_space::health::HealthParams;
use embedscope_space::kmeans::KmeansParams;
use embedscope_space::neighbours::NeighboursParams;
use embedscope_space::pca::PcaParams;
use embedscope_space::quality::QualityParams;
use embedscope_space::retrieval::Ranking;
use embedscope_space::silhouette::SilhouetteParams;
use embedscope_space::tsne::TsneParams;
use embedscope_space::umap::UmapParams;
use embedscope_space::{Cancel, Metric, UNWATCHED, Vectors, layout, procrustes, ranks, similarity};
use serde_json::Value;

fn reference() -> Value {
    serde_json::from_str(include_str!("../goldens/reference.json")).expect("valid JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    let row = value.as_array().expect("a list");
    row.iter().flat_map(|value| value.as_f64().map_or_else(|| numbers(value), |number| vec![number])).collect()
}

fn vectors(value: &Value) -> Vectors {
    let dim = value[0].as_array().expect("rows").len();
    Vectors::new(numbers(value).into_iter().map(|x| x as f32).collect(), dim).expect("whole rows")
}

fn labels(value: &Value) -> Vec<i32> {
    numbers(value).into_iter().map(|label| label as i32).collect()
}

#[track_caller]
fn close(found: f64, wanted: &Value, tolerance: f64) {
    let wanted = wanted.as_f64().expect("a number");
    assert!((found - wanted).abs() <= tolerance, "{found} is not {wanted}");
}

fn go() -> Cancel {
    Cancel::default()
}

#[test]
fn neighbours_and_distances() {
    let golden = reference();
    let x = vectors(&golden["x"]);
    for metric in [Metric::Cosine, Metric::Euclidean, Metric::Manhattan] {
        let wanted = &golden["metrics"][metric.to_string()];
        let found = NeighboursParams { k: 8, metric, ..Default::default() }
            .check()
            .expect("params")
            .run(&x, UNWATCHED, &go())
            .expect("runs");
        let indices: Vec<u32> = numbers(&wanted["indices"]).into_iter().map(|row| row as u32).collect();
        assert_eq!(found.indices, indices, "{metric}");
        for (found, wanted) in found.distances.iter().zip(numbers(&wanted["distances"])) {
            assert!((f64::from(*found) - wanted).abs() < 1e-6 * wanted.max(1.0), "{metric} {found} {wanted}");
        }
        let few = x.select(&[0, 1, 2, 3, 4, 5]);
        let matrix = similarity::matrix(&few, &x, metric).expect("same width");
        for (found, wanted) in matrix.as_slice().iter().zip(numbers(&wanted["matrix"])) {
            let shown = if metric == Metric::Cosine { 1.0 - wanted } else { wanted };
            assert!((f64::from(*found) - shown).abs() < 1e-6 * wanted.max(1.0), "{metric} {found} {shown}");
        }
    }
}

#[test]
fn principal_components() {
    let golden = reference();
    for (data, name, components) in [("x", "pca", 5), ("wide", "pca_wide", 6)] {
        let data = vectors(&golden[data]);
        let found = PcaParams { components }.check().expect("params").run(&data, UNWATCHED, &go()).expect("runs");
        let wanted = &golden[name];
        for (found, wanted) in found.components.as_slice().iter().zip(numbers(&wanted["components"])) {
            assert!((f64::from(*found) - wanted).abs() < 1e-5, "{name} {found} {wanted}");
        }
        let largest = found.explained_variance[0];
        for (found, wanted) in found.explained_variance.iter().zip(numbers(&wanted["explained_variance"])) {
            assert!((found - wanted).abs() < 1e-6 * largest, "{name} {found} {wanted}");
        }
        let ratios = found.explained_variance_ratio.iter().zip(numbers(&wanted["explained_variance_ratio"]));
        ratios.for_each(|(found, wanted)| assert!((found - wanted).abs() < 1e-6, "{name} {found} {wanted}"));
    }
}

#[test]
fn quality_of_a_map() {
    let golden = reference();
    let (x, y) = (vectors(&golden["x"]), vectors(&golden["y"]));
    for metric in [Metric::Euclidean, Metric::Cosine] {
        let params = QualityParams { k: 7, metric, ..Default::default() };
        let found = params.check().expect("params").run(&x, &y, UNWATCHED, &go()).expect("runs");
        let wanted = &golden["quality"][metric.to_string()];
        close(found.trustworthiness, &wanted["trustworthiness"], 1e-6);
        close(found.continuity, &wanted["continuity"], 1e-6);
        close(found.neighbour_preservation, &wanted["neighbour_preservation"], 1e-6);
        close(found.shepard, &wanted["shepard"], 1e-6);
    }
}

#[test]
fn clusters() {
    let golden = reference();
    let (x, y, truth) = (vectors(&golden["x"]), vectors(&golden["y"]), labels(&golden["labels"]));
    for metric in [Metric::Euclidean, Metric::Cosine, Metric::Manhattan] {
        let params = SilhouetteParams { metric, ..Default::default() }.check().expect("params");
        let found = params.run(&x, &truth, UNWATCHED, &go()).expect("runs");
        close(found.mean, &golden["silhouette"][metric.to_string()], 1e-6);
    }
    let found = KmeansParams { k: 4, ..Default::default() }.check().expect("params").run(&x, UNWATCHED, &go());
    close(found.expect("runs").inertia, &golden["kmeans_inertia"], 1e-3);
    let found = DbscanParams { eps: 0.9, min_points: 4 }.check().expect("params").run(&y, UNWATCHED, &go());
    let (found, wanted) = (found.expect("runs").labels, labels(&golden["dbscan"]));
    assert_eq!(found, wanted);
}

#[test]
fn two_spaces() {
    let golden = reference();
    let (x, y) = (vectors(&golden["x"]), vectors(&golden["y"]));
    let found = CompareParams::default().check().expect("params").run(&x, &y, UNWATCHED, &go()).expect("runs");
    let wanted = &golden["compare"];
    for (found, wanted) in found.overlap.iter().zip(numbers(&wanted["overlap"])) {
        assert!((f64::from(*found) - wanted).abs() < 1e-6);
    }
    close(found.cka, &wanted["cka"], 1e-6);
    close(found.rsa, &wanted["rsa"], 1e-6);
    close(found.procrustes, &golden["procrustes"]["padded"], 1e-6);
    let flat = Vectors::new(x.iter().flat_map(|row| [row[0], row[1]]).collect(), 2).expect("rows");
    close(procrustes::disparity(&flat, &y, &go()).expect("same rows"), &golden["procrustes"]["flat"], 1e-6);
}

#[test]
fn health() {
    let golden = reference();
    let x = vectors(&golden["x"]);
    let found = HealthParams::default().check().expect("params").run(&x, UNWATCHED, &go()).expect("runs");
    let wanted = &golden["health"];
    close(found.norm_mean, &wanted["norm_mean"], 1e-6);
    close(found.norm_std, &wanted["norm_std"], 1e-6);
    close(found.anisotropy, &wanted["anisotropy"], 1e-6);
    close(found.effective_rank, &wanted["effective_rank"], 1e-5);
    close(found.participation_ratio, &wanted["participation_ratio"], 1e-5);
    close(found.iso_score, &wanted["iso_score"], 1e-6);
    close(found.rank_me, &wanted["rank_me"], 1e-5);
    close(found.intrinsic_dimension, &wanted["intrinsic_dimension"], 1e-4);
    close(found.hubness_skew, &wanted["hubness_skew"], 1e-6);
}

#[test]
fn affinities_and_divergence_of_tsne() {
    let golden = reference();
    let x = vectors(&golden["x"]);
    let params = TsneParams { perplexity: 10.0, metric: Metric::Euclidean, ..Default::default() };
    let checked = params.clone().check().expect("params");
    let run = checked.start(&x, UNWATCHED, &go()).expect("starts");
    // All points still coincide: what is left is Σ p ln p and the count of pairs.
    let pairs = (90.0_f64 * 89.0).ln();
    close(run.kl() - pairs, &golden["tsne"]["negative_entropy"], 1e-5);
    // Where it ends depends on the last digits of where it began: of nine beginnings the median is compared.
    let divergence = |seed| {
        let params = TsneParams { init: layout::Start::Random, seed, ..params.clone() };
        params.check().expect("params").run(&x, UNWATCHED, &go()).expect("runs").kl
    };
    let mut found: Vec<f64> = (0..9).map(divergence).collect();
    found.sort_by(f64::total_cmp);
    let wanted = golden["tsne"]["kl"].as_f64().expect("a number");
    assert!(found[4] <= wanted * 1.02, "{found:?} against {wanted}");
}

#[test]
fn density_clusters() {
    let golden = reference();
    for wanted in golden["hdbscan"].as_array().expect("cases") {
        let data = vectors(&golden[wanted["data"].as_str().expect("a name")]);
        let params = HdbscanParams {
            min_cluster_size: wanted["size"].as_u64().expect("a number") as usize,
            min_samples: wanted["samples"].as_u64().map(|samples| samples as usize),
            metric: wanted["metric"].as_str().expect("a name").parse().expect("a metric"),
            ..Default::default()
        };
        let found = params.check().expect("params").run(&data, UNWATCHED, &go()).expect("runs");
        let truth = labels(&wanted["labels"]);
        // Names of clusters differ; which rows share one does not.
        let mut names = std::collections::BTreeMap::from([(-1, -1)]);
        for (row, (&a, &b)) in found.labels.iter().zip(&truth).enumerate() {
            assert_eq!(*names.entry(a).or_insert(b), b, "{params:?} row {row}");
        }
        assert_eq!(names.len() - 1, found.clusters);
        for (row, (found, wanted)) in found.probabilities.iter().zip(numbers(&wanted["probabilities"])).enumerate() {
            assert!((f64::from(*found) - wanted).abs() < 1e-6, "{params:?} row {row}: {found} {wanted}");
        }
    }
}

#[test]
fn labels_and_what_they_say() {
    let golden = reference();
    let x = vectors(&golden["x"]);
    let (truth, mixed) = (labels(&golden["labels"]), labels(&golden["mixed"]));
    close(davies_bouldin(&x, &mixed, &go()).expect("clusters"), &golden["davies_bouldin"], 1e-6);
    let (found, wanted) = (agreement(&truth, &mixed).expect("as many"), &golden["agreement"]);
    close(found.adjusted_rand, &wanted["adjusted_rand"], 1e-6);
    close(found.adjusted_mutual_information, &wanted["adjusted_mutual_information"], 1e-6);
    close(found.homogeneity, &wanted["homogeneity"], 1e-6);
    close(found.completeness, &wanted["completeness"], 1e-6);
    close(found.v_measure, &wanted["v_measure"], 1e-6);
    let near = NeighboursParams { k: 7, metric: Metric::Euclidean, ..Default::default() };
    let near = near.check().expect("params").run(&x, UNWATCHED, &go()).expect("runs");
    close(neighbour_accuracy(&near, &mixed).expect("as many"), &wanted["neighbour_accuracy"], 1e-6);
}

#[test]
fn rankings() {
    let golden = reference();
    for wanted in golden["rankings"].as_array().expect("rankings") {
        let found = numbers(&wanted["found"]);
        let ranking = Ranking { found: &found, relevant: &found };
        for (at, k) in [3, 10].into_iter().enumerate() {
            close(ranking.ndcg(k), &wanted["ndcg"][at], 1e-6);
            close(ranking.recall(k), &wanted["recall"][at], 1e-6);
        }
        close(ranking.reciprocal_rank(), &wanted["reciprocal_rank"], 1e-6);
        close(ranking.average_precision(), &wanted["average_precision"], 1e-6);
    }
}

#[test]
fn correlation_and_its_interval() {
    let golden = reference();
    let sides = ["few", "many"].map(|side| numbers(&golden["spearman"][side]));
    let [few, many] = sides.each_ref().map(|side| side.iter().map(|&x| x as f32).collect::<Vec<f32>>());
    close(ranks::spearman(&few, &many), &golden["spearman"]["value"], 1e-6);
    let params = BootstrapParams { draws: 20_000, ..Default::default() };
    let found = params.check().expect("params").mean(&sides[1]).expect("rows");
    // Both draw by chance; the ends of their intervals agree to a few hundredths of the width.
    let width = found.high - found.low;
    close(found.low, &golden["bootstrap"][0], 0.03 * width);
    close(found.high, &golden["bootstrap"][1], 0.03 * width);
}

#[test]
fn umap_is_as_true_as_the_reference() {
    let golden = reference();
    let iris = vectors(&golden["iris"]);
    let least = numbers(&golden["umap"]["trustworthiness"]).into_iter().fold(f64::INFINITY, f64::min);
    let params = UmapParams { metric: Metric::Euclidean, ..Default::default() };
    let map = params.check().expect("params").run(&iris, UNWATCHED, &go()).expect("runs").layout;
    let quality = QualityParams { k: 15, metric: Metric::Euclidean, ..Default::default() };
    let found = quality.check().expect("params").run(&iris, &map, UNWATCHED, &go()).expect("runs");
    assert!(found.trustworthiness >= least, "{} against {least}", found.trustworthiness);
}
