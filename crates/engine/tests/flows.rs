//! The whole way through the engine without a window: from files in a folder to maps, answers and reports.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use embedscope_engine::models::Error as ModelError;
use embedscope_engine::{
    About, Anatomy, Embedder, Engine, EngineOptions, Event, Folders, Input, JobSnapshot, JobState, Kind, MapSummary,
    Method, Pasted, Plan, Projection, Role, Similarity, Vectors,
};
use tempfile::TempDir;

fn engine(workspace: Option<&Path>, home: &Path) -> Engine {
    let folders = Folders { models: home.join("models"), hub: home.join("hub") };
    Engine::new(EngineOptions { workspace: workspace.map(Path::to_owned), folders, threads: None }).expect("opens")
}

/// Two topics with ten sentences each, one table and five pictures in two colours; a broken picture and an empty file.
fn collection(folder: &Path) {
    let topics = [
        (
            "volcano",
            ["erupted at night", "sent lava down", "shook the island", "smoked for weeks", "is a mountain of lava"],
        ),
        (
            "bread",
            ["rose in the oven", "was baked with flour", "smelled of yeast", "needs warm flour", "is baked at dawn"],
        ),
    ];
    for (topic, ends) in topics {
        for (number, end) in ends.iter().enumerate() {
            for (turn, start) in ["The", "An old"].iter().enumerate() {
                fs::write(folder.join(format!("{topic}-{number}-{turn}.txt")), format!("{start} {topic} {end}."))
                    .expect("written");
            }
        }
    }
    fs::write(folder.join("orders.csv"), "review,stars\n\"The bread was still warm, with a fine crust\",5\n\"The volcano tour was far too long for us\",2\n")
        .expect("written");
    for number in 0..5_u8 {
        let colour = if number < 3 { [200, 30 + number * 9, 20] } else { [20, 40 + number * 9, 210] };
        fs::write(folder.join(format!("square-{number}.bmp")), bitmap(24, colour)).expect("written");
    }
    fs::write(folder.join("broken.bmp"), &bitmap(24, [1, 2, 3])[..60]).expect("written");
    fs::write(folder.join("empty.txt"), "").expect("written");
}

/// A square picture of one colour: a BMP with a 54-byte head and rows from the bottom, blue first.
fn bitmap(side: u32, [red, green, blue]: [u8; 3]) -> Vec<u8> {
    let pixels = side * side * 3;
    let mut bytes = b"BM".to_vec();
    for number in [54 + pixels, 0, 54, 40, side, side] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([1, 0, 24, 0]);
    for number in [0, pixels, 2835, 2835, 0, 0_u32] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend((0..side * side).flat_map(|_| [blue, green, red]));
    bytes
}

fn import(engine: &Engine, plan: Plan, models: &[&str]) -> JobSnapshot {
    let mut choice = plan.choice();
    choice.models = models.iter().map(|model| (*model).to_owned()).collect();
    let job = engine.start_import(plan, choice).expect("starts");
    engine.wait(job).expect("listed")
}

