//! Verbs on matrices: similarity, neighbours, project, cluster, quality, compare, health.

use embedscope_engine::Vectors;
use embedscope_engine::export::read_labels;
use serde_json::Value;

use crate::desk::{Desk, clouds};

fn near(value: &Value, expected: f64, within: f64) {
    let value = value.as_f64().expect("a number");
    assert!((value - expected).abs() <= within, "{value}, not {expected}");
}

fn bytes(desk: &Desk, name: &str) -> Vec<u8> {
    std::fs::read(desk.path(name)).expect("there")
}

#[test]
fn similarity_of_all_pairs() {
    let desk = Desk::new();
    desk.write_matrix("a.npy", vec![1.0, 0.0, 3.0, 4.0], 2);
    desk.write_matrix("b.npy", vec![0.0, 2.0, 2.0, 0.0, -1.0, 0.0], 2);
    let values = |metric: &str| {
        let answer = desk.answer(&["similarity", "a.npy", "b.npy", "--metric", metric, "--out", "s.npy"]);
        assert_eq!((&answer["rows"], &answer["columns"]), (&2.into(), &3.into()));
        desk.matrix("s.npy").into_vec()
    };
    for (metric, expected) in [
        ("cosine", [0.0, 1.0, -1.0, 0.8, 0.6, -0.6]),
        ("dot", [0.0, 2.0, -1.0, 8.0, 6.0, -3.0]),
        ("euclidean", [5_f32.sqrt(), 1.0, 2.0, 13_f32.sqrt(), 17_f32.sqrt(), 32_f32.sqrt()]),
        ("manhattan", [3.0, 1.0, 2.0, 5.0, 5.0, 8.0]),
    ] {
        for (value, expected) in values(metric).into_iter().zip(expected) {
            assert!((value - expected).abs() < 1e-5, "{metric}: {value}, not {expected}");
        }
    }
    let alone = desk.answer(&["similarity", "a.npy", "--out", "s.npy"]);
    assert_eq!((&alone["rows"], &alone["columns"]), (&2.into(), &2.into()));
}

#[test]
fn neighbours_are_the_nearest_rows() {
    let desk = Desk::new();
    let vectors = desk.write_matrix("x.npy", clouds(20, 6), 6);
    let answer = desk.answer(&[
        "neighbours",
        "x.npy",
        "--k",
        "4",
        "--metric",
        "euclidean",
        "--exact",
        "--out",
        "n.npy",
        "--distances",
        "d.npy",
    ]);
    near(&answer["recall_probe"], 1.0, 0.0);
    let (found, distances) = (desk.matrix("n.npy"), desk.matrix("d.npy"));
    assert_eq!((found.rows(), found.dim(), distances.rows(), distances.dim()), (60, 4, 60, 4));
    assert_eq!(&bytes(&desk, "n.npy")[..6], b"\x93NUMPY");
    for row in 0..60 {
        let distance = |other: usize| -> f32 {
            vectors.row(row).iter().zip(vectors.row(other)).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
        };
        let mut all: Vec<f32> = (0..60).filter(|&other| other != row).map(distance).collect();
        all.sort_by(f32::total_cmp);
        for ((&other, &said), expected) in found.row(row).iter().zip(distances.row(row)).zip(all) {
            assert!((distance(other as usize) - expected).abs() < 1e-4 && (said - expected).abs() < 1e-4);
        }
    }
}

#[test]
fn pca_keeps_the_variance_at_any_number_of_threads() {
    let desk = Desk::new();
    desk.write_matrix("x.npy", clouds(30, 9), 9);
    let answer =
        desk.answer(&["project", "x.npy", "--method", "pca", "--dims", "4", "--out", "y.npy", "--threads", "1"]);
    assert_eq!((&answer["method"], &answer["dims"]), (&"pca".into(), &4.into()));
    let ratios: Vec<f64> =
        answer["explained_variance_ratio"].as_array().expect("a list").iter().filter_map(Value::as_f64).collect();
    assert_eq!(ratios.len(), 4);
    assert!(ratios.is_sorted_by(|a, b| a >= b) && ratios.iter().sum::<f64>() <= 1.0 + 1e-9);
    // Three clouds lie in a plane.
    assert!(ratios[0] + ratios[1] > 0.9, "{ratios:?}");
    let alone = bytes(&desk, "y.npy");
    desk.answer(&["project", "x.npy", "--method", "pca", "--dims", "4", "--out", "y.npy", "--threads", "2"]);
    assert_eq!(bytes(&desk, "y.npy"), alone);
}

