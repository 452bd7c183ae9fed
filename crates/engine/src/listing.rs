//! The items of a workspace in an order, as far as they pass some tests: what a table shows.
//!
//! The answer is ids, so that a table of a million rows reads only the rows in sight. Deliberately absent: the rows
//! themselves (`items`) and what is selected, which is the window's.

use std::collections::HashSet;

use embedscope_workspace::{ItemId, SetId};

use crate::amounts::{date, number};
use crate::columns::{Column, Items};
use crate::{Engine, Error};

/// What an item must be to be listed.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Its text holds all these words, the last of which may be the beginning of one; of another field, these letters.
    Holds(String),
    /// Its value is one of these.
    Is(Vec<String>),
    /// Its value is a number or date from one to the other, both included, as they are written; None is no bound.
    Between(Option<String>, Option<String>),
}

/// Which items are listed, and how.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// Fields and what their values must be; all must hold. A field is `text`, `kind`, `file`, `collection`, `tag`,
    /// `cluster` or `column:NAME`.
    pub tests: Vec<(String, Test)>,
    /// The field to sort by and whether the largest comes first; None for the order of arrival. Items without a value
    /// come last.
    pub sort: Option<(String, bool)>,
    /// Whose clusters are meant.
    pub set: Option<SetId>,
}

impl Engine {
    /// The items that pass every test, in the order asked for; equal ones in order of arrival.
    pub fn listing(&self, listing: &Listing) -> Result<Vec<ItemId>, Error> {
        let set = listing.set.map(|set| self.live_set(set)).transpose()?;
        let all = self.all_items()?;
        let mut passes = vec![true; all.ids.len()];
        for (field, test) in &listing.tests {
            if let (Test::Holds(words), "text") = (test, field.as_str()) {
                self.keep_holding(&all, &mut passes, words)?;
                continue;
            }
            keep(&mut passes, &*self.column(field, set.as_deref())?, field, test)?;
        }
        let mut places: Vec<u32> = (0..).zip(&passes).filter(|(_, passes)| **passes).map(|(place, _)| place).collect();
        if let Some((field, descending)) = &listing.sort {
            places = self.column(field, set.as_deref())?.sorted(&places, *descending);
        }
        // A column that was read after items had gone knows fewer of them.
        Ok(places.into_iter().filter_map(|place| all.ids.get(place as usize).copied()).collect())
    }

    /// Keeps the items that hold words: a text by the index, what has none by its file's name.
    fn keep_holding(&self, all: &Items, passes: &mut [bool], words: &str) -> Result<(), Error> {
        let Some(found) = self.inner.workspace.texts_with(words)? else { return Ok(()) };
        let mut holds = vec![false; passes.len()];
        all.places(&found).flatten().for_each(|place| holds[place] = true);
        let silent = self.silent()?;
        if silent.len() > 0 {
            let mut named = vec![true; passes.len()];
            keep(&mut named, &silent, "file", &Test::Holds(words.to_owned()))?;
            holds.iter_mut().zip(named).for_each(|(holds, named)| *holds |= named);
        }
        passes.iter_mut().zip(holds).for_each(|(passes, holds)| *passes &= holds);
        Ok(())
    }
}

/// Keeps the items whose value passes; every different value is tried once.
fn keep(kept: &mut [bool], column: &Column, field: &str, test: &Test) -> Result<(), Error> {
    let passes = passing(test)?;
    let passing: Vec<bool> = column.values().map(|value| passes(field, value)).collect();
    for (kept, &code) in kept.iter_mut().zip(&column.codes) {
        *kept &= passing.get(code as usize).copied().unwrap_or(false);
    }
    Ok(())
}

type Passes = Box<dyn Fn(&str, &str) -> bool>;

/// An end of a range as a number, and as a day.
type Bound = (Option<f64>, Option<f64>);

/// What a field and a value must be.
fn passing(test: &Test) -> Result<Passes, Error> {
    Ok(match test.clone() {
        Test::Holds(letters) => {
            let letters = letters.trim().to_lowercase();
            Box::new(move |_, value| value.to_lowercase().contains(&letters))
        }
        Test::Is(values) => {
            let values: HashSet<String> = values.into_iter().collect();
            // An item may have several tags.
            Box::new(move |field, value| match field {
                "tag" => value.split(", ").any(|tag| values.contains(tag)),
                _ => values.contains(value),
            })
        }
        Test::Between(from, to) => {
            let bound = |written: Option<String>| -> Result<Option<Bound>, Error> {
                let Some(written) = written else { return Ok(None) };
                match (number(&written), date(&written)) {
                    (None, None) => Err(Error::Request(format!(
                        "“{written}” is neither a number nor a date such as 2024-05-31, so nothing can be compared with it"
                    ))),
                    known => Ok(Some(known)),
                }
            };
            let (from, to) = (bound(from)?, bound(to)?);
            Box::new(move |_, value| {
                let within = |value: f64, from: Option<f64>, to: Option<f64>| {
                    from.is_none_or(|from| value >= from) && to.is_none_or(|to| value <= to)
                };
                let numbers = |bound: Option<Bound>| bound.map(|(number, _)| number);
                let dates = |bound: Option<Bound>| bound.map(|(_, date)| date);
                // A bound of the other kind lets nothing through.
                let all = |bounds: [Option<Option<f64>>; 2]| bounds.iter().all(|bound| *bound != Some(None));
                match (number(value), date(value)) {
                    (Some(value), _) => {
                        let bounds = [numbers(from), numbers(to)];
                        all(bounds) && within(value, bounds[0].flatten(), bounds[1].flatten())
                    }
                    (None, Some(value)) => {
                        let bounds = [dates(from), dates(to)];
                        all(bounds) && within(value, bounds[0].flatten(), bounds[1].flatten())
                    }
                    (None, None) => false,
                }
            })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_compares_what_can_be_compared() {
        let between = |from: Option<&str>, to: Option<&str>| {
            passing(&Test::Between(from.map(str::to_owned), to.map(str::to_owned)))
        };
        let range = between(Some("2"), Some("10")).expect("numbers");
        assert!(range("x", "2") && range("x", "9.5") && !range("x", "11") && !range("x", "many"));
        assert!(!range("x", "2024-05-05"), "a date is not within numbers");
        let dates = between(Some("2024-05"), None).expect("a date");
        assert!(dates("x", "2024-05-01") && !dates("x", "2024-04-30T23:59:59") && !dates("x", "3000"));
        assert!(between(Some("much"), None).is_err());
    }

    #[test]
    fn an_item_with_several_tags_is_found_by_each() {
        let passes = passing(&Test::Is(vec!["good".into()])).expect("a list");
        assert!(passes("tag", "best, good") && !passes("file", "best, good"));
    }
}
