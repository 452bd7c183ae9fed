//! `models`: what there is, what is on this computer, and how to get the rest.

mod browse;
mod elsewhere;

use clap::{Args, Subcommand};
use embedscope_engine::models::{Error as ModelError, Presence, locate};
use embedscope_engine::{Error, Folders, Kind, ModelFacts, Similarity};
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

use crate::answer::{Answer, Making, ms_since, table};
use crate::failure::Failure;
use crate::progress::watch;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    asked: Option<Asked>,
}

#[derive(Subcommand)]
enum Asked {
    /// Fetch a model's files into the cache
    Fetch {
        /// Id of the catalogue or of the hub
        id: String,
    },
    /// Load a model and tell what it is; one that is not here is looked at on the hub, without fetching it
    Inspect {
        /// Id or folder
        model: String,
    },
    /// Say which models to choose for a purpose, and why
    Recommend(browse::Purpose),
    /// Look for models on the hub by words
    Search {
        /// The words
        words: String,
    },
    /// Take a fetched model off this computer, for Python tools too
    Delete {
        /// Id of the catalogue or of the hub
        id: String,
    },
    /// List the providers and servers that can be asked for vectors, `PROVIDER:MODEL`
    Providers,
    /// Allow sending texts to a provider
    Allow {
        /// Name of the provider
        provider: String,
    },
    /// Forbid sending texts to a provider again
    Forbid {
        /// Name of the provider
        provider: String,
    },
    /// Keep a provider's key, read from standard input, in the keyring of this system
    Key {
        /// Name of the provider
        provider: String,
        /// Take it out again
        #[arg(long)]
        forget: bool,
    },
}

#[derive(Serialize)]
struct List {
    models: Vec<Listed>,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Listed {
    id: &'static str,
    title: &'static str,
    kinds: &'static [Kind],
    dim: usize,
    size_mb: f64,
    licence: &'static str,
    languages: &'static [String],
    note: &'static str,
    baseline: bool,
    presence: Presence,
}

#[derive(Serialize)]
struct Fetched {
    id: String,
    folder: PathBuf,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Inspected {
    id: String,
    folder: Option<PathBuf>,
    kinds: Vec<Kind>,
    dim: usize,
    max_tokens: Option<usize>,
    similarity: Similarity,
    device: String,
    recipe: serde_json::Value,
    #[serde(flatten)]
    making: Making,
}

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    match options.asked {
        None => list(setting),
        Some(Asked::Fetch { id }) => fetch(id, setting),
        Some(Asked::Inspect { model }) => inspect(&model, setting),
        Some(Asked::Recommend(purpose)) => browse::recommend(&purpose, setting),
        Some(Asked::Search { words }) => browse::search(&words, setting),
        Some(Asked::Delete { id }) => browse::delete(id, setting),
        Some(Asked::Providers) => elsewhere::list(setting),
        Some(Asked::Allow { provider }) => elsewhere::allow(&provider, true, setting),
        Some(Asked::Forbid { provider }) => elsewhere::allow(&provider, false, setting),
        Some(Asked::Key { provider, forget }) => elsewhere::key(&provider, forget, setting),
    }
}

fn list(setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let models: Vec<Listed> = setting.engine()?.models().iter().map(Listed::from).collect();
    let head = ["model", "reads", "dim", "MB", "licence", "here"].map(str::to_owned).to_vec();
    let rows = models.iter().map(|model| {
        let here = match model.presence {
            Presence::Builtin => "built in",
            Presence::Present => "yes",
            Presence::Missing => "no",
        };
        let size = if model.size_mb > 0.0 { format!("{:.0}", model.size_mb) } else { "–".into() };
        vec![model.id.into(), kinds(model.kinds), model.dim.to_string(), size, model.licence.into(), here.into()]
    });
    let lines = table(&std::iter::once(head).chain(rows).collect::<Vec<_>>());
    let making = Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed };
    Ok(Answer::new(&List { models, making }, lines))
}

fn fetch(id: String, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let engine = setting.engine()?;
    watch(&engine, || Ok(engine.start_fetch(&id)))?;
    let folder = locate(&id, &Folders::from_env())?;
    let line = format!("{id} is in {}", folder.display());
    let making = Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed };
    Ok(Answer::new(&Fetched { id, folder, making }, [line]))
}

fn inspect(model: &str, setting: &Setting) -> Result<Answer, Failure> {
    let engine = setting.engine()?;
    let began = Instant::now();
    let embedder = match engine.embedder(model) {
        Err(Error::Model(ModelError::NotPresent { id })) => return browse::look(&id, setting),
        loaded => loaded?,
    };
    let load_ms = ms_since(began);
    let about = embedder.about().clone();
    let folder = locate(model, &Folders::from_env()).ok();
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let lines = table(&[
        row("model", about.id.clone()),
        row(
            "folder",
            folder
                .as_ref()
                .map_or_else(|| "not a folder of this computer".into(), |folder| folder.display().to_string()),
        ),
        row("reads", kinds(&about.kinds)),
        row("dimensions", about.dim.to_string()),
        row("most tokens", about.max_tokens.map_or_else(|| "no limit".into(), |most| most.to_string())),
        row("computes on", about.device.clone()),
        row("recipe", about.recipe.to_string()),
    ]);
    let answer = Inspected {
        id: about.id,
        folder,
        kinds: about.kinds,
        dim: about.dim,
        max_tokens: about.max_tokens,
        similarity: about.similarity,
        device: about.device,
        recipe: about.recipe,
        making: Making { elapsed_ms: 0.0, load_ms, seed: setting.seed },
    };
    Ok(Answer::new(&answer, lines))
}

fn kinds(kinds: &[Kind]) -> String {
    let names = kinds.iter().map(|kind| match kind {
        Kind::Text => "text",
        Kind::Image => "pictures",
    });
    names.collect::<Vec<_>>().join(", ")
}

impl From<&ModelFacts> for Listed {
    fn from(facts: &ModelFacts) -> Self {
        let entry = facts.entry;
        Self {
            id: &entry.id,
            title: &entry.title,
            kinds: &entry.kinds,
            dim: entry.dim,
            size_mb: entry.size_mb,
            licence: &entry.licence,
            languages: &entry.languages,
            note: &entry.note,
            baseline: entry.baseline,
            presence: facts.presence,
        }
    }
}
