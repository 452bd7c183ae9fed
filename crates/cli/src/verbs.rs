//! The verbs, one file each: its options, its answer, and the calls of the engine in between.
//!
//! Deliberately absent: what a verb computes.

mod bench;
mod cluster;
mod compare;
mod embed;
mod evaluate;
mod explain;
mod health;
mod map;
mod models;
mod neighbours;
mod plan;
mod project;
mod quality;
mod reading;
mod search;
mod similarity;
mod wishes;
mod workspace;
mod written;

use clap::Subcommand;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::setting::Setting;

/// What can be asked for.
#[derive(Subcommand)]
pub enum Verb {
    /// List, fetch and inspect models
    Models(models::Options),
    /// Say what files hold, how their texts would be cut and how long embedding takes; nothing is read in
    Plan(plan::Options),
    /// Turn files, folders or lines into a matrix of vectors
    Embed(embed::Options),
    /// Compare all pairs of rows of one or two matrices
    Similarity(similarity::Options),
    /// Find the nearest rows of every row
    Neighbours(neighbours::Options),
    /// Reduce a matrix to a few dimensions
    Project(project::Options),
    /// Group the rows of a matrix
    Cluster(cluster::Options),
    /// Measure how true a map is to the vectors it shows
    Quality(quality::Options),
    /// Compare two matrices, or two to four models, over the same items
    Compare(compare::Options),
    /// Look for what may be wrong with a matrix of vectors
    Health(health::Options),
    /// Find what is nearest in meaning
    Search(search::Options),
    /// Measure which models are better at a task, with baselines and the range of every figure
    Evaluate(evaluate::Options),
    /// Measure how fast models are on this computer
    Bench(bench::Options),
    /// Show what happens to a text on its way to a vector
    Explain(explain::Options),
    /// Read, embed, lay out, cluster and measure; write a report
    Map(map::Options),
    /// Look after a workspace: list, verify, repair, export, compact, forget
    Workspace(workspace::Options),
}

impl Verb {
    /// Does it.
    pub fn run(self, setting: &Setting) -> Result<Answer, Failure> {
        match self {
            Self::Models(options) => models::run(options, setting),
            Self::Plan(options) => plan::run(options, setting),
            Self::Embed(options) => embed::run(options, setting),
            Self::Similarity(options) => similarity::run(&options, setting),
            Self::Neighbours(options) => neighbours::run(&options, setting),
            Self::Project(options) => project::run(options, setting),
            Self::Cluster(options) => cluster::run(&options, setting),
            Self::Quality(options) => quality::run(&options, setting),
            Self::Compare(options) => compare::run(options, setting),
            Self::Health(options) => health::run(&options, setting),
            Self::Search(options) => search::run(options, setting),
            Self::Evaluate(options) => evaluate::run(options, setting),
            Self::Bench(options) => bench::run(&options, setting),
            Self::Explain(options) => explain::run(&options, setting),
            Self::Map(options) => map::run(options, setting),
            Self::Workspace(options) => workspace::run(options, setting),
        }
    }
}
