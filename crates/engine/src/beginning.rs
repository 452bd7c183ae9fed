//! Where a layout begins that is to lie as another set's map does: every item both show at its place there.
//!
//! What the other map does not show begins in its middle, from where the layout pulls it to its neighbours. Deliberately
//! absent: turning a finished map onto another (`maps`).

use embedscope_space::Vectors;
use embedscope_workspace::SetId;

use crate::project::laid_out;
use crate::{Engine, Error, Method, Projection};

/// The share of a set's rows that the other map must show; with fewer it says too little about the rest.
const LEAST_SHARED: f64 = 0.5;

impl Engine {
    /// The first places of a layout, `[rows, dims]`; None where the projection names no set, or there is no finished map
    /// of that method and those dimensions which shows at least half of the rows.
    pub(crate) fn beginning(&self, projection: &Projection) -> Result<Option<Vectors>, Error> {
        let Some(like) = projection.like else { return Ok(None) };
        let Some(places) = self.finished_places(like, projection.method, projection.dims) else { return Ok(None) };
        let (mine, theirs) = self.common_rows(projection.set, like)?;
        let shared: Vec<(usize, usize)> =
            mine.into_iter().zip(theirs).filter(|&(_, theirs)| theirs < places.rows()).collect();
        let rows = self.live_set(projection.set)?.rows();
        if rows == 0 || (shared.len() as f64) < LEAST_SHARED * rows as f64 {
            return Ok(None);
        }
        let dims = projection.dims;
        let mut middle = vec![0.0_f64; dims];
        for &(_, row) in &shared {
            let place = places.row(row);
            middle.iter_mut().zip(place).for_each(|(sum, &x)| *sum += f64::from(x) / shared.len() as f64);
        }
        let mut first: Vec<f32> = (0..rows).flat_map(|_| middle.iter().map(|&x| x as f32)).collect();
        for (row, other) in shared {
            first[row * dims..(row + 1) * dims].copy_from_slice(places.row(other));
        }
        Ok(Some(Vectors::new(first, dims)?))
    }

    fn finished_places(&self, set: SetId, method: Method, dims: usize) -> Option<Vectors> {
        let maps = self.maps_of(set);
        let fitting = |map: &&std::sync::Arc<crate::maps::LiveMap>| {
            let projection = map.projection();
            (projection.method, projection.dims) == (method, dims) && laid_out(map) > 0
        };
        Some(maps.iter().find(fitting)?.state().positions.clone())
    }
}
