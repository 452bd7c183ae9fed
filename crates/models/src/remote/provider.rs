//! Who can be asked for vectors over HTTP, and on what terms.
//!
//! Known providers stand in `assets/providers.toml`, which is compiled in; the user's settings add to them. Deliberately
//! absent: asking them.

use std::net::IpAddr;
use std::sync::LazyLock;

use serde::Deserialize;

use super::dialect::Dialect;
use crate::Error;

/// What a file says of a provider; what it leaves out is as before.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ProviderSettings {
    /// What stands before the colon of a model's name.
    pub name: String,
    /// How it is spoken to.
    pub speaks: Option<Dialect>,
    /// Where it is.
    pub url: Option<String>,
    /// The environment variable that may hold its key.
    pub key: Option<String>,
    /// The most texts in one request.
    pub inputs: Option<usize>,
    /// The most tokens in one request, roughly.
    pub tokens: Option<usize>,
    /// Whether texts may be sent to it.
    pub allowed: Option<bool>,
    /// What is known of its models; added to those known before.
    pub models: Vec<Hosted>,
}

/// One that can be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    /// What stands before the colon of a model's name.
    pub name: String,
    /// How it is spoken to.
    pub speaks: Dialect,
    /// Where it is, without a slash at the end.
    pub url: String,
    /// The environment variable that may hold its key; None where no key is sent.
    pub key: Option<String>,
    /// The most texts in one request.
    pub inputs: usize,
    /// The most tokens in one request, roughly.
    pub tokens: usize,
    /// Whether the user allowed sending texts to it.
    pub allowed: bool,
    /// What is known of its models.
    pub models: Vec<Hosted>,
}

/// What is known of a model that a provider has.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hosted {
    /// Its name there.
    pub name: String,
    /// Numbers in a vector.
    pub dim: Option<usize>,
    /// Whether fewer numbers can be asked for.
    pub dimensions: bool,
    /// The longest text, in tokens.
    pub max_tokens: Option<usize>,
    /// US dollars for a million tokens.
    pub price: Option<f64>,
}

/// Everyone who can be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Providers(Vec<Provider>);

/// What a server takes where nobody says.
const INPUTS: usize = 64;
const TOKENS: usize = 16_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    provider: Vec<ProviderSettings>,
}

impl Default for Providers {
    /// Those the program knows.
    fn default() -> Self {
        Self::with(&[]).expect("the providers of the program are tested")
    }
}

impl Providers {
    /// Those the program knows, changed and added to by the user's. Fails, in words, where one of the user's makes no sense.
    pub fn with(settings: &[ProviderSettings]) -> Result<Self, String> {
        static KNOWN: LazyLock<Known> = LazyLock::new(|| {
            toml::from_str(include_str!("../../../../assets/providers.toml")).expect("the providers are tested")
        });
        let mut merged = KNOWN.provider.clone();
        for own in settings {
            check_name(&own.name)?;
            match merged.iter_mut().find(|known| known.name == own.name) {
                Some(known) => known.overlay(own),
                None => merged.push(own.clone()),
            }
        }
        let mut providers = Vec::with_capacity(merged.len());
        for settings in merged {
            let (name, asked) = (settings.name.clone(), settings.url.is_some());
            match Provider::new(settings) {
                Ok(provider) => providers.push(provider),
                // One without an address is nobody's mistake until the user gives half of it.
                Err(_) if !asked => {}
                Err(problem) => return Err(format!("the provider “{name}” {problem}")),
            }
        }
        Ok(Self(providers))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// The one of this name.
    pub fn find(&self, name: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.name == name)
    }

    /// Who has the model of this name, `provider:model`, and what it is called there; None for any other name.
    pub fn of_model<'a>(&self, id: &'a str) -> Option<(&Provider, &'a str)> {
        let (name, model) = id.split_once(':')?;
        (!model.is_empty()).then_some(())?;
        Some((self.find(name)?, model))
    }
}

impl ProviderSettings {
    fn overlay(&mut self, own: &Self) {
        self.speaks = own.speaks.or(self.speaks);
        self.url = own.url.clone().or(self.url.take());
        self.key = own.key.clone().or(self.key.take());
        self.inputs = own.inputs.or(self.inputs);
        self.tokens = own.tokens.or(self.tokens);
        self.allowed = own.allowed.or(self.allowed);
        for model in &own.models {
            self.models.retain(|known| known.name != model.name);
            self.models.push(model.clone());
        }
    }
}

impl Provider {
    fn new(settings: ProviderSettings) -> Result<Self, String> {
        let url = settings.url.ok_or("has no url")?.trim_end_matches('/').to_owned();
        check_address(&url)?;
        Ok(Self {
            speaks: settings.speaks.unwrap_or_default(),
            url,
            key: settings.key.filter(|key| !key.is_empty()),
            inputs: settings.inputs.unwrap_or(INPUTS).max(1),
            tokens: settings.tokens.unwrap_or(TOKENS).max(1),
            allowed: settings.allowed.unwrap_or(false),
            models: settings.models,
            name: settings.name,
        })
    }

