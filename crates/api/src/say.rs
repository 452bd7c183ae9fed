//! The engine's types in the wire's words.
//!
//! Deliberately absent: deciding anything; what is not known is left out.

pub(crate) mod clusters;
pub(crate) mod kept;
mod lists;
pub(crate) mod models;
mod plan;
mod watch;

use embedscope_engine::models::Error as ModelError;
use embedscope_engine::{
    Card, Engine, Error, JobKind, JobSnapshot, JobState, Kind, Layout, MapSummary, Method, SetId, SetRows, SetSummary,
    Skipped, WorkspaceError,
};
use serde_json::json;

use crate::frame::{FrameKind, FrameWriter};
use crate::wire;

pub(crate) use lists::{amounts, axis, listing, selection, special, spread, thing};
pub(crate) use models::models;
pub(crate) use plan::{plan, preview, table};
pub(crate) use watch::news;

/// Letters of a text that a card shows.
const CARD_LETTERS: usize = 600;

pub(crate) fn kind(kind: Kind) -> wire::Kind {
    match kind {
        Kind::Text => wire::Kind::Text,
        Kind::Image => wire::Kind::Image,
    }
}

/// What went wrong: a sentence, and what to do about it.
pub(crate) fn error(error: Error) -> wire::ErrorView {
    view(&error)
}

fn view(error: &Error) -> wire::ErrorView {
    let (code, hint) = match error {
        Error::Request(_) => (wire::ErrorCode::BadRequest, None),
        Error::NotFound { .. } => (wire::ErrorCode::NotFound, None),
        Error::Cancelled => (wire::ErrorCode::Cancelled, None),
        Error::Model(ModelError::NotPresent { .. }) => {
            (wire::ErrorCode::ModelMissing, Some("Fetch it from the list of models, or choose another."))
        }
        Error::Model(ModelError::Hub { .. }) => {
            (wire::ErrorCode::Network, Some("Look at the connection and try again; the built-in models need none."))
        }
        Error::Model(ModelError::NotAllowed { .. }) => {
            (wire::ErrorCode::NotAllowed, Some("Allow it among the providers of the models’ page."))
        }
        Error::Model(ModelError::Checksum { .. }) => (wire::ErrorCode::Failed, Some("Fetch the model again.")),
        Error::Model(ModelError::Full { .. }) => {
            (wire::ErrorCode::Failed, Some("Make room and fetch it again; what has arrived is kept."))
        }
        Error::Model(ModelError::OutOfMemory { .. }) => (
            wire::ErrorCode::Failed,
            Some("Close what else uses it, or choose a smaller model; what was embedded is kept."),
        ),
        Error::Model(ModelError::File { .. }) => (
            wire::ErrorCode::Failed,
            Some("Choose another model. One of the hub can be deleted on the models’ page and fetched anew."),
        ),
        Error::Workspace(WorkspaceError::ReadOnly) => (
            wire::ErrorCode::ReadOnly,
            Some("Close it where else it is open and open it again, or export what you need."),
        ),
        Error::Releases(_) => (wire::ErrorCode::Network, None),
        Error::File { .. } => (
            wire::ErrorCode::Failed,
            Some("See that the file is there and may be read; to write, choose a place where you may."),
        ),
        Error::Nothing(_) => (wire::ErrorCode::Failed, Some("Try documents, tables or pictures of another format.")),
        _ => (wire::ErrorCode::Failed, None),
    };
    wire::ErrorView { code, message: sentence(&pathless(error)).into(), hint: hint.map(Into::into) }
}

/// The error in words, with a file's name for its path: paths never reach the page.
fn pathless(error: &Error) -> String {
    let said = error.to_string();
    match error.path() {
        Some(path) => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            said.replace(&path.display().to_string(), &name)
        }
        None => said,
    }
}

/// Errors begin in lower case, for they are joined to others; what a user reads is a sentence.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What the workspace holds; parts that cannot be read now are shown as empty, and the next request says why.
pub(crate) fn workspace(name: &str, engine: &Engine) -> wire::WorkspaceView {
    let collections = engine.collections().unwrap_or_default();
    wire::WorkspaceView {
        name: name.to_owned(),
        read_only: engine.is_read_only(),
        items: engine.count().unwrap_or_default(),
        collections: collections
            .iter()
            .map(|collection| wire::CollectionView {
                id: collection.id.0,
                name: collection.name.clone(),
                texts: collection.texts,
                images: collection.images,
            })
            .collect(),
        sets: engine.sets().unwrap_or_default().iter().map(set).collect(),
        maps: engine.maps().iter().map(map).collect(),
        columns: engine.columns().unwrap_or_default(),
        selections: lists::all(engine.selections()),
        tags: lists::all(engine.tags()),
        in_use: engine.set_in_use().map(|set| set.0),
        watched: engine
            .watched()
            .into_iter()
            .map(|folder| wire::WatchedView { id: folder.id, name: folder.name, is_there: folder.is_there })
            .collect(),
    }
}