fn imported(engine: &Engine, folder: &Path) -> JobSnapshot {
    let plan = engine.plan(&[folder.to_owned()]).expect("a plan");
    let job = import(engine, plan, &["builtin-text", "builtin-image"]);
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    job
}

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
fn an_import_ends_in_sets_maps_and_clusters() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(None, home.path());
    let grown = Arc::new(AtomicUsize::new(0));
    let heard = grown.clone();
    engine.subscribe(Box::new(move |event| {
        if let Event::SetGrew { .. } = event {
            heard.fetch_add(1, Ordering::Relaxed);
        }
    }));
    let job = imported(&engine, folder.path());
    assert_eq!((job.report.added, job.report.known), (27, 0), "{:?}", job.report);
    let skipped: Vec<&str> = job.report.skipped.iter().map(|skipped| skipped.name.as_str()).collect();
    assert_eq!(skipped, ["broken.bmp", "empty.txt"]);
    assert!(job.report.skipped.iter().all(|skipped| !skipped.reason.is_empty()));
    assert!(grown.load(Ordering::Relaxed) >= 2);

    let sets = engine.sets().expect("listed");
    let texts = sets.iter().find(|set| set.model == "builtin-text").expect("a set of texts");
    assert_eq!((texts.rows, texts.total, &texts.left_out[..]), (22, 22, &[(Kind::Image, 5)][..]));
    assert!(texts.cost.items_per_second().expect("measured") > 0.0);
    let maps = engine.maps();
    for set in &sets {
        let methods: Vec<Method> = maps.iter().filter(|map| map.set == set.id).map(|map| map.method).collect();
        assert_eq!(methods, [Method::Pca, Method::Tsne]);
    }
    for map in &maps {
        let layout = engine.layout(map.id).expect("there");
        assert_eq!(layout.positions.rows(), map.rows);
        assert!(layout.positions.as_slice().iter().all(|value| value.is_finite()));
        let truth = map.truth.expect("measured").trustworthiness;
        assert!((0.0..=1.0).contains(&truth), "{truth}");
        assert!(!map.running);
    }

    let clustering = engine.clustering(texts.id).expect("a set").expect("clusters");
    assert_eq!(clustering.labels.len(), 22);
    assert!(clustering.sizes().windows(2).all(|pair| pair[0] >= pair[1]));
    let named = clustering.names.join(" ").to_lowercase();
    assert!(named.contains("volcano") && named.contains("bread"), "{named}");
    let colours = engine.colours(texts.id, "cluster").expect("classes");
    assert_eq!(colours.classes.iter().map(|class| class.count).sum::<usize>(), 22);
    assert_eq!(engine.colours(texts.id, "column:stars").expect("classes").classes.len(), 2);
    assert!(engine.colours(texts.id, "weight").is_err());
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
fn what_is_near_is_found() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(None, home.path());
    imported(&engine, folder.path());
    let set =
        |model: &str| engine.sets().expect("listed").into_iter().find(|set| set.model == model).expect("a set").id;
    let (texts, pictures) = (set("builtin-text"), set("builtin-image"));

    let answer = engine.search(texts, "lava of the volcano", 4).expect("an answer");
    assert_eq!((answer.hits.len(), answer.searched), (4, 22));
    assert!(answer.hits.windows(2).all(|pair| pair[0].similarity >= pair[1].similarity));
    let best = engine.card(answer.hits[0].item).expect("there");
    assert!(best.text.contains("volcano") && best.text.contains("lava"), "{}", best.text);
    assert!(engine.search(pictures, "red", 4).is_err(), "builtin-image reads no text");

    let first = engine.set_rows(pictures, 0).expect("rows").items[0];
    let near = engine.neighbours(pictures, first, 10).expect("neighbours");
    assert_eq!(near.len(), 4);
    assert!(near.iter().all(|hit| hit.item != first));
    let thumbnail = engine.thumbnail(first, 16).expect("a small picture");
    assert!(thumbnail.starts_with(&[0xFF, 0xD8]) || thumbnail.starts_with(b"\x89PNG"));

    let matrix = engine.matrix(texts, None, 12).expect("a matrix");
    assert_eq!((matrix.items.len(), matrix.values.rows(), matrix.values.dim()), (12, 12, 12));
    assert_eq!(matrix.groups.iter().map(|group| group.count).sum::<usize>(), 12);
    assert!((0..12).all(|i| (matrix.values.row(i)[i] - 1.0).abs() < 1e-5));

    let map = engine.maps().into_iter().find(|map| map.set == texts && map.method == Method::Pca).expect("a map").id;
    let everywhere = [-1e3, -1e3, 1e3, -1e3, 1e3, 1e3, -1e3, 1e3];
    assert_eq!(engine.lasso(map, &everywhere).expect("chosen").len(), 22);
    assert_eq!(engine.lasso(map, &[5e3, 5e3, 6e3, 5e3, 5e3, 6e3]).expect("chosen").len(), 0);
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
fn everything_is_there_after_reopening() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let workspace = home.path().join("mine.embedscope");
    let (maps, layouts, names) = {
        let engine = engine(Some(&workspace), home.path());
        imported(&engine, folder.path());
        let maps = engine.maps();
        let layouts: Vec<Vec<f32>> =
            maps.iter().map(|map| engine.layout(map.id).expect("there").positions.into_vec()).collect();
        let names = engine.clustering(maps[0].set).expect("a set").expect("clusters").names.clone();
        (maps, layouts, names)
    };
    let engine = engine(Some(&workspace), home.path());
    assert_eq!((engine.workspace_name().as_str(), engine.count().expect("counted")), ("mine", 27));
    let again = engine.maps();
    assert_eq!(again.len(), maps.len());
    for ((map, before), layout) in again.iter().zip(&maps).zip(&layouts) {
        let figure = |map: &MapSummary| map.truth.expect("measured").trustworthiness;
        assert_eq!((map.method, map.rows), (before.method, before.rows));
        assert!((figure(map) - figure(before)).abs() < 1e-12);
        assert_eq!(engine.layout(map.id).expect("there").positions.as_slice(), layout);
    }
    assert_eq!(engine.clustering(maps[0].set).expect("a set").expect("clusters").names, names);
    engine.forget_all().expect("forgotten");
    assert_eq!(
        (engine.count().expect("counted"), engine.maps().len(), engine.sets().expect("listed").len()),
        (0, 0, 0)
    );
    assert!(folder.path().join("orders.csv").exists());
    assert_eq!(imported(&engine, folder.path()).report.added, 27);
}

