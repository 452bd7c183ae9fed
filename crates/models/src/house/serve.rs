//! The other side: a process that holds one model and answers what it is asked, until nobody asks any more.
//!
//! Deliberately absent: a limit of its memory, which is what the model takes.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use embedscope_apart::{decode, next, send};

use super::talk::{Ask, Embedded, Fault, Greeting, Load, Loaded};
use crate::memory::Memory;
use crate::{Embedder, Error, Folders, Input, Role, device, load};

/// Answers questions on stdin, until there are no more.
pub fn serve() -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut held: Option<Arc<dyn Embedder>> = None;
    let nothing = || io::Error::other("it was asked before it had a model");
    while let Some(bytes) = next(&mut input)? {
        let model = || held.as_ref().ok_or_else(nothing);
        match decode(&bytes)? {
            Ask::Greet => {
                let greeting = Greeting { version: env!("CARGO_PKG_VERSION").into(), card: device::card() };
                send(&mut output, &greeting)?;
            }
            Ask::Load(model) => {
                let (embedder, answer) = match loaded(model) {
                    Ok((embedder, loaded)) => (Some(embedder), Ok(loaded)),
                    Err(error) => (None, Err(Fault::from(error))),
                };
                held = embedder;
                send(&mut output, &answer)?;
            }
            Ask::Count(texts) => send(&mut output, &model()?.count_each(&texts))?,
            Ask::Embed { inputs, is_query } => {
                let inputs: Vec<Input<'_>> = inputs.iter().map(Input::from).collect();
                let role = if is_query { Role::Query } else { Role::Document };
                let rows = model()?.embed(&inputs, role).map(|found| found.into_vec());
                let answer = rows.map(|rows| Embedded { rows, memory: Memory::now() });
                send(&mut output, &answer.map_err(Fault::from))?;
            }
            Ask::Explain(text) => send(&mut output, &model()?.explain(text).map_err(Fault::from))?,
        }
    }
    Ok(())
}

fn loaded(model: Load) -> Result<(Arc<dyn Embedder>, Loaded), Error> {
    let Load { root, name, id, folders: [models, hub], threads } = model;
    let folders = Folders { models: models.into(), hub: hub.into() };
    let embedder = load::in_this_process(PathBuf::from(root), &name, &id, &folders, threads)?;
    let about = embedder.about().clone();
    Ok((embedder, Loaded { about, memory: Memory::now() }))
}
