//! What is kept, in the wire's words: runs, damage, and why a workspace does not open; names, never paths.
//!
//! Deliberately absent: deciding what to do about any of it.

use std::path::Path;

use embedscope_engine::{Engine, Error, Problem, RunKind, RunSummary, SetId, Usage, WorkspaceError};

use crate::wire::{ErrorCode, ErrorView, KeepingView, RefusedReason, RefusedView, RunKind as WireKind, RunView};

/// What is said when something was to be added to a workspace that is open for reading.
pub(crate) fn read_only() -> ErrorView {
    super::error(Error::Workspace(WorkspaceError::ReadOnly))
}

/// Where a folder is, in words.
pub(crate) fn place(path: &Path, home: &Path) -> String {
    if path == home {
        return "in Embedscope’s own folder".into();
    }
    match path.parent().and_then(Path::file_name) {
        Some(folder) => format!("in the folder {}", folder.to_string_lossy()),
        None => "on the top of its disk".into(),
    }
}

/// What a workspace is called.
pub(crate) fn name(path: &Path, home: &Path) -> String {
    if path == home {
        return "My workspace".into();
    }
    path.file_stem().map_or_else(|| "workspace".into(), |name| name.to_string_lossy().into_owned())
}

pub(crate) fn keeping(place: String, usage: &Usage, lost_originals: usize) -> KeepingView {
    KeepingView {
        place: place.into(),
        index: usage.index as f64,
        vectors: usage.vectors as f64,
        dead_vectors: usage.dead_vectors as f64,
        results: usage.results as f64,
        pasted: usage.pasted as f64,
        copies: usage.copies as f64,
        lost_originals: lost_originals as u32,
    }
}

pub(crate) fn run(run: RunSummary) -> RunView {
    RunView {
        id: run.id.0,
        kind: match run.kind {
            RunKind::Import => WireKind::Import,
            RunKind::Embedding => WireKind::Embedding,
            RunKind::Vectors => WireKind::Vectors,
            RunKind::Clusters => WireKind::Clusters,
            RunKind::Map => WireKind::Map,
            RunKind::Evaluation => WireKind::Evaluation,
            RunKind::Speed => WireKind::Speed,
        },
        repeatable: run.is_repeatable,
        title: run.title.into(),
        model: run.model,
        map: run.map.map(|map| map.0),
        parameters: run.parameters.into(),
        result: run.result.into(),
        device: run.device.into(),
        app: run.app,
        started_ms: run.started_ms as f64,
        elapsed_ms: run.elapsed_ms,
    }
}

/// Something that is not as it was written, as one sentence.
pub(crate) fn problem(engine: &Engine, problem: &Problem) -> String {
    let model = |set: &SetId| engine.set(*set).map_or_else(|_| "a model".to_owned(), |set| set.model);
    match problem {
        Problem::Index(what) => format!("The index of items is damaged: {what}."),
        Problem::Words(_) => "The index of words does not fit the texts; it can be made again.".into(),
        Problem::Vectors { set, rows: (_, count), what } => {
            let vectors = if *count == 1 { "vector" } else { "vectors" };
            let what = if what.starts_with("are not there") { "are missing" } else { what.as_str() };
            format!("{count} {vectors} of {} {what}; they can be embedded again.", model(set))
        }
        Problem::Members { set, .. } => format!("The list of items that {} shows is broken.", model(set)),
        Problem::Result { what, .. } => format!("What a map or clusters left behind {what}; it can be made again."),
    }
}

/// Why a workspace could not be opened.
pub(crate) fn refused(path: &Path, home: &Path, error: &Error) -> RefusedView {
    let name = name(path, home);
    let (reason, message, hint) = match error {
        Error::Workspace(WorkspaceError::InUse { .. }) => (
            RefusedReason::InUse,
            format!("“{name}” is open in another window"),
            "Close it there and try again, or open it here for reading: you can look, search and export, and nothing is changed.",
        ),
        Error::Workspace(WorkspaceError::Damaged { .. }) => (
            RefusedReason::Damaged,
            format!("“{name}” is damaged and cannot be opened as it is"),
            "Mending keeps everything that can be read, and a copy of the index as it is now.",
        ),
        Error::Workspace(WorkspaceError::Absent { .. }) => (
            RefusedReason::Other,
            format!("There is no workspace in “{name}”"),
            "It may have been moved or renamed: open it where it is now, or choose another.",
        ),
        Error::Workspace(WorkspaceError::Newer { .. }) => (
            RefusedReason::Other,
            format!("“{name}” was made by a newer version of Embedscope"),
            "Open it with that version.",
        ),
        Error::Workspace(WorkspaceError::Older { .. }) => (
            RefusedReason::Other,
            format!("“{name}” is of an older version, and may not be changed where it is"),
            "Copy it to where it may be written, and open it there once.",
        ),
        Error::Workspace(WorkspaceError::Occupied { .. }) => (
            RefusedReason::Other,
            format!("The folder “{name}” holds other files"),
            "Name a new or empty folder for the workspace.",
        ),
        Error::Workspace(WorkspaceError::Full) => (
            RefusedReason::Other,
            "The disk is full".into(),
            "What was kept before is safe. Make some room and try again.",
        ),
        Error::Workspace(WorkspaceError::Io { source, .. }) => (
            RefusedReason::Other,
            format!("“{name}” cannot be read: {source}"),
            "See that its folder is there and may be read.",
        ),
        // Nothing else names a folder.
        other => (RefusedReason::Other, format!("“{name}” cannot be opened: {other}"), "Try again, or open another."),
    };
    let error = ErrorView { code: ErrorCode::Failed, message: message.into(), hint: Some(hint.into()) };
    RefusedView { place: place(path, home).into(), name, reason, error }
}
