//! Words: splitting text of any language into words and n-grams, stop words, and the words that tell groups apart.
//!
//! Deliberately absent: dictionaries, stemming, models and files.

mod segment;
mod stop;

pub mod bm25;
pub mod labels;

pub use segment::{Word, ngram, segment, words};
pub use stop::is_stop;
