//! Named lists of items: selections, which are saved as a whole, and tags, which are put on and taken off.
//!
//! Deliberately absent: what is selected at the moment; that is the window's.

use rusqlite::{Transaction, params};

use crate::{Error, ItemId, Workspace};

/// A list as it is named in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListFacts {
    /// Its name.
    pub name: String,
    /// How many items are on it.
    pub items: u32,
}

/// The tables of one kind of list.
struct Tables {
    lists: &'static str,
    entries: &'static str,
}

const SELECTIONS: Tables = Tables { lists: "selections", entries: "selected" };
const TAGS: Tables = Tables { lists: "tags", entries: "tagged" };

impl Workspace {
    /// Every saved selection, by name.
    pub fn selections(&self) -> Result<Vec<ListFacts>, Error> {
        self.lists(&SELECTIONS)
    }

    /// The items of a saved selection, in order of arrival; none when there is no such selection.
    pub fn selection(&self, name: &str) -> Result<Vec<ItemId>, Error> {
        self.entries(&SELECTIONS, name)
    }

    /// Saves a selection under a name, in place of what had the name before.
    pub fn save_selection(&self, name: &str, items: &[ItemId]) -> Result<(), Error> {
        self.change(|work| {
            work.execute("DELETE FROM selections WHERE name = ?1", [name])?;
            put(work, &SELECTIONS, name, items)
        })
    }

    /// Gives a selection another name. Fails where there is no such selection, or another has that name.
    pub fn rename_selection(&self, name: &str, to: &str) -> Result<(), Error> {
        let renamed =
            self.index_to_change()?.execute("UPDATE OR IGNORE selections SET name = ?2 WHERE name = ?1", [name, to])?;
        if renamed == 1 { Ok(()) } else { Err(Error::Name { name: to.to_owned() }) }
    }

    /// Forgets a selection; its items stay.
    pub fn forget_selection(&self, name: &str) -> Result<(), Error> {
        self.change(|work| work.execute("DELETE FROM selections WHERE name = ?1", [name]).map(|_| ()))
    }

    /// Every tag, by name.
    pub fn tags(&self) -> Result<Vec<ListFacts>, Error> {
        self.lists(&TAGS)
    }

    /// The items that have a tag, in order of arrival.
    pub fn tagged(&self, tag: &str) -> Result<Vec<ItemId>, Error> {
        self.entries(&TAGS, tag)
    }

    /// The tags that are on an item, by name.
    pub fn tags_of(&self, item: ItemId) -> Result<Vec<String>, Error> {
        let index = self.index();
        let mut statement = index.prepare_cached(
            "SELECT t.name FROM tagged e JOIN tags t ON t.id = e.list WHERE e.item = ?1 ORDER BY t.name",
        )?;
        Ok(statement.query_map([item.0], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Puts a tag on items.
    pub fn tag(&self, tag: &str, items: &[ItemId]) -> Result<(), Error> {
        self.change(|work| put(work, &TAGS, tag, items))
    }

    /// Takes a tag off items. A tag that is on nothing is gone.
    pub fn untag(&self, tag: &str, items: &[ItemId]) -> Result<(), Error> {
        self.change(|work| {
            let mut remove =
                work.prepare("DELETE FROM tagged WHERE item = ?2 AND list = (SELECT id FROM tags WHERE name = ?1)")?;
            items.iter().try_for_each(|item| remove.execute(params![tag, item.0]).map(|_| ()))?;
            work.execute("DELETE FROM tags WHERE NOT EXISTS (SELECT 1 FROM tagged WHERE list = tags.id)", [])?;
            Ok(())
        })
    }

    fn lists(&self, Tables { lists, entries }: &Tables) -> Result<Vec<ListFacts>, Error> {
        let index = self.index();
        let mut statement = index.prepare_cached(&format!(
            "SELECT l.name, COUNT(e.item) FROM {lists} l LEFT JOIN {entries} e ON e.list = l.id GROUP BY l.id ORDER BY l.name"
        ))?;
        let read = |row: &rusqlite::Row<'_>| Ok(ListFacts { name: row.get(0)?, items: row.get(1)? });
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    fn entries(&self, Tables { lists, entries }: &Tables, name: &str) -> Result<Vec<ItemId>, Error> {
        let index = self.index();
        let mut statement = index.prepare_cached(&format!(
            "SELECT item FROM {entries} WHERE list = (SELECT id FROM {lists} WHERE name = ?1) ORDER BY item"
        ))?;
        Ok(statement.query_map([name], |row| Ok(ItemId(row.get(0)?)))?.collect::<Result<_, _>>()?)
    }

    fn change(&self, change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>) -> Result<(), Error> {
        let index = self.index_to_change()?;
        self.tags_change(&index);
        let work = index.unchecked_transaction()?;
        change(&work)?;
        Ok(work.commit()?)
    }
}

fn put(work: &Transaction<'_>, tables: &Tables, name: &str, items: &[ItemId]) -> rusqlite::Result<()> {
    let Tables { lists, entries } = tables;
    work.execute(&format!("INSERT OR IGNORE INTO {lists} (name) VALUES (?1)"), [name])?;
    let list: i64 = work.query_row(&format!("SELECT id FROM {lists} WHERE name = ?1"), [name], |row| row.get(0))?;
    let mut insert = work.prepare(&format!("INSERT OR IGNORE INTO {entries} (list, item) VALUES (?1, ?2)"))?;
    items.iter().try_for_each(|item| insert.execute(params![list, item.0]).map(|_| ()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::tests::text;

    #[test]
    fn selections_and_tags_are_kept_and_follow_forgetting() {
        let workspace = Workspace::temporary().expect("opens");
        let collection = workspace.add_collection("letters").expect("made");
        let items = ["a", "b", "c"].map(|name| text(collection, name, name, None));
        workspace.add_items(&items).expect("added");
        workspace.save_selection("mine", &[ItemId(2), ItemId(0)]).expect("saved");
        workspace.save_selection("mine", &[ItemId(2), ItemId(1)]).expect("saved");
        assert_eq!(workspace.selection("mine").expect("read"), [ItemId(1), ItemId(2)]);
        workspace.save_selection("yours", &[ItemId(0)]).expect("saved");
        assert!(workspace.rename_selection("yours", "mine").is_err(), "another has that name");
        assert!(workspace.rename_selection("nobody's", "ours").is_err(), "there is no such selection");
        workspace.rename_selection("yours", "ours").expect("renamed");
        assert_eq!(workspace.selection("ours").expect("read"), [ItemId(0)]);
        workspace.forget_selection("ours").expect("forgotten");
        workspace.tag("good", &[ItemId(0)]).expect("tagged");
        workspace.tag("good", &[ItemId(1)]).expect("tagged");
        workspace.tag("best", &[ItemId(1)]).expect("tagged");
        assert_eq!(workspace.tags_of(ItemId(1)).expect("read"), ["best", "good"]);
        workspace.untag("best", &[ItemId(1)]).expect("untagged");
        workspace.untag("good", &[ItemId(0)]).expect("untagged");
        assert_eq!(workspace.tags().expect("read"), [ListFacts { name: "good".into(), items: 1 }]);
        assert!(workspace.tag("good", &[ItemId(7)]).is_err(), "there is no such item");
        workspace.forget_items(&[ItemId(1)]).expect("forgotten");
        assert_eq!(workspace.selection("mine").expect("read"), [ItemId(2)]);
        assert_eq!(workspace.tagged("good").expect("read"), []);
        workspace.forget_selection("mine").expect("forgotten");
        assert_eq!(workspace.selections().expect("read"), []);
    }
}
