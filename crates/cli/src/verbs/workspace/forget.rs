//! `workspace forget` and `workspace compact`: letting go of items, and of the room they took.

use std::time::Instant;

use clap::Args;
use embedscope_engine::{ItemId, Overview, Usage, overview};
use serde::Serialize;

use super::{Bytes, Place, failed, making, megabytes};
use crate::answer::{Answer, Making};
use crate::failure::Failure;
use crate::progress::watch;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    what: What,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct What {
    /// Ids of items, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "ID,ID…")]
    items: Vec<u32>,
    /// Everything that was read together, by its name in `list`
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
    /// Everything
    #[arg(long)]
    all: bool,
}

#[derive(Serialize)]
struct Freed {
    forgotten: u32,
    freed_bytes: u64,
    bytes: Bytes,
    #[serde(flatten)]
    making: Making,
}

pub fn compact(place: Place, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let before = overview(&place.workspace).map_err(failed)?.usage;
    let engine = setting.engine_in(Some(place.workspace))?;
    watch(&engine, || engine.start_compact())?;
    freed(0, before, engine.usage()?, making(began, setting))
}

pub fn run(Options { place, what }: Options, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    let Overview { collections, usage: before, .. } = overview(&place.workspace).map_err(failed)?;
    let collection = match &what.collection {
        None => None,
        Some(name) => {
            let found = collections.iter().find(|collection| collection.name == *name);
            let hint = "`embedscope-cli workspace list` names what was read together";
            Some(found.ok_or_else(|| Failure::call(format!("there is no collection “{name}”"), hint))?.id)
        }
    };
    let engine = setting.engine_in(Some(place.workspace))?;
    let forgotten = match collection {
        Some(collection) => engine.forget_collection(collection)?,
        None if what.all => {
            let count = engine.count()?;
            engine.forget_all()?;
            count
        }
        None => engine.forget_items(&what.items.iter().copied().map(ItemId).collect::<Vec<_>>())?,
    };
    freed(forgotten, before, engine.usage()?, making(began, setting))
}

fn freed(forgotten: u32, before: Usage, after: Usage, making: Making) -> Result<Answer, Failure> {
    let freed_bytes = before.total().saturating_sub(after.total());
    let items = if forgotten == 1 { "item" } else { "items" };
    let line = format!(
        "{forgotten} {items} forgotten, {} MB given back, {} MB in use",
        megabytes(freed_bytes),
        megabytes(after.total())
    );
    Ok(Answer::new(&Freed { forgotten, freed_bytes, bytes: after.into(), making }, [line]))
}