#[test]
fn tsne_repeats_itself_and_keeps_layouts_on_the_way() {
    let desk = Desk::new();
    desk.write_matrix("x.npy", clouds(15, 5), 5);
    let project = |seed: &str, out: &str| {
        desk.answer(&[
            "project",
            "x.npy",
            "--method",
            "tsne",
            "--perplexity",
            "8",
            "--iterations",
            "120",
            "--snapshots",
            "way",
            "--seed",
            seed,
            "--out",
            out,
        ])
    };
    let answer = project("5", "y.npy");
    assert_eq!((&answer["iterations"], &answer["snapshots"], &answer["seed"]), (&120.into(), &3.into(), &5.into()));
    assert!(answer["kl"].as_f64().expect("a number") >= 0.0);
    assert_eq!((desk.matrix("y.npy").rows(), desk.matrix("y.npy").dim()), (45, 2));
    assert_eq!(bytes(&desk, "way/step-00120.npy"), bytes(&desk, "y.npy"));
    assert_ne!(bytes(&desk, "way/step-00050.npy"), bytes(&desk, "y.npy"));
    project("5", "again.npy");
    assert_eq!(bytes(&desk, "again.npy"), bytes(&desk, "y.npy"));
    let quality = desk.answer(&["quality", "x.npy", "y.npy", "--k", "5"]);
    assert!(quality["trustworthiness"].as_f64().expect("a number") > 0.8, "{quality}");
}

#[test]
fn umap_repeats_itself_and_starts_where_it_is_told() {
    let desk = Desk::new();
    desk.write_matrix("x.npy", clouds(20, 5), 5);
    let umap =
        ["project", "x.npy", "--method", "umap", "--neighbours", "8", "--min-dist", "0.2", "--iterations", "100"];
    let with = |rest: &[&str]| desk.answer(&[&umap[..], rest].concat());
    let answer = with(&["--out", "y.npy"]);
    assert_eq!((&answer["method"], &answer["iterations"]), (&"umap".into(), &100.into()));
    near(&answer["recall_probe"], 1.0, 0.0);
    assert_eq!((desk.matrix("y.npy").rows(), desk.matrix("y.npy").dim()), (60, 2));
    with(&["--out", "again.npy", "--threads", "1"]);
    assert_eq!(bytes(&desk, "again.npy"), bytes(&desk, "y.npy"));
    with(&["--out", "on.npy", "--init", "y.npy"]);
    assert_ne!(bytes(&desk, "on.npy"), bytes(&desk, "y.npy"));
    let quality = desk.answer(&["quality", "x.npy", "y.npy", "--k", "5"]);
    assert!(quality["trustworthiness"].as_f64().expect("a number") > 0.8, "{quality}");
}

#[test]
fn hdbscan_finds_clouds_without_being_told_how_many() {
    let desk = Desk::new();
    desk.write_matrix("x.npy", clouds(20, 6), 6);
    let hdbscan = ["cluster", "x.npy", "--method", "hdbscan", "--min-cluster-size"];
    let answer = desk.answer(&[&hdbscan[..], &["8", "--out", "l.npy"]].concat());
    assert_eq!(answer["clusters"], 3);
    let labels = read_labels(&desk.path("l.npy")).expect("labels");
    assert!((0..3).all(|cloud| labels[cloud * 20..][..20].iter().filter(|&&label| label == cloud as i32).count() > 15));
    assert_ne!(desk.call(&[&hdbscan[..], &["1", "--out", "l.npy"]].concat()).status, 0);
    let answer = desk.answer(&[&hdbscan[..], &["30,8", "--out", "layers.npy"]].concat());
    let layers = answer["layers"].as_array().expect("layers");
    assert_eq!((&layers[0]["min_cluster_size"], &layers[0]["clusters"]), (&8.into(), &3.into()));
    assert_eq!((&layers[1]["min_cluster_size"], &layers[1]["clusters"]), (&30.into(), &0.into()));
    let kept = desk.matrix("layers.npy");
    assert_eq!((kept.rows(), kept.dim()), (60, 2));
    assert!(kept.iter().zip(labels).all(|(row, label)| row[0] == label as f32 && row[1] == -1.0));
}

#[test]
fn a_mixture_tells_clouds_apart_and_refuses_what_is_too_much() {
    let desk = Desk::new();
    desk.write_matrix("x.npy", clouds(20, 3), 3);
    let mixture = ["cluster", "x.npy", "--method", "mixture", "--out", "l.npy", "--k"];
    let answer = desk.answer(&[&mixture[..], &["3"]].concat());
    assert_eq!((&answer["clusters"], &answer["noise"]), (&3.into(), &0.into()));
    assert_eq!(desk.call(&[&mixture[..], &["60"]].concat()).status, 1);
}

#[test]
fn kmeans_finds_clouds_and_dbscan_leaves_out_what_is_alone() {
    let desk = Desk::new();
    desk.write_matrix("x.npy", clouds(20, 6), 6);
    let answer = desk.answer(&["cluster", "x.npy", "--k", "3", "--out", "l.npy"]);
    assert_eq!((&answer["clusters"], &answer["noise"]), (&3.into(), &0.into()));
    assert!(answer["inertia"].as_f64().expect("a number") > 0.0);
    let labels = read_labels(&desk.path("l.npy")).expect("labels");
    assert!((0..3).all(|cloud| labels[cloud * 20..][..20].iter().all(|&label| label == labels[cloud * 20])));
    let mut flat = clouds(20, 2);
    flat.extend([100.0, 100.0]);
    desk.write_matrix("m.npy", flat, 2);
    let answer = desk.answer(&["cluster", "m.npy", "--method", "dbscan", "--eps", "1", "--out", "l.npy"]);
    assert_eq!((&answer["clusters"], &answer["noise"], &answer["inertia"]), (&3.into(), &1.into(), &Value::Null));
    assert_eq!(read_labels(&desk.path("l.npy")).expect("labels").last(), Some(&-1));
}

