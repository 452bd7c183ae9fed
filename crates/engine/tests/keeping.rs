//! Keeping what was made, through the engine: runs and doing them again, mending while open, exports as jobs, originals
//! that moved, and a diagnosis that tells nothing.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use embedscope_engine::export::{Export, ExportFormat, ExportParts};
use embedscope_engine::{
    Diagnosis, Engine, EngineOptions, Folders, ItemId, JobSnapshot, JobState, Pasted, Places, Problem, RunKind,
    SetSummary, log,
};
use tempfile::TempDir;

fn engine(home: &Path) -> Engine {
    let folders = Folders { models: home.join("models"), hub: home.join("hub") };
    let workspace = Some(home.join("mine.embedscope"));
    Engine::new(EngineOptions { workspace, folders, threads: None }).expect("opens")
}

/// Twelve sentences in files of their own, about two things.
fn sentences(folder: &Path) {
    fs::create_dir_all(folder).expect("made");
    for number in 0..12 {
        let about = if number % 2 == 0 { "volcano that smokes over lava" } else { "loaf of bread from warm flour" };
        fs::write(folder.join(format!("{number}.txt")), format!("Number {number} is a {about}.")).expect("written");
    }
}

fn done(engine: &Engine, job: embedscope_engine::JobId) -> JobSnapshot {
    let job = engine.wait(job).expect("listed");
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    job
}

fn imported(engine: &Engine, folder: &Path) {
    let plan = engine.plan(&[folder.to_owned()]).expect("a plan");
    let mut choice = plan.choice();
    choice.models = vec!["builtin-text".into()];
    done(engine, engine.start_import(plan, choice).expect("starts"));
}

fn set(engine: &Engine) -> SetSummary {
    engine.sets().expect("listed").remove(0)
}

fn flip_a_bit(path: &Path) {
    let file = fs::File::options().read(true).write(true).open(path).expect("there");
    let mut byte = [0];
    file.read_exact_at(&mut byte, 9).expect("read");
    file.write_all_at(&[byte[0] ^ 1], 9).expect("written");
}

#[test]
fn runs_are_listed_and_done_again() {
    let home = TempDir::new().expect("a folder");
    let letters = home.path().join("letters");
    sentences(&letters);
    let engine = engine(home.path());
    imported(&engine, &letters);
    let runs = engine.runs().expect("read");
    assert!(runs.windows(2).all(|pair| pair[0].id > pair[1].id), "the latest first");
    let of = |kind: RunKind| runs.iter().find(|run| run.kind == kind).expect("recorded");
    assert_eq!(of(RunKind::Import).result, "12 items added");
    assert_eq!(of(RunKind::Embedding).result, "12 vectors");
    assert_eq!(of(RunKind::Embedding).model.as_deref(), Some("builtin-text"));
    assert!(runs.iter().all(|run| run.is_repeatable));

    // The same map again: the same id, the same places, and a run of its own instead of the one before.
    let map = of(RunKind::Map);
    assert_eq!(map.title, "t-SNE");
    assert!(map.parameters.contains("seed 42"), "{}", map.parameters);
    let shown = map.map.expect("shown");
    let before = engine.layout(shown).expect("there").positions;
    let again = done(&engine, engine.start_repeat(map.id).expect("starts"));
    assert_eq!(again.report.maps, [shown]);
    assert_eq!(engine.layout(shown).expect("there").positions.as_slice(), before.as_slice());
    let later = engine.runs().expect("read");
    assert_eq!(later.len(), runs.len());
    assert!(later[0].kind == RunKind::Map && later[0].id > map.id && later[0].map == Some(shown));

    // Of an import, what is new, with the choice that was made then.
    fs::write(letters.join("next.txt"), "Number 12 is a volcano that sleeps.").expect("written");
    let again = done(&engine, engine.start_repeat(of(RunKind::Import).id).expect("starts")).report;
    assert_eq!((again.added, again.embedded, set(&engine).rows), (1, 1, 13));

    // Of an embedding, only what is missing; of clusters, the same ones.
    fs::write(letters.join("new.txt"), "A new sentence about a glacier.").expect("written");
    let plan = engine.plan(&[letters]).expect("a plan");
    let mut choice = plan.choice();
    choice.models = Vec::new();
    done(&engine, engine.start_import(plan, choice).expect("starts"));
    let embedded = done(&engine, engine.start_repeat(of(RunKind::Embedding).id).expect("starts")).report.embedded;
    assert_eq!((embedded, set(&engine).rows), (1, 14));
    let clusters = engine.runs().expect("read").into_iter().find(|run| run.kind == RunKind::Clusters).expect("there");
    let names = engine.clustering(set(&engine).id).expect("a set").expect("clusters").names.clone();
    done(&engine, engine.start_repeat(clusters.id).expect("starts"));
    assert_eq!(engine.clustering(set(&engine).id).expect("a set").expect("clusters").names, names);
}

