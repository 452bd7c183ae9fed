//! Source code as it stands; its sections begin where a line without indent follows an empty one.
//!
//! Deliberately absent: the grammar of any language.

use super::outlet::{Metadata, Outlet};
use crate::prose::Prose;
use crate::{Reason, charset};

pub(super) fn read(bytes: &[u8], outlet: &mut Outlet) -> Result<(), Reason> {
    outlet.document(&prose(&charset::decode(bytes, None)), &Metadata::new())
}

fn prose(source: &str) -> Prose {
    let mut prose = Prose::default();
    let mut was_empty = true;
    for line in source.split_inclusive('\n') {
        let begins = was_empty && line.starts_with(|c: char| !c.is_whitespace() && !"})]".contains(c));
        if begins {
            prose.section();
        }
        prose.push(line);
        was_empty = line.trim().is_empty();
    }
    prose
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_stands_and_sections_begin_at_definitions() {
        let source = "use x;\n\nfn one() {\n    a\n\n    b\n}\n\n\nfn two() {}\n";
        let prose = prose(source);
        assert_eq!(prose.text(), source);
        let starts: Vec<&str> = prose.headings().iter().map(|&at| source[at..].lines().next().unwrap_or("")).collect();
        assert_eq!(starts, ["use x;", "fn one() {", "fn two() {}"]);
    }
}
