//! Embedding sets: the vectors of one recipe, keyed by content, and the items that stand on them.
//!
//! A set keeps two lists. Its *vectors* are a cache: one for each different content, whatever items have it. Its
//! *members* are the items it shows, in the order they were added; two items of equal content share a vector.
//! Deliberately absent: what a recipe means, and embedding.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use embedscope_space::Vectors;
use rusqlite::{OptionalExtension, Row, params};

use crate::matrix::Matrix;
use crate::workspace::Access;
use crate::{Error, ItemId, Workspace};

/// The hash of an item's content.
pub type ContentHash = [u8; 32];

/// A set's id; never used twice in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId(pub u32);

/// What is known of a set without its vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetFacts {
    /// Its id.
    pub id: SetId,
    /// What decides its numbers, as canonical JSON.
    pub recipe: String,
    /// The model's id.
    pub model: String,
    /// Numbers in a vector.
    pub dim: usize,
}

/// An open set; it may be used from any thread and is cheap to clone.
#[derive(Clone)]
pub struct SetHandle {
    workspace: Workspace,
    facts: Arc<SetFacts>,
    state: Arc<Mutex<State>>,
}

/// The sets that were opened; every handle to one set shares its state, so that rows have one writer.
#[derive(Default)]
pub(crate) struct OpenSets(Mutex<HashMap<SetId, Arc<Mutex<State>>>>);

impl OpenSets {
    /// Forgets them; handles that are held keep theirs.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The one writer of a set's rows.
pub(crate) struct State {
    pub(crate) matrix: Matrix,
    /// Rows in the file that are taken, dead ones included.
    pub(crate) rows: usize,
    pub(crate) mapped: Vectors,
}

impl Workspace {
    /// The set of a recipe, made where there is none. `recipe` must be canonical JSON: it is compared as text.
    pub fn set(&self, recipe: &str, model: &str, dim: usize) -> Result<SetHandle, Error> {
        let facts = {
            let index = self.index();
            let work = index.unchecked_transaction()?;
            let find = || {
                work.query_row("SELECT id, recipe, model, dim FROM sets WHERE recipe = ?1", [recipe], read_facts)
                    .optional()
            };
            match find()? {
                Some(known) => known,
                None => {
                    work.execute(
                        "INSERT INTO sets (recipe, model, dim) VALUES (?1, ?2, ?3)",
                        params![recipe, model, dim as u32],
                    )?;
                    let id = work.last_insert_rowid();
                    let file = format!("{id}.f32");
                    Matrix::create(&self.matrix_path(&file), dim)?;
                    work.execute("UPDATE sets SET file = ?2 WHERE id = ?1", params![id, file])?;
                    work.commit()?;
                    SetFacts { id: SetId(id as u32), recipe: recipe.to_owned(), model: model.to_owned(), dim }
                }
            }
        };
        if facts.dim != dim {
            return Err(Error::Dimension { expected: facts.dim, found: dim });
        }
        self.open_set(facts)
    }

    /// A set that exists.
    pub fn set_of(&self, id: SetId) -> Result<SetHandle, Error> {
        let facts = self
            .index()
            .query_row("SELECT id, recipe, model, dim FROM sets WHERE id = ?1", [id.0], read_facts)
            .optional()?;
        self.open_set(facts.ok_or(Error::NotFound { what: "set", id: id.0 })?)
    }

    /// Every set, in order of making.
    pub fn sets(&self) -> Result<Vec<SetFacts>, Error> {
        let index = self.index();
        let mut statement = index.prepare_cached("SELECT id, recipe, model, dim FROM sets ORDER BY id")?;
        Ok(statement.query_map([], read_facts)?.collect::<Result<_, _>>()?)
    }

    fn open_set(&self, facts: SetFacts) -> Result<SetHandle, Error> {
        let mut open = self.open_sets().0.lock().unwrap_or_else(PoisonError::into_inner);
        let state = match open.get(&facts.id) {
            Some(state) => state.clone(),
            None => {
                let (file, rows) = self.stored(facts.id)?;
                let matrix = Matrix::open(&self.matrix_path(&file), facts.dim, self.access() == Access::Write)?;
                let mapped = matrix.map(rows)?;
                let state = Arc::new(Mutex::new(State { matrix, rows, mapped }));
                open.insert(facts.id, state.clone());
                state
            }
        };
        Ok(SetHandle { workspace: self.clone(), facts: Arc::new(facts), state })
    }

    /// The name of a set's file, and how many of its rows are taken.
    pub(crate) fn stored(&self, set: SetId) -> Result<(String, usize), Error> {
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, u32>(1)? as usize));
        Ok(self.index().query_row("SELECT file, rows FROM sets WHERE id = ?1", [set.0], read)?)
    }

    /// After a crash: cuts off rows the index does not know. A file that is missing or too short is left to `repair`.
    pub(crate) fn cut_sets(&self) -> Result<(), Error> {
        for facts in self.sets()? {
            let (file, rows) = self.stored(facts.id)?;
            let path = self.matrix_path(&file);
            if path.is_file() {
                Matrix::open(&path, facts.dim, true)?.cut(rows)?;
            }
        }
        Ok(())
    }
}

