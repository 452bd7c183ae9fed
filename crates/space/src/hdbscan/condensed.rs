//! From a spanning tree to clusters: which parts appear as the reach shrinks, how long they last, which are kept.
//!
//! Deliberately absent: distances.

use rayon::prelude::*;

use super::spanning::{Edge, Parts};

/// The most that a reach may be below the longest edge; rows at the same place would otherwise last for ever.
const FINEST: f64 = 1e-12;

/// Which parts of rows joined at which length, from the shortest edge on: first the rows, then every part after those it
/// is made of. The last holds all.
pub(super) struct Hierarchy {
    rows: usize,
    lengths: Vec<f64>,
    sizes: Vec<usize>,
    /// Where the children of each part that is no row begin, and where the last end.
    starts: Vec<usize>,
    children: Vec<u32>,
}

/// A part that holds enough rows, from where it appears to where it falls apart.
struct Cluster {
    parent: usize,
    birth: f64,
    /// Density times rows, from its birth to where each row leaves.
    stability: f64,
    /// Where the last of its own rows leaves.
    death: f64,
    children: Vec<usize>,
}

impl Hierarchy {
    /// All that join at the same length make one part.
    pub(super) fn new(rows: usize, mut edges: Vec<Edge>) -> Self {
        edges.par_sort_unstable_by(|a, b| a.length.total_cmp(&b.length).then(a.ends.cmp(&b.ends)));
        let mut all =
            Self { rows, lengths: vec![0.0; rows], sizes: vec![1; rows], starts: vec![0], children: Vec::new() };
        let mut parts = Parts::new(rows);
        // The node that holds each part, by the part's root.
        let mut tops: Vec<u32> = (0..rows as u32).collect();
        let (mut touched, mut joined) = (Vec::new(), Vec::new());
        for same in edges.chunk_by(|a, b| a.length == b.length) {
            touched.clear();
            touched.extend(same.iter().flat_map(|edge| edge.ends).map(|row| parts.of(row)));
            touched.sort_unstable();
            touched.dedup();
            for edge in same {
                parts.join(edge.ends[0], edge.ends[1]);
            }
            joined.clear();
            joined.extend(touched.iter().map(|&old| (parts.of(old), tops[old as usize])));
            joined.sort_unstable();
            for group in joined.chunk_by(|a, b| a.0 == b.0) {
                tops[group[0].0 as usize] = all.lengths.len() as u32;
                all.children.extend(group.iter().map(|&(_, node)| node));
                all.starts.push(all.children.len());
                all.sizes.push(group.iter().map(|&(_, node)| all.sizes[node as usize]).sum());
                all.lengths.push(same[0].length);
            }
        }
        all
    }

    /// What joined to make a part; nothing for a row.
    fn children(&self, node: usize) -> &[u32] {
        let Some(part) = node.checked_sub(self.rows) else { return &[] };
        &self.children[self.starts[part]..self.starts[part + 1]]
    }

    /// Labels, probabilities and the number of clusters of at least so many rows.
    pub(super) fn clusters(&self, least: usize) -> (Vec<i32>, Vec<f32>, usize) {
        let rows = self.rows;
        let (mut labels, mut probabilities) = (vec![-1; rows], vec![0.0; rows]);
        if rows < least {
            return (labels, probabilities, 0);
        }
        let (clusters, left) = condense(self, least);
        let kept = keep(&clusters);
        let home: Vec<Option<usize>> = home(&clusters, &kept);
        let mut numbers = vec![-1; clusters.len()];
        let mut count = 0;
        for (row, &(cluster, density)) in left.iter().enumerate() {
            let Some(cluster) = home[cluster] else { continue };
            if numbers[cluster] < 0 {
                numbers[cluster] = count;
                count += 1;
            }
            labels[row] = numbers[cluster];
            let death = clusters[cluster].death;
            probabilities[row] = if death > 0.0 { (density.min(death) / death) as f32 } else { 1.0 };
        }
        (labels, probabilities, count as usize)
    }
}

/// All clusters, parents before children, and for each row the cluster that it leaves and at which density.
fn condense(all: &Hierarchy, least: usize) -> (Vec<Cluster>, Vec<(usize, f64)>) {
    let root = all.lengths.len() - 1;
    let shortest = (all.lengths[root] * FINEST).max(f64::MIN_POSITIVE);
    let new = |parent, birth| Cluster { parent, birth, stability: 0.0, death: 0.0, children: Vec::new() };
    let mut clusters = vec![new(0, 0.0)];
    let mut left = vec![(0, 0.0); all.rows];
    let mut open = vec![(root, 0)];
    let mut falling = Vec::new();
    while let Some((at, own)) = open.pop() {
        let density = 1.0 / all.lengths[at].max(shortest);
        let large = all.children(at).iter().filter(|&&child| all.sizes[child as usize] >= least).count();
        for &child in all.children(at) {
            let size = all.sizes[child as usize];
            if size >= least && large == 1 {
                open.push((child as usize, own));
                continue;
            }
            let cluster = &mut clusters[own];
            cluster.stability += (density - cluster.birth) * size as f64;
            cluster.death = cluster.death.max(density);
            if size >= least {
                let born = clusters.len();
                clusters[own].children.push(born);
                clusters.push(new(own, density));
                open.push((child as usize, born));
            } else {
                falling.push(child);
                while let Some(node) = falling.pop() {
                    if (node as usize) < all.rows {
                        left[node as usize] = (own, density);
                    }
                    falling.extend_from_slice(all.children(node as usize));
                }
            }
        }
    }
    (clusters, left)
}

/// Which clusters last longer than those inside them together. All rows together are no cluster.
fn keep(clusters: &[Cluster]) -> Vec<bool> {
    let mut kept = vec![false; clusters.len()];
    let mut lasting: Vec<f64> = clusters.iter().map(|cluster| cluster.stability).collect();
    for at in (1..clusters.len()).rev() {
        let inside: f64 = clusters[at].children.iter().map(|&child| lasting[child]).sum();
        kept[at] = lasting[at] >= inside;
        lasting[at] = lasting[at].max(inside);
    }
    kept
}

/// For each cluster the outermost kept one that holds it.
fn home(clusters: &[Cluster], kept: &[bool]) -> Vec<Option<usize>> {
    let mut home: Vec<Option<usize>> = vec![None; clusters.len()];
    for at in 1..clusters.len() {
        home[at] = home[clusters[at].parent].or(kept[at].then_some(at));
    }
    home
}
