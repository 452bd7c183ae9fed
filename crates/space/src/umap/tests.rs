//! UMAP: what stays near, what is repeatable, and new rows on an old map.

use super::*;
use crate::quality::QualityParams;
use crate::sample::normal;

fn params(dims: usize) -> UmapParams {
    UmapParams { dims, metric: Metric::Euclidean, iterations: Some(150), ..Default::default() }
}

fn run(vectors: &Vectors, params: UmapParams) -> Result<Umap, Error> {
    params.check()?.run(vectors, UNWATCHED, &Cancel::default())
}

/// Five clouds of 60 rows in twenty dimensions.
fn clouds() -> Vectors {
    let centres = normal(5, 20, 8);
    let values = normal(300, 20, 1).into_vec().into_iter().enumerate();
    let values = values.map(|(at, x)| x + 8.0 * centres.row(at / 20 % 5)[at % 20]);
    Vectors::new(values.collect(), 20).expect("rows")
}

#[test]
fn the_curve_is_that_of_the_reference() {
    let wanted = [(0.1, 1.0, 1.576_943, 0.895_061), (0.5, 1.0, 0.583_030, 1.334_167), (0.0, 1.0, 1.932_808, 0.790_495)];
    for (min_dist, spread, a, b) in wanted {
        let found = curve::fit(min_dist, spread);
        assert!((found.0 - a).abs() < 1e-4 && (found.1 - b).abs() < 1e-4, "{min_dist} {found:?}");
    }
}

#[test]
fn neighbours_stay_neighbours_in_two_and_three_dimensions() {
    let vectors = clouds();
    for dims in [2, 3] {
        let map = run(&vectors, params(dims)).expect("runs");
        let quality = QualityParams { k: 10, metric: Metric::Euclidean, ..Default::default() }.check().expect("params");
        let truth = quality.run(&vectors, &map.layout, UNWATCHED, &Cancel::default()).expect("runs").trustworthiness;
        assert!(truth > 0.9, "{dims} {truth}");
        for row in 0..300 {
            let near = |other: &usize| Metric::Euclidean.distance(map.layout.row(row), map.layout.row(*other));
            let others = (0..300).filter(|&other| other != row);
            let nearest = others.min_by(|a, b| near(a).total_cmp(&near(b))).expect("others");
            assert_eq!(nearest % 5, row % 5, "{dims} {row}");
        }
    }
}

#[test]
fn threads_do_not_change_the_map_and_seeds_do() {
    let vectors = clouds();
    let with = |threads, seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
        let params = UmapParams { seed, iterations: Some(20), ..params(2) };
        pool.install(|| run(&vectors, params)).expect("runs").layout.into_vec()
    };
    assert_eq!(with(1, 1), with(4, 1));
    assert_ne!(with(2, 1), with(2, 2));
}

#[test]
fn a_run_is_stepped_and_extended() {
    let checked = UmapParams { iterations: Some(3), ..params(2) }.check().expect("params");
    let mut run = checked.start(&clouds(), UNWATCHED, &Cancel::default()).expect("starts");
    let before = run.layout().to_vec();
    assert_eq!((run.step().iteration, run.total()), (1, 3));
    assert_ne!(before, run.layout());
    for _ in 0..5 {
        run.step();
    }
    assert!(run.finished() && run.iteration() == 3);
    let settled = run.layout().to_vec();
    run.step();
    assert_eq!(settled, run.layout());
    run.extend(2);
    assert!(!run.finished());
}

#[test]
fn new_rows_land_amid_their_kin_and_old_ones_stay() {
    let vectors = clouds();
    let checked = params(2).check().expect("params");
    let map = checked.run(&vectors, UNWATCHED, &Cancel::default()).expect("runs").layout;
    let new = vectors.select(&[10, 11, 12, 13, 14]);
    let places = checked.place(&vectors, &map, &new, UNWATCHED, &Cancel::default()).expect("places");
    for (at, place) in places.iter().enumerate() {
        let near = |other: &usize| Metric::Euclidean.distance(place, map.row(*other));
        let nearest = (0..300).min_by(|a, b| near(a).total_cmp(&near(b))).expect("others");
        assert_eq!(nearest % 5, at);
    }
    let none = checked.place(&vectors, &map, &Vectors::empty(20), UNWATCHED, &Cancel::default()).expect("nothing");
    assert_eq!(none.rows(), 0);
    assert!(checked.place(&vectors, &new, &new, UNWATCHED, &Cancel::default()).is_err());
}

