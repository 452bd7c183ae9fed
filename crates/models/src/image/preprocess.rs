//! From a picture to the pixels a model was trained with: resize, crop, scale, as its own files say.
//!
//! Three kinds of files are known: `preprocessor_config.json` (transformers), `pretrained_cfg` in `config.json` (timm),
//! and none, which means torchvision's recipe. Sizes, offsets, filters and the rounding to whole levels after resizing are
//! those of the Python libraries. Deliberately absent: decoding, turning upright, augmentation.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::layers::Grid;
use crate::{Error, Pixels};

/// A picture longer than this many times its width is cut to its middle before it is resized.
const LONGEST: u32 = 32;

/// What is done to every picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Preprocess {
    resize: Resize,
    filter: Filter,
    /// Width and height of what is cut from the middle, and so of the result.
    crop: (u32, u32),
    rounding: Rounding,
    scale: f32,
    mean: [f32; 3],
    std: [f32; 3],
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Resize {
    None,
    /// The shorter side to this length, the longer one in proportion.
    Shortest(u32),
    /// To this width and height.
    Exact(u32, u32),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Filter {
    Nearest,
    Lanczos,
    Bilinear,
    Bicubic,
    Box,
    Hamming,
}

/// Where a crop begins when the pixels left over are odd in number.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rounding {
    /// transformers: towards the start.
    Down,
    /// torchvision: to the nearest even number.
    Even,
}

const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];

#[derive(Deserialize)]
struct Processor {
    #[serde(alias = "feature_extractor_type")]
    image_processor_type: Option<String>,
    do_resize: Option<bool>,
    size: Option<Size>,
    resample: Option<u8>,
    crop_pct: Option<f64>,
    do_center_crop: Option<bool>,
    crop_size: Option<Size>,
    do_rescale: Option<bool>,
    rescale_factor: Option<f64>,
    do_normalize: Option<bool>,
    image_mean: Option<[f32; 3]>,
    image_std: Option<[f32; 3]>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Size {
    Side(u32),
    Shortest { shortest_edge: u32 },
    Exact { height: u32, width: u32 },
}

#[derive(Deserialize)]
struct Timm {
    #[serde(default)]
    pretrained_cfg: Pretrained,
}

#[derive(Deserialize)]
#[serde(default)]
struct Pretrained {
    input_size: [u32; 3],
    interpolation: String,
    crop_pct: Option<f64>,
    crop_mode: Option<String>,
    mean: [f32; 3],
    std: [f32; 3],
}

impl Default for Pretrained {
    fn default() -> Self {
        Self {
            input_size: [3, 224, 224],
            interpolation: "bicubic".into(),
            crop_pct: None,
            crop_mode: None,
            mean: IMAGENET_MEAN,
            std: IMAGENET_STD,
        }
    }
}

impl Preprocess {
    /// Reads what the files of a folder say.
    pub(crate) fn read(folder: &Folder) -> Result<Self, Error> {
        let found = if let Some(processor) = folder.json::<Processor>("preprocessor_config.json")? {
            Self::of_transformers(processor)
        } else if let Some(config) =
            folder.json::<Value>("config.json")?.filter(|config| config.get("architecture").is_some())
        {
            serde_json::from_value::<Timm>(config)
                .map_err(|error| error.to_string())
                .and_then(|timm| Self::of_timm(timm.pretrained_cfg))
        } else {
            Ok(Self::of_torchvision())
        };
        let found = found.and_then(|found| {
            let sane = |side: u32| (1..=4096).contains(&side);
            let resized = match found.resize {
                Resize::None => true,
                Resize::Shortest(side) => sane(side),
                Resize::Exact(width, height) => sane(width) && sane(height),
            };
            let plain = found.std.iter().all(|std| std.is_normal()) && found.mean.iter().all(|mean| mean.is_finite());
            if resized && sane(found.crop.0) && sane(found.crop.1) && plain && found.scale.is_normal() {
                Ok(found)
            } else {
                Err("the sizes or scales are impossible".into())
            }
        });
        found.map_err(|problem: String| folder.unsupported(format!("its preprocessing is not known ({problem})")))
    }

