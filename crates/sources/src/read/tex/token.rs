//! TeX as commands, braces and text, with accents and dashes made letters.
//!
//! Deliberately absent: what the commands mean.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Text(Cow<'a, str>),
    /// A formula, with its marks.
    Verbatim(&'a str),
    Command(&'a str),
    Open,
    Close,
    /// `&` between cells.
    Cell,
    /// An empty line.
    Paragraph,
}

pub(super) struct Tokens<'a>(&'a str);

/// The longest formula; a longer one is a price.
const FORMULA: usize = 2000;

impl<'a> Tokens<'a> {
    pub(super) fn of(source: &'a str) -> Self {
        Self(source)
    }

    pub(super) fn skip_star(&mut self) {
        self.0 = self.0.strip_prefix('*').unwrap_or(self.0);
    }

    /// `[…]`, any number of them.
    pub(super) fn skip_options(&mut self) {
        while let Some(after) = self.0.strip_prefix('[') {
            // Without an end it is a bracket.
            let Some(end) = closing(after, '[', ']') else { return };
            self.0 = &after[end + 1..];
        }
    }

    /// `{…}`, taken off.
    pub(super) fn argument(&mut self) -> Option<&'a str> {
        let argument = argument(self.0)?;
        let start = self.0.len() - self.0.trim_start().len();
        self.0 = &self.0[start + argument.len() + 2..];
        Some(argument)
    }

    /// All before the end of the environment.
    pub(super) fn until_end(&mut self, kind: &str) -> &'a str {
        let (text, rest) = self.0.split_once(&format!("\\end{{{kind}}}")).unwrap_or((self.0, ""));
        self.0 = rest;
        text
    }

    fn skip(&mut self, count: usize) -> &'a str {
        let (first, rest) = self.0.split_at(count);
        self.0 = rest;
        first
    }

    fn command(&mut self) -> Token<'a> {
        let letters = self.0.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.0.len());
        let sign = self.0.chars().next().map_or(0, char::len_utf8);
        let name = self.skip(if letters > 0 { letters } else { sign });
        if let Some(mark) = accent(name) {
            return self.accented(mark);
        }
        if letters > 0 {
            self.0 = self.0.strip_prefix(' ').unwrap_or(self.0);
        }
        let text = match name {
            "%" | "&" | "$" | "#" | "_" | "{" | "}" => name,
            "ss" => "ß",
            "o" => "ø",
            "O" => "Ø",
            "ae" => "æ",
            "AE" => "Æ",
            "aa" => "å",
            "AA" => "Å",
            "oe" => "œ",
            "OE" => "Œ",
            "l" => "ł",
            "L" => "Ł",
            "i" => "i",
            "ldots" | "dots" => "…",
            "LaTeX" | "TeX" => name,
            "textbackslash" => "\\",
            "textasciitilde" => "~",
            " " | "," | ";" | "quad" | "qquad" | "\n" => " ",
            "(" | "[" => return self.formula(name),
            _ => return Token::Command(name),
        };
        if letters > 0 {
            self.0 = self.0.strip_prefix("{}").unwrap_or(self.0);
        }
        Token::Text(text.into())
    }

    /// The letter after an accent, in braces or not.
    fn accented(&mut self, mark: char) -> Token<'a> {
        let letters = match self.argument() {
            Some(argument) => argument,
            None => {
                self.0 = self.0.trim_start_matches(' ');
                self.skip(self.0.chars().next().map_or(0, char::len_utf8))
            }
        };
        let mut letters = letters.trim_start_matches('\\').chars();
        let accented = letters.next().into_iter().chain([mark]).chain(letters.by_ref());
        Token::Text(accented.nfc().collect::<String>().into())
    }

    /// A formula behind its opening mark; without an end the mark is text.
    fn formula(&mut self, mark: &'a str) -> Token<'a> {
        let end = match mark {
            "(" => "\\)",
            "[" => "\\]",
            dollars => dollars,
        };
        match self.0.find(end).filter(|&at| at <= FORMULA) {
            Some(at) if mark.starts_with('$') => {
                let inside = self.skip(at);
                self.skip(end.len());
                Token::Text(format!("{mark}{inside}{end}").into())
            }
            Some(at) => {
                let inside = self.skip(at);
                self.skip(end.len());
                Token::Verbatim(inside)
            }
            None => Token::Text(mark.into()),
        }
    }
}

/// The content of the braces that the text begins with.
pub(super) fn argument(text: &str) -> Option<&str> {
    let inside = text.trim_start().strip_prefix('{')?;
    Some(&inside[..closing(inside, '{', '}')?])
}

/// How far an argument may reach; what is longer is text in braces.
const ARGUMENT: usize = 20_000;

/// Where the bracket that is open at the start closes.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let (mut depth, mut is_escaped) = (0usize, false);
    for (at, character) in text.char_indices().take_while(|(at, _)| *at <= ARGUMENT) {
        if is_escaped {
            is_escaped = false;
        } else if character == '\\' {
            is_escaped = true;
        } else if character == open {
            depth += 1;
        } else if character == close {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
        }
    }
    None
}

/// The combining mark of an accent.
fn accent(name: &str) -> Option<char> {
    Some(match name {
        "'" => '\u{301}',
        "`" => '\u{300}',
        "^" => '\u{302}',
        "\"" => '\u{308}',
        "~" => '\u{303}',
        "=" => '\u{304}',
        "." => '\u{307}',
        "u" => '\u{306}',
        "v" => '\u{30c}',
        "H" => '\u{30b}',
        "c" => '\u{327}',
        "k" => '\u{328}',
        "r" => '\u{30a}',
        _ => return None,
    })
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let first = self.0.chars().next()?;
        let pair = |marks: &str| self.0.starts_with(marks);
        Some(match first {
            '\\' => {
                self.skip(1);
                self.command()
            }
            '{' | '}' | '&' => {
                self.skip(1);
                match first {
                    '{' => Token::Open,
                    '}' => Token::Close,
                    _ => Token::Cell,
                }
            }
            '%' => {
                let end = self.0.find('\n').map_or(self.0.len(), |at| at + 1);
                self.skip(end);
                // A comment on a line of its own does not make an empty line.
                Token::Text("".into())
            }
            '$' => {
                let mark = self.skip(if pair("$$") { 2 } else { 1 });
                self.formula(mark)
            }
            '~' => {
                self.skip(1);
                Token::Text(" ".into())
            }
            '`' | '\'' | '-' => {
                let (count, text) = match first {
                    '`' if pair("``") => (2, "“"),
                    '`' => (1, "‘"),
                    '\'' if pair("''") => (2, "”"),
                    '-' if pair("---") => (3, "—"),
                    '-' if pair("--") => (2, "–"),
                    '-' => (1, "-"),
                    _ => (1, "’"),
                };
                self.skip(count);
                Token::Text(text.into())
            }
            '\n' => {
                let blank = self.0.len() - self.0.trim_start().len();
                let lines = self.skip(blank).matches('\n').count();
                if lines > 1 { Token::Paragraph } else { Token::Text(" ".into()) }
            }
            _ => {
                let end = self.0.find(['\\', '{', '}', '&', '%', '$', '~', '`', '\'', '-', '\n']);
                Token::Text(self.skip(end.unwrap_or(self.0.len())).into())
            }
        })
    }
}
