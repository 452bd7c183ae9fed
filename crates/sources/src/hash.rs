//! The one hash by which content is known: BLAKE3, 32 bytes.
//!
//! Deliberately absent: what is hashed; texts are hashed as UTF-8, pictures as the file's bytes.

use std::fs::File;
use std::path::Path;

use crate::{Limits, Reason, inside};

/// BLAKE3 of `bytes`.
pub fn content(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

/// BLAKE3 of `bytes` and of the numbers that came with them, as little-endian `f32`.
pub fn with_vector(bytes: &[u8], vector: &[f32]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(bytes).update(&[0]);
    vector.iter().for_each(|value| {
        hasher.update(&value.to_le_bytes());
    });
    *hasher.finalize().as_bytes()
}

/// BLAKE3 of a whole file, which may be inside another, read in pieces.
pub fn file(path: &Path) -> Result<[u8; 32], Reason> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(&*inside::local(path, &Limits::default())?)?)?;
    Ok(*hasher.finalize().as_bytes())
}
