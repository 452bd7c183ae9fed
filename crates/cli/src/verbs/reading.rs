//! How files are read, for the verbs that read them.
//!
//! Deliberately absent: reading.

use std::collections::BTreeMap;

use clap::Args;
use embedscope_engine::sources::Tile;
use embedscope_engine::sources::cut::Unit;
use embedscope_engine::{Columns, Cut, Engine, ImportChoice, Plan, PlanTable, Preprocessing};

use crate::failure::Failure;

#[derive(Args)]
pub struct Reading {
    /// Every line of a text file is an item of its own
    #[arg(long, conflicts_with_all = ["chunk", "chunk_size", "chunk_overlap"])]
    lines: bool,
    /// The table to read of files that hold several [default: the one with the most text]
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
    /// The column of tables that is the text; "" for none [default: guessed]
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// The column of tables that names a picture's file; the row then belongs to the picture; "" for none [default: guessed]
    #[arg(long, value_name = "NAME")]
    image_column: Option<String>,
    /// The column of tables that is the class; kept as `label`
    #[arg(long, value_name = "NAME")]
    label_column: Option<String>,
    /// The column of tables that names each row; kept as `id`
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,
    /// The column that holds ready vectors, "PREFIX*" for numbered columns, "x,y" for named ones, "*" for all numbers, "" for none [default: guessed]
    #[arg(long, value_name = "NAME")]
    vector_column: Option<String>,
    /// Cut long texts by tokens, words, sentences, headings or lines; none keeps them whole
    #[arg(long, default_value_t = Cut::default().unit)]
    chunk: Unit,
    /// The most of these in one piece; for headings, words [default: 180 words or tokens, 5 sentences]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    chunk_size: Option<u32>,
    /// How many of these a piece repeats from the one before
    #[arg(long, default_value_t = 0, value_name = "N")]
    chunk_overlap: usize,
    /// Keep only the first piece of every text
    #[arg(long)]
    truncate: bool,
    /// Make all letters small before embedding
    #[arg(long)]
    lower_case: bool,
    /// Make every run of white space one space before embedding
    #[arg(long)]
    white_space: bool,
    /// Keep the name of its folder as the `label` of whatever has none
    #[arg(long)]
    folder_labels: bool,
    /// Cut pictures that are sheets of smaller ones into these, of so many pixels, such as 28x28
    #[arg(long, value_name = "WxH")]
    tile: Option<Tile>,
}

impl Reading {
    /// What is to be done with a plan. Fails when no file has the table or column that was named, and when pieces would
    /// only repeat each other.
    pub fn choice(
        &self,
        engine: &Engine,
        plan: &Plan,
        models: Vec<String>,
        maps: bool,
        seed: u64,
    ) -> Result<ImportChoice, Failure> {
        let usual = Cut::usual(if self.lines { Unit::Lines } else { self.chunk });
        let size = self.chunk_size.map_or(usual.size, |size| size as usize);
        if self.chunk_overlap >= size {
            return Err(Failure::call(
                format!("pieces of {size} cannot repeat {} from the one before", self.chunk_overlap),
                "make --chunk-overlap less than --chunk-size",
            ));
        }
        let cut = Cut { size, overlap: self.chunk_overlap, ..usual };
        let &Self { lower_case, white_space, truncate, folder_labels, tile, .. } = self;
        let preprocessing = Preprocessing { lower_case, white_space, truncate };
        let columns = self.columns(engine, plan)?;
        Ok(ImportChoice { models, columns, cut, preprocessing, folder_labels, tile, maps, seed })
    }

    /// Every table that has a named column uses it.
    fn columns(&self, engine: &Engine, plan: &Plan) -> Result<BTreeMap<String, Columns>, Failure> {
        let is_known = |wanted: &&String| plan.tables.iter().any(|table| table.others.contains(wanted));
        if let Some(wanted) = self.table.as_ref().filter(|wanted| !is_known(wanted)) {
            let there: Vec<&str> = plan.tables.iter().flat_map(|table| &table.others).map(String::as_str).collect();
            let hint = match there.is_empty() {
                true => "no file holds several tables".into(),
                false => format!("there are {}", there.join(", ")),
            };
            return Err(Failure::call(format!("no file has a table “{wanted}”"), hint));
        }
        let tables = plan.tables.iter().map(|table| match &self.table {
            Some(wanted) if table.others.contains(wanted) => engine.plan_table(plan, &table.name, wanted),
            _ => Ok(table.clone()),
        });
        let tables: Vec<PlanTable> = tables.collect::<Result<_, _>>()?;
        let named = [&self.text_column, &self.image_column, &self.label_column, &self.id_column, &self.vector_column];
        for wanted in named.into_iter().flatten() {
            if !wanted.is_empty() && !tables.iter().any(|table| has(table, wanted)) {
                let mut there: Vec<&str> = tables.iter().flat_map(|table| &table.columns).map(String::as_str).collect();
                there.sort_unstable();
                there.dedup();
                let hint = match there.is_empty() {
                    true => "there is no table".into(),
                    false => format!("there are {}", there.join(", ")),
                };
                return Err(Failure::call(format!("no table has a column “{wanted}”"), hint));
            }
        }
        let of = |table: &PlanTable| {
            let chosen = |wanted: &Option<String>| wanted.clone().filter(|wanted| has(table, wanted));
            let columns = Columns {
                text: chosen(&self.text_column),
                image: chosen(&self.image_column),
                label: chosen(&self.label_column),
                id: chosen(&self.id_column),
                vector: chosen(&self.vector_column),
                table: self.table.clone().filter(|wanted| table.others.contains(wanted)),
            };
            (columns != Columns::default()).then(|| (table.name.clone(), columns))
        };
        Ok(tables.iter().filter_map(of).collect())
    }
}

/// Whether a table has this column, or columns that this pattern stands for.
fn has(table: &PlanTable, wanted: &str) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let is_there = |wanted: &str| table.columns.iter().any(|name| name == wanted);
    let fits = |prefix: &str| table.columns.iter().any(|name| name.starts_with(prefix));
    is_there(wanted)
        || wanted.strip_suffix('*').is_some_and(fits)
        || (wanted.contains(',') && wanted.split(',').all(|part| is_there(part.trim())))
}
