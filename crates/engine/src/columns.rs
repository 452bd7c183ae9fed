//! What is known of all items under one name, in memory: every different value once, and which of them each item has.
//!
//! A table that is sorted and filtered and a map that is coloured ask for the same column again and again; it is read
//! once and kept while the items stay as they are, up to a bound of memory. Deliberately absent: reading (`fields`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use embedscope_workspace::ItemId;
use rayon::slice::ParallelSliceMut;

use crate::amounts::{Unit, amount, number, unit};

/// The place of an item that has no value.
pub(crate) const NO_VALUE: u32 = u32::MAX;
/// Bytes that columns may take together; the one used longest ago is let go of first.
const MOST_BYTES: usize = 384 << 20;

/// All items, in order of arrival.
#[derive(Debug, Default)]
pub(crate) struct Items {
    pub(crate) ids: Vec<ItemId>,
    /// Whether every id is its own place.
    dense: bool,
}

impl Items {
    pub(crate) fn new(ids: Vec<ItemId>) -> Self {
        let dense = ids.last().is_none_or(|last| last.0 as usize + 1 == ids.len());
        Self { ids, dense }
    }

    /// The places of some items; None of one that is not there.
    pub(crate) fn places<'a>(&'a self, items: &'a [ItemId]) -> impl Iterator<Item = Option<usize>> + 'a {
        // Most lists of items are in order of arrival: the next one is often the next place.
        let mut next = 0;
        items.iter().map(move |item| {
            let place = if self.dense || self.ids.get(next) == Some(item) {
                Some(if self.dense { item.0 as usize } else { next }).filter(|&place| place < self.ids.len())
            } else {
                self.ids.binary_search(item).ok()
            }?;
            next = place + 1;
            Some(place)
        })
    }
}

/// One column over all items.
#[derive(Debug, Default)]
pub(crate) struct Column {
    text: String,
    /// Where each value ends in `text`; values are different and in order.
    ends: Vec<usize>,
    /// The value of each item, or [`NO_VALUE`].
    pub(crate) codes: Vec<u32>,
    ranks: OnceLock<Vec<u32>>,
    amounts: OnceLock<Option<(Unit, Vec<f64>)>>,
}

