//! From a spanning tree to clusters: which parts appear as the reach shrinks, how long they last, which are kept.
//!
//! Deliberately absent: distances.

use super::spanning::{Edge, Parts};

/// The most that a reach may be below the longest edge; rows at the same place would otherwise last for ever.
const FINEST: f64 = 1e-12;

/// A part of rows that joined at one length, from parts that were joined before; the first `rows` nodes are the rows.
struct Node {
    length: f64,
    size: usize,
    children: Vec<usize>,
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

/// Labels, probabilities and the number of clusters.
pub(super) fn clusters(rows: usize, edges: Vec<Edge>, least: usize) -> (Vec<i32>, Vec<f32>, usize) {
    let nodes = hierarchy(rows, edges);
    let (clusters, left) = condense(rows, &nodes, least);
    let kept = keep(&clusters);
    let home: Vec<Option<usize>> = home(&clusters, &kept);
    let (mut labels, mut probabilities, mut numbers) = (vec![-1; rows], vec![0.0; rows], vec![-1; clusters.len()]);
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

/// Joins parts from the shortest edge on; all that join at the same length make one node. The last node holds all.
fn hierarchy(rows: usize, mut edges: Vec<Edge>) -> Vec<Node> {
    edges.sort_by(|a, b| a.length.total_cmp(&b.length).then(a.ends.cmp(&b.ends)));
    let leaf = || Node { length: 0.0, size: 1, children: Vec::new() };
    let mut nodes: Vec<Node> = (0..rows).map(|_| leaf()).collect();
    let mut parts = Parts::new(rows);
    // The node that holds each part, by the part's root.
    let mut tops: Vec<usize> = (0..rows).collect();
    for same in edges.chunk_by(|a, b| a.length == b.length) {
        let mut touched: Vec<u32> = same.iter().flat_map(|edge| edge.ends).map(|row| parts.of(row)).collect();
        touched.sort_unstable();
        touched.dedup();
        for edge in same {
            parts.join(edge.ends[0], edge.ends[1]);
        }
        let mut joined: Vec<(u32, usize)> = touched.iter().map(|&old| (parts.of(old), tops[old as usize])).collect();
        joined.sort_unstable();
        for group in joined.chunk_by(|a, b| a.0 == b.0) {
            let children: Vec<usize> = group.iter().map(|&(_, node)| node).collect();
            let size = children.iter().map(|&child| nodes[child].size).sum();
            tops[group[0].0 as usize] = nodes.len();
            nodes.push(Node { length: same[0].length, size, children });
        }
    }
    nodes
}

/// All clusters, parents before children, and for each row the cluster that it leaves and at which density.
fn condense(rows: usize, nodes: &[Node], least: usize) -> (Vec<Cluster>, Vec<(usize, f64)>) {
    let root = nodes.len() - 1;
    let shortest = (nodes[root].length * FINEST).max(f64::MIN_POSITIVE);
    let new = |parent, birth| Cluster { parent, birth, stability: 0.0, death: 0.0, children: Vec::new() };
    let mut clusters = vec![new(0, 0.0)];
    let mut left = vec![(0, 0.0); rows];
    let mut open = vec![(root, 0)];
    let mut falling = Vec::new();
    while let Some((at, own)) = open.pop() {
        let node = &nodes[at];
        let density = 1.0 / node.length.max(shortest);
        let large = node.children.iter().filter(|&&child| nodes[child].size >= least).count();
        for &child in &node.children {
            let size = nodes[child].size;
            if size >= least && large == 1 {
                open.push((child, own));
                continue;
            }
            let cluster = &mut clusters[own];
            cluster.stability += (density - cluster.birth) * size as f64;
            cluster.death = cluster.death.max(density);
            if size >= least {
                let born = clusters.len();
                clusters[own].children.push(born);
                clusters.push(new(own, density));
                open.push((child, born));
            } else {
                falling.push(child);
                while let Some(node) = falling.pop() {
                    if node < rows {
                        left[node] = (own, density);
                    }
                    falling.extend(&nodes[node].children);
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
