//! What may be done to texts before they are embedded; nothing unless asked for.
//!
//! It is done to every chunk after the text was cut, so that offsets stay those of the text as it stands. Deliberately
//! absent: stop words, stems and taking marks away; models are trained on texts as people write them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What is done to every text. Off by default: all of it takes something away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preprocessing {
    /// Letters become small ones (Unicode's lower case).
    pub lower_case: bool,
    /// A run of white space, line ends too, becomes one space.
    pub white_space: bool,
    /// Of every text only its first chunk is kept.
    pub truncate: bool,
}

impl Preprocessing {
    /// The piece of a text as it is embedded; all but `truncate`, which is about the text as a whole.
    pub fn apply<'a>(&self, piece: &'a str) -> Cow<'a, str> {
        let mut piece = Cow::Borrowed(piece);
        if self.white_space {
            piece = Cow::Owned(single_spaced(&piece));
        }
        if self.lower_case {
            piece = Cow::Owned(piece.to_lowercase());
        }
        piece
    }
}

fn single_spaced(text: &str) -> String {
    let mut single = String::with_capacity(text.len());
    let mut is_after_space = false;
    for letter in text.chars() {
        let is_space = letter.is_whitespace();
        if !(is_space && is_after_space) {
            single.push(if is_space { ' ' } else { letter });
        }
        is_after_space = is_space;
    }
    single
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_done_unasked() {
        let text = "Two  Words\n and\tÄ";
        assert_eq!(Preprocessing::default().apply(text), text);
        let lower = Preprocessing { lower_case: true, ..Preprocessing::default() };
        assert_eq!(lower.apply(text), "two  words\n and\tä");
        let spaced = Preprocessing { white_space: true, ..Preprocessing::default() };
        assert_eq!(spaced.apply(text), "Two Words and Ä");
        assert_eq!(spaced.apply("\u{a0} \u{3000}x"), " x");
    }
}
