//! The files that items came from: which have vanished, and which no longer hold what they held.
//!
//! Deliberately absent: looking at files; whoever reads them says what was found.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rusqlite::params;

use crate::items::{path_from_bytes, path_to_bytes};
use crate::{Error, ItemId, Workspace};

impl Workspace {
    /// Every file that items are said to come from.
    pub fn originals(&self) -> Result<Vec<PathBuf>, Error> {
        let index = self.index();
        let mut statement =
            index.prepare_cached("SELECT DISTINCT file FROM items WHERE NOT gone AND LENGTH(file) > 0")?;
        Ok(statement.query_map([], |row| Ok(path_from_bytes(row.get(0)?)))?.collect::<Result<_, _>>()?)
    }

    /// Every file that items are said to come from and that was found to hold them no longer.
    pub fn gone_originals(&self) -> Result<Vec<PathBuf>, Error> {
        let index = self.index();
        let mut statement = index.prepare_cached("SELECT DISTINCT file FROM items WHERE gone AND LENGTH(file) > 0")?;
        Ok(statement.query_map([], |row| Ok(path_from_bytes(row.get(0)?)))?.collect::<Result<_, _>>()?)
    }

    /// The items that are said to come from a file, in order of arrival.
    pub fn items_of_file(&self, file: &Path) -> Result<Vec<ItemId>, Error> {
        let index = self.index();
        let mut statement = index.prepare_cached("SELECT id FROM items WHERE file = ?1 ORDER BY id")?;
        Ok(statement.query_map([path_to_bytes(file)], |row| Ok(ItemId(row.get(0)?)))?.collect::<Result<_, _>>()?)
    }

    /// Says that each of these items comes from this file, which is there. The name people are shown stays.
    pub fn relink(&self, moves: &[(ItemId, PathBuf)]) -> Result<(), Error> {
        let index = self.index_to_change()?;
        let work = index.unchecked_transaction()?;
        {
            let mut place = work.prepare_cached("UPDATE items SET file = ?2, gone = 0 WHERE id = ?1")?;
            moves
                .iter()
                .try_for_each(|(item, file)| place.execute(params![item.0, path_to_bytes(file)]).map(|_| ()))?;
        }
        Ok(work.commit()?)
    }

    /// Marks the items of these files as gone, all but those that were found in them just now. Gives those it marked.
    pub fn mark_gone(&self, files: &[PathBuf], found: &HashSet<ItemId>) -> Result<Vec<ItemId>, Error> {
        let index = self.index_to_change()?;
        let work = index.unchecked_transaction()?;
        let mut gone: Vec<ItemId> = Vec::new();
        {
            let files: HashSet<Vec<u8>> = files.iter().map(|file| path_to_bytes(file)).collect();
            let mut items = work.prepare_cached("SELECT id, file FROM items WHERE NOT gone")?;
            let mut rows = items.query([])?;
            while let Some(row) = rows.next()? {
                let id = ItemId(row.get(0)?);
                if files.contains(row.get_ref(1)?.as_blob().unwrap_or_default()) && !found.contains(&id) {
                    gone.push(id);
                }
            }
            let mut mark = work.prepare_cached("UPDATE items SET gone = 1 WHERE id = ?1")?;
            for id in &gone {
                mark.execute([id.0])?;
            }
        }
        work.commit()?;
        Ok(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Arrival;
    use crate::items::tests::text;

    #[test]
    fn a_moved_original_is_found_again_by_its_content() {
        let workspace = Workspace::temporary().expect("opens");
        let collection = workspace.add_collection("letters").expect("made");
        let items = ["a", "b"].map(|name| text(collection, name, name, None));
        workspace.add_items(&items).expect("added");
        assert_eq!(workspace.originals().expect("read").len(), 2);
        let vanished = [items[0].origin.file.clone()];
        assert_eq!(workspace.mark_gone(&vanished, &HashSet::new()).expect("marked"), [ItemId(0)]);
        assert!(workspace.item(ItemId(0)).expect("there").gone);
        assert_eq!(workspace.originals().expect("read"), [items[1].origin.file.clone()]);

        let mut moved = text(collection, "elsewhere/a", "a", None);
        assert_eq!(workspace.add_items(&[moved.clone()]).expect("found"), [(ItemId(0), Arrival::Moved)]);
        let found = workspace.item(ItemId(0)).expect("there");
        assert_eq!((found.gone, found.item.origin.file), (false, moved.origin.file.clone()));
        // The same name below another folder.
        moved.origin.file = "/another/elsewhere/a".into();
        assert_eq!(workspace.add_items(&[moved.clone()]).expect("found"), [(ItemId(0), Arrival::Known)]);
        assert_eq!(workspace.item(ItemId(0)).expect("there").item, moved);
        assert_eq!(workspace.count().expect("counted"), 2);
    }

    #[test]
    fn a_moved_original_is_said_to_be_where_it_was_found() {
        let workspace = Workspace::temporary().expect("opens");
        let collection = workspace.add_collection("letters").expect("made");
        let items = ["a", "b"].map(|name| text(collection, name, name, None));
        workspace.add_items(&items).expect("added");
        let old = &items[0].origin.file;
        workspace.mark_gone(std::slice::from_ref(old), &HashSet::new()).expect("marked");
        assert_eq!(workspace.items_of_file(old).expect("read"), [ItemId(0)]);
        let new = Path::new("/elsewhere/a.txt");
        workspace.relink(&[(ItemId(0), new.to_owned())]).expect("kept");
        let found = workspace.item(ItemId(0)).expect("there");
        assert_eq!((found.gone, found.item.origin.file.as_path()), (false, new));
        assert_eq!(found.item.origin.name, items[0].origin.name);
        assert!(workspace.items_of_file(old).expect("read").is_empty());
    }

    #[test]
    fn what_a_file_no_longer_holds_is_gone() {
        let workspace = Workspace::temporary().expect("opens");
        let collection = workspace.add_collection("letters").expect("made");
        let [old, other] = [("a", "before"), ("b", "other")].map(|(name, words)| text(collection, name, words, None));
        workspace.add_items(&[old.clone(), other]).expect("added");
        let new = text(collection, "a", "after", None);
        let found = workspace.add_items(&[new]).expect("added").into_iter().map(|(id, _)| id).collect();
        assert_eq!(workspace.mark_gone(&[old.origin.file], &found).expect("marked"), [ItemId(0)]);
        let gone: Vec<bool> = (0..3).map(|id| workspace.item(ItemId(id)).expect("there").gone).collect();
        assert_eq!(gone, [true, false, false]);
    }
}
