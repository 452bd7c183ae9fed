//! From files to items: plans, second drops, cancelling, and what cannot be read.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use embedscope_engine::{Event, JobState, Kind, Method, Pasted};
use tempfile::TempDir;

use crate::{Letters, bitmap, collection, engine, import, imported};

#[test]
fn a_plan_says_what_was_found_and_what_was_not() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::with_prefix("letters").expect("a folder");
    collection(folder.path());
    let engine = engine(None, home.path());
    let plan = engine.plan(&[folder.path().to_owned()]).expect("a plan");
    assert!(plan.name.starts_with("letters"));
    let proposed: Vec<_> = plan.models.iter().map(|model| (model.kind, model.model.as_str())).collect();
    assert_eq!(proposed, [(Kind::Text, "builtin-text"), (Kind::Image, "builtin-image")]);
    assert_eq!(plan.tables.len(), 1);
    assert_eq!(plan.tables[0].guess.text.as_deref(), Some("review"));
    assert_eq!(engine.count().expect("counted"), 0, "planning reads nothing in");
    assert!(engine.plan(&[]).is_err());
}

#[test]
fn pictures_get_the_words_of_a_table_beside_them() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    for (name, colour) in [("a.bmp", [200, 0, 0]), ("b.bmp", [0, 0, 200])] {
        fs::write(folder.path().join(name), bitmap(16, colour)).expect("written");
    }
    let table =
        "file,caption,colour\na.bmp,A square as red as a poppy,red\nb.bmp,A square as blue as the evening,blue\n";
    fs::write(folder.path().join("captions.csv"), table).expect("written");
    let engine = engine(None, home.path());
    let job = imported(&engine, folder.path());
    assert_eq!(job.report.added, 2, "a row that names a picture is no text of its own");
    let mut pictures = Vec::new();
    engine.each_card(|card| pictures.extend((card.kind == Kind::Image).then_some(card))).expect("read");
    assert_eq!(pictures[0].title, "a.bmp");
    assert_eq!(pictures[0].text, "A square as red as a poppy");
    assert_eq!(pictures[1].metadata.get("colour").map(String::as_str), Some("blue"));
}

#[test]
fn importing_again_adds_nothing_and_another_folder_is_added_to_the_same_maps() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(None, home.path());
    imported(&engine, folder.path());
    let maps: Vec<_> = engine.maps().iter().map(|map| map.id).collect();
    let again = imported(&engine, folder.path());
    assert_eq!((again.report.added, again.report.known, again.report.embedded), (0, 27, 0));

    // The same content in another place is a new item that needs no new vector.
    fs::write(folder.path().join("copy.txt"), "The volcano erupted at night.").expect("written");
    fs::write(folder.path().join("new.txt"), "A glacier moves slowly.").expect("written");
    let more = imported(&engine, folder.path());
    assert_eq!((more.report.added, more.report.embedded), (2, 1));
    let texts = engine.sets().expect("listed").into_iter().find(|set| set.model == "builtin-text").expect("a set");
    assert_eq!(texts.rows, 24);
    assert_eq!(engine.maps().iter().map(|map| map.id).collect::<Vec<_>>(), maps);
    assert!(engine.maps().iter().filter(|map| map.set == texts.id).all(|map| map.rows == 24));
}

#[test]
fn a_cancelled_import_keeps_what_it_finished_and_goes_on_from_there() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    let lines: String =
        (0..400).map(|n| format!("{{\"text\": \"Row {n} has the words {n} and {}\"}}\n", n * 7)).collect();
    fs::write(folder.path().join("rows.jsonl"), lines).expect("written");
    let engine = engine(None, home.path());
    let model = Letters::new("letters");
    engine.add_embedder(model.clone());
    // Cancels as soon as the first rows are shown.
    let (stopper, stopped) = (engine.clone(), AtomicUsize::new(0));
    engine.subscribe(Box::new(move |event| {
        if matches!(event, Event::SetGrew { .. }) && stopped.fetch_add(1, Ordering::Relaxed) == 0 {
            for job in stopper.jobs() {
                stopper.cancel_job(job.id).expect("listed");
            }
        }
    }));
    let plan = engine.plan(&[folder.path().to_owned()]).expect("a plan");
    let first = import(&engine, plan.clone(), &["letters"]);
    assert_eq!(first.state, JobState::Cancelled);
    let kept = engine.sets().expect("listed")[0].rows;
    assert!(kept > 0 && kept < 400, "{kept} rows");
    assert_eq!(first.report.embedded, kept);
    assert_eq!(engine.maps()[0].rows, kept, "what was shown stays on the map");

    let second = import(&engine, plan, &["letters"]);
    assert_eq!(second.state, JobState::Done, "{:?}", second.error);
    assert_eq!((second.report.added, second.report.embedded), (0, 400 - kept));
    assert_eq!(model.embedded.load(Ordering::Relaxed), 400);
    assert_eq!(engine.sets().expect("listed")[0].rows, 400);
}