    fn of_torchvision() -> Self {
        Self {
            resize: Resize::Shortest(256),
            filter: Filter::Bilinear,
            crop: (224, 224),
            rounding: Rounding::Even,
            scale: 1.0 / 255.0,
            mean: IMAGENET_MEAN,
            std: IMAGENET_STD,
        }
    }

    fn of_timm(config: Pretrained) -> Result<Self, String> {
        let [channels, height, width] = config.input_size;
        if channels != 3 {
            return Err(format!("{channels} channels"));
        }
        let part = config.crop_pct.unwrap_or(0.875);
        let larger = |side: u32| (f64::from(side) / part).floor() as u32;
        let resize = match config.crop_mode.as_deref().unwrap_or("center") {
            "center" if width == height => Resize::Shortest(larger(width)),
            "squash" => Resize::Exact(larger(width), larger(height)),
            other => return Err(format!("crop mode “{other}”")),
        };
        let filter = match config.interpolation.as_str() {
            "bicubic" => Filter::Bicubic,
            "bilinear" => Filter::Bilinear,
            "lanczos" => Filter::Lanczos,
            "nearest" => Filter::Nearest,
            other => return Err(format!("interpolation “{other}”")),
        };
        let crop = (width, height);
        Ok(Self {
            resize,
            filter,
            crop,
            rounding: Rounding::Even,
            scale: 1.0 / 255.0,
            mean: config.mean,
            std: config.std,
        })
    }

    fn of_transformers(config: Processor) -> Result<Self, String> {
        let kind = config.image_processor_type.as_deref().unwrap_or_default();
        let square = |size: Size| match size {
            Size::Side(side) | Size::Shortest { shortest_edge: side } => (side, side),
            Size::Exact { height, width } => (width, height),
        };
        let size = config.size.unwrap_or(Size::Side(224));
        let asked = config.do_resize.unwrap_or(true);
        let (resize, crop) = if let Some(part) = config.crop_pct.or(kind.starts_with("ConvN").then_some(0.875)) {
            let (side, _) = square(size);
            // As transformers has it: large pictures are squeezed into the square rather than cut.
            let larger = (f64::from(side) / part) as u32;
            (if side < 384 { Resize::Shortest(larger) } else { Resize::Exact(side, side) }, Some((side, side)))
        } else {
            let crop = config.do_center_crop.unwrap_or(config.crop_size.is_some());
            let crop = crop.then(|| square(config.crop_size.unwrap_or(size)));
            let resize = match size {
                Size::Exact { height, width } => Resize::Exact(width, height),
                Size::Shortest { shortest_edge: side } => Resize::Shortest(side),
                // Before sizes had names, one number was the shorter side where a crop follows and a square elsewhere.
                Size::Side(side) if crop.is_some() => Resize::Shortest(side),
                Size::Side(side) => Resize::Exact(side, side),
            };
            (resize, crop)
        };
        let crop = match (crop, resize, asked) {
            (Some(crop), ..) => crop,
            (None, Resize::Exact(width, height), true) => (width, height),
            _ => return Err("pictures would stay of different sizes".into()),
        };
        let filter = match config.resample.unwrap_or(3) {
            0 => Filter::Nearest,
            1 => Filter::Lanczos,
            2 => Filter::Bilinear,
            3 => Filter::Bicubic,
            4 => Filter::Box,
            5 => Filter::Hamming,
            other => return Err(format!("resampling {other}")),
        };
        let (mean, std) = match (config.do_normalize.unwrap_or(true), config.image_mean, config.image_std) {
            (false, ..) => ([0.0; 3], [1.0; 3]),
            (true, Some(mean), Some(std)) => (mean, std),
            (true, ..) => return Err("no mean or no deviation".into()),
        };
        let scale =
            if config.do_rescale.unwrap_or(true) { config.rescale_factor.unwrap_or(1.0 / 255.0) as f32 } else { 1.0 };
        let resize = if asked { resize } else { Resize::None };
        Ok(Self { resize, filter, crop, rounding: Rounding::Down, scale, mean, std })
    }

