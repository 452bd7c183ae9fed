//! Forgetting: items, collections or everything, with all that was made of them.
//!
//! What is forgotten is gone from the index at once, from free pages and the log as well; its vectors leave their files
//! when the workspace is purged. Deliberately absent: the files items came from, which are never touched.

use rusqlite::Transaction;

use crate::items::NEXT_ITEM;
use crate::{CollectionId, Error, ItemId, Workspace};

impl Workspace {
    /// Forgets items; those that are not there are passed over. Gives how many there were. The places of the others in
    /// their sets change.
    pub fn forget_items(&self, items: &[ItemId]) -> Result<u32, Error> {
        self.forget(|work| {
            let mut insert = work.prepare("INSERT OR IGNORE INTO temp.doomed SELECT id FROM items WHERE id = ?1")?;
            items.iter().try_for_each(|item| insert.execute([item.0]).map(|_| ()))?;
            Ok(())
        })
    }

    /// Forgets everything that came in a collection. Gives how many items there were.
    pub fn forget_collection(&self, collection: CollectionId) -> Result<u32, Error> {
        self.forget(|work| {
            work.execute("INSERT INTO temp.doomed SELECT id FROM items WHERE collection = ?1", [collection.0])?;
            Ok(())
        })
    }

    /// Forgets every item, vector and run, selections and tags; settings stay. Handles and vectors that are still held
    /// stay readable, but nothing can be added through them.
    pub fn forget_all(&self) -> Result<(), Error> {
        let index = self.index_to_change()?;
        self.items_change(&index);
        self.open_sets().clear();
        let work = index.unchecked_transaction()?;
        keep_next_id(&work)?;
        for table in
            ["selections", "tags", "members", "vectors", "extents", "runs", "sets", "columns", "items", "collections"]
        {
            work.execute(&format!("DELETE FROM {table}"), [])?;
        }
        work.execute_batch("INSERT INTO texts (texts) VALUES ('delete-all')")?;
        work.commit()?;
        index.execute_batch("VACUUM")?;
        drop(index);
        self.empty_log()?;
        self.remove_strays()
    }

    fn forget(&self, doom: impl FnOnce(&Transaction<'_>) -> Result<(), Error>) -> Result<u32, Error> {
        let index = self.index_to_change()?;
        self.items_change(&index);
        let work = index.unchecked_transaction()?;
        work.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS doomed (id INTEGER PRIMARY KEY); DELETE FROM temp.doomed;",
        )?;
        doom(&work)?;
        keep_next_id(&work)?;
        let mut replaced = Vec::new();
        let sets: Vec<u32> =
            work.prepare("SELECT id FROM sets")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for set in sets {
            let positions: Vec<u32> = work
                .prepare_cached(
                    "SELECT position FROM members WHERE set_id = ?1 AND item IN (SELECT id FROM temp.doomed)
                     ORDER BY position",
                )?
                .query_map([set], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            replaced.push(self.drop_members(&work, set, &positions)?);
        }
        // A content that another item has as well keeps its vectors.
        work.execute_batch(
            "DELETE FROM vectors WHERE hash IN (
                 SELECT hash FROM items i WHERE id IN (SELECT id FROM temp.doomed) AND NOT EXISTS (
                     SELECT 1 FROM items o WHERE o.hash = i.hash AND o.id NOT IN (SELECT id FROM temp.doomed)));
             UPDATE columns SET items = items - (
                 SELECT COUNT(*) FROM items i, json_each(i.metadata) m
                 WHERE i.id IN (SELECT id FROM temp.doomed) AND m.key = columns.name);
             DELETE FROM columns WHERE items <= 0;
             DELETE FROM texts WHERE rowid IN (SELECT id FROM temp.doomed);",
        )?;
        // A set of nothing is only its name, which may be that of a file.
        work.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS empty (id INTEGER PRIMARY KEY);
             DELETE FROM temp.empty;
             INSERT INTO temp.empty SELECT id FROM sets WHERE id NOT IN (SELECT set_id FROM members)
                 AND id NOT IN (SELECT set_id FROM vectors);
             DELETE FROM runs WHERE set_id IN (SELECT id FROM temp.empty);
             DELETE FROM extents WHERE set_id IN (SELECT id FROM temp.empty);
             DELETE FROM sets WHERE id IN (SELECT id FROM temp.empty);",
        )?;
        let emptied: Vec<u32> = work
            .prepare(
                "SELECT DISTINCT collection FROM items i WHERE id IN (SELECT id FROM temp.doomed) AND NOT EXISTS (
                     SELECT 1 FROM items o WHERE o.collection = i.collection
                     AND o.id NOT IN (SELECT id FROM temp.doomed))",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let forgotten = work.execute("DELETE FROM items WHERE id IN (SELECT id FROM temp.doomed)", [])?;
        for collection in emptied {
            work.execute("DELETE FROM collections WHERE id = ?1", [collection])?;
            // How it was read names its files.
            work.execute(
                "DELETE FROM runs WHERE kind = 'import' AND json_extract(params, '$.collection') = ?1",
                [collection],
            )?;
        }
        work.commit()?;
        drop(index);
        replaced.into_iter().for_each(|replaced| self.remove_replaced(replaced));
        self.empty_log()?;
        Ok(forgotten as u32)
    }

    /// Moves what waits in the write-ahead log into the index, so that nothing forgotten is left in the log.
    pub(crate) fn empty_log(&self) -> Result<(), Error> {
        // Where somebody reads at this moment, it is done later: at the next call, or when the workspace is closed.
        Ok(self.index().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }
}

