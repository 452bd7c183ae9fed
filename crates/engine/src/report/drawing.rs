//! Maps as drawings: places in pixels and names for the page, and SVG that becomes, through resvg, the picture.
//!
//! Deliberately absent: interaction (the page's script) and colours of its own.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};
use resvg::usvg;

use super::labels::{self, Label};
use super::palette::{self, GREY};
use super::{Report, Section};
use crate::{Error, paper};

/// One map's width on a sheet and on the page, in pixels.
pub const WIDTH: f32 = 960.0;
/// One map's height.
pub const HEIGHT: f32 = 640.0;
/// Room left round the points.
const MARGIN: f32 = 36.0;
const LABEL_SIZE: f32 = 13.0;
/// More pictures than this are drawn as points.
const MOST_THUMBNAILS: usize = 600;

/// A section's places in pixels, and its names.
pub struct Drawing<'a> {
    section: &'a Section,
    points: Vec<[f32; 2]>,
    labels: Vec<Label>,
}

impl<'a> Drawing<'a> {
    /// Fits the map into the drawing, keeping its proportions.
    pub fn of(section: &'a Section) -> Self {
        Self::with_names(section, &section.clusters)
    }

    fn with_names(section: &'a Section, names: &[String]) -> Self {
        let points = fit(&section.places);
        let labels = labels::place(&points, &section.classes, names, LABEL_SIZE, WIDTH, HEIGHT);
        Self { section, points, labels }
    }

    /// Where each item stands, in pixels.
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// The names, and where they stand.
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// The points (or pictures) and names, without a frame.
    pub fn marks(&self) -> Markup {
        let radius = radius(self.points.len());
        let pictures = self.section.items.iter().filter(|item| item.thumbnail.is_some()).count();
        let edge = if pictures <= 150 { 34.0 } else { 22.0 };
        html! {
            @for ((place, &class), item) in self.points.iter().zip(&self.section.classes).zip(&self.section.items) {
                @match item.thumbnail.as_deref().filter(|_| pictures <= MOST_THUMBNAILS) {
                    Some(jpeg) => (thumbnail(jpeg, place, edge, class)),
                    None => circle class=(class_name(class)) cx=(short(place[0])) cy=(short(place[1])) r=(radius)
                        fill=(palette::colour(class)) fill-opacity="0.85" {},
                }
            }
            @for label in &self.labels {
                text.label x=(short(label.x)) y=(short(label.y)) { (label.text) }
            }
        }
    }
}

const HEAD: f32 = 64.0;
const FOOT: f32 = 44.0;

/// All maps of a report, one below the other, as a PNG picture of twice their size.
pub fn paint(report: &Report) -> Result<Vec<u8>, Error> {
    const SCALE: f32 = 2.0;
    let failed = |problem: String| Error::Fault(problem);
    let fonts = paper::fonts();
    let names = report.sections.iter().flat_map(|section| &section.clusters);
    let unknown =
        without_a_font(names.flat_map(|name| name.chars()), &fonts).map_err(|error| failed(error.to_string()))?;
    let sheet = paper::pixmap(&sheet(report, &unknown), fonts, SCALE)?;
    sheet.encode_png().map_err(|error| failed(error.to_string()))
}

