//! The program as a whole: its models, its workspace, what it tells the window unasked.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ClustersView, JobView, ListView, MapView, OpeningView, PlanView, RecentView, RefusedView, Said, Theme};

/// What an item is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Kind {
    /// Words.
    Text,
    /// A picture.
    Image,
}

/// Everything the window needs to draw itself for the first time.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AppView {
    /// The program's version.
    pub version: String,
    /// Where models compute, in words: "CPU, 2 threads".
    pub device: Said,
    /// Whether the sample collection is at hand.
    pub sample: bool,
    /// Every model in the catalogue.
    pub models: Vec<ModelView>,
    /// What is kept.
    pub workspace: WorkspaceView,
    /// How that was last looked at; None before it was.
    pub look: Option<LookView>,
    /// Work that runs, waits or has just ended.
    pub jobs: Vec<JobView>,
    /// A plan made from paths on the command line, waiting for the user.
    pub plan: Option<PlanView>,
    /// Whether such paths are still looked through.
    pub looking: bool,
    /// How the window looks.
    pub theme: Theme,
    /// How large everything in the window is, in per cent.
    pub zoom: u16,
    /// Whether the newest release of the program is asked for.
    pub ask_for_releases: bool,
    /// Workspaces that were opened before, the latest first.
    pub recent: Vec<RecentView>,
    /// The workspace that was to be opened and could not be; then none is open.
    pub refused: Option<RefusedView>,
    /// Counts openings, so that pictures of one workspace are not taken for those of another.
    pub opening: u32,
    /// What went wrong before the window listened.
    pub notices: Vec<ErrorView>,
}

/// How a workspace is looked at; kept with it, so that it opens as it was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LookView {
    /// The map the user chose; None where the best one is shown.
    pub map: Option<u32>,
    /// What items are coloured by: what `get_colours` is asked for.
    pub colour_by: String,
    /// Whether names are written on the map.
    pub names: bool,
    /// Whether pictures are drawn on it.
    pub pictures: bool,
    /// Whether lines lead from an item to its true neighbours.
    pub true_neighbours: bool,
    /// Whether shapes join colours where there are many classes.
    pub shapes: bool,
}

/// What looking for a newer version came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "found", rename_all = "lowercase")]
#[ts(export)]
pub enum ReleaseView {
    /// There is one.
    Newer {
        /// Its number.
        version: String,
    },
    /// None is newer.
    Newest,
    /// None has been published yet.
    Nothing,
}

/// Whether a model can be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Presence {
    /// Part of the program.
    Builtin,
    /// Its files are on this computer.
    Present,
    /// Its files would have to be fetched.
    Missing,
}

/// One model of the catalogue, or one that is here besides.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ModelView {
    /// The id used everywhere.
    pub id: String,
    /// What it embeds.
    pub kinds: Vec<Kind>,
    /// Numbers in a vector; 0 where that is not known.
    pub dim: u32,
    /// Size of its files in megabytes; 0 for built-in ones.
    pub size_mb: f64,
    /// Licence of its weights, as an SPDX id; empty where it is not known.
    pub licence: String,
    /// Languages it reads, as ISO 639-1 codes; empty for any, or where it reads no text.
    pub languages: Vec<String>,
    /// Whether its terms have to be accepted on the hub before it can be fetched.
    pub gated: bool,
    /// Whether it is here.
    pub presence: Presence,
    /// Whether it is an honest baseline rather than a learned model.
    pub baseline: bool,
    /// One sentence: what it is good for.
    pub note: Said,
    /// Whether it is in a folder the user named; such a model is not fetched and not deleted.
    pub is_folder: bool,
    /// Where it computes, in words; None while it is not in memory.
    pub device: Option<Said>,
    /// Megabytes the program's memory grew by while it was loaded, with that of the process that holds it; None where it is not loaded, or the system does not tell.
    pub memory_mb: Option<f64>,
}

