//! A report to keep: one HTML file that works offline, and one picture of its maps.
//!
//! Takes plain values, so that whatever can name its items and places can be reported; [`Engine::report`] fills them
//! from the workspace. Deliberately absent: any computing, and anything fetched when the page is opened.

mod collect;
mod drawing;
mod labels;
mod page;
mod palette;

pub(crate) use page::head;

use crate::Error;

/// Everything a report says.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What was mapped, in words: the dropped folder's name.
    pub title: String,
    /// How many items there are, whatever maps they are on.
    pub items: usize,
    /// What the maps show, largest first.
    pub sections: Vec<Section>,
    /// Two spaces over the same items, where there are such.
    pub comparisons: Vec<Comparison>,
    /// Files that gave nothing: name and reason.
    pub skipped: Vec<(String, String)>,
    /// The seed of every random choice.
    pub seed: u64,
    /// What ran it: program and version, device.
    pub made_by: String,
}

/// One embedding set and its map.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// The model's id.
    pub model: String,
    /// Whether it is an honest baseline rather than a learned model.
    pub baseline: bool,
    /// Numbers in a vector.
    pub dim: usize,
    /// How the map was made: "t-SNE, perplexity 30, 750 steps".
    pub method: String,
    /// Places, x and y of each item in turn.
    pub places: Vec<f32>,
    /// How many items the map has, where `items` are a sample of them; 0 where they are all.
    pub sampled_from: usize,
    /// The items, in the order of `places`.
    pub items: Vec<ReportItem>,
    /// The cluster of each item; beyond `clusters` for none.
    pub classes: Vec<u16>,
    /// The clusters' names, largest first.
    pub clusters: Vec<String>,
    /// Figures and one sentence each that says what it means.
    pub figures: Vec<Figure>,
    /// Items of the workspace that this model cannot embed, in words: "120 pictures"; empty for none.
    pub left_out: String,
    /// Texts whose end the model did not read.
    pub cut_texts: usize,
    /// Time to load the model.
    pub load_ms: Option<f64>,
    /// Speed while embedding.
    pub items_per_second: Option<f64>,
    /// Growth of memory while it was loaded and embedding.
    pub memory_mb: Option<f64>,
}

/// One item on a map.
#[derive(Clone, Debug, Default)]
pub struct ReportItem {
    /// Its first words or file name.
    pub title: String,
    /// Its text, as much as a card shows.
    pub text: String,
    /// File and place in words.
    pub source: String,
    /// A small JPEG picture, for pictures.
    pub thumbnail: Option<Vec<u8>>,
    /// Its nearest items in the full space: position in `items` and similarity.
    pub nearest: Vec<(usize, f32)>,
}

/// One number worth knowing.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its name.
    pub name: String,
    /// Its value as shown.
    pub value: String,
    /// One sentence: what it means.
    pub meaning: String,
}

/// Two sections over the same items.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The first model.
    pub a: String,
    /// The second model.
    pub b: String,
    /// Overlap, CKA, RSA and Procrustes.
    pub figures: Vec<Figure>,
    /// The first model's groups, the most changed first: name, items, share of neighbours in common, what became of it.
    pub groups: Vec<(String, usize, f64, String)>,
    /// What moved most: its name, share of neighbours in common, nearest in the first, nearest in the second.
    pub moved: Vec<(String, f64, String, String)>,
}

impl Report {
    /// The whole report as one page that needs nothing else.
    pub fn to_html(&self) -> String {
        page::page(self)
    }

    /// All maps on one sheet, as a PNG picture.
    pub fn to_png(&self) -> Result<Vec<u8>, Error> {
        drawing::paint(self)
    }
}
