//! What the rows of a set are coloured by: cluster, kind, file, collection or a metadata column.
//!
//! Deliberately absent: colours; a class is a label and a place in the order.

use std::collections::{BTreeMap, HashMap};

use embedscope_models::Kind;
use embedscope_workspace::{ItemFacts, ItemId, SetId, Workspace};

use crate::items::kind_of;
use crate::sets::LiveSet;
use crate::{Engine, Error};

/// The class of a row that belongs to none.
pub const NO_CLASS: u16 = u16::MAX;

/// Classes told apart; rows of the others belong to none.
const MOST_CLASSES: usize = 12;

/// One class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// A cluster's words, a kind, a file, a value.
    pub label: String,
    /// Rows in it.
    pub count: usize,
}

/// The classes of a set's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colours {
    /// Largest first, at most twelve.
    pub classes: Vec<Class>,
    /// How many smaller classes are not told apart.
    pub more: usize,
    /// The class of every row; [`NO_CLASS`] where there is none, or none of its own.
    pub class_of_row: Vec<u16>,
}

impl Engine {
    /// Classes by `cluster`, `kind`, `file`, `collection` or `column:NAME`.
    pub fn colours(&self, set: SetId, by: &str) -> Result<Colours, Error> {
        Ok(classes(&self.labels(&*self.live_set(set)?, by)?))
    }

    /// What each row of a set is called by the same; None where nothing says.
    pub(crate) fn labels(&self, live: &LiveSet, by: &str) -> Result<Vec<Option<String>>, Error> {
        let items = live.items();
        let workspace = &self.inner.workspace;
        Ok(match by {
            "cluster" => {
                let clustering = live.clustering();
                let name = |row: usize| {
                    let clustering = clustering.as_deref()?;
                    clustering.names.get(usize::try_from(*clustering.labels.get(row)?).ok()?).cloned()
                };
                (0..items.len()).map(name).collect()
            }
            "kind" => {
                let facts = facts_by_item(workspace)?;
                let name = |item: &ItemId| {
                    facts.get(item).map(|facts| match kind_of(facts.kind) {
                        Kind::Text => "Texts".to_owned(),
                        Kind::Image => "Pictures".to_owned(),
                    })
                };
                items.iter().map(name).collect()
            }
            "collection" => {
                let facts = facts_by_item(workspace)?;
                let names: HashMap<_, _> = workspace.collections()?.into_iter().map(|c| (c.id, c.name)).collect();
                let name = |item: &ItemId| names.get(&facts.get(item)?.collection).cloned();
                items.iter().map(name).collect()
            }
            "file" => {
                let names: HashMap<ItemId, String> = workspace.names()?.into_iter().collect();
                items.iter().map(|item| names.get(item).cloned()).collect()
            }
            _ => {
                let column = by.strip_prefix("column:").ok_or_else(|| {
                    Error::Request(format!("“{by}” is not cluster, kind, file, collection or column:NAME"))
                })?;
                let values: HashMap<ItemId, String> = workspace.values(column)?.into_iter().collect();
                items.iter().map(|item| values.get(item).cloned()).collect()
            }
        })
    }
}

fn facts_by_item(workspace: &Workspace) -> Result<HashMap<ItemId, ItemFacts>, Error> {
    Ok(workspace.facts(ItemId(0))?.into_iter().map(|facts| (facts.id, facts)).collect())
}

fn classes(labels: &[Option<String>]) -> Colours {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for label in labels.iter().flatten() {
        *counts.entry(label).or_default() += 1;
    }
    let mut order: Vec<(&str, usize)> = counts.into_iter().collect();
    order.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let more = order.len().saturating_sub(MOST_CLASSES);
    order.truncate(MOST_CLASSES);
    let place: HashMap<&str, u16> = (0..).zip(&order).map(|(place, &(label, _))| (label, place)).collect();
    let class = |label: &Option<String>| label.as_deref().and_then(|l| place.get(l)).copied().unwrap_or(NO_CLASS);
    let class_of_row = labels.iter().map(class).collect();
    let classes = order.into_iter().map(|(label, count)| Class { label: label.to_owned(), count }).collect();
    Colours { classes, more, class_of_row }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_classes_come_first_and_the_rest_is_counted() {
        let mut labels: Vec<Option<String>> = (0..14).map(|n| Some(format!("{n:02}"))).collect();
        labels.extend([Some("13".into()), None]);
        let colours = classes(&labels);
        assert_eq!(colours.classes[0], Class { label: "13".into(), count: 2 });
        assert_eq!((colours.classes.len(), colours.more), (12, 2));
        let [last, beyond, none] = [13, 12, 15].map(|row| colours.class_of_row[row]);
        assert_eq!((last, beyond, none), (0, NO_CLASS, NO_CLASS));
        assert_eq!(classes(&labels[..12]).more, 0);
    }
}
