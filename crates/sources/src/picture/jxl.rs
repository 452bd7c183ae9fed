//! JPEG XL: the first frame, in sRGB where its colours are described without a profile.
//!
//! Deliberately absent: colour profiles (such colours are taken as sRGB).

use std::io::Cursor;

use jxl_oxide::color::RenderingIntent;
use jxl_oxide::{AllocTracker, EnumColourEncoding, JxlImage, PixelFormat};

use super::{Picture, broken, check_pixels, memory_limit, over_white};
use crate::{Limits, Reason};

/// Whether a file begins like one, bare or in a container.
pub(crate) fn is_jxl(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\x0a") || bytes.starts_with(b"\0\0\0\x0cJXL ")
}

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, Reason> {
    let reason = |error: Box<dyn std::error::Error + Send + Sync>| broken(&error.to_string());
    let memory = usize::try_from(memory_limit(bytes, limits)).unwrap_or(usize::MAX);
    let tracker = AllocTracker::with_limit(memory);
    let mut image = JxlImage::builder().alloc_tracker(tracker).read(Cursor::new(bytes)).map_err(reason)?;
    check_pixels(image.width(), image.height(), limits)?;
    image.request_color_encoding(EnumColourEncoding::srgb(RenderingIntent::Relative));
    if matches!(image.pixel_format(), PixelFormat::Cmyk | PixelFormat::Cmyka) {
        return Err(broken("its kind of colours or packing is not supported"));
    }
    let frame = image.render_frame(0).map_err(reason)?;
    let mut stream = frame.stream();
    let (width, height, channels) = (stream.width(), stream.height(), stream.channels() as usize);
    check_pixels(width, height, limits)?;
    let mut pixels = vec![0; width as usize * height as usize * channels];
    stream.write_to_buffer(&mut pixels);
    let rgb = pixels.chunks_exact(channels).flat_map(|pixel| match *pixel {
        [grey] => [grey; 3],
        [grey, alpha] => [over_white(grey, alpha); 3],
        [red, green, blue] => [red, green, blue],
        [red, green, blue, alpha, ..] => [red, green, blue].map(|value| over_white(value, alpha)),
        [] => [255; 3],
    });
    Ok(Picture { width, height, rgb: rgb.collect() })
}