#[test]
fn the_same_seed_gives_the_same_map() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let layouts = || {
        let engine = engine(None, home.path());
        imported(&engine, folder.path());
        let maps = engine.maps();
        maps.iter().map(|map| engine.layout(map.id).expect("there").positions.into_vec()).collect::<Vec<_>>()
    };
    assert_eq!(layouts(), layouts());
}

/// Embeds texts by their letters; counts what it embedded, and refuses what it is told to.
struct Letters {
    about: About,
    embedded: AtomicUsize,
}

impl Letters {
    fn new(id: &str) -> Arc<Self> {
        let about = About {
            id: id.into(),
            kinds: vec![Kind::Text],
            dim: 26,
            max_tokens: Some(20),
            similarity: Similarity::Cosine,
            device: "CPU".into(),
            recipe: serde_json::json!({ "letters": id }),
        };
        Arc::new(Self { about, embedded: AtomicUsize::new(0) })
    }
}

impl Embedder for Letters {
    fn about(&self) -> &About {
        &self.about
    }

    fn count_tokens(&self, text: &str) -> usize {
        text.split_whitespace().count()
    }

    fn embed(&self, inputs: &[Input<'_>], _role: Role) -> Result<Vectors, ModelError> {
        let mut values = Vec::new();
        for input in inputs {
            let Input::Text(text) = input else { panic!("texts only") };
            if text.contains("poison") {
                return Err(ModelError::Input { id: self.about.id.clone(), what: "poison".into() });
            }
            let mut counts = [0.01_f32; 26];
            for letter in text.to_lowercase().bytes().filter(u8::is_ascii_lowercase) {
                counts[usize::from(letter - b'a')] += 1.0;
            }
            values.extend(counts);
        }
        self.embedded.fetch_add(inputs.len(), Ordering::Relaxed);
        Vectors::new(values, 26).map_err(|_| ModelError::Cancelled)
    }

    fn explain(&self, _text: &str) -> Result<Anatomy, ModelError> {
        Err(ModelError::Cancelled)
    }
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
fn two_models_are_compared_and_reported() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(None, home.path());
    let job = imported(&engine, folder.path());
    engine.add_embedder(Letters::new("letters"));
    let more = engine.start_embedding("letters").expect("starts");
    assert_eq!(engine.wait(more).expect("listed").state, JobState::Done);
    let sets = engine.sets().expect("listed");
    let set = |model: &str| sets.iter().find(|set| set.model == model).expect("a set").id;
    let (words, letters) = (set("builtin-text"), set("letters"));

    let same = engine.compare(words, words, 5).expect("compared");
    assert!((same.overlap_mean - 1.0).abs() < 1e-9 && (same.cka - 1.0).abs() < 1e-6);
    let found = engine.compare(words, letters, 5).expect("compared");
    assert_eq!((found.items.len(), found.overlap.len(), found.histogram.iter().sum::<usize>()), (22, 22, 22));
    assert!(found.overlap_mean < 1.0);
    assert!(found.moved_most.windows(2).all(|pair| pair[0].overlap <= pair[1].overlap));
    assert!(found.moved_most.iter().all(|moved| moved.near_a.0 != moved.item && !moved.near_b.1.is_empty()));
    assert!(engine.compare(words, set("builtin-image"), 5).is_err(), "no item in common");

    let map =
        |set| engine.maps().into_iter().find(|map| map.set == set && map.method == Method::Tsne).expect("a map").id;
    let aligned = engine.layout_aligned(map(letters), map(words)).expect("aligned").positions;
    let (plain, reference) =
        (engine.layout(map(letters)).expect("there").positions, engine.layout(map(words)).expect("there").positions);
    let off = |layout: &Vectors| -> f64 {
        layout.as_slice().iter().zip(reference.as_slice()).map(|(a, b)| f64::from(a - b).powi(2)).sum()
    };
    assert!(off(&aligned) <= off(&plain));

    let report = engine.report("letters", &job.report.skipped, 42).expect("a report");
    assert_eq!((report.sections.len(), report.comparisons.len(), report.skipped.len()), (3, 1, 2));
    let [page, picture] = report.write(&home.path().join("out")).expect("written");
    let page = fs::read_to_string(page).expect("there");
    for expected in ["builtin-text", "builtin-image", "letters", "broken.bmp", "Moved most"] {
        assert!(page.contains(expected), "{expected} is missing");
    }
    assert!(!page.contains("http://") || !page.contains("src=\"http"), "nothing is fetched");
    assert!(fs::read(picture).expect("there").starts_with(b"\x89PNG"));
}

#[test]
fn a_map_is_laid_out_anew_and_steps_are_told() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(None, home.path());
    imported(&engine, folder.path());
    let set = engine.sets().expect("listed").into_iter().find(|set| set.model == "builtin-text").expect("a set").id;
    let steps = Arc::new(Mutex::new(Vec::new()));
    let (watched, seen) = (engine.clone(), steps.clone());
    engine.subscribe(Box::new(move |event| {
        if let Event::MapMoved { map } = event {
            let layout = watched.layout(*map).expect("there");
            seen.lock().expect("not poisoned").push((layout.iteration, layout.revision));
        }
    }));
    let projection = Projection { dims: 3, perplexity: 5.0, iterations: 120, seed: 7, ..Projection::tsne(set) };
    let job = engine.start_projection(projection.clone()).expect("starts");
    let job = engine.wait(job).expect("listed");
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    let map = engine.map(job.report.maps[0]).expect("there");
    assert_eq!((map.dims, map.rows, map.parameters.as_str()), (3, 22, "perplexity 5 · seed 7"));
    let told = steps.lock().expect("not poisoned").clone();
    assert!(told.len() >= 2 && told.windows(2).all(|pair| pair[0].1 < pair[1].1), "{told:?}");
    assert_eq!(told.last().map(|&(iteration, _)| iteration), Some(120));
    assert!(engine.start_projection(Projection { dims: 4, ..projection }).is_err());
    let projection = Projection { neighbours: 6, iterations: 40, ..Projection::umap(set) };
    let job = engine.start_projection(projection.clone()).expect("starts");
    let job = engine.wait(job).expect("listed");
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    let map = engine.map(job.report.maps[0]).expect("there");
    assert_eq!((map.method, map.rows, map.iteration), (Method::Umap, 22, 40));
    assert_eq!(map.parameters, "6 neighbours · min dist 0.10 · seed 42");
    assert!(engine.start_projection(Projection { neighbours: 1, ..projection }).is_err());
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

#[test]
fn forgotten_items_leave_sets_maps_and_clusters() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let workspace = home.path().join("mine.embedscope");
    let engine = engine(Some(&workspace), home.path());
    imported(&engine, folder.path());
    let texts = engine.sets().expect("listed").into_iter().find(|set| set.model == "builtin-text").expect("a set").id;
    let maps = engine.maps();
    let items = engine.set_rows(texts, 0).expect("rows").items;
    let (vectors, layouts) =
        (engine.vectors(texts).expect("mapped"), engine.layout(maps[0].id).expect("there").positions);
    let doomed = [items[0], items[7], items[21]];
    assert_eq!(engine.forget_items(&doomed).expect("forgotten"), 3);

