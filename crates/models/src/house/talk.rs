//! What this program and a process that holds a model say to each other.
//!
//! Each question has its answer: to be greeted [`Greeting`], to load [`Loaded`] or a [`Fault`], and so on. Deliberately absent: how
//! it is written down (`embedscope_apart`).

use std::ffi::OsString;

use serde::{Deserialize, Serialize, Serializer};

use crate::error::line;
use crate::memory::Memory;
use crate::{About, Error, Input, Pixels};

/// What is asked of the process.
#[derive(Serialize, Deserialize)]
pub(super) enum Ask<'a> {
    /// Who are you? [`Greeting`].
    Greet,
    /// Hold this model. [`Loaded`] or a [`Fault`].
    Load(Load),
    /// How many tokens have these texts? A number for each.
    Count(#[serde(borrow)] Vec<&'a str>),
    /// The vectors of these. [`Embedded`] or a [`Fault`].
    Embed {
        #[serde(borrow)]
        inputs: Vec<Item<'a>>,
        is_query: bool,
    },
    /// What happens to this text? An anatomy or a [`Fault`].
    Explain(&'a str),
}

#[derive(Serialize, Deserialize)]
pub(super) struct Greeting {
    pub(super) version: String,
    /// None where it was built for no graphics card; else the card, or why none is used, in words.
    pub(super) card: Option<Result<String, String>>,
}

/// A model, as [`crate::load()`] has found it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Load {
    pub(super) root: OsString,
    pub(super) name: String,
    /// The name with the wishes behind it.
    pub(super) id: String,
    /// Our cache and the hub's.
    pub(super) folders: [OsString; 2],
    pub(super) threads: Option<usize>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Loaded {
    pub(super) about: About,
    pub(super) memory: Memory,
}

/// One thing to embed.
#[derive(Serialize, Deserialize)]
pub(super) enum Item<'a> {
    Text(&'a str),
    Picture {
        width: u32,
        height: u32,
        #[serde(serialize_with = "at_once")]
        rgb: &'a [u8],
    },
}

#[derive(Serialize, Deserialize)]
pub(super) struct Embedded {
    pub(super) rows: Vec<f32>,
    pub(super) memory: Memory,
}

/// What went wrong with a model: an [`Error`] that can be sent.
#[derive(Serialize, Deserialize)]
pub(super) enum Fault {
    Unsupported { id: String, problem: String },
    File { file: OsString, problem: String },
    Input { id: String, what: String },
    Compute { id: String, problem: String },
}

/// Bytes as bytes, not one after the other.
fn at_once<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_bytes(bytes)
}

impl<'a> From<Input<'a>> for Item<'a> {
    fn from(input: Input<'a>) -> Self {
        match input {
            Input::Text(text) => Self::Text(text),
            Input::Image(Pixels { width, height, rgb }) => Self::Picture { width, height, rgb },
        }
    }
}

impl<'a> From<&Item<'a>> for Input<'a> {
    fn from(item: &Item<'a>) -> Self {
        match *item {
            Item::Text(text) => Self::Text(text),
            Item::Picture { width, height, rgb } => Self::Image(Pixels { width, height, rgb }),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Unsupported { id, problem } => Self::Unsupported { id, problem },
            Error::File { file, problem } => Self::File { file: file.into(), problem },
            Error::Input { id, what } => Self::Input { id, what },
            Error::Compute { id, source } => Self::Compute { id, problem: line(&source) },
            other => Self::Unsupported { id: "the model".into(), problem: other.to_string() },
        }
    }
}

impl Fault {
    /// The error it was.
    pub(super) fn error(self) -> Error {
        match self {
            Self::Unsupported { id, problem } => Error::Unsupported { id, problem },
            Self::File { file, problem } => Error::File { file: file.into(), problem },
            Self::Input { id, what } => Error::Input { id, what },
            Self::Compute { id, problem } => Error::Compute { id, source: candle_core::Error::Msg(problem) },
        }
    }
}

#[cfg(test)]
mod tests {
    use embedscope_apart::{decode, next, send};

    use super::*;

    #[test]
    fn what_is_embedded_arrives_as_it_was() {
        let rgb = [1, 2, 3, 253, 254, 255];
        let inputs = [Input::Text("größer 漢"), Input::Image(Pixels { width: 2, height: 1, rgb: &rgb })];
        let ask = Ask::Embed { inputs: inputs.map(Item::from).into(), is_query: true };
        let mut pipe = Vec::new();
        send(&mut pipe, &ask).expect("written");
        let bytes = next(&mut pipe.as_slice()).expect("read").expect("there");
        let Ask::Embed { inputs, is_query: true } = decode(&bytes).expect("understood") else { panic!("another") };
        let inputs: Vec<Input<'_>> = inputs.iter().map(Input::from).collect();
        assert!(matches!(inputs[0], Input::Text("größer 漢")));
        assert!(matches!(inputs[1], Input::Image(Pixels { width: 2, height: 1, rgb: found }) if found == rgb));
    }

    #[test]
    fn what_went_wrong_reads_the_same_on_both_sides() {
        let id = || "m".to_owned();
        let faults = [
            Error::Unsupported { id: id(), problem: "it is odd".into() },
            Error::File { file: "config.json".into(), problem: "is torn".into() },
            Error::Input { id: id(), what: "a picture".into() },
            Error::Compute { id: id(), source: candle_core::Error::Msg("shapes differ".into()) },
        ];
        for error in faults {
            let said = error.to_string();
            assert_eq!(Fault::from(error).error().to_string(), said);
        }
    }
}
