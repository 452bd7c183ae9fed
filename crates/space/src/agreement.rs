//! How far two labellings of the same rows agree, whatever their labels are called; and how far neighbours share one.
//!
//! Every different label is a class of its own, noise (−1) too. Deliberately absent: scores that need no second
//! labelling; see `silhouette` and `davies_bouldin`.

use std::collections::{BTreeMap, BTreeSet};

use crate::Error;
use crate::neighbours::Neighbours;

/// Agreement of a labelling with the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Adjusted Rand index (Hubert and Arabie 1985): 1 for the same groups, about 0 by chance, at least −0.5.
    pub adjusted_rand: f64,
    /// Mutual information adjusted for chance (Vinh 2010), by the mean of both entropies: 1 for the same groups, about
    /// 0 by chance.
    pub adjusted_mutual_information: f64,
    /// Whether each group holds one class alone, 0 to 1.
    pub homogeneity: f64,
    /// Whether each class lies in one group alone, 0 to 1.
    pub completeness: f64,
    /// The harmonic mean of both (Rosenberg and Hirschberg 2007).
    pub v_measure: f64,
}

/// Compares two labels of each row; fails where one list is longer. No rows agree.
pub fn agreement(truth: &[i32], found: &[i32]) -> Result<Agreement, Error> {
    let table = Table::new(truth, found)?;
    let (of_truth, of_found) = (entropy(&table.rows, table.total), entropy(&table.columns, table.total));
    let shared = table.mutual_information();
    let share = |entropy: f64| if entropy > 0.0 { shared / entropy } else { 1.0 };
    let (homogeneity, completeness) = (share(of_truth), share(of_found));
    let sum = homogeneity + completeness;
    Ok(Agreement {
        adjusted_rand: table.adjusted_rand(),
        adjusted_mutual_information: table.adjusted(shared, (of_truth + of_found) / 2.0),
        homogeneity,
        completeness,
        v_measure: if sum > 0.0 { 2.0 * homogeneity * completeness / sum } else { 0.0 },
    })
}

/// Share of rows whose label most of their neighbours have (leaving the row itself out); of labels that are as common
/// the smallest counts. 0 where there are no neighbours.
pub fn neighbour_accuracy(found: &Neighbours, labels: &[i32]) -> Result<f64, Error> {
    if found.rows() == 0 {
        return Ok(0.0);
    }
    if labels.len() != found.rows() {
        return Err(Error::shape(format!("{} labels", found.rows()), labels.len()));
    }
    let right = (0..labels.len()).filter(|&row| {
        let mut votes = BTreeMap::<i32, usize>::new();
        found.of(row).iter().for_each(|&other| *votes.entry(labels[other as usize]).or_default() += 1);
        // The last of the largest from behind is the smallest label.
        votes.into_iter().rev().max_by_key(|&(_, votes)| votes).is_some_and(|(label, _)| label == labels[row])
    });
    Ok(right.count() as f64 / labels.len() as f64)
}

/// How many rows have each pair of labels.
struct Table {
    cells: Vec<(usize, usize, u64)>,
    rows: Vec<u64>,
    columns: Vec<u64>,
    total: u64,
}

impl Table {
    fn new(truth: &[i32], found: &[i32]) -> Result<Self, Error> {
        if truth.len() != found.len() {
            return Err(Error::shape(format!("{} labels", truth.len()), found.len()));
        }
        let names =
            |labels: &[i32]| -> Vec<i32> { labels.iter().copied().collect::<BTreeSet<_>>().into_iter().collect() };
        let (of_rows, of_columns) = (names(truth), names(found));
        let place = |names: &[i32], label: i32| names.partition_point(|&name| name < label);
        let mut cells = BTreeMap::<(usize, usize), u64>::new();
        let (mut rows, mut columns) = (vec![0; of_rows.len()], vec![0; of_columns.len()]);
        for (&a, &b) in truth.iter().zip(found) {
            let (row, column) = (place(&of_rows, a), place(&of_columns, b));
            *cells.entry((row, column)).or_default() += 1;
            rows[row] += 1;
            columns[column] += 1;
        }
        let cells = cells.into_iter().map(|((row, column), count)| (row, column, count)).collect();
        Ok(Self { cells, rows, columns, total: truth.len() as u64 })
    }

    fn adjusted_rand(&self) -> f64 {
        let pairs = |count: u64| count as f64 * (count as f64 - 1.0) / 2.0;
        let both: f64 = self.cells.iter().map(|cell| pairs(cell.2)).sum();
        let sum = |counts: &[u64]| counts.iter().map(|&count| pairs(count)).sum::<f64>();
        let (of_rows, of_columns, all) = (sum(&self.rows), sum(&self.columns), pairs(self.total));
        if both == of_rows && both == of_columns {
            return 1.0;
        }
        let by_chance = of_rows * of_columns / all;
        (both - by_chance) / ((of_rows + of_columns) / 2.0 - by_chance)
    }

