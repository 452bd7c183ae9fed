//! From a model's name to an embedder that is ready: the folder's own files decide which architecture it is.
//!
//! Deliberately absent: fetching (`hub`).

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use crate::clip::Clip;
use crate::folder::Folder;
use crate::image::PictureModel;
use crate::text::TextModel;
use crate::{Embedder, Error, Folders, builtin, catalogue, locate};

/// Loads a built-in model, a model of the catalogue or the hub that is on this computer, or the model in a folder.
///
/// `threads` bounds the threads it computes with; None means as many as there are cores. Fails with [`Error::Unknown`]
/// and [`Error::NotPresent`] as [`locate`] does, and with [`Error::Unsupported`] or [`Error::File`] where the folder
/// holds something this program cannot run.
pub fn load(id_or_path: &str, folders: &Folders, threads: Option<usize>) -> Result<Arc<dyn Embedder>, Error> {
    if let Some(embedder) = builtin(id_or_path) {
        return Ok(embedder);
    }
    let root = locate(id_or_path, folders)?;
    let id = match (catalogue::find(id_or_path), root.file_name().and_then(|name| name.to_str())) {
        (Some(entry), _) => entry.id.clone(),
        (None, Some(name)) if root == Path::new(id_or_path) => name.to_owned(),
        _ => id_or_path.to_owned(),
    };
    let folder = Folder::new(root, &id);
    let config: Option<Config> = folder.json("config.json")?;
    let config = config.unwrap_or_default();
    match config.model_type.as_deref() {
        Some("bert") => Ok(Arc::new(TextModel::load(&folder, threads)?)),
        Some("clip") => Ok(Arc::new(Clip::load(&folder, threads)?)),
        Some("resnet") | None => Ok(Arc::new(PictureModel::load(&folder, threads)?)),
        Some(other) => Err(folder.unsupported(format!("its architecture “{other}” is not known"))),
    }
}

/// What `config.json` says of the architecture: transformers' word for it. timm's file has none, torchvision has no file;
/// both are taken for a ResNet, which says so itself where it is none.
#[derive(Default, Deserialize)]
struct Config {
    model_type: Option<String>,
}
