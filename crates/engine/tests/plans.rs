//! What can be tried out and chosen on a plan, and that the import then does it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use embedscope_engine::sources::cut::Unit;
use embedscope_engine::sources::table::RowCount;
use embedscope_engine::{
    Cancel, Card, Columns, Cut, Engine, EngineOptions, Error, Estimate, Folders, ImportChoice, JobState, Plan,
    Preprocessing,
};
use embedscope_workspace::{ItemKind, NewItem, Origin, Workspace};
use tempfile::TempDir;

struct Desk {
    _home: TempDir,
    folder: TempDir,
    engine: Engine,
}

impl Desk {
    fn new() -> Self {
        let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
        let folders = Folders { models: home.path().join("models"), hub: home.path().join("hub") };
        let engine = Engine::new(EngineOptions { workspace: None, folders, threads: None }).expect("opens");
        Self { _home: home, folder, engine }
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, content).expect("written");
    }

    fn plan(&self) -> Plan {
        self.engine.plan(&[self.folder.path().to_owned()]).expect("a plan")
    }

    fn import(&self, plan: Plan, choice: ImportChoice) -> Vec<Card> {
        let choice = ImportChoice { maps: false, ..choice };
        let job = self.engine.wait(self.engine.start_import(plan, choice).expect("starts")).expect("listed");
        assert_eq!(job.state, JobState::Done, "{:?}", job.error);
        let mut cards = Vec::new();
        self.engine.each_card(|card| cards.push(card)).expect("read");
        cards
    }
}

fn texts(cards: &[Card]) -> Vec<&str> {
    cards.iter().map(|card| card.text.as_str()).collect()
}

/// Two documents and a table, the longest text in "notes/long.md".
fn letters(desk: &Desk) {
    let sections: String =
        (0..6).map(|n| format!("# Part {n}\n\nSome words of part {n}. And some more.\n\n")).collect();
    desk.write("notes/long.md", &sections);
    desk.write("notes/short.txt", "One short text.");
    desk.write("t.csv", "say,more\nThe first row has words,x\nThe second row has others,y\n,z\n");
}

#[test]
fn who_looks_through_files_can_be_stopped() {
    let desk = Desk::new();
    desk.write("a.txt", "one");
    let cancel = Cancel::default();
    cancel.cancel();
    let stopped = desk.engine.plan_unless(&[desk.folder.path().to_owned()], &cancel);
    assert!(matches!(stopped, Err(Error::Cancelled)), "{:?}", stopped.map(|plan| plan.name));
}

#[test]
fn a_preview_counts_what_the_import_then_gives() {
    for (unit, size, overlap) in [
        (Unit::Words, 5, 0),
        (Unit::Words, 8, 3),
        (Unit::Tokens, 6, 0),
        (Unit::Sentences, 1, 0),
        (Unit::Headings, 180, 0),
        (Unit::Lines, 1, 0),
        (Unit::None, 1, 0),
    ] {
        let desk = Desk::new();
        letters(&desk);
        let plan = desk.plan();
        let choice = ImportChoice { cut: Cut { unit, size, overlap }, ..plan.choice() };
        let preview = desk.engine.preview(&plan, &choice, None);
        assert_eq!(preview.texts, ["notes/short.txt", "notes/long.md", "t.csv"], "{unit}");
        let shown = preview.shown.expect("a text");
        assert_eq!((shown.file.as_str(), shown.goes_on), ("notes/long.md", false), "the longest text, {unit}");
        assert!(preview.estimate_ms.expect("tried") > 0.0);
        let cards = desk.import(plan, choice);
        assert_eq!(preview.items, Estimate { count: cards.len() as u64, error: Some(0) }, "{unit}");
        let of_it: Vec<&str> =
            cards.iter().filter(|card| card.file == "notes/long.md").map(|card| card.text.as_str()).collect();
        assert_eq!(shown.chunks.len(), of_it.len(), "{unit}");
        for (number, chunk) in of_it.iter().enumerate() {
            let parts = shown.spans.iter().filter(|span| (span.first..span.first + span.chunks).contains(&number));
            let text: String = parts.map(|span| span.text.as_str()).collect();
            assert_eq!(text, *chunk, "{unit}");
        }
    }
}