#[test]
fn a_given_layout_is_where_the_map_begins() {
    let vectors = clouds();
    let init = normal(300, 2, 9);
    let checked = UmapParams { init: Some(init.clone()), ..params(2) }.check().expect("params");
    let started = checked.start(&vectors, UNWATCHED, &Cancel::default()).expect("starts");
    let moved = crate::procrustes::disparity(
        &init,
        &Vectors::new(started.layout().to_vec(), 2).expect("rows"),
        &Cancel::default(),
    );
    assert!(moved.expect("same rows") < 1e-3);
    let wrong = UmapParams { init: Some(normal(10, 2, 9)), ..params(2) };
    assert!(run(&vectors, wrong).is_err());
}

#[test]
fn degenerate_input_is_answered() {
    assert!(matches!(run(&normal(3, 2, 0), params(2)), Err(Error::TooFew { .. })));
    assert!(run(&normal(4, 1, 0), params(3)).expect("one column").layout.check_finite().is_ok());
    let same = Vectors::new(vec![1.0; 40], 2).expect("rows");
    assert!(run(&same, params(2)).expect("identical rows").layout.check_finite().is_ok());
    assert!(run(&Vectors::new(vec![f32::NAN; 40], 2).expect("rows"), params(2)).is_err());
    let bad = [
        UmapParams { dims: 4, ..params(2) },
        UmapParams { neighbours: 1, ..params(2) },
        UmapParams { min_dist: -0.1, ..params(2) },
        UmapParams { min_dist: f32::NAN, ..params(2) },
        UmapParams { spread: 0.0, ..params(2) },
        UmapParams { learning_rate: f32::INFINITY, ..params(2) },
        UmapParams { metric: Metric::Dot, ..params(2) },
    ];
    assert!(bad.into_iter().all(|params| params.check().is_err()));
    let cancel = Cancel::default();
    cancel.cancel();
    assert!(params(2).check().expect("params").run(&clouds(), UNWATCHED, &cancel).is_err());
}

#[test]
fn a_stopped_run_goes_on_where_it_was_and_points_may_come_nearer() {
    let vectors = clouds();
    let start = |iterations| {
        let checked = UmapParams { iterations: Some(iterations), ..params(2) }.check().expect("params");
        checked.start(&vectors, UNWATCHED, &Cancel::default()).expect("starts")
    };
    let mut stopped = start(100);
    for _ in 0..60 {
        stopped.step();
    }
    let there = Vectors::new(stopped.layout().to_vec(), 2).expect("places");
    let mut onward = start(40);
    onward.set_layout(&there).expect("the same shape");
    assert_eq!(onward.layout(), there.as_slice());
    assert!(onward.set_layout(&there.select(&[0, 1])).is_err());
    let mut loose = start(40);
    loose.set_layout(&there).expect("the same shape");
    loose.set_min_dist(0.9);
    loose.set_min_dist(f32::NAN);
    while !onward.finished() {
        onward.step();
        loose.step();
    }
    // How far each row is from the nearest other, on average.
    let gap = |layout: &[f32]| -> f64 {
        let points: Vec<&[f32]> = layout.chunks(2).collect();
        let near = |row: usize| {
            let others = (0..points.len()).filter(|&other| other != row);
            others.map(|other| Metric::Euclidean.distance(points[row], points[other])).fold(f64::INFINITY, f64::min)
        };
        (0..points.len()).map(near).sum()
    };
    assert!(gap(loose.layout()) > 1.5 * gap(onward.layout()), "{} {}", gap(loose.layout()), gap(onward.layout()));
}
