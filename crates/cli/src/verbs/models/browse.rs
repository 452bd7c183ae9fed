//! `models search`, `recommend`, `delete`, and `inspect` of what is not here yet.
//!
//! Deliberately absent: asking the hub and weighing models; the engine does.

use std::time::Instant;

use clap::{Args, ValueEnum};
use embedscope_engine::models::catalogue::Use;
use embedscope_engine::models::hub::{Found, Inspection};
use embedscope_engine::models::recommend::{Advice, Pace, Wanted};
use embedscope_engine::{Kind, Presence};
use serde::Serialize;

use super::kinds;
use crate::answer::{Answer, Making, ms_since, shown, table};
use crate::failure::Failure;
use crate::setting::Setting;

#[derive(Args)]
pub struct Purpose {
    /// What it is for
    #[arg(long = "for", value_name = "PURPOSE", value_parser = ["search", "similarity", "clustering", "classification", "teaching"])]
    purpose: Option<String>,
    /// What it must embed; both for one space of texts and pictures
    #[arg(long, value_enum, default_value_t = Reads::Text)]
    kind: Reads,
    /// A language it must read, as an ISO 639-1 code such as de; may be said several times
    #[arg(long = "language", value_name = "CODE")]
    languages: Vec<String>,
    /// How long it may take: any, fast (hundreds of sentences a second) or instant (thousands)
    #[arg(long, value_enum, default_value_t = Speed::Any)]
    pace: Speed,
    /// The most megabytes to fetch
    #[arg(long, value_name = "MB")]
    max_mb: Option<f64>,
    /// Name models of providers as well, to whom texts are sent
    #[arg(long)]
    remote: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Reads {
    Text,
    Pictures,
    Both,
}

#[derive(Clone, Copy, ValueEnum)]
enum Speed {
    Any,
    Fast,
    Instant,
}

#[derive(Serialize)]
struct Recommended {
    models: Vec<Advised>,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Advised {
    id: String,
    presence: Presence,
    reasons: Vec<String>,
    against: Vec<String>,
}

#[derive(Serialize)]
struct Searched {
    models: Vec<Shown>,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    family: Option<String>,
    licence: Option<String>,
    gated: bool,
    downloads: u64,
    problem: Option<String>,
    presence: Presence,
}

#[derive(Serialize)]
struct Looked {
    id: String,
    commit: String,
    family: Option<String>,
    kinds: Vec<Kind>,
    dim: Option<usize>,
    max_tokens: Option<usize>,
    pooling: Vec<String>,
    licence: Option<String>,
    gated: bool,
    bytes: u64,
    parameters: Option<u64>,
    precision: Option<String>,
    problems: Vec<String>,
    presence: Presence,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Deleted {
    id: String,
    freed_bytes: u64,
    #[serde(flatten)]
    making: Making,
}

/// Models named of those that fit.
const NAMED: usize = 8;

pub fn recommend(purpose: &Purpose, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let wanted = Wanted {
        kinds: match purpose.kind {
            Reads::Text => vec![Kind::Text],
            Reads::Pictures => vec![Kind::Image],
            Reads::Both => vec![Kind::Text, Kind::Image],
        },
        purpose: purpose.purpose.as_deref().and_then(Use::named),
        languages: purpose.languages.iter().map(|code| code.to_lowercase()).collect(),
        pace: match purpose.pace {
            Speed::Any => Pace::Any,
            Speed::Fast => Pace::Fast,
            Speed::Instant => Pace::Instant,
        },
        most_mb: purpose.max_mb,
        remote: purpose.remote,
    };
    let advice = setting.engine()?.recommend(&wanted);
    if advice.is_empty() {
        return Err(Failure::work("no model known here does all of that", "ask for less, or try `models search`"));
    }
    let models: Vec<Advised> = advice.into_iter().map(Advised::from).collect();
    let lines = models.iter().take(NAMED).flat_map(|model| {
        let mut said = model.reasons.join(", ");
        if !model.against.is_empty() {
            said.push_str("; but ");
            said.push_str(&model.against.join(", "));
        }
        [model.id.clone(), format!("    {said}")]
    });
    let lines: Vec<String> = lines.collect();
    let making = Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed };
    Ok(Answer::new(&Recommended { models, making }, lines))
}

pub fn search(words: &str, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let models: Vec<Shown> = setting.engine()?.search_hub(words)?.into_iter().map(Shown::from).collect();
    let head = ["model", "family", "licence", "fetched a month", ""].map(str::to_owned).to_vec();
    let rows = models.iter().map(|model| {
        let note = match (&model.problem, model.presence, model.gated) {
            (Some(problem), ..) => problem.clone(),
            (None, Presence::Missing, true) => "its terms have to be accepted on the hub".into(),
            (None, Presence::Missing, false) => String::new(),
            _ => "here".into(),
        };
        let told = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".into());
        vec![model.id.clone(), told(&model.family), told(&model.licence), model.downloads.to_string(), note]
    });
    let lines = match models.is_empty() {
        true => vec!["nothing was found".into()],
        false => table(&std::iter::once(head).chain(rows).collect::<Vec<_>>()),
    };
    let making = Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed };
    Ok(Answer::new(&Searched { models, making }, lines))
}

/// What a model is that is not here yet, from the heads of its files.
pub fn look(id: &str, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let found = setting.engine()?.inspect_hub(id)?;
    let Inspection {
        id,
        commit,
        family,
        kinds: reads,
        dim,
        max_tokens,
        pooling,
        licence,
        gated,
        bytes,
        parameters,
        precision,
        problems,
    } = found;
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let number = |value: Option<usize>| value.map_or_else(|| "–".into(), |value| value.to_string());
    let mut lines = table(&[
        row("model", id.clone()),
        row("here", "no".into()),
        row("architecture", family.clone().unwrap_or_else(|| "–".into())),
        row("reads", kinds(&reads)),
        row("dimensions", number(dim)),
        row("most tokens", number(max_tokens)),
        row("pooling", if pooling.is_empty() { "–".into() } else { pooling.join(", ") }),
        row("licence", licence.clone().unwrap_or_else(|| "–".into())),
        row("to fetch", format!("{:.1} MB", bytes as f64 / 1e6)),
        row(
            "parameters",
            format!(
                "{} million, {}",
                shown(parameters.map(|count| count as f64 / 1e6), 1),
                precision.clone().unwrap_or_default()
            ),
        ),
    ]);
    if gated {
        lines.push("its terms have to be accepted on its page of the hub first, and a token of yours is needed: HF_TOKEN, or one that the window keeps".into());
    }
    match problems.is_empty() {
        true => lines.push("nothing speaks against loading it".into()),
        false => lines.extend(problems.iter().map(|problem| format!("it cannot be used: {problem}"))),
    }
    let making = Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed };
    let answer = Looked {
        id,
        commit,
        family,
        kinds: reads,
        dim,
        max_tokens,
        pooling,
        licence,
        gated,
        bytes,
        parameters,
        precision,
        problems,
        presence: Presence::Missing,
        making,
    };
    Ok(Answer::new(&answer, lines))
}

pub fn delete(id: String, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let freed_bytes = setting.engine()?.remove_model(&id)?;
    let line = format!("{id} is gone, {:.1} MB came free", freed_bytes as f64 / 1e6);
    let making = Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed };
    Ok(Answer::new(&Deleted { id, freed_bytes, making }, [line]))
}

impl From<Advice> for Advised {
    fn from(advice: Advice) -> Self {
        let Advice { id, reasons, against, presence, .. } = advice;
        Self { id, presence, reasons, against }
    }
}

impl From<Found> for Shown {
    fn from(found: Found) -> Self {
        let Found { id, family, licence, gated, downloads, problem, presence, .. } = found;
        Self { id, family, licence, gated, downloads, problem, presence }
    }
}
