//! The whole way of an import: read, embed with one model after another, and lay out a map of every set.
//!
//! Deliberately absent: the steps themselves; this is their order.

use std::collections::BTreeMap;
use std::sync::Arc;

use embedscope_models::Kind;
use embedscope_sources::cut::{Cut, TokenCounter};
use embedscope_sources::{Preprocessing, Tile};
use serde::{Deserialize, Serialize};

use crate::jobs::Job;
use crate::{Columns, Engine, Error, Event, JobId, JobKind, Plan, Skipped};

/// What was chosen before pressing Start.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportChoice {
    /// The models to embed with; a kind without one is read and not embedded.
    pub models: Vec<String>,
    /// What the columns of tables are for, by the table's name in the plan; what is not chosen is guessed.
    pub columns: BTreeMap<String, Columns>,
    /// How long texts are cut.
    pub cut: Cut,
    /// What is done to every text; nothing unless chosen.
    pub preprocessing: Preprocessing,
    /// Whether the name of its folder is the `label` of what has none of its own.
    pub folder_labels: bool,
    /// How pictures that are sheets of smaller ones are cut; None where each is one picture.
    pub tile: Option<Tile>,
    /// Whether maps, clusters and quality figures are made as well.
    pub maps: bool,
    /// Same seed, same picture.
    pub seed: u64,
}

impl Default for ImportChoice {
    /// No model, guessed columns, the usual cut, nothing done to texts, maps by seed 42.
    fn default() -> Self {
        Self {
            models: Vec::new(),
            columns: BTreeMap::new(),
            cut: Cut::default(),
            preprocessing: Preprocessing::default(),
            folder_labels: false,
            tile: None,
            maps: true,
            seed: 42,
        }
    }
}

impl Engine {
    /// Imports what a plan found. Fails at once when a chosen model is not on this computer.
    pub fn start_import(&self, plan: impl Into<Arc<Plan>>, choice: ImportChoice) -> Result<JobId, Error> {
        let plan = plan.into();
        for model in &choice.models {
            self.require(model)?;
        }
        let engine = self.clone();
        let title = format!("Importing {}", plan.name);
        Ok(self.inner.jobs.start(JobKind::Import, title, move |job| engine.import(job, &plan, &choice)))
    }

    /// Embeds what is in the workspace with one more model, and lays out its map.
    pub fn start_embedding(&self, model: &str) -> Result<JobId, Error> {
        self.writable()?;
        self.require(model)?;
        let (engine, model) = (self.clone(), model.to_owned());
        let title = format!("Embedding with {model}");
        Ok(self.inner.jobs.start(JobKind::Embed, title, move |job| engine.embed_and_map(job, &model, true, 42)))
    }

    fn import(&self, job: &Job, plan: &Plan, choice: &ImportChoice) -> Result<(), Error> {
        job.report(|report| report.skipped.extend(plan.skipped.iter().cloned()));
        let counter = self.token_counter(job, &choice.models)?;
        let read = self.read_into(job, plan, choice, counter);
        job.report(|report| report.skipped.sort());
        self.emit(&Event::WorkspaceChanged);
        let brought = read?;
        if self.count()? == 0 {
            let mut skipped = Vec::new();
            job.report(|report| skipped.clone_from(&report.skipped));
            return Err(Error::Nothing(reasons(&skipped).unwrap_or_else(|| format!("{} holds no file", plan.name))));
        }
        if choice.maps {
            brought.iter().try_for_each(|set| self.lay_out(job, set, choice.seed))?;
        }
        choice.models.iter().try_for_each(|model| self.embed_and_map(job, model, choice.maps, choice.seed))
    }

    fn embed_and_map(&self, job: &Job, model: &str, maps: bool, seed: u64) -> Result<(), Error> {
        job.stage(format!("Loading {model}"), "", 0, 0);
        let loaded = self.load(model)?;
        job.look()?;
        let about = loaded.embedder.about();
        if self.kind_counts()?.iter().all(|(kind, count)| *count == 0 || !about.kinds.contains(kind)) {
            return Ok(());
        }
        let set = self.set_for(about)?;
        job.report(|report| report.sets.push(set.id()));
        self.fill(job, &loaded, &set, maps)?;
        if maps { self.lay_out(job, &set, seed) } else { Ok(()) }
    }

    /// Texts are cut by the tokens of the first chosen model that reads texts.
    fn token_counter(&self, job: &Job, models: &[String]) -> Result<Option<TokenCounter>, Error> {
        for model in models {
            job.stage(format!("Loading {model}"), "", 0, 0);
            let embedder = self.load(model)?.embedder;
            if embedder.about().kinds.contains(&Kind::Text) {
                return Ok(Some(Arc::new(move |text: &str| embedder.count_tokens(text))));
            }
        }
        Ok(None)
    }

    pub(crate) fn require(&self, model: &str) -> Result<(), Error> {
        if self.is_usable(model) {
            return Ok(());
        }
        // Says which of the two it is: unknown, or not fetched yet.
        self.load(model).map(|_| ())
    }
}

/// Why the first few files gave nothing, and how many more there are.
fn reasons(skipped: &[Skipped]) -> Option<String> {
    const NAMED: usize = 3;
    let named: Vec<String> =
        skipped.iter().take(NAMED).map(|skipped| format!("{}: {}", skipped.name, skipped.reason)).collect();
    let more = skipped.len() - named.len();
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    (!named.is_empty()).then(|| named.join("; ") + &more)
}
