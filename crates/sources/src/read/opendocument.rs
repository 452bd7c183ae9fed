//! OpenDocument: texts as a whole, presentations slide by slide, spreadsheets sheet by sheet.
//!
//! Deliberately absent: footnotes, comments, deleted text, formulas, charts and pictures.

use std::io::BufRead;
use std::path::Path;

use quick_xml::events::BytesStart;

use super::outlet::Outlet;
use super::package::{Package, properties};
use crate::prose::Prose;
use crate::xml::{Part, attribute, each};
use crate::{Limits, Reason};

pub(super) fn read(path: &Path, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let mut package = Package::open(path, limits)?;
    if package.part("META-INF/manifest.xml", |xml| is_locked(xml, limits))? == Some(true) {
        return Err(Reason::Protected);
    }
    let metadata = package.part("meta.xml", |xml| properties(xml, limits))?.unwrap_or_default();
    let body = package.part("content.xml", |xml| body(xml, limits))?;
    let body = body.ok_or_else(|| super::broken("it holds no document"))?;
    if body.pages.is_empty() {
        return outlet.document(&body.prose, &metadata);
    }
    for (number, page) in (1..).zip(body.pages) {
        let mut metadata = metadata.clone();
        metadata.extend(page.sheet.map(|name| ("sheet".to_owned(), name)));
        outlet.page(number, &page.prose, &metadata)?;
    }
    Ok(())
}

fn is_locked(xml: &mut dyn BufRead, limits: &Limits) -> Result<bool, Reason> {
    let mut is_locked = false;
    each(xml, limits, |part| {
        is_locked |= matches!(part, Part::Open("encryption-data", _));
        Ok(())
    })?;
    Ok(is_locked)
}

/// Elements of which nothing is read.
fn is_silent(name: &str) -> bool {
    matches!(name, "note" | "annotation" | "tracked-changes" | "page-number" | "desc")
}

fn body(xml: &mut dyn BufRead, limits: &Limits) -> Result<Body, Reason> {
    let mut body = Body::default();
    each(xml, limits, |part| {
        match part {
            Part::Open(name, element) => body.open(name, element),
            Part::Close(name) => body.close(name),
            Part::Text(text) => body.text(text),
        }
        Ok(())
    })?;
    Ok(body)
}

struct Page {
    prose: Prose,
    sheet: Option<String>,
}

#[derive(Default)]
struct Body {
    /// The whole text, where there are no pages.
    prose: Prose,
    pages: Vec<Page>,
    is_spreadsheet: bool,
    /// Open elements whose text is not read.
    hidden: usize,
    /// Open paragraphs: a text box stands inside one.
    paragraphs: usize,
    /// Open cells of tables; inside, paragraphs are parted by spaces and cells by tabs.
    cells: usize,
    lists: usize,
}

impl Body {
    fn here(&mut self) -> &mut Prose {
        self.pages.last_mut().map_or(&mut self.prose, |page| &mut page.prose)
    }

    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            name if is_silent(name) => self.hidden += 1,
            _ if self.hidden > 0 => {}
            "spreadsheet" => self.is_spreadsheet = true,
            "page" => self.pages.push(Page { prose: Prose::default(), sheet: None }),
            "table" if self.is_spreadsheet && self.cells == 0 => {
                self.pages.push(Page { prose: Prose::default(), sheet: attribute(element, "name") });
            }
            "table" if self.cells == 0 => self.here().block(),
            "table-cell" | "covered-table-cell" => {
                if self.cells == 0 {
                    self.here().cell();
                }
                self.cells += 1;
            }
            "list" => self.lists += 1,
            "p" | "h" => {
                self.paragraphs += 1;
                match name {
                    _ if self.cells > 0 => self.here().flow(" "),
                    "h" => self.here().heading(),
                    _ if self.lists > 0 => self.here().line(),
                    _ => self.here().block(),
                }
            }
            "s" => self.text(" "),
            "tab" if self.paragraphs > 0 => self.here().push("\t"),
            "line-break" => self.here().line(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            name if is_silent(name) => self.hidden = self.hidden.saturating_sub(1),
            _ if self.hidden > 0 => {}
            "table" if self.cells == 0 => self.here().block(),
            "table-row" if self.cells == 0 => self.here().line(),
            "table-cell" | "covered-table-cell" => self.cells = self.cells.saturating_sub(1),
            "list" => {
                self.lists = self.lists.saturating_sub(1);
                if self.lists == 0 && self.cells == 0 {
                    self.here().block();
                }
            }
            "p" | "h" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                if self.cells == 0 && self.lists == 0 {
                    self.here().block();
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.paragraphs > 0 && self.hidden == 0 {
            self.here().flow(text);
        }
    }
}
