//! Finding, choosing and letting go of models, and whom texts may be sent to.
//!
//! Deliberately absent: fetching, which is work that is started.

use embedscope_engine::models::remote::{Key, forget_key, keep_key};
use embedscope_engine::{Elsewhere, Engine, Error};

use super::Host;
use crate::say;
use crate::wire::{
    AdviceView, ErrorCode, ErrorView, FoundModelView, InspectionView, ProviderView, SendingView, WantedRequest,
};

impl Host {
    /// Models of the hub whose names or descriptions have these words.
    pub fn search_hub(&self, words: &str) -> Result<Vec<FoundModelView>, ErrorView> {
        Ok(self.engine()?.search_hub(words).map_err(say::error)?.into_iter().map(say::models::found).collect())
    }

    /// What a model of the hub is, before it is fetched.
    pub fn inspect_model(&self, model: &str) -> Result<InspectionView, ErrorView> {
        self.engine()?.inspect_hub(model).map(say::models::inspection).map_err(say::error)
    }

    /// Models for a purpose, the best first.
    pub fn recommend_models(&self, request: WantedRequest) -> Result<Vec<AdviceView>, ErrorView> {
        let advice = self.engine()?.recommend(&say::models::wanted(request));
        Ok(advice.into_iter().map(say::models::advice).collect())
    }

    /// Takes a fetched model off this computer; gives the bytes that came free.
    pub fn remove_model(&self, model: &str) -> Result<f64, ErrorView> {
        Ok(self.engine()?.remove_model(model).map_err(say::error)? as f64)
    }

    /// Everyone who can be asked for vectors.
    pub fn list_providers(&self) -> Result<Vec<ProviderView>, ErrorView> {
        Ok(self.engine()?.providers().iter().map(say::models::provider).collect())
    }

    /// Allows sending texts to a provider, or forbids it again.
    pub fn allow_provider(&self, name: &str, allowed: bool) -> Result<Vec<ProviderView>, ErrorView> {
        let engine = self.engine()?;
        self.settings.allow(name, allowed).map_err(say::error)?;
        engine.set_elsewhere(self.settings.elsewhere().map_err(say::error)?);
        self.list_providers()
    }

    /// Keeps a provider's key in the system's keyring; None takes it out again.
    pub fn keep_key(&self, name: &str, key: Option<&str>) -> Result<Vec<ProviderView>, ErrorView> {
        let wrong = |message: &str| ErrorView { code: ErrorCode::BadRequest, message: message.into(), hint: None };
        let providers = self.engine()?.providers();
        let provider = providers.iter().find(|provider| provider.name == name);
        let provider = provider.ok_or_else(|| wrong("No provider has this name"))?;
        let kept = match key {
            Some(key) => keep_key(provider, &Key::new(key).ok_or_else(|| wrong("This is no key"))?),
            None => forget_key(provider),
        };
        kept.map_err(|problem| say::error(Error::Model(problem)))?;
        self.list_providers()
    }

    /// What embedding everything here with a model would send; None for models that send nothing.
    pub fn get_sending(&self, model: &str) -> Result<Option<SendingView>, ErrorView> {
        Ok(self.engine()?.sending(model).map_err(say::error)?.map(say::models::sending))
    }

    /// Tells an engine whom else it may ask; settings that make no sense are said and count for nothing.
    pub(super) fn introduce(&self, engine: &Engine) {
        let elsewhere = self.settings.elsewhere().unwrap_or_else(|problem| {
            super::held(&self.notices).push(say::error(problem));
            Elsewhere::default()
        });
        engine.set_elsewhere(elsewhere);
    }
}