fn keep_next_id(work: &Transaction<'_>) -> Result<(), Error> {
    work.execute(
        "INSERT INTO settings (name, value) SELECT ?1, MAX(id) + 1 FROM items WHERE true HAVING COUNT(*) > 0
         ON CONFLICT (name) DO UPDATE SET value = MAX(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))",
        [NEXT_ITEM],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;
    use crate::items::tests::text;
    use crate::{Arrival, Blob, NewItem, NewRun};

    /// Five texts in two collections, the first and the fourth of equal content, in one set with a layout.
    fn filled(workspace: &Workspace) -> Vec<NewItem> {
        let (a, b) = (workspace.add_collection("a").expect("made"), workspace.add_collection("b").expect("made"));
        let items = [
            text(a, "0", "unmistakable zero", None),
            text(a, "1", "one", None),
            text(b, "2", "two", None),
            text(b, "3", "unmistakable zero", None),
            text(b, "4", "four", None),
        ];
        workspace.add_items(&items).expect("added");
        let set = workspace.set("{}", "m", 1).expect("made");
        let rows: Vec<_> = items.iter().map(|item| item.hash).zip([[0.0], [1.0], [2.0], [0.0], [4.0_f32]]).collect();
        let rows: Vec<_> = rows.iter().map(|(hash, row)| (*hash, row.as_slice())).collect();
        set.append(&rows).expect("added");
        let places = set.rows_for(&items.iter().map(|item| item.hash).collect::<Vec<_>>()).expect("found");
        let members: Vec<_> = (0..).map(ItemId).zip(places.into_iter().flatten()).collect();
        set.add_members(&members).expect("shown");
        workspace
            .add_run(NewRun {
                kind: "map".into(),
                set: Some(set.id()),
                params_json: "{}".into(),
                result_json: "{}".into(),
                blob: Some(Blob { name: "layout".into(), bytes: vec![0, 0, 1, 1, 2, 2, 3, 3], row_bytes: Some(2) }),
                ..NewRun::default()
            })
            .expect("recorded");
        items.to_vec()
    }

    #[test]
    fn an_item_is_forgotten_everywhere() {
        let folder = TempDir::new().expect("a folder");
        let workspace = Workspace::open(folder.path()).expect("opens");
        let items = filled(&workspace);
        let set = workspace.set("{}", "m", 1).expect("there");
        assert_eq!(workspace.forget_items(&[ItemId(1), ItemId(9)]).expect("forgotten"), 1);
        assert!(workspace.item(ItemId(1)).is_err());
        assert!(workspace.find_texts("one", 9).expect("searched").is_empty());
        assert_eq!(set.members().expect("read"), [(ItemId(0), 0), (ItemId(2), 2), (ItemId(3), 0), (ItemId(4), 3)]);
        let run = &workspace.runs().expect("read")[0];
        assert_eq!(workspace.run_blob(run.id).expect("there"), Some(vec![0, 0, 2, 2, 3, 3]));
        assert_eq!(set.rows_for(&[items[1].hash]).expect("found"), [None]);

        workspace.compact().expect("compacted");
        assert_eq!(set.members().expect("read"), [(ItemId(0), 0), (ItemId(2), 1), (ItemId(3), 0), (ItemId(4), 2)]);
        assert_eq!(set.vectors().expect("mapped").as_slice(), [0.0, 2.0, 4.0]);
        assert_eq!(fs::read_dir(folder.path().join("vectors")).expect("there").count(), 1);
        assert_eq!(fs::read_dir(folder.path().join("runs")).expect("there").count(), 1);
        assert_eq!(workspace.verify().expect("verified"), []);
        let again = workspace.add_items(&[items[1].clone()]).expect("added");
        assert_eq!(again, [(ItemId(5), Arrival::New)], "its id is not used again");
    }

    #[test]
    fn nothing_forgotten_is_left_in_any_file() {
        let folder = TempDir::new().expect("a folder");
        let workspace = Workspace::open(folder.path()).expect("opens");
        filled(&workspace);
        let holds = || {
            let mut files = vec![folder.path().to_owned()];
            let mut found = false;
            while let Some(path) = files.pop() {
                if path.is_dir() {
                    files.extend(fs::read_dir(&path).expect("there").flatten().map(|entry| entry.path()));
                } else {
                    let bytes = fs::read(&path).expect("readable").to_ascii_lowercase();
                    found |= bytes.windows(12).any(|some| some == b"unmistakable");
                }
            }
            found
        };
        assert!(holds());
        workspace.forget_items(&[ItemId(0), ItemId(3)]).expect("forgotten");
        workspace.purge().expect("purged");
        assert!(!holds());
    }

    #[test]
    fn a_collection_and_everything_are_forgotten() {
        let workspace = Workspace::temporary().expect("opens");
        filled(&workspace);
        let b = workspace.collections().expect("read")[1].id;
        assert_eq!(workspace.forget_collection(b).expect("forgotten"), 3);
        assert_eq!(workspace.collections().expect("read").iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(workspace.columns().expect("read"), ["topic"]);
        workspace.forget_all().expect("forgotten");
        assert_eq!((workspace.count().expect("counted"), workspace.runs().expect("read").len()), (0, 0));
        assert_eq!(workspace.verify().expect("verified"), []);
        let a = workspace.add_collection("a").expect("made");
        let added = workspace.add_items(&[text(a, "5", "five", None)]).expect("added");
        assert_eq!(added, [(ItemId(5), Arrival::New)]);
    }
}
