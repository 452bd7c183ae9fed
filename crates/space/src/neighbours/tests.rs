//! Approximate neighbours against exact ones, and input that has none.

use super::*;
use crate::UNWATCHED;
use crate::sample::normal;

fn run(vectors: &Vectors, k: usize, metric: Metric) -> Result<Neighbours, Error> {
    NeighboursParams { k, metric, ..Default::default() }.check()?.run(vectors, UNWATCHED, &Cancel::default())
}

fn slowly(vectors: &Vectors, row: usize, k: usize, metric: Metric) -> Vec<u32> {
    let mut others: Vec<u32> = (0..vectors.rows() as u32).filter(|&other| other as usize != row).collect();
    let distance = |other: u32| metric.distance(vectors.row(row), vectors.row(other as usize));
    others.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)).then(a.cmp(&b)));
    others.truncate(k);
    others
}

#[test]
fn lists_are_those_of_a_full_sort() {
    let vectors = normal(1300, 17, 3);
    for metric in Metric::ALL {
        let found = run(&vectors, 12, metric).expect("runs");
        for row in [0, 511, 512, 700, 1299] {
            assert_eq!(found.of(row), slowly(&vectors, row, 12, metric), "{metric} row {row}");
        }
    }
}

/// More rows than are compared whole where codes can sift them.
#[test]
fn what_codes_sift_is_exact() {
    for vectors in [normal(SIFTED_ROWS + 100, 40, 3), flat(SIFTED_ROWS + 99, 70)] {
        for metric in [Metric::Cosine, Metric::Dot, Metric::Euclidean] {
            let found = run(&vectors, 12, metric).expect("runs");
            for row in (0..vectors.rows()).step_by(500) {
                assert_eq!(found.of(row), slowly(&vectors, row, 12, metric), "{metric} row {row}");
            }
        }
    }
}

#[test]
fn rows_that_codes_cannot_tell_apart_are_told_apart() {
    let apart = normal(SIFTED_ROWS + 60, 8, 3).into_vec().into_iter().map(|x| 1.0 + 1e-5 * x).collect();
    let vectors = Vectors::new(apart, 8).expect("rows");
    let found = run(&vectors, 5, Metric::Cosine).expect("runs");
    for row in [0, 1000, SIFTED_ROWS + 59] {
        assert_eq!(found.of(row), slowly(&vectors, row, 5, Metric::Cosine), "row {row}");
    }
    let same = Vectors::new(vec![1.0; 2 * (SIFTED_ROWS + 60)], 2).expect("rows");
    assert_eq!(run(&same, 3, Metric::Dot).expect("identical rows").of(SIFTED_ROWS + 59), [0, 1, 2]);
}

#[test]
fn a_far_origin_does_not_hide_near_neighbours() {
    let values = normal(600, 8, 4).into_vec().into_iter().map(|x| x + 5000.0).collect();
    let vectors = Vectors::new(values, 8).expect("whole rows");
    let found = run(&vectors, 5, Metric::Euclidean).expect("runs");
    for row in 0..600 {
        assert_eq!(found.of(row), slowly(&vectors, row, 5, Metric::Euclidean));
    }
}

#[test]
fn threads_do_not_change_the_answer() {
    let vectors = normal(1200, 9, 1);
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("pool");
    let many = rayon::ThreadPoolBuilder::new().num_threads(5).build().expect("pool");
    let (a, b) = (
        alone.install(|| run(&vectors, 10, Metric::Cosine)).expect("runs"),
        many.install(|| run(&vectors, 10, Metric::Cosine)).expect("runs"),
    );
    assert_eq!(a, b);
}

