//! Looking for what is not as it was written; nothing is changed.
//!
//! Deliberately absent: mending (`repair`), and the files that items came from.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::path::Path;

use embedscope_space::{Cancel, Progress, UNWATCHED};
use rusqlite::Row;

use crate::matrix::{Checksum, Matrix, checksum};
use crate::workspace::Access;
use crate::{Error, SetFacts, SetId, Workspace};

/// Something that is not as it was written. Its text is one clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The index cannot be read, or contradicts itself.
    Index(String),
    /// The index of words does not hold what the items say.
    Words(String),
    /// Rows of a set are missing or not what they were.
    Vectors {
        /// The set.
        set: SetId,
        /// The first row and how many.
        rows: (usize, usize),
        /// What is wrong with them.
        what: String,
    },
    /// A set's list of members is broken.
    Members {
        /// The set.
        set: SetId,
        /// What is wrong with it.
        what: String,
    },
    /// What a run left behind is missing or not what it was.
    Result {
        /// Its file.
        file: String,
        /// What is wrong with it.
        what: String,
    },
}

impl Problem {
    /// The part of the workspace it is in, as one word.
    pub fn part(&self) -> &'static str {
        match self {
            Self::Index(_) => "index",
            Self::Words(_) => "words",
            Self::Vectors { .. } => "vectors",
            Self::Members { .. } => "members",
            Self::Result { .. } => "results",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(what) => write!(f, "the index: {what}"),
            Self::Words(what) => write!(f, "the index of words: {what}"),
            Self::Vectors { set, rows: (first, count), what } => {
                write!(f, "set {}: {count} rows from row {first} on {what}", set.0)
            }
            Self::Members { set, what } => write!(f, "set {}: {what}", set.0),
            Self::Result { file, what } => write!(f, "runs/{file}: {what}"),
        }
    }
}

/// Steps of SQLite between two looks at whether to go on.
const STEPS: i32 = 10_000;

/// How far looking through is, and whether it is to go on.
struct Watched<'a> {
    progress: Progress<'a>,
    cancel: &'a Cancel,
    done: Cell<usize>,
    all: Cell<usize>,
}

impl<'a> Watched<'a> {
    fn by(progress: Progress<'a>, cancel: &'a Cancel) -> Self {
        Self { progress, cancel, done: Cell::new(0), all: Cell::new(0) }
    }

    fn add(&self, bytes: usize) {
        self.done.set(self.done.get() + bytes);
        (self.progress)(self.done.get().min(self.all.get()), self.all.get());
    }
}

/// Looks through the workspace in a folder, also while another program has it open. An index that cannot be opened at
/// all is a problem, not an error.
pub fn verify(path: &Path) -> Result<Vec<Problem>, Error> {
    match Workspace::open_read_only(path).and_then(|workspace| workspace.verify()) {
        Err(Error::Damaged { what }) => Ok(vec![Problem::Index(what)]),
        other => other,
    }
}

impl Workspace {
    /// Looks through everything that is kept.
    pub fn verify(&self) -> Result<Vec<Problem>, Error> {
        self.verify_watched(&Watched::by(UNWATCHED, &Cancel::default()))
    }

    /// The same, told in bytes and stopped when asked, from a connection of its own: what others ask meanwhile need not wait. Where
    /// it was stopped, what it gives is of no use.
    pub fn verify_beside(&self, progress: Progress<'_>, cancel: &Cancel) -> Result<Vec<Problem>, Error> {
        let reader = match Self::open_read_only(self.path()) {
            Err(Error::Damaged { what }) => return Ok(vec![Problem::Index(what)]),
            reader => reader?,
        };
        let stop = cancel.clone();
        reader.index().progress_handler(STEPS, Some(move || stop.is_cancelled()))?;
        match reader.verify_watched(&Watched::by(progress, cancel)) {
            Err(_) if cancel.is_cancelled() => Ok(Vec::new()),
            // Only a writer can look at the index of words.
            Ok(problems) if problems.is_empty() && !cancel.is_cancelled() => Ok(Vec::from_iter(self.verify_words()?)),
            outcome => outcome,
        }
    }

    fn verify_watched(&self, watched: &Watched<'_>) -> Result<Vec<Problem>, Error> {
        let usage = self.usage()?;
        let rows = usage.vectors + usage.dead_vectors;
        watched.all.set((usage.index + rows + usage.results) as usize);
        let mut problems = self.verify_index()?;
        watched.add(usage.index as usize);
        // What a broken index says of the rest is worth nothing.
        if problems.is_empty() {
            problems.extend(self.verify_words()?);
            for facts in self.sets()? {
                problems.extend(self.verify_set(&facts, watched)?);
            }
            problems.extend(self.verify_results(watched)?);
        }
        Ok(problems)
    }

    fn verify_index(&self) -> Result<Vec<Problem>, Error> {
        let index = self.index();
        let said: Vec<String> =
            index.prepare("PRAGMA integrity_check")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut problems: Vec<Problem> =
            said.into_iter().filter(|line| line != "ok").map(|line| Problem::Index(line.replace('\n', " "))).collect();
        let orphans: Vec<(String, String)> = index
            .prepare("SELECT \"table\", parent FROM pragma_foreign_key_check")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let orphans: HashSet<_> = orphans.into_iter().collect();
        let told = |(table, parent)| Problem::Index(format!("rows of {table} point at {parent} that are not there"));
        problems.extend(orphans.into_iter().map(told));
        let unlike: u32 = index.query_row(
            "SELECT COUNT(*) FROM items WHERE LENGTH(hash) <> 32 OR kind NOT IN (0, 1) OR NOT json_valid(metadata)",
            [],
            |row| row.get(0),
        )?;
        if unlike > 0 {
            problems.push(Problem::Index(format!("{unlike} items cannot be what was written")));
        }
        Ok(problems)
    }

