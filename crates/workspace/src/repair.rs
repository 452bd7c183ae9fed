//! Mending: what can be read is kept, what cannot is forgotten and said, so that it can be embedded or laid out anew.
//!
//! A copy of the index is kept beside it first. Deliberately absent: guessing at lost contents.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::params;

use crate::disk::{self, Journal};
use crate::matrix::Matrix;
use crate::members::renumber;
use crate::salvage::{salvage, unreadable};
use crate::workspace::{INDEX, prepare_folder};
use crate::{Error, Problem, SetFacts, Workspace, texts};

/// What a repair found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    /// What was wrong.
    pub problems: Vec<Problem>,
    /// What was done about it, a sentence each.
    pub done: Vec<String>,
    /// What is still wrong; nothing, unless the disk itself fails.
    pub left: Vec<Problem>,
}

/// Mends the workspace in a folder. Fails when another program has it open.
pub fn repair(path: &Path) -> Result<Repair, Error> {
    if !path.join(INDEX).exists() {
        return Err(Error::Absent { path: path.to_owned() });
    }
    let lock = prepare_folder(path)?;
    let mut repair = Repair::default();
    let journal = Journal::for_folder(path);
    if let Some(problem) = unreadable(path)? {
        repair.problems.push(problem);
        let kept = salvage(path, journal)?;
        repair.done.push(format!("the index was written anew with the {kept} rows that could be read"));
    }
    let workspace = Workspace::open_locked(path.to_owned(), lock, journal, None)?;
    workspace.put_right(&mut repair)?;
    Ok(repair)
}

/// A name that is free: `workspace.1-before-repair`, `workspace.2-before-repair`.
pub(crate) fn copy_name(path: &Path) -> PathBuf {
    let name = |number: u32| path.join(format!("workspace.{number}-before-repair"));
    (1..).map(name).find(|copy| !copy.exists()).unwrap_or_else(|| name(0))
}

impl Workspace {
    /// Mends this workspace while it is open. Sets that were opened before do not know of it: open them again.
    pub fn repair(&self) -> Result<Repair, Error> {
        if self.is_read_only() {
            return Err(Error::ReadOnly);
        }
        let mut repair = Repair::default();
        self.open_sets().clear();
        let outcome = self.put_right(&mut repair);
        self.items_change(&self.index());
        outcome.map(|()| repair)
    }

    /// Keeps a copy of the index, unless there is one already, and mends what can be mended.
    fn put_right(&self, repair: &mut Repair) -> Result<(), Error> {
        let problems = self.verify()?;
        if !problems.is_empty() && repair.problems.is_empty() {
            let copy = copy_name(self.path());
            self.empty_log()?;
            fs::copy(self.path().join(INDEX), &copy).map_err(Error::io(&copy))?;
        }
        repair.problems.extend(problems);
        if !repair.problems.is_empty() {
            repair.done.extend(self.mend()?);
        }
        repair.left = self.verify()?;
        Ok(())
    }

    /// Puts right what `verify` found in an index that can be read.
    fn mend(&self) -> Result<Vec<String>, Error> {
        let mut done = self.mend_index()?;
        done.extend(self.mend_results()?);
        for facts in self.sets()? {
            done.extend(self.mend_set(&facts)?);
        }
        self.remove_strays()?;
        Ok(done)
    }

    fn mend_index(&self) -> Result<Vec<String>, Error> {
        let index = self.index();
        let mut done = Vec::new();
        index.pragma_update(None, "foreign_keys", false)?;
        let work = index.unchecked_transaction()?;
        work.execute(
            "INSERT OR IGNORE INTO collections (id, name)
             SELECT DISTINCT collection, 'Recovered ' || collection FROM items
             WHERE collection NOT IN (SELECT id FROM collections)",
            [],
        )?;
        let lost = work.execute("DELETE FROM items WHERE LENGTH(hash) <> 32 OR kind NOT IN (0, 1)", [])?;
        work.execute("UPDATE items SET metadata = '{}' WHERE NOT json_valid(metadata)", [])?;
        if lost > 0 {
            done.push(format!("{lost} items that could not be read were forgotten"));
        }
        work.execute_batch(
            "UPDATE runs SET set_id = NULL, row_bytes = NULL WHERE set_id NOT IN (SELECT id FROM sets);
             DELETE FROM vectors WHERE set_id NOT IN (SELECT id FROM sets);
             DELETE FROM extents WHERE set_id NOT IN (SELECT id FROM sets);
             DELETE FROM members WHERE set_id NOT IN (SELECT id FROM sets);
             DELETE FROM selected WHERE list NOT IN (SELECT id FROM selections) OR item NOT IN (SELECT id FROM items);
             DELETE FROM tagged WHERE list NOT IN (SELECT id FROM tags) OR item NOT IN (SELECT id FROM items);
             DELETE FROM columns;
             INSERT INTO columns (name, items)
                 SELECT m.key, COUNT(*) FROM items i, json_each(i.metadata) m GROUP BY m.key;",
        )?;
        texts::rebuild(&work)?;
        work.commit()?;
        done.push("the index of words was made anew".into());
        index.pragma_update(None, "foreign_keys", true)?;
        Ok(done)
    }

