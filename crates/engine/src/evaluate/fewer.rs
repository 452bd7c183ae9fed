//! Contestants whose vectors are kept in fewer bytes: `MODEL?precision=int8`, among the wishes that a model grants itself.
//!
//! What is kept is put into fewer bytes; what is asked stays whole, as a program that searches has it. Deliberately absent:
//! fewer numbers (`dimensions`), which is the model's own business, and how numbers are kept (the crate `space`).

use std::path::Path;

use embedscope_space::Vectors;
use embedscope_space::precision::Precision;

use crate::Error;

const WISH: &str = "precision=";

/// A contestant's name as the model's, with the wishes it grants itself; and how its vectors are kept, None for whole.
pub(super) fn split(name: &str) -> (String, Option<Precision>) {
    let Some((base, wishes)) = name.rsplit_once('?').filter(|_| !Path::new(name).exists()) else {
        return (name.to_owned(), None);
    };
    let mut precision = None;
    let mut others = Vec::new();
    for wish in wishes.split('&') {
        match wish.strip_prefix(WISH).and_then(named) {
            Some(found) => precision = found,
            None => others.push(wish),
        }
    }
    match others.is_empty() {
        true => (base.to_owned(), precision),
        false => (format!("{base}?{}", others.join("&")), precision),
    }
}

/// A model's name with a wish behind it, beside those it has.
pub(super) fn with(model: &str, wish: &str) -> String {
    let (_, wishes) = embedscope_models::Overrides::split(model);
    let joint = if wishes == embedscope_models::Overrides::default() { '?' } else { '&' };
    format!("{model}{joint}{wish}")
}

/// The wish for a precision.
pub(super) fn wish(precision: Precision) -> String {
    format!("{WISH}{}", precision.name())
}

fn named(word: &str) -> Option<Option<Precision>> {
    if word == "f32" {
        return Some(None);
    }
    Precision::NAMES.iter().find(|(_, name)| *name == word).map(|&(precision, _)| Some(precision))
}

/// Bytes of one vector.
pub(super) fn bytes(dim: usize, precision: Option<Precision>) -> usize {
    match precision {
        None => dim * size_of::<f32>(),
        Some(Precision::Int8 | Precision::Uint8) => dim,
        Some(Precision::Binary | Precision::Ubinary) => dim.div_ceil(8),
    }
}

/// The numbers that kept vectors stand for.
pub(super) fn kept(vectors: Vectors, precision: Option<Precision>) -> Result<Vectors, Error> {
    match precision {
        Some(precision) if vectors.rows() > 0 => {
            let decoded = precision.of(&vectors).decoded()?;
            if is_bits(Some(precision)) { as_long_as(&vectors, &decoded) } else { Ok(decoded) }
        }
        _ => Ok(vectors),
    }
}

/// Each row at the length of the one it stands for: signs alone are longer, and a regression would hold them to less.
fn as_long_as(vectors: &Vectors, kept: &Vectors) -> Result<Vectors, Error> {
    let values = vectors.iter().zip(kept.iter()).flat_map(|(row, kept)| {
        let factor = length(row) / length(kept);
        kept.iter().map(move |x| x * factor)
    });
    Ok(Vectors::new(values.collect(), kept.dim())?)
}

/// Whether only signs are kept.
pub(super) fn is_bits(precision: Option<Precision>) -> bool {
    matches!(precision, Some(Precision::Binary | Precision::Ubinary))
}

/// −1 and 1 for every number.
pub(super) fn signs(vectors: &Vectors) -> Result<Vectors, Error> {
    Ok(Vectors::new(vectors.as_slice().iter().map(|&x| if x > 0.0 { 1.0 } else { -1.0 }).collect(), vectors.dim())?)
}

/// The first `dim` numbers of every row, at unit length.
pub(super) fn shortened(vectors: &Vectors, dim: usize) -> Result<Vectors, Error> {
    let values = vectors.iter().flat_map(|row| {
        let kept = &row[..dim.min(row.len())];
        let length = length(kept);
        kept.iter().map(move |x| x / length)
    });
    Ok(Vectors::new(values.collect(), dim.min(vectors.dim()))?)
}

/// The length of a row, of which one may divide.
fn length(row: &[f32]) -> f32 {
    row.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_as_long_as_what_they_stand_for() {
        let vectors = Vectors::new(vec![0.6, -0.8, 3.0, 4.0], 2).expect("two rows");
        let bits = kept(vectors, Some(Precision::Binary)).expect("kept");
        let lengths: Vec<f32> = bits.iter().map(|row| row.iter().map(|x| x * x).sum::<f32>().sqrt()).collect();
        assert!((lengths[0] - 1.0).abs() < 1e-6 && (lengths[1] - 5.0).abs() < 1e-5, "{lengths:?}");
        assert!(bits.row(0)[0] > 0.0 && bits.row(0)[1] < 0.0);
    }

    #[test]
    fn the_wish_is_taken_off_and_others_stay() {
        assert_eq!(split("m"), ("m".into(), None));
        assert_eq!(split("m?precision=int8"), ("m".into(), Some(Precision::Int8)));
        assert_eq!(split("m?precision=f32"), ("m".into(), None));
        let both = "owner/m?dimensions=128&precision=binary";
        assert_eq!(split(both), ("owner/m?dimensions=128".into(), Some(Precision::Binary)));
        // What is no precision is left for the model to refuse.
        assert_eq!(split("m?precision=tiny"), ("m?precision=tiny".into(), None));
        assert_eq!(with("m", &wish(Precision::Int8)), "m?precision=int8");
        assert_eq!(with("m?dimensions=8", "precision=int8"), "m?dimensions=8&precision=int8");
    }

    #[test]
    fn bytes_are_those_of_the_kept_row() {
        let of = |precision| bytes(384, precision);
        assert_eq!((of(None), of(Some(Precision::Int8)), of(Some(Precision::Binary))), (1536, 384, 48));
        let rows = Vectors::new(vec![3.0, 4.0, 9.0, -0.5, 0.0, 1.0], 3).expect("rows");
        assert_eq!(shortened(&rows, 2).expect("cut").as_slice(), [0.6, 0.8, -1.0, 0.0]);
        let bits = kept(rows.clone(), Some(Precision::Binary)).expect("kept");
        assert_eq!(signs(&bits).expect("signs").as_slice(), signs(&rows).expect("signs").as_slice());
        assert_eq!(kept(rows.clone(), None).expect("kept").as_slice(), rows.as_slice());
    }
}
