//! Finding, choosing and letting go of models, and whom texts may be sent to.
//!
//! Deliberately absent: fetching, which is work that is started.

use std::path::{MAIN_SEPARATOR, Path};

use embedscope_engine::models::ModelFolder;
use embedscope_engine::models::hub::named_outside;
use embedscope_engine::models::remote::{Key, keep_hub_token, keep_key};
use embedscope_engine::{Elsewhere, Engine, Error};

use super::Host;
use crate::say;
use crate::wire::{
    AdviceView, CombineRequest, ErrorCode, ErrorView, FoundModelView, HubView, InspectionView, ProviderView,
    SendingView, WantedRequest,
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

    /// Takes a fetched model off this computer; gives the bytes that came free. One in a folder of the user's is only
    /// listed no longer.
    pub fn remove_model(&self, model: &str) -> Result<f64, ErrorView> {
        let engine = self.engine()?;
        match engine.model_folders().iter().find(|folder| folder.id() == model) {
            Some(folder) => {
                self.settings.forget_folder(&folder.name).map_err(say::error)?;
                engine.set_elsewhere(self.settings.elsewhere().map_err(say::error)?);
                Ok(0.0)
            }
            None => Ok(engine.remove_model(model).map_err(say::error)? as f64),
        }
    }

    /// Lists the model in a folder from now on; gives its id. The folder stays where it is, and its path on this side.
    pub fn add_model_folder(&self, path: &Path) -> Result<String, ErrorView> {
        let engine = self.engine()?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let folder = ModelFolder { name: name.clone(), path: path.to_owned() };
        if let Some(problem) = folder.inspect().problems.into_iter().next() {
            let message = format!("{} cannot be used as a model: {}", name, without(path, &problem));
            let hint = Some("Choose a folder with config.json, tokenizer and model.safetensors in it.".into());
            return Err(ErrorView { code: ErrorCode::Failed, message: message.into(), hint });
        }
        let folder = self.settings.add_folder(path).map_err(say::error)?;
        engine.set_elsewhere(self.settings.elsewhere().map_err(say::error)?);
        Ok(folder.id())
    }

    /// Lets go of a model that is in memory.
    pub fn unload_model(&self, model: &str) -> Result<(), ErrorView> {
        self.engine()?.unload(model);
        Ok(())
    }

    /// Makes a set of combined vectors; gives the job.
    pub fn start_combining(&self, request: CombineRequest) -> Result<u32, ErrorView> {
        Ok(self.engine()?.start_combining(say::models::combination(request)).map_err(say::error)?.0)
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
        let providers = self.engine()?.providers();
        let provider = providers.iter().find(|provider| provider.name == name);
        let provider = provider.ok_or_else(|| wrong("No provider has this name"))?;
        let kept = keep_key(provider, typed(key)?.as_ref());
        kept.map_err(|problem| say::error(Error::Model(problem)))?;
        self.list_providers()
    }

    /// Where models are searched for and fetched from.
    pub fn get_hub(&self) -> Result<HubView, ErrorView> {
        let engine = self.engine()?;
        Ok(HubView {
            host: engine.hub().host().to_owned(),
            mirror: self.settings.elsewhere().map_err(say::error)?.mirror,
            is_fixed: named_outside().is_some(),
            has_token: engine.has_hub_token(),
        })
    }

    /// Asks another hub from now on; None for huggingface.co.
    pub fn set_mirror(&self, mirror: Option<&str>) -> Result<HubView, ErrorView> {
        let engine = self.engine()?;
        let mirror = mirror.map(|mirror| mirror.trim().trim_end_matches('/')).filter(|mirror| !mirror.is_empty());
        self.settings.set_mirror(mirror).map_err(say::error)?;
        engine.set_elsewhere(self.settings.elsewhere().map_err(say::error)?);
        self.get_hub()
    }

    /// Keeps a token for the hub in the system's keyring; None takes it out again.
    pub fn keep_token(&self, token: Option<&str>) -> Result<HubView, ErrorView> {
        let kept = keep_hub_token(self.engine()?.hub().host(), typed(token)?.as_ref());
        kept.map_err(|problem| say::error(Error::Model(problem)))?;
        self.get_hub()
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

fn wrong(message: &str) -> ErrorView {
    ErrorView { code: ErrorCode::BadRequest, message: message.into(), hint: None }
}

/// A key that somebody typed.
fn typed(key: Option<&str>) -> Result<Option<Key>, ErrorView> {
    key.map(|key| Key::new(key).ok_or_else(|| wrong("This is no key"))).transpose()
}

/// Words about a file, with the folder it is in left out: paths never reach the page.
fn without(folder: &Path, words: &str) -> String {
    words.replace(&format!("{}{}", folder.display(), MAIN_SEPARATOR), "").replace(&*folder.to_string_lossy(), "it")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use embedscope_engine::Places;
    use tempfile::TempDir;

    use super::*;
    use crate::Desk;
    use crate::wire::ModelView;

    #[test]
    fn a_folder_with_a_model_is_listed_loaded_and_let_go_of_by_its_name_alone() {
        let home = TempDir::new().expect("a folder");
        let places = Places { settings: home.path().join("settings.toml"), logs: home.path().join("logs") };
        let host = Host::new(Desk { home: home.path().join("workspace"), sample: None, places });
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/goldens/bert-mean");
        let id = host.add_model_folder(&golden).expect("a model");
        assert_eq!(id, "folder:bert-mean");
        assert_eq!(host.add_model_folder(&golden).expect("known already"), id);
        let listed = || host.app().models.into_iter().find(|model| model.id == id);
        let state = |model: Option<ModelView>| model.map(|model| (model.dim, model.is_folder, model.device.is_some()));
        assert_eq!(state(listed()), Some((48, true, false)));
        let told = format!("{:?}", host.app().models);
        assert!(!told.contains("goldens"), "a path reached the page: {told}");

        let embedder = host.engine().expect("open").embedder(&id).expect("loaded");
        assert_eq!((embedder.about().id.as_str(), embedder.about().dim), ("folder:bert-mean", 48));
        assert_eq!(state(listed()), Some((48, true, true)));
        host.unload_model(&id).expect("let go of");
        assert_eq!(state(listed()), Some((48, true, false)));

        host.remove_model(&id).expect("taken off the list");
        assert!(listed().is_none() && golden.join("model.safetensors").is_file());
        fs::write(home.path().join("a.txt"), "no model").expect("written");
        let refused = host.add_model_folder(home.path()).expect_err("no model");
        assert!(refused.message.contains("cannot be used as a model"), "{}", refused.message);
        assert!(!refused.message.contains('/'), "a path reached the page: {}", refused.message);
    }
}
