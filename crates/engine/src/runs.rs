//! Runs as people see them: what was computed, how, and how long it took; and doing it again.
//!
//! Deliberately absent: recording; each computation records itself.

use std::path::PathBuf;

use embedscope_workspace::{Run, RunId, SetId};
use serde::Deserialize;
use serde_json::Value;

use crate::bench::turns::Timed;
use crate::evaluate::runs::Asked;
use crate::maps::{MapFacts, parameters};
use crate::{BatchSpeed, Bench, Engine, Error, ImportChoice, JobId, MapId, Projection, clusters};

/// What was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKind {
    /// Files were read.
    Import,
    /// Items were embedded.
    Embedding,
    /// Ready vectors were taken in.
    Vectors,
    /// Groups were found.
    Clusters,
    /// A map was laid out.
    Map,
    /// Models were measured by labels.
    Evaluation,
    /// Models were timed.
    Speed,
}

/// What is known of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    /// Its id.
    pub id: RunId,
    /// What was computed.
    pub kind: RunKind,
    /// What it did, in a word or two: "t-SNE", "Embedding".
    pub title: String,
    /// The model, where one set is concerned.
    pub model: Option<String>,
    /// The map that shows it now.
    pub map: Option<MapId>,
    /// Its parameters in words: "perplexity 30 · seed 42".
    pub parameters: String,
    /// What came out, in words: "27 items".
    pub result: String,
    /// Where it was computed.
    pub device: String,
    /// The version of this program that computed it.
    pub app: String,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// How long it took.
    pub elapsed_ms: f64,
    /// Whether it can be done again without asking for anything.
    pub is_repeatable: bool,
}

/// What an import's run keeps to be done again.
#[derive(Deserialize)]
struct Imported {
    paths: Vec<PathBuf>,
    choice: ImportChoice,
}

impl Engine {
    /// Every run, the latest first. A record this version cannot read is passed over.
    pub fn runs(&self) -> Result<Vec<RunSummary>, Error> {
        let sets = self.inner.workspace.sets()?;
        let model = |set: SetId| sets.iter().find(|known| known.id == set).map(|set| set.model.clone());
        let mut runs: Vec<RunSummary> =
            self.inner.workspace.runs()?.into_iter().filter_map(|run| self.run_summary(run, &model)).collect();
        runs.reverse();
        Ok(runs)
    }

    /// Does a run again with the same parameters and seed. A map is laid out anew in its place; of an embedding, what
    /// is embedded already stays and the rest is added; of an import, what is new or changed. Fails for ready vectors,
    /// which come with an import.
    pub fn start_repeat(&self, run: RunId) -> Result<JobId, Error> {
        self.writable()?;
        let runs = self.inner.workspace.runs()?;
        let Run { run, .. } =
            runs.into_iter().find(|known| known.id == run).ok_or(Error::NotFound { what: "run", id: run.0 })?;
        match (run.kind.as_str(), run.set) {
            ("import", _) => {
                let unknown = || Error::Request("what was read is not known any more; drop the files again".into());
                let Imported { paths, choice } = serde_json::from_str(&run.params_json).map_err(|_| unknown())?;
                self.start_import(self.plan(&paths)?, choice)
            }
            ("map", _) => {
                let projection: Projection = serde_json::from_str(&run.params_json)
                    .map_err(|_| Error::Request("this map was made by another version".into()))?;
                self.start_projection(projection)
            }
            ("embedding", Some(set)) => {
                let model = self.live_set(set)?.model().to_owned();
                self.start_embedding(&model)
            }
            ("clusters", Some(set)) => {
                let grouping = serde_json::from_str(&run.params_json)
                    .map_err(|_| Error::Request("these clusters were found by another version".into()))?;
                self.start_clustering(set, grouping)
            }
            ("evaluation", _) => {
                let asked: Asked = serde_json::from_str(&run.params_json)
                    .map_err(|_| Error::Request("this evaluation was made by another version".into()))?;
                self.start_evaluation_again(asked, run.seed.unwrap_or_default())
            }
            ("speed", _) => {
                let Timed { models } = serde_json::from_str(&run.params_json)
                    .map_err(|_| Error::Request("these models were timed by another version".into()))?;
                self.start_bench(models)
            }
            _ => Err(Error::Request("vectors are taken in again by repeating their import".into())),
        }
    }

