//! Sheets of pictures side by side, as browsers and the TensorBoard projector keep thousands in one file: each is a file below it.
//!
//! The picture 3 of a sheet cut into 28 × 28 pixels is "sheet.png/28x28/3.png"; they are numbered from 1, row by row.
//! Deliberately absent: guessing how a sheet is cut, and gaps between pictures.

use std::fs::{self, File};
use std::io::{BufWriter, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageFormat};
use serde::{Deserialize, Serialize};
use tempfile::TempPath;

use crate::picture::{self, Picture};
use crate::{Limits, Reason};

/// How large each picture of a sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tile {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Tile {
    /// How many pictures a sheet of this size holds; None where it is no sheet of such pictures, but one of them or not a
    /// whole number of them.
    pub fn count(self, width: u32, height: u32) -> Option<u32> {
        let fits = |length: u32, tile: u32| tile > 0 && length.is_multiple_of(tile);
        let is_sheet = fits(width, self.width) && fits(height, self.height);
        is_sheet.then(|| width / self.width * (height / self.height)).filter(|&count| count > 1)
    }

    /// The picture of this number, from 1.
    pub(crate) fn cut(self, sheet: &Picture, number: u32) -> Option<Picture> {
        let at = number.checked_sub(1).filter(|&at| Some(at) < self.count(sheet.width, sheet.height))?;
        let across = sheet.width / self.width;
        let (left, top) = (at % across * self.width, at / across * self.height);
        let rows = (top..top + self.height).flat_map(|row| {
            let from = (row as usize * sheet.width as usize + left as usize) * 3;
            &sheet.rgb[from..from + self.width as usize * 3]
        });
        Some(Picture { width: self.width, height: self.height, rgb: rows.copied().collect() })
    }

    /// Where the picture of this number is, below its sheet.
    pub fn place(self, sheet: &Path, number: u32) -> PathBuf {
        sheet.join(self.to_string()).join(format!("{number}.png"))
    }

    /// The sheet, the size and the number that a path names, without looking whether the sheet is there. A folder or an
    /// archive may hold a file of such a name too, so the sheet has to have a picture's.
    pub fn named(path: &Path) -> Option<(&Path, Self, u32)> {
        Self::of(path).filter(|(sheet, _, _)| {
            let ending = sheet.extension().map(|ending| ending.to_ascii_lowercase());
            ending.is_some_and(|ending| {
                ["jxl", "svg"].iter().any(|&of_ours| ending == of_ours) || ImageFormat::from_extension(ending).is_some()
            })
        })
    }

    /// The sheet, the size and the number that a path names, if it may name such a picture.
    fn of(path: &Path) -> Option<(&Path, Self, u32)> {
        let number = path.file_name()?.to_str()?.strip_suffix(".png")?.parse().ok()?;
        let folder = path.parent()?;
        Some((folder.parent()?, folder.file_name()?.to_str()?.parse().ok()?, number))
    }
}

impl std::fmt::Display for Tile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl std::str::FromStr for Tile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |text: &str| text.parse().ok().filter(|&side: &u32| side > 0);
        let sides = text.split_once('x').and_then(|(width, height)| Some((side(width)?, side(height)?)));
        let (width, height) = sides.ok_or_else(|| "not a size such as 28x28".to_owned())?;
        Ok(Self { width, height })
    }
}

/// A sheet, known by where it is and when it changed.
type Known = (PathBuf, Option<SystemTime>, Arc<Picture>);

/// The sheet used last: its pictures are asked for one by one.
static LAST: Mutex<Option<Known>> = Mutex::new(None);

/// A temporary file with the picture of a sheet that `path` names; None where it names none.
pub(super) fn copy(path: &Path, limits: &Limits) -> Result<Option<TempPath>, Reason> {
    let Some((place, tile, number)) = Tile::of(path) else { return Ok(None) };
    let Some(sheet) = sheet(place, limits)? else { return Ok(None) };
    let Some(picture) = tile.cut(&sheet, number) else {
        return Err(Reason::Broken { problem: format!("the sheet holds no picture {number} of {tile} pixels") });
    };
    let mut copy = tempfile::Builder::new().prefix("embedscope-").suffix(".png").tempfile()?;
    PngEncoder::new(BufWriter::new(copy.as_file_mut()))
        .write_image(&picture.rgb, picture.width, picture.height, ExtendedColorType::Rgb8)
        .map_err(|error| Reason::Io { problem: error.to_string() })?;
    Ok(Some(copy.into_temp_path()))
}

