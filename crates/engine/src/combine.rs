//! Several vectors into one: of the items that share a label, or of a picture and its caption, as a set with its own recipe.
//! A picture's may also be that of its caption alone, so that a model of texts stands beside one of pictures.
//!
//! A combined set is of what is here when it is made; what comes later is in the next one. The first item of those that share a
//! label stands for them. It goes as a whole when an item of the set it was made from is forgotten. Deliberately absent: growing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use embedscope_models::{Embedder, Fuse, Input, Kind, Pool, Role};
use embedscope_sources::hash;
use embedscope_workspace::{ContentHash, ItemId, NewRun, SetId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::items::kind_of;
use crate::jobs::Job;
use crate::project::now_ms;
use crate::sets::{LiveSet, SetNature};
use crate::{Engine, Error, JobId, JobKind};

/// Which vectors become one, and how.
#[derive(Clone, Debug, PartialEq)]
pub enum Combination {
    /// Those of the items of a set that share a label.
    Items {
        /// The set.
        set: SetId,
        /// What the label is: `file`, `tag` or `column:NAME`, or `stem`, the file's name without its ending.
        by: String,
        /// How.
        how: Pool,
    },
    /// That of a picture and that of its caption, or the caption's alone.
    Captions {
        /// A set of pictures.
        set: SetId,
        /// What embeds the captions; to be averaged they must be embedded by the set's own model.
        model: String,
        /// How.
        how: Fuse,
    },
}

/// What a combined set's recipe says of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Combined {
    /// The sets it was made from.
    sets: Vec<u32>,
    /// How, in words.
    how: String,
    /// Their recipes.
    of: Vec<String>,
    /// The items and contents it was made from, hashed.
    items: String,
    /// The model that questions in words go to.
    pub(crate) asked: Option<String>,
}

#[derive(Deserialize)]
struct Recipe {
    combined: Combined,
}

/// What a recipe says, where it is that of a combined set.
pub(crate) fn combined(recipe: &str) -> Option<Combined> {
    serde_json::from_str::<Recipe>(recipe).ok().map(|recipe| recipe.combined)
}

/// A vector on its way into a combined set: the item that shows it, and the contents it was made from.
struct Row {
    item: ItemId,
    kind: Kind,
    hash: ContentHash,
    vector: Vec<f32>,
}

/// Captions embedded at a time.
const AT_A_TIME: usize = 64;

impl Engine {
    /// Makes a combined set and lays out its map. Fails at once where there are no pictures, or no such model on this computer.
    pub fn start_combining(&self, combination: Combination) -> Result<JobId, Error> {
        self.writable()?;
        let (Combination::Items { set, .. } | Combination::Captions { set, .. }) = &combination;
        let live = self.live_set(*set)?;
        if let Combination::Captions { model, .. } = &combination {
            if !live.kinds().contains(&Kind::Image) {
                return Err(Error::Request(format!("{} has no pictures to combine with their captions", live.model())));
            }
            self.require(model)?;
        }
        let engine = self.clone();
        let title = match &combination {
            Combination::Captions { model, how: Fuse::Text, .. } => format!("Embedding captions with {model}"),
            _ => format!("Combining vectors of {}", live.model()),
        };
        Ok(self.inner.jobs.start(JobKind::Embed, title, move |job| engine.combine(job, &live, &combination)))
    }

    fn combine(&self, job: &Job, live: &LiveSet, combination: &Combination) -> Result<(), Error> {
        let (began, started_ms) = (Instant::now(), now_ms());
        let mut of = vec![live.handle.facts().recipe.clone()];
        let mut similarity = live.nature().similarity;
        let mut model = live.model().to_owned();
        let (rows, how, asked) = match combination {
            Combination::Items { by, how, .. } => {
                (self.pooled(live, by, *how)?, format!("{} by {by}", how.name()), live.asked())
            }
            Combination::Captions { model: reader, how, .. } => {
                job.stage(format!("Loading {reader}"), "", 0, 0);
                let embedder = self.embedder(reader)?;
                let (id, recipe) = (&embedder.about().id, embedder.about().recipe.to_string());
                if matches!(how, Fuse::Mean { .. }) && of[0] != recipe {
                    let problem = "a mean of pictures and captions needs one model for both, such as CLIP";
                    return Err(Error::Request(format!(
                        "{problem}; {} and {id} can be put side by side",
                        live.model()
                    )));
                }
                let rows = self.fused(job, live, &*embedder, *how)?;
                of.push(recipe);
                match how {
                    Fuse::Concatenate => (rows, format!("beside captions by {id}"), None),
                    Fuse::Mean { text } => (rows, format!("mean with captions, {text} theirs"), live.asked()),
                    Fuse::Text => {
                        (similarity, model) = (embedder.about().similarity, id.clone());
                        (rows, "on captions".to_owned(), Some(id.clone()))
                    }
                }
            }
        };
        let Some(first) = rows.first() else {
            let nothing = match combination {
                Combination::Items { .. } => format!("nothing in {} can be combined that way", live.model()),
                Combination::Captions { .. } => format!("none of the pictures in {} has a caption", live.model()),
            };
            return Err(Error::Request(nothing));
        };
        let dim = first.vector.len();
        let items: Vec<u8> = rows.iter().flat_map(|row| [&row.item.0.to_le_bytes()[..], &row.hash].concat()).collect();
        let items = hash::content(&items).iter().map(|byte| format!("{byte:02x}")).collect();
        let recipe = json!({ "combined": Combined { sets: vec![live.id().0], how: how.clone(), of, items, asked } });
        let mut kinds: Vec<Kind> = rows.iter().map(|row| row.kind).collect();
        kinds.sort();
        kinds.dedup();
        let nature = SetNature { kinds, similarity };
        let set = self.set_of_recipe(&recipe, &format!("{model}, {how}"), dim, nature)?;
        job.report(|report| report.sets.push(set.id()));
        if set.rows() == 0 {
            self.keep_combined(&set, &rows)?;
            let mut params = json!(set.nature());
            params["combined"] = how.into();
            self.inner.workspace.add_run(NewRun {
                kind: "vectors".into(),
                parents: self.runs_that_filled(live.id())?,
                set: Some(set.id()),
                params_json: params.to_string(),
                device: self.device(),
                started_ms,
                elapsed_ms: began.elapsed().as_secs_f64() * 1e3,
                result_json: json!({ "dim": dim }).to_string(),
                ..NewRun::default()
            })?;
        }
        self.lay_out(job, &set, 42)
    }

