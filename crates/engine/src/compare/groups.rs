//! What became of the first set's groups in the second: who they are near now, and which of them fell apart.
//!
//! Deliberately absent: groups that only the second set has; swap the sets to see those.

use std::collections::BTreeMap;

use embedscope_space::neighbours::Neighbours;

use super::Moved;
use crate::Clustering;

/// A group of the first set and what became of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MovedGroup {
    /// Its number in the first set's clustering.
    pub cluster: usize,
    /// Its words.
    pub name: String,
    /// How many of its items both sets show.
    pub items: usize,
    /// Mean share of neighbours in common, 0 to 1.
    pub overlap: f64,
    /// The other group that its items are near to in the first set, if any.
    pub near_a: Option<String>,
    /// The group, of the first set's, that they are near to in the second.
    pub near_b: Option<String>,
    /// The second set's groups that it fell apart into; empty where one of them holds most of it.
    pub parts: Vec<String>,
    /// The items of it whose neighbours changed most.
    pub examples: Vec<Moved>,
}

/// A group with fewer items says nothing about a model.
const LEAST_ITEMS: usize = 3;
/// The share of a group that must stay together for it to be one.
const TOGETHER: f64 = 0.6;
/// The share of a group that makes a part worth naming.
const PART: f64 = 0.2;
const EXAMPLES: usize = 2;
/// With so many neighbours in common a group has hardly changed.
const SAME: f64 = 0.7;

/// One of two sets, with its neighbours over the items in common.
pub(super) struct Side<'a> {
    pub(super) clustering: &'a Clustering,
    /// The set's row of every item in common.
    pub(super) rows: &'a [usize],
    pub(super) near: &'a Neighbours,
}

impl Side<'_> {
    /// The group of an item in common.
    fn group(&self, item: usize) -> Option<usize> {
        usize::try_from(*self.clustering.labels.get(self.rows[item])?).ok()
    }
}

impl MovedGroup {
    /// What became of it, in a sentence; the sets go by these names.
    pub fn sentence(&self, a: &str, b: &str) -> String {
        let quoted = |names: &[String]| names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(" and ");
        match (&self.near_a, &self.near_b) {
            _ if self.overlap >= SAME => "Almost the same neighbours in both.".into(),
            _ if self.parts.len() > 1 => format!("{a}: one group; {b}: parted into {}.", quoted(&self.parts)),
            (Some(before), Some(after)) if before != after => format!("{a}: near “{before}”; {b}: near “{after}”."),
            (Some(before), None) => format!("{a}: near “{before}”; {b}: by itself."),
            (None, Some(after)) => format!("{a}: by itself; {b}: near “{after}”."),
            _ => "It stays where it is; inside it, items have other neighbours.".into(),
        }
    }
}

