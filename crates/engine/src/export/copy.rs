//! Items as text for the clipboard: their words, or the table that an export to CSV writes.
//!
//! Deliberately absent: the clipboard.

use std::collections::BTreeSet;
use std::path::Path;

use embedscope_space::{Cancel, UNWATCHED};
use embedscope_workspace::ItemId;

use super::sheet::{Sheet, Watch};
use super::table;
use crate::{Engine, Error};

/// More items are for a file, not for a clipboard.
const MOST_COPIED: usize = 100_000;

/// As what items are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyAs {
    /// Their texts, a line apart; of a picture its title.
    Text,
    /// A table with everything that is known of them but their vectors.
    Csv,
}

impl Engine {
    /// Items in this order, as text. Fails for more than a clipboard should hold, and for items that are not there.
    pub fn copied(&self, items: &[ItemId], copy_as: CopyAs) -> Result<String, Error> {
        if items.len() > MOST_COPIED {
            return Err(Error::Request(format!(
                "{} items are too many for the clipboard; export them to a file",
                items.len()
            )));
        }
        let cancel = Cancel::default();
        let mut sheet = Sheet::of_items(self, items, Watch { progress: UNWATCHED, cancel: &cancel })?;
        match copy_as {
            CopyAs::Text => {
                let mut texts = Vec::with_capacity(items.len());
                sheet.each(&mut |_, card| {
                    texts.push(if card.text.is_empty() { card.title } else { card.text });
                    Ok(())
                })?;
                Ok(texts.join("\n"))
            }
            CopyAs::Csv => {
                let mut columns = BTreeSet::new();
                sheet.each(&mut |_, card| {
                    columns.extend(card.metadata.into_keys());
                    Ok(())
                })?;
                sheet.columns = columns.into_iter().collect();
                let mut bytes = Vec::new();
                table::write_csv_to(&sheet, &mut bytes, Path::new("the clipboard"))?;
                String::from_utf8(bytes).map_err(|error| Error::Fault(error.to_string()))
            }
        }
    }
}
