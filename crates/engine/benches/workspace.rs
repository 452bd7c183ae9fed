//! Times what a large workspace promises: opening 1,000,000 × 384, its points, its table, colours and lasso, filters of
//! 100,000 rows, and what keeping vectors costs.
//!
//! Prints one JSON object of milliseconds; `make bench` puts it into the table. With `KEEP=FOLDER` the large workspace is
//! left there, to be opened in a window. Deliberately absent: judging; the limits stand in `benches/jobs/limits.py`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use embedscope_engine::{Engine, EngineOptions, Folders, Listing, Projection, Test};
use embedscope_workspace::{Blob, ItemKind, NewItem, NewRun, Origin, Workspace};

const ROWS: usize = 1_000_000;
const FILTERED_ROWS: usize = 100_000;
const DIM: usize = 384;
/// Vectors that are kept at once: what MiniLM embeds in half a second.
const BATCH: usize = 160;
const AT_ONCE: usize = 5000;
/// Fields that tables are sorted by.
const SORTS: &[&str] = &["column:year", "file", "text"];

fn main() {
    // `cargo test --all-targets` runs benches too: the figures take minutes and say nothing there.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let scratch = tempfile::tempdir().expect("a folder");
    let kept = std::env::var_os("KEEP").map_or_else(|| scratch.path().join("large"), Into::into);
    fill(&kept, ROWS);
    let open = |kept: &Path| {
        let folders = Folders { models: scratch.path().into(), hub: scratch.path().into() };
        Engine::new(EngineOptions { workspace: Some(kept.to_owned()), folders, threads: Some(2) }).expect("opens")
    };
    let began = Instant::now();
    let engine = open(&kept);
    let opened = ms(began);
    let map = engine.maps().into_iter().next().expect("a map");
    let rows = engine.set_rows(map.set, 0).expect("rows").items.len();
    let places = engine.layout(map.id).expect("a layout").positions.rows();
    let shown = ms(began);
    assert_eq!((rows, places), (ROWS, ROWS));
    let first_column = time_once(|| engine.colours(map.set, "column:year").expect("colours"));
    let sorted = slowest(SORTS, |field| {
        let listing = Listing { sort: Some((field.into(), true)), ..Listing::default() };
        assert_eq!(engine.listing(&listing).expect("an order").len(), ROWS);
    });
    let coloured = slowest(&["column:year", "kind", "file"], |by| {
        engine.colours(map.set, by).expect("colours");
    });
    // A third of the places: x from 0 to 1008, y from 0 to 1003.
    let around = circle(504.0, 501.5, 312.0);
    let lasso = slowest(&["lasso"], |_| {
        let inside = engine.lasso(map.id, &around, None).expect("items").len();
        assert!((290_000..320_000).contains(&inside), "{inside}");
    });
    let large_filter = slowest_filter(&engine);
    drop(engine);
    let filtered = scratch.path().join("filtered");
    fill(&filtered, FILTERED_ROWS);
    let slowest_filter = slowest_filter(&open(&filtered));
    let kept_per_vector = keeping(&scratch.path().join("small"));
    let figures = serde_json::json!({
        "open_ms": opened,
        "points_ms": shown,
        "filter_ms": slowest_filter,
        "large_first_column_ms": first_column,
        "large_sort_ms": sorted,
        "large_filter_ms": large_filter,
        "large_colour_ms": coloured,
        "large_lasso_ms": lasso,
        "keep_ms_per_vector": kept_per_vector,
    });
    println!("{figures}");
}

/// Milliseconds that the slowest of some answers takes, each at its best of three.
fn slowest(what: &[&str], answer: impl Fn(&str)) -> f64 {
    let time = |what: &&str| {
        let took = (0..3).map(|_| time_once(|| answer(what))).fold(f64::INFINITY, f64::min);
        eprintln!("{what}: {took:.0} ms");
        took
    };
    what.iter().map(time).fold(0.0, f64::max)
}

fn time_once<T>(answer: impl FnOnce() -> T) -> f64 {
    let began = Instant::now();
    answer();
    ms(began)
}

/// x, y, x, y … of a line that a hand might draw.
fn circle(x: f32, y: f32, radius: f32) -> Vec<f32> {
    let corner = |at: u8| {
        let angle = f32::from(at) / 120.0 * std::f32::consts::TAU;
        [x + radius * angle.cos(), y + radius * angle.sin()]
    };
    (0..120).flat_map(corner).collect()
}

