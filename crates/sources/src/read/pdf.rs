//! PDF page by page, in reading order, numbered.
//!
//! Deliberately absent: recognising the text of scanned pages, text drawn outside the page, where nobody sees it,
//! attachments, form fields and passwords.

mod order;

use pdf_oxide::PdfDocument;
use pdf_oxide::converters::ConversionOptions;
use pdf_oxide::error::Error;
use unicode_normalization::UnicodeNormalization;

use super::outlet::{Metadata, Outlet};
use crate::prose::Prose;
use crate::{Limits, Reason, guard};

/// The deepest nesting of arrays and dictionaries handed to the parser. It recurses without a limit of its own, and an
/// overflow of the stack cannot be caught; this many levels fit the reading thread's stack many times over.
const NESTING: usize = 4096;

pub(super) fn read(bytes: Vec<u8>, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    if nesting(&bytes) > NESTING {
        return Err(Reason::TooLarge { what: format!("objects nested deeper than {NESTING}") });
    }
    let document = PdfDocument::from_bytes(bytes).map_err(reason)?;
    if document.is_encrypted() && !document.is_authenticated() {
        return Err(Reason::Protected);
    }
    let count = document.page_count().map_err(reason)?;
    let (mut failed, mut scanned) = (Vec::new(), Vec::new());
    for (number, page) in (1..).zip(0..count) {
        outlet.check()?;
        match guard::guarded(|| text(&document, page).map_err(reason)) {
            Ok(text) => {
                Limits::check_bytes(text.len() as u64, limits.text_bytes)?;
                if text.trim().is_empty() && has_pictures(&document, page) {
                    scanned.push(number);
                }
                outlet.page(number, &Prose::plain(order::logical(&tidy(&text))), &Metadata::new())?;
            }
            Err(reason) => failed.push((number, reason)),
        }
    }
    match failed.into_iter().next() {
        Some((_, Reason::Protected)) => Err(Reason::Protected),
        Some((number, reason)) => Err(super::broken(format!("page {number} of {count}: {reason}"))),
        None if outlet.is_dry() => {
            let perhaps = if scanned.is_empty() { "" } else { " (perhaps scanned)" };
            Err(Reason::Empty { what: format!("no visible text on any page{perhaps}") })
        }
        None if scanned.is_empty() => Ok(()),
        None => {
            Err(Reason::Empty { what: format!("no visible text on {} of {count} (perhaps scanned)", listed(&scanned)) })
        }
    }
}

/// Whether anything but text is painted on a page; an empty page is not a scanned one.
fn has_pictures(document: &PdfDocument, page: usize) -> bool {
    let pictures = guard::guarded(|| Ok(document.page_image_handles(page).map_err(reason)?.len()));
    pictures.is_ok_and(|count| count > 0)
}

/// "page 3", "pages 3, 5", the first few named.
fn listed(pages: &[u32]) -> String {
    const NAMED: usize = 8;
    let names: Vec<String> = pages.iter().take(NAMED).map(u32::to_string).collect();
    let more = if pages.len() > NAMED { format!(" and {} more", pages.len() - NAMED) } else { String::new() };
    format!("page{} {}{more}", if pages.len() == 1 { "" } else { "s" }, names.join(", "))
}

/// The text of a page. The parser knows two ways to put a page's pieces in order, each wrong on some layouts; the one
/// nearer to the order in which the page was drawn is taken.
fn text(document: &PdfDocument, page: usize) -> Result<String, Error> {
    let by_rows = document.extract_text(page)?;
    if order::is_right_to_left(&by_rows) {
        return Ok(by_rows);
    }
    let by_columns = document.to_plain_text(page, &ConversionOptions::default())?;
    let mut spans = document.extract_spans(page)?;
    spans.sort_by_key(|span| span.sequence);
    let drawn = order::Pairs::of(spans.iter().map(|span| span.text.as_str()));
    Ok(if drawn.share_in(&by_columns) > drawn.share_in(&by_rows) { by_columns } else { by_rows })
}

/// How deep brackets are nested in any object. Streams are counted as if they were objects: brackets in binary data
/// close as often as they open, so that their depth stays far below the limit. What is packed inside them is not seen.
fn nesting(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut at) = (0usize, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b'<' | b'>' if bytes.get(at + 1) == Some(&bytes[at]) => {
                depth = if bytes[at] == b'<' { depth + 1 } else { depth.saturating_sub(1) };
                at += 1;
            }
            b'e' if bytes[at..].starts_with(b"endobj") => depth = 0,
            _ => {}
        }
        deepest = deepest.max(depth);
        at += 1;
    }
    deepest
}

/// Ligatures and letters drawn for their place in a word become the letters they stand for; invisible marks go.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{fb00}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => tidy.extend(std::iter::once(character).nfkc()),
            '\u{ad}' | '\u{feff}' => {}
            '\n' | '\t' => tidy.push(character),
            '\r' => {}
            control if control.is_control() => tidy.push(' '),
            _ => tidy.push(character),
        }
    }
    tidy
}

fn reason(error: Error) -> Reason {
    match error {
        Error::EncryptedPdf => Reason::Protected,
        Error::Io(error) => super::broken(error.to_string()),
        other => super::broken(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_counted_within_objects() {
        assert_eq!(nesting(b"1 0 obj <</A[[1]]/B[2]>> endobj"), 3);
        assert_eq!(nesting(b"[[ endobj [ endobj ]]]]] [<<"), 2);
    }

    #[test]
    fn pages_are_listed_as_people_do() {
        assert_eq!(listed(&[3]), "page 3");
        assert_eq!(listed(&[3, 5]), "pages 3, 5");
        assert_eq!(listed(&(1..=10).collect::<Vec<_>>()), "pages 1, 2, 3, 4, 5, 6, 7, 8 and 2 more");
    }

    #[test]
    fn ligatures_and_placed_letters_become_letters() {
        assert_eq!(tidy("o\u{fb03}ce \u{fb02}at soft\u{ad}hyphen"), "office flat softhyphen");
        assert_eq!(tidy("\u{fedf}\u{fe8e}"), "لا");
        assert_eq!(tidy("a\u{0}b\r\nc"), "a b\nc");
    }
}
