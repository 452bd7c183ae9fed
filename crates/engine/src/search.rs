//! What is near: to a question in words, to a vector, to an item.
//!
//! Every row is compared, in full up to 200 000 rows, so that nothing is missed; beyond them by a small copy of the rows, and
//! only the best in full. Deliberately absent: search by words alone.

use std::time::Instant;

use embedscope_models::{Input, Role};
use embedscope_space::{Metric, similarity};
use embedscope_workspace::{ItemId, SetId};

use crate::sets::LiveSet;
use crate::{Engine, Error};

/// Beyond this many rows a question is put to an index first.
const COMPARED_ROWS: usize = 200_000;
/// Rows that the index names and that are then compared in full, for each one wanted.
const OVERSAMPLE: usize = 8;
/// So many rows, evenly spaced, tell how near a question is to anything.
const SAMPLE: usize = 1000;

/// An item and how near it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The item.
    pub item: ItemId,
    /// By the measure the model is made for: cosine, −1 to 1, or the inner product.
    pub similarity: f32,
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub struct SearchResult {
    /// Nearest first; equal ones by the smaller row.
    pub hits: Vec<Hit>,
    /// Items compared.
    pub searched: usize,
    /// Whether all were compared in full, so that none can be missing.
    pub exact: bool,
    /// Half of the items are at least so near, by a sample of them: models differ in what they call near. None without items.
    pub typical: Option<f32>,
    /// Time for embedding the question and comparing.
    pub elapsed_ms: f64,
}

impl Engine {
    /// The items of a set nearest in meaning to a text. Fails for sets whose model reads no text.
    pub fn search(&self, set: SetId, text: &str, k: usize) -> Result<SearchResult, Error> {
        let live = self.live_set(set)?;
        let asked = live.asked().ok_or_else(|| {
            Error::Request(format!(
                "no model turns words into vectors like those of {}, so it cannot be asked in words",
                live.model()
            ))
        })?;
        if text.trim().is_empty() {
            return Err(Error::Request("nothing was asked for".into()));
        }
        let embedder = self.embedder(&asked)?;
        let began = Instant::now();
        let question = embedder.embed(&[Input::Text(text)], Role::Query)?;
        let hits = nearest(&live, question.row(0), k, None)?;
        let elapsed_ms = began.elapsed().as_secs_f64() * 1e3;
        let typical = typical(&live, question.row(0))?;
        Ok(SearchResult { hits, searched: live.rows(), exact: is_exact(&live), typical, elapsed_ms })
    }

    /// The items of a set nearest to one of them, itself left out; compared as in a search.
    pub fn neighbours(&self, set: SetId, item: ItemId, k: usize) -> Result<Vec<Hit>, Error> {
        let live = self.live_set(set)?;
        let row = live.row_of(item)?;
        let vector = live.vectors_of(&[row])?;
        nearest(&live, vector.row(0), k, Some(item))
    }
}

pub(crate) fn nearest(set: &LiveSet, query: &[f32], k: usize, except: Option<ItemId>) -> Result<Vec<Hit>, Error> {
    let wanted = k + usize::from(except.is_some());
    // Vectors first: what is added meanwhile makes the list of items longer, never the vectors.
    let found = if is_exact(set) {
        similarity::nearest(query, &set.vectors()?, wanted, set.metric())?
    } else {
        set.index()?.search(query, wanted, OVERSAMPLE)?
    };
    let items = set.items();
    let hits = found.into_iter().map(|(row, similarity)| Hit { item: items[row], similarity });
    Ok(hits.filter(|hit| Some(hit.item) != except).take(k).collect())
}

/// The median of how near a sample of the rows is.
fn typical(set: &LiveSet, query: &[f32]) -> Result<Option<f32>, Error> {
    let rows: Vec<usize> = (0..set.rows()).step_by(set.rows().div_ceil(SAMPLE).max(1)).collect();
    let sample = set.vectors_of(&rows)?;
    let compared = similarity::nearest(query, &sample, rows.len(), set.metric())?;
    Ok(compared.get(compared.len() / 2).map(|&(_, similarity)| similarity))
}

/// No index compares by Manhattan.
fn is_exact(set: &LiveSet) -> bool {
    set.rows() <= COMPARED_ROWS || set.metric() == Metric::Manhattan
}