fn set(set: &SetSummary) -> wire::SetView {
    wire::SetView {
        id: set.id.0,
        model: set.model.clone(),
        kinds: set.kinds.iter().copied().map(kind).collect(),
        asks: set.asks,
        dim: set.dim as u32,
        rows: set.rows as u32,
        total: set.total as u32,
        left_out: set
            .left_out
            .iter()
            .map(|&(of, count)| wire::KindCount { kind: kind(of), count: count as u32 })
            .collect(),
        cut_texts: set.cost.cut_texts,
        clusters: set.clusters.as_ref().map(clusters::clusters),
    }
}

/// The parameters of a run that can be steered, or gone on with.
fn steering(map: &MapSummary) -> Option<wire::SteeringView> {
    let chosen = &map.projection;
    let (is_tsne, is_umap) = (map.method == Method::Tsne, map.method == Method::Umap);
    (is_tsne || is_umap).then(|| wire::SteeringView {
        exaggeration: is_tsne.then_some(chosen.exaggeration),
        perplexity: is_tsne.then_some(chosen.perplexity),
        neighbours: is_umap.then_some(chosen.neighbours as u32),
        min_dist: is_umap.then_some(chosen.min_dist),
        seed: chosen.seed as u32,
    })
}

fn map(map: &MapSummary) -> wire::MapView {
    wire::MapView {
        id: map.id.0,
        set: map.set.0,
        method: match map.method {
            Method::Pca => wire::Method::Pca,
            Method::Tsne => wire::Method::Tsne,
            Method::Umap => wire::Method::Umap,
            Method::Given => wire::Method::Given,
        },
        dims: map.dims as u32,
        parameters: map.parameters.as_str().into(),
        rows: map.rows as u32,
        iteration: map.iteration as u32,
        iterations: map.iterations as u32,
        running: map.running,
        paused: map.resting,
        steering: steering(map),
        uniform: map.projection.uniform,
        trustworthiness: map.truth.map(|truth| truth.trustworthiness),
        continuity: map.truth.map(|truth| truth.continuity),
        neighbours_kept: map.truth.map(|truth| truth.neighbour_preservation),
        shepard: map.truth.map(|truth| truth.shepard),
        explained_variance: map.explained_variance,
        axis_variance: map.axis_variance.clone(),
    }
}

pub(crate) fn skipped(skipped: &Skipped) -> wire::SkippedView {
    wire::SkippedView { name: skipped.name.clone(), reason: skipped.reason.as_str().into() }
}

pub(crate) fn job(job: &JobSnapshot) -> wire::JobView {
    wire::JobView {
        id: job.id.0,
        kind: match job.kind {
            JobKind::Import => wire::JobKind::Import,
            JobKind::Embed => wire::JobKind::Embed,
            JobKind::Project => wire::JobKind::Project,
            JobKind::Cluster => wire::JobKind::Cluster,
            JobKind::Fetch => wire::JobKind::Fetch,
            JobKind::Export => wire::JobKind::Export,
            JobKind::Evaluate => wire::JobKind::Evaluate,
            JobKind::Keep => wire::JobKind::Keep,
        },
        title: job.title.as_str().into(),
        stage: job.stage.as_str().into(),
        done: job.done as f64,
        total: job.total as f64,
        unit: job.unit.into(),
        per_second: job.per_second,
        seconds_left: job.seconds_left,
        state: match job.state {
            JobState::Waiting => wire::JobState::Waiting,
            JobState::Running => wire::JobState::Running,
            JobState::Paused => wire::JobState::Paused,
            JobState::Done => wire::JobState::Done,
            JobState::Cancelled => wire::JobState::Cancelled,
            JobState::Failed => wire::JobState::Failed,
        },
        error: job.error.as_deref().map(view),
        // Told once, at the end: while it grows nobody reads it.
        skipped: match job.state.is_over() {
            true => job.report.skipped.iter().map(skipped).collect(),
            false => Vec::new(),
        },
        written: job
            .report
            .written
            .as_ref()
            .and_then(|path| path.file_name())
            .map(|name| name.to_string_lossy().into_owned()),
        measured: (job.report.evaluations.iter().map(|found| found.results.len()).sum::<usize>()
            + job.report.benches.iter().map(|bench| bench.load_ms.len()).sum::<usize>()) as u32,
    }
}

pub(crate) fn card(card: Card) -> wire::ItemView {
    let short: String = card.text.chars().take(CARD_LETTERS).collect();
    wire::ItemView {
        id: card.id.0,
        kind: kind(card.kind),
        title: card.title,
        text: if short.len() < card.text.len() { format!("{}…", short.trim_end()) } else { short },
        file: card.file,
        place: card.place.into(),
        lost: card.gone,
        tags: card.tags,
        metadata: card.metadata.into_iter().map(|(column, value)| wire::MetadataView { column, value }).collect(),
    }
}

