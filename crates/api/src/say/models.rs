//! Models in the wire's words.
//!
//! Deliberately absent: keys; the page learns only whether there is one.

use embedscope_engine::models::catalogue::{Entry, Use};
use embedscope_engine::models::hub::{Found, Inspection};
use embedscope_engine::models::recommend::{Advice, Pace, Wanted};
use embedscope_engine::models::remote::{Provider, key_of};
use embedscope_engine::models::{Fuse, ModelFolder, Overrides, Pool};
use embedscope_engine::{Combination, Engine, Kind, Presence, Sending, SetId};

use super::{kind, sentence};
use crate::wire;

/// The catalogue, and what else is on this computer.
pub(crate) fn models(engine: &Engine) -> Vec<wire::ModelView> {
    let known = engine.models();
    let known = known.iter().map(|model| self::model(model.entry, model.presence));
    let folders = engine.model_folders().into_iter().map(|named| folder(&named, engine.presence(&named.id())));
    let kept = engine.kept_models().into_iter().filter(|model| model.problems.is_empty()).map(kept);
    let mut models: Vec<wire::ModelView> = known.chain(folders).chain(kept).collect();
    for loaded in engine.loaded_models() {
        let base = Overrides::split(&loaded.id).0;
        let Some(model) = models.iter_mut().find(|model| model.id == base) else { continue };
        model.device = Some(loaded.device.into());
        // One that was loaded with other wishes as well is in memory as often.
        model.memory_mb = match (model.memory_mb, loaded.memory_mb) {
            (Some(known), Some(more)) => Some(known + more),
            (known, more) => known.or(more),
        };
    }
    models
}

fn folder(named: &ModelFolder, presence: Presence) -> wire::ModelView {
    let found = named.inspect();
    let note = match (presence, found.problems.first()) {
        (Presence::Missing, _) => "Its folder is not where it was.".into(),
        (_, Some(problem)) => format!("{}.", sentence(problem)),
        (_, None) => "From a folder of yours.".into(),
    };
    wire::ModelView { is_folder: true, presence: self::presence(presence), note: note.into(), ..kept(found) }
}

fn model(entry: &Entry, presence: Presence) -> wire::ModelView {
    wire::ModelView {
        id: entry.id.clone(),
        kinds: entry.kinds.iter().copied().map(kind).collect(),
        dim: entry.dim as u32,
        size_mb: entry.size_mb,
        licence: entry.licence.clone(),
        languages: entry.languages.clone(),
        gated: entry.gated,
        presence: self::presence(presence),
        baseline: entry.baseline,
        note: entry.note.as_str().into(),
        is_folder: false,
        device: None,
        memory_mb: None,
    }
}

fn kept(model: Inspection) -> wire::ModelView {
    wire::ModelView {
        kinds: model.kinds.iter().copied().map(kind).collect(),
        dim: model.dim.unwrap_or(0) as u32,
        size_mb: model.bytes as f64 / 1e6,
        licence: model.licence.unwrap_or_default(),
        languages: Vec::new(),
        gated: false,
        presence: wire::Presence::Present,
        baseline: false,
        note: "From the hub, not in the catalogue.".into(),
        is_folder: false,
        device: None,
        memory_mb: None,
        id: model.id,
    }
}

fn presence(presence: Presence) -> wire::Presence {
    match presence {
        Presence::Builtin => wire::Presence::Builtin,
        Presence::Present => wire::Presence::Present,
        Presence::Missing => wire::Presence::Missing,
    }
}

pub(crate) fn found(found: Found) -> wire::FoundModelView {
    wire::FoundModelView {
        id: found.id,
        family: found.family,
        licence: found.licence,
        gated: found.gated,
        downloads: found.downloads as f64,
        problem: found.problem.map(|problem| format!("{}.", sentence(&problem)).into()),
        presence: presence(found.presence),
    }
}

pub(crate) fn inspection(found: Inspection) -> wire::InspectionView {
    wire::InspectionView {
        id: found.id,
        family: found.family,
        kinds: found.kinds.into_iter().map(kind).collect(),
        dim: found.dim.map(|dim| dim as u32),
        max_tokens: found.max_tokens.map(|most| most as u32),
        pooling: found.pooling,
        licence: found.licence,
        gated: found.gated,
        bytes: found.bytes as f64,
        parameters: found.parameters.map(|count| count as f64),
        precision: found.precision,
        problems: found.problems.iter().map(|problem| format!("{}.", sentence(problem)).into()).collect(),
    }
}

pub(crate) fn wanted(request: wire::WantedRequest) -> Wanted {
    Wanted {
        kinds: request
            .kinds
            .into_iter()
            .map(|kind| match kind {
                wire::Kind::Text => Kind::Text,
                wire::Kind::Image => Kind::Image,
            })
            .collect(),
        purpose: request.purpose.map(|purpose| match purpose {
            wire::Purpose::Search => Use::Search,
            wire::Purpose::Similarity => Use::Similarity,
            wire::Purpose::Clustering => Use::Clustering,
            wire::Purpose::Classification => Use::Classification,
        }),
        languages: request.languages,
        pace: match request.pace {
            wire::Pace::Any => Pace::Any,
            wire::Pace::Fast => Pace::Fast,
            wire::Pace::Instant => Pace::Instant,
        },
        most_mb: request.most_mb,
        remote: request.remote,
    }
}

pub(crate) fn advice(advice: Advice) -> wire::AdviceView {
    let Advice { id, reasons, against, presence, .. } = advice;
    wire::AdviceView {
        id,
        reasons: wire::Said::each(reasons),
        against: wire::Said::each(against),
        presence: self::presence(presence),
    }
}

pub(crate) fn provider(provider: &Provider) -> wire::ProviderView {
    let hosted = provider.models.iter().map(|model| wire::HostedView {
        name: model.name.clone(),
        dim: model.dim.map(|dim| dim as u32),
        price: model.price,
    });
    wire::ProviderView {
        name: provider.name.clone(),
        host: provider.leaves_for().map(str::to_owned),
        allowed: provider.allowed || provider.leaves_for().is_none(),
        key: provider.key.clone(),
        has_key: key_of(provider).is_some(),
        models: hosted.collect(),
    }
}

pub(crate) fn sending(sending: Sending) -> wire::SendingView {
    wire::SendingView {
        provider: sending.provider,
        host: sending.host,
        allowed: sending.allowed,
        texts: sending.texts as u32,
        tokens: sending.tokens as f64,
        cost: sending.cost,
    }
}

pub(crate) fn combination(request: wire::CombineRequest) -> Combination {
    match request {
        wire::CombineRequest::Items { set, by, how } => {
            let how = match how {
                wire::Pooling::Mean => Pool::Mean,
                wire::Pooling::Max => Pool::Max,
            };
            Combination::Items { set: SetId(set), by, how }
        }
        wire::CombineRequest::Captions { set, model, share } => {
            let how = share.map_or(Fuse::Concatenate, |text| Fuse::Mean { text: text.clamp(0.0, 1.0) });
            Combination::Captions { set: SetId(set), model, how }
        }
        wire::CombineRequest::Words { set, model } => Combination::Captions { set: SetId(set), model, how: Fuse::Text },
    }
}
