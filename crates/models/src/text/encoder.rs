//! The encoder of tokens that every text architecture comes down to: vectors of tokens and places, blocks, and norms.
//!
//! Each architecture is a file of its own that builds one from its configuration and the names of its weights. Deliberately
//! absent: tokenising and pooling.

use candle_core::{Result, Tensor};
use serde::Deserialize;

use super::{bert, distilbert, gemma3, gpt2, modernbert, mpnet, nomic, qwen3, roberta};
use crate::Error;
use crate::device::Place;
use crate::folder::Folder;
use crate::layers::{Block, Norm, Table, places, starts, through};

/// An encoder of tokens laid end to end.
pub(crate) struct Encoder {
    /// The vectors of tokens.
    pub(crate) words: Table,
    /// What is added for their places; None where blocks see to places themselves.
    pub(crate) places: Option<Places>,
    /// What the second of two texts adds to its tokens, where the architecture tells them apart.
    pub(crate) second: Option<Vec<f32>>,
    /// The norm before the blocks.
    pub(crate) before: Option<Norm>,
    pub(crate) blocks: Vec<Block>,
    /// The norm after them.
    pub(crate) after: Option<Norm>,
    /// The most tokens it takes.
    pub(crate) positions: usize,
}

/// Learned vectors of places.
pub(crate) struct Places {
    pub(crate) table: Table,
    /// Where places count on from the number of the padding token, which itself does not count.
    pub(crate) padding: Option<u32>,
}

impl Places {
    /// The most tokens there are places for.
    pub(crate) fn count(&self) -> usize {
        self.table.entries().saturating_sub(self.padding.map_or(0, |padding| padding as usize + 1))
    }

    fn of(&self, ids: &[u32], lengths: &[usize]) -> Vec<usize> {
        let Some(padding) = self.padding else { return places(lengths).collect() };
        let mut found = Vec::with_capacity(ids.len());
        let mut rest = ids;
        for &length in lengths {
            let (text, after) = rest.split_at(length.min(rest.len()));
            let mut last = padding as usize;
            for &id in text {
                last += usize::from(id != padding);
                found.push(if id == padding { padding as usize } else { last });
            }
            rest = after;
        }
        found
    }
}

impl Encoder {
    /// Loads the encoder whose `config.json` and weights are `below` the folder. Says which architecture it is.
    pub(crate) fn load(folder: &Folder, below: &str, place: &Place) -> std::result::Result<(Self, String), Error> {
        let name = if below.is_empty() { "config.json".into() } else { format!("{below}/config.json") };
        let kind: Kind = folder.needed(&name)?;
        let kind = kind.model_type.unwrap_or_default();
        let load = loader(&kind).ok_or_else(|| unknown(folder, &kind))?;
        Ok((load(Files { folder, config: &name, below, place })?, kind))
    }

    /// Whether an architecture, by transformers' word for it, is one of these.
    pub(crate) fn knows(kind: &str) -> bool {
        loader(kind).is_some()
    }

    /// One that looks tokens up in a table and does no more.
    pub(super) fn table(words: Table) -> Self {
        let positions = usize::MAX;
        Self { words, places: None, second: None, before: None, blocks: Vec::new(), after: None, positions }
    }

    /// Numbers in the vector of a token.
    pub(crate) fn width(&self) -> usize {
        self.words.width()
    }

    /// The most tokens it takes.
    pub(crate) fn positions(&self) -> usize {
        self.positions
    }

    /// How many different tokens it knows.
    pub(crate) fn entries(&self) -> usize {
        self.words.entries()
    }

    /// How many blocks it has.
    pub(crate) fn layers(&self) -> usize {
        self.blocks.len()
    }

    /// The tokens of texts laid end to end, to `[Σ lengths, width]`.
    pub(crate) fn forward(&self, ids: &[u32], lengths: &[usize]) -> Result<Tensor> {
        self.run(self.start(ids, lengths)?, lengths, None)
    }

