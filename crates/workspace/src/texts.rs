//! The index of words over the items' texts, ready for search.
//!
//! Words are those of SQLite's `unicode61` tokenizer: letters, digits and marks, without case and accents. Where a script puts
//! no spaces between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese), every character stands alone in the index and
//! a run of them is looked for as a phrase: this finds exactly the texts that hold the run, however long, without a
//! dictionary. Deliberately absent: what a search makes of the scores, and texts themselves, which stay with the items.

use rusqlite::{Transaction, params};

use crate::{Error, ItemId, Workspace};

impl Workspace {
    /// The items that hold any of these words, with their BM25 score, the best (highest) first.
    pub fn find_texts(&self, words: &str, most: usize) -> Result<Vec<(ItemId, f64)>, Error> {
        let phrases = phrases(words);
        if phrases.is_empty() {
            return Ok(Vec::new());
        }
        let asked = phrases.join(" OR ");
        let index = self.index();
        let mut statement = index.prepare_cached(
            "SELECT rowid, -bm25(texts) FROM texts WHERE texts MATCH ?1 ORDER BY bm25(texts), rowid LIMIT ?2",
        )?;
        let found = statement.query_map(params![asked, most as i64], |row| Ok((ItemId(row.get(0)?), row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Workspace {
    /// The items that hold all of these words, the last of which may be the beginning of one, in order of arrival; None
    /// where there is no word to look for.
    pub fn texts_with(&self, words: &str) -> Result<Option<Vec<ItemId>>, Error> {
        let phrases = phrases(words);
        if phrases.is_empty() {
            return Ok(None);
        }
        let asked = format!("{}*", phrases.join(" AND "));
        let index = self.index();
        let mut statement = index.prepare_cached("SELECT rowid FROM texts WHERE texts MATCH ?1 ORDER BY rowid")?;
        let found = statement.query_map([asked], |row| Ok(ItemId(row.get(0)?)))?;
        Ok(Some(found.collect::<Result<_, _>>()?))
    }
}

/// Adds a text to the index.
pub(crate) fn add(work: &Transaction<'_>, item: u32, text: &str) -> rusqlite::Result<()> {
    work.prepare_cached("INSERT INTO texts (rowid, text) VALUES (?1, ?2)")?.execute(params![item, spaced(text)])?;
    Ok(())
}

/// Makes the index anew from the items.
pub(crate) fn rebuild(work: &Transaction<'_>) -> Result<(), Error> {
    work.execute_batch("INSERT INTO texts (texts) VALUES ('delete-all')")?;
    fill(work)
}

/// Fills an empty index from the items.
pub(crate) fn fill(work: &Transaction<'_>) -> Result<(), Error> {
    let mut items = work.prepare("SELECT id, text FROM items WHERE text IS NOT NULL ORDER BY id")?;
    let mut rows = items.query([])?;
    while let Some(row) = rows.next()? {
        add(work, row.get(0)?, row.get_ref(1)?.as_str().unwrap_or_default())?;
    }
    Ok(())
}

/// The text with spaces around every character of a script that has none.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for character in text.chars() {
        if is_spaceless(character) {
            spaced.extend([' ', character, ' ']);
        } else {
            spaced.push(character);
        }
    }
    spaced
}

/// The words as the index is asked for them.
fn phrases(words: &str) -> Vec<String> {
    let mut phrases: Vec<String> = Vec::new();
    for run in words.split(is_border) {
        let mut rest = run;
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|c| is_spaceless(c) != is_spaceless(first)).unwrap_or(rest.len());
            phrases.push(format!("\"{}\"", spaced(&rest[..end]).trim()));
            rest = &rest[end..];
        }
    }
    phrases
}

/// Spaces and punctuation. The tokenizer would see more borders inside a phrase; quotes must not get that far.
fn is_border(character: char) -> bool {
    character.is_whitespace()
        || character.is_ascii_punctuation()
        || matches!(u32::from(character), 0x2000..=0x206F | 0x3000..=0x3004 | 0x3008..=0x303F | 0xFF00..=0xFF0F | 0xFF1A..=0xFF20)
}

fn is_spaceless(character: char) -> bool {
    matches!(u32::from(character),
        0x0E00..=0x0EFF         // Thai, Lao
        | 0x1000..=0x109F       // Burmese
        | 0x1780..=0x17FF       // Khmer
        | 0x3005..=0x3007       // iteration marks and the ideographic zero
        | 0x3040..=0x30FF       // hiragana, katakana
        | 0x31F0..=0x31FF       // katakana extensions
        | 0x3400..=0x4DBF       // Han
        | 0x4E00..=0x9FFF
        | 0xF900..=0xFAFF
        | 0xFF66..=0xFF9D       // half-width katakana
        | 0x2_0000..=0x3_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::tests::text;

    #[test]
    fn words_are_found_in_many_scripts() {
        let workspace = Workspace::temporary().expect("opens");
        let collection = workspace.add_collection("letters").expect("made");
        let texts = [
            "The volcano erupted. Lava ran down the volcano.",
            "Ein Café in Zürich",
            "東京都に住んでいます",
            "京都の寺",
            "我们在北京学习中文",
            "ภาษาไทย",
            "Bread \"warm\" AND fresh",
            "मैं हिन्दी बोलता हूँ",
        ];
        let items: Vec<_> = texts.iter().map(|words| text(collection, words, words, None)).collect();
        workspace.add_items(&items).expect("added");
        let found = |words: &str| -> Vec<u32> {
            workspace.find_texts(words, 10).expect("searched").into_iter().map(|(item, _)| item.0).collect()
        };
        assert_eq!(found("VOLCANO"), [0]);
        assert_eq!(found("cafe zurich"), [1]);
        assert_eq!(found("東京"), [2]);
        assert_eq!(found("京都"), [3, 2], "both hold it; the shorter text is about it more");
        assert_eq!(found("中文"), [4]);
        assert_eq!(found("北"), [4]);
        assert_eq!(found("文中"), [] as [u32; 0]);
        assert_eq!(found("ไทย"), [5]);
        assert_eq!(found("हिन्दी"), [7]);
        assert_eq!(found("東京、寺"), [3, 2]);
        assert_eq!(found("\"warm\" AND (nothing* NEAR"), [6], "a query is words, never syntax");
        assert_eq!(found("…!"), [] as [u32; 0]);
        let all = |words: &str| -> Option<Vec<u32>> {
            Some(workspace.texts_with(words).expect("searched")?.into_iter().map(|item| item.0).collect())
        };
        assert_eq!(all("volcano lav"), Some(vec![0]));
        assert_eq!(all("volcano bread"), Some(vec![]), "all of them are asked for");
        assert_eq!(all("京都"), Some(vec![2, 3]));
        assert_eq!(all(" …"), None);
        let scores = workspace.find_texts("volcano bread", 10).expect("searched");
        assert!(scores.len() == 2 && scores[0].1 >= scores[1].1 && scores[1].1 > 0.0, "{scores:?}");
    }
}
