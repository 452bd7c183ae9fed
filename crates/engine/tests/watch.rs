//! Watched folders: what comes, changes and goes in them, through the system's own notices.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use embedscope_engine::{Card, Engine, EngineOptions, Event, Folders, ImportChoice, JobReport, JobState, WatchNews};
use tempfile::TempDir;

/// How long a notice may take before it is taken for lost.
const AT_MOST: Duration = Duration::from_secs(60);

fn opened(home: &Path) -> (Engine, Receiver<WatchNews>) {
    let folders = Folders { models: home.join("models"), hub: home.join("hub") };
    let options = EngineOptions { workspace: Some(home.join("kept.embedscope")), folders, threads: None };
    let engine = Engine::new(options).expect("opens");
    let (tell, news) = mpsc::channel();
    engine.subscribe(Box::new(move |event| {
        if let Event::Watch(one) = event {
            let _ = tell.send(one.clone());
        }
    }));
    (engine, news)
}

fn imported(engine: &Engine, folder: &Path) -> ImportChoice {
    let plan = engine.plan(&[folder.to_owned()]).expect("a plan");
    let choice = ImportChoice { maps: false, ..plan.choice() };
    engine.watch(&plan, &choice).expect("watched");
    let job = engine.wait(engine.start_import(plan, choice.clone()).expect("starts")).expect("listed");
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    choice
}

fn renewed(news: &Receiver<WatchNews>) -> std::sync::Arc<JobReport> {
    match news.recv_timeout(AT_MOST).expect("news") {
        WatchNews::Renewed { report, .. } => report,
        other => panic!("{other:?}"),
    }
}

fn cards(engine: &Engine) -> Vec<Card> {
    let mut cards = Vec::new();
    engine.each_card(|card| cards.push(card)).expect("read");
    cards
}

#[test]
fn what_is_new_changed_or_gone_in_a_watched_folder_is_imported() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let (engine, news) = opened(home.path());
    let file = |name: &str| folder.path().join(name);
    fs::write(file("a.txt"), "The first text.").expect("written");
    fs::write(file("b.txt"), "Another text.").expect("written");
    imported(&engine, folder.path());
    assert_eq!(engine.watched().len(), 1);

    fs::create_dir(file("below")).expect("made");
    fs::write(file("below/c.txt"), "A new text.").expect("written");
    let report = renewed(&news);
    assert_eq!((report.added, report.known, report.gone), (1, 0, 0), "only what was touched is read");
    fs::write(file("a.txt"), "The first text, changed.").expect("written");
    let report = renewed(&news);
    assert_eq!((report.added, report.gone), (1, 1));
    fs::rename(file("b.txt"), file("below/moved.txt")).expect("moved");
    let report = renewed(&news);
    assert_eq!((report.added, report.moved, report.gone), (0, 1, 0));
    fs::remove_file(file("below/c.txt")).expect("there");
    assert_eq!(renewed(&news).gone, 1);
    let there: Vec<String> = cards(&engine).into_iter().filter(|card| !card.gone).map(|card| card.file).collect();
    assert_eq!(there, ["below/moved.txt", "a.txt"]);

    let id = engine.watched()[0].id;
    engine.stop_watching(id).expect("watched");
    assert!(engine.watched().is_empty() && engine.stop_watching(id).is_err());
}

#[test]
fn a_watched_folder_that_is_taken_away_is_said_and_watched_again_when_it_is_back() {
    let (home, outer) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let (engine, news) = opened(home.path());
    let (folder, away) = (outer.path().join("notes"), outer.path().join("away"));
    fs::create_dir(&folder).expect("made");
    fs::write(folder.join("a.txt"), "The first text.").expect("written");
    imported(&engine, &folder);
    fs::rename(&folder, &away).expect("moved");
    assert!(matches!(news.recv_timeout(AT_MOST).expect("news"), WatchNews::Lost { name } if name == "notes"));
    assert!(!engine.watched()[0].is_there);
    assert!(!cards(&engine)[0].gone, "nothing is said of items before the folder is looked through");
    fs::write(away.join("b.txt"), "A text from elsewhere.").expect("written");
    fs::rename(&away, &folder).expect("moved back");
    assert!(matches!(news.recv_timeout(AT_MOST).expect("news"), WatchNews::Back { .. }));
    assert_eq!(renewed(&news).added, 1);
    fs::write(folder.join("c.txt"), "And one more.").expect("written");
    assert_eq!(renewed(&news).added, 1, "it is heard again");
}

#[test]
fn what_was_missed_is_imported_when_the_workspace_is_opened_again() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let first = {
        let (engine, _) = opened(home.path());
        fs::write(folder.path().join("a.txt"), "The FIRST text.").expect("written");
        let plan = engine.plan(&[folder.path().to_owned()]).expect("a plan");
        let mut choice = ImportChoice { maps: false, ..plan.choice() };
        choice.preprocessing.lower_case = true;
        engine.watch(&plan, &choice).expect("watched");
        engine.wait(engine.start_import(plan, choice).expect("starts")).expect("listed");
        engine.watched()
    };
    fs::write(folder.path().join("b.txt"), "The SECOND text.").expect("written");
    let (engine, news) = opened(home.path());
    assert!(engine.watched().is_empty(), "nothing is watched unasked");
    engine.watch_again().expect("watched");
    assert_eq!(engine.watched()[0].name, first[0].name);
    assert_eq!(renewed(&news).added, 1);
    assert_eq!(cards(&engine)[1].text, "the second text.", "as it was chosen for the whole");
}

#[test]
fn what_was_forgotten_does_not_come_back() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    {
        let (engine, _) = opened(home.path());
        let written = Instant::now();
        fs::write(folder.path().join("a.txt"), "The first text.").expect("written");
        // Times of files are told in ticks; it is watched some later.
        while written.elapsed() < Duration::from_millis(30) {
            std::hint::spin_loop();
        }
        imported(&engine, folder.path());
        engine.forget_items(&[cards(&engine)[0].id]).expect("forgotten");
    }
    fs::write(folder.path().join("b.txt"), "The second text.").expect("written");
    let (engine, news) = opened(home.path());
    engine.watch_again().expect("watched");
    assert_eq!(renewed(&news).added, 1);
    assert_eq!(cards(&engine)[0].text, "The second text.");
    engine.forget_all().expect("forgotten");
    assert!(engine.watched().is_empty());
}

#[test]
fn only_folders_are_watched() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let (engine, _) = opened(home.path());
    let file = folder.path().join("a.txt");
    fs::write(&file, "A text.").expect("written");
    let plan = engine.plan(&[file]).expect("a plan");
    assert!(!plan.can_watch() && engine.watch(&plan, &plan.choice()).is_err());
}