    /// As `forward`, but only the rows of these numbers, `[kept, width]`.
    pub(crate) fn forward_to(&self, ids: &[u32], lengths: &[usize], kept: &[u32]) -> Result<Tensor> {
        self.run(self.start(ids, lengths)?, lengths, Some(kept))
    }

    /// Pairs of texts to the rows of their first tokens, `[pairs, width]`: `seconds` says of each token whether it is the
    /// second text's.
    pub(crate) fn forward_pairs(&self, ids: &[u32], lengths: &[usize], seconds: &[bool]) -> Result<Tensor> {
        let (rows, starts) = (self.start(ids, lengths)?, starts(lengths));
        let Some(second) = &self.second else { return self.run(rows, lengths, Some(&starts)) };
        let mut numbers: Vec<f32> = rows.flatten_all()?.to_vec1()?;
        for (row, _) in numbers.chunks_exact_mut(second.len()).zip(seconds).filter(|(_, second)| **second) {
            row.iter_mut().zip(second).for_each(|(value, more)| *value += more);
        }
        self.run(Tensor::from_vec(numbers, rows.dims(), rows.device())?, lengths, Some(&starts))
    }

    fn start(&self, ids: &[u32], lengths: &[usize]) -> Result<Tensor> {
        match &self.places {
            Some(places) => self.words.with_positions(&places.table, ids, places.of(ids, lengths)),
            None => self.words.rows(ids),
        }
    }

    fn run(&self, rows: Tensor, lengths: &[usize], kept: Option<&[u32]>) -> Result<Tensor> {
        let rows = self.before.as_ref().map_or(Ok(rows.clone()), |norm| norm.forward(&rows))?;
        let rows = through(&self.blocks, rows, lengths, kept)?;
        self.after.as_ref().map_or(Ok(rows.clone()), |norm| norm.forward(&rows))
    }
}

type Load = fn(Files<'_>) -> std::result::Result<Encoder, Error>;

fn loader(kind: &str) -> Option<Load> {
    Some(match kind {
        "bert" => bert::load,
        "roberta" | "xlm-roberta" | "camembert" => roberta::load,
        "mpnet" => mpnet::load,
        "distilbert" => distilbert::load,
        "modernbert" => modernbert::load,
        "nomic_bert" => nomic::load,
        "qwen3" => qwen3::load,
        "gemma3_text" => gemma3::load,
        "gpt2" => gpt2::load,
        _ => return None,
    })
}

/// Where an architecture finds what it is built from.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    pub(super) folder: &'a Folder,
    /// The configuration, below the folder.
    pub(super) config: &'a str,
    /// Where the weights are, below the folder.
    pub(super) below: &'a str,
    pub(super) place: &'a Place,
}

/// What `config.json` says of the architecture: transformers' word for it.
#[derive(Deserialize)]
struct Kind {
    model_type: Option<String>,
}

/// That nobody here knows an architecture.
pub(crate) fn unknown(folder: &Folder, kind: &str) -> Error {
    folder.unsupported(match kind {
        "" => "its config.json names no architecture".into(),
        kind => format!("its architecture “{kind}” is not known"),
    })
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn places_count_on_from_the_padding_which_does_not_count() {
        let table = |entries: usize| {
            Table::new(&Tensor::zeros((entries, 2), candle_core::DType::F32, &Device::Cpu).expect("zeros"))
                .expect("a table")
        };
        let plain = Places { table: table(9), padding: None };
        assert_eq!((plain.count(), plain.of(&[5, 1, 7, 5], &[3, 1])), (9, vec![0, 1, 2, 0]));
        let shifted = Places { table: table(9), padding: Some(1) };
        assert_eq!((shifted.count(), shifted.of(&[5, 1, 7, 5], &[3, 1])), (7, vec![2, 1, 3, 2]));
    }
}
