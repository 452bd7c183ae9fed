//! Moving a workspace to another model: what it takes, and which set is the one in use.
//!
//! The set in use is a choice of the user's, kept with the workspace. Until another is whole and chosen nothing changes, and
//! the old one stays, so that the way back is one choice as well. Deliberately absent: what changes between two sets
//! (`compare`), and filling the new one (`import`).

use std::path::Path;
use std::sync::PoisonError;
use std::time::Instant;

use embedscope_models::{Embedder, Input, Kind, Pixels, Presence, Role, catalogue};
use embedscope_sources::{Limits, picture};
use embedscope_workspace::{ItemId, SetId};

use crate::items::kind_of;
use crate::{Engine, Error, Event, draw};

/// The setting that names the set in use.
const SETTING: &str = "set_in_use";
/// Items of a trial: one batch warms up, another is timed.
const TEXTS: usize = 16;
const PICTURES: usize = 4;
const SEED: u64 = 42;

/// What moving to a model takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// The model.
    pub model: String,
    /// Its set, where it has one.
    pub set: Option<SetId>,
    /// Items it can embed, and how many of them its set lacks.
    pub items: usize,
    /// How many of them its set lacks.
    pub missing: usize,
    /// How long embedding these takes, by speed measured here; None where the model is not here or asked over a wire.
    pub seconds: Option<f64>,
    /// Room on the disk for the whole set: vectors and two flat maps; None where the model's dimensions are not known yet.
    pub bytes: Option<u64>,
    /// Megabytes to fetch first; 0 where the model is here.
    pub fetch_mb: u32,
}

impl Engine {
    /// What moving to this model takes. Tries it on a few items where its speed is not known yet.
    pub fn reckon_move(&self, model: &str) -> Result<Move, Error> {
        let entry = catalogue::find(model);
        let is_here = self.presence(model) != Presence::Missing || self.is_usable(model);
        let embedder = if is_here { Some(self.embedder(model)?) } else { None };
        let kinds = match (&embedder, entry) {
            (Some(embedder), _) => embedder.about().kinds.clone(),
            (None, Some(entry)) => entry.kinds.clone(),
            (None, None) => vec![Kind::Text],
        };
        let counts = self.kind_counts()?;
        let items: usize = counts.iter().filter(|(kind, _)| kinds.contains(kind)).map(|(_, count)| count).sum();
        let set = self.live_sets().into_iter().find(|set| set.model() == model);
        let missing = items.saturating_sub(set.as_ref().map_or(0, |set| set.rows()));
        let known = set.as_ref().and_then(|set| set.cost().items_per_second()).map(|speed| 1.0 / speed);
        let seconds = match (&embedder, known) {
            (_, Some(each)) => Some(each * missing as f64),
            (Some(embedder), None) => self.tried(&**embedder, &counts)?,
            (None, None) => None,
        };
        let dim = embedder.as_ref().map(|embedder| embedder.about().dim).or(entry.map(|entry| entry.dim));
        let bytes = dim.map(|dim| (items * (dim + 2 * 2) * size_of::<f32>()) as u64);
        let fetch_mb = if is_here { 0 } else { entry.map_or(0, |entry| entry.size_mb.ceil() as u32) };
        Ok(Move { model: model.to_owned(), set: set.map(|set| set.id()), items, missing, seconds, bytes, fetch_mb })
    }

    /// The set the user works with; None where none was chosen, or it is gone.
    pub fn set_in_use(&self) -> Option<SetId> {
        let kept = self.inner.workspace.setting(SETTING).ok()??;
        let set = SetId(serde_json::from_str(&kept).ok()?);
        self.live_set(set).ok().map(|set| set.id())
    }

    /// Works with another set from now on. Fails while it lacks items: the old one is used until the new one is whole.
    pub fn use_set(&self, set: SetId) -> Result<(), Error> {
        self.writable()?;
        let found = self.set(set)?;
        if found.rows < found.total {
            let missing = match found.total - found.rows {
                1 => "1 item".to_owned(),
                many => format!("{many} items"),
            };
            return Err(Error::Request(format!(
                "{} still lacks {missing}; it can be used once it is whole",
                found.model
            )));
        }
        self.inner.workspace.set_setting(SETTING, &set.0.to_string())?;
        self.emit(&Event::WorkspaceChanged);
        Ok(())
    }

    /// Seconds for all items of the kinds a model embeds, from a trial on some of them.
    fn tried(&self, embedder: &dyn Embedder, counts: &[(Kind, usize)]) -> Result<Option<f64>, Error> {
        // Nothing is sent over a wire only to see how long it takes.
        if embedder.batch_tokens().is_some() {
            return Ok(None);
        }
        let mut seconds = 0.0;
        for &(kind, count) in counts.iter().filter(|(kind, count)| *count > 0 && embedder.about().kinds.contains(kind))
        {
            let key = (embedder.about().id.clone(), kind);
            let trials = || self.inner.trials.lock().unwrap_or_else(PoisonError::into_inner);
            let known = trials().get(&key).copied();
            let each = match known {
                Some(each) => Some(each),
                None => self.trial(embedder, kind)?,
            };
            let Some(each) = each else { return Ok(None) };
            trials().insert(key, each);
            seconds += each * count as f64;
        }
        Ok(Some(seconds))
    }

    /// Seconds that an item takes; None where none could be tried.
    fn trial(&self, embedder: &dyn Embedder, kind: Kind) -> Result<Option<f64>, Error> {
        let facts = self.inner.workspace.facts(ItemId(0))?;
        let of_kind: Vec<ItemId> =
            facts.iter().filter(|facts| kind_of(facts.kind) == kind).map(|facts| facts.id).collect();
        let most = if kind == Kind::Text { TEXTS } else { PICTURES };
        let drawn: Vec<ItemId> = draw::rows(of_kind.len(), most, SEED).into_iter().map(|at| of_kind[at]).collect();
        let items = self.inner.workspace.items(&drawn)?;
        let texts: Vec<String> = items.iter().filter_map(|item| item.item.text.clone()).collect();
        let load = |path: &Path| picture::load(path, &Limits::default()).ok();
        let pictures: Vec<_> = match kind {
            Kind::Text => Vec::new(),
            Kind::Image => items.iter().filter_map(|item| load(&item.item.origin.file)).collect(),
        };
        let inputs: Vec<Input<'_>> = match kind {
            Kind::Text => texts.iter().map(|text| Input::Text(text)).collect(),
            Kind::Image => pictures
                .iter()
                .map(|picture| Input::Image(Pixels { width: picture.width, height: picture.height, rgb: &picture.rgb }))
                .collect(),
        };
        if inputs.is_empty() {
            return Ok(None);
        }
        // The first batch warms up.
        embedder.embed(&inputs[..1], Role::Document)?;
        let began = Instant::now();
        embedder.embed(&inputs, Role::Document)?;
        Ok(Some(began.elapsed().as_secs_f64() / inputs.len() as f64))
    }
}
