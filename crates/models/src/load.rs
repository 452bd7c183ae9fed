//! From a model's name to an embedder that is ready: the folder's own files decide which architecture it is.
//!
//! Deliberately absent: fetching (`hub`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use crate::check::{check, check_half};
use crate::checked::Checked;
use crate::device::{self, Desk};
use crate::folder::Folder;
use crate::house::{House, Housed};
use crate::image::PictureModel;
use crate::rerank::{CrossEncoder, Reranker};
use crate::shaped::Shaped;
use crate::sheltered::Sheltered;
use crate::text::{TextModel, is_word_file};
use crate::{Embedder, Error, Folders, Overrides, Precision, builtin, catalogue, clip, locate, siglip};

/// Loads a built-in model, a model of the catalogue or the hub that is on this computer, the model in a folder, or a text
/// file of vectors of words. Wishes behind its name ([`Overrides`]) are granted or refused. What it loads has embedded a few
/// inputs singly and together and found them the same, now or the first time these files were loaded; in half precision,
/// which is for graphics cards, also nearly the same as in single precision. Where a program beside this one computes on a
/// graphics card, a process of its own holds the model.
///
/// `threads` bounds the threads it computes with; None means as many as there are cores. Fails with [`Error::Unknown`]
/// and [`Error::NotPresent`] as [`locate`] does, and with [`Error::Unsupported`] or [`Error::File`] where the folder
/// holds something this program cannot run.
pub fn load(id_or_path: &str, folders: &Folders, threads: Option<usize>) -> Result<Arc<dyn Embedder>, Error> {
    let (base, overrides) = Overrides::split(id_or_path);
    if let Some(embedder) = builtin(base) {
        overrides.on_processor(base)?;
        overrides.only(base, &Shaped::CAN)?;
        return Shaped::over(embedder, id_or_path, &overrides);
    }
    run(&open(base, folders)?, id_or_path, &overrides, folders, threads)
}

/// Loads the model in a folder under a name that says nothing of where the folder is; wishes stand behind the name.
/// Otherwise as [`load`].
pub fn load_folder(
    id: &str,
    root: &Path,
    folders: &Folders,
    threads: Option<usize>,
) -> Result<Arc<dyn Embedder>, Error> {
    let (base, overrides) = Overrides::split(id);
    if !root.is_dir() {
        return Err(Error::NotPresent { id: base.into() });
    }
    run(&Folder::new(root.to_owned(), base).remembering(folders), id, &overrides, folders, threads)
}

/// As [`load`], in a process of this house, whether that computes on a graphics card or not.
///
/// Fails with [`Error::Remote`] where the process is not to be had.
pub fn load_in(
    house: &Arc<House>,
    id_or_path: &str,
    folders: &Folders,
    threads: Option<usize>,
) -> Result<Arc<dyn Embedder>, Error> {
    let (base, _) = Overrides::split(id_or_path);
    Housed::load(house, &open(base, folders)?, id_or_path, folders, threads)
}

/// Loads a model that a house was asked for, in the process that is to hold it.
pub(crate) fn in_this_process(
    root: PathBuf,
    name: &str,
    id: &str,
    folders: &Folders,
    threads: Option<usize>,
) -> Result<Arc<dyn Embedder>, Error> {
    let desk = Desk::new(name, threads)?;
    at(desk, &Folder::new(root, name).remembering(folders), id, &Overrides::split(id).1, folders, threads)
}

fn run(
    folder: &Folder,
    id: &str,
    overrides: &Overrides,
    folders: &Folders,
    threads: Option<usize>,
) -> Result<Arc<dyn Embedder>, Error> {
    let desk = match device::house() {
        None => Desk::new(folder.id(), threads)?,
        Some(house) => match Housed::load(house, folder, id, folders, threads) {
            Err(Error::Remote { problem, .. }) => Desk::on_cpu(folder.id(), threads)?.because(problem),
            loaded => return loaded,
        },
    };
    at(desk, folder, id, overrides, folders, threads)
}

fn at(
    desk: Desk,
    folder: &Folder,
    id: &str,
    overrides: &Overrides,
    folders: &Folders,
    threads: Option<usize>,
) -> Result<Arc<dyn Embedder>, Error> {
    let is_elsewhere = !desk.device().is_cpu();
    if !is_elsewhere {
        overrides.on_processor(folder.id())?;
    }
    let precision = overrides.precision.unwrap_or(Precision::F32);
    let embedder = choose(folder, desk.computing_in(precision), overrides)?;
    let checked = Checked::of(folder.root(), folders);
    if !checked.as_ref().is_some_and(|checked| checked.has(embedder.about())) {
        check(&*embedder)?;
        if precision != Precision::F32 {
            check_half(&*embedder, &*choose(folder, Desk::on_cpu(folder.id(), threads)?, overrides)?)?;
        }
        checked.iter().for_each(|checked| checked.remember(embedder.about()));
    }
    let embedder = match is_elsewhere {
        false => embedder,
        true => {
            let (root, id) = (folder.root().to_owned(), folder.id().to_owned());
            let own = overrides.clone();
            Sheltered::over(embedder, move || {
                choose(&Folder::new(root.clone(), &id), Desk::on_cpu(&id, threads)?, &own)
            })
        }
    };
    Shaped::over(embedder, id, overrides)
}

