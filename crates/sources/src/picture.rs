//! Pictures as people see them: upright, 8-bit RGB, on white, the first frame of an animation; drawings as pictures.
//!
//! Deliberately absent: the sizes and colours a model wants (its own preprocessing), and metadata such as places.

pub(crate) mod jxl;
mod svg;

use std::fs;
use std::io::Cursor;
use std::path::Path;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageReader};

use crate::{Limits, Reason, Tile, guard, inside};

/// A picture in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Columns, at least 1.
    pub width: u32,
    /// Rows, at least 1.
    pub height: u32,
    /// Row by row, three bytes a pixel: `width * height * 3` bytes of sRGB.
    pub rgb: Vec<u8>,
}

/// Reads the picture file at `path`, which may be inside an archive.
pub fn load(path: &Path, limits: &Limits) -> Result<Picture, Reason> {
    let path = inside::local(path, limits)?;
    Limits::check_bytes(fs::metadata(&*path)?.len(), limits.file_bytes)?;
    decode(&fs::read(&*path)?, ImageFormat::from_path(&*path).ok(), limits)
}

/// Reads a picture file held in memory.
pub fn load_bytes(bytes: &[u8], limits: &Limits) -> Result<Picture, Reason> {
    decode(bytes, None, limits)
}

/// How many pictures of a size the sheet at `path` has room for, by its first bytes; None where it is no such sheet, or is
/// inside an archive, which is not unpacked for this.
pub fn tiles(path: &Path, tile: Tile) -> Option<u32> {
    let reader = ImageReader::open(path).ok()?.with_guessed_format().ok()?;
    let (width, height) = reader.into_dimensions().ok()?;
    tile.count(width, height)
}

/// A small JPEG whose longer side is at most `size_px`; small pictures are not enlarged.
///
/// # Panics
/// If `rgb` does not hold `width * height * 3` bytes, or a side is 0.
pub fn thumbnail(picture: &Picture, size_px: u32) -> Vec<u8> {
    let scale = f64::from(size_px.max(1)) / f64::from(picture.width.max(picture.height));
    let side = |length: u32| ((f64::from(length) * scale.min(1.0)).round() as u32).max(1);
    let (width, height) = (side(picture.width), side(picture.height));
    let source = ImageRef::new(picture.width, picture.height, &picture.rgb, PixelType::U8x3)
        .expect("a picture holds three bytes for each pixel");
    let mut small = Image::new(width, height, PixelType::U8x3);
    let smooth = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&source, &mut small, &smooth).expect("both are U8x3 and not empty");
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 82)
        .encode(small.buffer(), width, height, ExtendedColorType::Rgb8)
        .expect("memory takes every byte");
    jpeg
}

/// `named` is the format the file's name speaks of; used only where the content does not tell.
pub(crate) fn decode(bytes: &[u8], named: Option<ImageFormat>, limits: &Limits) -> Result<Picture, Reason> {
    guard::guarded(|| {
        let format = image::guess_format(bytes).ok();
        if format.is_none() && jxl::is_jxl(bytes) {
            return jxl::decode(bytes, limits);
        }
        if format.is_none() && svg::is_svg(bytes) {
            return svg::draw(bytes, limits);
        }
        let format = format.or(named).ok_or_else(|| broken("it does not begin like a picture"))?;
        let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(reason)?;
        let (width, height) = decoder.dimensions();
        check_pixels(width, height, limits)?;
        let mut memory = image::Limits::no_limits();
        memory.max_alloc = Some(memory_limit(bytes, limits));
        decoder.set_limits(memory).map_err(reason)?;
        let orientation = decoder.orientation().map_err(reason)?;
        let mut image = DynamicImage::from_decoder(decoder).map_err(reason)?;
        image.apply_orientation(orientation);
        let (width, height) = (image.width(), image.height());
        Ok(Picture { width, height, rgb: on_white(image) })
    })
}

/// Refuses pictures without pixels or with more than the limit.
fn check_pixels(width: u32, height: u32, limits: &Limits) -> Result<(), Reason> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.pixels {
        let (millions, most) = (pixels.div_ceil(1_000_000), limits.pixels as f64 / 1e6);
        let what = format!("{width} × {height} pixels are {millions} million, at most {most} million");
        return Err(Reason::TooLarge { what });
    }
    if pixels == 0 {
        return Err(Reason::Empty { what: "a picture without pixels".into() });
    }
    Ok(())
}

fn on_white(image: DynamicImage) -> Vec<u8> {
    if !image.color().has_alpha() {
        return image.into_rgb8().into_raw();
    }
    let rgba = image.into_rgba8();
    rgba.pixels().flat_map(|pixel| [0, 1, 2].map(|channel| over_white(pixel[channel], pixel[3]))).collect()
}

fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// Bytes that decoding may take: wide pixels twice over, and the file.
fn memory_limit(bytes: &[u8], limits: &Limits) -> u64 {
    limits.pixels.saturating_mul(16).saturating_add(bytes.len() as u64)
}

fn broken(problem: &str) -> Reason {
    Reason::Broken { problem: problem.into() }
}

fn reason(error: ImageError) -> Reason {
    match error {
        ImageError::Limits(limit) => Reason::TooLarge { what: limit.to_string() },
        ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => broken("it ends too early"),
        ImageError::Unsupported(_) => broken("its kind of colours or packing is not supported"),
        other => broken(&other.to_string()),
    }
}

#[cfg(test)]
mod tests;
