//! The slowest ways in which weights can spread over a graph: coordinates in which rows that hold on to each other lie
//! together (Laplacian eigenmaps, Belkin and Niyogi 2003).
//!
//! The eigenvectors of `D^-½ W D^-½` with the largest eigenvalues below the trivial one, by Lanczos' steps, every new
//! vector kept perpendicular to all before. Deliberately absent: graphs of several parts, each of which would have its
//! own; the caller then starts from something else.

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::sparse::Sparse;
use crate::{Cancel, Error, eigen, sample};

/// Lanczos' steps: the memory is so many numbers of eight bytes a row.
const STEPS: usize = 60;
/// What an eigenvector may miss its equation by; a start need not be better.
const TOLERANCE: f64 = 0.05;
/// A vector of about unit length of which so little is left holds nothing new.
const LEAST: f64 = 1e-8;
/// Rows that one task multiplies.
const CHUNK: usize = 1024;

/// The first `dims` coordinates of every row, one column after the other, each of unit length; nothing where the graph
/// is not in one piece, has too few rows, or the steps do not lead far enough.
pub(crate) fn coordinates(
    graph: &Sparse,
    dims: usize,
    seed: u64,
    cancel: &Cancel,
) -> Result<Option<Vec<Vec<f64>>>, Error> {
    let rows = graph.rows();
    if rows < 4 * dims || !connected(graph) {
        return Ok(None);
    }
    let degrees: Vec<f64> = (0..rows).map(|row| graph.of(row).1.iter().map(|&w| f64::from(w)).sum::<f64>()).collect();
    let roots: Vec<f64> = degrees.iter().map(|degree| 1.0 / degree.sqrt()).collect();
    let mut trivial: Vec<f64> = degrees.iter().map(|degree| degree.sqrt()).collect();
    normalise(&mut trivial);
    let mut chance = sample::generator(seed);
    // The trivial eigenvector is known: it goes first and takes no part in what follows.
    let mut basis = vec![trivial];
    let (mut diagonal, mut beside) = (Vec::new(), Vec::new());
    let mut next = fresh(rows, &mut chance);
    while let Some(vector) = direction(next, &basis).map(|(vector, _)| vector) {
        cancel.check()?;
        let image = multiply(graph, &roots, &vector);
        diagonal.push(dot(&image, &vector));
        basis.push(vector);
        // Where nothing new follows, as in graphs that look alike from several rows, another start does.
        let (length, following) = match direction(image, &basis) {
            Some((vector, length)) => (length, vector),
            None => (0.0, fresh(rows, &mut chance)),
        };
        beside.push(length);
        next = following;
        if diagonal.len() == STEPS {
            break;
        }
    }
    let steps = diagonal.len();
    let mut small = vec![0.0; steps * steps];
    for at in 0..steps {
        small[at * steps + at] = diagonal[at];
        if at + 1 < steps {
            small[at * steps + at + 1] = beside[at];
            small[(at + 1) * steps + at] = beside[at];
        }
    }
    if steps < dims {
        return Ok(None);
    }
    let (_, weights) = eigen::symmetric(&small, steps)?;
    let missed =
        weights[..dims].iter().map(|weights| (beside[steps - 1] * weights[steps - 1]).abs()).fold(0.0, f64::max);
    if missed.is_nan() || missed > TOLERANCE {
        return Ok(None);
    }
    let column = |weights: &Vec<f64>| {
        let mut column = vec![0.0; rows];
        for (vector, weight) in basis[1..].iter().zip(weights) {
            column.iter_mut().zip(vector).for_each(|(sum, x)| *sum += weight * x);
        }
        let largest = column.iter().copied().fold(0.0, |best: f64, x| if x.abs() > best.abs() { x } else { best });
        // Of the two signs always the same one.
        column.iter_mut().for_each(|x| *x *= largest.signum());
        column
    };
    Ok(Some(weights[..dims].iter().map(column).collect()))
}

fn connected(graph: &Sparse) -> bool {
    let mut seen = vec![false; graph.rows()];
    let (mut open, mut count) = (vec![0_u32], 1);
    seen[0] = true;
    while let Some(row) = open.pop() {
        for &other in graph.of(row as usize).0 {
            if !std::mem::replace(&mut seen[other as usize], true) {
                count += 1;
                open.push(other);
            }
        }
    }
    count == graph.rows()
}