/// Loads the model in a folder, or of an id, that says how well a text answers a question; otherwise as [`load`].
pub fn load_reranker(id_or_path: &str, folders: &Folders, threads: Option<usize>) -> Result<Arc<dyn Reranker>, Error> {
    let folder = open(id_or_path, folders)?;
    Ok(Arc::new(CrossEncoder::load(&folder, Desk::new(folder.id(), threads)?)?))
}

/// The folder of a model, and what the model is called. For a file, the folder it is in.
fn open(id_or_path: &str, folders: &Folders) -> Result<Folder, Error> {
    let root = locate(id_or_path, folders)?;
    let id = match (catalogue::find(id_or_path), root.file_name().and_then(|name| name.to_str())) {
        (Some(entry), _) => entry.id.clone(),
        (None, Some(name)) if root == Path::new(id_or_path) => name.to_owned(),
        _ => id_or_path.to_owned(),
    };
    if !root.is_file() {
        return Ok(Folder::new(root, &id).remembering(folders));
    }
    let folder = Folder::new(root.parent().map(Path::to_owned).unwrap_or_default(), &id);
    if is_word_file(&root) {
        return Ok(folder);
    }
    Err(folder.unsupported("it is a file; a model is a folder, or a .txt or .vec file of vectors of words"))
}

fn choose(folder: &Folder, desk: Desk, overrides: &Overrides) -> Result<Arc<dyn Embedder>, Error> {
    if is_word_file(Path::new(folder.id())) && folder.file(folder.id()).is_some() {
        return Ok(Arc::new(TextModel::of_words(folder, folder.id(), desk, overrides)?));
    }
    let config = folder.json::<Config>("config.json")?.unwrap_or_default();
    if let Some(name) = config.architectures.iter().find(|name| name.ends_with("ForSequenceClassification")) {
        return Err(folder.unsupported(format!("a “{name}” has no vectors; it can only score pairs of texts")));
    }
    if folder.file("modules.json").is_some() {
        return Ok(Arc::new(TextModel::load(folder, desk, overrides)?));
    }
    let is_text = config
        .model_type
        .as_deref()
        .is_some_and(|kind| !["clip", "siglip"].contains(&kind) && !PictureModel::knows(kind));
    if is_text {
        return Ok(Arc::new(TextModel::load(folder, desk, overrides)?));
    }
    overrides.only(folder.id(), &Shaped::CAN)?;
    let embedder: Arc<dyn Embedder> = match config.model_type.as_deref() {
        Some("clip") => Arc::new(clip::load(folder, desk)?),
        Some("siglip") => Arc::new(siglip::load(folder, desk)?),
        kind => Arc::new(PictureModel::load(folder, kind, desk)?),
    };
    Ok(embedder)
}

/// What `config.json` says of the architecture: transformers' words for it. timm's file has neither, torchvision has no
/// file; both are networks for pictures, told apart by their weights.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    model_type: Option<String>,
    architectures: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> Folder {
        Folder::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens").join(name), name)
    }

    fn desk(precision: Precision) -> Desk {
        Desk::on_cpu("a test", Some(1)).expect("a desk").computing_in(precision)
    }

    #[test]
    fn half_precision_is_close_to_single_in_every_family() {
        let families = [
            "bert-dense",
            "xlm-roberta",
            "mpnet",
            "distilbert",
            "modernbert",
            "nomic",
            "qwen3",
            "gemma3",
            "gpt2",
            "clip-gelu",
            "siglip",
            "vit",
            "dinov2-swiglu",
            "convnext",
        ];
        for name in families {
            let load = |precision| choose(&folder(name), desk(precision), &Overrides::default()).expect(name);
            let exact = load(Precision::F32);
            for precision in [Precision::F16, Precision::Bf16] {
                let half = load(precision);
                assert_eq!(half.about().recipe["precision"], precision.name());
                check(&*half).and_then(|()| check_half(&*half, &*exact)).expect("close");
            }
        }
    }

    #[test]
    fn half_precision_is_refused_where_there_is_nothing_to_win() {
        let refused = |name: &str| {
            let chosen = choose(&folder(name), desk(Precision::F16), &Overrides::default());
            chosen.map(|_| ()).expect_err("refused").to_string()
        };
        for name in ["static", "resnet-timm", "mobilenet-timm"] {
            assert!(refused(name).contains("no layers that could compute in f16"), "{}", refused(name));
        }
        let wish = Overrides { precision: Some(Precision::Bf16), ..Overrides::default() };
        let folders = Folders::from_env();
        let at = at(desk(Precision::F32), &folder("bert-mean"), "bert-mean", &wish, &folders, Some(1));
        assert!(at.map(|_| ()).is_err_and(|error| error.to_string().contains("half precision is for graphics cards")));
    }
}