#[test]
fn one_bad_item_does_not_stop_the_others() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    for name in ["a", "b", "c", "d"] {
        fs::write(folder.path().join(format!("{name}.txt")), format!("A text about {name}{name}{name}."))
            .expect("written");
    }
    fs::write(folder.path().join("bad.txt"), "This is poison.").expect("written");
    let engine = engine(None, home.path());
    engine.add_embedder(Letters::new("letters"));
    let plan = engine.plan(&[folder.path().to_owned()]).expect("a plan");
    let job = import(&engine, plan, &["letters"]);
    assert_eq!(job.state, JobState::Done);
    assert_eq!(job.report.skipped.len(), 1);
    assert_eq!(job.report.skipped[0].name, "bad.txt");
    assert!(job.report.skipped[0].reason.contains("poison"));
    assert_eq!(engine.sets().expect("listed")[0].rows, 4);
}

#[test]
fn a_model_without_anything_to_embed_leaves_no_set() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("one.txt"), "The only text there is.").expect("written");
    let engine = engine(None, home.path());
    imported(&engine, folder.path());
    let sets = engine.sets().expect("listed");
    assert_eq!(sets.iter().map(|set| set.model.as_str()).collect::<Vec<_>>(), ["builtin-text"]);
    assert_eq!(engine.maps().iter().map(|map| (map.method, map.rows)).collect::<Vec<_>>(), [(Method::Pca, 1)]);
    let nothing = TempDir::new().expect("a folder");
    let plan = engine.plan(&[nothing.path().to_owned()]).expect("a plan");
    assert_eq!((plan.files(), plan.models.len()), (0, 0));
}

#[test]
fn what_is_pasted_is_planned_and_read_like_a_file() {
    let home = TempDir::new().expect("a folder");
    let engine = engine(Some(&home.path().join("workspace")), home.path());
    let picture = bitmap(24, [200, 30, 20]);
    for (pasted, kind) in
        [(Pasted::Text("A volcano sent lava down."), Kind::Text), (Pasted::Picture(&picture), Kind::Image)]
    {
        for expected in [1, 0] {
            let plan = engine.plan_pasted(pasted).expect("a plan");
            assert_eq!((plan.files(), plan.groups[0].kind), (1, kind));
            let choice = plan.choice();
            let job = engine.wait(engine.start_import(plan, choice).expect("starts")).expect("listed");
            assert_eq!((job.state, job.report.added), (JobState::Done, expected), "{kind:?}: {:?}", job.error);
        }
    }
    assert!(engine.plan_pasted(Pasted::Text(" \n")).is_err());
    engine.forget_all().expect("forgotten");
    assert!(!home.path().join("workspace/pasted").exists());
}

#[test]
fn a_model_that_is_not_here_is_named_at_once() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(None, home.path());
    let plan = engine.plan(&[folder.path().to_owned()]).expect("a plan");
    let mut choice = plan.choice();
    choice.models = vec!["all-MiniLM-L6-v2".into()];
    let problem = engine.start_import(plan, choice).expect_err("refused").to_string();
    assert!(problem.contains("all-MiniLM-L6-v2"), "{problem}");
    assert!(engine.start_embedding("nobody/nothing").is_err());
}

#[test]
fn a_folder_dropped_again_adds_what_is_new_and_says_what_is_gone() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    for name in ["stays", "moves", "changes", "vanishes"] {
        fs::write(folder.path().join(format!("{name}.txt")), format!("A text that {name}.")).expect("written");
    }
    let engine = engine(None, home.path());
    assert_eq!(imported(&engine, folder.path()).report.added, 4);
    let card_of = |name: &str| {
        let mut cards = Vec::new();
        engine.each_card(|card| cards.push(card)).expect("read");
        cards.into_iter().find(|card| card.text.contains(name)).expect("there")
    };
    let moved = card_of("moves").id;

    fs::create_dir(folder.path().join("below")).expect("made");
    fs::rename(folder.path().join("moves.txt"), folder.path().join("below/renamed.txt")).expect("moved");
    fs::write(folder.path().join("changes.txt"), "Another text altogether.").expect("written");
    fs::remove_file(folder.path().join("vanishes.txt")).expect("there");
    let again = imported(&engine, folder.path()).report;
    assert_eq!((again.added, again.known, again.moved, again.gone, again.embedded), (1, 2, 1, 2, 1));
    let card = card_of("moves");
    assert_eq!((card.id, card.file.as_str(), card.gone), (moved, "below/renamed.txt", false));
    assert!(card_of("vanishes").gone && card_of("changes").gone && !card_of("stays").gone);
    assert!(!card_of("Another").gone);

    // The whole folder in another place: nothing is new, and nothing is lost.
    let elsewhere = home.path().join("elsewhere");
    fs::rename(folder.path(), &elsewhere).expect("moved");
    let third = imported(&engine, &elsewhere).report;
    assert_eq!((third.added, third.known, third.gone, third.embedded), (0, 3, 0, 0));
    fs::write(elsewhere.join("vanishes.txt"), "A text that vanishes.").expect("written");
    imported(&engine, &elsewhere);
    assert!(!card_of("vanishes").gone, "what comes back is there again");
}
