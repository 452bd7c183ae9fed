//! How time and memory grow with the number of rows: one JSON line for each method and size.
//!
//! Every figure is taken in a process of its own, whose peak of resident memory is told beside that of the vectors alone.
//! `cargo bench -p embedscope-space --bench growth -- 10000,100000 pca,kmeans`; unless given, sizes are 10,000 and 100,000,
//! and all methods are measured. Deliberately absent: quality, and the table (`benches/jobs/growth.py`).

mod clouds;

use std::error::Error;
use std::process::Command;
use std::time::Instant;

use embedscope_space::kmeans::KmeansParams;
use embedscope_space::layout::Run;
use embedscope_space::neighbours::{Neighbours, NeighboursParams, Search};
use embedscope_space::pca::PcaParams;
use embedscope_space::tsne::TsneParams;
use embedscope_space::umap::UmapParams;
use embedscope_space::{Cancel, UNWATCHED, Vectors};

use clouds::{DIM, vectors};

type Answer<T> = Result<T, Box<dyn Error>>;

const METHODS: [&str; 5] = ["pca", "neighbours", "kmeans", "tsne", "umap"];
/// Steps of a layout that are timed.
const STEPS: usize = 10;
/// Names the method and the rows to the process that measures them.
const CHILD: &str = "EMBEDSCOPE_GROWTH";

fn main() -> Answer<()> {
    if let Ok(task) = std::env::var(CHILD) {
        let (method, rows) = task.split_once(' ').ok_or("no rows")?;
        return measure(method, rows.parse()?);
    }
    let (flags, given): (Vec<_>, Vec<_>) = std::env::args().partition(|argument| argument.starts_with("--"));
    // `cargo test --all-targets` runs benches too: the figures take minutes and say nothing there.
    if !flags.iter().any(|flag| flag == "--bench") {
        return Ok(());
    }
    let [_program, given @ ..] = given.as_slice() else { return Ok(()) };
    let sizes = given.first().map_or("10000,100000", String::as_str);
    let methods = given.get(1).cloned().unwrap_or_else(|| METHODS.join(","));
    for rows in sizes.split(',') {
        for method in methods.split(',') {
            let mut child = Command::new(std::env::current_exe()?);
            let status = child.env(CHILD, format!("{method} {rows}")).status()?;
            if !status.success() {
                return Err(format!("{method} over {rows} rows: {status}").into());
            }
        }
    }
    Ok(())
}

fn measure(method: &str, rows: usize) -> Answer<()> {
    let (vectors, cancel) = (vectors(rows)?, Cancel::default());
    let data = size_of_val(vectors.as_slice());
    let began = Instant::now();
    let seconds = match method {
        "pca" => {
            PcaParams { components: 50 }.check()?.run(&vectors, UNWATCHED, &cancel)?.transform(&vectors)?;
            began.elapsed().as_secs_f64()
        }
        "neighbours" => {
            neighbours(&vectors, &cancel)?;
            began.elapsed().as_secs_f64()
        }
        "kmeans" => {
            // A fixed number of rounds, settled or not.
            let params = KmeansParams { k: 100, iterations: 5, ..Default::default() };
            params.check()?.run(&vectors, UNWATCHED, &cancel)?;
            began.elapsed().as_secs_f64()
        }
        "tsne" => {
            let found = neighbours(&vectors, &cancel)?;
            a_step(TsneParams::default().check()?.start_from(&vectors, &found, &cancel)?)
        }
        "umap" => {
            let found = neighbours(&vectors, &cancel)?;
            a_step(UmapParams::default().check()?.start_from(&vectors, &found, &cancel)?)
        }
        other => return Err(format!("{other} is none of {}", METHODS.join(", ")).into()),
    };
    let timed = if matches!(method, "tsne" | "umap") { "a step" } else { "all" };
    println!(
        r#"{{"method": "{method}", "timed": "{timed}", "rows": {rows}, "dim": {DIM}, "seconds": {seconds:.4}, "data_mb": {}, "peak_mb": {}}}"#,
        data >> 20,
        peak().map_or_else(|| "null".into(), |bytes| (bytes >> 20).to_string()),
    );
    Ok(())
}

fn neighbours(vectors: &Vectors, cancel: &Cancel) -> Answer<Neighbours> {
    // Found in the same way at every size.
    let search = NeighboursParams { search: Search::Approximate, ..Default::default() };
    Ok(search.check()?.run(vectors, UNWATCHED, cancel)?)
}

/// Mean seconds of a step, after one that is not timed.
fn a_step(mut run: impl Run) -> f64 {
    run.step();
    let began = Instant::now();
    (0..STEPS).for_each(|_| {
        run.step();
    });
    began.elapsed().as_secs_f64() / STEPS as f64
}

/// The most memory that was resident, in bytes, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}
