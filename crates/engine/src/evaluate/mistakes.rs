//! Which class was taken for which, and the items it happened to.
//!
//! Deliberately absent: counting what went right.

use std::collections::BTreeMap;

use super::Miss;
use super::labelled::Labelled;

/// Items named of each mistake.
const NAMED: usize = 3;

/// How often each row was taken for another class than its own.
#[derive(Default)]
pub(super) struct Mistakes(BTreeMap<(usize, usize), usize>);

impl Mistakes {
    /// A row was taken for this class.
    pub(super) fn add(&mut self, row: usize, found: usize) {
        *self.0.entry((row, found)).or_default() += 1;
    }

    /// The mistakes by truth and what was found, the most frequent first; their loss is the number of rows a draw.
    pub(super) fn told(&self, labelled: &Labelled, draws: f64) -> Vec<Miss> {
        let mut kinds: BTreeMap<(usize, usize), Vec<(usize, usize)>> = BTreeMap::new();
        for (&(row, found), &times) in &self.0 {
            kinds.entry((labelled.classes[row], found)).or_default().push((times, row));
        }
        let told = |((truth, found), mut rows): ((usize, usize), Vec<(usize, usize)>)| {
            rows.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            let named: Vec<&str> = rows.iter().take(NAMED).map(|&(_, row)| labelled.titles[row].as_str()).collect();
            Miss {
                asked: named.join("\n"),
                wanted: labelled.names[truth].clone(),
                found: labelled.names[found].clone(),
                loss: rows.iter().map(|&(times, _)| times as f64).sum::<f64>() / draws,
                rows: rows.into_iter().map(|(_, row)| row).collect(),
            }
        };
        kinds.into_iter().map(told).collect()
    }
}
