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

fn drawn(svg: &str) -> Result<Picture, String> {
    load_bytes(svg.as_bytes(), &Limits::default()).map_err(|reason| reason.to_string())
}

fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 3] {
    let at = ((y * picture.width + x) * 3) as usize;
    [picture.rgb[at], picture.rgb[at + 1], picture.rgb[at + 2]]
}

#[test]
fn drawings_are_drawn_on_white_at_one_size() {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><rect x='10' width='10' height='10' fill='red'/></svg>";
    let picture = drawn(svg).expect("draws");
    assert_eq!((picture.width, picture.height), (1024, 512));
    assert_eq!((pixel(&picture, 100, 256), pixel(&picture, 900, 256)), ([255; 3], [255, 0, 0]));
    let huge = "<svg xmlns='http://www.w3.org/2000/svg' width='1e9' height='1'><rect width='1e9' height='1'/></svg>";
    assert_eq!(drawn(huge).map(|picture| (picture.width, picture.height)), Ok((1024, 1)));
}

/// A one-pixel red PNG as it stands in a drawing.
fn inline(png: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for triple in png.chunks(3) {
        let bits = triple.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - triple.len()));
        let digits = (0..4).map(|at| DIGITS[(bits >> (18 - 6 * at)) as usize & 63] as char);
        text.extend(digits.take(triple.len() + 1));
        text.extend(std::iter::repeat_n('=', 3 - triple.len()));
    }
    format!("data:image/png;base64,{text}")
}

#[test]
fn drawings_hold_pictures_but_fetch_none() {
    let red: ImageBuffer<Rgb<u8>, Vec<u8>> = ImageBuffer::from_pixel(1, 1, Rgb([255, 0, 0]));
    let png = encoded(red, ImageFormat::Png);
    let folder = tempfile::tempdir().expect("folder");
    let beside = folder.path().join("red.png");
    fs::write(&beside, &png).expect("written");
    let with = |address: &str| {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><image width='10' height='10' href='{address}'/></svg>"
        );
        drawn(&svg).map(|picture| pixel(&picture, 500, 500))
    };
    assert_eq!(with(&inline(&png)), Ok([255, 0, 0]));
    assert_eq!(with(&beside.display().to_string()), Ok([255; 3]));
    assert_eq!(with(&format!("file://{}", beside.display())), Ok([255; 3]));
    let mut bomb = png;
    bomb[16..20].copy_from_slice(&60_000u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&60_000u32.to_be_bytes());
    let crc = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(with(&inline(&bomb)), Ok([255; 3]));
}

#[test]
fn drawings_that_grow_without_end_are_refused() {
    let mut reuse = String::from("<rect id='r0' width='1' height='1'/>");
    for level in 1..30 {
        let before = format!("<use href='#r{}'/>", level - 1).repeat(10);
        reuse.push_str(&format!("<g id='r{level}'>{before}</g>"));
    }
    let svg = |inside: &str| format!("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{inside}</svg>");
    let many = Err("larger than the limit: a drawing of more than 1000000 shapes".to_owned());
    assert_eq!(drawn(&svg(&format!("<defs>{reuse}</defs><use href='#r29'/>"))), many);
    let patterns: String = (1..30)
        .map(|level| {
            let fill = format!("<rect width='1' height='1' fill='url(#p{})'/>", level - 1).repeat(10);
            format!("<pattern id='p{level}' width='1' height='1'>{fill}</pattern>")
        })
        .collect();
    assert_eq!(drawn(&svg(&format!("{patterns}<rect width='9' height='9' fill='url(#p29)'/>"))), many);
    let chain: String = (1..5000).map(|at| format!("<g id='c{at}'><use href='#c{}'/></g>", at - 1)).collect();
    assert_eq!(drawn(&svg(&chain)), many);
    assert!(drawn(&svg("<g id='self'><use href='#self'/></g>")).is_ok());
    let deep = drawn(&svg(&"<g>".repeat(100_000)));
    assert_eq!(deep, Err("larger than the limit: elements nested deeper than 256".into()));
    let laughs =
        "<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><svg xmlns='http://www.w3.org/2000/svg'>&b;</svg>";
    assert_eq!(drawn(laughs), Err("larger than the limit: entities that grow without end".into()));
}

#[test]
fn a_drawing_may_shorten_its_name_spaces() {
    let svg = "<!DOCTYPE svg [<!ENTITY ns 'http://www.w3.org/2000/svg'>]><svg xmlns='&ns;' width='1' height='1'/>";
    assert!(drawn(svg).is_ok());
}

#[test]
fn a_broken_jpeg_xl_is_a_reason() {
    for bytes in [&b"\xff\x0a"[..], b"\xff\x0a\xff\xff\xff\xff\xff\xff", b"\0\0\0\x0cJXL \r\n\x87\n"] {
        assert!(matches!(load_bytes(bytes, &Limits::default()), Err(Reason::Broken { .. })), "{bytes:?}");
    }
}
