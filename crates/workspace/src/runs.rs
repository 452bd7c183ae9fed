//! Runs: what was computed, from what, how, and what came out.
//!
//! Deliberately absent: the meaning of parameters and results; both are JSON written by whoever ran it.

use std::fs;

use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, SetId, Workspace, disk};

/// A run's id; never used twice in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub u32);

/// A computation to be recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewRun {
    /// What it was, such as `map`.
    pub kind: String,
    /// The runs it was computed from.
    pub parents: Vec<RunId>,
    /// The set it is about: its recipe says the model, the hashes of its files and how it was used.
    pub set: Option<SetId>,
    /// Its parameters as JSON.
    pub params_json: String,
    /// Its seed, where chance played a part.
    pub seed: Option<u64>,
    /// Where it was computed.
    pub device: String,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// How long it took.
    pub elapsed_ms: f64,
    /// What came out, as JSON.
    pub result_json: String,
    /// What came out and is too large for JSON.
    pub blob: Option<Blob>,
}

/// What a run leaves in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// The ending of the file's name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Where it has as many bytes for each of the set's first members, how many; these go when the member goes.
    pub row_bytes: Option<u32>,
}

/// A recorded computation.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// What was recorded, without the blob's bytes.
    pub run: NewRun,
    /// Whether it has a blob; see [`Workspace::run_blob`].
    pub has_blob: bool,
    /// The version of this program that computed it; empty where it was not kept.
    pub app: String,
}

const FIELDS: &str = "id, kind, parents, params, seed, device, started_ms, elapsed_ms, result, blob, set_id, app";

