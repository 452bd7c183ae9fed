//! Word documents: paragraphs, headings, tables, text boxes and equations in the order of the body.
//!
//! Deliberately absent: headers, footers, notes, comments, deleted text and pictures.

mod body;

use std::path::Path;

use super::outlet::Outlet;
use super::package::{Package, properties};
use crate::{Limits, Reason};

pub(super) fn read(path: &Path, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let mut package = Package::open(path, limits)?;
    let headings = package.part("word/styles.xml", |xml| body::heading_styles(xml, limits))?.unwrap_or_default();
    let metadata = package.part("docProps/core.xml", |xml| properties(xml, limits))?.unwrap_or_default();
    let main = package.part("word/document.xml", |xml| body::prose(xml, &headings, limits))?;
    outlet.document(&main.ok_or_else(|| super::broken("it holds no Word document"))?, &metadata)
}
