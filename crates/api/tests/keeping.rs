//! Keeping, as a page sees it: one workspace after another, one that is in use, what is kept and how it is let go; and
//! that no answer ever holds a path.

use std::fs;
use std::path::Path;
use std::sync::mpsc;

use embedscope_api::wire::{
    ErrorCode, Event, ExportFormat, ExportRequest, ImportRequest, JobState, OpeningView, PreprocessingView,
    RefusedReason, RunKind, Shown, Theme,
};
use embedscope_api::{Desk, Host, Outgoing, Places};
use serde::Serialize;
use tempfile::TempDir;

fn desk(home: &Path) -> Desk {
    Desk {
        home: home.join("data/workspace"),
        sample: None,
        places: Places { settings: home.join("config/settings.toml"), logs: home.join("logs") },
    }
}

fn letters(home: &Path) {
    let folder = home.join("letters");
    fs::create_dir_all(&folder).expect("made");
    for number in 0..8 {
        fs::write(folder.join(format!("{number}.txt")), format!("Letter {number} tells of a volcano and of bread."))
            .expect("written");
    }
}

/// Waits until a job is over, as the page does: by what it is told.
fn over(told: &mpsc::Receiver<Outgoing>, job: u32) -> Option<String> {
    for outgoing in told {
        if let Outgoing::Event(event) = outgoing
            && let Event::Job { job: view } = *event
            && view.id == job
            && !matches!(view.state, JobState::Waiting | JobState::Running)
        {
            assert_eq!(view.state, JobState::Done, "{:?}", view.error);
            return view.written;
        }
    }
    None
}

fn listening(host: &Host) -> mpsc::Receiver<Outgoing> {
    let (tell, told) = mpsc::channel();
    host.listen(move |outgoing| drop(tell.send(outgoing)));
    told
}

fn filled(host: &Host, home: &Path) {
    letters(home);
    let told = listening(host);
    let plan = host.plan_paths(&[home.join("letters")]).expect("a plan");
    let models = vec!["builtin-text".into()];
    let import = ImportRequest {
        plan: plan.id,
        models,
        columns: Vec::new(),
        cut: plan.cuts[0],
        preprocessing: PreprocessingView::default(),
        folder_labels: false,
        tile: None,
        watch: false,
    };
    let job = host.start_import(import).expect("starts");
    over(&told, job);
}

/// Holds no path: neither the home all of this happens in, nor anything with its separators in it.
fn no_path(home: &Path, answer: &impl Serialize) {
    let text = serde_json::to_string(answer).expect("JSON");
    assert!(!text.contains(&*home.to_string_lossy()) && !text.contains("workspace.sqlite"), "{text}");
}

fn everything(format: ExportFormat, set: Option<u32>) -> ExportRequest {
    ExportRequest { format, set, map: None, items: None, vectors: true, layout: true, clusters: true, tags: true }
}

/// What looking through the workspace finds.
fn problems(host: &Host, told: &mpsc::Receiver<Outgoing>) -> Vec<String> {
    let job = host.start_check().expect("starts");
    over(told, job);
    let found = host.get_check(job).expect("listed").expect("it is done");
    found.problems.iter().map(|problem| problem.to_string()).collect()
}

#[test]
fn what_is_kept_is_told_without_a_path_and_let_go() {
    let home = TempDir::new().expect("a folder");
    let host = Host::new(desk(home.path()));
    filled(&host, home.path());
    let app = host.app();
    assert_eq!((app.workspace.name.as_str(), app.workspace.read_only, app.workspace.items), ("My workspace", false, 8));
    no_path(home.path(), &app);
    let keeping = host.get_keeping().expect("told");
    assert_eq!((&*keeping.place, keeping.lost_originals), ("in Embedscope’s own folder", 0));
    assert!(keeping.index > 0.0 && keeping.vectors > 0.0 && keeping.results > 0.0);
    no_path(home.path(), &keeping);

    let runs = host.list_runs().expect("told");
    let map = runs.iter().find(|run| run.kind == RunKind::Map).expect("a map");
    assert!(map.repeatable && app.workspace.maps.iter().any(|shown| Some(shown.id) == map.map));
    no_path(home.path(), &runs);
    let told = listening(&host);
    over(&told, host.repeat_run(map.id).expect("starts"));

    assert_eq!(problems(&host, &told), [] as [&str; 0]);
    let matrix =
        fs::read_dir(home.path().join("data/workspace/vectors")).expect("there").flatten().next().expect("one");
    fs::remove_file(matrix.path()).expect("there");
    assert_eq!(problems(&host, &told), ["8 vectors of builtin-text are missing; they can be embedded again."]);
    let mended = host.mend_workspace().expect("mended");
    assert!(!mended.done.is_empty() && mended.left.is_empty(), "{mended:?}");
    over(&told, host.start_embedding("builtin-text").expect("starts"));

    assert_eq!(host.forget_items(&[0, 3, 99]).expect("forgotten"), 2);
    over(&told, host.start_compact().expect("starts"));
    assert_eq!(host.get_keeping().expect("told").dead_vectors, 0.0);
    let collection = host.app().workspace.collections[0].id;
    assert_eq!(host.forget_collection(collection).expect("forgotten"), 6);
    assert_eq!(host.app().workspace.items, 0);
    assert!(home.path().join("letters/0.txt").exists());
}