    fn run_summary(
        &self,
        Run { id, run, app, .. }: Run,
        model: &dyn Fn(SetId) -> Option<String>,
    ) -> Option<RunSummary> {
        let params: Value = serde_json::from_str(&run.params_json).ok()?;
        let result: Value = serde_json::from_str(&run.result_json).ok()?;
        let is_repeatable = match run.kind.as_str() {
            "import" => params["paths"].is_array(),
            kind => kind != "vectors",
        };
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        let (kind, title, parameters, outcome) = match run.kind.as_str() {
            "import" => {
                let (added, skipped) = (number(&result["added"]), number(&result["skipped"]));
                // Before an import could be repeated its cut stood by itself.
                let how = cut(params.pointer("/choice/cut").unwrap_or(&params["cut"]));
                (RunKind::Import, "Import".into(), how, import(added, skipped))
            }
            "embedding" => {
                // A branch names no revision.
                let revision = params["revision"].as_str().filter(|revision| !matches!(*revision, "" | "main"));
                // Enough of it to tell one from another.
                let short = |revision: &str| format!("revision {}", revision.chars().take(8).collect::<String>());
                let parameters = revision.map_or_else(String::new, short);
                (RunKind::Embedding, "Embedding".into(), parameters, counted(number(&result["vectors"]), "vector"))
            }
            "vectors" => {
                let dim = format!("{} dimensions", number(&result["dim"]));
                match params["combined"].as_str() {
                    Some(how) => (RunKind::Vectors, "Combined vectors".into(), how.into(), dim),
                    None => (RunKind::Vectors, "Ready vectors".into(), String::new(), dim),
                }
            }
            "clusters" => {
                let (how, count) = clusters::told(&run)?;
                (RunKind::Clusters, "Clusters".into(), how, counted(count as u64, "cluster"))
            }
            "map" => {
                let projection: Projection = serde_json::from_value(params).ok()?;
                let facts: MapFacts = serde_json::from_value(result).ok()?;
                let trust = facts.truth.map(|truth| format!("trust {:.3}", truth.trustworthiness));
                let title = format!("{}{}", projection.method, if projection.dims == 3 { " in 3-D" } else { "" });
                (RunKind::Map, title, parameters(&projection, &facts), trust.unwrap_or_default())
            }
            "evaluation" => {
                let asked: Asked = serde_json::from_value(params).ok()?;
                let seed = run.seed.map_or_else(String::new, |seed| format!(" · seed {seed}"));
                let best = &result[0]["results"][0];
                let value = best["value"].as_f64().unwrap_or_default();
                let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let first = format!("{} first, {} {value:.3}", word(&best["model"]), word(&result[0]["figure"]));
                (RunKind::Evaluation, "Evaluation".into(), format!("{}{seed}", asked.told()), first)
            }
            "speed" => {
                let found: Vec<Bench> = serde_json::from_value(result).ok()?;
                let rate = |bench: &Bench| bench.best().map_or(0.0, BatchSpeed::items_per_second);
                let told = |bench: &Bench| format!("{} {:.0} items/s", bench.model, rate(bench));
                (RunKind::Speed, "Speed".into(), String::new(), found.iter().map(told).collect::<Vec<_>>().join(", "))
            }
            _ => return None,
        };
        Some(RunSummary {
            id,
            kind,
            title,
            model: run.set.and_then(model),
            map: self.map_of_run(id),
            parameters,
            result: outcome,
            device: run.device,
            app,
            started_ms: run.started_ms,
            elapsed_ms: run.elapsed_ms,
            is_repeatable,
        })
    }
}

/// How texts were cut: "at most 256 tokens".
fn cut(cut: &Value) -> String {
    match (cut["unit"].as_str(), cut["size"].as_u64()) {
        (Some("none") | None, _) | (_, None) => "texts whole".into(),
        (Some("lines"), _) => "texts cut into lines".into(),
        (Some(unit), Some(size)) => format!("texts cut at {size} {}", if unit == "headings" { "words" } else { unit }),
    }
}

fn import(added: u64, skipped: u64) -> String {
    let added = format!("{} added", counted(added, "item"));
    if skipped == 0 { added } else { format!("{added}, {} left out", counted(skipped, "file")) }
}

fn counted(count: u64, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}
