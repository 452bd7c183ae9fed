//! Pictures made here, each odd in one way.

use image::{ImageBuffer, Luma, LumaA, Rgb, Rgba};

use super::*;

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

fn loaded(bytes: &[u8]) -> Picture {
    load_bytes(bytes, &Limits::default()).expect("loads")
}

/// Left half red, right half blue.
fn two_halves(width: u32, height: u32) -> DynamicImage {
    ImageBuffer::from_fn(width, height, |x, _| if x < width / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255u8]) }).into()
}

/// Adds an EXIF block with nothing but an orientation behind the first marker of a JPEG.
fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend(exif);
    bytes.extend(&jpeg[2..]);
    bytes
}

#[test]
fn pictures_are_turned_upright() {
    let jpeg = encoded(two_halves(32, 16), ImageFormat::Jpeg);
    let is_red = |picture: &Picture, x: u32, y: u32| {
        let at = ((y * picture.width + x) * 3) as usize;
        picture.rgb[at] > 200 && picture.rgb[at + 2] < 60
    };
    // Where the red half is found after turning: (width, height, x, y) inside it.
    for (orientation, width, x, y) in [
        (1, 32, 2, 8),
        (2, 32, 30, 8),
        (3, 32, 30, 8),
        (4, 32, 2, 8),
        (5, 16, 8, 2),
        (6, 16, 8, 2),
        (7, 16, 8, 30),
        (8, 16, 8, 30),
    ] {
        let picture = loaded(&turned(&jpeg, orientation));
        assert_eq!(picture.width, width, "orientation {orientation}");
        assert!(is_red(&picture, x, y), "orientation {orientation}");
        assert!(!is_red(&picture, picture.width - 1 - x, picture.height - 1 - y), "orientation {orientation}");
    }
}

#[test]
fn transparency_lies_on_white() {
    let image = ImageBuffer::from_fn(3, 1, |x, _| Rgba([0, 0, 0, [0, 128, 255u8][x as usize]]));
    assert_eq!(loaded(&encoded(image, ImageFormat::Png)).rgb, [255, 255, 255, 127, 127, 127, 0, 0, 0]);
    let grey: ImageBuffer<LumaA<u8>, Vec<u8>> = ImageBuffer::from_pixel(1, 1, LumaA([10, 0]));
    assert_eq!(loaded(&encoded(grey, ImageFormat::Png)).rgb, [255; 3]);
}

#[test]
fn depth_and_grey_become_8_bit_rgb() {
    let deep: ImageBuffer<Rgb<u16>, Vec<u16>> = ImageBuffer::from_pixel(1, 1, Rgb([65535, 32896, 0]));
    assert_eq!(loaded(&encoded(deep, ImageFormat::Png)).rgb, [255, 128, 0]);
    let grey: ImageBuffer<Luma<u8>, Vec<u8>> = ImageBuffer::from_pixel(1, 1, Luma([77]));
    assert_eq!(loaded(&encoded(grey, ImageFormat::Png)).rgb, [77; 3]);
}

#[test]
fn every_format_of_the_first_set_is_read() {
    for format in [ImageFormat::Png, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Tiff, ImageFormat::WebP] {
        let picture = loaded(&encoded(two_halves(8, 4), format));
        assert_eq!((picture.width, picture.height), (8, 4), "{format:?}");
        assert_eq!(picture.rgb[..3], [255, 0, 0], "{format:?}");
    }
}

#[test]
fn the_first_frame_of_an_animation_is_taken() {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for colour in [[255, 0, 0, 255], [0, 255, 0, 255u8]] {
        encoder.encode_frame(image::Frame::new(ImageBuffer::from_pixel(2, 2, Rgba(colour)))).expect("encodes");
    }
    drop(encoder);
    assert_eq!(loaded(&bytes).rgb[..3], [255, 0, 0]);
}

/// A JPEG in four inks as Photoshop writes it (inverted, marked by Adobe), 8 × 8 of pure cyan; made with Pillow.
const CYAN_IN_INKS: &[u8] = include_bytes!("cmyk.jpg");

#[test]
fn pictures_in_four_inks_become_rgb() {
    let picture = loaded(CYAN_IN_INKS);
    let [red, green, blue] = [0, 1, 2].map(|channel| picture.rgb[channel]);
    assert!(red < 40 && green > 150 && blue > 200, "{red} {green} {blue}");
}

#[test]
fn a_pixel_bomb_is_refused_by_its_header() {
    let mut png = encoded(two_halves(8, 4), ImageFormat::Png);
    png[16..20].copy_from_slice(&60_000u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000u32.to_be_bytes());
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    let reason = load_bytes(&png, &Limits::default()).expect_err("refused");
    assert_eq!(reason.to_string(), "larger than the limit: 60000 × 60000 pixels are 3600 million, at most 100 million");
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}

#[test]
fn damage_is_a_reason_not_a_panic() {
    let limits = Limits::default();
    assert!(matches!(load_bytes(b"", &limits), Err(Reason::Broken { .. })));
    assert!(matches!(load_bytes(b"nothing of the kind", &limits), Err(Reason::Broken { .. })));
    for format in
        [ImageFormat::Png, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Tiff, ImageFormat::WebP, ImageFormat::Jpeg]
    {
        let whole = encoded(two_halves(40, 30), format);
        for cut in (0..whole.len()).step_by(7) {
            if let Ok(picture) = load_bytes(&whole[..cut], &limits) {
                assert_eq!(picture.rgb.len(), 3 * (picture.width * picture.height) as usize);
            }
        }
    }
    let missing = load(Path::new("no such picture.png"), &limits).expect_err("missing");
    assert_eq!(missing.to_string(), "cannot be opened: it is not there");
}

#[test]
fn thumbnails_keep_the_shape_and_never_grow() {
    let size = |width, height, most| {
        let picture = loaded(&encoded(two_halves(width, height), ImageFormat::Png));
        let small = loaded(&thumbnail(&picture, most));
        (small.width, small.height)
    };
    assert_eq!(size(200, 100, 64), (64, 32));
    assert_eq!(size(10, 20, 64), (10, 20));
    assert_eq!(size(1000, 2, 64), (64, 1));
}
