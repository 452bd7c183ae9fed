//! In which directions the edges of a picture run, and where: histograms of oriented gradients (Dalal & Triggs 2005)
//! over a grid of cells.

use std::f32::consts::PI;

use super::canvas::{Canvas, SIDE};
use super::{centre, unit};

/// Cells along each side.
const CELLS: usize = 5;

/// Directions from 0° to 180°; an edge from dark to light and one from light to dark count the same.
const DIRECTIONS: usize = 9;

/// Numbers given by [`directions`].
pub(super) const LEN: usize = CELLS * CELLS * DIRECTIONS;

/// Keeps the noise of an even surface from being taken for edges.
const NOISE: f32 = 0.05;

/// For each cell, how strong its edges are in each direction relative to those of the cells around it; centred. Of
/// length 1, or zeros for a picture of one colour. A gradient is shared out between the nearest cells and directions.
pub(super) fn directions(canvas: &Canvas) -> Vec<f32> {
    let mut cells = vec![0.0; LEN];
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (column, row) = (x as isize, y as isize);
            let dx = canvas.light(column + 1, row) - canvas.light(column - 1, row);
            let dy = canvas.light(column, row + 1) - canvas.light(column, row - 1);
            let strength = dx.hypot(dy);
            let turn = (dy.atan2(dx) / PI).rem_euclid(1.0) * DIRECTIONS as f32;
            let (first, next) = (turn as usize % DIRECTIONS, turn.fract());
            for (cell, share) in nearest(y)
                .into_iter()
                .flat_map(|(row, down)| nearest(x).map(|(column, across)| (row * CELLS + column, down * across)))
            {
                let cell = &mut cells[cell * DIRECTIONS..][..DIRECTIONS];
                cell[first] += strength * share * (1.0 - next);
                cell[(first + 1) % DIRECTIONS] += strength * share * next;
            }
        }
    }
    let mut relative = relative_to_neighbours(&cells);
    centre(&mut relative);
    unit(&mut relative);
    relative
}

/// The two cells whose centres are nearest to a pixel, and its share in each; at the border, one cell twice.
fn nearest(place: usize) -> [(usize, f32); 2] {
    let place = (place as f32 + 0.5) * CELLS as f32 / SIDE as f32 - 0.5;
    let (below, next) = (place.floor(), place - place.floor());
    let cell = |cell: f32| cell.clamp(0.0, (CELLS - 1) as f32) as usize;
    [(cell(below), 1.0 - next), (cell(below + 1.0), next)]
}

/// Square roots of each cell's values over the mean strength in the 3 × 3 cells around it.
fn relative_to_neighbours(cells: &[f32]) -> Vec<f32> {
    let strength: Vec<f32> = cells.chunks_exact(DIRECTIONS).map(|cell| cell.iter().sum()).collect();
    let pixels_in_cell = (SIDE * SIDE) as f32 / (CELLS * CELLS) as f32;
    let mut relative = Vec::with_capacity(LEN);
    for (number, cell) in cells.chunks_exact(DIRECTIONS).enumerate() {
        let around = |place: usize| place.saturating_sub(1)..=(place + 1).min(CELLS - 1);
        let (row, column) = (number / CELLS, number % CELLS);
        let near: Vec<f32> = around(row)
            .flat_map(|row| around(column).map(move |column| row * CELLS + column))
            .map(|cell| strength[cell])
            .collect();
        let mean = near.iter().sum::<f32>() / near.len() as f32 + NOISE * pixels_in_cell;
        relative.extend(cell.iter().map(|value| (value / mean).sqrt()));
    }
    relative
}
