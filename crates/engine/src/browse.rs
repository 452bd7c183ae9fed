//! Finding, looking at, choosing and letting go of models.
//!
//! Deliberately absent: fetching them, which is a job of its own, and loading them.

use embedscope_models::hub::{self, Found, Hub, Inspection};
use embedscope_models::recommend::{Advice, Wanted, recommend};

use crate::{Engine, Error};

impl Engine {
    /// Where models are searched for and fetched from.
    pub fn hub(&self) -> Hub {
        let mirror = self.elsewhere().mirror.clone();
        Hub::chosen(mirror.as_deref())
    }

    /// Whether the hub is shown a token of the user's.
    pub fn has_hub_token(&self) -> bool {
        self.hub().has_token(&self.inner.folders)
    }

    /// Models of the hub whose names or descriptions have these words.
    pub fn search_hub(&self, words: &str) -> Result<Vec<Found>, Error> {
        if words.trim().is_empty() {
            return Err(Error::Request("nothing was asked for".into()));
        }
        Ok(self.hub().search(words.trim(), &self.inner.folders)?)
    }

    /// What a model of the hub is, before it is fetched.
    pub fn inspect_hub(&self, model: &str) -> Result<Inspection, Error> {
        Ok(self.hub().inspect(model, &self.inner.folders)?)
    }

    /// Models that are on this computer and not in the catalogue.
    pub fn kept_models(&self) -> Vec<Inspection> {
        hub::kept(&self.inner.folders)
    }

    /// Models for a purpose, the best first.
    pub fn recommend(&self, wanted: &Wanted) -> Vec<Advice> {
        recommend(wanted, &self.inner.folders, &self.elsewhere().providers)
    }

    /// Takes a fetched model off this computer; what was embedded with it stays. Gives the bytes that came free.
    pub fn remove_model(&self, model: &str) -> Result<u64, Error> {
        let freed = hub::remove(model, &self.inner.folders)?;
        self.unload(model);
        Ok(freed)
    }
}
