//! Items as people see them: a title, a place in words, a thumbnail.
//!
//! Deliberately absent: layout and markup.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use embedscope_models::Kind;
use embedscope_sources::{Limits, picture};
use embedscope_workspace::{ItemId, ItemKind, StoredItem};

use crate::{Engine, Error};

/// What a card or a row says of an item.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Card {
    /// The item.
    #[serde(serialize_with = "as_number")]
    pub id: ItemId,
    /// Text or picture.
    pub kind: Kind,
    /// The first words, or the picture's file name.
    pub title: String,
    /// The text, whole; a picture's is its caption, often empty.
    pub text: String,
    /// The file's name below the dropped folder.
    pub file: String,
    /// Where in the file, in words: "page 3, part 2 of 5"; empty for a whole file.
    pub place: String,
    /// Whether its original has vanished, or no longer holds it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// The tags that are on it, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Everything else that is known of it.
    pub metadata: BTreeMap<String, String>,
}

impl Card {
    /// What it goes by where it stands alone: a picture with a caption by the first words of that, others by their titles.
    pub fn name(&self) -> String {
        match self.kind {
            Kind::Image if !self.text.trim().is_empty() => first_words(&self.text),
            _ => self.title.clone(),
        }
    }
}

const TITLE_LETTERS: usize = 80;

impl Engine {
    /// One item.
    pub fn card(&self, item: ItemId) -> Result<Card, Error> {
        self.tagged_card(self.inner.workspace.item(item)?)
    }

    /// Some items, in the order asked for.
    pub fn cards(&self, items: &[ItemId]) -> Result<Vec<Card>, Error> {
        self.inner.workspace.items(items)?.into_iter().map(|item| self.tagged_card(item)).collect()
    }

    fn tagged_card(&self, item: StoredItem) -> Result<Card, Error> {
        let tags = self.inner.workspace.tags_of(item.id)?;
        Ok(Card { tags, ..card(item) })
    }

    /// Hands over every item without its tags, in order of arrival.
    pub fn each_card(&self, mut each: impl FnMut(Card)) -> Result<(), Error> {
        Ok(self.inner.workspace.each(ItemId(0), |item| each(card(item)))?)
    }

    /// The user's file an item came from; of one inside an archive or a sheet, that. Fails where it is not there.
    pub fn source(&self, item: ItemId) -> Result<PathBuf, Error> {
        let origin = self.inner.workspace.item(item)?.item.origin.file;
        let there = origin.ancestors().find(|path| path.is_file()).map(Path::to_owned);
        there.ok_or(Error::NotFound { what: "original of item", id: item.0 })
    }

    /// A small picture of an item, encoded, its longer side at most `size_px`; fails for texts and lost files.
    pub fn thumbnail(&self, item: ItemId, size_px: u32) -> Result<Vec<u8>, Error> {
        let stored = self.inner.workspace.item(item)?;
        if stored.item.kind != ItemKind::Image {
            return Err(Error::Request(format!("item {} is not a picture", item.0)));
        }
        let file = &stored.item.origin.file;
        let picture = picture::load(file, &Limits::default()).map_err(Error::file(file))?;
        Ok(picture::thumbnail(&picture, size_px))
    }
}

pub(crate) fn kind_of(kind: ItemKind) -> Kind {
    match kind {
        ItemKind::Text => Kind::Text,
        ItemKind::Image => Kind::Image,
    }
}

fn card(stored: StoredItem) -> Card {
    let (kind, gone, item) = (kind_of(stored.item.kind), stored.gone, stored.item);
    let text = item.text.unwrap_or_default();
    let file_name = item.origin.name.rsplit('/').next().unwrap_or_default();
    let title = match kind {
        Kind::Text => first_words(&text),
        Kind::Image => file_name.to_owned(),
    };
    let mut place = Vec::new();
    place.extend(item.origin.page.map(|page| format!("page {page}")));
    place.extend(item.origin.row.map(|row| format!("row {row}")));
    place.extend(item.origin.chunk.map(|(part, parts)| format!("part {} of {parts}", part + 1)));
    let (file, place) = (item.origin.name, place.join(", "));
    Card { id: stored.id, kind, title, text, file, place, gone, tags: Vec::new(), metadata: item.metadata }
}

/// The first line of a text, cut between words where it is long.
fn first_words(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if line.chars().count() <= TITLE_LETTERS {
        return line.to_owned();
    }
    let cut: String = line.chars().take(TITLE_LETTERS).collect();
    let whole = cut.rfind(char::is_whitespace).filter(|&end| end > TITLE_LETTERS / 2).unwrap_or(cut.len());
    format!("{}…", cut[..whole].trim_end_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation()))
}

fn as_number<S: serde::Serializer>(id: &ItemId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u32(id.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_goes_by_what_is_said_of_it() {
        let card = |kind, text: &str| Card {
            id: ItemId(0),
            kind,
            title: "0001.jpg".into(),
            text: text.into(),
            file: "0001.jpg".into(),
            place: String::new(),
            gone: false,
            tags: Vec::new(),
            metadata: BTreeMap::new(),
        };
        assert_eq!(card(Kind::Image, "A red boat\nThe same boat").name(), "A red boat");
        assert_eq!(card(Kind::Image, " ").name(), "0001.jpg");
        assert_eq!(card(Kind::Text, "A boat").name(), "0001.jpg");
    }

    #[test]
    fn titles_end_between_words() {
        assert_eq!(first_words("\n  Short.\nMore"), "Short.");
        let long = "a sentence that is, by any measure, rather too long for a title and therefore has to end somewhere";
        let title = first_words(long);
        assert!(title.ends_with('…') && title.chars().count() <= TITLE_LETTERS + 1, "{title}");
        assert!(long.starts_with(title.trim_end_matches('…')));
        assert_eq!(first_words(&"字".repeat(200)).chars().count(), TITLE_LETTERS + 1);
    }
}
