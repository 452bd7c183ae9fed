//! WordprocessingML to text, as a stream of elements; names count without their prefix, so strict and transitional
//! documents are the same.
//!
//! Deliberately absent: formatting.

use std::collections::HashSet;
use std::io::BufRead;

use quick_xml::events::BytesStart;

use crate::prose::Prose;
use crate::xml::{Part, attribute, each};
use crate::{Limits, Reason};

/// The text of `word/document.xml`; `headings` are the ids of the styles that headings have.
pub(super) fn prose(xml: &mut dyn BufRead, headings: &HashSet<String>, limits: &Limits) -> Result<Prose, Reason> {
    let mut body = Body::default();
    each(xml, limits, |part| {
        match part {
            Part::Open(name, element) => body.open(name, element, headings),
            Part::Close(name) => body.close(name),
            Part::Text(text) => body.text(text),
        }
        Ok(())
    })?;
    Ok(body.done)
}

/// Whether any paragraph of `word/document.xml` may have a style; of one that is not written in bytes as ASCII nothing is
/// known.
pub(super) fn names_styles(xml: &[u8]) -> bool {
    xml.contains(&0) || xml.windows(6).any(|window| window == b"pStyle")
}

/// The ids of heading styles in `word/styles.xml`: named so, or with a level in the outline.
pub(super) fn heading_styles(xml: &mut dyn BufRead, limits: &Limits) -> Result<HashSet<String>, Reason> {
    let (mut found, mut id) = (HashSet::new(), String::new());
    each(xml, limits, |part| {
        if let Part::Open(name, element) = part {
            match name {
                "style" => id = attribute(element, "styleId").unwrap_or_default(),
                "name" => {
                    let name = attribute(element, "val").unwrap_or_default().to_lowercase();
                    if name == "title" || name.starts_with("heading ") {
                        found.insert(id.clone());
                    }
                }
                "outlineLvl" if attribute(element, "val").is_some_and(|level| level != "9") => {
                    found.insert(id.clone());
                }
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok(found)
}

#[derive(Default)]
struct Body {
    done: Prose,
    /// Paragraphs not yet ended: a text box is a paragraph inside another.
    open: Vec<Paragraph>,
    /// Inside which elements that repeat or hide text we are.
    hidden: usize,
    in_text: bool,
    /// Open cells of tables; inside, paragraphs are parted by spaces and cells by tabs.
    cells: usize,
}

#[derive(Default)]
struct Paragraph {
    text: String,
    is_heading: bool,
}

impl Body {
    fn open(&mut self, name: &str, element: &BytesStart<'_>, headings: &HashSet<String>) {
        match name {
            // Fallback repeats what the choice before it says, for older programs.
            "Fallback" | "del" | "moveFrom" => self.hidden += 1,
            "p" => self.open.push(Paragraph::default()),
            "t" => self.in_text = true,
            "tab" if !self.open.is_empty() => self.add("\t"),
            "br" | "cr" => self.add("\n"),
            "noBreakHyphen" => self.add("-"),
            "pStyle" => {
                let is_heading = attribute(element, "val").is_some_and(|style| headings.contains(&style));
                if let Some(paragraph) = self.open.last_mut() {
                    paragraph.is_heading |= is_heading;
                }
            }
            "tbl" if self.cells == 0 => self.done.block(),
            "tc" => {
                if self.cells == 0 {
                    self.done.cell();
                }
                self.cells += 1;
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "Fallback" | "del" | "moveFrom" => self.hidden = self.hidden.saturating_sub(1),
            "t" => self.in_text = false,
            "p" => self.end_paragraph(),
            "tc" => self.cells = self.cells.saturating_sub(1),
            "tr" if self.cells == 0 => self.done.line(),
            "tbl" if self.cells == 0 => self.done.block(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text {
            self.add(text);
        }
    }

    fn add(&mut self, text: &str) {
        if self.hidden == 0
            && let Some(paragraph) = self.open.last_mut()
        {
            paragraph.text.push_str(text);
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.open.pop() else { return };
        let text = paragraph.text.trim_matches([' ', '\n', '\t']);
        if text.is_empty() {
            return;
        }
        if self.cells > 0 {
            self.done.flow(text);
            self.done.flow(" ");
            return;
        }
        if paragraph.is_heading {
            self.done.heading()
        } else {
            self.done.block()
        }
        self.done.push(text);
        self.done.block();
    }
}