#[test]
fn a_forgotten_map_stays_away_and_its_items_stay() {
    let home = TempDir::new().expect("a folder");
    let letters = home.path().join("letters");
    sentences(&letters);
    let left = {
        let engine = engine(home.path());
        imported(&engine, &letters);
        let maps = engine.maps();
        assert!(maps.len() > 1);
        engine.forget_map(maps[0].id).expect("forgotten");
        assert!(engine.layout(maps[0].id).is_err() && engine.forget_map(maps[0].id).is_err());
        maps.len() - 1
    };
    let engine = engine(home.path());
    assert_eq!((engine.maps().len(), engine.count().expect("counted")), (left, 12));
}

fn found(engine: &Engine) -> Vec<Problem> {
    done(engine, engine.start_check()).report.problems.clone().expect("it was looked")
}

#[test]
fn damage_is_mended_while_the_workspace_is_open() {
    let home = TempDir::new().expect("a folder");
    sentences(&home.path().join("letters"));
    let engine = engine(home.path());
    imported(&engine, &home.path().join("letters"));
    assert_eq!(found(&engine), []);
    let runs = home.path().join("mine.embedscope/runs");
    let layout = fs::read_dir(&runs).expect("there").flatten().map(|entry| entry.path());
    let layout = layout.filter(|path| path.to_string_lossy().contains("layout")).max().expect("a layout");
    flip_a_bit(&layout);
    flip_a_bit(&home.path().join("mine.embedscope/vectors/1.f32"));
    let maps = engine.maps().len();
    assert_eq!(found(&engine).len(), 2);
    let mended = engine.mend().expect("mended");
    assert!(!mended.done.is_empty() && mended.left.is_empty(), "{mended:?}");
    assert_eq!(found(&engine), []);
    assert_eq!(engine.count().expect("counted"), 12, "no item is lost");
    assert!(set(&engine).rows < 12 && engine.maps().len() < maps);
    done(&engine, engine.start_embedding("builtin-text").expect("starts"));
    assert_eq!((set(&engine).rows, engine.maps().len()), (12, maps));
}

#[test]
fn a_closed_engine_lets_go_of_its_workspace() {
    let home = TempDir::new().expect("a folder");
    let first = engine(home.path());
    let held = first.clone();
    // What listens to an engine often holds it.
    first.subscribe(Box::new(move |_| drop(held.count())));
    first.close().expect("closed");
    drop(first);
    engine(home.path());
}

#[test]
fn exports_are_jobs_and_whole_or_not_at_all() {
    let home = TempDir::new().expect("a folder");
    sentences(&home.path().join("letters"));
    let engine = engine(home.path());
    imported(&engine, &home.path().join("letters"));
    let out = home.path().join("out");
    fs::create_dir(&out).expect("made");
    let items: Vec<ItemId> = engine.set_rows(set(&engine).id, 0).expect("rows").items;
    let export = |format: ExportFormat, name: &str, parts: ExportParts, items: Option<Vec<ItemId>>| Export {
        set: Some(set(&engine).id),
        map: None,
        items,
        parts,
        format,
        out: out.join(name),
    };
    for (format, name) in [
        (ExportFormat::Parquet, "a.parquet"),
        (ExportFormat::Arrow, "a.arrow"),
        (ExportFormat::Csv, "a.csv"),
        (ExportFormat::Npy, "a numpy"),
        (ExportFormat::Safetensors, "a.safetensors"),
        (ExportFormat::Projector, "a projector"),
        (ExportFormat::Html, "a.html"),
        (ExportFormat::Originals, "a files"),
    ] {
        let job =
            done(&engine, engine.start_export(export(format, name, ExportParts::default(), None)).expect("starts"));
        assert_eq!(job.report.written.as_deref(), Some(&*out.join(name)));
        assert!(out.join(name).exists(), "{name}");
    }
    let copied = fs::read_dir(out.join("a files")).expect("there").count();
    assert!(copied >= 2, "items.jsonl and what they came from: {copied}");
    assert!(out.join("a.items.jsonl").is_file() && out.join("a numpy/vectors.npy").is_file());
    let hidden = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
    assert!(!fs::read_dir(&out).expect("there").flatten().any(|entry| hidden(&entry)), "nothing is left over");

    // A selection without vectors, over what was there; a folder is never written into.
    let bare = ExportParts { vectors: false, layout: false, clusters: false, tags: false };
    let some = Some(items[..3].to_vec());
    done(&engine, engine.start_export(export(ExportFormat::Csv, "a.csv", bare, some.clone())).expect("starts"));
    let table = fs::read_to_string(out.join("a.csv")).expect("there");
    assert_eq!(table.lines().next(), Some("item,kind,text,file,place"));
    assert_eq!(table.lines().count(), 4);
    assert!(engine.start_export(export(ExportFormat::Npy, "a numpy", bare, None)).is_err());
    done(&engine, engine.start_export(export(ExportFormat::Html, "b.html", bare, some)).expect("starts"));
    let page = fs::read_to_string(out.join("b.html")).expect("there");
    assert!(page.contains("Number 0 ") && !page.contains("Number 11 "), "only the selection is in the page");

    // A failure leaves what stands there.
    let missing = Some(vec![ItemId(999)]);
    let job = engine.start_export(export(ExportFormat::Csv, "a.csv", bare, missing)).expect("starts");
    assert_eq!(engine.wait(job).expect("listed").state, JobState::Failed);
    assert_eq!(fs::read_to_string(out.join("a.csv")).expect("there"), table);
}