/// Those of the characters that none of the fonts can draw.
fn without_a_font(
    characters: impl Iterator<Item = char>,
    fonts: &Arc<usvg::fontdb::Database>,
) -> Result<BTreeSet<char>, usvg::Error> {
    let asked: BTreeSet<char> = characters.filter(|character| !character.is_ascii()).collect();
    let unknown: Mutex<BTreeSet<char>> = Mutex::default();
    let look = usvg::FontResolver::default_fallback_selector();
    let select_fallback = Box::new(|character, used: &[usvg::fontdb::ID], fonts: &mut Arc<usvg::fontdb::Database>| {
        let found = look(character, used, fonts);
        if found.is_none() {
            unknown.lock().unwrap_or_else(PoisonError::into_inner).insert(character);
        }
        found
    });
    let font_resolver = usvg::FontResolver { select_fallback, ..Default::default() };
    let options =
        usvg::Options { fontdb: fonts.clone(), font_family: "Inter".into(), font_resolver, ..Default::default() };
    // Each in a text of its own: of one text only the first is asked for.
    let probe = html! {
        svg xmlns="http://www.w3.org/2000/svg" font-family="Inter" {
            @for character in &asked { text y="10" { (character) } }
        }
    };
    usvg::Tree::from_str(&probe.into_string(), &options)?;
    drop(options);
    Ok(unknown.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// The words of a cluster's name that hold none of these characters; a name of none is not drawn.
fn readable(name: &str, unknown: &BTreeSet<char>) -> String {
    let words = name.split(", ").filter(|word| !word.chars().any(|character| unknown.contains(&character)));
    let name = words.collect::<Vec<_>>().join(", ");
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The sheet as SVG; words with characters that no font knows are left out of names.
fn sheet(report: &Report, unknown: &BTreeSet<char>) -> String {
    let panel = HEAD + HEIGHT + FOOT;
    let height = panel * report.sections.len().max(1) as f32;
    let marks = |section: &Section| {
        let names: Vec<String> = section.clusters.iter().map(|name| readable(name, unknown)).collect();
        Drawing::with_names(section, &names).marks()
    };
    let svg = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(WIDTH) height=(height) viewBox={ "0 0 " (WIDTH) " " (height) }
            font-family="Inter" font-size="13" {
            style { (PreEscaped(STYLE)) }
            rect width="100%" height="100%" fill="#fbfbf9" {}
            @if report.sections.is_empty() {
                text.muted x="36" y="48" { "Nothing could be mapped." }
            }
            @for (index, section) in report.sections.iter().enumerate() {
                g transform={ "translate(0 " (panel * index as f32) ")" } {
                    @if index > 0 { line x1="0" x2=(WIDTH) y1="0" y2="0" stroke="#e4e4e1" {} }
                    text.title x="36" y="34" { (section.model) }
                    text.muted x="36" y="54" { (report.title) " · " (section.method) }
                    text.muted x=(WIDTH - 36.0) y="34" text-anchor="end" { (count_line(section)) }
                    g transform={ "translate(0 " (HEAD) ")" } { (marks(section)) }
                    text.muted x="36" y=(HEAD + HEIGHT + 24.0) { (figure_line(section)) }
                }
            }
        }
    };
    svg.into_string()
}

/// What stands in a sheet; the page has its own, for light and dark.
const STYLE: &str = ".title { font-weight: 600; font-size: 15px; fill: #1b1e23 } .muted { fill: #565e69 } \
    .label { font-weight: 600; font-size: 13px; fill: #1b1e23; text-anchor: middle; \
    stroke: #fbfbf9; stroke-width: 4px; stroke-linejoin: round; paint-order: stroke }";

/// `c0`… for coloured classes, `rest` for the others.
pub fn class_name(class: u16) -> String {
    match palette::colour(class) {
        GREY => "rest".into(),
        _ => format!("c{class}"),
    }
}

/// "238 of 238 items shown".
pub fn count_line(section: &Section) -> String {
    let shown = section.places.len() / 2;
    let left_out = match section.left_out.is_empty() {
        true => String::new(),
        false => format!(" · {} not on this map", section.left_out),
    };
    format!("{shown} shown · {} loaded{left_out}", section.items.len())
}

fn figure_line(section: &Section) -> String {
    let figures: Vec<String> =
        section.figures.iter().map(|figure| format!("{} {}", figure.name, figure.value)).collect();
    figures.join(" · ")
}

fn thumbnail(jpeg: &[u8], place: &[f32; 2], edge: f32, class: u16) -> Markup {
    let corner = [place[0] - edge / 2.0, place[1] - edge / 2.0];
    html! {
        image x=(short(corner[0])) y=(short(corner[1])) width=(edge) height=(edge) preserveAspectRatio="xMidYMid slice" href=(data_url(jpeg)) {}
        rect class={ (class_name(class)) " frame" } x=(short(corner[0])) y=(short(corner[1])) width=(edge) height=(edge) rx="2"
            fill="none" stroke=(palette::colour(class)) stroke-width="1.5" {}
    }
}

/// A small picture as an address that holds it.
pub fn data_url(jpeg: &[u8]) -> String {
    format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg))
}

