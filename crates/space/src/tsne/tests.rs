//! t-SNE, held to its mathematics and to what it promises for odd input.

use proptest::prelude::*;

use super::*;
use crate::sample::normal;

fn params() -> TsneParams {
    TsneParams {
        metric: Metric::Euclidean,
        perplexity: 10.0,
        iterations: 60,
        early_iterations: 40,
        ..Default::default()
    }
}

fn run(vectors: &Vectors, params: TsneParams) -> Result<Tsne, Error> {
    params.check()?.run(vectors, UNWATCHED, &Cancel::default())
}

/// `count` clouds of 60 rows in 8 dimensions, far apart.
fn clouds(count: usize, seed: u64) -> Vectors {
    let values = normal(60 * count, 8, seed).into_vec().into_iter().enumerate();
    let place = |at: usize| if at % 8 == at / 480 % 8 { 25.0 } else { 0.0 };
    Vectors::new(values.map(|(at, x)| x + place(at)).collect(), 8).expect("whole rows")
}

#[test]
fn new_rows_land_amid_their_kin() {
    let vectors = clouds(4, 1);
    let (old, new): (Vec<usize>, Vec<usize>) = (0..240).partition(|row| row % 6 != 0);
    let (known, new_rows) = (vectors.select(&old), vectors.select(&new));
    for dims in [2, 3] {
        let checked = TsneParams { dims, iterations: 300, early_iterations: 150, ..params() }.check().expect("params");
        let map = checked.run(&known, UNWATCHED, &Cancel::default()).expect("runs").layout;
        let place = |rows: &Vectors| checked.place(&known, &map, rows, UNWATCHED, &Cancel::default()).expect("places");
        let places = place(&new_rows);
        for (at, here) in places.iter().enumerate() {
            let nearest = crate::similarity::nearest(here, &map, 5, Metric::Euclidean).expect("same width");
            assert!(nearest.iter().all(|(other, _)| old[*other] / 60 == new[at] / 60), "{dims}, row {at} {nearest:?}");
        }
        // Alone, a row lands where it lands in company.
        assert_eq!(place(&new_rows.select(&[7])).row(0), places.row(7));
        assert_eq!(place(&Vectors::empty(8)).rows(), 0);
        assert!(checked.place(&vectors, &map, &new_rows, UNWATCHED, &Cancel::default()).is_err());
    }
}

#[test]
fn clouds_stay_apart_in_two_and_three_dimensions() {
    let vectors = clouds(4, 1);
    for dims in [2, 3] {
        let map = run(&vectors, TsneParams { dims, iterations: 500, early_iterations: 250, ..params() })
            .expect("runs")
            .layout;
        for row in 0..240 {
            let nearest = crate::similarity::nearest(map.row(row), &map, 10, Metric::Euclidean).expect("same width");
            assert!(
                nearest.iter().all(|(other, _)| other / 60 == row / 60),
                "{dims} dimensions, row {row} {nearest:?}"
            );
        }
    }
}

#[test]
fn the_divergence_falls_and_more_steps_may_be_planned() {
    let mut run =
        params().check().expect("params").start(&clouds(3, 2), UNWATCHED, &Cancel::default()).expect("starts");
    let start = run.kl();
    while !run.finished() {
        run.step();
    }
    let settled = run.kl();
    assert!(settled < start / 2.0, "{start} {settled}");
    let still = run.layout().to_vec();
    assert_eq!(run.step().iteration, 100);
    assert_eq!(still, run.layout());
    run.extend(50);
    run.set_exaggeration(4.0);
    while !run.finished() {
        run.step();
    }
    let spread = |layout: &[f32]| layout.iter().map(|x| x * x).sum::<f32>();
    assert!(spread(run.layout()) < spread(&still), "exaggeration draws together");
    run.set_exaggeration(f32::NAN);
    run.set_exaggeration(-3.0);
    run.extend(5);
    run.step();
    assert!(run.layout().iter().all(|x| x.is_finite()));
}

#[test]
fn threads_do_not_change_the_map() {
    // All three ways of summing repulsion.
    for (rows, dims) in [(300, 2), (2600, 2), (8100, 3)] {
        let vectors = normal(rows, 4, 3);
        let short = TsneParams { dims, iterations: 2, early_iterations: 5, perplexity: 4.0, ..params() };
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
            pool.install(|| run(&vectors, short.clone())).expect("runs")
        };
        let (a, b) = (with(1), with(4));
        assert_eq!(a.layout.as_slice(), b.layout.as_slice(), "{rows} rows in {dims} dimensions");
        assert_eq!(a.kl, b.kl);
    }
}

