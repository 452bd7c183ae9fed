//! How rare a word is in general, from a short list of common words.
//!
//! The list was written by hand for this project: common words of English, German, French and Spanish in roughly
//! falling frequency. It is no count of any corpus; frequencies follow from the rank by the law of Zipf and Mandelbrot,
//! 1 / (rank + 5). Deliberately absent: other languages, in which every word counts as rare.

use std::collections::HashMap;
use std::sync::LazyLock;

/// From 0 (the commonest word) to 1 (not in the list): the inverse document frequency, scaled.
pub(super) fn rarity(word: &str) -> f32 {
    static COMMON: LazyLock<HashMap<&str, f32>> = LazyLock::new(read);
    COMMON.get(word).copied().unwrap_or(1.0)
}

const SHIFT: f32 = 5.0;

/// The rank at which a word counts as rare.
const RARE: f32 = 1000.0;

fn read() -> HashMap<&'static str, f32> {
    let mut common: HashMap<&str, f32> = HashMap::new();
    for line in include_str!("common_words.txt").lines().filter(|line| !line.starts_with('#')) {
        for (rank, word) in line.split_whitespace().skip(1).enumerate() {
            let rarity = (((rank + 1) as f32 / SHIFT).ln_1p() / (RARE / SHIFT).ln_1p()).min(1.0);
            let known = common.entry(word).or_insert(rarity);
            *known = known.min(rarity);
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_weigh_little_in_every_language_of_the_list() {
        for word in ["the", "der", "de", "que"] {
            assert!(rarity(word) < 0.3, "{word}");
        }
        assert!(rarity("the") < rarity("man") && rarity("man") < rarity("zebra"));
        assert_eq!(rarity("zebra"), 1.0);
    }

    #[test]
    fn the_list_names_four_languages() {
        let codes: Vec<_> =
            include_str!("common_words.txt").lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(codes, ["#", "en", "de", "fr", "es"]);
        assert!(read().len() > 900);
    }
}
