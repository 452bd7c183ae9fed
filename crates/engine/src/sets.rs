//! Embedding sets while the program runs: which items they show, what is known of them, and their vectors.
//!
//! Deliberately absent: filling them (`embed`) and what is computed from them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use embedscope_models::{About, Kind, Similarity, catalogue};
use embedscope_space::index::{Codes, Index};
use embedscope_space::neighbours::Neighbours;
use embedscope_space::{Cancel, Metric, Progress, Vectors};
use embedscope_workspace::{ItemId, RunId, SetHandle, SetId};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::brought::is_brought;
use crate::clusters::{Clustering, Clusters};
use crate::combine::{Combined, combined};
use crate::items::kind_of;
use crate::near::{self, Near};
use crate::{Engine, Error, Event};

/// What filling a set has cost so far, measured on this computer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Time to load the model.
    pub load_ms: Option<f64>,
    /// Vectors computed.
    pub vectors: u64,
    /// Tokens in the texts among them, after cutting off what is too long.
    pub tokens: u64,
    /// Time spent computing them.
    pub embed_ms: f64,
    /// Growth of this program's memory while the model was loaded and embedding.
    pub memory_mb: Option<f64>,
    /// Texts that were longer than the model reads.
    pub cut_texts: u32,
    /// The largest share of the computer's time that other programs took meanwhile, where the system tells.
    #[serde(default)]
    pub others_busy: Option<f64>,
}

impl Cost {
    /// Vectors a second, once some were computed.
    pub fn items_per_second(&self) -> Option<f64> {
        (self.vectors > 0 && self.embed_ms > 0.0).then(|| self.vectors as f64 / self.embed_ms * 1e3)
    }
}

/// What is known of a set.
#[derive(Clone, Debug)]
pub struct SetSummary {
    /// Its id.
    pub id: SetId,
    /// The model's id.
    pub model: String,
    /// What the model embeds.
    pub kinds: Vec<Kind>,
    /// Whether words can be asked for among its vectors.
    pub asks: bool,
    /// Numbers in a vector.
    pub dim: usize,
    /// Items it shows.
    pub rows: usize,
    /// Items of the workspace that its model can embed.
    pub total: usize,
    /// Items of the workspace that it cannot, by kind.
    pub left_out: Vec<(Kind, usize)>,
    /// What filling it has cost.
    pub cost: Cost,
    /// Its clusters, once there are any.
    pub clusters: Option<Clusters>,
}

/// Items of a set, from some row on.
#[derive(Clone, Debug, Default)]
pub struct SetRows {
    /// The first row told of.
    pub start: usize,
    /// The item in each row.
    pub items: Vec<ItemId>,
    /// What each is made of.
    pub kinds: Vec<Kind>,
    /// These rows in the order to draw them: shuffled by a fixed seed, so that any part of it is a fair sample.
    pub order: Vec<u32>,
}

/// What the run that records a filling keeps besides its cost.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SetNature {
    pub(crate) kinds: Vec<Kind>,
    pub(crate) similarity: Similarity,
}

/// Whether a kind of run gives a set its vectors: embedding, or bringing them along.
pub(crate) fn fills(kind: &str) -> bool {
    matches!(kind, "embedding" | "vectors")
}

pub(crate) struct LiveSet {
    pub(crate) handle: SetHandle,
    state: RwLock<State>,
}

struct State {
    items: Vec<ItemId>,
    vectors: Vec<usize>,
    nature: SetNature,
    cost: Cost,
    clusters: Option<Clusters>,
    /// For questions, once one was asked of many rows.
    index: Option<Arc<Index>>,
    near: Near,
}

impl LiveSet {
    fn open(handle: SetHandle, nature: SetNature) -> Result<Self, Error> {
        let (items, vectors) = handle.members()?.into_iter().unzip();
        let state =
            State { items, vectors, nature, cost: Cost::default(), clusters: None, index: None, near: Near::default() };
        Ok(Self { handle, state: RwLock::new(state) })
    }

