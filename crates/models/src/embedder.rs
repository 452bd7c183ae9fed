//! The seam every embedder stands behind: describe yourself, embed a batch, nothing more.
//!
//! Stateless by contract: what an embedder answers does not depend on what else was embedded. A neural model, a
//! built-in baseline, a remote provider and a test's fake are the same thing to everybody else. Deliberately absent:
//! batching, caching, cancelling and progress; those are the engine's.

use embedscope_space::Vectors;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::memory::Memory;

/// What an item is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Words.
    Text,
    /// A picture.
    Image,
}

/// Why a text is embedded; some models put different words before a question and an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Something to be found.
    #[default]
    Document,
    /// Something to find it by.
    Query,
}

/// One upright picture, three bytes a pixel (red, green, blue), row after row.
#[derive(Clone, Copy)]
pub struct Pixels<'a> {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width × height × 3` bytes.
    pub rgb: &'a [u8],
}

/// One thing to embed.
#[derive(Clone, Copy)]
pub enum Input<'a> {
    /// A text, embedded in the role given with the batch.
    Text(&'a str),
    /// A picture.
    Image(Pixels<'a>),
}

impl Input<'_> {
    /// What this input is made of.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Image(_) => Kind::Image,
        }
    }
}

/// How two vectors of a model are meant to be compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Similarity {
    /// The angle between them.
    #[default]
    Cosine,
    /// Their inner product.
    Dot,
    /// The distance between their ends.
    Euclidean,
    /// The sum of the distances along the axes.
    Manhattan,
}

/// What an embedder says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About {
    /// The id it was asked for by, such as `all-MiniLM-L6-v2` or `builtin-text`.
    pub id: String,
    /// What it can embed.
    pub kinds: Vec<Kind>,
    /// Numbers in a vector.
    pub dim: usize,
    /// The most tokens of a text that count; the rest is cut off. None where there is no limit.
    pub max_tokens: Option<usize>,
    /// How its vectors are compared.
    pub similarity: Similarity,
    /// Where it computes, in words: "CPU, 2 threads".
    pub device: String,
    /// Everything that decides its numbers (model, revision, file hashes, pooling, normalise, precision, length), as
    /// canonical JSON: two embedders with the same recipe give the same vectors.
    #[serde(with = "crate::house::tree")]
    pub recipe: serde_json::Value,
}

/// Turns texts or pictures into vectors.
pub trait Embedder: Send + Sync {
    /// Describes this embedder; the same answer every time.
    fn about(&self) -> &About;

    /// What embedding this text costs, in tokens, before anything is cut off; batches are made by it.
    fn count_tokens(&self, text: &str) -> usize;

    /// As [`Embedder::count_tokens`], of many texts at once, in order.
    fn count_each(&self, texts: &[&str]) -> Vec<usize> {
        texts.par_iter().map(|text| self.count_tokens(text)).collect()
    }

    /// One row of `about().dim` finite numbers for each input, in order. Every input must be of a kind in `about().kinds`.
    fn embed(&self, inputs: &[Input<'_>], role: Role) -> Result<Vectors, Error>;

    /// What happens to a text on its way to a vector, where the embedder can tell.
    fn explain(&self, text: &str) -> Result<Anatomy, Error>;

    /// How many tokens it wants to be handed at a time, where asking takes about as long whatever is asked: of whoever answers
    /// over a wire.
    fn batch_tokens(&self) -> Option<usize> {
        None
    }

    /// What it uses in a process of its own; None where it computes in this one.
    fn memory(&self) -> Option<Memory> {
        None
    }
}

/// A text's way to its vector, for teaching and for finding faults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anatomy {
    /// The tokens as the model sees them, special ones included.
    pub tokens: Vec<String>,
    /// The token ids, one for each token.
    pub ids: Vec<u32>,
    /// The bytes `[start, end)` of the text each token stands for; equal for special tokens.
    pub offsets: Vec<(usize, usize)>,
    /// How many tokens were cut off because the text is too long.
    pub cut: usize,
    /// What each stage hands to the next.
    pub stages: Vec<Stage>,
    /// The vector pooled in several ways, before normalising.
    pub pooled: Vec<Pooled>,
    /// The Euclidean length of the vector before it is normalised.
    pub norm: f64,
    /// The vector as `embed` gives it.
    pub vector: Vec<f32>,
}

/// One stage of the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Its name, such as `token vectors`.
    pub name: String,
    /// The shape of what it hands on.
    pub shape: Vec<usize>,
}

/// A vector pooled in one way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pooled {
    /// `mean`, `cls` or `max`.
    pub pooling: String,
    /// Whether this is the model's own way.
    pub own: bool,
    /// Cosine to the model's own vector.
    pub cosine: f64,
}
