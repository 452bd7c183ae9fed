//! reStructuredText as its reader sees it: words without marks, headings remembered.
//!
//! Line by line, without a tree. Deliberately absent: what directives would do (their text is kept, their options and
//! pictures are not), comments, and addresses of links.

use super::outlet::{Metadata, Outlet};
use crate::prose::Prose;
use crate::{Reason, charset};

pub(super) fn read(bytes: &[u8], outlet: &mut Outlet) -> Result<(), Reason> {
    outlet.document(&prose(&charset::decode(bytes, None)), &Metadata::new())
}

fn prose(source: &str) -> Prose {
    let lines: Vec<&str> = source.lines().map(str::trim_end).collect();
    let mut prose = Prose::default();
    // The indent of a comment or a directive whose text is left out; it ends with the first line that is not deeper.
    let mut dropped: Option<usize> = None;
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let text = line.trim_start();
        let indent = line.len() - text.len();
        at += 1;
        if text.is_empty() {
            prose.block();
            continue;
        }
        if dropped.is_some_and(|outer| indent > outer) {
            continue;
        }
        dropped = None;
        let next = lines.get(at).copied().unwrap_or("");
        if is_adornment(line) {
            // Above a heading, between rows of a table, or a transition.
            prose.line();
        } else if is_underline(next)
            && indent <= 1
            && next.chars().count() + 1 >= text.chars().count()
            && next.len() > 2
        {
            prose.heading();
            prose.flow(&plain(text));
            prose.block();
            at += 1;
        } else if let Some(rest) = text.strip_prefix(".. ") {
            match rest.split_once("::") {
                Some((name, about)) if is_spoken(name) => {
                    prose.block();
                    prose.flow(&plain(about.trim()));
                    prose.block();
                }
                _ => dropped = Some(indent),
            }
        } else if text == ".." {
            dropped = Some(indent);
        } else if !is_option(text) {
            let item = item(text);
            if item.is_some() {
                prose.line();
            }
            prose.flow(" ");
            prose.flow(&plain(item.unwrap_or(text)));
        }
    }
    prose
}

/// A line of one mark repeated, as under headings; tables draw with three of them.
fn is_adornment(line: &str) -> bool {
    let line = line.trim();
    let first = line.chars().next().unwrap_or(' ');
    let is_rule = first.is_ascii_punctuation() && line.chars().all(|c| c == first || c == ' ');
    line.len() >= 2 && (is_rule && !line.starts_with("..") && line != "::" || is_border(line))
}

/// An adornment of one piece; several pieces draw the columns of a table.
fn is_underline(line: &str) -> bool {
    is_adornment(line) && !line.contains(' ') && !is_border(line)
}

fn is_border(line: &str) -> bool {
    line.starts_with('+') && line.ends_with('+') && line.chars().all(|c| matches!(c, '+' | '-' | '='))
}

/// Directives whose text is part of what is read.
fn is_spoken(name: &str) -> bool {
    const SILENT: [&str; 12] = [
        "image",
        "figure",
        "include",
        "raw",
        "toctree",
        "contents",
        "meta",
        "csv-table",
        "role",
        "default-role",
        "highlight",
        "literalinclude",
    ];
    !name.starts_with(['_', '|', '[']) && !SILENT.contains(&name.trim())
}

/// `:name: value` below a directive or at the head of a document.
fn is_option(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|rest| {
        rest.split_once(':').is_some_and(|(name, after)| {
            !name.is_empty() && !name.contains('`') && (after.is_empty() || after.starts_with(' '))
        })
    })
}

/// The text of a list's entry.
fn item(text: &str) -> Option<&str> {
    if let Some(rest) = ["- ", "* ", "+ ", "| ", "#. "].iter().find_map(|mark| text.strip_prefix(mark)) {
        return Some(rest);
    }
    let (number, rest) = text.split_once(['.', ')'])?;
    (!number.is_empty() && number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| rest.strip_prefix(' '))
        .flatten()
}

/// A line without the marks of inline markup.
fn plain(line: &str) -> String {
    let line = line.strip_suffix("::").map_or_else(|| line.to_owned(), |start| format!("{start}:"));
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some(at) = rest.find(['`', '*', '\\', ':', '|']) {
        plain.push_str(&rest[..at]);
        let found = &rest[at..];
        rest = if let Some(literal) = found.strip_prefix("``") {
            let (code, after) = literal.split_once("``").unwrap_or((literal, ""));
            plain.push_str(code);
            after
        } else if let Some(quoted) = found.strip_prefix('`') {
            let (words, after) = quoted.split_once('`').unwrap_or((quoted, ""));
            // `words <address>`_
            plain.push_str(words.split_once(" <").map_or(words, |(words, _)| words));
            after.trim_start_matches('_')
        } else if let Some(after) = role(found) {
            after
        } else if let Some(after) = found.strip_prefix('\\') {
            let mut kept = after.chars();
            plain.extend(kept.next().filter(|c| !c.is_whitespace()));
            kept.as_str()
        } else if found.starts_with('*') {
            let after = found.trim_start_matches('*');
            // A star on its own is a star.
            let is_alone = after.is_empty() || after.starts_with(' ');
            if is_alone && (plain.is_empty() || plain.ends_with(' ')) {
                plain.push_str(&found[..found.len() - after.len()]);
            }
            after
        } else {
            plain.push_str(&found[..1]);
            &found[1..]
        };
    }
    plain.push_str(rest);
    plain
}

/// What follows the name of a role, `:name:` before a back-tick.
fn role(text: &str) -> Option<&str> {
    let (name, after) = text.strip_prefix(':')?.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c));
    (is_name && after.starts_with('`')).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        let source = "=====\nTitle\n=====\n\n:author: Me\n\nSome *emphasised* and **strong** ``code *x*`` with a\n\
            `link <http://x.y>`_, a :ref:`section`, 2 * 3.\n\nSub\n---\n\n- one\n- two\n  more\n\n1. first\n\n\
            .. note:: Mind\n   the gap.\n\n.. image:: x.png\n   :alt: no\n\n.. a comment\n   of two lines\n\nCode::\n\n    x = 1\n";
        let prose = prose(source);
        assert_eq!(
            prose.text(),
            "Title\n\nSome emphasised and strong code *x* with a link, a section, 2 * 3.\n\nSub\n\none\ntwo more\n\n\
             first\n\nMind\n\nthe gap.\n\nCode:\n\nx = 1"
        );
        let headings: Vec<&str> = prose.headings().iter().map(|&at| &prose.text()[at..at + 3]).collect();
        assert_eq!(headings, ["Tit", "Sub"]);
    }

    #[test]
    fn tables_keep_their_cells() {
        let prose = prose("====  ====\nA     B\n====  ====\n1     2\n====  ====\n");
        assert_eq!(prose.text(), "A B\n1 2");
    }

    #[test]
    fn odd_ends_are_no_trouble() {
        for source in ["`", "``", "*", ":", ":a:`", "\\", "..", ".. ::", "==\n==", "é\n=", "|"] {
            prose(source);
        }
    }
}