#[test]
fn exports_go_where_the_dialogue_said_and_only_their_name_comes_back() {
    let home = TempDir::new().expect("a folder");
    let host = Host::new(desk(home.path()));
    filled(&host, home.path());
    let set = host.app().workspace.sets.first().map(|set| set.id);
    let out = home.path().join("out");
    fs::create_dir(&out).expect("made");
    let told = listening(&host);
    assert_eq!(host.export_name(ExportFormat::Csv).expect("named"), ("My workspace.csv".into(), Some("csv")));
    let job = host.start_export(&everything(ExportFormat::Csv, set), &out.join("table")).expect("starts");
    assert_eq!(over(&told, job).as_deref(), Some("table.csv"), "the ending is added");
    assert_eq!(host.folder_of(Shown::Job { job }).expect("known"), out);
    for expected in ["My workspace projector", "My workspace projector 2"] {
        let job = host.start_export(&everything(ExportFormat::Projector, set), &out).expect("starts");
        assert_eq!(over(&told, job).as_deref(), Some(expected));
        assert!(out.join(expected).join("tensors.tsv").is_file());
    }
    assert!(host.folder_of(Shown::Diagnosis).is_err());
    assert_eq!(host.write_diagnosis(&out.join("bundle.json")).expect("written"), "bundle.json");
    assert_eq!(host.folder_of(Shown::Diagnosis).expect("known"), out);
    assert!(!fs::read_to_string(out.join("bundle.json")).expect("there").contains("letters"));
}

#[test]
fn a_workspace_in_use_is_offered_for_reading() {
    let home = TempDir::new().expect("a folder");
    let first = Host::new(desk(home.path()));
    filled(&first, home.path());
    let second = Host::new(desk(home.path()));
    let app = second.app();
    let refused = app.refused.clone().expect("refused");
    assert_eq!((refused.reason, refused.name.as_str()), (RefusedReason::InUse, "My workspace"));
    assert_eq!(refused.error.message, "“My workspace” is open in another window");
    no_path(home.path(), &app);
    assert_eq!(second.get_keeping().expect_err("none is open").code, ErrorCode::NotFound);
    assert!(second.open_refused(false).expect("tried").refused.is_some(), "still in use");

    assert!(second.open_refused(true).expect("tried").refused.is_none());
    let app = second.app();
    assert!(app.workspace.read_only && app.refused.is_none() && app.workspace.items == 8);
    let refusals = [
        second.plan_paths(&[home.path().join("letters")]).err(),
        second.plan_pasted_text("words").err(),
        second.start_embedding("builtin-text").err(),
        second.repeat_run(1).err(),
        second.forget_items(&[0]).err(),
        second.forget_collection(1).err(),
        second.clear_workspace().err(),
        second.start_compact().err(),
        second.mend_workspace().err(),
        second.find_original(0, home.path()).err(),
    ];
    for refusal in refusals {
        assert_eq!(refusal.map(|error| error.code), Some(ErrorCode::ReadOnly));
    }
    let set = app.workspace.sets[0].id;
    let told = listening(&second);
    let job = second.start_export(&everything(ExportFormat::Csv, Some(set)), &home.path().join("t")).expect("starts");
    assert!(over(&told, job).is_some(), "what is read can be exported");

    drop(first);
    let number = second.recent()[0].number;
    assert!(second.open_recent(number, false).expect("tried").refused.is_none());
    assert!(!second.app().workspace.read_only, "once the other is closed it may be changed again");
}

