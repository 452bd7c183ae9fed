//! Presentations slide by slide, in the order they are shown, with charts and the speaker's notes.
//!
//! Deliberately absent: pictures, comments and animation.

use std::path::Path;

use super::drawing;
use super::outlet::Outlet;
use super::package::{Package, Relation, properties};
use crate::prose::Prose;
use crate::xml::{Part, each};
use crate::{Limits, Reason};

const MAIN: &str = "ppt/presentation.xml";

pub(super) fn read(path: &Path, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let mut package = Package::open(path, limits)?;
    let metadata = package.part("docProps/core.xml", |xml| properties(xml, limits))?.unwrap_or_default();
    let slides = slides(&mut package, limits)?;
    let mut failed = None;
    for (number, name) in (1..).zip(&slides) {
        match slide(&mut package, name, limits) {
            Ok(prose) => outlet.page(number, &prose, &metadata)?,
            Err(reason) => failed = failed.or(Some((number, reason))),
        }
    }
    match failed {
        Some((number, reason)) => Err(super::broken(format!("slide {number} of {}: {reason}", slides.len()))),
        None => Ok(()),
    }
}

/// The names of the slides' parts in order.
fn slides(package: &mut Package, limits: &Limits) -> Result<Vec<String>, Reason> {
    let ids = package.part(MAIN, |xml| {
        let mut ids = Vec::new();
        each(xml, limits, |part| {
            // Its own id is a number; that of the relation, with a prefix, comes after it.
            if let Part::Open("sldId", element) = part {
                let relation = element.attributes().flatten().find(|it| it.key.as_ref().ends_with(":id"));
                ids.extend(relation.map(|relation| relation.value.to_string()));
            }
            Ok(())
        })?;
        Ok(ids)
    })?;
    let ids = ids.ok_or_else(|| super::broken("it holds no presentation"))?;
    let relations = package.relations(MAIN)?;
    let target = |id: &String| relations.iter().find(|relation| relation.id == *id).map(|found| found.target.clone());
    Ok(ids.iter().filter_map(target).collect())
}

fn slide(package: &mut Package, name: &str, limits: &Limits) -> Result<Prose, Reason> {
    let mut prose = package.part(name, |xml| drawing::prose(xml, limits))?.unwrap_or_default();
    let is_text = |relation: &&Relation| matches!(&*relation.kind, "chart" | "diagramData" | "notesSlide");
    for relation in package.relations(name)?.iter().filter(is_text) {
        prose.append(&package.part(&relation.target, |xml| drawing::prose(xml, limits))?.unwrap_or_default());
    }
    Ok(prose)
}