/// What the workspace holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WorkspaceView {
    /// Its name.
    pub name: String,
    /// Whether nothing can be changed in it.
    pub read_only: bool,
    /// How many items there are.
    pub items: u32,
    /// What was dropped together.
    pub collections: Vec<CollectionView>,
    /// Items embedded by one recipe.
    pub sets: Vec<SetView>,
    /// Maps of the sets.
    pub maps: Vec<MapView>,
    /// Metadata columns that items can be coloured by.
    pub columns: Vec<String>,
    /// Selections that were given a name.
    pub selections: Vec<ListView>,
    /// Tags that are on something.
    pub tags: Vec<ListView>,
    /// Folders that are watched.
    pub watched: Vec<WatchedView>,
    /// The set the user chose to work with; None before there was a choice.
    pub in_use: Option<u32>,
}

/// A folder that is watched: what is new in it is imported.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WatchedView {
    /// Named when it is to be watched no longer.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Whether it is where it was.
    pub is_there: bool,
}

/// Items that came together.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CollectionView {
    /// Its id.
    pub id: u32,
    /// The dropped folder's or file's name.
    pub name: String,
    /// Texts in it.
    pub texts: u32,
    /// Pictures in it.
    pub images: u32,
}

/// One embedding set: items embedded by one recipe.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SetView {
    /// Its id.
    pub id: u32,
    /// The model's id.
    pub model: String,
    /// What the model embeds.
    pub kinds: Vec<Kind>,
    /// Whether words can be asked for among its vectors.
    pub asks: bool,
    /// Numbers in a vector.
    pub dim: u32,
    /// Items embedded so far.
    pub rows: u32,
    /// Items of the workspace that this model can embed.
    pub total: u32,
    /// Items of the workspace that it cannot ("120 pictures"), by kind.
    pub left_out: Vec<KindCount>,
    /// Texts that were longer than the model reads; their end was cut off.
    pub cut_texts: u32,
    /// Its clusters, once there are any.
    pub clusters: Option<ClustersView>,
}

/// How many of a kind.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KindCount {
    /// The kind.
    pub kind: Kind,
    /// How many.
    pub count: u32,
}

/// What the program tells the window unasked.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "lowercase")]
#[ts(export)]
pub enum Event {
    /// Files were dropped on the window: here is the plan.
    Plan {
        /// The plan.
        plan: PlanView,
    },
    /// A workspace was dropped on the window: it is open now, or could not be opened.
    Opened {
        /// What became of it.
        opening: OpeningView,
    },
    /// Files are held over the window, or no longer are.
    Hover {
        /// Whether files are over the window now.
        over: bool,
    },
    /// What was dropped or chosen is looked through, or no longer is.
    Looking {
        /// Whether it is.
        on: bool,
    },
    /// A job moved on.
    Job {
        /// Its present state.
        job: JobView,
    },
    /// The workspace changed.
    Workspace {
        /// What it holds now.
        workspace: WorkspaceView,
    },
    /// A model was fetched or removed.
    Models {
        /// The catalogue now.
        models: Vec<ModelView>,
    },
    /// An entry of the system's own menus was chosen.
    Chosen {
        /// The action.
        action: String,
    },
    /// Something went well that nobody asked for just now.
    Told {
        /// What happened, in one sentence.
        message: Said,
    },
    /// Something failed outside any request.
    Notice {
        /// What happened.
        error: ErrorView,
    },
}

/// One of the system's own menus.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MenuView {
    /// What it is called.
    pub title: String,
    /// What stands in it.
    pub entries: Vec<MenuEntryView>,
}

/// An entry of a menu.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MenuEntryView {
    /// The action.
    pub action: String,
    /// What it is called.
    pub title: String,
    /// Its key, as in "mod+shift+z", where it has one with Control or Command.
    pub key: Option<String>,
}

/// What went wrong, in words for the user.
#[derive(Clone, Debug, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
#[ts(export)]
pub struct ErrorView {
    /// A short fixed word the window can act on.
    pub code: ErrorCode,
    /// What and where, in one sentence.
    pub message: Said,
    /// What to do next, if anything can be done.
    pub hint: Option<Said>,
}

/// Kinds of failure that somebody acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ErrorCode {
    /// The request makes no sense.
    BadRequest,
    /// What was asked for is not there (any more).
    NotFound,
    /// Texts would leave this computer, and nobody has allowed it.
    NotAllowed,
    /// A model's files are not on this computer.
    ModelMissing,
    /// The network could not be reached or refused.
    Network,
    /// The workspace is open for reading only.
    ReadOnly,
    /// The user, or the program, stopped it.
    Cancelled,
    /// Disk, memory or the computation failed.
    Failed,
}