    /// What it does, for a model's recipe.
    pub(crate) fn recipe(&self) -> Value {
        json!({
            "crop": [self.crop.0, self.crop.1],
            "filter": format!("{:?}", self.filter).to_lowercase(),
            "mean": self.mean,
            "resize": match self.resize {
                Resize::None => json!(null),
                Resize::Shortest(side) => json!(side),
                Resize::Exact(width, height) => json!([width, height]),
            },
            "scale": self.scale,
            "std": self.std,
        })
    }

    /// The size of `count` prepared pictures.
    pub(crate) fn grid(&self, count: usize) -> Grid {
        Grid { count, height: self.crop.1 as usize, width: self.crop.0 as usize }
    }

    /// Appends the prepared pixels of a picture, row after row, three numbers each; fails, in words, for a broken picture.
    pub(crate) fn apply(&self, picture: Pixels<'_>, out: &mut Vec<f32>) -> Result<(), String> {
        let levels = self.levels(picture)?;
        let scale: [f32; 3] = std::array::from_fn(|c| self.scale / self.std[c]);
        let shift: [f32; 3] = std::array::from_fn(|c| -self.mean[c] / self.std[c]);
        out.reserve(levels.len());
        for pixel in levels.chunks_exact(3) {
            out.extend((0..3).map(|c| f32::from(pixel[c]) * scale[c] + shift[c]));
        }
        Ok(())
    }

    /// The picture resized and cropped.
    fn levels(&self, picture: Pixels<'_>) -> Result<Vec<u8>, String> {
        let (width, height) = (picture.width, picture.height);
        if width == 0 || height == 0 || picture.rgb.len() as u64 != u64::from(width) * u64::from(height) * 3 {
            return Err("a picture without as many pixels as it says".into());
        }
        let (to_width, to_height) = match self.resize {
            Resize::None => return Ok(self.crop_from(picture.rgb, width, height)),
            Resize::Exact(to_width, to_height) => (to_width, to_height),
            Resize::Shortest(side) => {
                let longest = width.min(height).saturating_mul(LONGEST);
                if width.max(height) > longest {
                    let middle = middle(picture, width.min(longest), height.min(longest));
                    return self.levels(Pixels {
                        width: width.min(longest),
                        height: height.min(longest),
                        rgb: &middle,
                    });
                }
                shortest(width, height, side)
            }
        };
        if (to_width, to_height) == (width, height) {
            return Ok(self.crop_from(picture.rgb, width, height));
        }
        let from = ImageRef::new(width, height, picture.rgb, PixelType::U8x3).map_err(|error| error.to_string())?;
        let options = ResizeOptions::new().resize_alg(self.filter.algorithm()).use_alpha(false);
        // First across, then down, rounding in between: the order shows in the levels, and this is Pillow's.
        let mut across = Image::new(to_width, height, PixelType::U8x3);
        Resizer::new().resize(&from, &mut across, &options).map_err(|error| error.to_string())?;
        let mut to = Image::new(to_width, to_height, PixelType::U8x3);
        Resizer::new().resize(&across, &mut to, &options).map_err(|error| error.to_string())?;
        Ok(self.crop_from(to.buffer(), to_width, to_height))
    }