    let kept: Vec<usize> = (0..items.len()).filter(|&row| !doomed.contains(&items[row])).collect();
    let check = |engine: &Engine| {
        assert_eq!(engine.count().expect("counted"), 24);
        assert_eq!(
            engine.set_rows(texts, 0).expect("rows").items,
            kept.iter().map(|&row| items[row]).collect::<Vec<_>>()
        );
        assert_eq!(engine.vectors(texts).expect("mapped").as_slice(), vectors.select(&kept).as_slice());
        assert_eq!(engine.clustering(texts).expect("a set").expect("clusters").labels.len(), 19);
        let first =
            engine.maps().into_iter().find(|map| map.set == texts && map.method == maps[0].method).expect("a map");
        assert_eq!(engine.layout(first.id).expect("there").positions.as_slice(), layouts.select(&kept).as_slice());
        assert!(engine.colours(texts, "file").is_ok() && engine.colours(texts, "kind").is_ok());
        assert!(engine.search(texts, "lava", 5).expect("an answer").hits.iter().all(|hit| !doomed.contains(&hit.item)));
    };
    check(&engine);
    assert_eq!(
        engine.maps().iter().map(|map| map.id).collect::<Vec<_>>(),
        maps.iter().map(|map| map.id).collect::<Vec<_>>()
    );
    drop(engine);
    let engine = self::engine(Some(&workspace), home.path());
    check(&engine);
    // What was forgotten may come again, as something new.
    let again = imported(&engine, folder.path()).report;
    assert_eq!((again.added, again.embedded), (3, 3));
    let all = engine.collections().expect("listed")[0].id;
    assert_eq!(engine.forget_collection(all).expect("forgotten"), 27);
    assert_eq!((engine.count().expect("counted"), engine.maps().len()), (0, 0));
    assert_eq!(imported(&engine, folder.path()).report.added, 27);
}