    /// Where texts go, such as `api.openai.com`; None where they stay on this computer.
    pub fn leaves_for(&self) -> Option<&str> {
        host(&self.url).filter(|host| !is_loopback(host))
    }

    /// What is known of a model.
    pub fn hosted(&self, model: &str) -> Option<&Hosted> {
        self.models.iter().find(|known| known.name == model)
    }

    /// What sending this many tokens to a model costs, in US dollars; None where the price is not known.
    pub fn cost(&self, model: &str, tokens: u64) -> Option<f64> {
        match self.leaves_for() {
            None => Some(0.0),
            Some(_) => self.hosted(model)?.price.map(|price| price * tokens as f64 / 1e6),
        }
    }

    /// Fails where texts would leave this computer and nobody allowed it.
    pub(super) fn may_send(&self, id: &str) -> Result<(), Error> {
        match self.leaves_for() {
            Some(host) if !self.allowed => {
                Err(Error::NotAllowed { id: id.into(), provider: self.name.clone(), host: host.into() })
            }
            _ => Ok(()),
        }
    }
}

/// Roughly how many tokens a text is for models whose tokenizers are elsewhere: four letters of ASCII to one, and every other
/// letter by itself.
pub fn rough_tokens(text: &str) -> usize {
    let ascii = text.bytes().filter(u8::is_ascii).count();
    let others = text.chars().filter(|letter| !letter.is_ascii()).count();
    (ascii.div_ceil(4) + others).max(1)
}

fn check_name(name: &str) -> Result<(), String> {
    // One letter is a drive.
    let is_fine = name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    is_fine.then_some(()).ok_or_else(|| format!("“{name}” is no name for a provider: it takes two or more letters"))
}

/// Whether something may be asked at an address: over https, or on this computer. Why not is a clause that goes on from its name.
pub fn check_address(url: &str) -> Result<(), String> {
    let host = host(url).ok_or("has a url that does not begin with https:// and a host")?;
    if url.starts_with("http://") && !is_loopback(host) {
        return Err("is asked over plain http, which is for servers on this computer only; use https".into());
    }
    Ok(())
}

/// The host of an address, with its port; None where it is no address of the web.
fn host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    (!host.is_empty() && !host.contains('@') && !host.contains(char::is_whitespace)).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(name: &str, url: &str) -> ProviderSettings {
        ProviderSettings { name: name.into(), url: Some(url.into()), ..ProviderSettings::default() }
    }

    #[test]
    fn the_providers_of_the_program_make_sense_and_nobody_is_allowed_anything() {
        let known = Providers::default();
        assert!(known.iter().count() >= 8);
        for provider in known.iter() {
            assert!(!provider.allowed, "{}", provider.name);
            assert_eq!(provider.leaves_for().is_none(), provider.url.starts_with("http://"), "{}", provider.name);
        }
        let (openai, model) = known.of_model("openai:text-embedding-3-small").expect("known");
        assert_eq!((openai.leaves_for(), model), (Some("api.openai.com"), "text-embedding-3-small"));
        assert_eq!(openai.cost(model, 1_500_000), Some(0.03));
        assert_eq!(openai.cost("another", 1), None);
        assert_eq!(
            known.of_model("ollama:nomic-embed-text:v1.5").map(|(_, model)| model),
            Some("nomic-embed-text:v1.5")
        );
        for other in ["all-MiniLM-L6-v2", "C:\\models", "openai:", "nobody:model"] {
            assert_eq!(known.of_model(other), None, "{other}");
        }
        assert!(known.find("vertex").is_none(), "nobody knows its address");
    }

    #[test]
    fn the_users_settings_change_and_add() {
        let allowed = ProviderSettings { name: "openai".into(), allowed: Some(true), ..ProviderSettings::default() };
        let providers = Providers::with(&[allowed, own("mine", "http://127.0.0.1:7997/")]).expect("fine");
        let openai = providers.find("openai").expect("known");
        assert!(openai.allowed && openai.may_send("x").is_ok() && openai.inputs == 2048);
        let mine = providers.find("mine").expect("added");
        assert_eq!(
            (mine.url.as_str(), mine.leaves_for(), mine.cost("any", 9)),
            ("http://127.0.0.1:7997", None, Some(0.0))
        );
        let refused = Providers::default().find("openai").expect("known").may_send("openai:m").expect_err("not asked");
        assert!(refused.to_string().contains("api.openai.com"), "{refused}");
    }

    #[test]
    fn plain_http_is_for_this_computer_only() {
        for url in ["http://localhost:1", "http://127.0.0.2/v1", "http://[::1]:8080/v1", "https://example.org"] {
            assert!(Providers::with(&[own("mine", url)]).is_ok(), "{url}");
        }
        for url in
            ["http://example.org", "http://127.0.0.1.example.org", "http://localhost@example.org", "ftp://x", "x"]
        {
            assert!(Providers::with(&[own("mine", url)]).is_err(), "{url}");
        }
        assert!(Providers::with(&[own("c", "https://example.org")]).is_err(), "a drive");
    }

    #[test]
    fn tokens_are_guessed_by_letters() {
        assert_eq!([rough_tokens(""), rough_tokens("abcdefgh"), rough_tokens("猫猫猫a")], [1, 2, 4]);
    }
}
