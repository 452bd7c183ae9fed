//! Judgements as a table of texts, to be taken elsewhere and brought in: anchor, positive, negative.
//!
//! An item is known by its text, a picture by its title; of items with the same text the first is meant. Deliberately
//! absent: what could not be decided, which is no judgement.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use embedscope_workspace::ItemId;

use super::super::tables;
use super::Answer;
use crate::{Card, Engine, Error};

/// What became of the judgements of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handed {
    /// They were new.
    pub added: usize,
    /// They were here already.
    pub known: usize,
    /// They are about a text that no item has.
    pub unmatched: usize,
}

impl Engine {
    /// What was decided about items that are still here, as separated values with a head.
    pub fn judgements_as_table(&self) -> Result<String, Error> {
        let failed = |problem: &dyn std::fmt::Display| Error::Fault(format!("writing a table: {problem}"));
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["anchor", "positive", "negative"]).map_err(|problem| failed(&problem))?;
        for answer in self.judgements()?.into_iter().filter(|answer| answer.decided) {
            let cards = self.cards(&[answer.anchor, answer.near, answer.far].map(ItemId))?;
            writer.write_record(cards.iter().map(said)).map_err(|problem| failed(&problem))?;
        }
        let bytes = writer.into_inner().map_err(|problem| failed(&problem))?;
        String::from_utf8(bytes).map_err(|problem| failed(&problem))
    }

    /// Adds the judgements of a table of texts to those of the workspace.
    pub fn add_judgements(&self, table: &Path) -> Result<Handed, Error> {
        self.writable()?;
        let triplets = tables::triplets(table)?.rows;
        let mut items: HashMap<&str, Option<u32>> = triplets.iter().flatten().map(|text| (text.trim(), None)).collect();
        self.each_card(|card| {
            if let Some(item) = items.get_mut(said(&card).trim()) {
                item.get_or_insert(card.id.0);
            }
        })?;
        let mut answers = self.answers()?;
        let judged = |answer: &Answer| (answer.anchor, answer.near, answer.far);
        let mut known: HashSet<(u32, u32, u32)> = answers.iter().filter(|answer| answer.decided).map(judged).collect();
        let mut handed = Handed::default();
        for triplet in &triplets {
            let [Some(anchor), Some(near), Some(far)] = triplet.each_ref().map(|text| items[text.trim()]) else {
                handed.unmatched += 1;
                continue;
            };
            if !known.insert((anchor, near, far)) {
                handed.known += 1;
                continue;
            }
            answers.push(Answer { anchor, near, far, decided: true });
            handed.added += 1;
        }
        if handed.added > 0 {
            self.keep_answers(&answers)?;
        }
        Ok(handed)
    }
}

/// What an item is known by.
fn said(card: &Card) -> &str {
    if card.text.trim().is_empty() { &card.title } else { &card.text }
}
