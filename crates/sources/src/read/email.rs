//! E-mails: the subject as heading, then the text; who wrote to whom and when as metadata.
//!
//! Deliberately absent: attachments (they are files of their own, see [`crate::scan`]) and mailboxes of many e-mails.

use mail_parser::{Address, MessageParser, PartType};

use super::html;
use super::outlet::{Metadata, Outlet};
use crate::Reason;
use crate::prose::Prose;

pub(super) fn read(bytes: &[u8], outlet: &mut Outlet) -> Result<(), Reason> {
    let message = MessageParser::default().parse(bytes).ok_or_else(|| super::broken("it holds no e-mail"))?;
    let (mut prose, mut metadata) = (Prose::default(), Metadata::new());
    if let Some(subject) = message.subject() {
        prose.heading();
        prose.flow(subject);
        prose.block();
        metadata.insert("title".into(), subject.to_owned());
    }
    for part in message.text_bodies() {
        match &part.body {
            PartType::Text(text) => prose.append(&Prose::plain(text.replace("\r\n", "\n").trim().to_owned())),
            PartType::Html(page) => prose.append(&html::prose(page).0),
            _ => {}
        }
    }
    for (name, people) in [("from", message.from()), ("to", message.to()), ("cc", message.cc())] {
        metadata.extend(people.map(|people| (name.to_owned(), listed(people))));
    }
    metadata.extend(message.date().map(|date| ("date".to_owned(), date.to_rfc3339())));
    metadata.retain(|_, value| !value.is_empty());
    outlet.document(&prose, &metadata)
}

fn listed(people: &Address<'_>) -> String {
    let named = people.iter().filter_map(|one| one.name().or(one.address()));
    named.collect::<Vec<_>>().join(", ")
}
