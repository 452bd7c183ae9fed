//! Items and the collections they came in: written once, read by id.
//!
//! Deliberately absent: vectors, and what to do when an original has moved.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::{ContentHash, Error, Workspace, texts};

/// An item's id, in order of arrival from 0; never used twice in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub u32);

/// A collection's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollectionId(pub u32);

/// What an item is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// Words.
    Text,
    /// A picture.
    Image,
}

/// The place an item came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// The original file.
    pub file: PathBuf,
    /// The file's name as people are shown it.
    pub name: String,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Row of a table, from 1.
    pub row: Option<u64>,
    /// Which chunk, from 0, and of how many.
    pub chunk: Option<(u32, u32)>,
    /// Bytes from the start of the document's text.
    pub offset: u64,
}

/// An item to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct NewItem {
    /// What came together with it.
    pub collection: CollectionId,
    /// What it is made of.
    pub kind: ItemKind,
    /// Its words; a picture may have a caption.
    pub text: Option<String>,
    /// Columns and rows of a picture.
    pub size_px: Option<(u32, u32)>,
    /// Where it came from.
    pub origin: Origin,
    /// Of its content; equal contents share their vectors.
    pub hash: ContentHash,
    /// Everything else that is known of it.
    pub metadata: BTreeMap<String, String>,
}

/// An item that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredItem {
    /// Its id.
    pub id: ItemId,
    /// What was kept of it.
    pub item: NewItem,
    /// Whether its original has vanished, or no longer holds it.
    pub gone: bool,
}

/// What became of an item that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It was not there before.
    New,
    /// It was there, at this place.
    Known,
    /// It was there, and its original had vanished from another place.
    Moved,
}

/// What is known of every item without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemFacts {
    /// Its id.
    pub id: ItemId,
    /// What it is made of.
    pub kind: ItemKind,
    /// Of its content.
    pub hash: ContentHash,
    /// What came together with it.
    pub collection: CollectionId,
}

/// Items that came together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Its id.
    pub id: CollectionId,
    /// Its name.
    pub name: String,
    /// Texts in it.
    pub texts: u32,
    /// Pictures in it.
    pub images: u32,
}

/// Gives a known item the words and metadata it has now.
fn tell_anew(work: &Transaction<'_>, id: u32, item: &NewItem, metadata: &str) -> Result<(), Error> {
    work.prepare_cached(
        "UPDATE columns SET items = items - 1
         WHERE name IN (SELECT key FROM items i, json_each(i.metadata) WHERE i.id = ?1)",
    )?
    .execute([id])?;
    work.prepare_cached("UPDATE items SET text = ?2, metadata = ?3 WHERE id = ?1")?
        .execute(params![id, item.text, metadata])?;
    for name in item.metadata.keys() {
        work.prepare_cached(COUNT_COLUMN)?.execute([name])?;
    }
    work.execute("DELETE FROM columns WHERE items <= 0", [])?;
    work.prepare_cached("DELETE FROM texts WHERE rowid = ?1")?.execute([id])?;
    item.text.as_ref().map_or(Ok(()), |text| Ok(texts::add(work, id, text)?))
}

const COUNT_COLUMN: &str =
    "INSERT INTO columns (name, items) VALUES (?1, 1) ON CONFLICT (name) DO UPDATE SET items = items + 1";
const FIELDS: &str =
    "id, collection, kind, text, width, height, file, name, page, line, part, parts, offset, hash, metadata";
/// The setting that keeps ids of forgotten items from being used again.
pub(crate) const NEXT_ITEM: &str = "next_item";
const PAGE: u32 = 1000;

impl Workspace {
    /// The collection of this name, made where there is none.
    pub fn add_collection(&self, name: &str) -> Result<CollectionId, Error> {
        let index = self.index_to_change()?;
        self.items_change(&index);
        index.execute("INSERT OR IGNORE INTO collections (name) VALUES (?1)", [name])?;
        Ok(CollectionId(index.query_row("SELECT id FROM collections WHERE name = ?1", [name], |row| row.get(0))?))
    }

