//! What is near: to a question in words, to a vector, to an item.
//!
//! Every row is compared, so nothing is missed. Deliberately absent: search by words alone.

use std::time::Instant;

use embedscope_models::{Input, Role};
use embedscope_space::similarity;
use embedscope_workspace::{ItemId, SetId};

use crate::sets::LiveSet;
use crate::{Engine, Error};

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
    /// Time for embedding the question and comparing.
    pub elapsed_ms: f64,
}

impl Engine {
    /// The items of a set nearest in meaning to a text. Fails for sets whose model reads no text.
    pub fn search(&self, set: SetId, text: &str, k: usize) -> Result<SearchResult, Error> {
        let live = self.live_set(set)?;
        let asked = live
            .asked()
            .ok_or_else(|| Error::Request(format!("{} reads no text, so it cannot be asked in words", live.model())))?;
        if text.trim().is_empty() {
            return Err(Error::Request("nothing was asked for".into()));
        }
        let embedder = self.embedder(&asked)?;
        let began = Instant::now();
        let question = embedder.embed(&[Input::Text(text)], Role::Query)?;
        let hits = nearest(&live, question.row(0), k, None)?;
        Ok(SearchResult { hits, searched: live.rows(), elapsed_ms: began.elapsed().as_secs_f64() * 1e3 })
    }

    /// The items of a set nearest to one of them, itself left out.
    pub fn neighbours(&self, set: SetId, item: ItemId, k: usize) -> Result<Vec<Hit>, Error> {
        let live = self.live_set(set)?;
        let row = live.row_of(item)?;
        let vector = live.vectors_of(&[row])?;
        nearest(&live, vector.row(0), k, Some(item))
    }
}

pub(crate) fn nearest(set: &LiveSet, query: &[f32], k: usize, except: Option<ItemId>) -> Result<Vec<Hit>, Error> {
    // Vectors first: what is added meanwhile makes the list of items longer, never the vectors.
    let vectors = set.vectors()?;
    let items = set.items();
    let wanted = k + usize::from(except.is_some());
    let found = similarity::nearest(query, &vectors, wanted, set.metric())?;
    let hits = found.into_iter().map(|(row, similarity)| Hit { item: items[row], similarity });
    Ok(hits.filter(|hit| Some(hit.item) != except).take(k).collect())
}
