//! What holds for every verb: how to answer, the seed, the threads; and how an engine is opened for those that need one.
//!
//! Deliberately absent: options that only some verbs have.

use std::path::{Path, PathBuf};

use clap::Args;
use embedscope_engine::{Engine, EngineOptions, Folders, Places, SettingsFile};

use crate::failure::Failure;

/// Options of every verb.
#[derive(Args)]
pub struct Setting {
    /// Answer with one JSON object on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Same seed, same result
    #[arg(long, global = true, default_value_t = 42, value_name = "N")]
    pub seed: u64,
    /// The most threads to compute with [default: all]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
}

/// Where items and vectors are kept between calls.
#[derive(Args)]
pub struct Keeping {
    /// Folder that keeps items and vectors, so that nothing is embedded twice [default: nothing is kept]
    #[arg(long, value_name = "FOLDER")]
    pub workspace: Option<PathBuf>,
    /// Compute everything anew and keep nothing
    #[arg(long, conflicts_with = "workspace")]
    pub no_cache: bool,
}

impl Setting {
    /// Bounds every pool of threads; called once, before any work.
    pub fn apply(&self) -> Result<(), Failure> {
        let Some(threads) = self.threads() else { return Ok(()) };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
        pool.map_err(|problem| {
            Failure::work(format!("{threads} threads cannot be had: {problem}"), "ask for fewer with --threads")
        })
    }

    /// An engine that keeps nothing.
    pub fn engine(&self) -> Result<Engine, Failure> {
        self.engine_in(None)
    }

    /// An engine over a workspace; None for one that is gone afterwards.
    pub fn engine_in(&self, workspace: Option<PathBuf>) -> Result<Engine, Failure> {
        let engine = Engine::new(EngineOptions { workspace, folders: Folders::from_env(), threads: self.threads() })?;
        engine.set_elsewhere(self.settings().elsewhere()?);
        Ok(engine)
    }

    /// An engine that only looks at a workspace, which another program may have open.
    pub fn reader(&self, workspace: &Path) -> Result<Engine, Failure> {
        Ok(Engine::read_only(workspace, Folders::from_env(), self.threads())?)
    }

    /// The user's settings: whom else texts may be embedded by.
    pub fn settings(&self) -> SettingsFile {
        SettingsFile::at(Places::of_user().settings)
    }

    fn threads(&self) -> Option<usize> {
        self.threads.map(usize::from)
    }
}
