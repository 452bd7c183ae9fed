//! What is watched, as a setting of the workspace, so that it is watched again when that is opened.
//!
//! Deliberately absent: folders whose path is not UTF-8; they are watched until the program ends.

use std::path::PathBuf;

use embedscope_workspace::Workspace;
use serde::{Deserialize, Serialize};

use super::Folder;
use crate::Error;
use crate::import::ImportChoice;

const SETTING: &str = "watched";

#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    folders: Vec<String>,
    choice: ImportChoice,
    looked_ms: i64,
}

pub(super) fn write(workspace: &Workspace, folders: &[Folder]) -> Result<(), Error> {
    let kept: Vec<Kept> = folders
        .iter()
        .filter_map(|folder| {
            let paths: Option<Vec<String>> = folder.roots.iter().map(|root| root.to_str().map(str::to_owned)).collect();
            let (name, choice) = (folder.name.clone(), folder.choice.clone());
            Some(Kept { name, folders: paths?, choice, looked_ms: folder.looked_ms })
        })
        .collect();
    workspace.set_setting(SETTING, &serde_json::json!(kept).to_string())?;
    Ok(())
}

/// What is kept; what another version wrote otherwise is forgotten rather than a reason not to open.
pub(super) fn read(workspace: &Workspace) -> Result<Vec<Folder>, Error> {
    let Some(json) = workspace.setting(SETTING)? else { return Ok(Vec::new()) };
    let kept: Vec<Kept> = serde_json::from_str(&json).unwrap_or_default();
    let folder = |kept: Kept| Folder {
        id: 0,
        name: kept.name,
        roots: kept.folders.into_iter().map(PathBuf::from).collect(),
        choice: kept.choice,
        looked_ms: kept.looked_ms,
        is_there: true,
    };
    Ok(kept.into_iter().map(folder).collect())
}
