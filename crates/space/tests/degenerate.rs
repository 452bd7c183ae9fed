//! Matrices with hardly anything in them, given to every method: an answer in numbers or an error, never a panic.

use embedscope_space::hdbscan::HdbscanParams;
use embedscope_space::health::HealthParams;
use embedscope_space::index::{Codes, Index};
use embedscope_space::layout::Start;
use embedscope_space::mixture::MixtureParams;
use embedscope_space::neighbours::{NeighboursParams, Search};
use embedscope_space::pca::PcaParams;
use embedscope_space::quality::QualityParams;
use embedscope_space::tsne::{Affinities, TsneParams};
use embedscope_space::umap::UmapParams;
use embedscope_space::{Cancel, Error, Metric, UNWATCHED, Vectors};

fn matrix(rows: usize, dim: usize, value: impl Fn(usize, usize) -> f32) -> Vectors {
    let values = (0..rows * dim).map(|at| value(at / dim, at % dim)).collect();
    Vectors::new(values, dim).expect("whole rows")
}

/// Numbers without an order to them.
fn any(row: usize, column: usize) -> f32 {
    ((row * 7919 + column * 104_729 + 13) % 1009) as f32 / 500.0 - 1.0
}

/// Each with its name.
fn awkward() -> Vec<(&'static str, Vectors)> {
    vec![
        ("no rows", Vectors::empty(3)),
        ("one row", matrix(1, 3, any)),
        ("two rows", matrix(2, 3, any)),
        ("three rows", matrix(3, 3, any)),
        ("one column", matrix(40, 1, any)),
        ("identical rows", matrix(40, 4, |_, column| any(0, column))),
        ("two places", matrix(40, 4, |row, column| any(row % 2, column))),
        ("a constant column", matrix(40, 4, |row, column| if column == 1 { 2.0 } else { any(row, column) })),
        ("zeros among others", matrix(40, 4, |row, column| if row % 5 == 0 { 0.0 } else { any(row, column) })),
        ("zeros alone", matrix(40, 4, |_, _| 0.0)),
        ("large numbers", matrix(40, 4, |row, column| any(row, column) * 1e37)),
    ]
}

fn broken() -> [Vectors; 2] {
    [f32::NAN, f32::INFINITY].map(|bad| matrix(40, 4, |row, column| if row == 7 { bad } else { any(row, column) }))
}

const STARTS: [Start; 3] = [Start::Pca, Start::Spectral, Start::Random];

fn tsne(vectors: &Vectors, affinities: Affinities, init: Start) -> Result<(Vectors, f64), Error> {
    let params = TsneParams { affinities, init, iterations: 10, early_iterations: 5, ..Default::default() };
    let map = params.check()?.run(vectors, UNWATCHED, &Cancel::default())?;
    Ok((map.layout, map.kl))
}

fn umap(vectors: &Vectors, init: Start) -> Result<Vectors, Error> {
    let params = UmapParams { init, iterations: Some(10), ..Default::default() };
    Ok(params.check()?.run(vectors, UNWATCHED, &Cancel::default())?.layout)
}

#[test]
fn maps_from_every_start_are_finite_or_refused() {
    for (name, vectors) in awkward() {
        for init in STARTS {
            for affinities in [Affinities::Gaussian, Affinities::Uniform] {
                match tsne(&vectors, affinities, init.clone()) {
                    Ok((layout, kl)) => {
                        assert!(layout.check_finite().is_ok() && kl.is_finite(), "{name} {affinities:?} {init:?} {kl}");
                        assert_eq!(layout.rows(), vectors.rows());
                    }
                    Err(error) => {
                        assert!(
                            vectors.rows() < 4 && matches!(error, Error::TooFew { .. }),
                            "{name} {init:?}: {error}"
                        );
                    }
                }
            }
            match umap(&vectors, init.clone()) {
                Ok(layout) => assert!(layout.check_finite().is_ok(), "{name} {init:?}"),
                Err(error) => assert!(vectors.rows() < 4, "{name} {init:?}: {error}"),
            }
        }
    }
    for bad in broken() {
        assert_eq!(tsne(&bad, Affinities::Uniform, Start::Pca).err(), Some(Error::NotFinite { row: 7 }));
        assert_eq!(umap(&bad, Start::Random).err(), Some(Error::NotFinite { row: 7 }));
    }
}

