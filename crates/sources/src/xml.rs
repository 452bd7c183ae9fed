//! XML as a stream of elements and texts, nesting limited.
//!
//! Deliberately absent: a tree, name spaces, and entities other than XML's own: nothing is ever expanded or fetched.

use std::io::{BufRead, BufReader};

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::{Limits, Reason, charset};

/// A piece of a document; names are without their prefix.
pub(crate) enum Part<'a> {
    Open(&'a str, &'a BytesStart<'a>),
    Close(&'a str),
    Text(&'a str),
}

/// Hands over every element and text; an empty element opens and closes. Entities other than XML's own are dropped:
/// nothing is ever expanded.
pub(crate) fn each(
    xml: &mut dyn BufRead,
    limits: &Limits,
    mut take: impl FnMut(Part<'_>) -> Result<(), Reason>,
) -> Result<(), Reason> {
    let encoding = charset::detect(xml.fill_buf()?, None);
    let mut reader = Reader::from_reader(BufReader::new(charset::stream(xml, encoding)));
    let (mut buffer, mut depth) = (Vec::new(), 0usize);
    loop {
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) => {
                depth += 1;
                if depth > limits.nesting {
                    let what = format!("elements nested deeper than {}", limits.nesting);
                    return Err(Reason::TooLarge { what });
                }
                take(Part::Open(local(&element), &element))?;
            }
            Event::Empty(element) => {
                take(Part::Open(local(&element), &element))?;
                take(Part::Close(local(&element)))?;
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                take(Part::Close(element.local_name().into_inner()))?;
            }
            Event::Text(text) => take(Part::Text(&text.xml10_content()))?,
            Event::CData(text) => take(Part::Text(&text.xml10_content()))?,
            Event::GeneralRef(entity) => {
                if let Some(character) = character(&entity) {
                    take(Part::Text(character.encode_utf8(&mut [0; 4])))?;
                }
            }
            Event::Eof if depth > 0 => return Err(broken("it ends inside an element")),
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}

fn local<'a>(element: &'a BytesStart<'_>) -> &'a str {
    element.local_name().into_inner()
}

fn character(entity: &BytesRef<'_>) -> Option<char> {
    match entity.resolve_char_ref() {
        Ok(Some(character)) => Some(character),
        _ => match &*entity.xml10_content() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => None,
        },
    }
}

/// The value of an attribute, its entities resolved.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.local_name().into_inner() == name)
        .map(|attribute| unescaped(&attribute.value))
}

fn broken(error: impl ToString) -> Reason {
    Reason::Broken { problem: error.to_string() }
}

fn unescaped(value: &str) -> String {
    unescape(value).map_or_else(|_| value.to_owned(), |value| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &str) -> Result<String, Reason> {
        let mut found = String::new();
        each(&mut xml.as_bytes(), &Limits::default(), |part| {
            match part {
                Part::Open(name, element) => {
                    found.push_str(&format!("<{name}{}>", attribute(element, "at").unwrap_or_default()))
                }
                Part::Close(name) => found.push_str(&format!("</{name}>")),
                Part::Text(text) => found.push_str(text),
            }
            Ok(())
        })?;
        Ok(found)
    }

    #[test]
    fn elements_texts_and_attributes_come_in_order() {
        let xml = "<a:x b:at='1 &amp; 2'>one &lt; &#x32;<y/><![CDATA[<z>]]></a:x>";
        assert_eq!(texts(xml).as_deref(), Ok("<x1 & 2>one < 2<y></y><z></x>"));
    }

    #[test]
    fn entities_are_neither_expanded_nor_fetched() {
        let laughs =
            "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]><x>1&b;&f;2</x>";
        assert_eq!(texts(laughs).as_deref(), Ok("<x>12</x>"));
    }

    #[test]
    fn depth_and_damage_are_reasons() {
        let deep = texts(&"<x>".repeat(300)).expect_err("deep");
        assert_eq!(deep.to_string(), "larger than the limit: elements nested deeper than 256");
        assert_eq!(texts("<x>").expect_err("open").to_string(), "cannot be read: it ends inside an element");
        assert!(texts("<x></y>").is_err());
    }
}