/// Milliseconds that the slowest of a table's filters takes, each at its best of three.
fn slowest_filter(engine: &Engine) -> f64 {
    let year = || "column:year".to_owned();
    let filters = [
        ("text".to_owned(), Test::Holds("sentence number 7".into())),
        ("file".into(), Test::Holds("large".into())),
        (year(), Test::Is(vec!["1999".into(), "2004".into()])),
        (year(), Test::Between(Some("1995".into()), Some("2005".into()))),
    ];
    let time = |filter: &(String, Test)| {
        let listing = Listing { tests: vec![filter.clone()], ..Listing::default() };
        let tries = (0..3).map(|_| {
            let began = Instant::now();
            assert!(!engine.listing(&listing).expect("an answer").is_empty(), "{filter:?}");
            ms(began)
        });
        let took = tries.fold(f64::INFINITY, f64::min);
        eprintln!("{filter:?}: {took:.0} ms");
        took
    };
    filters.iter().map(time).fold(0.0, f64::max)
}

/// A workspace of texts in a table, with vectors and a map of places.
fn fill(path: &Path, rows: usize) {
    let workspace = Workspace::open(path).expect("made");
    let collection = workspace.add_collection("large").expect("made");
    let set = workspace.set("{\"bench\":1}", "bench", DIM).expect("made");
    for start in (0..rows).step_by(AT_ONCE) {
        let items: Vec<NewItem> = (start..start + AT_ONCE)
            .map(|row| NewItem {
                collection,
                kind: ItemKind::Text,
                text: Some(format!("Sentence number {row} of a large table, neither long nor short.")),
                size_px: None,
                origin: Origin {
                    file: "/large.csv".into(),
                    name: "large.csv".into(),
                    row: Some(row as u64 + 1),
                    ..Origin::default()
                },
                hash: hash(row),
                metadata: BTreeMap::from([("year".to_owned(), (1990 + row % 35).to_string())]),
            })
            .collect();
        let added = workspace.add_items(&items).expect("kept");
        let vectors: Vec<Vec<f32>> = (start..start + AT_ONCE).map(vector).collect();
        let rows: Vec<_> = items.iter().zip(&vectors).map(|(item, vector)| (item.hash, vector.as_slice())).collect();
        set.append(&rows).expect("kept");
        let members: Vec<_> = added.iter().enumerate().map(|(at, (item, _))| (*item, start + at)).collect();
        set.add_members(&members).expect("kept");
    }
    let filled = NewRun {
        kind: "vectors".into(),
        set: Some(set.id()),
        params_json: "{\"kinds\":[\"text\"],\"similarity\":\"cosine\"}".into(),
        ..NewRun::default()
    };
    workspace.add_run(filled).expect("kept");
    let places: Vec<u8> =
        (0..rows).flat_map(|row| [row as f32 % 1009.0, row as f32 / 997.0]).flat_map(f32::to_le_bytes).collect();
    let run = NewRun {
        kind: "map".into(),
        set: Some(set.id()),
        params_json: serde_json::to_string(&Projection::pca(set.id())).expect("JSON"),
        result_json: "{\"iteration\":0,\"iterations\":0,\"joined\":0}".into(),
        blob: Some(Blob { name: "layout.f32".into(), bytes: places, row_bytes: Some(8) }),
        ..NewRun::default()
    };
    workspace.add_run(run).expect("kept");
}

/// Milliseconds that keeping a vector takes, in batches as they come from an embedder.
fn keeping(path: &Path) -> f64 {
    const VECTORS: usize = 32 * BATCH;
    let workspace = Workspace::open(path).expect("made");
    let set = workspace.set("{\"bench\":2}", "bench", DIM).expect("made");
    let vectors: Vec<Vec<f32>> = (0..VECTORS).map(vector).collect();
    let began = Instant::now();
    for (batch, vectors) in vectors.chunks(BATCH).enumerate() {
        let hashed = vectors.iter().enumerate().map(|(at, vector)| (hash(batch * BATCH + at), vector.as_slice()));
        set.append(&hashed.collect::<Vec<_>>()).expect("kept");
    }
    ms(began) / VECTORS as f64
}

fn hash(row: usize) -> [u8; 32] {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&(row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    hash[8..16].copy_from_slice(&(row as u64).to_le_bytes());
    hash
}

fn vector(row: usize) -> Vec<f32> {
    (0..DIM).map(|at| ((row * 31 + at * 17) % 997) as f32 / 997.0 - 0.5).collect()
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
