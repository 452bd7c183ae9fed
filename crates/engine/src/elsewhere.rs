//! Embedders elsewhere: which there are by the settings, what the user allowed, and what sending to them would come to.
//!
//! Deliberately absent: asking them.

use std::path::Path;
use std::sync::{PoisonError, RwLockReadGuard};

use embedscope_models::remote::{Provider, ProviderSettings, Providers, check_address};
use embedscope_models::{Elsewhere, Kind, ModelFolder, Overrides, Program};
use embedscope_workspace::ItemId;
use serde::Deserialize;
use toml_edit::{ArrayOfTables, Item, Table, value};

use crate::items::kind_of;
use crate::{Engine, Error, Event, SettingsFile};

/// Items looked at together.
const AT_A_TIME: usize = 1000;

/// What embedding the workspace with a provider's model would send.
#[derive(Clone, Debug, PartialEq)]
pub struct Sending {
    /// The provider's name.
    pub provider: String,
    /// Where texts would go; None where they stay on this computer.
    pub host: Option<String>,
    /// Whether the user allowed it.
    pub allowed: bool,
    /// Texts that would be sent; those embedded before are not.
    pub texts: usize,
    /// Their tokens, roughly.
    pub tokens: u64,
    /// US dollars, where the price is known.
    pub cost: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Parts {
    provider: Vec<ProviderSettings>,
    program: Vec<Program>,
    folder: Vec<ModelFolder>,
    mirror: Option<String>,
}

impl SettingsFile {
    /// Who else can be asked: the providers the program knows, with the `[[provider]]`, `[[program]]` and `[[folder]]` of the
    /// file.
    pub fn elsewhere(&self) -> Result<Elsewhere, Error> {
        let text = self.document()?.to_string();
        let parts: Parts = toml::from_str(&text).map_err(|problem| Error::Settings(problem.message().into()))?;
        let providers = Providers::with(&parts.provider).map_err(Error::Settings)?;
        if let Some(Err(problem)) = parts.mirror.as_deref().map(check_address) {
            return Err(Error::Settings(format!("the mirror {problem}")));
        }
        Ok(Elsewhere { providers, programs: parts.program, folders: parts.folder, mirror: parts.mirror })
    }

    /// Asks another hub instead of huggingface.co from now on; None for that one again.
    pub fn set_mirror(&self, mirror: Option<&str>) -> Result<(), Error> {
        if let Some(Err(problem)) = mirror.map(check_address) {
            return Err(Error::Request(format!("the mirror {problem}")));
        }
        self.change(|document| match mirror {
            Some(mirror) => document["mirror"] = value(mirror),
            None => drop(document.remove("mirror")),
        })
    }

    /// Allows sending texts to a provider, or forbids it again.
    pub fn allow(&self, provider: &str, allowed: bool) -> Result<(), Error> {
        self.change(|document| {
            let providers = document.entry("provider").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
            let Some(providers) = providers.as_array_of_tables_mut() else { return };
            let named = |table: &Table| table.get("name").and_then(Item::as_str) == Some(provider);
            if let Some(table) = providers.iter_mut().find(|table| named(table)) {
                table["allowed"] = value(allowed);
                return;
            }
            let mut table = Table::new();
            table["name"] = value(provider);
            table["allowed"] = value(allowed);
            providers.push(table);
        })
    }
}

impl SettingsFile {
    /// Remembers a folder with a model, under its own name or, where that is taken, with a number behind it; gives what
    /// it is called. A folder whose name is not Unicode cannot be written down and is refused.
    pub fn add_folder(&self, path: &Path) -> Result<ModelFolder, Error> {
        let known = self.elsewhere()?.folders;
        if let Some(folder) = known.iter().find(|folder| folder.path == path) {
            return Ok(folder.clone());
        }
        let written = path.to_str().and_then(|path| Some((path, Path::new(path).file_name()?.to_str()?)));
        let Some((place, own)) = written else {
            return Err(Error::Request("the folder's name is not Unicode, so it cannot be written down".into()));
        };
        let is_free = |name: &String| !known.iter().any(|folder| folder.name == *name);
        let name = (2..).map(|number| format!("{own}-{number}"));
        let name = std::iter::once(own.to_owned()).chain(name).find(is_free).unwrap_or_default();
        self.change(|document| {
            let folders = document.entry("folder").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
            let Some(folders) = folders.as_array_of_tables_mut() else { return };
            let mut table = Table::new();
            table["name"] = value(&name);
            table["path"] = value(place);
            folders.push(table);
        })?;
        Ok(ModelFolder { name, path: path.to_owned() })
    }

    /// Forgets a folder with a model; the folder itself stays.
    pub fn forget_folder(&self, name: &str) -> Result<(), Error> {
        self.change(|document| {
            if let Some(folders) = document.get_mut("folder").and_then(Item::as_array_of_tables_mut) {
                folders.retain(|table| table.get("name").and_then(Item::as_str) != Some(name));
            }
        })
    }
}

impl Engine {
    /// Asks these from now on, where a model of theirs is asked for.
    pub fn set_elsewhere(&self, elsewhere: Elsewhere) {
        {
            let mut held = self.inner.elsewhere.write().unwrap_or_else(PoisonError::into_inner);
            // What was loaded on earlier terms is loaded anew.
            self.loaded().retain(|model, _| !held.knows(model) && !elsewhere.knows(model));
            *held = elsewhere;
        }
        self.emit(&Event::ModelsChanged);
    }

