//! The text of one slide or chart (DrawingML), as a stream of elements.
//!
//! Deliberately absent: positions (shapes are read in the order they were made), numbers of slides, and numbers of charts.

use std::io::BufRead;

use crate::prose::Prose;
use crate::xml::{Part, attribute, each};
use crate::{Limits, Reason};

pub(super) fn prose(xml: &mut dyn BufRead, limits: &Limits) -> Result<Prose, Reason> {
    let mut slide = Slide::default();
    each(xml, limits, |part| {
        match part {
            Part::Open("ph", element) => {
                slide.is_title = attribute(element, "type").is_some_and(|kind| kind.to_lowercase().ends_with("title"));
            }
            Part::Open(name, _) => slide.open(name),
            Part::Close(name) => slide.close(name),
            Part::Text(text) => slide.text(text),
        }
        Ok(())
    })?;
    Ok(slide.prose)
}

#[derive(Default)]
struct Slide {
    prose: Prose,
    is_title: bool,
    in_text: bool,
    /// Open elements that repeat what another says, or hold a number that is drawn.
    hidden: usize,
    /// Open cells of tables.
    cells: usize,
    /// Whether we are among the words of a chart, rather than its numbers.
    in_words: bool,
}

impl Slide {
    fn open(&mut self, name: &str) {
        match name {
            // Fallback repeats what the choice before it says, for older programs.
            "Fallback" | "fld" => self.hidden += 1,
            "sp" => {
                self.is_title = false;
                self.prose.block();
            }
            "graphicFrame" | "tbl" => self.prose.block(),
            "p" if self.cells > 0 => self.prose.flow(" "),
            "p" if std::mem::take(&mut self.is_title) => self.prose.heading(),
            "p" => self.prose.line(),
            "t" => self.in_text = true,
            "br" => self.prose.line(),
            "tc" => {
                self.prose.cell();
                self.cells += 1;
            }
            "strCache" => self.in_words = true,
            "v" if self.in_words => {
                self.prose.line();
                self.in_text = true;
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "Fallback" | "fld" => self.hidden = self.hidden.saturating_sub(1),
            "t" | "v" => self.in_text = false,
            "tc" => self.cells = self.cells.saturating_sub(1),
            "tr" => self.prose.line(),
            "sp" | "graphicFrame" | "tbl" => self.prose.block(),
            "strCache" => self.in_words = false,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text && self.hidden == 0 {
            self.prose.push(text);
        }
    }
}