#[test]
fn clusters_are_labels_or_an_error_in_words() {
    for (name, vectors) in awkward() {
        for k in [1, 2, 40, 50] {
            let params = MixtureParams { k, ..Default::default() }.check().expect("params");
            if let Ok(found) = params.run(&vectors, UNWATCHED, &Cancel::default()) {
                assert!(found.labels.iter().all(|&label| (label as usize) < k), "{name} {k}");
                assert!(found.probabilities.iter().all(|p| p.is_finite()) && k < vectors.rows(), "{name} {k}");
            }
        }
        let layers = HdbscanParams::default().check().expect("params");
        let layers = layers.sweep(&vectors, &[0, 2, 10, 1000], UNWATCHED, &Cancel::default()).expect(name);
        assert_eq!(layers.len(), 4);
        assert!(layers.iter().all(|layer| layer.labels.len() == vectors.rows()), "{name}");
        assert!(layers[3].labels.iter().all(|&label| label == -1), "{name}");
    }
    for bad in broken() {
        let mixture = MixtureParams::default().check().expect("params").run(&bad, UNWATCHED, &Cancel::default());
        assert_eq!(mixture.err(), Some(Error::NotFinite { row: 7 }));
    }
}

#[test]
fn what_is_told_of_a_space_is_a_number() {
    for (name, vectors) in awkward().into_iter().chain(broken().map(|bad| ("broken", bad))) {
        for metric in [Metric::Cosine, Metric::Euclidean] {
            let params = HealthParams { metric, ..Default::default() }.check().expect("params");
            let told = params.run(&vectors, UNWATCHED, &Cancel::default()).expect(name);
            let numbers = [
                told.anisotropy,
                told.effective_rank,
                told.participation_ratio,
                told.iso_score,
                told.rank_me,
                told.intrinsic_dimension,
                told.hubness_skew,
            ];
            assert!(numbers.iter().all(|number| number.is_finite()), "{name} {metric} {told:?}");
        }
    }
}

#[test]
fn how_true_a_map_is_is_a_number_or_refused() {
    for (name, vectors) in awkward() {
        let map = matrix(vectors.rows(), 2, any);
        let params = QualityParams { k: 50, ..Default::default() }.check().expect("params");
        match params.run(&vectors, &map, UNWATCHED, &Cancel::default()) {
            Ok(told) => {
                let numbers = [told.trustworthiness, told.continuity, told.shepard, told.triplets];
                assert!(numbers.iter().all(|number| number.is_finite()), "{name} {told:?}");
            }
            Err(error) => assert!(matches!(error, Error::TooFew { .. }) && vectors.rows() < 4, "{name}: {error}"),
        }
    }
}

#[test]
fn small_copies_answer_with_as_many_as_there_are() {
    for (name, vectors) in awkward() {
        for codes in [Codes::Bytes, Codes::Bits] {
            let index = Index::new(&vectors, Metric::Cosine, codes).expect(name);
            let query = vec![0.5; vectors.dim()];
            let found = index.search(&query, 100, 4).expect(name);
            assert!(
                found.len() == vectors.rows() && found.iter().all(|(_, shown)| !shown.is_nan()),
                "{name} {found:?}"
            );
        }
    }
}

#[test]
fn neighbours_are_found_whatever_the_rows_are() {
    for (name, vectors) in awkward() {
        let rows = vectors.rows();
        // Often enough to be more than are compared all with all.
        let many = vectors.select(&(0..600 * usize::from(rows > 0)).map(|at| at % rows.max(1)).collect::<Vec<_>>());
        for metric in Metric::ALL {
            let params =
                NeighboursParams { k: 5, metric, search: Search::Approximate, seed: 1 }.check().expect("params");
            let found = params.run(&many, UNWATCHED, &Cancel::default()).expect(name);
            assert!(found.distances.iter().all(|distance| !distance.is_nan()), "{name} {metric}");
            assert!((0..found.rows()).all(|row| !found.of(row).contains(&(row as u32))), "{name} {metric}");
        }
        let all = NeighboursParams { k: 99, ..Default::default() }.check().expect("params");
        assert_eq!(all.run(&vectors, UNWATCHED, &Cancel::default()).expect(name).k, rows.saturating_sub(1));
    }
}

#[test]
fn components_are_told_of_few_rows_and_of_one_column() {
    for (name, vectors) in awkward() {
        let found = PcaParams { components: 1 }.check().expect("params").run(&vectors, UNWATCHED, &Cancel::default());
        match found {
            Ok(pca) => assert!(pca.explained_variance_ratio[0].is_finite(), "{name}"),
            Err(error) => assert!(matches!(error, Error::TooFew { .. }) && vectors.rows() == 0, "{name}: {error}"),
        }
    }
}
