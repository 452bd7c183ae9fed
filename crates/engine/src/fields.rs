//! What is known of items under a name: `text`, `kind`, `file`, `collection`, `tag`, `cluster` or `column:NAME`.
//!
//! A field gives every item a value or none, as a column. Deliberately absent: what is made of columns (`colours`,
//! `listing`, `special`) and keeping them (`columns`).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use embedscope_models::Kind;
use embedscope_workspace::ItemId;

use crate::columns::{Coding, Column, Items};
use crate::items::kind_of;
use crate::sets::LiveSet;
use crate::{Engine, Error};

/// Letters of a text that decide its place in an order.
const SORTED_LETTERS: u32 = 60;
/// Items that are read at once: others who want to read wait no longer.
const PAGE: usize = 20_000;
/// The field of pictures without words, and texts without any, which are found by their file's name.
const SILENT: &str = "silent";

impl Engine {
    /// Every item, in order of arrival.
    pub(crate) fn all_items(&self) -> Result<Arc<Items>, Error> {
        let workspace = &self.inner.workspace;
        self.inner.columns.items(workspace.items_generation(), || Ok(Items::new(workspace.ids()?)))
    }

    /// A field of all items. Clusters are those of a set; where none is named no item has one.
    pub(crate) fn column(&self, field: &str, set: Option<&LiveSet>) -> Result<Arc<Column>, Error> {
        let workspace = &self.inner.workspace;
        let items = self.all_items()?;
        if field == "cluster" {
            return Ok(Arc::new(clusters(set, &items)));
        }
        let generation = match field {
            "tag" => workspace.tags_generation(),
            _ => workspace.items_generation(),
        };
        self.inner.columns.column(field, generation, || self.read_column(field, &items))
    }

    /// The file's name of every item that holds no words.
    pub(crate) fn silent(&self) -> Result<Arc<Column>, Error> {
        let items = self.all_items()?;
        let generation = self.inner.workspace.items_generation();
        self.inner.columns.column(SILENT, generation, || {
            let names = self.column("file", None)?;
            let mut coding = Coding::default();
            for (start, ids, among) in pages(&items) {
                let beginnings = self.inner.workspace.beginnings(1, &among)?;
                // What came or went since is told by the next reading.
                let silent = beginnings.into_iter().filter(|(_, text)| text.as_deref().unwrap_or_default().is_empty());
                let silent: Vec<ItemId> = silent.map(|(item, _)| item).collect();
                let name = |(at, id): (usize, &ItemId)| {
                    silent.binary_search(id).ok().and_then(|_| names.at(start + at)).map(str::to_owned)
                };
                ids.iter().enumerate().map(name).for_each(|name| coding.push(name.as_deref()));
            }
            Ok(coding.finish())
        })
    }

    /// The label of each of some items.
    pub(crate) fn labels(
        &self,
        items: &[ItemId],
        by: &str,
        set: Option<&LiveSet>,
    ) -> Result<Vec<Option<String>>, Error> {
        let (all, column) = (self.all_items()?, self.column(by, set)?);
        Ok(all.places(items).map(|place| column.at(place?).map(str::to_owned)).collect())
    }

    fn read_column(&self, field: &str, items: &Items) -> Result<Column, Error> {
        let workspace = &self.inner.workspace;
        let mut coding = Coding::default();
        match field {
            "kind" | "collection" => {
                let names: HashMap<_, _> = workspace.collections()?.into_iter().map(|c| (c.id, c.name)).collect();
                let facts = workspace.facts(ItemId(0))?.into_iter();
                let value = |facts: embedscope_workspace::ItemFacts| {
                    let name = match (field, kind_of(facts.kind)) {
                        ("kind", Kind::Text) => "Texts".to_owned(),
                        ("kind", Kind::Image) => "Pictures".to_owned(),
                        _ => names.get(&facts.collection)?.clone(),
                    };
                    Some((facts.id, name))
                };
                coding.extend(&items.ids, facts.filter_map(value));
            }
            "file" => {
                for (_, ids, among) in pages(items) {
                    coding.extend(ids, workspace.names(&among)?);
                }
            }
            "tag" => {
                // All tags of an item in one value.
                let mut tags: HashMap<ItemId, String> = HashMap::new();
                for tag in workspace.tags()? {
                    for item in workspace.tagged(&tag.name)? {
                        let label = tags.entry(item).or_default();
                        if !label.is_empty() {
                            label.push_str(", ");
                        }
                        label.push_str(&tag.name);
                    }
                }
                items.ids.iter().for_each(|item| coding.push(tags.get(item).map(String::as_str)));
            }
            "text" => {
                let names = self.column("file", None)?;
                for (start, ids, among) in pages(items) {
                    let mut beginnings = workspace.beginnings(SORTED_LETTERS, &among)?.into_iter().peekable();
                    for (at, id) in ids.iter().enumerate() {
                        while beginnings.next_if(|(item, _)| item < id).is_some() {}
                        let own = beginnings.next_if(|(item, _)| item == id).and_then(|(_, words)| words);
                        let words = own.filter(|words| !words.trim().is_empty());
                        let name = || names.at(start + at).and_then(|name| name.rsplit('/').next()).map(str::to_owned);
                        let value = words.or_else(name).map(|words| words.trim_start().to_lowercase());
                        coding.push(value.as_deref());
                    }
                }
            }
            _ => {
                let column = field.strip_prefix("column:").ok_or_else(|| {
                    Error::Request(format!("“{field}” is not cluster, kind, file, collection, tag or column:NAME"))
                })?;
                for (_, ids, among) in pages(items) {
                    coding.extend(ids, workspace.values(column, &among)?);
                }
            }
        }
        Ok(coding.finish())
    }
}

/// All items page by page: the place of the first, the page, and the range of ids it covers.
fn pages(items: &Items) -> impl Iterator<Item = (usize, &[ItemId], Range<ItemId>)> {
    items.ids.chunks(PAGE).enumerate().filter_map(|(page, ids)| {
        let among = *ids.first()?..ItemId(ids.last()?.0 + 1);
        Some((page * PAGE, ids, among))
    })
}

fn clusters(set: Option<&LiveSet>, items: &Items) -> Column {
    let mut labels = vec![None; items.ids.len()];
    let clustering = set.and_then(LiveSet::clustering);
    if let (Some(set), Some(clustering)) = (set, &clustering) {
        let shown = set.items();
        for (place, &label) in items.places(&shown).zip(&clustering.labels) {
            let name = usize::try_from(label).ok().and_then(|label| clustering.names.get(label));
            if let Some(place) = place {
                labels[place] = name.map(String::as_str);
            }
        }
    }
    let mut coding = Coding::default();
    labels.into_iter().for_each(|label| coding.push(label));
    coding.finish()
}
