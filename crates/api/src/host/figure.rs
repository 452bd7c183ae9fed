//! What the window drew, or chose, for elsewhere: figures as files or pixels, items as text, originals to be opened.
//!
//! Deliberately absent: choosing places, and the clipboard; the shell has both.

use std::path::{Path, PathBuf};

use embedscope_engine::export::CopyAs as As;
use embedscope_engine::paper::{self, Painted};
use embedscope_engine::{ItemId, write_whole};

use super::{Host, held};
use crate::say;
use crate::wire::{CopyAs, ErrorView};

/// Endings of files that are looked at when they are opened. Others might be run, and are shown in their folder instead.
const LOOKED_AT: [&str; 38] = [
    "txt", "md", "markdown", "rst", "tex", "pdf", "docx", "odt", "ods", "odp", "rtf", "pptx", "xlsx", "epub", "eml",
    "csv", "tsv", "json", "jsonl", "parquet", "xml", "srt", "vtt", "ipynb", "zip", "gz", "jpg", "jpeg", "png", "webp",
    "gif", "bmp", "tif", "tiff", "ico", "jxl", "hdr", "qoi",
];

impl Host {
    /// Writes a figure; gives its name. A PNG is `scale` times as large as the SVG.
    pub fn write_figure(&self, svg: &str, format: &str, scale: f32, chosen: &Path) -> Result<String, ErrorView> {
        let engine = self.engine()?;
        let whole = engine.whole_figure(svg);
        let bytes = match format {
            "png" => paper::png(&whole, scale).map_err(say::error)?,
            _ => whole.into_owned().into_bytes(),
        };
        let out = match chosen.extension() {
            Some(known) if known == format => chosen.to_owned(),
            _ => chosen.with_added_extension(format),
        };
        write_whole(&out, &bytes).map_err(say::error)?;
        let name = out.file_name().unwrap_or_default().to_string_lossy().into_owned();
        *held(&self.figure) = Some(out);
        Ok(name)
    }

    /// The name that is proposed for a figure.
    pub fn figure_name(&self, format: &str) -> Result<String, ErrorView> {
        Ok(format!("{}.{format}", self.name_of(self.engine()?.workspace_path())))
    }

    /// A figure as pixels, for the clipboard.
    pub fn paint_figure(&self, svg: &str, scale: f32) -> Result<Painted, ErrorView> {
        paper::paint(&self.engine()?.whole_figure(svg), scale).map_err(say::error)
    }

    /// Items as text, for the clipboard.
    pub fn copied(&self, items: &[u32], copy_as: CopyAs) -> Result<String, ErrorView> {
        let items: Vec<ItemId> = items.iter().copied().map(ItemId).collect();
        let copy_as = match copy_as {
            CopyAs::Text => As::Text,
            CopyAs::Csv => As::Csv,
        };
        self.engine()?.copied(&items, copy_as).map_err(say::error)
    }

    /// What to open when an item's original is asked for: the file, or its folder where opening might run it. For the
    /// shell; never for the page.
    pub fn source(&self, item: u32) -> Result<PathBuf, ErrorView> {
        let path = self.engine()?.source(ItemId(item)).map_err(say::error)?;
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let is_safe = LOOKED_AT.contains(&ending.as_str());
        Ok(if is_safe { path } else { path.parent().map_or_else(PathBuf::new, Path::to_owned) })
    }
}