#[test]
fn originals_that_moved_are_linked_again() {
    let home = TempDir::new().expect("a folder");
    let letters = home.path().join("letters");
    sentences(&letters);
    let long: String = (0..400).map(|number| format!("Sentence {number} of a long text. ")).collect();
    fs::write(letters.join("long.txt"), long).expect("written");
    let engine = engine(home.path());
    imported(&engine, &letters);
    let item = |name: &str| {
        let mut found = None;
        engine
            .each_card(|card| {
                if card.file == name {
                    found = found.or(Some(card.id))
                }
            })
            .expect("read");
        found.expect("there")
    };
    let (first, long) = (item("0.txt"), item("long.txt"));
    assert!(!engine.is_lost(first).expect("looked"));

    let moved = home.path().join("elsewhere");
    fs::rename(&letters, &moved).expect("moved");
    assert!(engine.is_lost(first).expect("looked") && engine.is_lost(long).expect("looked"));
    assert_eq!(engine.lost_originals().expect("looked").len(), 13);
    let problem = engine.relink(first, &moved.join("1.txt")).expect_err("refused").to_string();
    assert_eq!(problem, "1.txt does not hold what this item holds");
    assert!(engine.relink(first, &home.path().join("nothing")).is_err());

    // Under another name, when it is named outright; the other parts of the same file come with it.
    fs::rename(moved.join("long.txt"), moved.join("renamed.txt")).expect("moved");
    assert!(engine.relink(long, &moved.join("renamed.txt")).expect("linked") > 1);
    assert_eq!(engine.lost_originals().expect("looked").len(), 12);
    // By its folder: everything that is there is found.
    assert_eq!(engine.relink(first, home.path()).expect("linked"), 12);
    assert!(engine.lost_originals().expect("looked").is_empty());
    assert_eq!(engine.card(first).expect("there").file, "0.txt");
}

#[test]
fn a_diagnosis_tells_counts_and_nothing_else() {
    let home = TempDir::with_prefix("annas-secret").expect("a folder");
    let letters = home.path().join("dear-diary");
    sentences(&letters);
    let engine = engine(home.path());
    imported(&engine, &letters);
    engine.plan_pasted(Pasted::Text("A pasted confession.")).expect("a plan");
    let places = Places { settings: home.path().join("settings.toml"), logs: home.path().join("logs") };
    fs::write(&places.settings, format!("theme = \"dark\"\n[[recent]]\nworkspace = \"{}\"\n", home.path().display()))
        .expect("written");
    log::to_folder(&places.logs).expect("nobody logs yet");
    engine.log();
    fs::write(letters.join("new.txt"), "One more about a glacier.").expect("written");
    imported(&engine, &letters);
    let own: PathBuf = home.path().join("mine.embedscope");
    for bundle in [engine.diagnosis(&places).expect("told"), Diagnosis::of(&own, &places).expect("told")] {
        let text = bundle.to_json();
        for told in ["annas-secret", "dear-diary", "mine", "volcano", "glacier", "confession", ".txt", "/"] {
            assert!(!text.contains(told), "{told} is in {text}");
        }
        for expected in [
            "\"theme\": \"dark\"",
            "\"texts\": 13",
            "\"recent_workspaces\": 1",
            "builtin-text",
            "job over kind=import state=done",
        ] {
            assert!(text.contains(expected), "{expected} is missing from {text}");
        }
    }
    assert!(engine.usage().expect("measured").pasted > 0);
}
