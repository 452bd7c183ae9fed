//! `workspace export`: items of a workspace, with vectors, places and clusters, as files for other programs.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use embedscope_engine::export::{Export, ExportFormat, ExportParts};
use embedscope_engine::{Engine, ItemId, SetSummary};
use serde::Serialize;

use crate::answer::{Answer, Making, ms_since};
use crate::failure::Failure;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// The workspace's folder
    #[arg(value_name = "FOLDER")]
    workspace: PathBuf,
    /// parquet, arrow, csv, npy, safetensors, projector, html, or originals for copies of the files
    #[arg(long)]
    format: ExportFormat,
    /// The file to write; for npy, projector and originals a folder
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// The model whose vectors are written [default: the one with the most items]
    #[arg(long)]
    model: Option<String>,
    /// Only these items, by their ids: 0-9,12 [default: all]
    #[arg(long, value_name = "IDS")]
    items: Option<String>,
}

#[derive(Serialize)]
struct Written {
    rows: usize,
    dim: usize,
    model: Option<String>,
    files: Vec<PathBuf>,
    #[serde(flatten)]
    making: Making,
}

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    let began = Instant::now();
    // Opening would make one where there is none.
    if !options.workspace.is_dir() {
        let message = format!("{} is no workspace", options.workspace.display());
        return Err(Failure::work(message, "name the folder given to `--workspace` before"));
    }
    let items = options.items.as_deref().map(ids).transpose()?;
    let engine = setting.engine_in(Some(options.workspace))?;
    let load_ms = ms_since(began);
    let began = Instant::now();
    let set = chosen(&engine, options.model.as_deref())?;
    let export = Export {
        set: set.as_ref().map(|set| set.id),
        map: None,
        items,
        parts: ExportParts::default(),
        format: options.format,
        out: options.out.clone(),
    };
    let exported = engine.export(&export)?;
    let making = Making { elapsed_ms: ms_since(began), load_ms, seed: setting.seed };
    let answer = Written {
        rows: exported.rows,
        dim: exported.dim,
        model: set.map(|set| set.model),
        files: exported.files,
        making,
    };
    let files: Vec<String> = answer.files.iter().map(|file: &PathBuf| shown(file)).collect();
    let line = format!("{} items in {}", answer.rows, files.join(", "));
    Ok(Answer::new(&answer, [line]))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The set of the named model, else the largest.
fn chosen(engine: &Engine, model: Option<&str>) -> Result<Option<SetSummary>, Failure> {
    let sets = engine.sets()?;
    let Some(model) = model else { return Ok(sets.into_iter().rev().max_by_key(|set| set.rows)) };
    let names: Vec<String> = sets.iter().map(|set| set.model.clone()).collect();
    match sets.into_iter().find(|set| set.model == model) {
        Some(set) => Ok(Some(set)),
        None => Err(Failure::call(
            format!("the workspace holds no vectors of {model}"),
            format!("it holds those of {}", names.join(", ")),
        )),
    }
}

/// Numbers and ranges of them, with commas between.
fn ids(text: &str) -> Result<Vec<ItemId>, Failure> {
    let wrong = || Failure::call(format!("“{text}” names no items"), "write ids and ranges, such as 0-9,12");
    let mut ids = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| wrong());
        let (first, last) = (number(first)?, number(last)?);
        if first > last || last - first > 100_000_000 {
            return Err(wrong());
        }
        ids.extend((first..=last).map(ItemId));
    }
    Ok(ids)
}