#[test]
fn one_workspace_after_another_and_the_last_one_the_next_time() {
    let home = TempDir::new().expect("a folder");
    let host = Host::new(desk(home.path()));
    filled(&host, home.path());
    let opening = host.app().opening;
    assert!(host.new_workspace(&home.path().join("field notes")).refused.is_none());
    let app = host.app();
    assert_eq!((app.workspace.name.as_str(), app.workspace.items), ("field notes", 0));
    assert!(app.opening > opening && home.path().join("field notes.embedscope/workspace.sqlite").is_file());
    let names: Vec<(String, bool)> = app.recent.iter().map(|recent| (recent.name.clone(), recent.current)).collect();
    assert_eq!(names, [("field notes".into(), true), ("My workspace".into(), false)]);
    no_path(home.path(), &app);

    // What cannot be opened leaves what is open.
    let OpeningView { refused } = host.open_workspace(&home.path().join("letters"));
    assert_eq!(refused.expect("refused").error.message, "There is no workspace in “letters”");
    assert!(
        host.new_workspace(&home.path().join("letters"))
            .refused
            .is_some_and(|r| r.error.message.contains("other files"))
    );
    assert!(!home.path().join("letters/workspace.sqlite").exists());
    assert_eq!(host.app().workspace.name, "field notes");

    assert!(host.open_recent(app.recent[1].number, false).expect("tried").refused.is_none());
    assert_eq!(host.app().workspace.items, 8);
    let again = host.recent();
    assert_eq!(again[1].number, app.recent[0].number, "numbers stay");
    drop(host);
    assert!(Host::new(desk(home.path())).app().workspace.items == 8, "the last one is opened again");

    let host = Host::new(desk(home.path()));
    fs::remove_dir_all(home.path().join("field notes.embedscope")).expect("there");
    let gone = host.recent().into_iter().find(|recent| !recent.here).expect("listed");
    assert!(host.open_recent(gone.number, false).expect("tried").refused.is_some());
    assert_eq!(host.forget_recent(gone.number).expect("forgotten").len(), 1);
}

#[test]
fn settings_are_kept_and_a_broken_file_is_said() {
    let home = TempDir::new().expect("a folder");
    let host = Host::new(desk(home.path()));
    assert_eq!(host.app().theme, Theme::System);
    host.set_theme(Theme::Dark).expect("kept");
    host.set_zoom(150).expect("kept");
    assert_eq!((host.app().ask_for_releases, host.newer_version()), (false, None));
    let said = host.look_for_release().expect_err("off");
    assert_eq!(said.message, "Could not look: it is switched off in the settings");
    host.set_ask_for_releases(true).expect("kept");
    drop(host);
    let settings = home.path().join("config/settings.toml");
    assert!(fs::read_to_string(&settings).expect("there").contains("theme = \"dark\""));
    let app = Host::new(desk(home.path())).app();
    assert_eq!((app.theme, app.zoom, app.ask_for_releases), (Theme::Dark, 150, true));

    fs::write(&settings, "theme = ").expect("written");
    let app = Host::new(desk(home.path())).app();
    assert_eq!((app.theme, app.zoom, app.notices.len()), (Theme::System, 100, 1));
    assert!(app.notices[0].message.contains("settings.broken-1.toml"), "{}", app.notices[0].message);
    no_path(home.path(), &app);
}

#[test]
fn a_workspace_that_is_dropped_is_opened_and_not_read_in() {
    let home = TempDir::new().expect("a folder");
    let host = Host::new(desk(home.path()));
    let another = home.path().join("another.embedscope");
    assert!(host.new_workspace(&another).refused.is_none());
    letters(home.path());
    let at_home = home.path().join("data/workspace");
    host.take_unasked(std::slice::from_ref(&at_home));
    assert_eq!((host.app().workspace.name.as_str(), host.app().plan.is_none()), ("My workspace", true));
    let told = listening(&host);
    host.take_unasked(std::slice::from_ref(&another));
    let opened = told.iter().find_map(|outgoing| match outgoing {
        Outgoing::Event(event) => match *event {
            Event::Opened { opening } => Some(opening),
            _ => None,
        },
        _ => None,
    });
    assert!(opened.expect("told").refused.is_none());
    assert_eq!(host.app().workspace.name, "another");
    // A folder with other things beside it is a plan, as ever.
    host.take_unasked(&[another, home.path().join("letters")]);
    assert_eq!(host.app().workspace.name, "another");
}
