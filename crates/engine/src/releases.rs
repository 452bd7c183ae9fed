//! Whether a newer version of the program has been published: asked only where the user switched it on, and unasked at
//! most once a day.
//!
//! What is sent is the question and, as its user agent, the program's name and version. Nothing is opened that an answer
//! names: the page of releases is known beforehand. Deliberately absent: fetching or installing anything.

use std::cmp::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use embedscope_models::hub::is_offline;
use semver::Version;
use serde::Deserialize;
use ureq::Agent;

use crate::{Error, SettingsFile};

/// Where people see the newest release.
pub const RELEASES_PAGE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/releases/latest");

/// The largest answer that is read.
const MOST_BYTES: u64 = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(5);

/// Who is asked for the newest release, by whom and when.
#[derive(Clone, Debug)]
pub struct Releases {
    address: String,
    version: String,
    /// The day it is, as in "2026-11-30".
    today: String,
    /// Whether the network must not be used.
    offline: bool,
    patience: Duration,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    /// A version newer than this one.
    Newer(String),
    /// None is newer than this one.
    Newest,
    /// None has been published yet.
    Nothing,
}

#[derive(Deserialize)]
struct Told {
    tag_name: String,
}

impl Releases {
    /// The releases of this program's repository; `HF_HUB_OFFLINE` is honoured.
    pub fn of_program() -> Self {
        let name = env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/");
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let now = DateTime::from_timestamp(seconds as i64, 0).unwrap_or_default();
        Self {
            address: format!("https://api.github.com/repos/{name}/releases/latest"),
            version: env!("CARGO_PKG_VERSION").into(),
            today: now.date_naive().to_string(),
            offline: is_offline(),
            patience: PATIENCE,
        }
    }

    /// Looks because the user asks to. Fails with [`Error::Releases`] where that is switched off, the network must not be
    /// used, or no answer came that can be read.
    pub fn look(&self, settings: &SettingsFile) -> Result<Release, Error> {
        if !settings.read()?.ask_for_releases {
            return Err(Error::Releases("it is switched off in the settings".into()));
        }
        if self.offline {
            return Err(Error::Releases("HF_HUB_OFFLINE forbids using the network".into()));
        }
        // Kept first: what cannot be remembered would be asked at every start.
        settings.set_asked_for_releases(&self.today)?;
        self.ask()
    }

    /// Looks without being asked to; None where that is switched off, was done today, or the network must not be used.
    pub fn look_unasked(&self, settings: &SettingsFile) -> Result<Option<Release>, Error> {
        let known = settings.read()?;
        if !known.ask_for_releases || self.offline || known.asked_for_releases.as_ref() == Some(&self.today) {
            return Ok(None);
        }
        self.look(settings).map(Some)
    }

    fn ask(&self) -> Result<Release, Error> {
        // A test's server, which no proxy may stand before.
        let is_here = self.address.starts_with("http://127.0.0.1:");
        let mut config = Agent::config_builder()
            .timeout_global(Some(self.patience))
            .http_status_as_error(false)
            .https_only(!is_here)
            .user_agent(format!("embedscope/{}", self.version));
        if is_here {
            config = config.proxy(None);
        }
        let agent: Agent = config.build().into();
        let mut response = agent.get(&self.address).call().map_err(|error| self.unreached(&error))?;
        match response.status().as_u16() {
            200..300 => {}
            404 => return Ok(Release::Nothing),
            status => return Err(self.failed(format!("answered with status {status}"))),
        }
        let bytes = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
        let bytes = bytes.map_err(|error| self.unreached(&error))?;
        let odd = || self.failed("answered in an unexpected way".into());
        let told: Told = serde_json::from_slice(&bytes).map_err(|_| odd())?;
        let version = |text: &str| Version::parse(text.trim_start_matches('v')).map_err(|_| odd());
        let published = version(&told.tag_name)?;
        Ok(match published.cmp_precedence(&version(&self.version)?) {
            Ordering::Greater => Release::Newer(published.to_string()),
            Ordering::Less | Ordering::Equal => Release::Newest,
        })
    }

    fn unreached(&self, error: &ureq::Error) -> Error {
        self.failed(match error {
            ureq::Error::Timeout(_) => "does not answer".into(),
            ureq::Error::BodyExceedsLimit(_) => "answered in an unexpected way".into(),
            error => format!("could not be reached ({error})"),
        })
    }

    fn failed(&self, what: String) -> Error {
        let host = self.address.split('/').nth(2).unwrap_or_default();
        Error::Releases(format!("{host} {what}"))
    }
}

#[cfg(test)]
mod tests;
