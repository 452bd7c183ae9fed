//! Choosing items on a map by a line drawn around them.
//!
//! Deliberately absent: what is done with them.

use embedscope_workspace::ItemId;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use crate::{Engine, Error, MapId};

impl Engine {
    /// The items inside a closed line, given as x, y, x, y … Where the line crosses itself, what it goes around an even
    /// number of times is outside. On a flat map it is drawn in the map's own coordinates; `eye`, a column-major 4 × 4
    /// matrix from the map's coordinates to those of the screen (−1 to 1), is what a map of three dimensions was seen
    /// through, and the line is drawn there.
    pub fn lasso(&self, map: MapId, polygon: &[f32], eye: Option<&[f32]>) -> Result<Vec<ItemId>, Error> {
        let layout = self.layout(map)?;
        let eye: Option<&[f32; 16]> = match eye.map(TryInto::try_into) {
            None if layout.dims == 2 => None,
            Some(Ok(eye)) => Some(eye),
            _ => return Err(Error::Request("a line around items in space needs the 16 numbers it was seen by".into())),
        };
        let corners: Vec<(f32, f32)> = polygon.chunks_exact(2).map(|corner| (corner[0], corner[1])).collect();
        if corners.len() < 3 {
            return Ok(Vec::new());
        }
        let seen = |at: &[f32]| match eye {
            None => Some((at[0], at[1])),
            Some(eye) => project(eye, at),
        };
        let bounds = bounds(&corners);
        let items = self.live_set(layout.set)?.items();
        let places = layout.positions.as_slice().par_chunks_exact(layout.dims);
        let inside = items
            .into_par_iter()
            .zip(places)
            .filter(|(_, at)| seen(at).is_some_and(|seen| is_between(seen, bounds) && is_inside(seen, &corners)));
        Ok(inside.map(|(item, _)| item).collect())
    }
}

/// The least and the greatest numbers of the corners.
fn bounds(corners: &[(f32, f32)]) -> [(f32, f32); 2] {
    corners.iter().fold([(f32::INFINITY, f32::INFINITY), (f32::NEG_INFINITY, f32::NEG_INFINITY)], |[low, high], at| {
        [(low.0.min(at.0), low.1.min(at.1)), (high.0.max(at.0), high.1.max(at.1))]
    })
}

fn is_between((x, y): (f32, f32), [low, high]: [(f32, f32); 2]) -> bool {
    x >= low.0 && x <= high.0 && y >= low.1 && y <= high.1
}

/// Where a place is on the screen; None behind the eye.
fn project(eye: &[f32; 16], at: &[f32]) -> Option<(f32, f32)> {
    let z = at.get(2).copied().unwrap_or_default();
    let along = |row: usize| eye[row] * at[0] + eye[4 + row] * at[1] + eye[8 + row] * z + eye[12 + row];
    let w = along(3);
    (w > 0.0).then(|| (along(0) / w, along(1) / w))
}

/// Counts the sides that a ray to the right crosses.
fn is_inside((x, y): (f32, f32), corners: &[(f32, f32)]) -> bool {
    let sides = corners.iter().zip(corners.iter().cycle().skip(1));
    let crosses = |&(&(ax, ay), &(bx, by)): &(&(f32, f32), &(f32, f32))| {
        (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
    };
    sides.filter(crosses).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_the_eye_is_not_on_the_screen() {
        // Looks along −z from z = 2; w is the distance.
        let eye = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0, 2.0];
        assert_eq!(project(&eye, &[1.0, 2.0, 0.0]), Some((0.5, 1.0)));
        assert_eq!(project(&eye, &[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn inside_a_dented_line() {
        // A square with a notch cut into its right side.
        let line = [(0.0, 0.0), (4.0, 0.0), (4.0, 1.0), (2.0, 2.0), (4.0, 3.0), (4.0, 4.0), (0.0, 4.0)];
        assert!(is_inside((1.0, 2.0), &line));
        assert!(is_inside((3.5, 0.5), &line));
        assert!(!is_inside((3.5, 2.0), &line));
        assert!(!is_inside((-1.0, 2.0), &line) && !is_inside((1.0, 4.5), &line));
    }
}
