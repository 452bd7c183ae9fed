//! An embedder whose model is held by a process of its own: questions go there and vectors come back.
//!
//! A process that ends is told of in one sentence and started anew by the next question, once; the model let go of, it is ended.
//! Deliberately absent: cancelling, which is between batches as everywhere.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use embedscope_apart::Process;
use embedscope_space::Vectors;
use serde::de::DeserializeOwned;

use super::talk::{Ask, Embedded, Fault, Item, Load, Loaded};
use super::{House, ask};
use crate::folder::Folder;
use crate::memory::Memory;
use crate::text::finished;
use crate::{About, Anatomy, Embedder, Error, Folders, Input, Role};

/// Bytes of pictures in one question; one picture may be more.
const MOST_BYTES: usize = 128 << 20;

/// An embedder in a process of its own.
pub(crate) struct Housed {
    about: About,
    house: Arc<House>,
    load: Load,
    held: Mutex<Held>,
}

struct Held {
    /// None after it has ended.
    process: Option<Process>,
    /// Whether it may be started anew.
    again: bool,
    memory: Memory,
}

impl Housed {
    /// Loads the model in a folder, asked for as `id`, in a process of this house.
    ///
    /// Fails with [`Error::Remote`] where the process is not to be had, else as in this process.
    pub(crate) fn load(
        house: &Arc<House>,
        folder: &Folder,
        id: &str,
        folders: &Folders,
        threads: Option<usize>,
    ) -> Result<Arc<dyn Embedder>, Error> {
        let load = Load {
            root: folder.root().into(),
            name: folder.id().into(),
            id: id.into(),
            folders: [folders.models.clone().into(), folders.hub.clone().into()],
            threads,
        };
        let (process, about, memory) = open(house, &load)?;
        let held = Mutex::new(Held { process: Some(process), again: true, memory });
        Ok(Arc::new(Self { about, house: house.clone(), load, held }))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lost(&self, problem: impl Into<String>) -> Error {
        Error::Remote { id: self.about.id.clone(), problem: problem.into() }
    }

    fn ask<T: DeserializeOwned>(&self, what: &Ask<'_>) -> Result<T, Error> {
        let mut held = self.held();
        // Taken out: it goes back only if it answered.
        let process = match held.process.take() {
            Some(process) => process,
            None if held.again => {
                held.again = false;
                let (process, about, _) = open(&self.house, &self.load)?;
                if about.recipe != self.about.recipe {
                    return Err(self.lost("was changed on the disk while it was in use; load it anew"));
                }
                process
            }
            None => return Err(self.lost("has lost its process twice; load it anew to try again")),
        };
        let (answer, process) = ask(process, what).map_err(|problem| self.lost(lives(&problem)))?;
        held.process = Some(process);
        Ok(answer)
    }
}

fn lives(problem: &str) -> String {
    format!("lives in a process of its own, which {problem}")
}

/// A process that holds the model, what the model says of itself, and what it takes.
fn open(house: &House, load: &Load) -> Result<(Process, About, Memory), Error> {
    let lost = |problem: String| Error::Remote { id: load.name.clone(), problem: lives(&problem) };
    let process = house.process().map_err(lost)?;
    let (answer, process): (Result<Loaded, Fault>, _) = ask(process, &Ask::Load(load.clone())).map_err(lost)?;
    let Loaded { about, memory } = answer.map_err(Fault::error)?;
    Ok((process, about, memory))
}

impl Embedder for Housed {
    fn about(&self) -> &About {
        &self.about
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.count_each(&[text])[0]
    }

    fn count_each(&self, texts: &[&str]) -> Vec<usize> {
        // Without an answer the next batch will tell why; until then a guess will do.
        let guess = |_| texts.iter().map(|text| embedscope_words::words(text).count()).collect();
        let counts: Vec<usize> = self.ask(&Ask::Count(texts.to_vec())).unwrap_or_else(guess);
        if counts.len() == texts.len() { counts } else { vec![0; texts.len()] }
    }

    fn embed(&self, inputs: &[Input<'_>], role: Role) -> Result<Vectors, Error> {
        let mut rows = Vec::with_capacity(inputs.len() * self.about.dim);
        let mut rest = inputs;
        while !rest.is_empty() {
            let (some, after) = rest.split_at(portion(rest));
            let inputs = some.iter().map(|&input| Item::from(input)).collect();
            let answer: Result<Embedded, Fault> = self.ask(&Ask::Embed { inputs, is_query: role == Role::Query })?;
            let Embedded { rows: found, memory } = answer.map_err(Fault::error)?;
            self.held().memory = memory;
            rows.extend(found);
            rest = after;
        }
        finished(rows, &self.about)
    }

    fn explain(&self, text: &str) -> Result<Anatomy, Error> {
        let answer: Result<Anatomy, Fault> = self.ask(&Ask::Explain(text))?;
        answer.map_err(Fault::error)
    }

    fn memory(&self) -> Option<Memory> {
        Some(self.held().memory)
    }
}

/// How many inputs go in one question: at least one.
fn portion(inputs: &[Input<'_>]) -> usize {
    let mut bytes = 0;
    let fits = inputs.iter().take_while(|input| {
        bytes += match input {
            Input::Text(text) => text.len(),
            Input::Image(picture) => picture.rgb.len(),
        };
        bytes <= MOST_BYTES
    });
    fits.count().max(1)
}
