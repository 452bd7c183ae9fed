//! Word documents: paragraphs, headings, tables, text boxes and equations in the order of the body.
//!
//! Deliberately absent: headers, footers, notes, comments, deleted text and pictures.

mod body;

use std::collections::HashSet;
use std::path::Path;

use super::outlet::Outlet;
use super::package::{Package, properties};
use crate::{Limits, Reason};

pub(super) fn read(path: &Path, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let mut package = Package::open(path, limits)?;
    let main = package.part("word/document.xml", |xml| {
        let mut bytes = Vec::new();
        xml.read_to_end(&mut bytes)?;
        Ok(bytes)
    })?;
    let main = main.ok_or_else(|| super::broken("it holds no Word document"))?;
    // Styles are many times as long as most documents, and wanted only where a paragraph has one.
    let headings = match body::names_styles(&main) {
        true => package.part("word/styles.xml", |xml| body::heading_styles(xml, limits))?.unwrap_or_default(),
        false => HashSet::new(),
    };
    let metadata = package.part("docProps/core.xml", |xml| properties(xml, limits))?.unwrap_or_default();
    outlet.document(&body::prose(&mut &main[..], &headings, limits)?, &metadata)
}
