//! A text as it grows out of a document's elements: blocks, lines, and where the headings begin.
//!
//! Deliberately absent: fonts, links, lists' bullets; only what a model should read stays.

use serde::{Deserialize, Serialize};

/// The text of one document, page or row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Prose {
    text: String,
    headings: Vec<usize>,
    /// Line ends owed before the next text; owed, not written, so that nothing trails.
    breaks: usize,
    heading_next: bool,
}

impl Prose {
    /// A text without headings.
    pub(crate) fn plain(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Bytes at which headings begin, ascending.
    pub(crate) fn headings(&self) -> &[usize] {
        &self.headings
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The next text stands on its own, after an empty line.
    pub(crate) fn block(&mut self) {
        self.breaks = self.breaks.max(2);
    }

    /// The next text begins a line.
    pub(crate) fn line(&mut self) {
        self.breaks = self.breaks.max(1);
    }

    /// The next text begins a heading.
    pub(crate) fn heading(&mut self) {
        self.block();
        self.heading_next = true;
    }

    /// The next text begins a section, where it stands.
    pub(crate) fn section(&mut self) {
        self.heading_next = true;
    }

    /// Appends as it is.
    pub(crate) fn push(&mut self, text: &str) {
        if !text.is_empty() {
            self.settle();
            self.text.push_str(text);
        }
    }

    /// Appends with runs of white space made one space, none at the start of a line.
    pub(crate) fn flow(&mut self, text: &str) {
        for character in text.chars() {
            if !character.is_whitespace() || character == '\u{a0}' {
                self.settle();
                self.text.push(if character == '\u{a0}' { ' ' } else { character });
            } else if self.breaks == 0 && !self.text.is_empty() && !self.text.ends_with([' ', '\n', '\t']) {
                self.text.push(' ');
            }
        }
    }

    /// Separates two cells of a table's row.
    pub(crate) fn cell(&mut self) {
        if self.breaks == 0 && !self.text.is_empty() {
            self.trim_end();
            self.text.push('\t');
        }
    }

    /// Appends another text as a block of its own.
    pub(crate) fn append(&mut self, other: &Prose) {
        if other.is_blank() {
            return;
        }
        self.block();
        self.settle();
        let start = self.text.len();
        self.headings.extend(other.headings.iter().map(|at| start + at));
        self.text.push_str(&other.text);
    }

    fn settle(&mut self) {
        if self.breaks > 0 {
            self.trim_end();
            if !self.text.is_empty() {
                self.text.extend(std::iter::repeat_n('\n', self.breaks));
            }
            self.breaks = 0;
        }
        if std::mem::take(&mut self.heading_next) {
            self.headings.push(self.text.len());
        }
    }

    fn trim_end(&mut self) {
        let kept = self.text.trim_end().len();
        self.text.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_parted_and_headings_remembered() {
        let mut prose = Prose::default();
        prose.block();
        prose.flow("  one\n  two ");
        prose.heading();
        prose.flow("Head");
        prose.block();
        prose.push("a");
        prose.line();
        prose.push("b");
        assert_eq!(prose.text(), "one two\n\nHead\n\na\nb");
        assert_eq!(prose.headings(), [9]);
    }

    #[test]
    fn appended_headings_move_along() {
        let mut first = Prose::plain("intro".into());
        let mut second = Prose::default();
        second.heading();
        second.push("H");
        first.append(&second);
        first.append(&Prose::default());
        assert_eq!((first.text(), first.headings()), ("intro\n\nH", &[7][..]));
    }
}