    /// The middle of a picture; black where the picture is smaller.
    fn crop_from(&self, rgb: &[u8], width: u32, height: u32) -> Vec<u8> {
        if self.crop == (width, height) {
            return rgb.to_vec();
        }
        let (to_width, to_height) = (self.crop.0 as usize, self.crop.1 as usize);
        let (width, height) = (width as usize, height as usize);
        let (left, right) = self.rounding.offset(width, to_width);
        let (top, below) = self.rounding.offset(height, to_height);
        let mut out = vec![0; to_width * to_height * 3];
        let count = width.min(to_width) * 3;
        for row in 0..height.min(to_height) {
            let from = ((row + top) * width + left) * 3;
            let to = ((row + below) * to_width + right) * 3;
            out[to..to + count].copy_from_slice(&rgb[from..from + count]);
        }
        out
    }
}

impl Filter {
    fn algorithm(self) -> ResizeAlg {
        ResizeAlg::Convolution(match self {
            Self::Nearest => return ResizeAlg::Nearest,
            Self::Lanczos => FilterType::Lanczos3,
            Self::Bilinear => FilterType::Bilinear,
            Self::Bicubic => FilterType::CatmullRom,
            Self::Box => FilterType::Box,
            Self::Hamming => FilterType::Hamming,
        })
    }
}

impl Rounding {
    /// Pixels left out before the crop of a longer side, and put before a shorter one.
    fn offset(self, from: usize, to: usize) -> (usize, usize) {
        if to >= from {
            return (0, (to - from) / 2);
        }
        let over = from - to;
        let start = match self {
            Self::Down => over / 2,
            // A half goes to the even neighbour.
            Self::Even => over / 2 + usize::from(over % 4 == 3),
        };
        (start, 0)
    }
}

/// The size whose shorter side is `side`; the longer one is cut to a whole number, as in Python.
fn shortest(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longer = |long: u32, short: u32| (u64::from(side) * u64::from(long) / u64::from(short)) as u32;
    if width <= height { (side, longer(height, width)) } else { (longer(width, height), side) }
}

fn middle(picture: Pixels<'_>, width: u32, height: u32) -> Vec<u8> {
    let left = ((picture.width - width) / 2) as usize * 3;
    let top = ((picture.height - height) / 2) as usize;
    let rows = picture.rgb.chunks_exact(picture.width as usize * 3).skip(top).take(height as usize);
    rows.flat_map(|row| &row[left..left + width as usize * 3]).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<Preprocess, Error> {
        let root = tempfile::tempdir().expect("a folder");
        files.iter().for_each(|(name, content)| std::fs::write(root.path().join(name), content).expect("written"));
        Preprocess::read(&Folder::new(root.path().into(), "m"))
    }

    #[test]
    fn files_of_every_age_are_understood() {
        assert_eq!(read(&[]).expect("read"), Preprocess::of_torchvision());
        let timm = read(&[(
            "config.json",
            r#"{"architecture": "resnet18", "pretrained_cfg":
            {"input_size": [3, 224, 224], "crop_pct": 0.95, "interpolation": "bicubic"}}"#,
        )])
        .expect("read");
        assert_eq!((timm.resize, timm.filter, timm.crop), (Resize::Shortest(235), Filter::Bicubic, (224, 224)));
        let (mean, std) = ("\"image_mean\": [0.1, 0.2, 0.3]", "\"image_std\": [0.4, 0.5, 0.6]");
        let processor = |rest: &str| read(&[("preprocessor_config.json", &format!("{{{mean}, {std}, {rest}}}"))]);
        let old = processor(r#""crop_size": 224, "do_center_crop": true, "size": 224, "resample": 3"#).expect("read");
        let new = processor(
            r#""crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "size": {"shortest_edge": 224}, "resample": 3"#,
        );
        assert_eq!(old, new.expect("read"));
        assert_eq!((old.resize, old.mean), (Resize::Shortest(224), [0.1, 0.2, 0.3]));
        let resnet = processor(
            r#""feature_extractor_type": "ConvNextFeatureExtractor", "size": 224, "crop_pct": 0.875, "resample": 2"#,
        )
        .expect("read");
        assert_eq!((resnet.resize, resnet.crop, resnet.filter), (Resize::Shortest(256), (224, 224), Filter::Bilinear));
        let square = processor(r#""size": {"height": 384, "width": 512}, "do_rescale": false"#).expect("read");
        assert_eq!((square.resize, square.crop, square.scale), (Resize::Exact(512, 384), (512, 384), 1.0));

        for wrong in
            [r#""size": {"shortest_edge": 224}"#, r#""size": 224, "resample": 9"#, r#""size": 0"#, r#""size": 99999"#]
        {
            assert!(processor(wrong).is_err(), "{wrong}");
        }
        assert!(read(&[("preprocessor_config.json", r#"{"size": 224}"#)]).is_err(), "no mean");
    }

    #[test]
    fn sizes_and_offsets_are_those_of_python() {
        assert_eq!(shortest(640, 427, 224), (335, 224));
        assert_eq!(shortest(427, 640, 224), (224, 335));
        assert_eq!(shortest(100, 100, 256), (256, 256));
        let starts = |rounding: Rounding| (0..8).map(|over| rounding.offset(10 + over, 10).0).collect::<Vec<_>>();
        assert_eq!(starts(Rounding::Down), [0, 0, 1, 1, 2, 2, 3, 3]);
        // round(0.5) = 0, round(1.5) = 2, round(2.5) = 2, round(3.5) = 4
        assert_eq!(starts(Rounding::Even), [0, 0, 1, 2, 2, 2, 3, 4]);
        assert_eq!(Rounding::Even.offset(7, 10), (0, 1));
    }

    #[test]
    fn pixels_are_those_of_pillow() {
        let pictures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens/pictures");
        let open = |name: String| image::open(pictures.join(name)).expect("a picture").to_rgb8();
        for (filter, side, crop) in [(Filter::Bicubic, 33, 32), (Filter::Bilinear, 256, 40)] {
            let recipe = Preprocess {
                resize: Resize::Shortest(side),
                filter,
                crop: (crop, crop),
                ..Preprocess::of_torchvision()
            };
            let sheet = open(format!("{filter:?}.png").to_lowercase());
            for index in 0..sheet.width() / crop {
                let picture = open(format!("{index}.png"));
                let pixels = Pixels { width: picture.width(), height: picture.height(), rgb: picture.as_raw() };
                let found = recipe.levels(pixels).expect("levels");
                let expected = image::imageops::crop_imm(&sheet, index * crop, 0, crop, crop).to_image().into_raw();
                let apart: Vec<u8> = found.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b)).collect();
                let most = apart.iter().max().copied().unwrap_or_default();
                let share = apart.iter().filter(|&&apart| apart > 0).count() as f64 / apart.len() as f64;
                assert!(most <= 1 && share <= 0.05, "picture {index}, {filter:?}: {most} levels apart, {share} of all");
            }
        }
    }

    #[test]
    fn any_shape_of_picture_comes_out_at_one_size() {
        let recipe = Preprocess::of_torchvision();
        for (width, height) in [(1, 1), (1, 3000), (3000, 1), (5, 4), (300, 200)] {
            let rgb = vec![255; (width * height * 3) as usize];
            let mut out = Vec::new();
            recipe.apply(Pixels { width, height, rgb: &rgb }, &mut out).expect("prepared");
            assert_eq!(out.len(), 224 * 224 * 3);
            let white = (1.0 - IMAGENET_MEAN[0]) / IMAGENET_STD[0];
            assert!(out.chunks(3).all(|pixel| (pixel[0] - white).abs() < 1e-5), "{width}×{height}");
        }
        for rgb in [&[0_u8; 5][..], &[]] {
            assert!(recipe.apply(Pixels { width: 2, height: 1, rgb }, &mut Vec::new()).is_err());
        }
        assert!(recipe.apply(Pixels { width: 0, height: 1, rgb: &[] }, &mut Vec::new()).is_err());
    }
}