#[test]
fn a_map_that_is_the_space_itself_is_true() {
    let desk = Desk::new();
    desk.write_matrix("x.npy", clouds(20, 3), 3);
    desk.answer(&["cluster", "x.npy", "--k", "3", "--out", "l.npy"]);
    let answer = desk.answer(&["quality", "x.npy", "x.npy", "--labels", "l.npy", "--metric", "euclidean"]);
    for key in ["trustworthiness", "continuity", "neighbour_preservation", "shepard"] {
        near(&answer[key], 1.0, 1e-6);
    }
    assert!(answer["silhouette"].as_f64().expect("a number") > 0.8);
    let without = desk.answer(&["quality", "x.npy", "x.npy"]);
    assert_eq!(without["silhouette"], Value::Null);
}

#[test]
fn a_space_compared_with_itself_is_the_same() {
    let desk = Desk::new();
    let vectors = desk.write_matrix("a.npy", clouds(20, 4), 4);
    let doubled = vectors.as_slice().iter().map(|value| value * 2.0).collect();
    desk.write_matrix("b.npy", doubled, 4);
    let answer = desk.answer(&["compare", "a.npy", "b.npy"]);
    for (key, expected) in [("overlap", 1.0), ("cka", 1.0), ("rsa", 1.0), ("procrustes", 0.0)] {
        near(&answer[key], expected, 1e-4);
    }
    assert_eq!(answer["k"], 10);
}

#[test]
fn health_counts_what_is_broken() {
    let desk = Desk::new();
    let mut values = clouds(20, 4);
    values[5] = f32::NAN;
    let first: Vec<f32> = values[..4].to_vec();
    values.extend(first);
    let vectors: Vectors = desk.write_matrix("x.npy", values, 4);
    let answer = desk.answer(&["health", "x.npy"]);
    assert_eq!((&answer["rows"], &answer["non_finite"]), (&vectors.rows().into(), &1.into()));
    near(&answer["duplicate_share"], 1.0 / 60.0, 1e-9);
    for key in ["norm_mean", "norm_std", "anisotropy", "effective_rank", "hubness_skew"] {
        assert!(answer[key].is_number(), "{key}");
    }
}

#[test]
fn a_workspace_stands_where_a_matrix_does() {
    let desk = Desk::new();
    for (number, text) in ["lava ran down", "a volcano smokes", "warm bread", "rye and flour", "an oven", "ash fell"]
        .into_iter()
        .enumerate()
    {
        desk.write(&format!("notes/{number}.txt"), text);
    }
    desk.answer(&["map", "notes", "--models", "builtin-text", "--workspace", "kept", "--out", "report"]);
    desk.answer(&["workspace", "export", "kept", "--format", "npy", "--out", "out"]);
    desk.answer(&["similarity", "out/vectors.npy", "--out", "of-file.npy"]);
    for (calls, named) in ["kept", "kept#builtin-text"].into_iter().enumerate() {
        let out = format!("s{calls}.npy");
        assert_eq!(desk.answer(&["similarity", named, "--out", &out])["rows"], 6);
        assert_eq!(bytes(&desk, &out), bytes(&desk, "of-file.npy"));
        desk.answer(&["project", named, "--method", "pca", "--out", "y.npy"]);
        desk.answer(&["neighbours", named, "--k", "2", "--out", "n.npy"]);
        assert_eq!(desk.answer(&["cluster", named, "--k", "2", "--out", "l.npy"])["clusters"], 2);
        assert_eq!(desk.answer(&["health", named])["rows"], 6);
    }
    assert_eq!(desk.matrix("y.npy").dim(), 2);
    near(&desk.answer(&["compare", "kept#builtin-text", "out/vectors.npy", "--k", "2"])["overlap"], 1.0, 0.0);
    let of_map = desk.answer(&["quality", "kept", "kept#builtin-text#tsne", "--k", "2"]);
    assert!(of_map["trustworthiness"].as_f64().expect("a number") > 0.0);

    for (named, told) in [
        ("kept#clip", "holds vectors of builtin-text"),
        ("kept#builtin-text#umap", "no map by umap; there are: PCA, t-SNE"),
        ("elsewhere#builtin-text", "elsewhere#builtin-text"),
    ] {
        let refused = desk.call(&["health", named]);
        assert!(refused.status != 0 && refused.stderr.contains(told), "{named}: {}", refused.stderr);
    }
}