    /// Forgets the rows that are lost, and takes the members that stood on them out of the set.
    fn mend_set(&self, facts: &SetFacts) -> Result<Vec<String>, Error> {
        let (set, (file, _)) = (facts.id.0, self.stored(facts.id)?);
        let path = self.matrix_path(&file);
        if !path.is_file() {
            // A set that an older version made does not name its file.
            let file = if file.is_empty() { format!("{set}.f32") } else { file };
            disk::create(&self.matrix_path(&file))?;
            self.index().execute("UPDATE sets SET file = ?2 WHERE id = ?1", params![set, file])?;
        }
        let matrix = Matrix::open(&self.matrix_path(&self.stored(facts.id)?.0), facts.dim, true)?;
        let bad = self.bad_extents(facts, &matrix)?;
        let index = self.index();
        let work = index.unchecked_transaction()?;
        for problem in &bad {
            if let Problem::Vectors { rows: (first, _), .. } = problem {
                work.execute("DELETE FROM extents WHERE set_id = ?1 AND first = ?2", params![set, *first as u32])?;
            }
        }
        let lost = work.execute(
            "DELETE FROM vectors WHERE set_id = ?1 AND position >= COALESCE((
                 SELECT first + rows FROM extents e WHERE e.set_id = vectors.set_id AND e.first <= vectors.position
                 ORDER BY first DESC LIMIT 1), 0)",
            [set],
        )?;
        let rows = "UPDATE sets SET rows = COALESCE((SELECT MAX(first + rows) FROM extents WHERE set_id = ?1), 0)
                    WHERE id = ?1";
        work.execute(rows, [set])?;
        let homeless: Vec<u32> = work
            .prepare(
                "SELECT m.position FROM members m JOIN sets s ON s.id = m.set_id
                 WHERE m.set_id = ?1 AND NOT EXISTS (
                     SELECT 1 FROM items i JOIN vectors v ON v.set_id = m.set_id AND v.position = m.vector
                     WHERE i.id = m.item
                     AND (v.hash = i.hash OR json_extract(s.recipe, '$.combined') IS NOT NULL))
                 ORDER BY m.position",
            )?
            .query_map([set], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let gaps: bool = work.query_row(
            "SELECT COUNT(*) > 0 AND MAX(position) + 1 <> COUNT(*) FROM members WHERE set_id = ?1",
            [set],
            |row| row.get(0),
        )?;
        let mut done = Vec::new();
        let mut replaced = None;
        if gaps {
            // Nobody can say any more which row of a result belongs to whom.
            let forgotten = work.execute("DELETE FROM runs WHERE set_id = ?1 AND row_bytes > 0", [set])?;
            done.push(format!("set {set}: {forgotten} results were forgotten, lay them out again"));
            renumber(&work, set, 0, &homeless)?;
        } else {
            replaced = Some(self.drop_members(&work, set, &homeless)?);
        }
        work.commit()?;
        drop(index);
        if let Some(replaced) = replaced {
            self.remove_replaced(replaced);
        }
        if lost + homeless.len() > 0 {
            done.push(format!(
                "set {set}: {lost} vectors were lost and {} items are to be embedded again with {}",
                homeless.len(),
                facts.model
            ));
        }
        Ok(done)
    }

    /// Forgets results that are missing or differ; done before sets, whose results follow their members.
    fn mend_results(&self) -> Result<Option<String>, Error> {
        let index = self.index();
        let work = index.unchecked_transaction()?;
        let mut lost = 0;
        let blobs: Vec<(u32, String, Option<[u8; 32]>)> = work
            .prepare("SELECT id, blob, blob_hash FROM runs WHERE blob IS NOT NULL")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        for (run, blob, hash) in blobs {
            let found = fs::read(self.blob_path(&blob)).ok().map(|bytes| *blake3::hash(&bytes).as_bytes());
            if found.is_none() || found != hash {
                lost += work.execute("DELETE FROM runs WHERE id = ?1", [run])?;
            }
        }
        work.commit()?;
        Ok((lost > 0).then(|| format!("{lost} results were lost, lay them out again")))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt;
    use std::sync::Mutex;

    use embedscope_space::{Cancel, UNWATCHED};
    use tempfile::TempDir;

    use super::*;
    use crate::items::tests::text;
    use crate::{Blob, ItemId, NewRun, verify};

    const ITEMS: u32 = 40;

    /// Items, each in a set with one number, in two extents; and a layout.
    fn filled(path: &Path) {
        let workspace = Workspace::open(path).expect("opens");
        let collection = workspace.add_collection("letters").expect("made");
        let items: Vec<_> = (0..ITEMS)
            .map(|n| text(collection, &n.to_string(), &format!("number {n} {}", "and so on ".repeat(40)), None))
            .collect();
        workspace.add_items(&items).expect("added");
        let set = workspace.set("{}", "m", 1).expect("made");
        let values: Vec<[f32; 1]> = (0..ITEMS).map(|n| [n as f32]).collect();
        let rows: Vec<_> = items.iter().map(|item| item.hash).zip(values.iter().map(|v| v.as_slice())).collect();
        set.append(&rows[..10]).expect("added");
        set.append(&rows[10..]).expect("added");
        let members: Vec<_> = (0..ITEMS).map(|n| (ItemId(n), n as usize)).collect();
        set.add_members(&members).expect("shown");
        let blob = Blob { name: "layout".into(), bytes: (0..ITEMS as u8).collect(), row_bytes: Some(1) };
        let run = NewRun {
            kind: "map".into(),
            set: Some(set.id()),
            params_json: "{}".into(),
            result_json: "{}".into(),
            blob: Some(blob),
            ..NewRun::default()
        };
        workspace.add_run(run).expect("recorded");
    }

    fn mended(path: &Path) -> Repair {
        assert!(!verify(path).expect("verified").is_empty(), "the damage is seen");
        let repair = repair(path).expect("repaired");
        assert!(!repair.problems.is_empty() && !repair.done.is_empty());
        assert_eq!(repair.left, []);
        assert_eq!(verify(path).expect("verified"), []);
        repair
    }

    #[test]
    fn a_sound_workspace_is_left_as_it_is() {
        let folder = TempDir::new().expect("a folder");
        filled(folder.path());
        assert_eq!(verify(folder.path()).expect("verified"), []);
        assert_eq!(repair(folder.path()).expect("repaired"), Repair::default());
        assert!(matches!(repair(&folder.path().join("none")), Err(Error::Absent { .. })));
    }

    #[test]
    fn looking_beside_is_told_to_its_end_and_stops_when_asked() {
        let folder = TempDir::new().expect("a folder");
        filled(folder.path());
        let workspace = Workspace::open(folder.path()).expect("opens");
        fs::write(folder.path().join("runs/1-layout"), [9]).expect("written");
        let told = Mutex::new(Vec::new());
        let progress = |done, all| told.lock().expect("one thread").push((done, all));
        let found = workspace.verify_beside(&progress, &Cancel::default()).expect("looked");
        assert_eq!(found, workspace.verify().expect("looked"));
        let told = told.into_inner().expect("one thread");
        assert!(told.is_sorted() && told.last().is_some_and(|(done, all)| done == all), "{told:?}");

        let cancel = Cancel::default();
        cancel.cancel();
        assert_eq!(workspace.verify_beside(UNWATCHED, &cancel).expect("stopped"), []);
    }

    #[test]
    fn a_flipped_bit_costs_the_rows_around_it_and_no_more() {
        let folder = TempDir::new().expect("a folder");
        filled(folder.path());
        File::options()
            .write(true)
            .open(folder.path().join("vectors/1.f32"))
            .and_then(|file| file.write_all_at(&[9], 5))
            .expect("written");
        let workspace = Workspace::open(folder.path()).expect("opens");
        assert!(matches!(workspace.verify().expect("verified")[..], [Problem::Vectors { rows: (0, 10), .. }]));
        workspace.index().execute("DELETE FROM vectors WHERE position = 39", []).expect("deleted");
        assert!(matches!(workspace.compact(), Err(Error::Damaged { .. })), "damage is not sealed in");
        drop(workspace);
        mended(folder.path());
        let workspace = Workspace::open(folder.path()).expect("opens");
        let set = workspace.set("{}", "m", 1).expect("there");
        let members = set.members().expect("read");
        assert_eq!((members.len(), members[0], members[28]), (29, (ItemId(10), 10), (ItemId(38), 38)));
        let run = &workspace.runs().expect("read")[0];
        assert_eq!(workspace.run_blob(run.id).expect("there"), Some((10..39).collect()));
        workspace.compact().expect("compacted");
        assert_eq!(set.vectors().expect("mapped").as_slice()[0], 10.0);
        assert_eq!(workspace.verify().expect("verified"), []);
    }

    #[test]
    fn an_open_workspace_is_mended_where_it_is() {
        let folder = TempDir::new().expect("a folder");
        filled(folder.path());
        let workspace = Workspace::open(folder.path()).expect("opens");
        assert_eq!(workspace.repair().expect("nothing to do"), Repair::default());
        fs::write(folder.path().join("runs/1-layout"), [9]).expect("written");
        let repair = workspace.repair().expect("repaired");
        assert_eq!((repair.problems.len(), repair.left.len()), (1, 0));
        assert!(folder.path().join("workspace.1-before-repair").exists());
        assert!(workspace.runs().expect("read").is_empty());
        let reader = Workspace::open_read_only(folder.path()).expect("opens for reading");
        assert!(matches!(reader.repair(), Err(Error::ReadOnly)));
    }

    #[test]
    fn lost_files_are_said_and_embedded_again() {
        let folder = TempDir::new().expect("a folder");
        filled(folder.path());
        fs::remove_file(folder.path().join("vectors/1.f32")).expect("there");
        fs::remove_file(folder.path().join("runs/1-layout")).expect("there");
        let repair = mended(folder.path());
        assert!(repair.done.iter().any(|done| done.contains("40 items are to be embedded again")), "{repair:?}");
        let workspace = Workspace::open(folder.path()).expect("opens");
        assert_eq!((workspace.count().expect("counted"), workspace.runs().expect("read").len()), (ITEMS, 0));
        let set = workspace.set("{}", "m", 1).expect("there");
        set.append(&[([1; 32], &[1.5])]).expect("added");
        assert_eq!(set.vectors().expect("mapped").as_slice(), [1.5]);
    }

    #[test]
    fn a_shortened_matrix_loses_its_end() {
        let folder = TempDir::new().expect("a folder");
        filled(folder.path());
        File::options()
            .write(true)
            .open(folder.path().join("vectors/1.f32"))
            .and_then(|file| file.set_len(50))
            .expect("cut");
        mended(folder.path());
        let workspace = Workspace::open(folder.path()).expect("opens");
        assert_eq!(workspace.set("{}", "m", 1).expect("there").members().expect("read").len(), 10);
    }

    #[test]
    fn what_can_be_read_of_a_broken_index_is_kept() {
        for (at, least) in [(3, 20), (9, 20)] {
            let folder = TempDir::new().expect("a folder");
            filled(folder.path());
            let index = folder.path().join(INDEX);
            let page = 4096 * (fs::metadata(&index).expect("there").len() / 4096 * at / 12);
            File::options()
                .write(true)
                .open(&index)
                .and_then(|file| file.write_all_at(&[0xA5; 4096], page))
                .expect("written");
            let repair = mended(folder.path());
            let workspace = Workspace::open(folder.path()).expect("opens");
            let kept = workspace.count().expect("counted");
            assert!(kept >= least, "{kept} items at {at}: {repair:?}");
            assert!(folder.path().join("workspace.1-before-repair").exists());
        }
    }

    #[test]
    fn an_index_that_is_no_index_any_more_is_made_anew() {
        let folder = TempDir::new().expect("a folder");
        filled(folder.path());
        fs::write(folder.path().join(INDEX), [7; 10_000]).expect("written");
        assert!(matches!(Workspace::open(folder.path()), Err(Error::Damaged { .. })));
        mended(folder.path());
        assert_eq!(Workspace::open(folder.path()).expect("opens").count().expect("counted"), 0);
    }
}