#[test]
fn a_preview_is_shown_where_it_is_asked_for_and_counts_tokens() {
    let desk = Desk::new();
    letters(&desk);
    let plan = desk.plan();
    let choice = ImportChoice { cut: Cut { unit: Unit::Words, size: 2, overlap: 1 }, ..plan.choice() };
    let preview = desk.engine.preview(&plan, &choice, Some("t.csv"));
    let shown = preview.shown.expect("a text");
    assert_eq!((shown.file.as_str(), shown.row, shown.counted_by.as_deref()), ("t.csv", Some(2), Some("builtin-text")));
    assert!(shown.chunks.iter().all(|chunk| chunk.tokens.is_some_and(|tokens| tokens > 0) && chunk.lost == 0));
    assert!(shown.spans.iter().any(|span| span.chunks == 2 && span.text == "second"), "{:?}", shown.spans);
    let without = ImportChoice { models: Vec::new(), ..choice };
    let shown = desk.engine.preview(&plan, &without, None).shown.expect("a text");
    assert!(shown.counted_by.is_none() && shown.chunks.iter().all(|chunk| chunk.tokens.is_none()));
}

#[test]
fn many_files_are_estimated_with_their_error() {
    let desk = Desk::new();
    for number in 0..60 {
        desk.write(&format!("{number:02}.txt"), &"Some words to say. ".repeat(3 + number % 7));
    }
    let plan = desk.plan();
    let choice = ImportChoice { cut: Cut { unit: Unit::Sentences, size: 1, overlap: 0 }, ..plan.choice() };
    let estimate = desk.engine.preview(&plan, &choice, None).items;
    let cards = desk.import(plan, choice);
    let (counted, error) = (cards.len() as u64, estimate.error.unwrap_or(1));
    assert!(estimate.count.abs_diff(counted) <= error, "{estimate:?} for {counted}");
}

#[test]
fn texts_are_preprocessed_only_as_chosen() {
    let choose = |preprocessing| {
        let desk = Desk::new();
        desk.write("a.txt", "The FIRST  line, wrapped by its author here\nof Two. And a second sentence.");
        let plan = desk.plan();
        let cut = Cut { unit: Unit::Sentences, size: 1, overlap: 0 };
        let choice = ImportChoice { cut, preprocessing, ..plan.choice() };
        let preview = desk.engine.preview(&plan, &choice, None);
        let cards = desk.import(plan, choice);
        assert_eq!(preview.items.count, cards.len() as u64);
        let first = &preview.shown.expect("a text").spans[0].text;
        assert_eq!(*first, cards[0].text, "what is shown is what is embedded");
        texts(&cards).join("|")
    };
    assert_eq!(
        choose(Preprocessing::default()),
        "The FIRST  line, wrapped by its author here\nof Two.|And a second sentence."
    );
    let all = Preprocessing { lower_case: true, white_space: true, truncate: true };
    assert_eq!(choose(all), "the first line, wrapped by its author here of two.");
    let lower = Preprocessing { lower_case: true, ..Preprocessing::default() };
    assert_eq!(choose(lower), "the first  line, wrapped by its author here\nof two.|and a second sentence.");
}

#[test]
fn folder_names_are_labels_where_there_is_none() {
    let desk = Desk::new();
    desk.write("cats/a.txt", "A cat sat on the mat.");
    desk.write("dogs/t.csv", "say,kind\nA dog lay beside the mat,terrier\nAnother dog barked at it,\n");
    let plan = desk.plan();
    assert!(!plan.choice().folder_labels);
    let kind = Columns { label: Some("kind".into()), ..Columns::default() };
    let columns = BTreeMap::from([("dogs/t.csv".to_owned(), kind)]);
    let cards = desk.import(desk.plan(), ImportChoice { folder_labels: true, columns, ..plan.choice() });
    let labels: Vec<&str> = cards.iter().map(|card| card.metadata["label"].as_str()).collect();
    assert_eq!(labels, ["cats", "terrier", "dogs"]);
}