impl Workspace {
    /// Records a run. Its blob is on the disk, whole, before the run is listed.
    pub fn add_run(&self, run: NewRun) -> Result<RunId, Error> {
        let index = self.index_to_change()?;
        let work = index.unchecked_transaction()?;
        work.prepare_cached(
            "INSERT INTO runs (kind, parents, params, seed, device, started_ms, elapsed_ms, result, set_id, app)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            run.kind,
            serde_json::json!(run.parents.iter().map(|parent| parent.0).collect::<Vec<_>>()).to_string(),
            run.params_json,
            run.seed.map(u64::cast_signed),
            run.device,
            run.started_ms,
            run.elapsed_ms,
            run.result_json,
            run.set.map(|set| set.0),
            env!("CARGO_PKG_VERSION"),
        ])?;
        let id = work.last_insert_rowid();
        if let Some(Blob { name, bytes, row_bytes }) = &run.blob {
            let file = format!("{id}-{name}");
            disk::write_whole(&self.blob_path(&file), bytes)?;
            work.execute(
                "UPDATE runs SET blob = ?2, blob_hash = ?3, row_bytes = ?4 WHERE id = ?1",
                params![id, file, blake3::hash(bytes).as_bytes(), row_bytes],
            )?;
        }
        work.commit()?;
        Ok(RunId(id as u32))
    }

    /// Records another result of a run; its blob stays. Nothing happens when there is no such run.
    pub fn amend_run(&self, id: RunId, result_json: &str) -> Result<(), Error> {
        self.index_to_change()?.execute("UPDATE runs SET result = ?2 WHERE id = ?1", params![id.0, result_json])?;
        Ok(())
    }

    /// Every run, in order.
    pub fn runs(&self) -> Result<Vec<Run>, Error> {
        let index = self.index();
        let mut statement = index.prepare_cached(&format!("SELECT {FIELDS} FROM runs ORDER BY id"))?;
        Ok(statement.query_map([], read_run)?.collect::<Result<_, _>>()?)
    }

    /// The runs of a kind, about this set where one is named, in order.
    pub fn runs_of(&self, kind: &str, set: Option<SetId>) -> Result<Vec<RunId>, Error> {
        let index = self.index();
        let mut statement =
            index.prepare_cached("SELECT id FROM runs WHERE kind = ?1 AND (?2 IS NULL OR set_id = ?2) ORDER BY id")?;
        let found = statement.query_map(params![kind, set.map(|set| set.0)], |row| Ok(RunId(row.get(0)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The bytes a run left behind; None where it left none.
    pub fn run_blob(&self, id: RunId) -> Result<Option<Vec<u8>>, Error> {
        let blob: Option<Option<String>> =
            self.index().query_row("SELECT blob FROM runs WHERE id = ?1", [id.0], |row| row.get(0)).optional()?;
        let Some(blob) = blob.ok_or(Error::NotFound { what: "run", id: id.0 })? else { return Ok(None) };
        let path = self.blob_path(&blob);
        fs::read(&path).map(Some).map_err(Error::io(&path))
    }

    /// Forgets a run and what it left behind; nothing happens when there is no such run.
    pub fn forget_run(&self, id: RunId) -> Result<(), Error> {
        let index = self.index_to_change()?;
        // Not by itself: a statement that returns rows commits when it is reset, where a failure would go unheard.
        let work = index.unchecked_transaction()?;
        let blob: Option<Option<String>> =
            work.query_row("DELETE FROM runs WHERE id = ?1 RETURNING blob", [id.0], |row| row.get(0)).optional()?;
        work.commit()?;
        drop(index);
        if let Some(path) = blob.flatten().map(|blob| self.blob_path(&blob)) {
            disk::remove(&path)?;
        }
        Ok(())
    }
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let parents: String = row.get(2)?;
    Ok(Run {
        id: RunId(row.get(0)?),
        run: NewRun {
            kind: row.get(1)?,
            parents: serde_json::from_str::<Vec<u32>>(&parents).unwrap_or_default().into_iter().map(RunId).collect(),
            set: row.get::<_, Option<u32>>(10)?.map(SetId),
            params_json: row.get(3)?,
            seed: row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned),
            device: row.get(5)?,
            started_ms: row.get(6)?,
            elapsed_ms: row.get(7)?,
            result_json: row.get(8)?,
            blob: None,
        },
        has_blob: row.get::<_, Option<String>>(9)?.is_some(),
        app: row.get(11)?,
    })
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn blob(bytes: Vec<u8>) -> Option<Blob> {
        Some(Blob { name: "layout".into(), bytes, row_bytes: None })
    }

    fn run(blob: Option<Blob>) -> NewRun {
        NewRun {
            kind: "map".into(),
            parents: vec![RunId(3), RunId(1)],
            set: None,
            params_json: r#"{"perplexity":30}"#.into(),
            seed: Some(u64::MAX),
            device: "CPU".into(),
            started_ms: 1,
            elapsed_ms: 2.5,
            result_json: "{}".into(),
            blob,
        }
    }

    #[test]
    fn runs_and_their_blobs_are_there_after_reopening() {
        let folder = TempDir::new().expect("a folder");
        let id = {
            let workspace = Workspace::open(folder.path()).expect("opens");
            workspace.add_run(run(None)).expect("recorded");
            workspace.add_run(run(blob(vec![1, 2, 3]))).expect("recorded")
        };
        fs::write(folder.path().join("runs/9-layout.part"), [0]).expect("written");
        let workspace = Workspace::open(folder.path()).expect("opens again");
        let runs = workspace.runs().expect("there");
        assert_eq!(runs[1], Run { id, run: run(None), has_blob: true, app: env!("CARGO_PKG_VERSION").into() });
        assert_eq!(workspace.run_blob(id).expect("there"), Some(vec![1, 2, 3]));
        assert_eq!(workspace.run_blob(runs[0].id).expect("there"), None);
        assert!(!folder.path().join("runs/9-layout.part").exists());
    }

    #[test]
    fn a_result_is_amended_and_its_blob_stays() {
        let workspace = Workspace::temporary().expect("opens");
        let id = workspace.add_run(run(blob(vec![1]))).expect("recorded");
        workspace.amend_run(id, r#"{"shown":2}"#).expect("amended");
        assert_eq!(workspace.runs().expect("there")[0].run.result_json, r#"{"shown":2}"#);
        assert_eq!(workspace.run_blob(id).expect("there"), Some(vec![1]));
    }

    #[test]
    fn a_forgotten_run_is_gone_and_its_id_with_it() {
        let workspace = Workspace::temporary().expect("opens");
        let id = workspace.add_run(run(blob(vec![1]))).expect("recorded");
        workspace.forget_run(id).expect("forgotten");
        assert!(matches!(workspace.run_blob(id), Err(Error::NotFound { .. })));
        assert_eq!(fs::read_dir(workspace.path().join("runs")).expect("there").count(), 0);
        assert_ne!(workspace.add_run(run(None)).expect("recorded"), id);
    }
}
