//! Rich Text: paragraphs and table rows in the code pages of their fonts, title and author as metadata.
//!
//! Works on the stream of control words with a list of open groups, so that no nesting can hurt. Deliberately absent:
//! headers, footers, notes, pictures, embedded objects and headings (styles are not followed).

mod token;

use std::collections::HashMap;

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};
use token::{Token, Tokens};

use super::outlet::{Metadata, Outlet};
use crate::prose::Prose;
use crate::{Limits, Reason};

pub(super) fn read(bytes: &[u8], limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let mut document = Document::new();
    for token in Tokens::of(bytes) {
        if document.groups.len() > limits.nesting * 16 {
            return Err(Reason::TooLarge { what: format!("groups nested deeper than {}", limits.nesting * 16) });
        }
        document.take(token);
    }
    document.flush();
    document.about.retain(|_, value| !value.trim().is_empty());
    outlet.document(&document.prose, &document.about)
}

/// What a group's text is for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Use {
    Body,
    /// The table of fonts, of which only the code pages matter.
    Fonts,
    /// A field of the document's description.
    About(&'static str),
    Nothing,
}

#[derive(Clone, Copy)]
struct Group {
    what: Use,
    encoding: &'static Encoding,
    /// Characters after a Unicode one that stand for it in older programs.
    stand_ins: usize,
}

struct Document {
    prose: Prose,
    about: Metadata,
    groups: Vec<Group>,
    here: Group,
    /// The code page outside of all fonts.
    page: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    font: i32,
    /// Bytes not yet decoded: a letter may take two.
    bytes: Vec<u8>,
    /// The first half of a letter beyond the first plane.
    half: Option<u16>,
    /// Stand-ins still to be left out.
    skip: usize,
    /// Whether the group has just begun, and with `\*`.
    is_new: bool,
    is_optional: bool,
    in_table: bool,
}

impl Document {
    fn new() -> Self {
        let here = Group { what: Use::Body, encoding: WINDOWS_1252, stand_ins: 1 };
        Self {
            prose: Prose::default(),
            about: Metadata::new(),
            groups: Vec::new(),
            here,
            page: WINDOWS_1252,
            fonts: HashMap::new(),
            font: 0,
            bytes: Vec::new(),
            half: None,
            skip: 0,
            is_new: false,
            is_optional: false,
            in_table: false,
        }
    }

    fn take(&mut self, token: Token<'_>) {
        let is_new = std::mem::take(&mut self.is_new);
        match token {
            Token::Open => {
                self.flush();
                self.groups.push(self.here);
                (self.is_new, self.is_optional, self.skip) = (true, false, 0);
            }
            Token::Close => {
                self.flush();
                self.skip = 0;
                if let Some(outer) = self.groups.pop() {
                    self.here = outer;
                }
            }
            Token::Optional => (self.is_new, self.is_optional) = (true, true),
            Token::Word(word, number) => {
                if is_new {
                    self.begin(word);
                }
                self.word(word, number);
            }
            Token::Bytes(bytes) => {
                let skipped = self.skip.min(bytes.len());
                self.skip -= skipped;
                if self.here.what != Use::Nothing {
                    self.bytes.extend_from_slice(&bytes[skipped..]);
                }
            }
            Token::Byte(_) if self.skip > 0 => self.skip -= 1,
            Token::Byte(byte) if self.here.what != Use::Nothing => self.bytes.push(byte),
            Token::Byte(_) => {}
        }
    }