#[test]
fn degenerate_input_is_answered() {
    assert_eq!(run(&Vectors::empty(4), 3, Metric::Cosine).expect("empty").k, 0);
    assert!(run(&normal(1, 4, 0), 3, Metric::Cosine).expect("alone").indices.is_empty());
    let pair = run(&normal(2, 4, 0), 30, Metric::Dot).expect("pair");
    assert_eq!((pair.k, pair.indices), (1, vec![1, 0]));
    let same = Vectors::new(vec![1.0; 40], 2).expect("twenty rows");
    let found = run(&same, 3, Metric::Euclidean).expect("identical rows");
    assert_eq!(found.of(0), [1, 2, 3]);
    assert_eq!(found.of(19), [0, 1, 2]);
    let zeros = run(&Vectors::new(vec![0.0; 6], 2).expect("three rows"), 2, Metric::Cosine).expect("zeros");
    assert_eq!(zeros.distances, [1.0; 6]);
    let bad = Vectors::new(vec![0.0, f32::NAN], 1).expect("two rows");
    assert_eq!(run(&bad, 1, Metric::Dot), Err(Error::NotFinite { row: 1 }));
    assert!(run(&same, 0, Metric::Dot).is_err());
}

#[test]
fn cancelled_work_says_so() {
    let cancel = Cancel::default();
    cancel.cancel();
    let checked = NeighboursParams::default().check().expect("defaults");
    assert_eq!(checked.run(&normal(600, 4, 0), UNWATCHED, &cancel), Err(Error::Cancelled));
}

fn approximately(vectors: &Vectors, k: usize, metric: Metric) -> Neighbours {
    let params = NeighboursParams { k, metric, search: Search::Approximate, seed: 7 };
    params.check().expect("params").run(vectors, UNWATCHED, &Cancel::default()).expect("runs")
}

/// Rows that vary along a few of their dimensions, as embeddings do.
fn flat(rows: usize, dim: usize) -> Vectors {
    let (places, axes) = (normal(rows, 6, 1), normal(6, dim, 2));
    let turned: Vec<f32> = (0..dim).flat_map(|c| (0..6).map(move |r| (r, c))).map(|(r, c)| axes.row(r)[c]).collect();
    crate::product::product(&places, &Vectors::new(turned, 6).expect("rows")).expect("same width")
}

#[test]
fn approximate_lists_hold_nearly_all_true_neighbours_and_say_so() {
    let vectors = flat(4000, 30);
    for metric in [Metric::Cosine, Metric::Euclidean, Metric::Manhattan] {
        let (found, truth) = (approximately(&vectors, 10, metric), run(&vectors, 10, metric).expect("runs"));
        let hits = |row: usize| found.of(row).iter().filter(|other| truth.of(row).contains(other)).count();
        let recall = (0..4000).map(hits).sum::<usize>() as f64 / 40_000.0;
        assert!(recall > 0.95 && (found.recall - recall).abs() < 0.02, "{metric} {recall} {}", found.recall);
        for row in 0..4000 {
            assert!(found.distances_of(row).is_sorted() && !found.of(row).contains(&(row as u32)));
        }
    }
}

#[test]
fn where_nothing_is_near_more_effort_is_made() {
    let found = approximately(&normal(3000, 64, 3), 10, Metric::Euclidean);
    assert!(found.recall >= 0.95, "{}", found.recall);
}

#[test]
fn threads_do_not_change_an_approximate_answer() {
    let vectors = flat(3000, 20);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
        pool.install(|| approximately(&vectors, 8, Metric::Cosine))
    };
    assert_eq!(with(1), with(5));
}

#[test]
fn approximate_search_of_odd_rows_is_answered() {
    let same = Vectors::new(vec![1.0; 2000], 2).expect("rows");
    assert_eq!(approximately(&same, 5, Metric::Euclidean).distances, [0.0; 5000]);
    assert_eq!(approximately(&Vectors::new(vec![0.0; 2000], 2).expect("rows"), 5, Metric::Cosine).recall, 1.0);
    assert_eq!(approximately(&normal(30, 3, 0), 5, Metric::Cosine).recall, 1.0);
}

#[test]
fn new_rows_find_theirs_among_others() {
    let vectors = normal(300, 5, 3);
    for metric in Metric::ALL {
        let (own, new) = (run(&vectors, 7, metric).expect("runs"), vectors.select(&[4, 90]));
        let found = between(&new, &vectors, 8, metric, &Cancel::default()).expect("runs");
        for (at, row) in [4, 90].into_iter().enumerate() {
            let others: Vec<u32> = found.of(at).iter().copied().filter(|&other| other != row as u32).collect();
            assert_eq!(others[..7], *own.of(row), "{metric}");
        }
    }
}