/// The picture at `path`; None where that is a folder of an archive.
fn sheet(path: &Path, limits: &Limits) -> Result<Option<Arc<Picture>>, Reason> {
    let changed = super::changed(path);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((place, when, picture)) = &*last
        && (place.as_path(), *when) == (path, changed)
    {
        return Ok(Some(picture.clone()));
    }
    let Ok(local) = super::local(path, limits) else { return Ok(None) };
    let mut head = [0; 2];
    if File::open(&*local)?.read(&mut head)? == 2 && head == *b"PK" {
        return Ok(None);
    }
    Limits::check_bytes(fs::metadata(&*local)?.len(), limits.file_bytes)?;
    let picture = Arc::new(picture::decode(&fs::read(&*local)?, ImageFormat::from_path(&*local).ok(), limits)?);
    *last = Some((path.to_owned(), changed, picture.clone()));
    Ok(Some(picture))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of three pictures of 2 × 1 pixels; the picture N is filled with N.
    fn six() -> Picture {
        let row = |numbers: [u8; 3]| numbers.into_iter().flat_map(|number| [number; 6]).collect::<Vec<u8>>();
        Picture { width: 6, height: 2, rgb: [row([1, 2, 3]), row([4, 5, 6])].concat() }
    }

    const TILE: Tile = Tile { width: 2, height: 1 };

    #[test]
    fn pictures_are_numbered_row_by_row() {
        for number in 1..=6 {
            let cut = TILE.cut(&six(), number).expect("there");
            assert_eq!((cut.width, cut.height, cut.rgb), (2, 1, vec![number as u8; 6]));
        }
        assert_eq!((TILE.cut(&six(), 0), TILE.cut(&six(), 7)), (None, None));
        assert_eq!(TILE.count(6, 2), Some(6));
        assert_eq!((TILE.count(2, 1), TILE.count(7, 2), "0x3".parse::<Tile>().ok()), (None, None, None));
    }

    #[test]
    fn a_file_of_such_a_name_elsewhere_is_no_picture_of_a_sheet() {
        let named =
            |path: &str| Tile::named(Path::new(path)).map(|(sheet, tile, number)| (sheet.to_owned(), tile, number));
        assert_eq!(named("/a/sheet.PNG/2x1/3.png"), Some(("/a/sheet.PNG".into(), TILE, 3)));
        assert_eq!((named("/icons/28x28/3.png"), named("/icons.zip/28x28/3.png")), (None, None));
    }

    #[test]
    fn a_picture_of_a_sheet_is_a_file_below_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sheet.png");
        let write = |picture: &Picture| {
            let file = File::create(&path).expect("created");
            let encoder = PngEncoder::new(file);
            encoder.write_image(&picture.rgb, picture.width, picture.height, ExtendedColorType::Rgb8).expect("written");
        };
        write(&six());
        let load = |path: &Path| picture::load(path, &Limits::default());
        assert_eq!(load(&TILE.place(&path, 5)), Ok(TILE.cut(&six(), 5).expect("there")));
        let beyond = load(&TILE.place(&path, 9)).expect_err("six only").to_string();
        assert!(beyond.contains("no picture 9"), "{beyond}");
        assert!(load(&folder.path().join("none.png/2x1/1.png")).is_err());
    }

    #[test]
    fn a_folder_of_an_archive_is_no_sheet() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.zip");
        let mut archive = zip::ZipWriter::new(File::create(&path).expect("created"));
        archive.start_file("2x1/1.png", zip::write::SimpleFileOptions::default()).expect("started");
        let picture = TILE.cut(&six(), 1).expect("there");
        PngEncoder::new(&mut archive)
            .write_image(&picture.rgb, picture.width, picture.height, ExtendedColorType::Rgb8)
            .expect("written");
        archive.finish().expect("finished");
        assert_eq!(picture::load(&path.join("2x1/1.png"), &Limits::default()), Ok(picture));
    }
}
