//! SVG on paper: painted with the bundled fonts, and figures that a window drew made whole.
//!
//! Deliberately absent: drawing; and anything an SVG names outside itself, which is never read.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use embedscope_workspace::ItemId;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};

use crate::{Engine, Error};

/// Pixels of a figure: more would take more memory than a figure is worth.
const MOST_PIXELS: f64 = 80e6;
/// The largest side of a picture of an item in a figure, in pixels.
const THUMBNAIL_PX: u32 = 320;
/// What stands in a figure for the picture of an item, before its number.
const THUMBNAIL: &str = "href=\"thumb:";

/// Pixels: RGBA, rows from the top.
pub struct Painted {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Four bytes a pixel, colours not multiplied by how opaque they are.
    pub rgba: Vec<u8>,
}

impl Engine {
    /// A figure with the pictures of its items in it (`thumb:ITEM` stands for them), so that it needs nothing else.
    pub fn whole_figure<'a>(&self, svg: &'a str) -> Cow<'a, str> {
        if !svg.contains(THUMBNAIL) {
            return Cow::Borrowed(svg);
        }
        let mut parts = svg.split(THUMBNAIL);
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let digits = part.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(part.len());
            let (item, rest) = part.split_at(digits);
            // A picture that has gone since leaves its frame.
            let jpeg = item.parse().ok().and_then(|item| self.thumbnail(ItemId(item), THUMBNAIL_PX).ok());
            whole.push_str("href=\"");
            if let Some(jpeg) = jpeg {
                whole.push_str("data:image/jpeg;base64,");
                STANDARD.encode_string(jpeg, &mut whole);
            }
            whole.push_str(rest);
        }
        Cow::Owned(whole)
    }
}

/// The bundled fonts before those of the system: Inter holds Latin, Greek and Cyrillic, others fill in.
pub(crate) fn fonts() -> Arc<fontdb::Database> {
    let mut fonts = fontdb::Database::new();
    fonts.load_system_fonts();
    fonts.load_font_data(include_bytes!("../../../assets/fonts/Inter-Regular.otf").to_vec());
    fonts.load_font_data(include_bytes!("../../../assets/fonts/Inter-SemiBold.otf").to_vec());
    Arc::new(fonts)
}

/// How an SVG is read: pictures only as data within it, never from files.
pub(crate) fn options(fonts: Arc<fontdb::Database>) -> usvg::Options<'static> {
    let image_href_resolver = usvg::ImageHrefResolver {
        resolve_data: usvg::ImageHrefResolver::default_data_resolver(),
        resolve_string: Box::new(|_, _| None),
    };
    usvg::Options { fontdb: fonts, font_family: "Inter".into(), image_href_resolver, ..Default::default() }
}

/// Paints an SVG `scale` times as large as it says. Fails for what is no SVG, and for more pixels than can be held.
pub(crate) fn pixmap(svg: &str, fonts: Arc<fontdb::Database>, scale: f32) -> Result<Pixmap, Error> {
    let refused = |problem: String| Error::Request(format!("the figure cannot be painted: {problem}"));
    let tree = usvg::Tree::from_str(svg, &options(fonts)).map_err(|error| refused(error.to_string()))?;
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    let pixels = f64::from(width) * f64::from(height);
    if !(1.0..=MOST_PIXELS).contains(&pixels) {
        return Err(refused("choose a smaller size".into()));
    }
    let mut paper = Pixmap::new(width.ceil() as u32, height.ceil() as u32)
        .ok_or_else(|| refused("choose a smaller size".into()))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut paper.as_mut());
    Ok(paper)
}

/// A figure as a PNG file.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, Error> {
    pixmap(svg, fonts(), scale)?.encode_png().map_err(|error| Error::Fault(error.to_string()))
}

/// A figure as pixels.
pub fn paint(svg: &str, scale: f32) -> Result<Painted, Error> {
    let paper = pixmap(svg, fonts(), scale)?;
    let (width, height) = (paper.width(), paper.height());
    let rgba = paper.pixels().iter().flat_map(|pixel| {
        let pixel = pixel.demultiply();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    });
    Ok(Painted { width, height, rgba: rgba.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: &str =
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><rect width="4" height="2" fill="red"/></svg>"#;

    #[test]
    fn a_figure_is_painted_at_its_scale() {
        let painted = paint(RED, 3.0).expect("painted");
        assert_eq!((painted.width, painted.height, painted.rgba.len()), (12, 6, 12 * 6 * 4));
        assert_eq!(painted.rgba[..4], [255, 0, 0, 255]);
        assert_eq!(&png(RED, 1.0).expect("a file")[1..4], b"PNG");
    }

    #[test]
    fn what_cannot_be_painted_is_refused() {
        assert!(png("<p>no drawing</p>", 1.0).is_err());
        assert!(png(RED, 1e6).expect_err("too large").to_string().contains("smaller"));
        assert!(png(RED, 0.0).is_err() && png(RED, f32::NAN).is_err());
    }

    #[test]
    fn nothing_outside_a_figure_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("red.png");
        std::fs::write(&file, png(RED, 1.0).expect("a file")).expect("written");
        let naming = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><image width="4" height="2" href="{}"/></svg>"#,
            file.display()
        );
        assert!(paint(&naming, 1.0).expect("painted").rgba.iter().all(|&byte| byte == 0));
    }
}
