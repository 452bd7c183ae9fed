//! “Which is nearer?”: questions for the user, whose answers become a small test set of the workspace's own.
//!
//! A question is an item and two others, each among the ten nearest of some model; which models those are is drawn, so that
//! no model chooses its own test. The next question hangs on how many were answered and on nothing else: who comes back
//! tomorrow is asked what was on the screen today. Answers are settings of the workspace, written one by one. Deliberately absent:
//! scoring (`own`).

mod table;

pub use table::Handed;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use embedscope_space::similarity;
use embedscope_workspace::{ItemId, SetId};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::sets::LiveSet;
use crate::{Card, Engine, Error};

/// The setting that holds the answers.
const SETTING: &str = "judged";
const SEED: u64 = 42;
/// Neighbours among which candidates are drawn.
const NEAREST: usize = 10;
/// Draws until two candidates differ; in a workspace of copies there may be none.
const TRIES: usize = 64;
/// Fewer items in common make no question.
const LEAST_ITEMS: usize = 4;

/// An item and two others, one of which is nearer to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The answers before it.
    pub number: usize,
    /// What the others are compared with.
    pub anchor: Card,
    /// The two, in a drawn order.
    pub others: [Card; 2],
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The item the others were compared with.
    pub anchor: u32,
    /// The nearer one, or the first where nobody could say.
    pub near: u32,
    /// The other one.
    pub far: u32,
    /// Whether it was decided; an undecided question is not asked again and counts for nothing.
    pub decided: bool,
}

impl Engine {
    /// What was answered so far, about items that are still here, in order.
    pub fn judgements(&self) -> Result<Vec<Answer>, Error> {
        let shown: HashSet<u32> =
            self.live_sets().iter().flat_map(|set| set.items()).map(|ItemId(item)| item).collect();
        let is_here =
            |answer: &Answer| [answer.anchor, answer.near, answer.far].iter().all(|item| shown.contains(item));
        Ok(self.answers()?.into_iter().filter(is_here).collect())
    }

    /// The next question about items that all of these sets show; None where no two of an item's neighbours differ.
    pub fn next_question(&self, sets: &[SetId]) -> Result<Option<Question>, Error> {
        let live = sets.iter().map(|&set| self.live_set(set)).collect::<Result<Vec<_>, _>>()?;
        let Some(first) = live.first() else { return Err(Error::Request("no set was named".into())) };
        let places: Vec<HashMap<ItemId, usize>> =
            live.iter().map(|set| set.items().into_iter().zip(0..).collect()).collect();
        let items: Vec<ItemId> =
            first.items().into_iter().filter(|item| places.iter().all(|places| places.contains_key(item))).collect();
        if items.len() < LEAST_ITEMS {
            return Err(Error::Request(format!("these models have only {} items in common", items.len())));
        }
        let common: HashSet<ItemId> = items.iter().copied().collect();
        let answered = self.answers()?;
        let mut chance = ChaCha8Rng::seed_from_u64(SEED.wrapping_add(answered.len() as u64));
        for _ in 0..TRIES {
            let Some(&anchor) = items.choose(&mut chance) else { break };
            let mut candidate = || -> Result<Option<ItemId>, Error> {
                let of = chance.random_range(0..live.len() as u64) as usize;
                let near: Vec<ItemId> = near(&live[of], places[of][&anchor])?;
                let near: Vec<ItemId> = near.into_iter().filter(|item| common.contains(item)).collect();
                Ok(near.choose(&mut chance).copied())
            };
            let (Some(a), Some(b)) = (candidate()?, candidate()?) else { continue };
            let asked = |answer: &Answer| {
                answer.anchor == anchor.0 && [(a.0, b.0), (b.0, a.0)].contains(&(answer.near, answer.far))
            };
            if a == b || answered.iter().any(asked) {
                continue;
            }
            let cards = self.cards(&[anchor, a, b])?;
            let [anchor, a, b] =
                <[Card; 3]>::try_from(cards).map_err(|_| Error::Fault("an item of a question is not there".into()))?;
            // Copies cannot be told apart.
            if !a.text.is_empty() && (a.text == b.text || a.text == anchor.text || b.text == anchor.text) {
                continue;
            }
            return Ok(Some(Question { number: answered.len(), anchor, others: [a, b] }));
        }
        Ok(None)
    }

    /// Keeps an answer to the question of this number; gives how many there are. Where the question was answered before,
    /// as by a second click, nothing changes.
    pub fn answer(&self, number: usize, answer: Answer) -> Result<usize, Error> {
        self.writable()?;
        let mut answers = self.answers()?;
        if number == answers.len() {
            answers.push(answer);
            self.keep_answers(&answers)?;
        }
        Ok(answers.len())
    }

    /// Takes the last answer back; gives how many are left.
    pub fn take_back_answer(&self) -> Result<usize, Error> {
        self.writable()?;
        let mut answers = self.answers()?;
        if answers.pop().is_some() {
            self.keep_answers(&answers)?;
        }
        Ok(answers.len())
    }

    pub(super) fn answers(&self) -> Result<Vec<Answer>, Error> {
        let kept = self.inner.workspace.setting(SETTING)?;
        match kept.map(|json| serde_json::from_str(&json)).transpose() {
            Ok(answers) => Ok(answers.unwrap_or_default()),
            // Never written over: a newer version may read them.
            Err(_) => Err(Error::Request("the judgements of this workspace cannot be read by this version".into())),
        }
    }

    pub(super) fn keep_answers(&self, answers: &[Answer]) -> Result<(), Error> {
        Ok(self.inner.workspace.set_setting(SETTING, &serde_json::json!(answers).to_string())?)
    }
}

fn near(set: &Arc<LiveSet>, row: usize) -> Result<Vec<ItemId>, Error> {
    let (vectors, items) = (set.vectors()?, set.items());
    let found = similarity::nearest(vectors.row(row), &vectors, NEAREST + 1, set.metric())?;
    Ok(found.into_iter().map(|(other, _)| other).filter(|&other| other != row).map(|other| items[other]).collect())
}
