//! Markdown as its reader sees it: words without marks, headings remembered, front matter as metadata.
//!
//! Deliberately absent: addresses of links, and front matter beyond `name: value` lines.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::html;
use super::outlet::{Metadata, Outlet};
use crate::prose::Prose;
use crate::{Reason, charset};

pub(super) fn read(bytes: &[u8], outlet: &mut Outlet) -> Result<(), Reason> {
    let (prose, metadata) = prose(&charset::decode(bytes, None));
    outlet.document(&prose, &metadata)
}

pub(super) fn prose(source: &str) -> (Prose, Metadata) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let (mut prose, mut metadata) = (Prose::default(), Metadata::new());
    let (mut markup, mut in_front, mut in_code) = (String::new(), false, false);
    for event in Parser::new_ext(source, options) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => in_front = true,
            Event::End(TagEnd::MetadataBlock(_)) => in_front = false,
            Event::Text(text) if in_front => front_matter(&text, &mut metadata),
            Event::Start(Tag::Heading { .. }) => prose.heading(),
            Event::Start(Tag::Paragraph | Tag::BlockQuote(_) | Tag::Table(_) | Tag::List(_)) => prose.block(),
            Event::Start(Tag::Item | Tag::TableRow) => prose.line(),
            Event::Start(Tag::TableCell) => prose.cell(),
            Event::Start(Tag::CodeBlock(_)) => {
                in_code = true;
                prose.block();
            }
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                prose.block();
            }
            Event::End(TagEnd::HtmlBlock) => {
                prose.append(&html::prose(&markup).0);
                prose.block();
                markup.clear();
            }
            Event::End(
                TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::BlockQuote(_) | TagEnd::Table | TagEnd::List(_),
            ) => prose.block(),
            Event::End(TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead) => prose.line(),
            Event::Text(text) if in_code => prose.push(text.trim_end_matches('\n')),
            Event::Text(text) | Event::Code(text) => prose.push(&text),
            Event::Html(text) => markup.push_str(&text),
            Event::SoftBreak => prose.flow(" "),
            Event::HardBreak => prose.line(),
            Event::Rule => prose.block(),
            _ => {}
        }
    }
    (prose, metadata)
}

/// Lines of `name: value` (YAML) or `name = value` (TOML).
fn front_matter(text: &str, metadata: &mut Metadata) {
    for line in text.lines().filter(|line| !line.starts_with([' ', '\t', '#', '-'])) {
        if let Some((name, value)) = line.split_once([':', '=']) {
            let value = value.trim().trim_matches(['"', '\'']);
            if !value.is_empty() {
                metadata.insert(name.trim().to_owned(), value.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        let source = "# One *two*\n\nA [link](http://x.y) and `code`,\nwrapped.\n\n- a\n- b\n  - c\n\n\
            | h | i |\n|---|---|\n| 1 | 2 |\n\n```rust\nlet x = 1;\nx\n```\n\n<div>raw <b>tags</b></div>\n\nEnd\\*";
        let (prose, _) = prose(source);
        assert_eq!(
            prose.text(),
            "One two\n\nA link and code, wrapped.\n\na\nb\n\nc\n\nh\ti\n1\t2\n\nlet x = 1;\nx\n\nraw tags\n\nEnd*"
        );
        assert_eq!(prose.headings(), [0]);
    }

    #[test]
    fn front_matter_is_metadata() {
        let (prose, metadata) = prose("---\ntitle: \"On ducks\"\ntags: [a, b]\nempty:\n---\n\nText\n");
        assert_eq!(prose.text(), "Text");
        assert_eq!(metadata["title"], "On ducks");
        assert_eq!(metadata["tags"], "[a, b]");
        assert_eq!(metadata.len(), 2);
    }

    #[test]
    fn deep_nesting_is_no_trouble() {
        let (prose, _) = prose(&format!("{}deep", ">".repeat(50_000)));
        assert!(prose.text().ends_with("deep"));
    }
}
