//! What tables and files of vectors become: captions of pictures, sets of their own, labels.

use std::fs;
use std::io::Write;
use std::path::Path;

use embedscope_engine::sources::{Limits, Tile};
use embedscope_engine::{Engine, ImportChoice, JobSnapshot, JobState, Kind, Method};
use tempfile::TempDir;

use crate::{bitmap, engine};

/// Imports as the plan proposes.
fn as_proposed(engine: &Engine, path: &Path) -> JobSnapshot {
    let plan = engine.plan(&[path.to_owned()]).expect("a plan");
    let choice = plan.choice();
    let job = engine.wait(engine.start_import(plan, choice).expect("starts")).expect("listed");
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    job
}

#[test]
fn a_table_alone_brings_the_pictures_it_names() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    fs::create_dir(folder.path().join("in")).expect("made");
    for (name, side) in [("in/a.bmp", 4), ("in/b.bmp", 8)] {
        fs::write(folder.path().join(name), bitmap(side, [200, 30, 20])).expect("written");
    }
    let rows = "file,caption,class,embedding\n\
        in/a.bmp,The first of two sayings,one,\"[1, 0, 0]\"\n\
        in/b.bmp,A saying of the other,two,\"[0, 1, 0]\"\n\
        in/a.bmp,The second of two sayings,,\"[1, 0, 0]\"\n\
        in/gone.bmp,A picture that is not there,one,\"[0, 0, 1]\"\n";
    let table = folder.path().join("captions.csv");
    fs::write(&table, rows).expect("written");
    let engine = engine(None, home.path());
    let job = as_proposed(&engine, &table);
    assert_eq!(job.report.added, 3, "{:?}", job.report.skipped);
    let mut cards = Vec::new();
    engine.each_card(|card| cards.push(card)).expect("read");
    let first = cards.iter().find(|card| card.file == "in/a.bmp").expect("imported");
    assert_eq!(first.text, "The first of two sayings\nThe second of two sayings");
    assert_eq!((first.metadata["class"].as_str(), first.metadata["folder"].as_str()), ("one", "in"));
    let lost = cards.iter().find(|card| card.kind == Kind::Text).expect("kept as a text");
    assert_eq!((lost.text.as_str(), lost.metadata["picture"].as_str()), ("A picture that is not there", "in/gone.bmp"));
    let sets = engine.sets().expect("listed");
    let brought = sets.iter().find(|set| set.model == "captions.csv (imported)").expect("a set");
    assert_eq!((brought.rows, brought.dim, &brought.kinds[..]), (3, 3, &[Kind::Text, Kind::Image][..]));
    // Dropped together or again, nothing is there twice.
    let again = as_proposed(&engine, folder.path());
    assert_eq!((again.report.added, engine.count().expect("counted")), (0, 3));
    assert_eq!(engine.set(brought.id).expect("there").rows, 3);
}

#[test]
fn the_plan_says_what_tables_and_vectors_are() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, content).expect("written");
    };
    file("p/tensors.tsv", "1\t0\t0\n0\t1\t0\n0\t0\t1\n");
    file("p/metadata.tsv", "sun\nmoon\nstars\n");
    file("cats/a.txt", "A cat sat on the mat.");
    file("dogs/b.txt", "A dog lay beside it.");
    let engine = engine(None, home.path());
    let plan = engine.plan(&[folder.path().to_owned()]).expect("a plan");
    let table = |name: &str| plan.tables.iter().find(|table| table.name == name).expect("listed");
    assert_eq!(table("p/tensors.tsv").guess.vector.as_deref(), Some("column *"));
    assert_eq!(table("p/metadata.tsv").describes.as_deref(), Some("p/tensors.tsv"));
    assert!(table("p/metadata.tsv").said().starts_with("says what the rows of p/tensors.tsv are · "));
    assert_eq!(
        plan.folders.iter().map(|(name, &files)| (name.as_str(), files)).collect::<Vec<_>>(),
        [("cats", 1), ("dogs", 1), ("p", 1)]
    );
    let job = as_proposed(&engine, folder.path());
    assert_eq!(job.report.added, 5);
    let mut words = Vec::new();
    engine.each_card(|card| words.push((card.text, card.metadata["folder"].clone()))).expect("read");
    assert!(words.contains(&("moon".into(), "p".into())), "{words:?}");
    assert_eq!(engine.columns().expect("listed")[0], "folder");
    let sets = engine.sets().expect("listed");
    let brought = sets.iter().find(|set| set.model == "tensors.tsv (imported)").expect("a set");
    let rows = engine.set_rows(brought.id, 0).expect("rows");
    let vectors = engine.vectors(brought.id).expect("there");
    let moon = rows.items.iter().position(|&item| engine.card(item).expect("there").text == "moon").expect("shown");
    assert_eq!(vectors.row(moon), [0.0, 1.0, 0.0]);
    assert!(!brought.asks, "nobody knows what made its vectors");
    let refused = engine.search(brought.id, "moon", 3).expect_err("no model is asked").to_string();
    assert!(refused.contains("no model turns words"), "{refused}");
}

