//! The similarity matrix of some items, in an order that shows its structure.
//!
//! Deliberately absent: matrices of whole large sets; those are written in blocks (`space::similarity::blocks`).

use embedscope_space::{Vectors, order, similarity};
use embedscope_workspace::{ItemId, SetId};

use crate::{Engine, Error, draw};

/// Rows of the matrix that belong to one cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The cluster's words; empty for items without a cluster.
    pub label: String,
    /// The first row.
    pub start: usize,
    /// How many.
    pub count: usize,
}

/// All similarities among some items.
#[derive(Clone, Debug)]
pub struct SimilarityMatrix {
    /// The items, cluster after cluster, within one neighbours side by side.
    pub items: Vec<ItemId>,
    /// `[items, items]`, by the measure the model is made for.
    pub values: Vectors,
    /// The clusters, each beside the one most like it; items without one stand last.
    pub groups: Vec<Group>,
}

const SAMPLE_SEED: u64 = 42;

impl Engine {
    /// Of these items, or of all; at most `limit`, drawn by a fixed seed where there are more. Items that the set does not
    /// show are passed over.
    pub fn matrix(&self, set: SetId, items: Option<&[ItemId]>, limit: usize) -> Result<SimilarityMatrix, Error> {
        let live = self.live_set(set)?;
        let shown = live.items();
        let mut rows: Vec<usize> = match items {
            None => (0..shown.len()).collect(),
            Some(items) => {
                let wanted: std::collections::HashSet<ItemId> = items.iter().copied().collect();
                (0..shown.len()).filter(|&row| wanted.contains(&shown[row])).collect()
            }
        };
        if rows.len() > limit {
            let drawn = draw::rows(rows.len(), limit, SAMPLE_SEED);
            rows = drawn.into_iter().map(|at| rows[at]).collect();
        }
        let clustering = live.clustering().unwrap_or_default();
        let label = |row: usize| clustering.labels.get(row).copied().unwrap_or(-1);
        let labels: Vec<i32> = rows.iter().map(|&row| label(row)).collect();
        let vectors = live.vectors_of(&rows)?;
        let placed = order::by_similarity(&vectors, Some(&labels), live.metric())?;
        let vectors = vectors.select(&placed);
        let values = similarity::matrix(&vectors, &vectors, live.metric())?;
        let mut groups: Vec<(i32, Group)> = Vec::new();
        for (start, &at) in placed.iter().enumerate() {
            match groups.last_mut().filter(|(known, _)| *known == labels[at]) {
                Some((_, group)) => group.count += 1,
                None => {
                    let name = usize::try_from(labels[at]).ok().and_then(|label| clustering.names.get(label));
                    groups.push((labels[at], Group { label: name.cloned().unwrap_or_default(), start, count: 1 }));
                }
            }
        }
        let items = placed.iter().map(|&at| shown[rows[at]]).collect();
        Ok(SimilarityMatrix { items, values, groups: groups.into_iter().map(|(_, group)| group).collect() })
    }
}
