//! Other XML, such as news feeds: the texts of the elements, one line each; markup inside a text is read as a web page.
//!
//! Deliberately absent: the meaning of elements, attributes, and everything outside the file.

use std::io::BufReader;

use super::html;
use super::outlet::{Metadata, Outlet};
use crate::prose::Prose;
use crate::xml::{Part, each};
use crate::{Limits, Reason};

pub(super) fn read(bytes: &[u8], limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let mut texts = Texts::default();
    each(&mut BufReader::new(bytes), limits, |part| {
        match part {
            Part::Open(..) => {
                texts.end();
                texts.is_next = texts.has_closed;
            }
            Part::Close(_) => {
                texts.end();
                texts.has_closed = true;
            }
            Part::Text(text) => texts.text.push_str(text),
        }
        Ok(())
    })?;
    outlet.document(&texts.prose, &Metadata::new())
}

#[derive(Default)]
struct Texts {
    prose: Prose,
    /// The text since the last tag.
    text: String,
    /// Whether an element has ended since the last text, and another begun after it: then the next text stands apart,
    /// while the words around `<b>` stay together.
    has_closed: bool,
    is_next: bool,
}

impl Texts {
    fn end(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            self.prose.flow(&text);
            return;
        }
        if std::mem::take(&mut self.is_next) {
            self.prose.line();
        }
        self.has_closed = false;
        if text.contains('<') {
            self.prose.append(&html::prose(&text).0);
            self.prose.block();
        } else {
            self.prose.flow(&text);
        }
    }
}
