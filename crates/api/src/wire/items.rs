//! Items by their ids, as few bytes as that takes.
//!
//! Deliberately absent: items that are told of in words, see [`super::ItemView`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

/// Items a page names: their ids or, where those ascend and that is shorter, a bitmask in base64 (see [`mask_of`]).
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export, type = "Array<number> | string")]
pub struct Items(pub Vec<u32>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Ids(Vec<u32>),
    Mask(String),
}

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(match Written::deserialize(from)? {
            Written::Ids(ids) => ids,
            Written::Mask(mask) => {
                let mask = STANDARD.decode(mask).map_err(D::Error::custom)?;
                mask.iter().enumerate().flat_map(set_bits).collect()
            }
        }))
    }
}

fn set_bits((at, &byte): (usize, &u8)) -> impl Iterator<Item = u32> {
    (0..8).filter(move |bit| byte >> bit & 1 == 1).map(move |bit| at as u32 * 8 + bit)
}

/// A bitmask of ids: bit `n % 8` of byte `n / 8` is item `n`. None where they do not ascend, as it says nothing of an order, and
/// where their list is as short.
pub(crate) fn mask_of(ids: &[u32]) -> Option<Vec<u8>> {
    let bytes = *ids.last()? as usize / 8 + 1;
    if bytes >= size_of_val(ids) || !ids.is_sorted_by(|a, b| a < b) {
        return None;
    }
    let mut mask = vec![0; bytes];
    for &id in ids {
        mask[id as usize / 8] |= 1 << (id % 8);
    }
    Some(mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Vec<u32>> {
        serde_json::from_str::<Items>(json).ok().map(|items| items.0)
    }

    #[test]
    fn ids_and_their_mask_are_read_alike() {
        let ids: Vec<u32> = (0..900).filter(|id| id % 3 == 1 || id % 8 == 7).collect();
        let mask = mask_of(&ids).expect("a mask is shorter than four bytes each");
        assert_eq!(read(&serde_json::to_string(&ids).expect("numbers")).as_ref(), Some(&ids));
        assert_eq!(read(&format!("{:?}", STANDARD.encode(mask))), Some(ids));
    }

    #[test]
    fn an_order_is_kept_and_a_few_far_apart_stay_a_list() {
        assert_eq!(mask_of(&(0..64).rev().collect::<Vec<u32>>()), None);
        assert_eq!(mask_of(&[3, 3, 4, 5]), None);
        assert_eq!(mask_of(&[1, 1_000_000]), None);
        assert_eq!(mask_of(&[]), None);
        assert_eq!(mask_of(&[0, 1, 9]), Some(vec![0b11, 0b10]));
    }

    #[test]
    fn what_is_no_mask_is_refused() {
        for json in ["\"not base64!\"", "{}", "[-1]", "[1.5]", "null"] {
            assert_eq!(read(json), None, "{json}");
        }
        assert_eq!(read("\"\""), Some(vec![]));
    }
}
