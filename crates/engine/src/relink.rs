//! Originals that moved: looked for where the user says they are, and linked again where they hold the same.
//!
//! Deliberately absent: reading anything new in; what is found elsewhere must hold what the item holds.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use embedscope_sources::cut::{Cut, Unit};
use embedscope_sources::read::{ReadOptions, read};
use embedscope_sources::scan::{Found, scan};
use embedscope_sources::{Content, Limits, Tile};
use embedscope_space::Cancel;
use embedscope_workspace::{ContentHash, ItemId, ItemKind, NewItem};

use crate::read::has_vanished;
use crate::{Engine, Error, Event};

impl Engine {
    /// Whether an item's original is not where it was, or no longer holds it.
    pub fn is_lost(&self, item: ItemId) -> Result<bool, Error> {
        let stored = self.inner.workspace.item(item)?;
        Ok(stored.gone || has_vanished(&stored.item.origin.file))
    }

    /// Originals that are not where they were.
    pub fn lost_originals(&self) -> Result<BTreeSet<PathBuf>, Error> {
        let mut lost: BTreeSet<PathBuf> = self.inner.workspace.gone_originals()?.into_iter().collect();
        lost.extend(self.inner.workspace.originals()?.into_iter().filter(|file| has_vanished(file)));
        Ok(lost)
    }

    /// Links an item to where its original is now: a file, or a folder or archive somewhere below which it is. Other
    /// lost originals that are there under their own names are linked as well, and all pictures of a sheet with one of
    /// them. Gives how many items were; fails where nothing there holds what the item holds.
    pub fn relink(&self, item: ItemId, path: &Path) -> Result<u32, Error> {
        self.writable()?;
        let own = self.inner.workspace.item(item)?.item.origin.file;
        let found = scan(&[path.to_owned()], &Limits::default(), &Cancel::default()).files;
        let mut lost = self.lost_originals()?;
        lost.insert(own.clone());
        let mut lost = originals(lost);
        let Some((own, parts)) = lost.iter().position(|(_, parts)| parts.contains(&own)).map(|at| lost.remove(at))
        else {
            return Ok(0);
        };
        // A file that was named outright may have another name than before.
        let may_be_own = |there: &&Found| there.path == path || there.path.file_name() == own.file.file_name();
        let mut linked = self.relink_file(&own, &parts, found.iter().filter(may_be_own), Some(item))?;
        if linked == 0 {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            return Err(Error::Request(format!("{name} does not hold what this item holds")));
        }
        for (original, parts) in lost {
            let same_name = found.iter().filter(|there| there.path.file_name() == original.file.file_name());
            linked += self.relink_file(&original, &parts, same_name, None)?;
        }
        self.emit(&Event::WorkspaceChanged);
        Ok(linked)
    }

    /// Links the items of a file to the first of these files that holds them; `must` has to be among them.
    fn relink_file<'a>(
        &self,
        original: &Original,
        parts: &[PathBuf],
        candidates: impl Iterator<Item = &'a Found>,
        must: Option<ItemId>,
    ) -> Result<u32, Error> {
        let workspace = &self.inner.workspace;
        for there in candidates {
            let Some(held) = Holding::of(there, original.tile) else { continue };
            let mut moves: Vec<(ItemId, PathBuf)> = Vec::new();
            for part in parts {
                let stored = workspace.items(&workspace.items_of_file(part)?)?;
                let to = match Tile::named(part) {
                    Some((_, tile, number)) => tile.place(&there.path, number),
                    None => there.path.clone(),
                };
                moves.extend(stored.iter().filter(|known| held.holds(&known.item)).map(|known| (known.id, to.clone())));
            }
            if !moves.is_empty() && must.is_none_or(|must| moves.iter().any(|(item, _)| *item == must)) {
                workspace.relink(&moves)?;
                return Ok(moves.len() as u32);
            }
        }
        Ok(0)
    }
}

/// A file that items came from, and how it was cut if it is a sheet of pictures.
#[derive(PartialEq, Eq, Hash)]
struct Original {
    file: PathBuf,
    tile: Option<Tile>,
}

/// The files of which these are parts, each with its parts: a sheet with its pictures, any other file with itself.
fn originals(lost: BTreeSet<PathBuf>) -> Vec<(Original, Vec<PathBuf>)> {
    let mut originals: HashMap<Original, Vec<PathBuf>> = HashMap::new();
    for part in lost {
        let original = match Tile::named(&part) {
            Some((sheet, tile, _)) => Original { file: sheet.to_owned(), tile: Some(tile) },
            None => Original { file: part.clone(), tile: None },
        };
        originals.entry(original).or_default().push(part);
    }
    originals.into_iter().collect()
}

/// What a file holds: contents, and whole texts of which items may be parts.
struct Holding {
    contents: HashSet<ContentHash>,
    texts: Vec<String>,
}

impl Holding {
    /// None where it cannot be read.
    fn of(file: &Found, tile: Option<Tile>) -> Option<Self> {
        let options = ReadOptions { cut: Cut { unit: Unit::None, ..Cut::default() }, tile, ..ReadOptions::default() };
        let mut held = Self { contents: HashSet::new(), texts: Vec::new() };
        let outcome = read(file, &options, &Limits::default(), &mut |draft| {
            held.contents.insert(draft.hash);
            if let Content::Text(text) = draft.content {
                held.texts.push(text);
            }
        });
        outcome.ok().map(|()| held)
    }

    fn holds(&self, item: &NewItem) -> bool {
        // The words of a picture are its caption.
        let text = item.text.as_deref().filter(|text| item.kind == ItemKind::Text && !text.is_empty());
        let is_part = |text: &str| self.texts.iter().any(|whole| whole.contains(text));
        self.contents.contains(&item.hash) || text.is_some_and(is_part)
    }
}
