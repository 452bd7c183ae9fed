//! What sets some items apart from the rest, or from some others: words, values of columns, clusters.
//!
//! Words are ranked by c-TF-IDF between the two and told with the share of texts that hold them; values by how surely
//! their shares differ (two proportions, z); amounts by their medians. Large sides are sampled by a fixed seed.
//! Deliberately absent: causes; what is special may be so by the way the items were chosen.

use std::collections::BTreeMap;

use embedscope_words::labels::class_terms;
use embedscope_workspace::{ItemId, SetId};
use rayon::slice::ParallelSliceMut;

use crate::amounts::Unit;
use crate::columns::{Column, NO_VALUE};
use crate::{Engine, Error, draw};

/// Something that more of the chosen items have than of the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The field: `text` for a word, `kind`, `file`, `collection`, `tag`, `cluster` or `column:NAME`.
    pub field: String,
    /// The word or value.
    pub value: String,
    /// The share of the chosen items that have it, 0 to 1.
    pub here: f64,
    /// The share of the others that do.
    pub elsewhere: f64,
}

/// An amount that is otherwise among the chosen items.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// The field, `column:NAME`.
    pub field: String,
    /// What it counts.
    pub unit: Unit,
    /// The median of the chosen items.
    pub here: f64,
    /// The median of the others.
    pub elsewhere: f64,
}

/// What is special about some items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Special {
    /// Words, the most telling first.
    pub words: Vec<Mark>,
    /// Values, the surest first.
    pub values: Vec<Mark>,
    /// Amounts, the widest apart first.
    pub amounts: Vec<Shift>,
    /// Items compared with how many others.
    pub sizes: (usize, usize),
}

/// Texts of the chosen items that are read, of the others, and letters of each.
const TEXTS_HERE: usize = 2000;
const TEXTS_ELSEWHERE: usize = 4000;
const LETTERS: usize = 2000;
const SEED: u64 = 42;
/// How many of each are told.
const MOST: usize = 12;
/// A word is told when at least this share of the chosen texts hold it, and so many times the share of the others.
const LEAST_SHARE: f64 = 0.03;
const APART: f64 = 1.5;
/// Standard errors between two shares that are told.
const SURE: f64 = 3.0;
/// Medians are told when this share of the middle half of all values lies between them.
const MOVED: f64 = 0.25;
/// Columns that are looked through.
const COLUMNS: usize = 64;

impl Engine {
    /// Compares items with some others (those that are not among the items themselves), or with all others of the workspace,
    /// and by the clusters of a set where one is named.
    pub fn special(&self, items: &[ItemId], against: Option<&[ItemId]>, set: Option<SetId>) -> Result<Special, Error> {
        let workspace = &self.inner.workspace;
        let all = self.all_items()?;
        // Whether each item is among the chosen; none for those that are not compared.
        let mut sides = vec![against.is_none().then_some(false); all.ids.len()];
        for (items, here) in [(against.unwrap_or_default(), false), (items, true)] {
            all.places(items).flatten().for_each(|place| sides[place] = Some(here));
        }
        let of = |wanted: bool| -> Vec<ItemId> {
            all.ids.iter().zip(&sides).filter(|(_, side)| **side == Some(wanted)).map(|(&item, _)| item).collect()
        };
        let (inside, outside) = (of(true), of(false));
        let sizes = (inside.len(), outside.len());
        if inside.is_empty() || outside.is_empty() {
            return Ok(Special { sizes, ..Special::default() });
        }
        let words = telling(&self.texts(&inside, TEXTS_HERE)?, &self.texts(&outside, TEXTS_ELSEWHERE)?);
        let set = set.map(|set| self.live_set(set)).transpose()?;
        let mut fields: Vec<String> = ["kind", "collection", "tag", "cluster"].map(str::to_owned).into();
        fields.extend(workspace.columns()?.into_iter().take(COLUMNS).map(|name| format!("column:{name}")));
        let (mut values, mut amounts) = (Vec::new(), Vec::new());
        for field in fields {
            let column = self.column(&field, set.as_deref())?;
            match column.amounts() {
                Some((unit, of)) => amounts.extend(shifted(&field, unit, of, &column.codes, &sides)),
                None => values.extend(marked(&field, &column, &sides)),
            }
        }
        values.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        amounts.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        Ok(Special {
            words,
            values: values.into_iter().map(|(_, mark)| mark).take(MOST).collect(),
            amounts: amounts.into_iter().map(|(_, shift)| shift).take(MOST).collect(),
            sizes,
        })
    }

    /// The texts of a sample of items, each cut to some letters.
    fn texts(&self, items: &[ItemId], most: usize) -> Result<Vec<String>, Error> {
        let drawn: Vec<ItemId> = draw::rows(items.len(), most, SEED).into_iter().map(|at| items[at]).collect();
        let stored = self.inner.workspace.items(&drawn)?;
        let texts = stored.into_iter().filter_map(|stored| stored.item.text);
        Ok(texts.map(|text| text.chars().take(LETTERS).collect()).collect())
    }
}

fn telling(here: &[String], elsewhere: &[String]) -> Vec<Mark> {
    let lower = |texts: &[String]| -> Vec<String> { texts.iter().map(|text| text.to_lowercase()).collect() };
    let classes: Vec<Vec<&str>> =
        [here, elsewhere].iter().map(|texts| texts.iter().map(String::as_str).collect()).collect();
    let Some(terms) = class_terms(&classes, MOST * 4).into_iter().next() else { return Vec::new() };
    let (here, elsewhere) = (lower(here), lower(elsewhere));
    let share = |term: &str, texts: &[String]| match texts.len() {
        0 => 0.0,
        all => texts.iter().filter(|text| text.contains(term)).count() as f64 / all as f64,
    };
    let marks = terms.into_iter().map(|term| Mark {
        field: "text".into(),
        here: share(&term.term, &here),
        elsewhere: share(&term.term, &elsewhere),
        value: term.term,
    });
    marks.filter(|mark| mark.here >= LEAST_SHARE && mark.here >= APART * mark.elsewhere).take(MOST).collect()
}

