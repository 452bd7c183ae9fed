//! What is known of items under a name: `text`, `kind`, `file`, `collection`, `tag`, `cluster` or `column:NAME`.
//!
//! A field gives every item a label or none. Deliberately absent: what is made of labels (`colours`, `listing`,
//! `special`), and numbers read from them (`amounts`).

use std::collections::HashMap;

use embedscope_models::Kind;
use embedscope_workspace::{ItemFacts, ItemId, Workspace};

use crate::items::kind_of;
use crate::sets::LiveSet;
use crate::{Engine, Error};

/// Letters of a text that decide its place in an order.
const SORTED_LETTERS: u32 = 60;

impl Engine {
    /// The label of each of some items. Clusters are those of a set; where none is named no item has one.
    pub(crate) fn labels(
        &self,
        items: &[ItemId],
        by: &str,
        set: Option<&LiveSet>,
    ) -> Result<Vec<Option<String>>, Error> {
        let workspace = &self.inner.workspace;
        let of = |mut labels: HashMap<ItemId, String>| items.iter().map(|item| labels.remove(item)).collect();
        match by {
            "cluster" => Ok(set.map_or_else(|| vec![None; items.len()], |set| clusters(set, items))),
            "kind" => {
                let facts = facts_by_item(workspace)?;
                let name = |item: &ItemId| {
                    facts.get(item).map(|facts| match kind_of(facts.kind) {
                        Kind::Text => "Texts".to_owned(),
                        Kind::Image => "Pictures".to_owned(),
                    })
                };
                Ok(items.iter().map(name).collect())
            }
            "collection" => {
                let facts = facts_by_item(workspace)?;
                let names: HashMap<_, _> = workspace.collections()?.into_iter().map(|c| (c.id, c.name)).collect();
                Ok(items.iter().map(|item| names.get(&facts.get(item)?.collection).cloned()).collect())
            }
            "file" => Ok(of(workspace.names()?.into_iter().collect())),
            "tag" => Ok(of(tags(workspace)?)),
            "text" => {
                let mut labels: HashMap<ItemId, String> = HashMap::new();
                let names: HashMap<ItemId, String> = workspace.names()?.into_iter().collect();
                for (item, beginning) in workspace.beginnings(SORTED_LETTERS)? {
                    let words = beginning.filter(|words| !words.trim().is_empty()).or_else(|| {
                        names.get(&item).map(|name| name.rsplit('/').next().unwrap_or_default().to_owned())
                    });
                    labels.extend(words.map(|words| (item, words.trim_start().to_lowercase())));
                }
                Ok(of(labels))
            }
            _ => {
                let column = by.strip_prefix("column:").ok_or_else(|| {
                    Error::Request(format!("“{by}” is not cluster, kind, file, collection, tag or column:NAME"))
                })?;
                Ok(of(workspace.values(column)?.into_iter().collect()))
            }
        }
    }
}

fn clusters(set: &LiveSet, items: &[ItemId]) -> Vec<Option<String>> {
    let Some(clustering) = set.clustering() else { return vec![None; items.len()] };
    let shown = set.items();
    let name = |row: usize| clustering.names.get(usize::try_from(*clustering.labels.get(row)?).ok()?).cloned();
    if shown == items {
        return (0..items.len()).map(name).collect();
    }
    let rows: HashMap<ItemId, usize> = shown.into_iter().zip(0..).collect();
    items.iter().map(|item| name(*rows.get(item)?)).collect()
}

/// All tags of every item that has one, in one label.
fn tags(workspace: &Workspace) -> Result<HashMap<ItemId, String>, Error> {
    let mut labels: HashMap<ItemId, String> = HashMap::new();
    for tag in workspace.tags()? {
        for item in workspace.tagged(&tag.name)? {
            let label = labels.entry(item).or_default();
            if !label.is_empty() {
                label.push_str(", ");
            }
            label.push_str(&tag.name);
        }
    }
    Ok(labels)
}

fn facts_by_item(workspace: &Workspace) -> Result<HashMap<ItemId, ItemFacts>, Error> {
    Ok(workspace.facts(ItemId(0))?.into_iter().map(|facts| (facts.id, facts)).collect())
}
