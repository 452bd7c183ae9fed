//! Embedders that are not files of this program's kind: providers over HTTP, and programs of the user's own.
//!
//! Which there are comes from the user's settings. Deliberately absent: reading those.

use std::sync::Arc;

use crate::remote::{Providers, RemoteModel, key_of};
use crate::shaped::Shaped;
use crate::{Embedder, Error, Overrides, Program, program};

/// What stands before the colon of a program's name.
const PROGRAM: &str = "program";

/// Who else can be asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Elsewhere {
    /// Over HTTP.
    pub providers: Providers,
    /// On this computer.
    pub programs: Vec<Program>,
}

impl Elsewhere {
    /// Whether a name, `provider:model` or `program:name`, is one of somebody here.
    pub fn knows(&self, id: &str) -> bool {
        let (base, _) = Overrides::split(id);
        self.program(base).is_some() || self.providers.of_model(base).is_some()
    }

    /// The embedder of a name; None where it is not one of somebody here.
    ///
    /// A provider is asked for a trial, which is no text of the user's; a program is started. Fails with
    /// [`Error::NotAllowed`] before anything is sent that the user has not allowed, and with [`Error::Remote`] where nobody
    /// answers as they should.
    pub fn load(&self, id: &str) -> Option<Result<Arc<dyn Embedder>, Error>> {
        let (base, overrides) = Overrides::split(id);
        if let Some(program) = self.program(base) {
            let started = overrides.only(base, &Shaped::CAN).and_then(|()| program::Running::start(base, program));
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