#[test]
fn even_affinities_part_clouds_too() {
    let vectors = clouds(3, 6);
    let even = TsneParams { affinities: Affinities::Uniform, ..params() };
    assert_eq!(even.clone().check().expect("params").neighbours(vectors.rows()), even.perplexity.round() as usize);
    let map = run(&vectors, even).expect("runs").layout;
    let rows = vectors.rows();
    let near = NeighboursParams { k: 5, metric: Metric::Euclidean, ..Default::default() }.check().expect("params");
    let near = near.run(&map, UNWATCHED, &Cancel::default()).expect("runs");
    let together =
        |row: usize| near.of(row).iter().filter(|&&other| other as usize * 3 / rows == row * 3 / rows).count();
    let kept: usize = (0..rows).map(together).sum();
    assert!(kept as f64 > 0.95 * (5 * rows) as f64, "{kept} of {}", 5 * rows);
}

#[test]
fn neighbours_found_before_give_the_same_run() {
    let vectors = clouds(2, 4);
    let checked = params().check().expect("params");
    let search = NeighboursParams { k: 50, metric: Metric::Euclidean, ..Default::default() }.check().expect("params");
    let found = search.run(&vectors, UNWATCHED, &Cancel::default()).expect("runs");
    let mut a = checked.start(&vectors, UNWATCHED, &Cancel::default()).expect("starts");
    let mut b = checked.start_from(&vectors, &found, &Cancel::default()).expect("starts");
    assert_eq!((a.step(), a.layout()), (b.step(), b.layout()));
}

#[test]
fn few_rows_lower_the_perplexity_and_too_few_are_refused() {
    for rows in 0..4 {
        assert!(matches!(run(&normal(rows, 3, 0), params()), Err(Error::TooFew { .. })));
    }
    let started = params().check().expect("params").start(&normal(7, 3, 0), UNWATCHED, &Cancel::default());
    assert_eq!(started.expect("starts").perplexity(), 2.0);
    assert!(run(&normal(4, 3, 0), params()).expect("runs").layout.check_finite().is_ok());
}

#[test]
fn what_cannot_be_laid_out_is_said() {
    let vectors = normal(10, 3, 0);
    assert!(run(&vectors, TsneParams { dims: 1, ..params() }).is_err());
    assert!(run(&vectors, TsneParams { perplexity: f32::NAN, ..params() }).is_err());
    assert!(run(&vectors, TsneParams { exaggeration: 0.0, ..params() }).is_err());
    assert!(run(&vectors, TsneParams { metric: Metric::Dot, ..params() }).is_err());
    assert!(run(&vectors, TsneParams { init: Start::Given(normal(9, 2, 0)), ..params() }).is_err());
    let bad = Vectors::new(vec![f32::NAN; 30], 3).expect("rows");
    assert_eq!(run(&bad, params()).err(), Some(Error::NotFinite { row: 0 }));
    let cancel = Cancel::default();
    cancel.cancel();
    let stopped = params().check().expect("params").start(&vectors, UNWATCHED, &cancel);
    assert_eq!(stopped.err(), Some(Error::Cancelled));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_layout_is_always_numbers(
        rows in 4_usize..40, dim in 1_usize..4, kind in 0_u8..4, dims in 2_usize..4, seed in 0_u64..9,
    ) {
        let vectors = match kind {
            0 => normal(rows, dim, seed),
            1 => Vectors::new(vec![0.0; rows * dim], dim).expect("rows"),
            2 => Vectors::new(vec![1e30; rows * dim], dim).expect("rows"),
            _ => Vectors::new((0..rows * dim).map(|at| (at % 2) as f32).collect(), dim).expect("rows"),
        };
        for metric in [Metric::Euclidean, Metric::Cosine, Metric::Manhattan] {
            let found = run(&vectors, TsneParams { dims, metric, iterations: 20, ..params() }).expect("runs");
            prop_assert!(found.layout.check_finite().is_ok() && found.kl.is_finite());
        }
    }

    #[test]
    fn the_given_layout_is_kept_in_shape(factor in 0.01_f32..1e20) {
        let (vectors, init) = (normal(30, 4, 1), normal(30, 2, 2));
        let grown = Vectors::new(init.as_slice().iter().map(|x| x * factor).collect(), 2).expect("rows");
        let begin = TsneParams { init: Start::Given(grown.clone()), ..params() };
        let started = begin.check().expect("params").start(&vectors, UNWATCHED, &Cancel::default()).expect("starts");
        let layout = Vectors::new(started.layout().to_vec(), 2).expect("rows");
        let turned = crate::procrustes::disparity(&init, &layout, &Cancel::default()).expect("same rows");
        prop_assert!(turned < 1e-3, "{}", turned);
    }
}
