//! `models providers`, `allow`, `forbid` and `key`: whom else vectors can be had from, and on what terms.
//!
//! Deliberately absent: showing a key.

use std::io::{IsTerminal, Read};
use std::time::Instant;

use embedscope_engine::models::remote::{Key, Provider, keep_key, key_of};
use serde::Serialize;

use crate::answer::{Answer, Making, ms_since, table};
use crate::failure::Failure;
use crate::setting::Setting;

#[derive(Serialize)]
struct List {
    providers: Vec<Listed>,
    programs: Vec<String>,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    speaks: &'static str,
    url: String,
    /// None where texts stay on this computer.
    sends_to: Option<String>,
    allowed: bool,
    key: Option<String>,
    has_key: bool,
    models: Vec<String>,
}

#[derive(Serialize)]
struct Changed {
    provider: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_key: Option<bool>,
    #[serde(flatten)]
    making: Making,
}

pub fn list(setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let elsewhere = setting.settings().elsewhere()?;
    let providers: Vec<Listed> = elsewhere.providers.iter().map(Listed::from).collect();
    let head = ["provider", "texts go to", "allowed", "key", "such as"].map(str::to_owned).to_vec();
    let rows = providers.iter().map(|provider| {
        let here = provider.sends_to.is_none();
        let allowed = if here || provider.allowed { "yes" } else { "no" };
        let key = match (&provider.key, provider.has_key) {
            (None, _) => "none needed".into(),
            (Some(_), true) => "there".into(),
            (Some(variable), false) => format!("missing: {variable}"),
        };
        let host = provider.sends_to.clone().unwrap_or_else(|| "this computer".into());
        let model = provider.models.first().map_or("MODEL", String::as_str);
        vec![provider.name.clone(), host, allowed.into(), key, format!("{}:{model}", provider.name)]
    });
    let mut lines = table(&std::iter::once(head).chain(rows).collect::<Vec<_>>());
    let programs: Vec<String> = elsewhere.programs.iter().map(|program| format!("program:{}", program.name)).collect();
    if !programs.is_empty() {
        lines.push(format!("programs of your own: {}", programs.join(", ")));
    }
    let making = Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed };
    Ok(Answer::new(&List { providers, programs, making }, lines))
}

pub fn allow(name: &str, allowed: bool, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let provider = find(name, setting)?;
    setting.settings().allow(name, allowed)?;
    let host = provider.leaves_for().unwrap_or("this computer");
    let line = match allowed {
        true => format!("texts embedded with {name}: models are sent to {host} from now on"),
        false => format!("nothing is sent to {host} any more"),
    };
    let making = Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed };
    let answer = Changed { provider: name.into(), allowed: Some(allowed), has_key: None, making };
    Ok(Answer::new(&answer, [line]))
}

pub fn key(name: &str, forget: bool, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let provider = find(name, setting)?;
    if provider.key.is_none() {
        return Err(Failure::call(
            format!("{name} wants no key"),
            "give it one in the settings with `key = \"VARIABLE\"`",
        ));
    }
    if forget {
        keep_key(&provider, None)?;
    } else {
        let mut stdin = std::io::stdin();
        if stdin.is_terminal() {
            eprintln!("The key, then Enter and Ctrl+D; what you type is shown:");
        }
        let mut typed = String::new();
        stdin.read_to_string(&mut typed).map_err(|problem| Failure::work(format!("standard input: {problem}"), ""))?;
        let key = Key::new(&typed).ok_or_else(|| Failure::call("no key came on standard input", "pipe it in"))?;
        keep_key(&provider, Some(&key))?;
    }
    let line = match forget {
        true => format!("the keyring no longer has a key of {name}"),
        false => format!("the keyring has the key of {name}"),
    };
    let making = Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed };
    Ok(Answer::new(&Changed { provider: name.into(), allowed: None, has_key: Some(!forget), making }, [line]))
}

fn find(name: &str, setting: &Setting) -> Result<Provider, Failure> {
    let elsewhere = setting.settings().elsewhere()?;
    let unknown = || Failure::call(format!("no provider is called “{name}”"), "`models providers` lists them");
    elsewhere.providers.find(name).cloned().ok_or_else(unknown)
}

impl From<&Provider> for Listed {
    fn from(provider: &Provider) -> Self {
        Self {
            name: provider.name.clone(),
            speaks: provider.speaks.name(),
            url: provider.url.clone(),
            sends_to: provider.leaves_for().map(str::to_owned),
            allowed: provider.allowed,
            key: provider.key.clone(),
            has_key: key_of(provider).is_some(),
            models: provider.models.iter().map(|model| model.name.clone()).collect(),
        }
    }
}