#[test]
fn a_layout_made_before_is_kept_as_it_is() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let rows: Vec<String> =
        (0..40).map(|at| format!("{},{},A title of paper number {at}\n", at % 7, f64::from(at) * -0.5)).collect();
    // Inside an archive, as such tables come.
    let table = folder.path().join("papers.csv.zip");
    let mut archive = zip::ZipWriter::new(fs::File::create(&table).expect("created"));
    archive.start_file("papers.csv", zip::write::SimpleFileOptions::default()).expect("started");
    archive.write_all(format!("x,y,title\n{}", rows.concat()).as_bytes()).expect("written");
    archive.finish().expect("finished");
    let engine = engine(None, home.path());
    as_proposed(&engine, &table);
    let set = engine.sets().expect("listed").into_iter().find(|set| set.dim == 2).expect("a set of places");
    let maps: Vec<_> = engine.maps().into_iter().filter(|map| map.set == set.id).collect();
    assert_eq!(maps.iter().map(|map| map.method).collect::<Vec<_>>(), [Method::Given]);
    assert_eq!((maps[0].parameters.as_str(), maps[0].truth), ("places from the file", None));
    let places = engine.layout(maps[0].id).expect("there").positions;
    assert_eq!((places.rows(), places.row(9)), (40, &[2.0, -4.5][..]));
    // The words are embedded as well.
    assert!(engine.sets().expect("listed").iter().any(|set| set.dim > 2 && set.rows == 40));
}

#[test]
fn a_sheet_becomes_its_pictures() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    // Rows of a BMP begin at the bottom: two pictures above two others, the last of them blank.
    let colours = [[200, 30, 20], [20, 40, 210]];
    let mut sheet = bitmap(8, [255, 255, 255]);
    for (at, pixel) in sheet[54..].chunks_exact_mut(3).enumerate() {
        let (row, column) = (at / 8, at % 8);
        if row >= 4 || column < 4 {
            let [red, green, blue] = colours[usize::from(column >= 4)];
            // Not of one colour, or they would be blank.
            pixel.copy_from_slice(&[blue, green, if (row + column) % 3 == 0 { red / 2 } else { red }]);
        }
    }
    fs::write(folder.path().join("sheet.bmp"), &sheet).expect("written");
    fs::write(folder.path().join("other.bmp"), bitmap(4, [1, 2, 3])).expect("written");
    let engine = engine(None, home.path());
    let plan = engine.plan(&[folder.path().to_owned()]).expect("a plan");
    let choice = ImportChoice { tile: Some(Tile { width: 4, height: 4 }), ..plan.choice() };
    assert_eq!(engine.preview(&plan, &choice, None).pictures, 5);
    let job = engine.wait(engine.start_import(plan, choice).expect("starts")).expect("over");
    assert_eq!((job.state, job.report.added, job.report.embedded), (JobState::Done, 4, 4), "{:?}", job.report);
    let mut names = Vec::new();
    engine.each_card(|card| names.push((card.file, card.id))).expect("read");
    names.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(
        names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["other.bmp", "sheet.bmp/1", "sheet.bmp/2", "sheet.bmp/3"]
    );
    // The upper right picture is blue.
    let thumbnail = engine.thumbnail(names[2].1, 4).expect("drawn");
    let shown = embedscope_engine::sources::picture::load_bytes(&thumbnail, &Limits::default()).expect("a picture");
    assert_eq!((shown.width, shown.height), (4, 4));
    assert!(shown.rgb[2] > 150 && shown.rgb[0] < 90, "{:?}", &shown.rgb[..3]);
    // Once more adds nothing.
    assert_eq!(as_proposed(&engine, &folder.path().join("other.bmp")).report.added, 0);
    // A sheet that moved is found again with all its pictures.
    let moved = home.path().join("moved.bmp");
    fs::rename(folder.path().join("sheet.bmp"), &moved).expect("moved");
    assert!(engine.is_lost(names[1].1).expect("looked"));
    assert!(engine.relink(names[1].1, &folder.path().join("other.bmp")).is_err());
    assert_eq!(engine.relink(names[1].1, &moved).expect("linked"), 3);
    assert!(engine.lost_originals().expect("looked").is_empty());
}

#[test]
fn what_a_table_says_anew_is_told_to_what_is_known() {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    fs::write(folder.path().join("a.bmp"), bitmap(4, [200, 30, 20])).expect("written");
    let write = |name: &str, content: &str| fs::write(folder.path().join(name), content).expect("written");
    write("captions.csv", "file,caption\na.bmp,The first words of it\n");
    write("reviews.csv", "review,stars\nA warm loaf of bread,4\n");
    let engine = engine(None, home.path());
    as_proposed(&engine, folder.path());
    write("captions.csv", "file,caption,artist\na.bmp,Other words about it,Ada\n");
    write("reviews.csv", "review,points\nA warm loaf of bread,5\n");
    let again = as_proposed(&engine, folder.path()).report;
    assert_eq!((again.added, again.known, again.gone, again.embedded), (0, 2, 0, 0));
    let mut cards = Vec::new();
    engine.each_card(|card| cards.push(card)).expect("read");
    let picture = cards.iter().find(|card| card.kind == Kind::Image).expect("there");
    assert_eq!((picture.text.as_str(), picture.metadata["artist"].as_str()), ("Other words about it", "Ada"));
    let review = cards.iter().find(|card| card.kind == Kind::Text).expect("there");
    assert_eq!((review.metadata.get("points").map(String::as_str), review.metadata.get("stars")), (Some("5"), None));
    let columns = engine.columns().expect("listed");
    assert!(columns.contains(&"points".into()) && !columns.contains(&"stars".into()), "{columns:?}");
}
