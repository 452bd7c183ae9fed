//! Embedders the program finds by the user's word alone: providers over HTTP, programs, and folders with models.
//!
//! Which there are comes from the user's settings. Deliberately absent: reading those.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use crate::hub::{Inspection, look};
use crate::remote::{Providers, RemoteModel, key_of};
use crate::shaped::Shaped;
use crate::{Embedder, Error, Folders, Overrides, Program, load_folder, program};

/// What stands before the colon of a program's name.
const PROGRAM: &str = "program";
/// What stands before the colon of a folder's name.
const FOLDER: &str = "folder";

/// A folder with a model, wherever it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ModelFolder {
    /// What it is called: `folder:NAME`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

impl ModelFolder {
    /// The name of its model everywhere.
    pub fn id(&self) -> String {
        format!("{FOLDER}:{}", self.name)
    }

    /// What its files say of the model, and why it cannot be used here, if it cannot.
    pub fn inspect(&self) -> Inspection {
        look(&self.path, &self.id())
    }
}

/// Who else can be asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Elsewhere {
    /// Over HTTP.
    pub providers: Providers,
    /// On this computer.
    pub programs: Vec<Program>,
    /// Folders with models.
    pub folders: Vec<ModelFolder>,
    /// The hub that is asked instead of huggingface.co.
    pub mirror: Option<String>,
}

impl Elsewhere {
    /// Whether a name, `provider:model` or `program:name`, is one of somebody here.
    pub fn knows(&self, id: &str) -> bool {
        let (base, _) = Overrides::split(id);
        self.program(base).is_some() || self.folder(base).is_some() || self.providers.of_model(base).is_some()
    }

    /// The folder of a name, with wishes or without.
    pub fn folder(&self, id: &str) -> Option<&ModelFolder> {
        let name = Overrides::split(id).0.strip_prefix(FOLDER)?.strip_prefix(':')?;
        self.folders.iter().find(|folder| folder.name == name)
    }

    /// The embedder of a name; None where it is not one of somebody here. Models in folders compute here, with so many
    /// threads.
    ///
    /// A provider is asked for a trial, which is no text of the user's; a program is started. Fails with
    /// [`Error::NotAllowed`] before anything is sent that the user has not allowed, and with [`Error::Remote`] where nobody
    /// answers as they should.
    pub fn load(
        &self,
        id: &str,
        folders: &Folders,
        threads: Option<usize>,
    ) -> Option<Result<Arc<dyn Embedder>, Error>> {
        let (base, overrides) = Overrides::split(id);
        if let Some(folder) = self.folder(base) {
            return Some(load_folder(id, &folder.path, folders, threads));
        }
        if let Some(program) = self.program(base) {
            let started = overrides.only(base, &Shaped::OF_ANY).and_then(|()| program::Running::start(base, program));
            return Some(started.and_then(|embedder| Shaped::over(Arc::new(embedder), id, &overrides)));
        }
        let (provider, model) = self.providers.of_model(base)?;
        let loaded = RemoteModel::load(id, provider, model, key_of(provider), &overrides);
        Some(loaded.map(|embedder| -> Arc<dyn Embedder> { Arc::new(embedder) }))
    }

    fn program(&self, base: &str) -> Option<&Program> {
        let name = base.strip_prefix(PROGRAM)?.strip_prefix(':')?;
        self.programs.iter().find(|program| program.name == name)
    }
}
