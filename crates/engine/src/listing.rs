//! The items of a workspace in an order, as far as they pass some tests: what a table shows.
//!
//! The answer is ids, so that a table of a million rows reads only the rows in sight. Deliberately absent: the rows
//! themselves (`items`) and what is selected, which is the window's.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use embedscope_workspace::{ItemId, SetId};
use rayon::slice::ParallelSliceMut;

use crate::amounts::{Unit, amount, date, number, unit};
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
        let mut items = self.inner.workspace.ids()?;
        for (field, test) in &listing.tests {
            if let (Test::Holds(words), "text") = (test, field.as_str()) {
                self.keep_holding(&mut items, words)?;
                continue;
            }
            let labels = self.labels(&items, field, set.as_deref())?;
            let passes = passing(test)?;
            let mut labels = labels.into_iter();
            items.retain(|_| labels.next().flatten().is_some_and(|label| passes(field, &label)));
        }
        if let Some((field, descending)) = &listing.sort {
            let labels = self.labels(&items, field, set.as_deref())?;
            items = sorted(items, &labels, *descending);
        }
        Ok(items)
    }

    /// Keeps the items that hold words: a text by the index, a picture without any by its file's name.
    fn keep_holding(&self, items: &mut Vec<ItemId>, words: &str) -> Result<(), Error> {
        let Some(found) = self.inner.workspace.texts_with(words)? else { return Ok(()) };
        let found: HashSet<ItemId> = found.into_iter().collect();
        let sought = words.trim().to_lowercase();
        let silent: HashSet<ItemId> = self
            .inner
            .workspace
            .beginnings(1)?
            .into_iter()
            .filter(|(_, text)| text.as_deref().unwrap_or_default().is_empty())
            .map(|(item, _)| item)
            .collect();
        let mut named = HashSet::new();
        if !silent.is_empty() {
            let names: HashMap<ItemId, String> = self.inner.workspace.names()?.into_iter().collect();
            let holds = |item: &ItemId| names.get(item).is_some_and(|name| name.to_lowercase().contains(&sought));
            named.extend(silent.into_iter().filter(holds));
        }
        items.retain(|item| found.contains(item) || named.contains(item));
        Ok(())
    }
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

fn sorted(items: Vec<ItemId>, labels: &[Option<String>], descending: bool) -> Vec<ItemId> {
    enum Key<'a> {
        Amount(f64),
        Words(&'a str),
    }
    let present = labels.iter().flatten().map(String::as_str);
    // Few different numbers are classes to colours; an order is still that of numbers.
    let unit = unit(present.clone()).or_else(|| present.clone().all(|v| number(v).is_some()).then_some(Unit::Number));
    let key = |label: &str| match unit {
        Some(unit) => amount(unit, label).map(Key::Amount),
        None => None,
    };
    let mut keyed: Vec<(ItemId, Option<Key<'_>>)> = items
        .into_iter()
        .zip(labels)
        .map(|(item, label)| (item, label.as_deref().map(|label| key(label).unwrap_or(Key::Words(label)))))
        .collect();
    let order = |a: &Key<'_>, b: &Key<'_>| match (a, b) {
        (Key::Amount(a), Key::Amount(b)) => a.total_cmp(b),
        (Key::Words(a), Key::Words(b)) => a.cmp(b),
        (Key::Amount(_), Key::Words(_)) => Ordering::Less,
        (Key::Words(_), Key::Amount(_)) => Ordering::Greater,
    };
    keyed.par_sort_by(|(_, a), (_, b)| match (a, b) {
        (Some(a), Some(b)) if descending => order(b, a),
        (Some(a), Some(b)) => order(a, b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    });
    keyed.into_iter().map(|(item, _)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_as_numbers_and_what_has_none_comes_last() {
        let labels = ["10", "9", "", "9.5"].map(|label| (!label.is_empty()).then(|| label.to_owned()));
        let items = || (0..4).map(ItemId).collect::<Vec<_>>();
        let ids = |items: Vec<ItemId>| items.into_iter().map(|item| item.0).collect::<Vec<_>>();
        assert_eq!(ids(sorted(items(), &labels, false)), [1, 3, 0, 2]);
        assert_eq!(ids(sorted(items(), &labels, true)), [0, 3, 1, 2]);
        let words = ["10", "9", "", "x"].map(|label| (!label.is_empty()).then(|| label.to_owned()));
        assert_eq!(ids(sorted(items(), &words, false)), [0, 1, 3, 2]);
    }

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
