//! E-books: the chapters in the order of the spine as one text, headings remembered.
//!
//! Deliberately absent: pictures, style sheets, and books locked by their seller.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

use super::html;
use super::outlet::Outlet;
use super::package::{Package, properties, resolved};
use crate::prose::Prose;
use crate::xml::{Part, attribute, each};
use crate::{Limits, Reason, charset};

pub(super) fn read(path: &Path, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let mut package = Package::open(path, limits)?;
    let main = package.part("META-INF/container.xml", |xml| value(xml, "rootfile", "full-path", limits))?;
    let main = main.flatten().ok_or_else(|| super::broken("it holds no book"))?;
    let metadata = package.part(&main, |xml| properties(xml, limits))?.unwrap_or_default();
    let chapters = package.part(&main, |xml| chapters(xml, &main, limits))?.unwrap_or_default();
    let locked = package.part("META-INF/encryption.xml", |xml| locked(xml, limits))?.unwrap_or_default();
    if chapters.iter().any(|chapter| locked.contains(chapter)) {
        return Err(Reason::Protected);
    }
    let mut book = Prose::default();
    for name in &chapters {
        outlet.check()?;
        let page = package.part(name, |part| {
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes)?;
            Ok(html::prose(&charset::decode(&bytes, None)).0)
        })?;
        book.append(&page.unwrap_or_default());
        Limits::check_bytes(book.text().len() as u64, limits.text_bytes)?;
    }
    outlet.document(&book, &metadata)
}

/// An attribute of the first element of that name.
fn value(xml: &mut dyn BufRead, name: &str, of: &str, limits: &Limits) -> Result<Option<String>, Reason> {
    let mut found = None;
    each(xml, limits, |part| {
        if let Part::Open(element, attributes) = part
            && element == name
        {
            found = found.take().or_else(|| attribute(attributes, of));
        }
        Ok(())
    })?;
    Ok(found)
}

/// The names of the chapters' parts: the spine names them by id, the manifest tells where they are.
fn chapters(xml: &mut dyn BufRead, main: &str, limits: &Limits) -> Result<Vec<String>, Reason> {
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (mut places, mut spine) = (BTreeMap::new(), Vec::new());
    each(xml, limits, |part| {
        match part {
            Part::Open("item", element) => {
                if let (Some(id), Some(place)) = (attribute(element, "id"), attribute(element, "href")) {
                    places.insert(id, resolved(folder, &plain(&place)));
                }
            }
            Part::Open("itemref", element) => spine.extend(attribute(element, "idref")),
            _ => {}
        }
        Ok(())
    })?;
    Ok(spine.iter().filter_map(|id| places.get(id).cloned()).collect())
}

/// The parts that are encrypted; fonts often are, to no harm.
fn locked(xml: &mut dyn BufRead, limits: &Limits) -> Result<Vec<String>, Reason> {
    let mut locked = Vec::new();
    each(xml, limits, |part| {
        if let Part::Open("CipherReference", element) = part {
            locked.extend(attribute(element, "URI").map(|place| plain(&place)));
        }
        Ok(())
    })?;
    Ok(locked)
}

/// An address without its fragment, `%20` and the like made the bytes they stand for.
fn plain(address: &str) -> String {
    let address = address.split('#').next().unwrap_or_default().as_bytes();
    let (mut bytes, mut at) = (Vec::new(), 0);
    while at < address.len() {
        let digits = (address[at] == b'%').then(|| address.get(at + 1..at + 3)).flatten();
        let byte = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(address[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
