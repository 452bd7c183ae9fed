//! How files are read, for the verbs that read them.
//!
//! Deliberately absent: reading.

use std::collections::BTreeMap;

use clap::Args;
use embedscope_engine::sources::cut::Unit;
use embedscope_engine::{Cut, ImportChoice, Plan};

use crate::failure::Failure;

#[derive(Args)]
pub struct Reading {
    /// Every line of a text file is an item of its own
    #[arg(long, conflicts_with_all = ["chunk", "chunk_size", "chunk_overlap"])]
    lines: bool,
    /// The column of tables that is the text [default: guessed]
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// Cut long texts by tokens, words, sentences, headings or lines; none keeps them whole
    #[arg(long, default_value_t = Cut::default().unit)]
    chunk: Unit,
    /// The most of these in one piece; for headings, words [default: 180 words or tokens, 5 sentences]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    chunk_size: Option<u32>,
    /// How many of these a piece repeats from the one before
    #[arg(long, default_value_t = 0, value_name = "N")]
    chunk_overlap: usize,
}

const SENTENCES: usize = 5;

impl Reading {
    /// What is to be done with a plan. Fails when no table has the column that was named, and when pieces would only
    /// repeat each other.
    pub fn choice(&self, plan: &Plan, models: Vec<String>, maps: bool, seed: u64) -> Result<ImportChoice, Failure> {
        let usual = if self.chunk == Unit::Sentences { SENTENCES } else { Cut::default().size };
        let size = self.chunk_size.map_or(usual, |size| size as usize);
        if self.chunk_overlap >= size {
            return Err(Failure::call(
                format!("pieces of {size} cannot repeat {} from the one before", self.chunk_overlap),
                "make --chunk-overlap less than --chunk-size",
            ));
        }
        let unit = if self.lines { Unit::Lines } else { self.chunk };
        let cut = Cut { unit, size, overlap: self.chunk_overlap };
        Ok(ImportChoice { models, text_columns: self.text_columns(plan)?, cut, maps, seed })
    }

    fn text_columns(&self, plan: &Plan) -> Result<BTreeMap<String, String>, Failure> {
        let Some(wanted) = &self.text_column else { return Ok(BTreeMap::new()) };
        let having = plan.tables.iter().filter(|table| table.columns.contains(wanted));
        let chosen: BTreeMap<String, String> = having.map(|table| (table.name.clone(), wanted.clone())).collect();
        if chosen.is_empty() {
            let mut there: Vec<&str> =
                plan.tables.iter().flat_map(|table| &table.columns).map(String::as_str).collect();
            there.sort_unstable();
            there.dedup();
            let hint =
                if there.is_empty() { "there is no table".into() } else { format!("there are {}", there.join(", ")) };
            return Err(Failure::call(format!("no table has a column “{wanted}”"), hint));
        }
        Ok(chosen)
    }
}
