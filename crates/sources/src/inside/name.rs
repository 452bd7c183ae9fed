//! Names for files inside archives: relative, without tricks, each its own.
//!
//! Deliberately absent: hidden files; they have no name here.

use std::collections::HashSet;

/// The name of an entry as it is shown and asked for; None for hidden files and folders.
///
/// Parts that lead elsewhere (`..`, drives, a leading `/`) are left out: the name only ever stands below its archive.
pub(super) fn tame(name: &str) -> Option<String> {
    let mut tame = String::new();
    for part in name.split(['/', '\\']) {
        let part = part.trim();
        if part.is_empty() || part == "." || part == ".." {
            continue;
        }
        if part.starts_with('.') || part == "__MACOSX" {
            return None;
        }
        if !tame.is_empty() {
            tame.push('/');
        }
        tame.extend(part.chars().map(|c| if c.is_control() || c == ':' { '_' } else { c }));
    }
    (!tame.is_empty()).then_some(tame)
}

/// The name, numbered before its ending where it is taken.
pub(super) fn unique(name: String, taken: &mut HashSet<String>) -> String {
    let mut free = name.clone();
    for number in 2.. {
        if taken.insert(free.clone()) {
            break;
        }
        free = match name.rsplit_once('.') {
            Some((stem, ending)) if !ending.contains('/') => format!("{stem} ({number}).{ending}"),
            _ => format!("{name} ({number})"),
        };
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_lead_out_of_the_archive() {
        for (name, tamed) in [
            ("a/b.txt", Some("a/b.txt")),
            ("../../etc/passwd", Some("etc/passwd")),
            ("/etc/passwd", Some("etc/passwd")),
            ("C:\\Windows\\x.txt", Some("C_/Windows/x.txt")),
            ("a//./b.txt", Some("a/b.txt")),
            ("line\nbreak.txt", Some("line_break.txt")),
            ("..", None),
            ("", None),
            ("a/.git/config", None),
            ("__MACOSX/._a.txt", None),
        ] {
            assert_eq!(tame(name).as_deref(), tamed, "{name}");
        }
    }

    #[test]
    fn names_that_become_alike_are_numbered() {
        let mut taken = HashSet::new();
        let mut named = |name: &str| unique(name.into(), &mut taken);
        assert_eq!([named("a.txt"), named("a.txt"), named("a.txt")], ["a.txt", "a (2).txt", "a (3).txt"]);
        assert_eq!([named("b.d/e"), named("b.d/e")], ["b.d/e", "b.d/e (2)"]);
    }
}