    /// Every collection, in order of arrival, with how much it holds.
    pub fn collections(&self) -> Result<Vec<Collection>, Error> {
        let index = self.index();
        let mut counted = self.counted();
        // The second tells of another program that writes while this one only reads.
        let now = (self.items_generation(), index.pragma_query_value(None, "data_version", |row| row.get(0))?);
        if let Some((_, collections)) = counted.as_ref().filter(|(at, _)| *at == now) {
            return Ok(collections.clone());
        }
        let mut statement = index.prepare_cached(
            "SELECT c.id, c.name, COALESCE(SUM((i.kind = 0) * i.items), 0), COALESCE(SUM((i.kind = 1) * i.items), 0)
             FROM collections c
             LEFT JOIN (SELECT collection, kind, COUNT(*) AS items FROM items GROUP BY collection, kind) i
                ON i.collection = c.id
             GROUP BY c.id ORDER BY c.id",
        )?;
        let read = |row: &Row<'_>| {
            Ok(Collection { id: CollectionId(row.get(0)?), name: row.get(1)?, texts: row.get(2)?, images: row.get(3)? })
        };
        let collections: Vec<Collection> = statement.query_map([], read)?.collect::<Result<_, _>>()?;
        *counted = Some((now, collections.clone()));
        Ok(collections)
    }

    /// Keeps items, all or none. One with the content, name and place of an item already kept is not added twice: the
    /// known one is said to come from where it was found now, with the words and metadata it has there now: captions and the
    /// other columns of a table change without the content. A picture that comes without its caption keeps what was said of it. So is one of equal content whose original has vanished.
    pub fn add_items(&self, items: &[NewItem]) -> Result<Vec<(ItemId, Arrival)>, Error> {
        let index = self.index_to_change()?;
        self.items_change(&index);
        let work = index.unchecked_transaction()?;
        let mut next: u32 = work.query_row(
            "SELECT MAX((SELECT COALESCE(MAX(id) + 1, 0) FROM items),
                        COALESCE((SELECT CAST(value AS INTEGER) FROM settings WHERE name = ?1), 0))",
            [NEXT_ITEM],
            |row| row.get(0),
        )?;
        let mut ids = Vec::with_capacity(items.len());
        {
            let mut find = work.prepare_cached(
                "SELECT id, gone OR file <> ?6, ?7 IS NOT NULL AND (text IS NOT ?7 OR metadata <> ?8) FROM items WHERE hash = ?1 AND name = ?2
                 AND IFNULL(page, -1) = ?3 AND IFNULL(line, -1) = ?4 AND IFNULL(part, -1) = ?5",
            )?;
            let mut find_moved = work.prepare_cached(
                "SELECT id FROM items WHERE hash = ?1 AND gone
                 AND IFNULL(page, -1) = ?2 AND IFNULL(line, -1) = ?3 AND IFNULL(part, -1) = ?4 ORDER BY id LIMIT 1",
            )?;
            let mut place_anew =
                work.prepare_cached("UPDATE items SET file = ?2, name = ?3, gone = 0 WHERE id = ?1")?;
            let mut insert = work.prepare_cached(&format!(
                "INSERT INTO items ({FIELDS}) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)"
            ))?;
            let mut column = work.prepare_cached(COUNT_COLUMN)?;
            for item in items {
                let origin = &item.origin;
                let file = path_to_bytes(&origin.file);
                let (page, line) = (origin.page.map(i64::from), origin.row.map(u64::cast_signed));
                let part = origin.chunk.map(|(part, _)| i64::from(part));
                let (at_page, at_line, at_part) = (page.unwrap_or(-1), line.unwrap_or(-1), part.unwrap_or(-1));
                let metadata = serde_json::json!(item.metadata).to_string();
                let read = |row: &Row<'_>| Ok((row.get::<_, u32>(0)?, row.get::<_, bool>(1)?, row.get::<_, bool>(2)?));
                let here = params![item.hash, origin.name, at_page, at_line, at_part, file, item.text, metadata];
                if let Some((known, is_elsewhere, says_more)) = find.query_row(here, read).optional()? {
                    if is_elsewhere {
                        place_anew.execute(params![known, file, origin.name])?;
                    }
                    if says_more {
                        tell_anew(&work, known, item, &metadata)?;
                    }
                    ids.push((ItemId(known), Arrival::Known));
                    continue;
                }
                let anywhere = params![item.hash, at_page, at_line, at_part];
                if let Some(moved) = find_moved.query_row(anywhere, |row| row.get(0)).optional()? {
                    place_anew.execute(params![moved, file, origin.name])?;
                    ids.push((ItemId(moved), Arrival::Moved));
                    continue;
                }
                insert.execute(params![
                    next,
                    item.collection.0,
                    item.kind as u8,
                    item.text,
                    item.size_px.map(|(width, _)| width),
                    item.size_px.map(|(_, height)| height),
                    file,
                    origin.name,
                    page,
                    line,
                    part,
                    origin.chunk.map(|(_, parts)| parts),
                    origin.offset.cast_signed(),
                    item.hash,
                    metadata,
                ])?;
                for name in item.metadata.keys() {
                    column.execute([name])?;
                }
                if let Some(text) = &item.text {
                    texts::add(&work, next, text)?;
                }
                ids.push((ItemId(next), Arrival::New));
                next += 1;
            }
        }
        work.commit()?;
        Ok(ids)
    }

    /// How many items there are.
    pub fn count(&self) -> Result<u32, Error> {
        Ok(self.collections()?.iter().map(|collection| collection.texts + collection.images).sum())
    }

    /// One item.
    pub fn item(&self, id: ItemId) -> Result<StoredItem, Error> {
        self.items(&[id])?.pop().ok_or(Error::NotFound { what: "item", id: id.0 })
    }

    /// Some items, in the order asked for; fails when one is not there.
    pub fn items(&self, ids: &[ItemId]) -> Result<Vec<StoredItem>, Error> {
        let index = self.index();
        let mut statement = index.prepare_cached(&format!("SELECT {FIELDS}, gone FROM items WHERE id = ?1"))?;
        ids.iter()
            .map(|&id| {
                let found = statement.query_row([id.0], read_item).optional()?;
                found.ok_or(Error::NotFound { what: "item", id: id.0 })
            })
            .collect()
    }

    /// Hands over every item from `first` on, in order of arrival; `each` may itself use the workspace.
    pub fn each(&self, first: ItemId, mut each: impl FnMut(StoredItem)) -> Result<(), Error> {
        let mut next = first.0;
        loop {
            let page: Vec<StoredItem> = {
                let index = self.index();
                let mut statement = index
                    .prepare_cached(&format!("SELECT {FIELDS}, gone FROM items WHERE id >= ?1 ORDER BY id LIMIT ?2"))?;
                statement.query_map([next, PAGE], read_item)?.collect::<Result<_, _>>()?
            };
            let Some(last) = page.last() else { return Ok(()) };
            next = last.id.0 + 1;
            page.into_iter().for_each(&mut each);
        }
    }

    /// What is known of every item from `first` on, in order of arrival.
    pub fn facts(&self, first: ItemId) -> Result<Vec<ItemFacts>, Error> {
        let index = self.index();
        let mut statement =
            index.prepare_cached("SELECT id, kind, hash, collection FROM items WHERE id >= ?1 ORDER BY id")?;
        let read = |row: &Row<'_>| {
            let (id, collection) = (ItemId(row.get(0)?), CollectionId(row.get(3)?));
            Ok(ItemFacts { id, kind: kind(row.get(1)?), hash: row.get(2)?, collection })
        };
        Ok(statement.query_map([first.0], read)?.collect::<Result<_, _>>()?)
    }

    /// The metadata columns, those that most items have first.
    pub fn columns(&self) -> Result<Vec<String>, Error> {
        let index = self.index();
        let mut statement = index.prepare_cached("SELECT name FROM columns ORDER BY items DESC, name")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// One metadata column: those of some ids that have it, in order of arrival, and their values.
    pub fn values(&self, column: &str, among: &Range<ItemId>) -> Result<Vec<(ItemId, String)>, Error> {
        let index = self.index();
        let mut statement = index.prepare_cached(
            "SELECT i.id, m.value FROM items i, json_each(i.metadata) m
             WHERE i.id >= ?2 AND i.id < ?3 AND m.key = ?1 ORDER BY i.id",
        )?;
        let asked = params![column, among.start.0, among.end.0];
        Ok(statement.query_map(asked, |row| Ok((ItemId(row.get(0)?), row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// Every item's id, in order of arrival.
    pub fn ids(&self) -> Result<Vec<ItemId>, Error> {
        let index = self.index();
        let (count, end): (u32, u32) =
            index.query_row("SELECT COUNT(*), COALESCE(MAX(id) + 1, 0) FROM items", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        if count == end {
            // Nothing was forgotten yet: a million ids need not be read.
            return Ok((0..end).map(ItemId).collect());
        }
        let mut statement = index.prepare_cached("SELECT id FROM items ORDER BY id")?;
        Ok(statement.query_map([], |row| Ok(ItemId(row.get(0)?)))?.collect::<Result<_, _>>()?)
    }

    /// The first letters of the words of some ids, in order of arrival; nothing where an item has none.
    pub fn beginnings(&self, letters: u32, among: &Range<ItemId>) -> Result<Vec<(ItemId, Option<String>)>, Error> {
        let index = self.index();
        let mut statement =
            index.prepare_cached("SELECT id, substr(text, 1, ?1) FROM items WHERE id >= ?2 AND id < ?3 ORDER BY id")?;
        let asked = [letters, among.start.0, among.end.0];
        Ok(statement.query_map(asked, |row| Ok((ItemId(row.get(0)?), row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// The name of the file that each of some ids came from, in order of arrival.
    pub fn names(&self, among: &Range<ItemId>) -> Result<Vec<(ItemId, String)>, Error> {
        let index = self.index();
        let mut statement =
            index.prepare_cached("SELECT id, name FROM items WHERE id >= ?1 AND id < ?2 ORDER BY id")?;
        let asked = [among.start.0, among.end.0];
        Ok(statement.query_map(asked, |row| Ok((ItemId(row.get(0)?), row.get(1)?)))?.collect::<Result<_, _>>()?)
    }
}

fn read_item(row: &Row<'_>) -> rusqlite::Result<StoredItem> {
    let metadata: String = row.get(14)?;
    Ok(StoredItem {
        id: ItemId(row.get(0)?),
        item: NewItem {
            collection: CollectionId(row.get(1)?),
            kind: kind(row.get(2)?),
            text: row.get(3)?,
            size_px: row.get::<_, Option<u32>>(4)?.zip(row.get(5)?),
            origin: Origin {
                file: path_from_bytes(row.get(6)?),
                name: row.get(7)?,
                page: row.get(8)?,
                row: row.get::<_, Option<i64>>(9)?.map(i64::cast_unsigned),
                chunk: row.get::<_, Option<u32>>(10)?.zip(row.get(11)?),
                offset: row.get::<_, i64>(12)?.cast_unsigned(),
            },
            hash: row.get(13)?,
            metadata: serde_json::from_str(&metadata).unwrap_or_default(),
        },
        gone: row.get(15)?,
    })
}

fn kind(stored: u8) -> ItemKind {
    if stored == ItemKind::Image as u8 { ItemKind::Image } else { ItemKind::Text }
}

// Names of files need not be text; on Unix their bytes are kept as they are.
#[cfg(unix)]
pub(crate) fn path_to_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(unix)]
pub(crate) fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
pub(crate) fn path_to_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
pub(crate) fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A text with a hash of its own.
    pub(crate) fn text(collection: CollectionId, name: &str, words: &str, chunk: Option<(u32, u32)>) -> NewItem {
        NewItem {
            collection,
            kind: ItemKind::Text,
            text: Some(words.into()),
            size_px: None,
            origin: Origin { file: PathBuf::from("/x").join(name), name: name.into(), chunk, ..Origin::default() },
            hash: *blake3::hash(words.as_bytes()).as_bytes(),
            metadata: BTreeMap::from([("topic".into(), words.chars().take(1).collect())]),
        }
    }

    #[test]
    fn items_come_back_as_they_were() {
        let workspace = Workspace::temporary().expect("opens");
        let collection = workspace.add_collection("letters").expect("made");
        let picture = NewItem {
            kind: ItemKind::Image,
            text: None,
            size_px: Some((3, 4)),
            origin: Origin { page: Some(2), row: Some(u64::MAX), ..Origin::default() },
            ..text(collection, "p.png", "p", None)
        };
        let items = [text(collection, "a.txt", "alpha", Some((1, 2))), picture];
        assert_eq!(workspace.add_items(&items).expect("added"), [(ItemId(0), Arrival::New), (ItemId(1), Arrival::New)]);
        let mut back = Vec::new();
        workspace.each(ItemId(0), |item| back.push(item.item)).expect("read");
        assert_eq!(back, items);
        assert_eq!(workspace.items(&[ItemId(1), ItemId(0)]).expect("there")[0].item, items[1]);
        assert!(matches!(workspace.item(ItemId(2)), Err(Error::NotFound { id: 2, .. })));
        let found = workspace.collections().expect("there");
        assert_eq!((found[0].texts, found[0].images), (1, 1));
    }

    #[test]
    fn the_same_item_is_kept_once() {
        let workspace = Workspace::temporary().expect("opens");
        let collection = workspace.add_collection("letters").expect("made");
        assert_eq!(workspace.add_collection("letters").expect("the same"), collection);
        let item = text(collection, "a.txt", "alpha", None);
        let elsewhere = text(collection, "a.txt", "alpha", Some((0, 2)));
        let ids = workspace.add_items(&[item.clone(), item.clone(), elsewhere]).expect("added");
        assert_eq!(ids, [(ItemId(0), Arrival::New), (ItemId(0), Arrival::Known), (ItemId(1), Arrival::New)]);
        assert_eq!(workspace.add_items(&[item]).expect("known"), [(ItemId(0), Arrival::Known)]);
        assert_eq!(workspace.count().expect("counted"), 2);
    }

    #[test]
    fn columns_and_their_values() {
        let workspace = Workspace::temporary().expect("opens");
        let collection = workspace.add_collection("letters").expect("made");
        let mut second = text(collection, "b", "beta", None);
        second.metadata.insert("it's \"odd\".$".into(), "yes".into());
        workspace.add_items(&[text(collection, "a", "alpha", None), second]).expect("added");
        assert_eq!(workspace.columns().expect("read"), ["topic", "it's \"odd\".$"]);
        assert_eq!(
            workspace.values("it's \"odd\".$", &(ItemId(0)..ItemId(9))).expect("read"),
            [(ItemId(1), "yes".to_owned())]
        );
    }
}
