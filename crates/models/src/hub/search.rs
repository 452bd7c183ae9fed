//! Looking for models on the hub by words, and asking it small questions.
//!
//! Proxies of the environment are honoured (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`). Deliberately absent: files of any size.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::{Agent, Body, http::Response};

use super::Hub;
use crate::image::PictureModel;
use crate::text::Encoder;
use crate::{Error, Folders, Presence, catalogue, presence};

/// The most a small answer may be.
const MOST_BYTES: u64 = 16 << 20;
/// Models shown of those found.
const SHOWN: usize = 30;

/// A model of the hub, as a search shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// `owner/name`.
    pub id: String,
    /// The architecture, by transformers' word for it, where it is one that can be loaded.
    pub family: Option<String>,
    /// Its licence, where it names one.
    pub licence: Option<String>,
    /// Whether its terms have to be accepted on the hub first.
    pub gated: bool,
    /// How often it was fetched in the last month.
    pub downloads: u64,
    /// Why it cannot be loaded, as far as a search can tell.
    pub problem: Option<String>,
    /// Whether it is here.
    pub presence: Presence,
    /// Its id in the catalogue, if it is there.
    pub known_as: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    id: String,
    #[serde(default)]
    downloads: u64,
    #[serde(default)]
    gated: Value,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    siblings: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    rfilename: String,
}

/// Whether the hub says that terms have to be accepted: `false`, or how.
pub(super) fn is_gated(told: &Value) -> bool {
    !matches!(told, Value::Null | Value::Bool(false))
}

impl Hub {
    /// Models whose names or descriptions have these words, those fetched most often first.
    ///
    /// Fails with [`Error::Hub`] where the hub cannot be reached or refuses.
    pub fn search(&self, words: &str, folders: &Folders) -> Result<Vec<Found>, Error> {
        let shown = SHOWN.to_string();
        let query =
            [("search", words), ("limit", &shown), ("sort", "downloads"), ("direction", "-1"), ("full", "true")];
        let address = format!("{}/api/models", self.endpoint);
        let told: Vec<Told> = self.json(words, &address, &query, folders)?;
        Ok(told.into_iter().filter(|told| crate::locate::is_id(&told.id)).map(|told| found(told, folders)).collect())
    }

    /// The JSON at an address.
    pub(super) fn json<T: DeserializeOwned>(
        &self,
        what: &str,
        address: &str,
        query: &[(&str, &str)],
        folders: &Folders,
    ) -> Result<T, Error> {
        let mut response = self.get(what, address, query, None, folders)?;
        let bytes = self.read(what, &mut response, MOST_BYTES, folders)?;
        serde_json::from_slice(&bytes).map_err(|problem| {
            self.failed(what, format!("{} answered in an unexpected way ({problem})", self.host()), folders)
        })
    }

    /// What is at an address, or a range of it.
    pub(super) fn get(
        &self,
        what: &str,
        address: &str,
        query: &[(&str, &str)],
        range: Option<(u64, u64)>,
        folders: &Folders,
    ) -> Result<Response<Body>, Error> {
        let failed = |problem| self.failed(what, problem, folders);
        if self.offline {
            return Err(failed("HF_HUB_OFFLINE forbids using the network".into()));
        }
        let config = Agent::config_builder().timeout_global(Some(self.patience)).http_status_as_error(false);
        let agent: Agent = config.build().into();
        let mut request = agent.get(address).query_pairs(query.iter().copied());
        if let Some(token) = self.token_in(folders) {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if let Some((first, last)) = range {
            request = request.header("Range", format!("bytes={first}-{last}"));
        }
        let response = request.call().map_err(|error| match error {
            ureq::Error::Timeout(_) => failed(format!("{} does not answer", self.host())),
            error => failed(format!("could not reach {} ({error})", self.host())),
        })?;
        match response.status().as_u16() {
            200..300 => Ok(response),
            401 | 403 => Err(failed(self.closed())),
            404 => Err(failed(format!("{} does not have it", self.host()))),
            status => Err(failed(format!("{} answered with status {status}", self.host()))),
        }
    }

    pub(super) fn read(
        &self,
        what: &str,
        response: &mut Response<Body>,
        most: u64,
        folders: &Folders,
    ) -> Result<Vec<u8>, Error> {
        let bytes = response.body_mut().with_config().limit(most).read_to_vec();
        bytes.map_err(|error| self.failed(what, format!("the answer broke off ({error})"), folders))
    }

    pub(super) fn failed(&self, what: &str, problem: String, folders: &Folders) -> Error {
        Error::Hub { what: what.into(), problem, place: folders.place_for(what) }
    }
}

fn found(told: Told, folders: &Folders) -> Found {
    let knows = |tag: &&String| {
        Encoder::knows(tag) || PictureModel::knows(tag) || ["clip", "siglip", "model2vec"].contains(&tag.as_str())
    };
    let family = told.tags.iter().find(knows).cloned();
    let licence = told.tags.iter().find_map(|tag| tag.strip_prefix("license:")).map(str::to_owned);
    let has = |ending: &str| told.siblings.iter().any(|file| file.rfilename.ends_with(ending));
    let problem = if !told.siblings.is_empty() && !has(".safetensors") {
        Some("it has no weights in the safetensors format".into())
    } else if family.is_none() && !told.tags.iter().any(|tag| tag == "timm" || tag == "sentence-transformers") {
        Some("its architecture is not one that can be loaded here".into())
    } else {
        None
    };
    let known = catalogue::find(&told.id).map(|entry| entry.id.clone());
    Found {
        presence: presence(known.as_deref().unwrap_or(&told.id), folders),
        gated: is_gated(&told.gated),
        downloads: told.downloads,
        known_as: known,
        family,
        licence,
        problem,
        id: told.id,
    }
}