/// Six pixels across for few points, two for many.
pub fn radius(count: usize) -> f32 {
    (3.0 - 2.0 * ((count as f32 / 5_000.0).max(1.0).log10() / 2.0)).clamp(1.0, 3.0)
}

/// The places inside the drawing's margins, their proportions kept, y upwards.
fn fit(places: &[f32]) -> Vec<[f32; 2]> {
    let pairs = || places.chunks_exact(2);
    let range = |axis: usize| {
        pairs().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), p| (low.min(p[axis]), high.max(p[axis])))
    };
    let (left, right) = range(0);
    let (bottom, top) = range(1);
    let free = [WIDTH - 2.0 * MARGIN, HEIGHT - 2.0 * MARGIN];
    // A single place, or a line, has no extent to divide by.
    let spread = |low: f32, high: f32| (high - low).max(f32::MIN_POSITIVE);
    let scale = (free[0] / spread(left, right)).min(free[1] / spread(bottom, top));
    let scale = if scale.is_finite() { scale } else { 0.0 };
    let middle = [(left + right) / 2.0, (bottom + top) / 2.0];
    pairs().map(|p| [WIDTH / 2.0 + (p[0] - middle[0]) * scale, HEIGHT / 2.0 - (p[1] - middle[1]) * scale]).collect()
}

/// A tenth of a pixel is enough.
pub fn short(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Figure, ReportItem};

    fn section(places: Vec<f32>) -> Section {
        let count = places.len() / 2;
        Section {
            model: "builtin-text".into(),
            method: "PCA".into(),
            items: vec![ReportItem { title: "<b>&".into(), ..Default::default() }; count],
            classes: (0..count as u16).collect(),
            clusters: vec!["a & b".into(), "second".into()],
            figures: vec![Figure { name: "trustworthiness".into(), value: "0.9".into(), meaning: String::new() }],
            places,
            ..Default::default()
        }
    }

    #[test]
    fn places_keep_their_proportions_inside_the_margins() {
        let points = fit(&[0.0, 0.0, 10.0, 0.0, 10.0, 1.0]);
        assert_eq!(points[0][1], points[1][1]);
        assert!(points[2][1] < points[1][1], "y grows upwards");
        let (width, height) = (points[1][0] - points[0][0], points[1][1] - points[2][1]);
        assert!((width / height - 10.0).abs() < 1e-3 && width <= WIDTH - 2.0 * MARGIN + 0.1);
        assert_eq!(fit(&[3.0, 3.0, 3.0, 3.0])[0], [WIDTH / 2.0, HEIGHT / 2.0]);
    }

    #[test]
    fn a_sheet_is_painted() {
        let report =
            Report { title: "a < b".into(), sections: vec![section(vec![0.0, 0.0, 1.0, 1.0])], ..Default::default() };
        let png = paint(&report).expect("painted");
        assert_eq!(&png[1..4], b"PNG");
        let empty = paint(&Report::default()).expect("painted");
        assert_ne!(png, empty);
    }

    #[test]
    fn words_that_no_font_can_draw_are_left_out_of_names() {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_font_data(include_bytes!("../../../../assets/fonts/Inter-Regular.otf").to_vec());
        let unknown = without_a_font("火山, кот, été".chars(), &Arc::new(fonts)).expect("probed");
        assert_eq!(unknown, BTreeSet::from(['火', '山']));
        assert_eq!(readable("火山, кот, été", &unknown), "Кот, été");
        assert_eq!(readable("火山", &unknown), "");
        assert_eq!(readable("Tune, heart, old", &unknown), "Tune, heart, old");
    }
}
