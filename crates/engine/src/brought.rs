//! Vectors that items bring along, computed elsewhere: one set for each file that brought them.
//!
//! Such a set's recipe is the content of that file and the column they stood in, so that importing the same file again adds
//! nothing, and a changed file makes a set of its own. Deliberately absent: embedding; no model fills these sets.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use embedscope_models::{Kind, Similarity};
use embedscope_sources::hash;
use embedscope_workspace::{ContentHash, ItemId, NewRun};
use serde_json::json;

use crate::jobs::Job;
use crate::project::now_ms;
use crate::sets::{LiveSet, SetNature};
use crate::{Engine, Error};

/// An item's vector, on its way into a set.
pub(crate) struct Bringing {
    pub(crate) item: ItemId,
    pub(crate) kind: Kind,
    pub(crate) hash: ContentHash,
    pub(crate) vector: Vec<f32>,
}

/// The sets of one import, by the file that brought their vectors.
#[derive(Default)]
pub(crate) struct Brought(BTreeMap<PathBuf, Filling>);

struct Filling {
    set: Arc<LiveSet>,
    shown: HashSet<ItemId>,
}

/// Where vectors come from: the file, its name for people, and the column or array that was chosen.
pub(crate) struct Bringer<'a> {
    pub(crate) file: &'a Path,
    pub(crate) name: &'a str,
    pub(crate) column: Option<&'a str>,
}

impl Brought {
    /// The sets, in the order of their files.
    pub(crate) fn sets(&self) -> Vec<Arc<LiveSet>> {
        self.0.values().map(|filling| filling.set.clone()).collect()
    }
}

/// What a recipe holds where vectors were brought along.
const IMPORTED: &str = "imported";

/// Whether vectors of this recipe were brought along, so that no model is known that makes more of them.
pub(crate) fn is_brought(recipe: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(recipe).is_ok_and(|recipe| recipe.get(IMPORTED).is_some())
}

impl Engine {
    /// Adds vectors to the set of the file they came in; an item that is there keeps its vector.
    pub(crate) fn bring(
        &self,
        job: &Job,
        brought: &mut Brought,
        from: &Bringer<'_>,
        vectors: Vec<Bringing>,
    ) -> Result<(), Error> {
        let Some(first) = vectors.first() else { return Ok(()) };
        if !brought.0.contains_key(from.file) {
            let filling = self.filling(job, from, first)?;
            brought.0.insert(from.file.to_owned(), filling);
        }
        let Some(filling) = brought.0.get_mut(from.file) else { return Ok(()) };
        let dim = filling.set.handle.facts().dim;
        let new: Vec<&Bringing> =
            vectors.iter().filter(|one| one.vector.len() == dim && filling.shown.insert(one.item)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let nature = filling.set.nature();
        let kinds: HashSet<Kind> = nature.kinds.iter().copied().chain(new.iter().map(|one| one.kind)).collect();
        if kinds.len() > nature.kinds.len() {
            let mut kinds: Vec<Kind> = kinds.into_iter().collect();
            kinds.sort();
            filling.set.set_nature(SetNature { kinds, ..nature });
        }
        let rows: Vec<(ContentHash, &[f32])> = new.iter().map(|one| (one.hash, one.vector.as_slice())).collect();
        filling.set.handle.append(&rows)?;
        let hashes: Vec<ContentHash> = rows.iter().map(|&(hash, _)| hash).collect();
        let places = filling.set.handle.rows_for(&hashes)?;
        let members: Vec<(ItemId, usize)> =
            new.iter().zip(places).filter_map(|(one, row)| Some((one.item, row?))).collect();
        self.show(&filling.set, &members)
    }

    fn filling(&self, job: &Job, from: &Bringer<'_>, first: &Bringing) -> Result<Filling, Error> {
        let content = hash::file(from.file).map_err(Error::file(from.file))?;
        let content: String = content.iter().map(|byte| format!("{byte:02x}")).collect();
        let recipe = json!({ IMPORTED: { "file": content, "vector": from.column } });
        let name = from.name.rsplit('/').next().unwrap_or(from.name);
        // Of places on a map the directions from its middle say nothing.
        let similarity = if first.vector.len() <= 3 { Similarity::Euclidean } else { Similarity::Cosine };
        let nature = SetNature { kinds: vec![first.kind], similarity };
        let set = self.set_of_recipe(&recipe, &format!("{name} (imported)"), first.vector.len(), nature)?;
        let shown: HashSet<ItemId> = set.items().into_iter().collect();
        if shown.is_empty() {
            self.inner.workspace.add_run(NewRun {
                kind: "vectors".into(),
                set: Some(set.id()),
                params_json: json!({ "file": content, "name": from.name, "vector": from.column }).to_string(),
                device: self.device(),
                started_ms: now_ms(),
                result_json: json!({ "dim": first.vector.len() }).to_string(),
                ..NewRun::default()
            })?;
        }
        job.report(|report| report.sets.push(set.id()));
        Ok(Filling { set, shown })
    }
}
