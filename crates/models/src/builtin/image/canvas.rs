//! The small square every picture is looked at through: 64 × 64 pixels in CIE L*a*b*, where distances are as people see
//! them.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::Pixels;

/// Rows and columns.
pub(super) const SIDE: usize = 64;

pub(super) struct Canvas {
    /// Lightness 0–100, then the two colour axes, about −100 to 100; row after row.
    pub lab: Vec<[f32; 3]>,
}

impl Canvas {
    /// Squeezes a picture; says in words what it was when it has no pixels or not as many as it claims.
    pub(super) fn new(picture: &Pixels<'_>) -> Result<Self, String> {
        let wrong =
            || format!("a picture of {} × {} pixels in {} bytes", picture.width, picture.height, picture.rgb.len());
        if picture.width == 0 || picture.height == 0 {
            return Err(wrong());
        }
        let whole = ImageRef::new(picture.width, picture.height, picture.rgb, PixelType::U8x3).map_err(|_| wrong())?;
        let mut small = Image::new(SIDE as u32, SIDE as u32, PixelType::U8x3);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        Resizer::new().resize(&whole, &mut small, &options).map_err(|_| wrong())?;
        Ok(Self { lab: small.buffer().as_chunks::<3>().0.iter().map(lab).collect() })
    }

    /// Lightness from 0 to 1; beyond the border, that of the nearest pixel.
    pub(super) fn light(&self, x: isize, y: isize) -> f32 {
        let inside = |place: isize| place.clamp(0, SIDE as isize - 1) as usize;
        self.lab[inside(y) * SIDE + inside(x)][0] / 100.0
    }
}

/// sRGB (IEC 61966-2-1) to L*a*b* under D65.
fn lab(rgb: &[u8; 3]) -> [f32; 3] {
    let [r, g, b] = rgb.map(|value| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    let curve = |value: f32| if value > 0.008856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 };
    let x = curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    let y = curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
    let z = curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours_have_their_published_values() {
        for (rgb, expected) in [
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([0, 0, 0], [0.0, 0.0, 0.0]),
            ([255, 0, 0], [53.24, 80.09, 67.2]),
            ([0, 0, 255], [32.3, 79.19, -107.86]),
        ] {
            for (found, expected) in lab(&rgb).iter().zip(expected) {
                assert!((found - expected).abs() < 0.2, "{rgb:?}: {found} is not {expected}");
            }
        }
    }
}
