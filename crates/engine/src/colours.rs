//! What the rows of a set are coloured by: cluster, kind, file, collection or a metadata column.
//!
//! Deliberately absent: colours; a class is a label and a place in the order.

use std::collections::{BTreeMap, HashMap};

use embedscope_models::Kind;
use embedscope_workspace::{ItemId, SetId};

use crate::items::kind_of;
use crate::{Engine, Error};

/// The class of a row that belongs to none.
pub const NO_CLASS: u16 = u16::MAX;

/// Classes told apart; the rest is one more class, the last.
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
    /// Largest first, at most twelve and one for the rest.
    pub classes: Vec<Class>,
    /// Whether the last class is the rest.
    pub rest: bool,
    /// The class of every row; [`NO_CLASS`] where there is none.
    pub class_of_row: Vec<u16>,
}

impl Engine {
    /// Classes by `cluster`, `kind`, `file`, `collection` or `column:NAME`.
    pub fn colours(&self, set: SetId, by: &str) -> Result<Colours, Error> {
        let live = self.live_set(set)?;
        let items = live.items();
        let workspace = &self.inner.workspace;
        let labels: Vec<Option<String>> = match by {
            "cluster" => {
                let clustering = live.clustering();
                let name = |row: usize| {
                    let clustering = clustering.as_deref()?;
                    clustering.names.get(usize::try_from(*clustering.labels.get(row)?).ok()?).cloned()
                };
                (0..items.len()).map(name).collect()
            }
            "kind" => {
                let facts = workspace.facts(ItemId(0))?;
                let name = |item: &ItemId| {
                    facts.get(item.0 as usize).map(|&(kind, ..)| match kind_of(kind) {
                        Kind::Text => "Texts".to_owned(),
                        Kind::Image => "Pictures".to_owned(),
                    })
                };
                items.iter().map(name).collect()
            }
            "collection" => {
                let facts = workspace.facts(ItemId(0))?;
                let names: HashMap<_, _> = workspace.collections()?.into_iter().map(|c| (c.id, c.name)).collect();
                let name = |item: &ItemId| facts.get(item.0 as usize).and_then(|(.., id)| names.get(id).cloned());
                items.iter().map(name).collect()
            }
            "file" => {
                let names = workspace.names()?;
                items.iter().map(|item| names.get(item.0 as usize).cloned()).collect()
            }
            _ => {
                let column = by.strip_prefix("column:").ok_or_else(|| {
                    Error::Request(format!("“{by}” is not cluster, kind, file, collection or column:NAME"))
                })?;
                let values: HashMap<ItemId, String> = workspace.values(column)?.into_iter().collect();
                items.iter().map(|item| values.get(item).cloned()).collect()
            }
        };
        Ok(classes(&labels))
    }
}

fn classes(labels: &[Option<String>]) -> Colours {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for label in labels.iter().flatten() {
        *counts.entry(label).or_default() += 1;
    }
    let mut order: Vec<(&str, usize)> = counts.into_iter().collect();
    order.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let rest = order.len() > MOST_CLASSES;
    let place: HashMap<&str, u16> =
        order.iter().enumerate().map(|(place, &(label, _))| (label, place.min(MOST_CLASSES) as u16)).collect();
    let class = |label: &Option<String>| label.as_deref().and_then(|l| place.get(l)).copied().unwrap_or(NO_CLASS);
    let class_of_row = labels.iter().map(class).collect();
    let others = &order[order.len().min(MOST_CLASSES)..];
    let mut classes: Vec<Class> =
        order.iter().take(MOST_CLASSES).map(|&(label, count)| Class { label: label.to_owned(), count }).collect();
    if rest {
        let count = others.iter().map(|(_, count)| count).sum();
        classes.push(Class { label: format!("{} more", others.len()), count });
    }
    Colours { classes, rest, class_of_row }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_classes_come_first_and_the_rest_is_one() {
        let mut labels: Vec<Option<String>> = (0..14).map(|n| Some(format!("{n:02}"))).collect();
        labels.extend([Some("13".into()), None]);
        let colours = classes(&labels);
        assert_eq!(colours.classes[0], Class { label: "13".into(), count: 2 });
        assert_eq!(colours.classes[12], Class { label: "2 more".into(), count: 2 });
        assert_eq!((colours.class_of_row[13], colours.class_of_row[12], colours.class_of_row[15]), (0, 12, NO_CLASS));
        assert!(colours.rest);
        assert!(!classes(&labels[..12]).rest);
    }
}
