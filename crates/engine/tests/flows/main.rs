//! The whole way through the engine without a window: from files in a folder to maps, answers and reports.

mod answers;
mod clusters;
mod elsewhere;
mod evaluations;
mod imports;
mod kept;
mod lists;
mod maps;
mod references;
mod sides;
mod steering;
mod tables;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use embedscope_engine::models::Error as ModelError;
use embedscope_engine::{
    About, Anatomy, Embedder, Engine, EngineOptions, Evaluation, EvaluationChoice, Folders, Input, JobSnapshot,
    JobState, Kind, Plan, Role, SetId, Similarity, Task, Vectors,
};
use tempfile::TempDir;

pub(crate) fn engine(workspace: Option<&Path>, home: &Path) -> Engine {
    let folders = Folders { models: home.join("models"), hub: home.join("hub") };
    Engine::new(EngineOptions { workspace: workspace.map(Path::to_owned), folders, threads: None }).expect("opens")
}

/// Two topics with ten sentences each, one table and five pictures in two colours; a broken picture and an empty file.
pub(crate) fn collection(folder: &Path) {
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
pub(crate) fn bitmap(side: u32, [red, green, blue]: [u8; 3]) -> Vec<u8> {
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

pub(crate) fn import(engine: &Engine, plan: Plan, models: &[&str]) -> JobSnapshot {
    let mut choice = plan.choice();
    choice.models = models.iter().map(|model| (*model).to_owned()).collect();
    let job = engine.start_import(plan, choice).expect("starts");
    engine.wait(job).expect("listed")
}

pub(crate) fn imported(engine: &Engine, folder: &Path) -> JobSnapshot {
    let plan = engine.plan(&[folder.to_owned()]).expect("a plan");
    let job = import(engine, plan, &["builtin-text", "builtin-image"]);
    assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    job
}

/// The collection, imported by an engine that keeps nothing; with the folders that both need.
pub(crate) fn stocked() -> (Engine, [TempDir; 2]) {
    let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    collection(folder.path());
    let engine = engine(None, home.path());
    imported(&engine, folder.path());
    (engine, [home, folder])
}

pub(crate) fn set(engine: &Engine, model: &str) -> SetId {
    engine.sets().expect("listed").into_iter().find(|set| set.model == model).expect("a set").id
}

/// What is measured of these models on data of files; else why not.
pub(crate) fn evaluated(engine: &Engine, choice: EvaluationChoice) -> Result<Evaluation, String> {
    let job = engine.start_evaluation(choice).expect("starts");
    let job = engine.wait(job).expect("listed");
    match (job.state, job.report.evaluations.first()) {
        (JobState::Done, Some(found)) => Ok((**found).clone()),
        _ => Err(job.error.map(|error| error.to_string()).unwrap_or_default()),
    }
}

pub(crate) fn choice(task: Task, data: &Path, models: &[&str]) -> EvaluationChoice {
    EvaluationChoice {
        task,
        data: data.to_owned(),
        models: models.iter().map(|&model| model.to_owned()).collect(),
        text_column: None,
        label_column: None,
        examples: 8,
        seed: 42,
    }
}

/// Embeds texts by their letters; counts what it embedded, and refuses what it is told to.
pub(crate) struct Letters {
    about: About,
    pub(crate) embedded: AtomicUsize,
}

impl Letters {
    pub(crate) fn new(id: &str) -> Arc<Self> {
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