    fn verify_words(&self) -> Result<Option<Problem>, Error> {
        let index = self.index();
        // Only a writer may ask the index of words to look at itself.
        if self.access() == Access::Write
            && let Err(problem) = index.execute_batch("INSERT INTO texts (texts) VALUES ('integrity-check')")
        {
            return Ok(Some(Problem::Words(problem.to_string())));
        }
        let differ: u32 = index.query_row(
            "SELECT (SELECT COUNT(*) FROM items WHERE text IS NOT NULL AND id NOT IN (SELECT id FROM texts_docsize))
                  + (SELECT COUNT(*) FROM texts_docsize
                     WHERE id NOT IN (SELECT id FROM items WHERE text IS NOT NULL))",
            [],
            |row| row.get(0),
        )?;
        Ok((differ > 0).then(|| Problem::Words(format!("{differ} texts are missing or too many"))))
    }

    fn verify_set(&self, facts: &SetFacts, watched: &Watched<'_>) -> Result<Vec<Problem>, Error> {
        let set = facts.id;
        let (file, rows) = self.stored(set)?;
        let mut problems = match Matrix::open(&self.matrix_path(&file), facts.dim, false) {
            Ok(matrix) => self.find_bad_extents(facts, &matrix, watched)?,
            Err(_) if rows == 0 => Vec::new(),
            Err(_) => vec![Problem::Vectors { set, rows: (0, rows), what: format!("are not there: no {file}") }],
        };
        let index = self.index();
        let count = |query: &str| index.query_row(query, [set.0], |row| row.get::<_, u32>(0));
        let uncovered = count(
            "SELECT COUNT(*) FROM vectors v WHERE set_id = ?1 AND position >= COALESCE((
                 SELECT first + rows FROM extents e WHERE e.set_id = v.set_id AND e.first <= v.position
                 ORDER BY first DESC LIMIT 1), 0)",
        )?;
        if uncovered > 0 {
            let what = "have no checksum".to_owned();
            problems.push(Problem::Vectors { set, rows: (rows, uncovered as usize), what });
        }
        let broken = count(
            "SELECT COUNT(*) FROM (
                 SELECT position, ROW_NUMBER() OVER (ORDER BY position) - 1 AS place FROM members WHERE set_id = ?1)
             WHERE position <> place",
        )?;
        if broken > 0 {
            problems.push(Problem::Members { set, what: "its list of members has gaps".into() });
        }
        // What was combined of several vectors has a content of its own.
        let strangers = count(
            "SELECT COUNT(*) FROM members m JOIN items i ON i.id = m.item JOIN sets s ON s.id = m.set_id
             WHERE m.set_id = ?1 AND NOT EXISTS (
                 SELECT 1 FROM vectors v WHERE v.set_id = m.set_id AND v.position = m.vector
                 AND (v.hash = i.hash OR json_extract(s.recipe, '$.combined') IS NOT NULL))",
        )?;
        if strangers > 0 {
            let what = format!("{strangers} members stand on a vector that is not theirs");
            problems.push(Problem::Members { set, what });
        }
        Ok(problems)
    }

    /// The stretches of a set's rows that are missing or differ from what was written.
    pub(crate) fn bad_extents(&self, facts: &SetFacts, matrix: &Matrix) -> Result<Vec<Problem>, Error> {
        self.find_bad_extents(facts, matrix, &Watched::by(UNWATCHED, &Cancel::default()))
    }

    fn find_bad_extents(
        &self,
        facts: &SetFacts,
        matrix: &Matrix,
        watched: &Watched<'_>,
    ) -> Result<Vec<Problem>, Error> {
        let read = |row: &Row<'_>| Ok((row.get::<_, u32>(0)? as usize, row.get::<_, u32>(1)? as usize, row.get(2)?));
        let extents: Vec<(usize, usize, Checksum)> = self
            .index()
            .prepare_cached("SELECT first, rows, hash FROM extents WHERE set_id = ?1 ORDER BY first")?
            .query_map([facts.id.0], read)?
            .collect::<Result<_, _>>()?;
        let there = matrix.rows()?;
        let end = extents.last().map_or(0, |(first, rows, _)| first + rows);
        let vectors = matrix.map(there.min(end))?;
        let is_bad = |&(first, rows, hash): &(usize, usize, Checksum)| {
            watched.add(rows * facts.dim * size_of::<f32>());
            let what = match vectors.as_slice().get(first * facts.dim..(first + rows) * facts.dim) {
                None => "are not there",
                Some(values) if checksum(values) != hash => "are not what was written",
                Some(_) => return None,
            };
            Some(Problem::Vectors { set: facts.id, rows: (first, rows), what: what.into() })
        };
        Ok(extents.iter().take_while(|_| !watched.cancel.is_cancelled()).filter_map(is_bad).collect())
    }

    fn verify_results(&self, watched: &Watched<'_>) -> Result<Vec<Problem>, Error> {
        let blobs: Vec<(String, Option<Checksum>)> = self
            .index()
            .prepare_cached("SELECT blob, blob_hash FROM runs WHERE blob IS NOT NULL")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let is_bad = |(file, hash): (String, Option<Checksum>)| {
            let what = match fs::read(self.blob_path(&file)) {
                Err(_) => "is not there",
                Ok(bytes) => {
                    watched.add(bytes.len());
                    if Some(*blake3::hash(&bytes).as_bytes()) == hash {
                        return None;
                    }
                    "is not what was written"
                }
            };
            Some(Problem::Result { file, what: what.into() })
        };
        Ok(blobs.into_iter().take_while(|_| !watched.cancel.is_cancelled()).filter_map(is_bad).collect())
    }
}
