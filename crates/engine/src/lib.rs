//! The application without a window: import, embed, lay out, cluster, search, compare, measure, explain and report.
//!
//! [`Engine`] is the one door. `start_*` returns a job; what takes no time to speak of is answered at once; what
//! changes is told to subscribers. Deliberately absent: the desktop, the wire, and any type made for either.

mod amounts;
mod axes;
mod beginning;
mod bench;
mod brought;
mod browse;
mod captions;
mod clusters;
mod colours;
mod columns;
mod combine;
mod compare;
mod diagnosis;
mod draw;
mod elsewhere;
mod embed;
mod engine;
mod error;
mod evaluate;
mod events;
mod explain;
pub mod export;
mod fields;
mod health;
mod import;
mod items;
mod jobs;
mod join;
mod keep;
mod lasso;
mod listing;
mod lists;
pub mod log;
mod look;
mod machine;
mod maps;
mod matrix;
mod memory;
mod moving;
mod near;
pub mod paper;
mod pasted;
mod places;
mod plan;
mod project;
mod read;
mod releases;
mod relink;
pub mod report;
mod runs;
mod search;
mod sets;
mod settings;
mod special;
mod steer;
mod stepping;
mod watch;
mod whole;

pub use amounts::Unit;
pub use axes::{Axis, Spread, Thing};
pub use bench::{BatchSpeed, Bench};
pub use clusters::{Clustering, Clusters, Finding, Grain, Grouping};
pub use colours::{Amounts, Class, Colours, NO_CLASS, Shades};
pub use combine::Combination;
pub use compare::{DifferenceMatrix, ModelComparison, ModelCost, Moved, MovedGroup};
pub use diagnosis::Diagnosis;
pub use elsewhere::Sending;
pub use engine::{Engine, EngineOptions, LoadedModel, ModelFacts};
pub use error::Error;
pub use evaluate::{
    Answer, Difference, Evaluation, EvaluationChoice, EvaluationForm, Figure, Handed, JUDGED, Measured, Miss,
    OwnChoice, Published, Question, Recommendation, Task,
};
pub use events::{Event, Listener};
pub use import::ImportChoice;
pub use items::Card;
pub use jobs::{JobId, JobKind, JobReport, JobSnapshot, JobState, Skipped};
pub use keep::{KeptSet, Overview, overview};
pub use listing::{Listing, Test};
pub use look::Look;
pub use machine::Machine;
pub use maps::{Layout, MapId, MapSummary, Method, Truth};
pub use matrix::{Group, SimilarityMatrix};
pub use memory::{peak_mb as peak_memory_mb, resident_mb as resident_memory_mb};
pub use moving::Move;
pub use pasted::Pasted;
pub use places::Places;
pub use plan::{Estimate, Plan, PlanGroup, PlanModel, PlanTable, PlanVectors, Preview, ShownChunk, ShownCut, Span};
pub use project::Projection;
pub use releases::{RELEASES_PAGE, Release, Releases};
pub use runs::{RunKind, RunSummary};
pub use search::{Hit, SearchResult};
pub use sets::{Cost, SetRows, SetSummary};
pub use settings::{Settings, SettingsFile, Theme};
pub use special::{Mark, Shift, Special};
pub use steer::Steer;
pub use watch::{WatchNews, Watched};
pub use whole::write_whole;

pub use embedscope_models::{
    self as models, About, Anatomy, Elsewhere, Embedder, Folders, Input, Kind, Pixels, Presence, Reranker, Role,
    Similarity,
};
pub use embedscope_sources::{self as sources, Format, Preprocessing, cut::Cut, table::Columns};
pub use embedscope_space::{self as space, Cancel, Progress, UNWATCHED, Vectors};
pub use embedscope_workspace::{
    Collection, CollectionId, Error as WorkspaceError, ItemId, ListFacts, Problem, Repair, RunId, SetId, StoredItem,
    Usage, is_workspace, repair, verify,
};