/// The first side's groups, the most changed first, and the items of each that changed most.
pub(super) fn moved(sides: &[Side<'_>; 2], overlap: &[f32]) -> Vec<(MovedGroup, Vec<usize>)> {
    let [a, b] = sides;
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for item in 0..overlap.len() {
        if let Some(group) = a.group(item) {
            members.entry(group).or_default().push(item);
        }
    }
    let mut found: Vec<(MovedGroup, Vec<usize>)> = members
        .into_iter()
        .filter(|(_, items)| items.len() >= LEAST_ITEMS)
        .map(|(cluster, mut items)| {
            let near = |side: &Side<'_>| nearest(a, side, cluster, &items);
            let group = MovedGroup {
                cluster,
                name: a.clustering.names.get(cluster).cloned().unwrap_or_default(),
                items: items.len(),
                overlap: items.iter().map(|&item| f64::from(overlap[item])).sum::<f64>() / items.len() as f64,
                near_a: near(a),
                near_b: near(b),
                parts: parts(b, &items),
                examples: Vec::new(),
            };
            items.sort_by(|&x, &y| overlap[x].total_cmp(&overlap[y]));
            items.truncate(EXAMPLES);
            (group, items)
        })
        .collect();
    found.sort_by(|x, y| x.0.overlap.total_cmp(&y.0.overlap).then(x.0.cluster.cmp(&y.0.cluster)));
    found
}

/// Of the groups as `named` has them, the one other than its own that most neighbours of these items are in.
fn nearest(named: &Side<'_>, side: &Side<'_>, own: usize, items: &[usize]) -> Option<String> {
    let neighbours = items.iter().flat_map(|&item| side.near.of(item));
    let counts = counted(neighbours.filter_map(|&other| named.group(other as usize)).filter(|&group| group != own));
    let most = counts.first()?;
    named.clustering.names.get(most.0).cloned()
}

/// The groups that hold these items, where none holds most of them.
fn parts(side: &Side<'_>, items: &[usize]) -> Vec<String> {
    let counts = counted(items.iter().filter_map(|&item| side.group(item)));
    let share = |count: usize| count as f64 / items.len() as f64;
    if counts.first().is_none_or(|&(_, most)| share(most) >= TOGETHER) {
        return Vec::new();
    }
    let named = counts.into_iter().filter(|&(_, count)| share(count) >= PART);
    let names: Vec<String> = named.filter_map(|(group, _)| side.clustering.names.get(group).cloned()).collect();
    if names.len() > 1 { names } else { Vec::new() }
}

/// Every group with its number of items, the largest first.
fn counted(groups: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    groups.for_each(|group| *counts.entry(group).or_default() += 1);
    let mut counts: Vec<(usize, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nine items, three in each of three groups; every one has two neighbours.
    fn clustering(labels: [i32; 9]) -> Clustering {
        let names = ["ash", "bread", "cloud"].map(str::to_owned).to_vec();
        Clustering { labels: labels.to_vec(), names, ..Clustering::default() }
    }

    fn near(pairs: [[u32; 2]; 9]) -> Neighbours {
        Neighbours { k: 2, indices: pairs.concat(), distances: vec![0.0; 18], recall: 1.0 }
    }

    const ROWS: [usize; 9] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    const THREES: [i32; 9] = [0, 0, 0, 1, 1, 1, 2, 2, 2];

    #[test]
    fn a_group_that_changed_sides_is_told_first_and_one_that_stayed_last() {
        // The first group is near the second one in A and near the third in B; the others stay.
        let before = near([[1, 3], [0, 3], [0, 4], [4, 5], [3, 5], [3, 4], [7, 8], [6, 8], [6, 7]]);
        let after = near([[1, 6], [7, 6], [8, 6], [4, 5], [3, 5], [3, 4], [7, 8], [6, 8], [6, 7]]);
        let (a, b) = (clustering(THREES), clustering(THREES));
        let sides =
            [Side { clustering: &a, rows: &ROWS, near: &before }, Side { clustering: &b, rows: &ROWS, near: &after }];
        let found = moved(&sides, &[0.5, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
        let (first, examples) = &found[0];
        assert_eq!((first.name.as_str(), first.items, found.len()), ("ash", 3, 3));
        assert_eq!((first.near_a.as_deref(), first.near_b.as_deref()), (Some("bread"), Some("cloud")));
        assert_eq!(examples, &[1, 2]);
        assert_eq!(first.sentence("left", "right"), "left: near “bread”; right: near “cloud”.");
        assert_eq!(found[2].0.sentence("left", "right"), "Almost the same neighbours in both.");
        assert_eq!((found[2].0.near_a.as_ref(), found[2].0.near_b.as_ref()), (None, None));
    }

    #[test]
    fn a_group_that_falls_apart_names_its_parts_and_noise_belongs_to_none() {
        let ring = near([[1, 2], [0, 2], [0, 1], [4, 5], [3, 5], [3, 4], [7, 8], [6, 8], [6, 7]]);
        let a = clustering([0, 0, 0, 0, 0, 0, -1, -1, 1]);
        let b = clustering([0, 0, 0, 1, 1, 1, 2, 2, 2]);
        let sides =
            [Side { clustering: &a, rows: &ROWS, near: &ring }, Side { clustering: &b, rows: &ROWS, near: &ring }];
        let found = moved(&sides, &[0.2; 9]);
        assert_eq!(found.len(), 1, "one item alone is no group, and noise is none");
        assert_eq!(found[0].0.parts, ["ash", "bread"]);
        assert_eq!(found[0].0.sentence("A", "B"), "A: one group; B: parted into “ash” and “bread”.");
    }
}
