//! HDBSCAN on data whose clusters are known, and where there are none.

use proptest::prelude::*;

use super::*;
use crate::UNWATCHED;
use crate::neighbours::Search;
use crate::sample::normal;

fn run(vectors: &Vectors, min_cluster_size: usize) -> Result<Hdbscan, Error> {
    let params = HdbscanParams { min_cluster_size, ..Default::default() };
    params.check()?.run(vectors, UNWATCHED, &Cancel::default())
}

/// Clouds of 100 rows, `apart` from each other, and ten rows far from all.
fn clouds(count: usize, dim: usize, apart: f32) -> Vectors {
    let mut values = normal(count * 100, dim, 3).into_vec();
    for (at, value) in values.iter_mut().enumerate() {
        let (cloud, axis) = (at / dim / 100, at % dim);
        *value += if axis == cloud % dim { apart * (1 + cloud / dim) as f32 } else { 0.0 };
    }
    values.extend((0..10 * dim).map(|at| 1000.0 * (1 + at / dim) as f32 * if at % 2 == 0 { 1.0 } else { -1.7 }));
    Vectors::new(values, dim).expect("rows")
}

#[test]
fn clouds_are_found_and_loners_are_noise() {
    for (count, dim) in [(3, 2), (5, 40)] {
        let found = run(&clouds(count, dim, 60.0), 20).expect("runs");
        assert_eq!(found.clusters, count);
        for (cloud, labels) in found.labels[..count * 100].chunks(100).enumerate() {
            let own = labels.iter().filter(|&&label| label == cloud as i32).count();
            assert!(own > 80, "{own} of cloud {cloud}");
        }
        assert!(found.labels[count * 100..].iter().all(|&label| label == -1));
        for (&label, &probability) in found.labels.iter().zip(&found.probabilities) {
            assert!(if label < 0 { probability == 0.0 } else { probability > 0.0 && probability <= 1.0 });
        }
    }
}

#[test]
fn an_approximate_graph_gives_nearly_the_same_clusters() {
    let vectors = clouds(6, 12, 25.0);
    let params = HdbscanParams { min_cluster_size: 20, ..Default::default() }.check().expect("params");
    let search = NeighboursParams { k: 20, metric: Metric::Euclidean, search: Search::Approximate, seed: 1 };
    let mut graph = search.check().expect("params").run(&vectors, UNWATCHED, &Cancel::default()).expect("runs");
    graph.recall = graph.recall.min(0.999);
    let found = params.run_from(&vectors, &graph, &Cancel::default()).expect("runs");
    assert_eq!(found.clusters, 6);
}

#[test]
fn many_points_of_a_map_are_found_through_a_tree() {
    let map = clouds(200, 2, 60.0);
    assert!(map.rows() > 16_384);
    let found = run(&map, 30).expect("runs");
    let agreed = found.labels[..20_000].chunks(100).filter(|labels| {
        let own = labels.iter().filter(|&&label| label == labels[50]).count();
        labels[50] >= 0 && own > 60
    });
    assert!(found.clusters > 150 && agreed.count() > 150, "{}", found.clusters);
}

#[test]
fn a_sweep_gives_what_single_runs_give() {
    let vectors = clouds(4, 3, 9.0);
    let params = HdbscanParams { min_samples: Some(5), ..Default::default() };
    let layers = params.check().expect("params").sweep(&vectors, &[5, 20, 80, 9999], UNWATCHED, &Cancel::default());
    let layers = layers.expect("runs");
    let checked = params.check().expect("params");
    let near = NeighboursParams { k: checked.neighbours(), metric: Metric::Euclidean, ..Default::default() };
    let near = near.check().expect("params").run(&vectors, UNWATCHED, &Cancel::default()).expect("runs");
    let again = checked.sweep_from(&vectors, &near, &[5, 20, 80, 9999], &Cancel::default()).expect("runs");
    assert_eq!(again, layers);
    assert!(layers.windows(2).all(|pair| pair[0].clusters >= pair[1].clusters), "coarser and coarser");
    for (size, layer) in [5, 20, 80, 9999].into_iter().zip(layers) {
        let params = HdbscanParams { min_cluster_size: size, ..params }.check().expect("params");
        assert_eq!(params.run(&vectors, UNWATCHED, &Cancel::default()).expect("runs"), layer);
    }
}

#[test]
fn points_of_a_map_cluster_alike_however_they_were_joined() {
    let map = clouds(200, 2, 60.0);
    let params = HdbscanParams { min_cluster_size: 30, ..Default::default() }.check().expect("params");
    let search = NeighboursParams { k: 40, metric: Metric::Euclidean, search: Search::Exact, seed: 1 };
    let graph = search.check().expect("params").run(&map, UNWATCHED, &Cancel::default()).expect("runs");
    let found = params.run_from(&map, &graph, &Cancel::default()).expect("runs");
    assert_eq!(found, run(&map, 30).expect("runs"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_order_of_rows_does_not_matter(rows in 2_usize..80, seed in 0_u64..99) {
        let vectors = normal(rows, 2, seed);
        let order = crate::sample::shuffled(rows, seed);
        let (a, b) = (run(&vectors, 4).expect("runs"), run(&vectors.select(&order), 4).expect("runs"));
        prop_assert_eq!(a.clusters, b.clusters);
        for (i, &x) in order.iter().enumerate() {
            prop_assert_eq!(a.probabilities[x], b.probabilities[i]);
            for (j, &y) in order.iter().enumerate() {
                prop_assert_eq!(a.labels[x] == a.labels[y], b.labels[i] == b.labels[j]);
            }
        }
    }
}

#[test]
fn threads_do_not_change_the_answer() {
    let vectors = clouds(4, 5, 8.0);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
        pool.install(|| run(&vectors, 10)).expect("runs")
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn degenerate_input_is_answered() {
    assert!(run(&Vectors::empty(2), 5).expect("empty").labels.is_empty());
    assert_eq!(run(&normal(3, 2, 0), 5).expect("few").labels, [-1; 3]);
    assert_eq!(run(&normal(2, 2, 0), 2).expect("pair").labels.len(), 2);
    let same = Vectors::new(vec![1.0; 80], 2).expect("rows");
    let found = run(&same, 5).expect("identical rows");
    assert!(found.probabilities.iter().all(|p| p.is_finite()));
    let piles = Vectors::new((0..40).flat_map(|at| [(at % 2) as f32, 0.0]).collect(), 2).expect("rows");
    assert_eq!(run(&piles, 5).expect("two places").clusters, 2);
    assert!(run(&Vectors::new(vec![f32::NAN; 20], 2).expect("rows"), 5).is_err());
    assert!(run(&same, 1).is_err());
    assert!(HdbscanParams { min_samples: Some(0), ..Default::default() }.check().is_err());
    assert!(HdbscanParams { metric: Metric::Dot, ..Default::default() }.check().is_err());
}