    /// The first word of a group may say what the group is for.
    fn begin(&mut self, word: &str) {
        let what = match word {
            "fonttbl" => Use::Fonts,
            "title" => Use::About("title"),
            "author" => Use::About("author"),
            "subject" => Use::About("subject"),
            "keywords" => Use::About("keywords"),
            "colortbl" | "stylesheet" | "info" | "pict" | "object" | "header" | "headerl" | "headerr" | "headerf"
            | "footer" | "footerl" | "footerr" | "footerf" | "footnote" | "annotation" | "fldinst" | "nonshppict"
            | "listtext" | "pntext" | "filetbl" | "revtbl" | "xe" | "tc" => Use::Nothing,
            "fldrslt" | "shptxt" | "ud" | "upr" | "shppict" | "shp" | "shpinst" => return,
            _ if self.is_optional => Use::Nothing,
            _ => return,
        };
        // Nothing inside what is left out is read, except the description, whose fields stand one by one.
        if self.here.what != Use::Nothing || matches!(what, Use::About(_)) {
            self.here.what = what;
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        match (word, number) {
            ("ansicpg", Some(page)) => {
                self.page = code_page(page).unwrap_or(self.page);
                self.here.encoding = self.page;
            }
            ("mac", _) => (self.page, self.here.encoding) = (MACINTOSH, MACINTOSH),
            ("f", Some(font)) => {
                self.flush();
                self.font = font;
                if self.here.what != Use::Fonts {
                    self.here.encoding = self.fonts.get(&font).copied().unwrap_or(self.page);
                }
            }
            ("fcharset", Some(set)) if self.here.what == Use::Fonts => {
                if let Some(encoding) = character_set(set) {
                    self.fonts.insert(self.font, encoding);
                }
            }
            ("plain", _) => {
                self.flush();
                self.here.encoding = self.page;
            }
            ("uc", Some(count)) => self.here.stand_ins = usize::try_from(count).unwrap_or(1).min(16),
            ("u", Some(code)) => {
                self.flush();
                self.letter(code as u16);
                self.skip = self.here.stand_ins;
            }
            ("par" | "sect" | "page", _) => self.end(if self.in_table { Prose::line } else { Prose::block }),
            ("line", _) => self.end(Prose::line),
            ("trowd", _) => self.in_table = true,
            ("pard", _) => self.in_table = false,
            ("intbl", _) => self.in_table = true,
            ("cell" | "nestcell", _) => self.say("\t"),
            ("row" | "nestrow", _) => self.end(Prose::line),
            ("tab", _) => self.say("\t"),
            ("emdash", _) => self.say("—"),
            ("endash", _) => self.say("–"),
            ("lquote", _) => self.say("‘"),
            ("rquote", _) => self.say("’"),
            ("ldblquote", _) => self.say("“"),
            ("rdblquote", _) => self.say("”"),
            ("bullet", _) => self.say("•"),
            ("~" | "emspace" | "enspace" | "qmspace", _) => self.say(" "),
            ("_", _) => self.say("-"),
            _ => {}
        }
    }

    /// A UTF-16 unit.
    fn letter(&mut self, unit: u16) {
        let letters = match self.half.take() {
            Some(half) => String::from_utf16_lossy(&[half, unit]),
            None if (0xd800..0xdc00).contains(&unit) => {
                self.half = Some(unit);
                return;
            }
            None => String::from_utf16_lossy(&[unit]),
        };
        self.put(&letters);
    }

    fn say(&mut self, text: &str) {
        self.flush();
        self.put(text);
    }

    fn end(&mut self, how: fn(&mut Prose)) {
        self.flush();
        if self.here.what == Use::Body {
            how(&mut self.prose);
        }
    }

    fn flush(&mut self) {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            let (text, _) = self.here.encoding.decode_without_bom_handling(&bytes);
            self.put(&text);
        }
    }

    fn put(&mut self, text: &str) {
        match self.here.what {
            Use::Body => self.prose.push(text),
            Use::About(name) => self.about.entry(name.to_owned()).or_default().push_str(text),
            Use::Fonts | Use::Nothing => {}
        }
    }
}

fn code_page(number: i32) -> Option<&'static Encoding> {
    let label = match number {
        932 => "shift_jis".into(),
        936 => "gbk".into(),
        949 => "euc-kr".into(),
        950 => "big5".into(),
        10000 => "macintosh".into(),
        65001 => "utf-8".into(),
        other => format!("windows-{other}"),
    };
    Encoding::for_label(label.as_bytes())
}

/// The code page of a Windows character set; None for the default and for symbols.
fn character_set(number: i32) -> Option<&'static Encoding> {
    code_page(match number {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &[u8]) -> (String, Metadata) {
        let mut document = Document::new();
        Tokens::of(source).for_each(|token| document.take(token));
        document.flush();
        (document.prose.text().to_owned(), document.about)
    }

    #[test]
    fn paragraphs_tables_and_marks() {
        let (text, about) = read(
            br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\info{\title On ducks}{\author A. B.}}
{\header no}\pard One {\b two}\emdash three\par {\*\unknown gone}Four\line five\par
\trowd\intbl a\cell b\cell\row\trowd\intbl c\cell d\cell\row\pard {\pict 0102ff}end\'e9 \{x\}}",
        );
        assert_eq!(text, "One two—three\n\nFour\nfive\n\na\tb\nc\td\nend\u{e9} {x}");
        assert_eq!((&*about["title"], &*about["author"]), ("On ducks", "A. B."));
    }

    #[test]
    fn letters_of_every_script() {
        let (text, _) = read(
            br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}}\f1\'ec\'e8\'f0 {\f2\'93\'fa\'96\'7b}\f0\'e9 \u28450?\u-10179 ?\u-8704 ?{\uc2\u8364 EU}!}",
        );
        assert_eq!(text, "мир 日本é 漢😀€!");
    }

    #[test]
    fn half_a_document_and_deep_groups_are_no_trouble() {
        for source in [&b"{\\rtf1 a\\'"[..], b"}}}}", b"{\\rtf1 \\bin999999999 x", b"{\\rtf1 \\u99999999999 x"] {
            read(source);
        }
        assert_eq!(read("{".repeat(100_000).as_bytes()).0, "");
    }
}