pub(crate) fn rows(set: SetId, rows: &SetRows) -> Vec<u8> {
    let head = json!({ "set": set.0, "start": rows.start, "count": rows.items.len() });
    let items: Vec<u32> = rows.items.iter().map(|item| item.0).collect();
    let kinds: Vec<u8> = rows.kinds.iter().map(|&kind| u8::from(kind == Kind::Image)).collect();
    let revision = (rows.start + rows.items.len()) as u32;
    FrameWriter::new(FrameKind::Rows, revision, head)
        .u32("items", &items)
        .u32("order", &rows.order)
        .u8("kinds", &kinds)
        .finish()
}

pub(crate) fn positions(layout: &Layout) -> Vec<u8> {
    let head = json!({
        "map": layout.map.0,
        "set": layout.set.0,
        "dims": layout.dims,
        "count": layout.positions.rows(),
        "iteration": layout.iteration,
        "iterations": layout.iterations,
    });
    FrameWriter::new(FrameKind::Positions, layout.revision, head).f32("positions", layout.positions.as_slice()).finish()
}

/// The same in half the bytes, for a moment: each axis in 65 536 even steps from its least to its greatest number.
pub(crate) fn steps(layout: &Layout) -> Vec<u8> {
    let dims = layout.dims;
    let mut low = vec![f32::INFINITY; dims];
    let mut high = vec![f32::NEG_INFINITY; dims];
    for place in layout.positions.iter() {
        for (axis, &x) in place.iter().enumerate() {
            (low[axis], high[axis]) = (low[axis].min(x), high[axis].max(x));
        }
    }
    let (low, high): (Vec<f32>, Vec<f32>) =
        low.iter().zip(&high).map(|(&low, &high)| if low <= high { (low, high) } else { (0.0, 0.0) }).unzip();
    let factors: Vec<f32> = low
        .iter()
        .zip(&high)
        .map(|(low, high)| if high > low { f32::from(u16::MAX) / (high - low) } else { 0.0 })
        .collect();
    let mut quantised = Vec::with_capacity(layout.positions.as_slice().len());
    for place in layout.positions.iter() {
        // Within 0 to 65 535 by the bounds above.
        quantised.extend(place.iter().enumerate().map(|(axis, x)| ((x - low[axis]) * factors[axis]).round() as u16));
    }
    let head = json!({
        "map": layout.map.0,
        "set": layout.set.0,
        "dims": dims,
        "count": layout.positions.rows(),
        "iteration": layout.iteration,
        "iterations": layout.iterations,
        "low": low,
        "high": high,
    });
    FrameWriter::new(FrameKind::Positions, layout.revision, head).u16("quantised", &quantised).finish()
}

#[cfg(test)]
mod tests {
    use embedscope_engine::models::Error as ModelError;
    use embedscope_engine::{Error, Layout, MapId, SetId, Vectors};

    #[test]
    fn steps_are_within_half_of_one_of_the_places() {
        let places = vec![-3.0, 7.0, 0.25, 7.0, 1.0, 7.0];
        let layout = Layout {
            map: MapId(1),
            set: SetId(1),
            dims: 2,
            positions: Vectors::new(places.clone(), 2).expect("pairs"),
            iteration: 1,
            iterations: 2,
            revision: 1,
            moving: true,
        };
        let frame = super::steps(&layout);
        let column: Vec<u16> =
            frame[frame.len() - 16..].chunks(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
        // Six numbers, and padding to a multiple of eight bytes.
        for (at, (&place, &step)) in places.iter().zip(&column).enumerate() {
            let (low, high) = if at % 2 == 0 { (-3.0, 1.0) } else { (7.0, 7.0) };
            let shown = low + f32::from(step) * (high - low) / 65535.0;
            assert!((shown - place).abs() <= (high - low) / 65535.0 * 0.51, "{shown} {place}");
        }
        assert_eq!(column[1], 0, "an axis without extent");
    }

    #[test]
    fn errors_name_files_without_their_folders() {
        let path = std::path::Path::new("/home/ann/secret/notes.npy").to_owned();
        let errors = [
            Error::File { path: path.clone(), problem: "it is not there".into() },
            Error::Model(ModelError::File { file: path.clone(), problem: "it is not there".into() }),
            Error::Model(ModelError::Hub { what: "notes.npy".into(), problem: "it is not there".into(), place: path }),
        ];
        for error in errors {
            let view = super::error(error);
            let said = format!("{} {}", view.message, view.hint.unwrap_or_default());
            assert!(said.contains("otes.npy") && !said.contains("secret"), "{said}");
        }
    }
}