impl SetHandle {
    /// Its id.
    pub fn id(&self) -> SetId {
        self.facts.id
    }

    /// What is known of it.
    pub fn facts(&self) -> &SetFacts {
        &self.facts
    }

    /// Adds vectors under the hash of their content and waits for the disk; contents that are there already are passed
    /// over. Either all are added or none.
    pub fn append(&self, vectors: &[(ContentHash, &[f32])]) -> Result<(), Error> {
        if let Some((_, wrong)) = vectors.iter().find(|(_, vector)| vector.len() != self.facts.dim) {
            return Err(Error::Dimension { expected: self.facts.dim, found: wrong.len() });
        }
        let mut state = self.state();
        let hashes: Vec<ContentHash> = vectors.iter().map(|&(hash, _)| hash).collect();
        let known = self.rows_for(&hashes)?;
        let mut seen = HashSet::new();
        let new: Vec<&(ContentHash, &[f32])> = vectors
            .iter()
            .zip(known)
            .filter(|((hash, _), row)| row.is_none() && seen.insert(hash))
            .map(|(v, _)| v)
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let values: Vec<f32> = new.iter().flat_map(|(_, vector)| *vector).copied().collect();
        let start = state.rows;
        let checksum = state.matrix.write(start, &values)?;
        state.matrix.sync()?;
        // Whatever becomes of the index now, these rows are not written again: a commit that was reported as failed may
        // still be found after a crash.
        state.rows += new.len();
        let index = self.workspace.index();
        let work = index.unchecked_transaction()?;
        {
            let mut insert = work.prepare_cached("INSERT INTO vectors (set_id, hash, position) VALUES (?1, ?2, ?3)")?;
            for (row, (hash, _)) in (start as u32..).zip(&new) {
                insert.execute(params![self.facts.id.0, hash, row])?;
            }
        }
        work.prepare_cached("INSERT INTO extents (set_id, first, rows, hash) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![self.facts.id.0, start as u32, new.len() as u32, checksum])?;
        let told = work
            .prepare_cached("UPDATE sets SET rows = ?2 WHERE id = ?1")?
            .execute(params![self.facts.id.0, state.rows as u32])?;
        if told == 0 {
            return Err(Error::NotFound { what: "set", id: self.facts.id.0 });
        }
        Ok(work.commit()?)
    }

    /// The row of each content's vector, where there is one.
    pub fn rows_for(&self, hashes: &[ContentHash]) -> Result<Vec<Option<usize>>, Error> {
        let index = self.workspace.index();
        let mut find = index.prepare_cached("SELECT position FROM vectors WHERE set_id = ?1 AND hash = ?2")?;
        hashes
            .iter()
            .map(|hash| {
                let row: Option<u32> = find.query_row(params![self.facts.id.0, hash], |row| row.get(0)).optional()?;
                Ok(row.map(|row| row as usize))
            })
            .collect()
    }

    /// All rows there are now, read in place; what is added later does not show in them. A row that no content has any
    /// more is among them until the workspace is compacted.
    pub fn vectors(&self) -> Result<Vectors, Error> {
        let mut state = self.state();
        if state.mapped.rows() != state.rows {
            state.mapped = state.matrix.map(state.rows)?;
        }
        Ok(state.mapped.clone())
    }

    /// A copy of some rows, in the order asked for. What was read for it does not stay in memory, as it does where
    /// [`Self::vectors`] are read in place.
    pub fn copy_rows(&self, rows: &[usize]) -> Result<Vectors, Error> {
        let state = self.state();
        Ok(state.matrix.map(state.rows)?.select(rows))
    }

    /// Shows these items as well, each with the row of its vector. Gives the position of the first.
    pub fn add_members(&self, members: &[(ItemId, usize)]) -> Result<usize, Error> {
        let index = self.workspace.index();
        let work = index.unchecked_transaction()?;
        let first: u32 = work.query_row(
            "SELECT COALESCE(MAX(position) + 1, 0) FROM members WHERE set_id = ?1",
            [self.facts.id.0],
            |row| row.get(0),
        )?;
        {
            let mut insert =
                work.prepare_cached("INSERT INTO members (set_id, position, item, vector) VALUES (?1, ?2, ?3, ?4)")?;
            for (position, &(item, row)) in (first..).zip(members) {
                insert.execute(params![self.facts.id.0, position, item.0, row as u32])?;
            }
        }
        work.commit()?;
        Ok(first as usize)
    }

    /// The items it shows, in order, each with the row of its vector.
    pub fn members(&self) -> Result<Vec<(ItemId, usize)>, Error> {
        let index = self.workspace.index();
        let mut statement =
            index.prepare_cached("SELECT item, vector FROM members WHERE set_id = ?1 ORDER BY position")?;
        let read = |row: &Row<'_>| Ok((ItemId(row.get(0)?), row.get::<_, u32>(1)? as usize));
        Ok(statement.query_map([self.facts.id.0], read)?.collect::<Result<_, _>>()?)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_facts(row: &Row<'_>) -> rusqlite::Result<SetFacts> {
    Ok(SetFacts {
        id: SetId(row.get(0)?),
        recipe: row.get(1)?,
        model: row.get(2)?,
        dim: row.get::<_, u32>(3)? as usize,
    })
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::io::Write;

    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;

    fn hash(n: u8) -> ContentHash {
        [n; 32]
    }

    #[test]
    fn the_same_content_is_kept_once() {
        let workspace = Workspace::temporary().expect("opens");
        let set = workspace.set("{}", "m", 2).expect("made");
        set.append(&[(hash(1), &[1.0, 2.0]), (hash(2), &[3.0, 4.0]), (hash(1), &[9.0, 9.0])]).expect("added");
        let before = set.vectors().expect("mapped");
        set.append(&[(hash(2), &[9.0, 9.0]), (hash(3), &[5.0, 6.0])]).expect("added");
        assert_eq!(set.vectors().expect("mapped").as_slice(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(before.as_slice(), [1.0, 2.0, 3.0, 4.0]);
        let other = workspace.set("{}", "m", 2).expect("the same");
        other.append(&[(hash(4), &[7.0, 8.0])]).expect("added");
        set.append(&[(hash(5), &[0.0, 0.0])]).expect("added");
        assert_eq!(other.vectors().expect("mapped").row(3), [7.0, 8.0]);
        assert_eq!(set.rows_for(&[hash(3), hash(6)]).expect("found"), [Some(2), None]);
        assert!(matches!(set.append(&[(hash(9), &[1.0])]), Err(Error::Dimension { expected: 2, found: 1 })));
    }

    #[test]
    fn a_torn_append_is_cut_off() {
        let folder = TempDir::new().expect("a folder");
        {
            let workspace = Workspace::open(folder.path()).expect("opens");
            let set = workspace.set("{}", "m", 2).expect("made");
            set.append(&[(hash(1), &[1.0, 2.0])]).expect("added");
        }
        // A crash after the data was written and before the index was: one row and a half too many.
        let path = folder.path().join("vectors/1.f32");
        let mut file = OpenOptions::new().append(true).open(&path).expect("there");
        file.write_all(&[7; 12]).expect("written");
        drop(file);
        let workspace = Workspace::open(folder.path()).expect("opens again");
        assert_eq!(std::fs::metadata(&path).expect("there").len(), 8);
        let set = workspace.set("{}", "m", 2).expect("the same");
        set.append(&[(hash(2), &[3.0, 4.0])]).expect("added");
        assert_eq!(set.vectors().expect("mapped").as_slice(), [1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn vectors_outlive_forgetting() {
        let workspace = Workspace::temporary().expect("opens");
        let set = workspace.set("{}", "m", 1).expect("made");
        set.append(&[(hash(1), &[1.0])]).expect("added");
        let held = set.vectors().expect("mapped");
        workspace.forget_all().expect("forgotten");
        assert_eq!(held.as_slice(), [1.0]);
        assert!(set.append(&[(hash(2), &[1.0])]).is_err());
        let again = workspace.set("{}", "m", 1).expect("made");
        assert_ne!(again.id(), set.id());
        assert_eq!(again.vectors().expect("mapped").rows(), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn what_went_in_comes_out(batches in prop::collection::vec(prop::collection::vec((0_u8..40, -1e6_f32..1e6), 0..12), 0..8)) {
            let folder = TempDir::new().expect("a folder");
            let mut expected: Vec<(u8, f32)> = Vec::new();
            for batch in &batches {
                let workspace = Workspace::open(folder.path()).expect("opens");
                let set = workspace.set("{\"a\":1}", "m", 3).expect("made");
                let rows: Vec<[f32; 3]> = batch.iter().map(|&(_, v)| [v, -v, 0.5]).collect();
                let pairs: Vec<(ContentHash, &[f32])> =
                    batch.iter().zip(&rows).map(|(&(n, _), row)| (hash(n), row.as_slice())).collect();
                set.append(&pairs).expect("added");
                for &(n, v) in batch {
                    if !expected.iter().any(|&(known, _)| known == n) {
                        expected.push((n, v));
                    }
                }
                let vectors = set.vectors().expect("mapped");
                prop_assert_eq!(vectors.rows(), expected.len());
                for (row, &(n, v)) in expected.iter().enumerate() {
                    prop_assert_eq!(set.rows_for(&[hash(n)]).expect("found"), vec![Some(row)]);
                    prop_assert_eq!(vectors.row(row).to_vec(), vec![v, -v, 0.5]);
                }
            }
        }
    }
}
