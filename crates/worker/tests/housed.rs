//! A model in a process of its own gives what it gives here, and its process may end at any time.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use embedscope_models::{Embedder, Error, Folders, House, Input, Kind, Pixels, Role, load, load_in};
use tempfile::TempDir;

const TEXTS: [&str; 5] = ["the cat sat", "", "größer 漢字 🌋", "a dog barks at the cat on the mat", "the cat sat"];

fn golden(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/goldens").join(name);
    folder.to_str().expect("a plain path").to_owned()
}

fn nowhere() -> Folders {
    let nowhere = std::env::temp_dir().join("embedscope-no-models");
    Folders { models: nowhere.clone(), hub: nowhere }
}

fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_embedscope-embedder").into()
}

fn open(house: &Arc<House>, id: &str) -> Result<Arc<dyn Embedder>, Error> {
    load_in(house, id, &nowhere(), Some(2))
}

fn texts() -> Vec<Input<'static>> {
    TEXTS.map(Input::Text).to_vec()
}

#[test]
fn it_gives_the_very_same_answers() {
    let house = Arc::new(House::new(program()));
    let wishes = format!("{}?dimensions=8&long=mean", golden("bert-mean"));
    for id in [golden("bert-mean"), wishes, golden("clip-gelu")] {
        let here = load(&id, &nowhere(), Some(2)).expect("loaded here");
        let there = open(&house, &id).expect("loaded there");
        assert_eq!(format!("{:?}", there.about()), format!("{:?}", here.about()));
        assert_eq!(there.count_each(&TEXTS), here.count_each(&TEXTS));
        assert_eq!(there.count_tokens(TEXTS[3]), here.count_tokens(TEXTS[3]));
        assert_eq!(there.explain(TEXTS[3]).ok(), here.explain(TEXTS[3]).ok());
        for role in [Role::Document, Role::Query] {
            let found = there.embed(&texts(), role).expect("embedded there");
            assert_eq!(found.as_slice(), here.embed(&texts(), role).expect("embedded here").as_slice());
        }
        if here.about().kinds.contains(&Kind::Image) {
            let rgb: Vec<u8> = (0..40 * 30 * 3).map(|at| (at % 251) as u8).collect();
            let pictures = [Input::Image(Pixels { width: 40, height: 30, rgb: &rgb }); 3];
            let found = there.embed(&pictures, Role::Document).expect("embedded there");
            let expected = here.embed(&pictures, Role::Document).expect("embedded here");
            assert_eq!(found.as_slice(), expected.as_slice());
        }
        assert_eq!(there.embed(&[], Role::Document).expect("nothing").rows(), 0);
        assert_eq!((here.memory(), there.memory().is_some()), (None, true));
    }
}

#[test]
fn what_cannot_be_loaded_or_embedded_is_refused_in_the_same_words() {
    let house = Arc::new(House::new(program()));
    let broken = TempDir::new().expect("a folder");
    std::fs::write(broken.path().join("config.json"), "{").expect("written");
    let refused = |id: &str| {
        let here = load(id, &nowhere(), Some(1)).map(|_| ()).expect_err("refused here").to_string();
        let there = open(&house, id).map(|_| ()).expect_err("refused there").to_string();
        assert_eq!(there, here);
    };
    refused(broken.path().to_str().expect("a plain path"));
    refused(&format!("{}?dimensions=9999", golden("bert-mean")));
    refused(&golden("reranker-bert"));

    let there = open(&house, &golden("bert-mean")).expect("loaded");
    let picture = [Input::Image(Pixels { width: 1, height: 1, rgb: &[1, 2, 3] })];
    let refused = there.embed(&picture, Role::Document).expect_err("no pictures");
    assert!(matches!(refused, Error::Input { .. }), "{refused}");
    assert!(there.embed(&texts(), Role::Document).is_ok(), "the process is still there");
}

#[test]
fn a_program_built_for_no_card_or_not_for_us_is_not_taken() {
    assert_eq!(House::new(program()).has_card(), Ok(false));
    let absent = House::new("/no/such/program".into()).has_card().expect_err("absent");
    assert!(absent.starts_with("no graphics card could be used (embedscope-embedder could not be started"), "{absent}");
}

#[cfg(unix)]
mod ended {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::process::Command;
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    /// A house whose newest process leaves its number in this folder, and holds models if there is a program to.
    ///
    /// Nothing that runs is written here: a file still open in another test's process would not be run.
    fn numbered(home: &Path, program: Option<PathBuf>) -> Arc<House> {
        let stand_in = home.join("program");
        symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stand-in.sh"), &stand_in).expect("linked");
        if let Some(program) = program {
            symlink(program, home.join("program.embedder")).expect("linked");
        }
        Arc::new(House::new(stand_in))
    }

    fn pid(home: &Path) -> String {
        fs::read_to_string(home.join("program.pid")).expect("started").trim().to_owned()
    }

    fn signal(name: &str, pid: &str) -> bool {
        Command::new("kill").args([&format!("-{name}"), pid]).output().expect("runs").status.success()
    }

    fn lost(outcome: Result<embedscope_space::Vectors, Error>) -> String {
        match outcome {
            Err(error @ Error::Remote { .. }) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_card_whose_program_does_not_start_costs_the_reason_and_nothing_else() {
        let home = TempDir::new().expect("a folder");
        let reason = numbered(home.path(), None).has_card().expect_err("no card");
        let expected = "no graphics card could be used (embedscope-embedder has ended (exit status: 127): ";
        assert!(reason.starts_with(expected) && reason.contains("embedscope-embedder.embedder"), "{reason}");
        assert!(!reason.contains(home.path().to_str().expect("a plain path")), "{reason}");
    }

    #[test]
    fn a_process_killed_at_work_is_told_of_and_started_anew_once() {
        let home = TempDir::new().expect("a folder");
        let model = open(&numbered(home.path(), Some(program())), &golden("bert-mean")).expect("loaded");
        let expected = model.embed(&texts(), Role::Document).expect("embedded");
        let first = pid(home.path());
        // Halted, it cannot answer before it is killed, however the threads run.
        assert!(signal("STOP", &first));
        let (asking, asked) = mpsc::channel();
        let batch = thread::spawn({
            let model = model.clone();
            move || {
                asking.send(()).expect("heard");
                model.embed(&texts(), Role::Document)
            }
        });
        asked.recv().expect("asked");
        assert!(signal("KILL", &first));
        let said = lost(batch.join().expect("no panic"));
        assert_eq!(said, "bert-mean lives in a process of its own, which has ended (signal: 9 (SIGKILL))");

        let again = model.embed(&texts(), Role::Document).expect("started anew");
        assert_eq!(again.as_slice(), expected.as_slice());
        let second = pid(home.path());
        assert_ne!(first, second);
        assert!(signal("KILL", &second));
        assert!(lost(model.embed(&texts(), Role::Document)).contains("has ended (signal: 9"));
        assert!(lost(model.embed(&texts(), Role::Document)).contains("has lost its process twice"));
        assert!(model.count_tokens("the cat sat") > 0, "a guess");
        assert_eq!(pid(home.path()), second, "not started a third time");
    }

    #[test]
    fn a_model_let_go_of_leaves_no_process() {
        let home = TempDir::new().expect("a folder");
        let model = open(&numbered(home.path(), Some(program())), &golden("bert-mean")).expect("loaded");
        let process = pid(home.path());
        assert!(signal("0", &process), "it runs");
        drop(model);
        assert!(!signal("0", &process), "it has ended");
    }
}
