//! The program's own sentences, marked as such.
//!
//! Deliberately absent: other languages; the page says what is marked in its own.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the program says, in English: `{"said": "cancelled"}` on the wire, a text for the page. All other words are a user's, or names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, type = "string")]
pub struct Said {
    said: String,
}

impl Said {
    /// Several of them.
    pub(crate) fn each(sentences: Vec<String>) -> Vec<Self> {
        sentences.into_iter().map(Self::from).collect()
    }
}

impl<T: Into<String>> From<T> for Said {
    fn from(said: T) -> Self {
        Self { said: said.into() }
    }
}

impl Deref for Said {
    type Target = str;

    fn deref(&self) -> &str {
        &self.said
    }
}

impl PartialEq<&str> for Said {
    fn eq(&self, other: &&str) -> bool {
        self.said == *other
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::SkippedView;

    #[test]
    fn a_sentence_is_marked_on_the_wire_and_a_users_words_are_not() {
        let skipped = SkippedView { name: "cancelled".into(), reason: "cancelled".into() };
        let sent = serde_json::to_value(skipped).expect("told");
        assert_eq!(sent, serde_json::json!({ "name": "cancelled", "reason": { "said": "cancelled" } }));
    }
}