    /// The folders with models that the user named.
    pub fn model_folders(&self) -> Vec<ModelFolder> {
        self.elsewhere().folders.clone()
    }

    pub(crate) fn elsewhere(&self) -> RwLockReadGuard<'_, Elsewhere> {
        self.inner.elsewhere.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the texts go that a model embeds; None where they stay on this computer.
    pub fn leaves_for(&self, model: &str) -> Option<String> {
        let (base, _) = Overrides::split(model);
        self.elsewhere().providers.of_model(base)?.0.leaves_for().map(str::to_owned)
    }

    /// The providers that can be asked.
    pub fn providers(&self) -> Vec<Provider> {
        self.elsewhere().providers.iter().cloned().collect()
    }

    /// What embedding everything here with a model would send; None for models that send nothing.
    pub fn sending(&self, model: &str) -> Result<Option<Sending>, Error> {
        let (base, _) = Overrides::split(model);
        let found =
            self.elsewhere().providers.of_model(base).map(|(provider, name)| (provider.clone(), name.to_owned()));
        let Some((provider, name)) = found else { return Ok(None) };
        let items: Vec<ItemId> = match self.live_sets().iter().find(|set| set.model() == model) {
            Some(set) => self.wanted(set)?.0.iter().map(|wanted| wanted.items[0]).collect(),
            None => {
                let mut seen = std::collections::HashSet::new();
                let facts = self.inner.workspace.facts(ItemId(0))?;
                let texts = facts.into_iter().filter(|facts| kind_of(facts.kind) == Kind::Text);
                texts.filter(|facts| seen.insert(facts.hash)).map(|facts| facts.id).collect()
            }
        };
        let mut tokens = 0;
        for some in items.chunks(AT_A_TIME) {
            let texts = self.inner.workspace.items(some)?.into_iter().filter_map(|item| item.item.text);
            tokens += texts.map(|text| embedscope_models::remote::rough_tokens(&text) as u64).sum::<u64>();
        }
        Ok(Some(Sending {
            host: provider.leaves_for().map(str::to_owned),
            allowed: provider.allowed || provider.leaves_for().is_none(),
            texts: items.len(),
            tokens,
            cost: provider.cost(&name, tokens),
            provider: provider.name,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_allows_is_kept_beside_what_stands_there() {
        let home = tempfile::TempDir::new().expect("a folder");
        let path = home.path().join("settings.toml");
        let own = "theme = \"dark\"\n\n[[provider]]\nname = \"mine\"\nurl = \"http://localhost:7997\" # at home\n\n\
                   [[program]]\nname = \"letters\"\ncommand = [\"python3\", \"letters.py\"]\n";
        std::fs::write(&path, own).expect("written");
        let file = SettingsFile::at(&path);
        let elsewhere = file.elsewhere().expect("read");
        assert!(elsewhere.knows("mine:model") && elsewhere.knows("program:letters") && elsewhere.knows("openai:any"));
        assert!(!elsewhere.knows("nobody:model") && !elsewhere.knows("program:words"));
        let allowed = || file.elsewhere().expect("read").providers.find("openai").expect("known").allowed;
        for wanted in [true, false] {
            file.allow("openai", wanted).expect("kept");
            assert_eq!(allowed(), wanted);
        }
        let text = std::fs::read_to_string(&path).expect("there");
        assert!(text.contains("# at home") && text.matches("name = \"openai\"").count() == 1, "{text}");
        let model = home.path().join("a model");
        let named = file.add_folder(&model).expect("kept");
        assert_eq!((named.id().as_str(), &file.add_folder(&model).expect("known")), ("folder:a model", &named));
        let twin = file.add_folder(&home.path().join("below/a model")).expect("kept");
        assert_eq!(twin.name, "a model-2");
        let mirror = || file.elsewhere().expect("read").mirror;
        file.set_mirror(Some("https://hub.example")).expect("kept");
        assert_eq!(mirror().as_deref(), Some("https://hub.example"));
        for wrong in ["hub.example", "http://hub.example", "file:///tmp"] {
            assert!(matches!(file.set_mirror(Some(wrong)), Err(Error::Request(_))), "{wrong}");
        }
        file.set_mirror(None).expect("kept");
        assert_eq!(mirror(), None);
        let knows = |id: &str| file.elsewhere().expect("read").knows(id);
        assert!(knows("folder:a model?dimensions=8") && knows("folder:a model-2") && !knows("folder:b"));
        file.forget_folder("a model").expect("forgotten");
        assert!(!knows("folder:a model") && knows("folder:a model-2") && knows("program:letters"));
        std::fs::write(&path, "[[provider]]\nname = \"mine\"\nurl = \"http://example.org\"\n").expect("written");
        assert!(file.elsewhere().expect_err("refused").to_string().contains("plain http"));
    }
}