/// A database of several tables: the index of a workspace. The table "items" has the most text.
fn database(path: &Path) {
    let home = TempDir::new().expect("a folder");
    let folder = home.path().join("one.embedscope");
    let workspace = Workspace::open(&folder).expect("made");
    let collection =
        ["Slow and steady", "Now or never", "Why not"].map(|name| workspace.add_collection(name).expect("made"))[0];
    let item = |n: u8| NewItem {
        collection,
        kind: ItemKind::Text,
        text: Some(format!("Note {n}: a long text of many words about volcanoes, glaciers, lava and ice")),
        size_px: None,
        origin: Origin { name: format!("{n}.txt"), ..Origin::default() },
        hash: [n; 32],
        metadata: BTreeMap::new(),
    };
    workspace.add_items(&[item(1), item(2)]).expect("added");
    // Closed, so that nothing waits in the log beside it.
    drop(workspace);
    fs::copy(folder.join("workspace.sqlite"), path).expect("copied");
}

#[test]
fn another_table_and_other_columns_can_be_chosen() {
    let desk = Desk::new();
    database(&desk.folder.path().join("d.db"));
    let plan = desk.plan();
    let proposed = &plan.tables[0];
    assert_eq!(proposed.guess.table.as_deref(), Some("items"));
    assert!(proposed.others.contains(&"collections".to_owned()) && proposed.head.len() == 2);
    let other = desk.engine.plan_table(&plan, "d.db", "collections").expect("there");
    assert_eq!((other.columns.join(" ").as_str(), other.rows), ("id name", RowCount::Counted(3)));
    assert_eq!(other.head[1], ["2", "Now or never"]);
    assert!(desk.engine.plan_table(&plan, "d.db", "none").is_err());
    assert!(desk.engine.plan_table(&plan, "none", "collections").is_err());

    let columns = Columns {
        table: Some("collections".into()),
        text: Some("name".into()),
        id: Some("id".into()),
        label: Some(String::new()),
        ..Columns::default()
    };
    let choice = ImportChoice { columns: BTreeMap::from([("d.db".to_owned(), columns)]), ..plan.choice() };
    let preview = desk.engine.preview(&plan, &choice, None);
    assert_eq!(preview.items, Estimate { count: 3, error: Some(0) });
    assert_eq!(desk.engine.preview(&plan, &plan.choice(), None).items.count, 2, "another choice is looked at anew");
    let cards = desk.import(plan, choice);
    assert_eq!(texts(&cards), ["Slow and steady", "Now or never", "Why not"]);
    assert_eq!(cards[1].metadata["id"], "2");
}

#[test]
fn a_plan_tells_what_is_there_twice_and_what_was_there_before() {
    let desk = Desk::new();
    for (name, text) in [("a.txt", "The same words."), ("b.txt", "Other words here."), ("c/d.txt", "The same words.")] {
        desk.write(name, text);
    }
    let plan = desk.plan();
    assert_eq!(
        (plan.duplicates.as_slice(), plan.known, plan.vanished),
        (&[vec!["a.txt".into(), "c/d.txt".into()]][..], 0, 0)
    );
    let choice = plan.choice();
    desk.import(plan, choice);
    fs::remove_file(desk.folder.path().join("b.txt")).expect("there");
    desk.write("e.txt", "New words.");
    let again = desk.plan();
    assert_eq!((again.files(), again.known, again.vanished), (3, 2, 1));
}

#[test]
fn rows_that_were_not_counted_are_told_in_round_figures() {
    let desk = Desk::new();
    let row = |at: usize| format!("{at},a title of some words and number {at}\n");
    fs::write(desk.folder.path().join("few.csv"), format!("id,title\n{}", (0..1234).map(row).collect::<String>()))
        .expect("written");
    fs::write(desk.folder.path().join("many.csv"), format!("id,title\n{}", (0..30_000).map(row).collect::<String>()))
        .expect("written");
    let said: Vec<String> = desk.plan().tables.iter().map(|table| table.said()).collect();
    assert!(said[0].starts_with("1,234 rows · "), "{said:?}");
    assert!(said[1].starts_with("about 30,000 rows · ") || said[1].starts_with("about 31,000 rows · "), "{said:?}");
}