    pub(crate) fn id(&self) -> SetId {
        self.handle.id()
    }

    pub(crate) fn model(&self) -> &str {
        &self.handle.facts().model
    }

    /// The model that turns words into vectors of its space; None where no model does.
    pub(crate) fn asked(&self) -> Option<String> {
        match combined(&self.handle.facts().recipe) {
            Some(Combined { asked, .. }) => asked,
            None if is_brought(&self.handle.facts().recipe) => None,
            None => self.kinds().contains(&Kind::Text).then(|| self.model().to_owned()),
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.state().items.len()
    }

    pub(crate) fn items(&self) -> Vec<ItemId> {
        self.state().items.clone()
    }

    pub(crate) fn kinds(&self) -> Vec<Kind> {
        self.state().nature.kinds.clone()
    }

    pub(crate) fn nature(&self) -> SetNature {
        self.state().nature.clone()
    }

    /// How its vectors are meant to be compared.
    pub(crate) fn metric(&self) -> Metric {
        match self.state().nature.similarity {
            Similarity::Cosine => Metric::Cosine,
            Similarity::Dot => Metric::Dot,
            Similarity::Euclidean => Metric::Euclidean,
            Similarity::Manhattan => Metric::Manhattan,
        }
    }

    pub(crate) fn cost(&self) -> Cost {
        self.state().cost.clone()
    }

    pub(crate) fn set_cost(&self, cost: Cost) {
        self.state_mut().cost = cost;
    }

    pub(crate) fn set_nature(&self, nature: SetNature) {
        self.state_mut().nature = nature;
    }

    /// Its clusters as they are shown.
    pub(crate) fn clustering(&self) -> Option<Arc<Clustering>> {
        self.state().clusters.as_ref()?.shown()
    }

    pub(crate) fn clusters(&self) -> Option<Clusters> {
        self.state().clusters.clone()
    }

    pub(crate) fn set_clusters(&self, clusters: Clusters) {
        self.state_mut().clusters = Some(clusters);
    }

    /// The vector of every row, in order. Rows that were added one after another are read in place.
    pub(crate) fn vectors(&self) -> Result<Vectors, Error> {
        // Members first: their vectors are there already, while vectors may be there before their members.
        let state = self.state();
        let kept = self.handle.vectors()?;
        let in_place = state.vectors.len() == kept.rows() && state.vectors.iter().enumerate().all(|(i, &v)| i == v);
        Ok(if in_place { kept } else { kept.select(&state.vectors) })
    }

    /// An index over all rows, made when first asked for and again when there are more rows.
    pub(crate) fn index(&self) -> Result<Arc<Index>, Error> {
        let known = self.state().index.clone();
        if let Some(index) = known.filter(|index| index.rows() == self.rows()) {
            return Ok(index);
        }
        let index = Arc::new(Index::new(&self.vectors()?, self.metric(), Codes::Bytes)?);
        self.state_mut().index = Some(index.clone());
        Ok(index)
    }

    /// At least `k` neighbours of every row, which maps and clusters share.
    pub(crate) fn neighbours(
        &self,
        vectors: &Vectors,
        metric: Metric,
        k: usize,
        progress: Progress,
        cancel: &Cancel,
    ) -> Result<Arc<Neighbours>, Error> {
        if let Some(known) = self.state().near.known(vectors.rows(), metric, k) {
            return Ok(known);
        }
        let found = Arc::new(near::search(vectors, metric, k, progress, cancel)?);
        self.state_mut().near.keep(metric, found.clone());
        Ok(found)
    }

    /// The vectors of the rows from `start` on.
    pub(crate) fn vectors_from(&self, start: usize) -> Result<Vectors, Error> {
        let state = self.state();
        Ok(self.handle.vectors()?.select(&state.vectors[start..]))
    }

    /// The vectors of some rows, in the order asked for.
    pub(crate) fn vectors_of(&self, rows: &[usize]) -> Result<Vectors, Error> {
        let state = self.state();
        let kept = self.handle.vectors()?;
        Ok(kept.select(&rows.iter().map(|&row| state.vectors[row]).collect::<Vec<_>>()))
    }

    /// The same, without keeping in memory what was read for it.
    fn copy_of(&self, rows: &[usize]) -> Result<Vectors, Error> {
        let kept: Vec<usize> = {
            let state = self.state();
            rows.iter().map(|&row| state.vectors[row]).collect()
        };
        Ok(self.handle.copy_rows(&kept)?)
    }

    pub(crate) fn row_of(&self, item: ItemId) -> Result<usize, Error> {
        let row = self.state().items.iter().position(|&known| known == item);
        row.ok_or(Error::NotFound { what: "item of this set with id", id: item.0 })
    }

    /// Shows more items; gives the first new row.
    pub(crate) fn add(&self, members: &[(ItemId, usize)]) -> Result<usize, Error> {
        let start = self.handle.add_members(members)?;
        let mut state = self.state_mut();
        state.items.extend(members.iter().map(|&(item, _)| item));
        state.vectors.extend(members.iter().map(|&(_, row)| row));
        Ok(start)
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Every embedding set.
    pub fn sets(&self) -> Result<Vec<SetSummary>, Error> {
        self.live_sets().iter().map(|set| self.summary(set)).collect()
    }

    /// One embedding set.
    pub fn set(&self, set: SetId) -> Result<SetSummary, Error> {
        self.summary(&*self.live_set(set)?)
    }

    /// Everything that decided the numbers of a set.
    pub fn recipe(&self, set: SetId) -> Result<serde_json::Value, Error> {
        Ok(serde_json::from_str(&self.live_set(set)?.handle.facts().recipe).unwrap_or_default())
    }

    /// The items of a set from row `start` on.
    pub fn set_rows(&self, set: SetId, start: usize) -> Result<SetRows, Error> {
        let live = self.live_set(set)?;
        let items: Vec<ItemId> = live.state().items.get(start..).unwrap_or_default().to_vec();
        let kinds = match live.kinds()[..] {
            [only] => vec![only; items.len()],
            _ => {
                let kinds = self.item_kinds()?;
                items.iter().map(|item| kinds.get(item).copied().unwrap_or(Kind::Text)).collect()
            }
        };
        let mut order: Vec<u32> = (start as u32..(start + items.len()) as u32).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(start as u64));
        Ok(SetRows { start, items, kinds, order })
    }

    /// The vectors of a set, one for each of its rows.
    pub fn vectors(&self, set: SetId) -> Result<Vectors, Error> {
        self.live_set(set)?.vectors()
    }

    /// A copy of the vectors of some rows, in the order asked for: for who reads a set that may be larger than memory
    /// piece by piece.
    pub fn copy_vectors(&self, set: SetId, rows: &[usize]) -> Result<Vectors, Error> {
        self.live_set(set)?.copy_of(rows)
    }

    pub(crate) fn live_set(&self, set: SetId) -> Result<Arc<LiveSet>, Error> {
        let sets = self.inner.sets.read().unwrap_or_else(PoisonError::into_inner);
        sets.get(&set).cloned().ok_or(Error::NotFound { what: "set", id: set.0 })
    }

    pub(crate) fn live_sets(&self) -> Vec<Arc<LiveSet>> {
        self.inner.sets.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The set of an embedder's recipe, made where there is none.
    pub(crate) fn set_for(&self, about: &About) -> Result<Arc<LiveSet>, Error> {
        let nature = SetNature { kinds: about.kinds.clone(), similarity: about.similarity };
        self.set_of_recipe(&about.recipe, &about.id, about.dim, nature)
    }

    /// The set of a recipe, made where there is none.
    pub(crate) fn set_of_recipe(
        &self,
        recipe: &serde_json::Value,
        model: &str,
        dim: usize,
        nature: SetNature,
    ) -> Result<Arc<LiveSet>, Error> {
        let handle = self.inner.workspace.set(&recipe.to_string(), model, dim)?;
        let mut sets = self.inner.sets.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = sets.get(&handle.id()) {
            known.set_nature(nature);
            return Ok(known.clone());
        }
        let set = Arc::new(LiveSet::open(handle, nature)?);
        sets.insert(set.id(), set.clone());
        drop(sets);
        self.emit(&Event::WorkspaceChanged);
        Ok(set)
    }

    pub(crate) fn restore_sets(&self) -> Result<(), Error> {
        let runs = self.inner.workspace.runs()?;
        for found in self.inner.workspace.sets()? {
            let handle = self.inner.workspace.set_of(found.id)?;
            let mut filled = runs.iter().rev().filter(|run| run.run.set == Some(found.id) && fills(&run.run.kind));
            let nature = match filled.find_map(|run| serde_json::from_str(&run.run.params_json).ok()) {
                Some(nature) => nature,
                None => SetNature { kinds: self.kinds_shown(&handle)?, similarity: Similarity::Cosine },
            };
            let set = LiveSet::open(handle, nature)?;
            self.inner.sets.write().unwrap_or_else(PoisonError::into_inner).insert(found.id, Arc::new(set));
        }
        Ok(())
    }

    /// What a set shows whose filling was cut short by a crash.
    fn kinds_shown(&self, set: &SetHandle) -> Result<Vec<Kind>, Error> {
        if let Some(entry) = catalogue::find(&set.facts().model) {
            return Ok(entry.kinds.clone());
        }
        let known = self.item_kinds()?;
        let shown: BTreeSet<Kind> = set.members()?.iter().filter_map(|(item, _)| known.get(item).copied()).collect();
        Ok(shown.into_iter().collect())
    }

    /// The runs that a set's vectors come from: embedded, or brought along.
    pub(crate) fn runs_that_filled(&self, set: SetId) -> Result<Vec<RunId>, Error> {
        let mut runs = self.inner.workspace.runs_of("embedding", Some(set))?;
        runs.extend(self.inner.workspace.runs_of("vectors", Some(set))?);
        Ok(runs)
    }

    fn item_kinds(&self) -> Result<HashMap<ItemId, Kind>, Error> {
        let facts = self.inner.workspace.facts(ItemId(0))?;
        Ok(facts.into_iter().map(|facts| (facts.id, kind_of(facts.kind))).collect())
    }

    /// How many items of each kind the workspace holds.
    pub(crate) fn kind_counts(&self) -> Result<[(Kind, usize); 2], Error> {
        let collections = self.inner.workspace.collections()?;
        let texts = collections.iter().map(|collection| collection.texts as usize).sum();
        let images = collections.iter().map(|collection| collection.images as usize).sum();
        Ok([(Kind::Text, texts), (Kind::Image, images)])
    }

    fn summary(&self, set: &LiveSet) -> Result<SetSummary, Error> {
        let kinds = set.kinds();
        let (mut fits, mut left): (Vec<_>, Vec<_>) =
            self.kind_counts()?.into_iter().partition(|(kind, _)| kinds.contains(kind));
        if combined(&set.handle.facts().recipe).is_some() {
            // It is whole from the first, with a row for several items.
            (fits, left) = (vec![(Kind::Text, set.rows())], Vec::new());
        }
        Ok(SetSummary {
            id: set.id(),
            model: set.model().to_owned(),
            asks: set.asked().is_some(),
            dim: set.handle.facts().dim,
            rows: set.rows(),
            total: fits.iter().map(|(_, count)| count).sum(),
            left_out: left.into_iter().filter(|&(_, count)| count > 0).collect(),
            cost: set.cost(),
            clusters: set.clusters(),
            kinds,
        })
    }
}
