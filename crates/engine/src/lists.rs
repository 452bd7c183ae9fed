//! Selections that have a name, and tags: kept with the workspace; and a selection that grows by what is near it.
//!
//! Deliberately absent: what is selected at the moment; that is the window's.

use std::collections::BTreeSet;

use embedscope_space::similarity;
use embedscope_workspace::{ItemId, ListFacts, SetId};

use crate::{Engine, Error, Event};

/// The longest name of a selection or a tag, in letters.
const LONGEST_NAME: usize = 80;
/// Pairs that are compared when a selection grows: a second or two on an ordinary computer.
const MOST_PAIRS: usize = 400_000_000;

impl Engine {
    /// Every saved selection, by name.
    pub fn selections(&self) -> Result<Vec<ListFacts>, Error> {
        Ok(self.inner.workspace.selections()?)
    }

    /// The items of a saved selection, in order of arrival; none when there is no such selection.
    pub fn selection(&self, name: &str) -> Result<Vec<ItemId>, Error> {
        Ok(self.inner.workspace.selection(name)?)
    }

    /// Keeps items under a name, in place of what had the name before.
    pub fn save_selection(&self, name: &str, items: &[ItemId]) -> Result<(), Error> {
        self.inner.workspace.save_selection(checked(name)?, items)?;
        self.emit(&Event::WorkspaceChanged);
        Ok(())
    }

    /// Gives a saved selection another name, which no other may have.
    pub fn rename_selection(&self, name: &str, to: &str) -> Result<(), Error> {
        self.inner.workspace.rename_selection(name, checked(to)?)?;
        self.emit(&Event::WorkspaceChanged);
        Ok(())
    }

    /// Forgets a saved selection; its items stay.
    pub fn forget_selection(&self, name: &str) -> Result<(), Error> {
        self.inner.workspace.forget_selection(name)?;
        self.emit(&Event::WorkspaceChanged);
        Ok(())
    }

    /// Every tag, by name.
    pub fn tags(&self) -> Result<Vec<ListFacts>, Error> {
        Ok(self.inner.workspace.tags()?)
    }

    /// The items that have a tag, in order of arrival.
    pub fn tagged(&self, tag: &str) -> Result<Vec<ItemId>, Error> {
        Ok(self.inner.workspace.tagged(tag)?)
    }

    /// Puts a tag on items, or takes it off; gives those that it changed, so that it can be undone.
    pub fn set_tag(&self, tag: &str, items: &[ItemId], on: bool) -> Result<Vec<ItemId>, Error> {
        let tag = checked(tag)?;
        if tag.contains(',') {
            return Err(Error::Request("a tag has no comma in its name: commas stand between tags".into()));
        }
        let has: BTreeSet<ItemId> = self.tagged(tag)?.into_iter().collect();
        let changed: Vec<ItemId> = items.iter().copied().filter(|item| has.contains(item) != on).collect();
        match on {
            true => self.inner.workspace.tag(tag, &changed)?,
            false => self.inner.workspace.untag(tag, &changed)?,
        }
        self.emit(&Event::WorkspaceChanged);
        Ok(changed)
    }

    /// The items that are among the `k` nearest of any of some items of a set, those themselves included. Fails for more
    /// than can be compared at once.
    pub fn grown(&self, set: SetId, items: &[ItemId], k: usize) -> Result<Vec<ItemId>, Error> {
        let live = self.live_set(set)?;
        let (shown, vectors) = (live.items(), live.vectors()?);
        let wanted: BTreeSet<ItemId> = items.iter().copied().collect();
        let rows: Vec<usize> = (0..vectors.rows()).filter(|&row| wanted.contains(&shown[row])).collect();
        let most = MOST_PAIRS / vectors.rows().max(1);
        if rows.len() > most {
            return Err(Error::Request(format!(
                "{} items are too many to look around at once; of this set at most {most} can grow",
                rows.len()
            )));
        }
        let (mut grown, nearer) = (wanted, live.metric().is_similarity());
        let mut at = rows.iter();
        similarity::blocks(&vectors.select(&rows), &vectors, live.metric(), |_, block| {
            for (values, &own) in block.iter().zip(at.by_ref()) {
                let mut near: Vec<(f32, usize)> =
                    values.iter().copied().zip(0..).filter(|(_, row)| *row != own).collect();
                let order = |a: &(f32, usize), b: &(f32, usize)| {
                    let by_value = if nearer { b.0.total_cmp(&a.0) } else { a.0.total_cmp(&b.0) };
                    by_value.then(a.1.cmp(&b.1))
                };
                if k < near.len() {
                    near.select_nth_unstable_by(k, order);
                    near.truncate(k);
                }
                grown.extend(near.into_iter().map(|(_, row)| shown[row]));
            }
            Ok::<_, Error>(())
        })?;
        Ok(grown.into_iter().collect())
    }
}

/// A name without space around it; fails for one that says nothing or too much.
fn checked(name: &str) -> Result<&str, Error> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Error::Request("a name is missing".into())),
        1..=LONGEST_NAME => Ok(name),
        _ => Err(Error::Request(format!("a name has at most {LONGEST_NAME} letters"))),
    }
}
