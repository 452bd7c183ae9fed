//! Drawings (SVG) as pictures, drawn on white; nothing outside the file is ever opened.
//!
//! Deliberately absent: compressed drawings, scripts, animation, and drawings inside drawings.

use std::collections::{HashMap, HashSet};
use std::io::BufReader;
use std::sync::{Arc, LazyLock};
use std::thread;

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};
use resvg::usvg::{ImageHrefResolver, ImageKind, Options, Tree, fontdb};

use super::{Picture, broken, check_pixels};
use crate::{Limits, Reason, charset, guard, xml};

/// Pixels of the longer side: more than any model looks at, and enough to look at.
const SIDE: f32 = 1024.0;

/// Shapes a drawing may have once every reuse is counted: reuse of reuse grows without end.
const SHAPES: u64 = 1_000_000;

/// The fonts of the system, looked for when the first drawing is opened.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_system_fonts();
    Arc::new(fonts)
});

/// Whether a file begins like one.
pub(super) fn is_svg(bytes: &[u8]) -> bool {
    let head = charset::decode(&bytes[..bytes.len().min(8 << 10)], None);
    head.trim_start().starts_with('<') && head.contains("<svg")
}

/// The libraries recurse into a drawing; they get a stack of their own.
const STACK_BYTES: usize = 32 << 20;

pub(super) fn draw(bytes: &[u8], limits: &Limits) -> Result<Picture, Reason> {
    let work = || guard::guarded(|| drawn(bytes, limits));
    thread::scope(|scope| {
        let worker = thread::Builder::new().name("draw".into()).stack_size(STACK_BYTES).spawn_scoped(scope, work)?;
        worker.join().unwrap_or_else(|_| Err(broken("the renderer stopped on it")))
    })
}

fn drawn(bytes: &[u8], limits: &Limits) -> Result<Picture, Reason> {
    Limits::check_bytes(bytes.len() as u64, limits.text_bytes)?;
    let source = charset::decode(bytes, None);
    // The libraries below recurse into elements; this does not, and refuses what is nested too deeply.
    xml::each(&mut BufReader::new(source.as_bytes()), limits, |_| Ok(()))?;
    check_entities(&source, limits)?;
    let options = ParsingOptions { allow_dtd: true, nodes_limit: SHAPES as u32, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&source, options).map_err(|error| broken(&error.to_string()))?;
    if shapes(&document, limits.nesting) > SHAPES {
        return Err(Reason::TooLarge { what: format!("a drawing of more than {SHAPES} shapes") });
    }
    let tree = Tree::from_xmltree(&document, &options_for(limits)).map_err(|error| broken(&error.to_string()))?;
    let size = tree.size();
    let scale = SIDE / size.width().max(size.height());
    let side = |length: f32| ((length * scale).round() as u32).clamp(1, SIDE as u32);
    let (width, height) = (side(size.width()), side(size.height()));
    check_pixels(width, height, limits)?;
    let mut paper = Pixmap::new(width, height).ok_or_else(|| broken("a drawing without size"))?;
    paper.fill(Color::WHITE);
    let fit = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
    resvg::render(&tree, fit, &mut paper.as_mut());
    let rgb = paper.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Ok(Picture { width, height, rgb })
}

/// Pictures inside the drawing are drawn if they are small enough; files and addresses are never opened.
fn options_for(limits: &Limits) -> Options<'static> {
    let limits = limits.clone();
    let is_fit = move |data: &[u8]| {
        let reader = image::ImageReader::new(std::io::Cursor::new(data)).with_guessed_format().ok();
        let size = reader.and_then(|reader| reader.into_dimensions().ok());
        size.is_some_and(|(width, height)| check_pixels(width, height, &limits).is_ok())
    };
    let resolve_data = move |_: &str, data: Arc<Vec<u8>>, _: &Options<'_>| {
        let kind = image::guess_format(&data).ok().filter(|_| is_fit(&data))?;
        match kind {
            image::ImageFormat::Png => Some(ImageKind::PNG(data)),
            image::ImageFormat::Jpeg => Some(ImageKind::JPEG(data)),
            image::ImageFormat::Gif => Some(ImageKind::GIF(data)),
            image::ImageFormat::WebP => Some(ImageKind::WEBP(data)),
            _ => None,
        }
    };
    Options {
        fontdb: FONTS.clone(),
        font_family: "sans-serif".into(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(resolve_data),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    }
}

/// Drawing programs declare short names as entities. Entities made of entities, or long ones used often, are bombs.
fn check_entities(source: &str, limits: &Limits) -> Result<(), Reason> {
    let Some(start) = source.find("<!DOCTYPE") else { return Ok(()) };
    let declared = &source[start..];
    let end = declared.find("]>").or_else(|| declared.find('>')).unwrap_or(declared.len());
    let (declared, rest) = declared.split_at(end);
    let grown = (declared.len() as u64).saturating_mul(rest.matches('&').count() as u64);
    if declared.contains("<!ENTITY") && (declared.contains('&') || grown > limits.text_bytes) {
        return Err(Reason::TooLarge { what: "entities that grow without end".into() });
    }
    Ok(())
}

/// How many elements are drawn when every reference to a part of the drawing stands for all of that part.
fn shapes(document: &Document<'_>, deepest: usize) -> u64 {
    let ids: HashMap<&str, Node<'_, '_>> =
        document.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    Reuse { ids, known: HashMap::new(), open: HashSet::new(), deepest }.count(document.root(), 0)
}

struct Reuse<'a> {
    ids: HashMap<&'a str, Node<'a, 'a>>,
    known: HashMap<&'a str, u64>,
    open: HashSet<&'a str>,
    deepest: usize,
}

impl<'a> Reuse<'a> {
    /// The elements below a node and in what they refer to; one that refers to itself is not followed.
    fn count(&mut self, node: Node<'a, 'a>, depth: usize) -> u64 {
        if depth > self.deepest {
            return u64::MAX;
        }
        let mut shapes = 1u64;
        for element in node.children().filter(Node::is_element) {
            shapes = shapes.saturating_add(self.count(element, depth + 1));
        }
        for name in node.attributes().flat_map(|attribute| references(attribute.value())) {
            let Some(&target) = self.ids.get(name) else { continue };
            if let Some(known) = self.known.get(name) {
                shapes = shapes.saturating_add(*known);
            } else if self.open.insert(name) {
                let counted = self.count(target, depth + 1);
                self.open.remove(name);
                self.known.insert(name, counted);
                shapes = shapes.saturating_add(counted);
            }
        }
        shapes
    }
}

/// The ids that an attribute refers to: `#id` and every `url(#id)`.
fn references(value: &str) -> impl Iterator<Item = &str> {
    let whole = value.strip_prefix('#');
    let inside = value.split("url(").skip(1).filter_map(|part| {
        let name = part.trim_start_matches([' ', '\'', '"']).strip_prefix('#')?;
        name.split(['\'', '"', ')']).next()
    });
    whole.into_iter().chain(inside)
}
