//! How long embedding will take, from measured speed: what filling a set has shown, else a short trial on the plan's own texts
//! and pictures.
//!
//! Deliberately absent: the time that fetching a model, reading files and laying out maps take.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use embedscope_models::{Embedder, Input, Kind, Pixels, Role};
use embedscope_sources::cut::pieces;
use embedscope_sources::picture::{self, Picture};
use embedscope_sources::{Limits, Tile};

use super::sample::Lots;
use super::{Plan, kind_of};
use crate::Engine;
use crate::import::ImportChoice;

/// Texts and pictures of a trial.
const TEXTS: usize = 8;
const PICTURES: usize = 2;
/// A trial is made so often, unless it takes long.
const TRIALS: usize = 3;
const LONG: Duration = Duration::from_millis(200);
/// Pictures larger than this are not tried.
const PICTURE_BYTES: u64 = 8 << 20;

impl Engine {
    /// Milliseconds for embedding this many texts and pictures with the chosen models; None where a model's speed is not
    /// known, because it is not on this computer.
    pub(super) fn expected_ms(
        &self,
        plan: &Plan,
        choice: &ImportChoice,
        lots: &Lots<'_>,
        texts: u64,
        pictures: u64,
    ) -> Option<f64> {
        let mut seconds = 0.0;
        for model in &choice.models {
            if !self.is_usable(model) {
                return None;
            }
            let embedder = self.embedder(model).ok()?;
            // Nothing is sent over a wire only to see how long it takes.
            if embedder.batch_tokens().is_some() {
                return None;
            }
            for (kind, count) in [(Kind::Text, texts), (Kind::Image, pictures)] {
                if count > 0 && embedder.about().kinds.contains(&kind) {
                    seconds += count as f64 * self.seconds_each(plan, choice, lots, &*embedder, kind)?;
                }
            }
        }
        Some(seconds * 1e3)
    }

    fn seconds_each(
        &self,
        plan: &Plan,
        choice: &ImportChoice,
        lots: &Lots<'_>,
        embedder: &dyn Embedder,
        kind: Kind,
    ) -> Option<f64> {
        let id = &embedder.about().id;
        let filled =
            self.live_sets().iter().find(|set| set.model() == id).and_then(|set| set.cost().items_per_second());
        if let Some(speed) = filled {
            return Some(1.0 / speed);
        }
        let trials = || self.inner.trials.lock().unwrap_or_else(PoisonError::into_inner);
        // Small pictures of a sheet are tried for themselves.
        let tile = choice.tile.filter(|_| kind == Kind::Image);
        let key = (tile.map_or_else(|| id.clone(), |tile| format!("{id} {tile}")), kind);
        if let Some(&known) = trials().get(&key) {
            return Some(known);
        }
        let took = match kind {
            Kind::Text => try_texts(embedder, choice, lots),
            Kind::Image => try_pictures(embedder, plan, tile),
        }?;
        trials().insert(key, took);
        Some(took)
    }
}

/// Seconds a text takes, tried on chunks of the plan's own texts.
fn try_texts(embedder: &dyn Embedder, choice: &ImportChoice, lots: &Lots<'_>) -> Option<f64> {
    let texts = lots.samples().filter_map(|sample| sample.texts.first());
    let chunks: Vec<&str> = texts
        .flat_map(|text| {
            let chunks = pieces(&text.text, &text.headings, &choice.cut, None);
            chunks.into_iter().take(2).map(move |chunk| &text.text[chunk])
        })
        .take(TEXTS)
        .collect();
    let inputs: Vec<Input<'_>> = chunks.into_iter().map(Input::Text).collect();
    timed(embedder, &inputs)
}

/// Seconds a picture takes, decoding among it, tried on some of the plan's own.
fn try_pictures(embedder: &dyn Embedder, plan: &Plan, tile: Option<Tile>) -> Option<f64> {
    let files = plan.files.iter().filter(|file| kind_of(file.format) == Kind::Image && file.bytes <= PICTURE_BYTES);
    let load = |path: &Path| picture::load(path, &Limits::default()).ok();
    let sheet =
        tile.and_then(|tile| Some((tile, files.clone().find(|file| picture::tiles(&file.path, tile).is_some())?)));
    let paths: Vec<PathBuf> = match sheet {
        Some((tile, sheet)) => (1..=PICTURES as u32).map(|number| tile.place(&sheet.path, number)).collect(),
        None => files.take(PICTURES * 2).map(|file| file.path.clone()).collect(),
    };
    if sheet.is_some() {
        // A sheet is decoded once for all its pictures.
        load(paths.first()?);
    }
    let began = Instant::now();
    let pictures: Vec<_> = paths.iter().filter_map(|path| load(path)).take(PICTURES).collect();
    let decoding = began.elapsed().as_secs_f64() / pictures.len().max(1) as f64;
    let inputs: Vec<Input<'_>> = pictures.iter().map(input).collect();
    // While one batch is embedded the next is decoded: the slower of the two sets the pace.
    timed(embedder, &inputs).map(|embedding| embedding.max(decoding))
}

fn input(picture: &Picture) -> Input<'_> {
    let Picture { width, height, rgb } = picture;
    Input::Image(Pixels { width: *width, height: *height, rgb })
}

/// Seconds that each of these inputs takes; None where there is none, or the model cannot embed them.
fn timed(embedder: &dyn Embedder, inputs: &[Input<'_>]) -> Option<f64> {
    if inputs.is_empty() {
        return None;
    }
    let mut least = f64::INFINITY;
    // At first code and memory are cold, which would be taken for the pace of thousands.
    for _ in 0..TRIALS {
        let began = Instant::now();
        embedder.embed(inputs, Role::Document).ok()?;
        let took = began.elapsed();
        least = least.min(took.as_secs_f64());
        if took > LONG {
            break;
        }
    }
    Some(least / inputs.len() as f64)
}