/// The values of a field whose shares differ, each with how surely.
fn marked(field: &str, column: &Column, sides: &[Option<bool>]) -> Vec<(f64, Mark)> {
    let mut of_codes = vec![[0_usize; 2]; column.len()];
    for (&code, &side) in column.codes.iter().zip(sides) {
        if let Some(here) = side
            && code != NO_VALUE
        {
            of_codes[code as usize][usize::from(!here)] += 1;
        }
    }
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (label, [a, b]) in column.values().zip(of_codes) {
        // An item may have several tags.
        let values: Vec<&str> = if field == "tag" { label.split(", ").collect() } else { vec![label] };
        for value in values {
            let count = counts.entry(value).or_default();
            *count = [count[0] + a, count[1] + b];
        }
    }
    let count = |wanted: bool| sides.iter().filter(|side| **side == Some(wanted)).count() as f64;
    let (inside, outside) = (count(true), count(false));
    let mark = |(value, [a, b]): (&str, [usize; 2])| {
        let (here, elsewhere) = (a as f64 / inside, b as f64 / outside);
        let both = (a + b) as f64 / (inside + outside);
        let error = (both * (1.0 - both) * (1.0 / inside + 1.0 / outside)).sqrt();
        let sure = if error > 0.0 { (here - elsewhere) / error } else { 0.0 };
        (sure, Mark { field: field.to_owned(), value: value.to_owned(), here, elsewhere })
    };
    counts.into_iter().map(mark).filter(|(sure, mark)| *sure >= SURE && mark.here >= LEAST_SHARE).collect()
}

/// The medians of a field, where they are apart, with how far.
fn shifted(field: &str, unit: Unit, amounts: &[f64], codes: &[u32], sides: &[Option<bool>]) -> Option<(f64, Shift)> {
    let of = |wanted: Option<bool>| -> Vec<f64> {
        let compared = |side: Option<bool>| side.is_some() && (wanted.is_none() || side == wanted);
        let chosen = codes.iter().zip(sides).filter(|(_, side)| compared(**side));
        let mut values: Vec<f64> = chosen.filter_map(|(&code, _)| amounts.get(code as usize).copied()).collect();
        values.par_sort_unstable_by(f64::total_cmp);
        values
    };
    let at =
        |values: &[f64], share: f64| values.get(((values.len().max(1) - 1) as f64 * share).round() as usize).copied();
    let all = of(None);
    let (inside, outside) = (at(&of(Some(true)), 0.5)?, at(&of(Some(false)), 0.5)?);
    let middle = at(&all, 0.75)? - at(&all, 0.25)?;
    let moved = if middle > 0.0 { (inside - outside).abs() / middle } else { 0.0 };
    let shift = Shift { field: field.to_owned(), unit, here: inside, elsewhere: outside };
    (moved >= MOVED).then_some((moved, shift))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::tests::column;

    #[test]
    fn words_and_values_of_one_side_are_told() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let here = texts(&["Lava ran down the volcano", "A volcano smokes", "The volcano sleeps"]);
        let words = telling(&here, &texts(&["Fresh bread", "She bakes bread", "The oven smokes"]));
        assert_eq!((words[0].value.as_str(), words[0].here, words[0].elsewhere), ("volcano", 1.0, 0.0));
        assert!(words.iter().all(|mark| mark.value != "bread" && mark.value != "smokes"), "{words:?}");

        let labels: Vec<Option<String>> = (0..60).map(|n| Some(if n < 20 { "a" } else { "b" }.to_owned())).collect();
        let here: Vec<Option<bool>> = (0..60).map(|n| Some(n < 15)).collect();
        let labels = column(&labels.iter().map(Option::as_deref).collect::<Vec<_>>());
        let marks = marked("column:x", &labels, &here);
        assert_eq!((marks.len(), marks[0].1.value.as_str(), marks[0].1.here), (1, "a", 1.0));
        let even: Vec<Option<bool>> = (0..60).map(|n| Some(n % 4 == 0)).collect();
        assert!(marked("column:x", &labels, &even).is_empty());
        // Against some of the others, which are all called as the chosen are.
        let alike: Vec<Option<bool>> = (0..60).map(|n| (n < 20).then_some(n < 15)).collect();
        assert!(marked("column:x", &labels, &alike).is_empty());
    }

    #[test]
    fn medians_that_are_apart_are_told() {
        let labels: Vec<Option<String>> = (0..100).map(|n| Some(n.to_string())).collect();
        let late: Vec<Option<bool>> = (0..100).map(|n| Some(n >= 80)).collect();
        let labels = column(&labels.iter().map(Option::as_deref).collect::<Vec<_>>());
        let (unit, amounts) = labels.amounts().expect("numbers");
        let (_, shift) = shifted("column:n", unit, amounts, &labels.codes, &late).expect("apart");
        assert_eq!((shift.here, shift.elsewhere), (90.0, 40.0));
        let even: Vec<Option<bool>> = (0..100).map(|n| Some(n % 2 == 0)).collect();
        assert_eq!(shifted("column:n", unit, amounts, &labels.codes, &even), None);
        let some: Vec<Option<bool>> = (0..100).map(|n| (n >= 60).then_some(n >= 80)).collect();
        let (_, shift) = shifted("column:n", unit, amounts, &labels.codes, &some).expect("apart");
        assert_eq!((shift.here, shift.elsewhere), (90.0, 70.0));
    }
}
