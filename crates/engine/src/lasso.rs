//! Choosing items on a map by a line drawn around them.
//!
//! Deliberately absent: what is done with them.

use embedscope_workspace::ItemId;

use crate::{Engine, Error, MapId};

impl Engine {
    /// The items inside a closed line, given as x, y, x, y … in the map's own coordinates. Where the line crosses itself,
    /// what it goes around an even number of times is outside.
    pub fn lasso(&self, map: MapId, polygon: &[f32]) -> Result<Vec<ItemId>, Error> {
        let layout = self.layout(map)?;
        if layout.dims != 2 {
            return Err(Error::Request("a line can only be drawn around items of a flat map".into()));
        }
        let corners: Vec<(f32, f32)> = polygon.chunks_exact(2).map(|corner| (corner[0], corner[1])).collect();
        if corners.len() < 3 {
            return Ok(Vec::new());
        }
        let items = self.live_set(layout.set)?.items();
        let inside =
            items.into_iter().zip(layout.positions.iter()).filter(|(_, at)| is_inside((at[0], at[1]), &corners));
        Ok(inside.map(|(item, _)| item).collect())
    }
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
    fn inside_a_dented_line() {
        // A square with a notch cut into its right side.
        let line = [(0.0, 0.0), (4.0, 0.0), (4.0, 1.0), (2.0, 2.0), (4.0, 3.0), (4.0, 4.0), (0.0, 4.0)];
        assert!(is_inside((1.0, 2.0), &line));
        assert!(is_inside((3.5, 0.5), &line));
        assert!(!is_inside((3.5, 2.0), &line));
        assert!(!is_inside((-1.0, 2.0), &line) && !is_inside((1.0, 4.5), &line));
    }
}
