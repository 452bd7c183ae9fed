//! How the workspace was last looked at: which map, coloured by what, with what drawn on it; so that it opens as it was left.
//!
//! A map is kept by how it was made, for its id lasts only while the program runs. Deliberately absent: what the words
//! of a colouring mean (`colours`), and what is selected, which is the window's.

use serde::{Deserialize, Serialize};

use crate::{Engine, Error, MapId, Projection};

/// The setting that holds it.
const SETTING: &str = "look";

/// What is shown, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The map the user chose; None where the best one is shown.
    pub map: Option<MapId>,
    /// What items are coloured by, in the words of [`Engine::colours`].
    pub colour_by: String,
    /// Whether names are written on the map.
    pub names: bool,
    /// Whether pictures are drawn on it.
    pub pictures: bool,
    /// Whether lines lead from an item to its true neighbours.
    pub true_neighbours: bool,
    /// Whether shapes join colours where there are many classes.
    pub shapes: bool,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    map: Option<Projection>,
    colour_by: String,
    names: bool,
    pictures: bool,
    true_neighbours: bool,
    shapes: bool,
}

impl Engine {
    /// How the workspace was last looked at; None before that was kept, or where another version wrote it otherwise.
    pub fn look(&self) -> Option<Look> {
        let json = self.inner.workspace.setting(SETTING).ok()??;
        let Kept { map, colour_by, names, pictures, true_neighbours, shapes } = serde_json::from_str(&json).ok()?;
        let map = map.and_then(|kept| self.maps_of(kept.set).into_iter().find(|map| map.projection() == kept));
        Some(Look { map: map.map(|map| map.id), colour_by, names, pictures, true_neighbours, shapes })
    }

    /// Keeps how the workspace is looked at.
    pub fn keep_look(&self, look: &Look) -> Result<(), Error> {
        self.writable()?;
        let &Look { map, ref colour_by, names, pictures, true_neighbours, shapes } = look;
        let map = map.map(|map| Ok::<_, Error>(self.live_map(map)?.projection())).transpose()?;
        let kept = Kept { map, colour_by: colour_by.clone(), names, pictures, true_neighbours, shapes };
        Ok(self.inner.workspace.set_setting(SETTING, &serde_json::json!(kept).to_string())?)
    }
}
