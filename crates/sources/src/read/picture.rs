//! A picture file becomes one item, a sheet of pictures one for each; it is decoded once, so that a broken one is known at
//! the door.
//!
//! Deliberately absent: pixels and EXIF in the item; pixels are read again when needed, places stay in the file.

use std::path::Path;

use image::ImageFormat;

use super::outlet::{Outlet, Piece};
use crate::picture::Picture;
use crate::{Limits, Reason, Tile, hash, picture};

pub(super) fn read(path: &Path, tile: Option<Tile>, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let bytes = super::bytes(path, limits.file_bytes)?;
    let whole = picture::decode(&bytes, ImageFormat::from_path(path).ok(), limits)?;
    let (width, height) = (whole.width, whole.height);
    let sheet = tile.and_then(|tile| Some((tile, tile.count(width, height)?)));
    let Some((tile, count)) = sheet else {
        return outlet.give(Piece::Picture { width, height, hash: hash::content(&bytes), tile: None });
    };
    // A sheet is filled up with blanks where its pictures do not fill the last row.
    let is_filled = |&number: &u32| tile.cut(&whole, number).is_some_and(|picture| !is_blank(&picture));
    let last = (1..=count).rev().find(is_filled).unwrap_or(count);
    for number in 1..=last {
        let Some(picture) = tile.cut(&whole, number) else { break };
        let hash = hash::content(&picture.rgb);
        outlet.give(Piece::Picture { width: tile.width, height: tile.height, hash, tile: Some((tile, number)) })?;
    }
    Ok(())
}

fn is_blank(picture: &Picture) -> bool {
    picture.rgb.as_chunks::<3>().0.windows(2).all(|pair| pair[0] == pair[1])
}
