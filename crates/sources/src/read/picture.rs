//! A picture file becomes one item; it is decoded once, so that a broken one is known at the door.
//!
//! Deliberately absent: pixels and EXIF in the item; pixels are read again when needed, places stay in the file.

use std::path::Path;

use image::ImageFormat;

use super::outlet::Outlet;
use crate::{Limits, Reason, hash, picture};

pub(super) fn read(path: &Path, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let bytes = super::bytes(path, limits.file_bytes)?;
    let picture = picture::decode(&bytes, ImageFormat::from_path(path).ok(), limits)?;
    outlet.picture(picture.width, picture.height, hash::content(&bytes))
}