#[test]
fn every_computation_is_a_run() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let path = home.path().join("mine.embedscope");
    imported(&engine(Some(&path), home.path()), folder.path());
    let workspace = embedscope_workspace::Workspace::open_read_only(&path).expect("opens");
    let runs = workspace.runs().expect("read");
    let count = |kind: &str| runs.iter().filter(|run| run.run.kind == kind).count();
    assert_eq!((count("import"), count("embedding"), count("clusters")), (1, 2, 2));
    assert!(count("map") >= 3);
    for run in &runs {
        let told = &run.run;
        assert!(
            !run.app.is_empty() && !told.device.is_empty() && told.started_ms > 0 && told.elapsed_ms > 0.0,
            "{run:?}"
        );
        let params: serde_json::Value = serde_json::from_str(&told.params_json).expect("JSON");
        assert!(params.is_object() && serde_json::from_str::<serde_json::Value>(&told.result_json).is_ok());
        let parent =
            |kind: &str| told.parents.iter().all(|id| runs.iter().any(|run| run.id == *id && run.run.kind == kind));
        match told.kind.as_str() {
            "import" => assert!(told.parents.is_empty() && params["cut"]["unit"].is_string()),
            "embedding" => assert!(
                told.set.is_some() && !told.parents.is_empty() && parent("import") && params["model"].is_string()
            ),
            _ => assert!(told.set.is_some() && !told.parents.is_empty() && parent("embedding")),
        }
    }
    assert!(workspace.sets().expect("read").iter().all(|set| set.recipe.starts_with('{')));
}

#[test]
fn a_workspace_that_is_open_elsewhere_can_be_looked_at() {
    let home = TempDir::new().expect("a folder");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let path = home.path().join("mine.embedscope");
    let writer = engine(Some(&path), home.path());
    imported(&writer, folder.path());
    let folders = Folders { models: home.path().join("models"), hub: home.path().join("hub") };
    let reader = Engine::read_only(&path, folders, None).expect("opens");
    assert!(reader.is_read_only() && !writer.is_read_only());
    assert_eq!((reader.count().expect("counted"), reader.maps().len()), (27, writer.maps().len()));
    let set = reader.sets().expect("listed")[0].id;
    assert!(!reader.search(set, "lava", 3).expect("an answer").hits.is_empty());
    let plan = reader.plan(&[folder.path().to_owned()]).expect("a plan");
    let refused = import(&reader, plan, &["builtin-text"]);
    assert!(refused.error.is_some_and(|problem| problem.to_string().contains("reading only")));
    assert!(reader.forget_all().is_err());
    assert_eq!(writer.count().expect("counted"), 27);
}
