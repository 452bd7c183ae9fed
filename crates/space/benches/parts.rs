//! The parts of the numeric core one by one, by criterion, which tells what a change made faster or slower on this computer.
//!
//! `cargo bench -p embedscope-space --bench parts -- neighbours`. Deliberately absent: peers (`benches/jobs/space.py`) and
//! sizes (`growth`).

mod clouds;

use std::error::Error;

use criterion::{Criterion, criterion_group, criterion_main};
use embedscope_space::hdbscan::HdbscanParams;
use embedscope_space::kmeans::KmeansParams;
use embedscope_space::layout::Run;
use embedscope_space::neighbours::{NeighboursParams, Search};
use embedscope_space::pca::PcaParams;
use embedscope_space::product::product;
use embedscope_space::quality::QualityParams;
use embedscope_space::tsne::TsneParams;
use embedscope_space::umap::UmapParams;
use embedscope_space::{Cancel, UNWATCHED};

const ROWS: usize = 5_000;

fn parts(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let (vectors, cancel) = (clouds::vectors(ROWS)?, Cancel::default());
    let pca = PcaParams { components: 50 }.check()?;
    let nearest = NeighboursParams { search: Search::Approximate, ..Default::default() }.check()?;
    let kmeans = KmeansParams { k: 50, iterations: 5, ..Default::default() }.check()?;
    let hdbscan = HdbscanParams::default().check()?;
    let quality = QualityParams::default().check()?;
    let found = nearest.run(&vectors, UNWATCHED, &cancel)?;
    let map = PcaParams { components: 2 }.check()?.run(&vectors, UNWATCHED, &cancel)?.transform(&vectors)?;
    let mut tsne = TsneParams::default().check()?.start_from(&vectors, &found, &cancel)?;
    let mut umap = UmapParams::default().check()?.start_from(&vectors, &found, &cancel)?;

    let some = vectors.select(&(0..1_024).collect::<Vec<_>>());
    criterion.bench_function("product", |bench| bench.iter(|| product(&some, &some)));
    criterion.bench_function("pca", |bench| bench.iter(|| pca.run(&vectors, UNWATCHED, &cancel)));
    criterion.bench_function("neighbours", |bench| bench.iter(|| nearest.run(&vectors, UNWATCHED, &cancel)));
    criterion.bench_function("kmeans", |bench| bench.iter(|| kmeans.run(&vectors, UNWATCHED, &cancel)));
    criterion.bench_function("hdbscan", |bench| bench.iter(|| hdbscan.run_from(&vectors, &found, &cancel)));
    criterion.bench_function("hdbscan of a map", |bench| bench.iter(|| hdbscan.run(&map, UNWATCHED, &cancel)));
    criterion.bench_function("quality", |bench| bench.iter(|| quality.run(&vectors, &map, UNWATCHED, &cancel)));
    criterion.bench_function("t-SNE, a step", |bench| bench.iter(|| tsne.step()));
    criterion.bench_function("UMAP, a step", |bench| bench.iter(|| umap.step()));
    Ok(())
}

fn all(criterion: &mut Criterion) {
    parts(criterion).expect("all of it can be measured");
}

criterion_group! { name = benches; config = Criterion::default().sample_size(10); targets = all }
criterion_main!(benches);
