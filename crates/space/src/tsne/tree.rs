//! Repulsion of a spatial layout through an octree (Barnes and Hut 1986; van der Maaten 2014).
//!
//! A cell that looks small from a point stands for all points in it. Cells lie in the order of a walk, each with the
//! place where the walk goes on when the cell is not entered. Deliberately absent: flat layouts, see `grid`.

use rayon::prelude::*;

/// A cell is taken as one when it is smaller than this share of its distance. Below `1/√3`, so that no point ever sees
/// a cell that holds it.
const OPENING: f32 = 0.5;
/// Points that are not divided any more.
const LEAF: usize = 8;
/// Halvings of the side of the whole.
const LEVELS: u32 = 21;

type Point = [f32; 3];

struct Cell {
    middle: Point,
    count: f32,
    /// Squared distance from which the cell is seen as one.
    far: f32,
    /// The cell after this one and all in it.
    next: u32,
    /// Points of a cell that is not divided; empty for others.
    from: u32,
    to: u32,
}

/// Writes `Σ_j (y_i − y_j) / (1 + r²)²` for every `i` and returns `Z = Σ_{i≠j} 1 / (1 + r²)`.
pub(super) fn repulsion(layout: &[f32], forces: &mut [f32]) -> f64 {
    let (points, _) = layout.as_chunks::<3>();
    let (low, side) = bounds(points);
    let mut order: Vec<(u64, u32)> =
        points.par_iter().zip(0_u32..points.len() as u32).map(|(p, at)| (code(p, low, side), at)).collect();
    order.par_sort_unstable();
    let sorted: Vec<Point> = order.par_iter().map(|&(_, at)| points[at as usize]).collect();
    let mut cells = Vec::new();
    divide(&order, &sorted, 0..sorted.len(), 0, side, &mut cells);
    let found: Vec<(f32, Point)> = sorted.par_iter().map(|point| around(point, &cells, &sorted)).collect();
    let (forces, _) = forces.as_chunks_mut::<3>();
    for (&(_, at), (_, force)) in order.iter().zip(&found) {
        forces[at as usize] = *force;
    }
    found.iter().map(|(near, _)| f64::from(*near) - 1.0).sum()
}

/// One point against all, itself included.
fn around(point: &Point, cells: &[Cell], sorted: &[Point]) -> (f32, Point) {
    let (mut near, mut force) = (0.0, [0.0; 3]);
    let mut add = |other: &Point, count: f32| {
        let apart: Point = std::array::from_fn(|axis| point[axis] - other[axis]);
        let weight = 1.0 / (1.0 + square(&apart));
        near += count * weight;
        (0..3).for_each(|axis| force[axis] += count * weight * weight * apart[axis]);
    };
    let mut at = 0;
    while let Some(cell) = cells.get(at) {
        let apart: Point = std::array::from_fn(|axis| point[axis] - cell.middle[axis]);
        if square(&apart) > cell.far {
            add(&cell.middle, cell.count);
        } else if cell.from < cell.to {
            sorted[cell.from as usize..cell.to as usize].iter().for_each(|other| add(other, 1.0));
        } else {
            at += 1;
            continue;
        }
        at = cell.next as usize;
    }
    (near, force)
}

/// Appends the cell of a span of sorted points, and the cells in it; returns the sum of its points.
fn divide(
    order: &[(u64, u32)],
    sorted: &[Point],
    span: std::ops::Range<usize>,
    level: u32,
    side: f32,
    cells: &mut Vec<Cell>,
) -> [f64; 3] {
    let (own, count) = (cells.len(), span.len());
    let far = (side / OPENING) * (side / OPENING);
    cells.push(Cell { middle: [0.0; 3], count: count as f32, far, next: 0, from: 0, to: 0 });
    let mut sum = [0.0; 3];
    if count <= LEAF || level == LEVELS {
        for point in &sorted[span.clone()] {
            (0..3).for_each(|axis| sum[axis] += f64::from(point[axis]));
        }
        (cells[own].from, cells[own].to) = (span.start as u32, span.end as u32);
    } else {
        let shift = 3 * (LEVELS - 1 - level);
        let mut from = span.start;
        while from < span.end {
            let octant = order[from].0 >> shift;
            let to = from + order[from..span.end].partition_point(|(code, _)| code >> shift == octant);
            let part = divide(order, sorted, from..to, level + 1, side / 2.0, cells);
            (0..3).for_each(|axis| sum[axis] += part[axis]);
            from = to;
        }
    }
    cells[own].middle = sum.map(|sum| (sum / count as f64) as f32);
    cells[own].next = cells.len() as u32;
    sum
}

/// The bits of the three coordinates, interleaved: points of one cell follow each other.
fn code(point: &Point, low: Point, side: f32) -> u64 {
    let most = ((1_u64 << LEVELS) - 1) as f32;
    point.iter().zip(low).enumerate().fold(0, |code, (axis, (x, low))| {
        let number = (((x - low) / side * most).clamp(0.0, most)) as u64;
        (0..LEVELS).fold(code, |code, bit| code | (number >> bit & 1) << (3 * bit + axis as u32))
    })
}

/// The least corner of the layout and the largest of its sides.
fn bounds(points: &[Point]) -> (Point, f32) {
    let (mut low, mut high) = ([f32::INFINITY; 3], [f32::NEG_INFINITY; 3]);
    for point in points {
        for axis in 0..3 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    (low, (0..3).map(|axis| high[axis] - low[axis]).fold(f32::MIN_POSITIVE, f32::max) * 1.0001)
}

fn square(point: &Point) -> f32 {
    point[0] * point[0] + point[1] * point[1] + point[2] * point[2]
}

#[cfg(test)]
mod tests {
    use super::super::direct;
    use super::*;
    use crate::sample::normal;

    #[test]
    fn the_tree_comes_near_the_exact_sum_at_every_size() {
        for size in [1e-4, 1.0, 20.0] {
            let layout: Vec<f32> = normal(900, 3, 5).into_vec().into_iter().map(|x| x * size).collect();
            let (mut exact, mut found) = (vec![0.0; 2700], vec![0.0; 2700]);
            let wanted = direct::repulsion::<3>(&layout, &mut exact);
            let z = repulsion(&layout, &mut found);
            assert!((z / wanted - 1.0).abs() < 5e-3, "size {size}: Z {z} for {wanted}");
            let norm = |values: &mut dyn Iterator<Item = f32>| values.map(|x| f64::from(x * x)).sum::<f64>().sqrt();
            let error = norm(&mut exact.iter().zip(&found).map(|(a, b)| a - b)) / norm(&mut exact.iter().copied());
            assert!(error < 2e-2, "size {size}: forces off by {error}");
        }
    }

    #[test]
    fn coincident_points_give_numbers() {
        let (layout, mut forces) = (vec![3.0; 60], vec![1.0; 60]);
        assert_eq!(repulsion(&layout, &mut forces), 380.0);
        assert!(forces.iter().all(|&force| force == 0.0));
    }
}
