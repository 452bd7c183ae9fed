//! An evaluation under way: contestants join one after another, and each is told of as soon as it was judged.
//!
//! What was measured before of the same model, data and parameters is not measured again. Deliberately absent: measuring
//! (the tasks do) and judging (`judge`).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use embedscope_workspace::{ItemId, RunId};

use super::judge::Standing;
use super::parts::Print;
use super::{Evaluation, Measured, Outcome, published};
use crate::jobs::Job;
use crate::{Engine, Error};

pub(super) struct Bout<'a> {
    engine: &'a Engine,
    job: &'a Job,
    /// Which of the job's evaluations it is.
    at: usize,
    print: Print,
    standing: Standing,
    told: Evaluation,
    /// The runs of those that took part.
    parts: Vec<RunId>,
}

impl<'a> Bout<'a> {
    /// `empty` is what is known before anybody took part.
    pub(super) fn new(
        engine: &'a Engine,
        job: &'a Job,
        at: usize,
        print: Print,
        empty: Evaluation,
    ) -> Result<Self, Error> {
        let standing = Standing::new(empty.seed)?;
        Ok(Self { engine, job, at, print, standing, told: empty, parts: Vec::new() })
    }

    /// Lets a model take part: as it was measured before, or as it is now.
    pub(super) fn join(
        &mut self,
        name: &str,
        recipe: &str,
        measure: impl FnOnce() -> Result<(Measured, Outcome), Error>,
    ) -> Result<(), Error> {
        let key = self.print.key(name, recipe)?;
        let (run, measured, outcome) = match self.engine.part(self.told.task, &key)? {
            Some((run, measured, outcome)) => (Some(run), measured, outcome),
            None => {
                let began = Instant::now();
                let (measured, outcome) = measure()?;
                let run = self.engine.keep_part(&key, &self.told, &measured, &outcome, began.elapsed())?;
                (run, measured, outcome)
            }
        };
        self.parts.extend(run);
        // Labels of the workspace are nobody's benchmark.
        let published = self.told.items.is_empty().then(|| published::find(name, &self.told.data, self.told.task));
        self.add(Measured { published: published.flatten(), ..measured }, outcome)
    }

    /// Lets somebody take part whose outcome is known.
    pub(super) fn add(&mut self, measured: Measured, outcome: Outcome) -> Result<(), Error> {
        self.job.stage("Comparing models", "models", 0, 0);
        self.standing.add(measured, outcome)?;
        (self.told.results, self.told.differences) = self.standing.told();
        self.tell();
        Ok(())
    }

    /// What came out, once everyone took part, and the runs of those who did.
    pub(super) fn over(
        mut self,
        behind: impl FnOnce(&[Measured]) -> Result<BTreeMap<usize, Vec<ItemId>>, Error>,
    ) -> Result<(Evaluation, Vec<RunId>), Error> {
        self.told.behind = behind(&self.told.results)?;
        self.tell();
        Ok((self.told, self.parts))
    }

    fn tell(&self) {
        let (at, found) = (self.at, Arc::new(self.told.clone()));
        self.job.announce(|report| match report.evaluations.get_mut(at) {
            Some(known) => *known = found,
            None => report.evaluations.push(found),
        });
    }
}
