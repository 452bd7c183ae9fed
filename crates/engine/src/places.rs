//! Where this user's settings and logs are.
//!
//! Deliberately absent: models (their own crate says where) and workspaces, which are wherever the user put them.

use std::path::PathBuf;

use directories::BaseDirs;

/// The places of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The file of settings.
    pub settings: PathBuf,
    /// The folder of logs.
    pub logs: PathBuf,
}

impl Places {
    /// `embedscope/settings.toml` in the user's folder of settings, `embedscope/logs` in that of state.
    pub fn of_user() -> Self {
        let base = BaseDirs::new();
        let config = base.as_ref().map_or_else(std::env::temp_dir, |base| base.config_dir().to_owned());
        let state = base.as_ref().map_or_else(std::env::temp_dir, |base| {
            base.state_dir().unwrap_or_else(|| base.data_local_dir()).to_owned()
        });
        Self { settings: config.join("embedscope/settings.toml"), logs: state.join("embedscope/logs") }
    }
}