    fn keep_combined(&self, set: &Arc<LiveSet>, rows: &[Row]) -> Result<(), Error> {
        let vectors: Vec<(ContentHash, &[f32])> = rows.iter().map(|row| (row.hash, row.vector.as_slice())).collect();
        set.handle.append(&vectors)?;
        let places = set.handle.rows_for(&rows.iter().map(|row| row.hash).collect::<Vec<_>>())?;
        let members: Vec<(ItemId, usize)> =
            rows.iter().zip(places).filter_map(|(row, place)| Some((row.item, place?))).collect();
        self.show(set, &members)
    }

    /// A row for each label, in the order of their first items; items without a label are left out.
    fn pooled(&self, live: &LiveSet, by: &str, how: Pool) -> Result<Vec<Row>, Error> {
        let items = live.items();
        let labels = match by {
            "stem" => {
                self.labels(&items, "file", None)?.into_iter().map(|file| Some(stem(&file?).to_owned())).collect()
            }
            _ => self.labels(&items, by, Some(live))?,
        };
        let vectors = live.vectors()?;
        let known = self.contents()?;
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (row, label) in labels.into_iter().enumerate().take(vectors.rows()) {
            let Some(label) = label else { continue };
            let place = *places.entry(label).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
        let row = |group: &Vec<usize>| {
            let contents: Vec<u8> =
                group.iter().filter_map(|&row| known.get(&items[row])).flat_map(|(_, hash)| *hash).collect();
            let item = items[*group.first()?];
            let (kind, _) = *known.get(&item)?;
            Some(Row { item, kind, hash: hash::content(&contents), vector: how.of(&vectors, group) })
        };
        Ok(groups.iter().filter_map(row).collect())
    }

    /// A row for each picture that has a caption.
    fn fused(&self, job: &Job, live: &LiveSet, embedder: &dyn Embedder, how: Fuse) -> Result<Vec<Row>, Error> {
        let id = &embedder.about().id;
        let (items, known) = (live.items(), self.contents()?);
        let pictures: Vec<usize> = (0..items.len())
            .filter(|&row| known.get(&items[row]).is_some_and(|(kind, _)| *kind == Kind::Image))
            .collect();
        let (mut rows, of) = (Vec::new(), pictures.len());
        job.stage(format!("Embedding captions with {id}"), "items", 0, of);
        for (at, some) in pictures.chunks(AT_A_TIME).enumerate() {
            job.look()?;
            let captions = self.inner.workspace.items(&some.iter().map(|&row| items[row]).collect::<Vec<_>>())?;
            let captions = captions.into_iter().map(|item| item.item.text.unwrap_or_default());
            let (places, captions): (Vec<usize>, Vec<String>) =
                some.iter().copied().zip(captions).filter(|(_, caption)| !caption.trim().is_empty()).unzip();
            if captions.is_empty() {
                continue;
            }
            let inputs: Vec<Input<'_>> = captions.iter().map(|caption| Input::Text(caption)).collect();
            let texts = embedder.embed(&inputs, Role::Document)?;
            let pictures = live.vectors_of(&places)?;
            for (((&place, caption), picture), text) in
                places.iter().zip(&captions).zip(pictures.iter()).zip(texts.iter())
            {
                let (item, hash) = (items[place], known[&items[place]].1);
                let vector = how.of(picture, text).ok_or_else(|| {
                    Error::Request(format!("the vectors of {} and {id} have different lengths", live.model()))
                })?;
                let hash = hash::content(&[hash.as_slice(), caption.as_bytes()].concat());
                rows.push(Row { item, kind: Kind::Image, hash, vector });
            }
            job.progress(at * AT_A_TIME + some.len(), of);
        }
        Ok(rows)
    }

    fn contents(&self) -> Result<HashMap<ItemId, (Kind, ContentHash)>, Error> {
        let facts = self.inner.workspace.facts(ItemId(0))?;
        Ok(facts.into_iter().map(|facts| (facts.id, (kind_of(facts.kind), facts.hash))).collect())
    }
}

/// A file's name without its ending.
fn stem(file: &str) -> &str {
    match file.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !ending.contains('/') => stem,
        _ => file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_and_its_caption_have_one_stem() {
        assert_eq!(stem("a/cat.jpg"), stem("a/cat.txt"));
        assert_eq!([stem("a.b/cat"), stem(".hidden"), stem("x.tar.gz")], ["a.b/cat", ".hidden", "x.tar"]);
    }

    #[test]
    fn a_combined_recipe_is_told_from_others() {
        assert!(combined("{\"pooling\":[\"mean\"]}").is_none() && combined("no json").is_none());
        let recipe =
            json!({ "combined": { "sets": [1], "how": "mean by file", "of": ["{}"], "items": "00", "asked": "m" } });
        assert_eq!(combined(&recipe.to_string()).and_then(|found| found.asked).as_deref(), Some("m"));
    }
}