impl Column {
    /// How many different values there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The different values, in order.
    pub(crate) fn values(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.ends.len()).map(|at| self.value(at))
    }

    pub(crate) fn value(&self, code: usize) -> &str {
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.text[start..self.ends[code]]
    }

    /// The value of the item at a place.
    pub(crate) fn at(&self, place: usize) -> Option<&str> {
        let code = *self.codes.get(place)?;
        (code != NO_VALUE).then(|| self.value(code as usize))
    }

    /// What its values count and how much each is, where it is a column of amounts.
    pub(crate) fn amounts(&self) -> Option<(Unit, &[f64])> {
        let amounts = self.amounts.get_or_init(|| {
            let unit = unit(self.values())?;
            Some((unit, self.values().map(|value| amount(unit, value).unwrap_or(f64::NAN)).collect()))
        });
        amounts.as_ref().map(|(unit, amounts)| (*unit, amounts.as_slice()))
    }

    /// Some places in the order of their values, equal ones as they were, those without a value last.
    pub(crate) fn sorted(&self, places: &[u32], descending: bool) -> Vec<u32> {
        let ranks = self.ranks();
        let last = ranks.iter().max().map_or(0, |most| *most as usize + 1);
        let rank = |place: u32| match self.codes.get(place as usize).copied().unwrap_or(NO_VALUE) {
            NO_VALUE => last,
            code if descending => last - 1 - ranks[code as usize] as usize,
            code => ranks[code as usize] as usize,
        };
        // Places are counted into their ranks: as quick for a million as reading them.
        let mut starts = vec![0_u32; last + 2];
        places.iter().for_each(|&place| starts[rank(place) + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let mut sorted = vec![0; places.len()];
        for &place in places {
            let start = &mut starts[rank(place)];
            sorted[*start as usize] = place;
            *start += 1;
        }
        sorted
    }

    /// The place of each value in the order that people expect: of numbers and dates by their size.
    fn ranks(&self) -> &[u32] {
        self.ranks.get_or_init(|| {
            let written: Option<Vec<f64>> = match self.amounts() {
                Some((_, amounts)) => Some(amounts.to_vec()),
                // Few different numbers are classes to colours; an order is still that of numbers.
                None => self.values().map(number).collect(),
            };
            let Some(written) = written.filter(|_| self.len() > 0) else { return (0..self.len() as u32).collect() };
            let mut order: Vec<u32> = (0..self.len() as u32).collect();
            order.sort_by(|&a, &b| written[a as usize].total_cmp(&written[b as usize]));
            let mut ranks = vec![0; self.len()];
            let mut rank = 0;
            for pair in order.windows(2) {
                let [a, b] = [pair[0] as usize, pair[1] as usize];
                rank += u32::from(written[a].total_cmp(&written[b]).is_ne());
                ranks[b] = rank;
            }
            ranks
        })
    }

    fn bytes(&self) -> usize {
        // With what amounts and ranks may add.
        self.text.len() + self.ends.len() * 24 + self.codes.len() * 4
    }
}

/// Puts a column together, item by item.
#[derive(Default)]
pub(crate) struct Coding {
    codes: Vec<u32>,
    known: HashMap<Box<str>, u32>,
}

impl Coding {
    /// The next item's value.
    pub(crate) fn push(&mut self, value: Option<&str>) {
        let code = value.map_or(NO_VALUE, |value| match self.known.get(value) {
            Some(&code) => code,
            None => {
                let code = self.known.len() as u32;
                self.known.insert(value.into(), code);
                code
            }
        });
        self.codes.push(code);
    }

    /// The values of the next items: those of `ids` that have one, in order.
    pub(crate) fn extend(&mut self, ids: &[ItemId], values: impl IntoIterator<Item = (ItemId, String)>) {
        let mut values = values.into_iter().peekable();
        for id in ids {
            while values.next_if(|(item, _)| item < id).is_some() {}
            let own = values.next_if(|(item, _)| item == id);
            self.push(own.as_ref().map(|(_, value)| value.as_str()));
        }
    }

    pub(crate) fn finish(self) -> Column {
        let mut values: Vec<(Box<str>, u32)> = self.known.into_iter().collect();
        values.par_sort_unstable();
        let mut place = vec![0; values.len()];
        let mut column = Column { codes: self.codes, ..Column::default() };
        for (at, (value, code)) in (0..).zip(&values) {
            place[*code as usize] = at;
            column.text.push_str(value);
            column.ends.push(column.text.len());
        }
        column.codes.iter_mut().filter(|code| **code != NO_VALUE).for_each(|code| *code = place[*code as usize]);
        column
    }
}

/// The columns in memory.
pub(crate) struct Columns {
    kept: Mutex<Kept>,
    most_bytes: usize,
}

#[derive(Default)]
struct Kept {
    /// With the number of the items' change that it was read at.
    items: Option<(u64, Arc<Items>)>,
    columns: HashMap<String, (u64, Arc<Column>)>,
    /// Their names, the one used last at the end.
    used: Vec<String>,
}

impl Default for Columns {
    fn default() -> Self {
        Self { kept: Mutex::default(), most_bytes: MOST_BYTES }
    }
}

impl Columns {
    pub(crate) fn items<E>(&self, generation: u64, read: impl FnOnce() -> Result<Items, E>) -> Result<Arc<Items>, E> {
        if let Some((known, items)) = &self.kept().items
            && *known == generation
        {
            return Ok(items.clone());
        }
        let items = Arc::new(read()?);
        self.kept().items = Some((generation, items.clone()));
        Ok(items)
    }

    /// The column of this name as it was read at this generation, or read now; others can be asked for meanwhile.
    pub(crate) fn column<E>(
        &self,
        name: &str,
        generation: u64,
        read: impl FnOnce() -> Result<Column, E>,
    ) -> Result<Arc<Column>, E> {
        let known = {
            let mut kept = self.kept();
            kept.used.retain(|used| used != name);
            kept.used.push(name.to_owned());
            kept.columns.get(name).filter(|(known, _)| *known == generation).map(|(_, column)| column.clone())
        };
        if let Some(column) = known {
            return Ok(column);
        }
        let column = Arc::new(read()?);
        let mut kept = self.kept();
        kept.columns.insert(name.to_owned(), (generation, column.clone()));
        while kept.columns.values().map(|(_, column)| column.bytes()).sum::<usize>() > self.most_bytes
            && kept.used.len() > 1
        {
            let oldest = kept.used.remove(0);
            kept.columns.remove(&oldest);
        }
        Ok(column)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn column(values: &[Option<&str>]) -> Column {
        let mut coding = Coding::default();
        values.iter().for_each(|value| coding.push(*value));
        coding.finish()
    }

    #[test]
    fn numbers_are_ordered_as_numbers_and_what_has_none_comes_last() {
        let numbers = column(&[Some("10"), Some("9"), None, Some("9.5"), Some("9.0")]);
        let all = [0, 1, 2, 3, 4];
        assert_eq!(numbers.sorted(&all, false), [1, 4, 3, 0, 2]);
        assert_eq!(numbers.sorted(&all, true), [0, 3, 1, 4, 2]);
        assert_eq!(numbers.sorted(&[3, 2, 1], false), [1, 3, 2]);
        let words = column(&[Some("10"), Some("9"), None, Some("x")]);
        assert_eq!(words.sorted(&all[..4], false), [0, 1, 3, 2]);
        assert!(column(&[None, None]).sorted(&[1, 0], true) == [1, 0] && column(&[]).sorted(&[], false).is_empty());
    }

    #[test]
    fn values_are_kept_once_and_in_order() {
        let column = column(&[Some("b"), None, Some(""), Some("b"), Some("å")]);
        assert_eq!(column.values().collect::<Vec<_>>(), ["", "b", "å"]);
        assert_eq!(column.codes, [1, NO_VALUE, 0, 1, 2]);
        assert_eq!((column.at(0), column.at(1), column.at(2), column.at(9)), (Some("b"), None, Some(""), None));
        assert_eq!(column.amounts(), None);
    }

    #[test]
    fn items_are_found_where_they_are() {
        let places = |ids: &[u32], items: &[u32]| {
            let items: Vec<ItemId> = items.iter().copied().map(ItemId).collect();
            Items::new(ids.iter().copied().map(ItemId).collect()).places(&items).collect::<Vec<_>>()
        };
        assert_eq!(places(&[0, 1, 2], &[2, 0, 7]), [Some(2), Some(0), None]);
        assert_eq!(places(&[1, 4, 6, 9], &[4, 6, 9, 1, 5, 9]), [Some(1), Some(2), Some(3), Some(0), None, Some(3)]);
        assert_eq!(places(&[], &[0]), [None]);
    }

    #[test]
    fn a_column_is_read_again_only_when_items_have_changed_or_room_was_needed() {
        let columns = Columns { most_bytes: 1000, ..Columns::default() };
        let reads = std::cell::Cell::new(0);
        let ask = |name: &str, generation: u64, values: usize| {
            let read = || {
                reads.set(reads.get() + 1);
                Ok::<_, ()>(Column { codes: vec![NO_VALUE; values], ..Column::default() })
            };
            columns.column(name, generation, read).expect("read").codes.len()
        };
        assert_eq!((ask("a", 1, 3), ask("a", 1, 4), reads.get()), (3, 3, 1));
        assert_eq!((ask("a", 2, 5), reads.get()), (5, 2));
        let much = 125;
        ask("b", 2, much);
        ask("a", 2, 0);
        ask("c", 2, much);
        assert_eq!(reads.get(), 4);
        assert_eq!((ask("a", 2, 0), reads.get()), (5, 4), "used later than b");
        ask("b", 2, 1);
        assert_eq!(reads.get(), 5);
    }
}