    fn mutual_information(&self) -> f64 {
        let n = self.total as f64;
        let part = |&(row, column, count): &(usize, usize, u64)| {
            let by_chance = self.rows[row] as f64 * self.columns[column] as f64;
            count as f64 / n * (n * count as f64 / by_chance).ln()
        };
        self.cells.iter().map(part).sum::<f64>().max(0.0)
    }

    fn adjusted(&self, shared: f64, mean_entropy: f64) -> f64 {
        // The same groups leave no room for chance where every row is its own.
        if self.cells.len() == self.rows.len() && self.cells.len() == self.columns.len() {
            return 1.0;
        }
        let by_chance = self.by_chance();
        let room = mean_entropy - by_chance;
        let room = if room < 0.0 { room.min(-f64::EPSILON) } else { room.max(f64::EPSILON) };
        (shared - by_chance) / room
    }

    /// The mutual information that labels of the same sizes have when dealt by chance (hypergeometric).
    fn by_chance(&self) -> f64 {
        let n = self.total as usize;
        let logs: Vec<f64> = std::iter::once(0.0)
            .chain((1..=n).scan(0.0, |sum, i| {
                *sum += (i as f64).ln();
                Some(*sum)
            }))
            .collect();
        let mut sum = 0.0;
        for (&a, times_a) in &tally(&self.rows) {
            for (&b, times_b) in &tally(&self.columns) {
                for both in (a + b).saturating_sub(n).max(1)..=a.min(b) {
                    let surprise = (n as f64 * both as f64 / (a as f64 * b as f64)).ln();
                    let likely = logs[a] + logs[b] + logs[n - a] + logs[n - b]
                        - logs[n]
                        - logs[both]
                        - logs[a - both]
                        - logs[b - both]
                        - logs[n + both - a - b];
                    sum += times_a * times_b * both as f64 / n as f64 * surprise * likely.exp();
                }
            }
        }
        sum
    }
}

/// How often each size occurs.
fn tally(sizes: &[u64]) -> BTreeMap<usize, f64> {
    let mut tally = BTreeMap::new();
    sizes.iter().for_each(|&size| *tally.entry(size as usize).or_insert(0.0) += 1.0);
    tally
}

fn entropy(counts: &[u64], total: u64) -> f64 {
    let shares = counts.iter().map(|&count| count as f64 / total as f64);
    if counts.len() < 2 { 0.0 } else { -shares.map(|share| share * share.ln()).sum::<f64>() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_and_sides_do_not_matter(labels in proptest::collection::vec((0_i32..4, 0_i32..3), 1..60)) {
            let (a, b): (Vec<i32>, Vec<i32>) = labels.into_iter().unzip();
            let renamed: Vec<i32> = b.iter().map(|label| 7 - label * 3).collect();
            let (ab, ba) = (agreement(&a, &b).expect("as many"), agreement(&renamed, &a).expect("as many"));
            prop_assert!((ab.adjusted_rand - ba.adjusted_rand).abs() < 1e-9);
            prop_assert!((ab.adjusted_mutual_information - ba.adjusted_mutual_information).abs() < 1e-9);
            prop_assert!((ab.v_measure - ba.v_measure).abs() < 1e-9);
            prop_assert!((ab.homogeneity - ba.completeness).abs() < 1e-9);
            prop_assert!((-0.5..=1.0 + 1e-9).contains(&ab.adjusted_rand) && (0.0..=1.0 + 1e-9).contains(&ab.v_measure));
            let own = agreement(&a, &a).expect("as many");
            prop_assert!((own.adjusted_rand - 1.0).abs() < 1e-9 && (own.v_measure - 1.0).abs() < 1e-9);
            prop_assert!((own.adjusted_mutual_information - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn degenerate_input_is_answered() {
        let none = agreement(&[], &[]).expect("as many");
        assert_eq!((none.adjusted_rand, none.adjusted_mutual_information, none.v_measure), (1.0, 1.0, 1.0));
        assert_eq!(agreement(&[3], &[5]).expect("one row").adjusted_rand, 1.0);
        assert!(agreement(&[1], &[1, 2]).is_err());
        let split = agreement(&[0; 6], &[0, 0, 0, 1, 1, 1]).expect("as many");
        assert_eq!((split.homogeneity, split.completeness, split.adjusted_rand), (1.0, 0.0, 0.0));
    }
}