fn multiply(graph: &Sparse, roots: &[f64], vector: &[f64]) -> Vec<f64> {
    let row = |row: usize| {
        let (others, weights) = graph.of(row);
        let edges = others.iter().zip(weights);
        let sum: f64 = edges.map(|(&other, &w)| f64::from(w) * roots[other as usize] * vector[other as usize]).sum();
        sum * roots[row]
    };
    (0..graph.rows()).into_par_iter().with_min_len(CHUNK).map(row).collect()
}

fn fresh(rows: usize, chance: &mut ChaCha8Rng) -> Vec<f64> {
    let scale = 1.0 / (rows as f64).sqrt();
    (0..rows).map(|_| scale * sample::gauss(chance)).collect()
}

/// What is left of a vector without its parts along all of `others`, of unit length, and how long that was; nothing where
/// rounding alone is left.
fn direction(mut vector: Vec<f64>, others: &[Vec<f64>]) -> Option<(Vec<f64>, f64)> {
    // Twice, since once leaves what rounding left.
    for other in others.iter().chain(others) {
        let along = dot(&vector, other);
        let chunks = vector.par_chunks_mut(CHUNK).zip(other.par_chunks(CHUNK));
        chunks.for_each(|(vector, other)| vector.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y));
    }
    let length = normalise(&mut vector);
    (length > LEAST).then_some((vector, length))
}

fn normalise(vector: &mut [f64]) -> f64 {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    length
}

/// Summed in parts of a fixed size, so that a sum does not depend on the threads.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let parts: Vec<f64> =
        a.par_chunks(CHUNK).zip(b.par_chunks(CHUNK)).map(|(a, b)| a.iter().zip(b).map(|(x, y)| x * y).sum()).collect();
    parts.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A graph in which the given pairs hold on to each other alike.
    fn graph(rows: usize, pairs: impl Iterator<Item = (usize, usize)>) -> Sparse {
        let mut lists = vec![Vec::new(); rows];
        for (a, b) in pairs {
            lists[a].push((b as u32, 1.0));
            lists[b].push((a as u32, 1.0));
        }
        lists.iter_mut().for_each(|list| list.sort_unstable_by_key(|&(other, _)| other));
        Sparse::symmetric(&lists, f32::max)
    }

    #[test]
    fn a_ring_is_laid_out_as_a_circle() {
        let ring = graph(40, (0..40).map(|at| (at, (at + 1) % 40)));
        let columns = coordinates(&ring, 2, 1, &Cancel::default()).expect("runs").expect("one piece");
        // Every point as far from the middle as any other, and beside its neighbours.
        let radius = |at: usize| columns[0][at].hypot(columns[1][at]);
        for at in 0..40 {
            assert!((radius(at) - (2.0_f64 / 40.0).sqrt()).abs() < 1e-6, "{}", radius(at));
            let apart = (columns[0][at] - columns[0][(at + 1) % 40]).hypot(columns[1][at] - columns[1][(at + 1) % 40]);
            assert!((apart - 2.0 * radius(at) * (std::f64::consts::PI / 40.0).sin()).abs() < 1e-6);
        }
    }

    #[test]
    fn two_cliques_with_a_bridge_lie_on_either_side() {
        let clique = |from: usize| (0..8).flat_map(move |a| (0..a).map(move |b| (from + a, from + b)));
        let both = graph(16, clique(0).chain(clique(8)).chain([(0, 8)]));
        let columns = coordinates(&both, 1, 3, &Cancel::default()).expect("runs").expect("one piece");
        let side = columns[0][3].signum();
        assert!((0..8).all(|at| columns[0][at].signum() == side && columns[0][8 + at].signum() == -side));
    }

    #[test]
    fn graphs_in_pieces_and_of_few_rows_have_no_answer() {
        let apart = graph(16, (0..15).filter(|&at| at != 7).map(|at| (at, at + 1)));
        assert_eq!(coordinates(&apart, 2, 1, &Cancel::default()), Ok(None));
        assert_eq!(coordinates(&graph(3, [(0, 1), (1, 2)].into_iter()), 2, 1, &Cancel::default()), Ok(None));
    }
}
