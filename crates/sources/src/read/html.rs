//! Web pages as text: what a reader of the page would read, headings remembered, the title as metadata.
//!
//! Works on the stream of tags, without a tree, so that no nesting can hurt. Deliberately absent: style sheets (what
//! they hide is read), frames, and what scripts would write.

use std::cell::RefCell;

use encoding_rs::Encoding;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::outlet::{Metadata, Outlet};
use crate::prose::Prose;
use crate::{Reason, charset};

pub(super) fn read(bytes: &[u8], outlet: &mut Outlet) -> Result<(), Reason> {
    let (prose, title) = prose(&charset::decode(bytes, declared(bytes)));
    let metadata = Some(("title".to_owned(), title)).filter(|(_, title)| !title.is_empty());
    outlet.document(&prose, &Metadata::from_iter(metadata))
}

/// The text and the title: of the `<main>` part if the page has one, without navigation, unless there is nothing else.
pub(super) fn prose(source: &str) -> (Prose, String) {
    let found = parsed(source, true);
    if found.0.is_blank() { parsed(source, false) } else { found }
}

fn parsed(source: &str, is_choosy: bool) -> (Prose, String) {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(source));
    let page = Page { is_choosy, state: RefCell::default() };
    let tokenizer = Tokenizer::new(page, TokenizerOpts::default());
    while !queue.is_empty() {
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    let state = tokenizer.sink.state.into_inner();
    (state.prose, state.title.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The encoding in a `<meta charset=…>` near the beginning.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let label = after.trim_start_matches(['"', '\'', ' ']);
    let end = label.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(label.len());
    Encoding::for_label(&label.as_bytes()[..end])
}

struct Page {
    /// Leaves out what surrounds the content.
    is_choosy: bool,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    prose: Prose,
    title: String,
    in_title: bool,
    /// Open `<pre>` elements.
    verbatim: usize,
    main: Main,
    /// The element that is left out with all it holds, and how often it is open.
    dropped: Option<(String, usize)>,
}

/// Where we are relative to the page's main part.
#[derive(Default, PartialEq)]
enum Main {
    #[default]
    Before,
    Inside,
    After,
}

impl TokenSink for Page {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                state.tag(&tag, self.is_choosy);
                return raw(&tag);
            }
            Token::CharacterTokens(text) => state.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Elements whose content is not markup.
fn raw(tag: &Tag) -> TokenSinkResult<()> {
    if tag.kind == TagKind::EndTag {
        return TokenSinkResult::Continue;
    }
    match &*tag.name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}

impl State {
    fn text(&mut self, text: &str) {
        if self.in_title {
            self.title.push_str(text);
        } else if self.dropped.is_none() && self.main != Main::After {
            if self.verbatim > 0 { self.prose.push(text) } else { self.prose.flow(text) }
        }
    }

    fn tag(&mut self, tag: &Tag, is_choosy: bool) {
        let name = &*tag.name;
        let opens = tag.kind == TagKind::StartTag;
        if let Some((dropped, depth)) = &mut self.dropped {
            if dropped == name && !tag.self_closing {
                *depth = if opens { *depth + 1 } else { *depth - 1 };
                if *depth == 0 {
                    self.dropped = None;
                }
            }
            return;
        }
        match name {
            "script" | "style" | "template" | "svg" | "iframe" | "noembed" | "noframes" | "select" | "object"
                if opens && !tag.self_closing =>
            {
                self.dropped = Some((name.to_owned(), 1));
            }
            _ if opens && is_choosy && !tag.self_closing && is_navigation(tag) => {
                self.dropped = Some((name.to_owned(), 1));
            }
            "main" if is_choosy && opens && self.main == Main::Before => {
                self.prose = Prose::default();
                self.main = Main::Inside;
            }
            "main" if is_choosy && !opens && self.main == Main::Inside => self.main = Main::After,
            // Later titles belong to drawings inside the page.
            "title" => self.in_title = opens && self.title.is_empty(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if opens => self.prose.heading(),
            "pre" => {
                self.verbatim = if opens { self.verbatim + 1 } else { self.verbatim.saturating_sub(1) };
                self.prose.block();
            }
            "td" | "th" if opens => self.prose.cell(),
            "br" | "li" | "tr" | "option" | "caption" | "dt" | "dd" => self.prose.line(),
            "p" | "div" | "section" | "article" | "main" | "nav" | "header" | "footer" | "aside" | "blockquote"
            | "figure" | "figcaption" | "table" | "form" | "fieldset" | "hr" | "address" | "details" | "summary"
            | "ul" | "ol" | "dl" | "body" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.prose.block(),
            _ => {}
        }
    }
}

fn is_navigation(tag: &Tag) -> bool {
    let has_role = || tag.attrs.iter().any(|it| &*it.name.local == "role" && &*it.value == "navigation");
    &*tag.name == "nav" || has_role()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_reads_is_kept() {
        let source = "<!doctype html><html><head><title> A &amp; B </title><style>p{}</style></head><body>\
            <nav><a href=x>Home</a></nav><h1>Head</h1><p>One\n <b>two</b>&nbsp;three</p><script>if (a<b) '</nav>';</script>\
            <ul><li>a<li>b</ul><table><tr><th>h<th>i<tr><td>1</td><td>2</td></table><pre>x\n  y</pre>\
            <svg><title>no</title></svg>end";
        let (prose, title) = prose(source);
        assert_eq!(title, "A & B");
        assert_eq!(prose.text(), "Head\n\nOne two three\n\na\nb\n\nh\ti\n1\t2\n\nx\n  y\n\nend");
        assert_eq!(prose.headings(), [0]);
    }

    #[test]
    fn the_main_part_is_the_page() {
        let source =
            "<header>Login</header><main><div role='navigation'><div>Menu</div></div><h2>H</h2>Words</main>Imprint";
        let (prose, _) = prose(source);
        assert_eq!((prose.text(), prose.headings()), ("H\n\nWords", &[0][..]));
        assert_eq!(super::prose("Outside<main></main>").0.text(), "Outside");
    }

    #[test]
    fn navigation_is_kept_where_there_is_nothing_else() {
        assert_eq!(prose("<nav>Only <a>this</a>").0.text(), "Only this");
    }

    #[test]
    fn the_declared_encoding_is_honoured() {
        let (koi, _, _) = encoding_rs::KOI8_R.encode("<meta charset=\"koi8-r\"><p>мир");
        assert_eq!(prose(&charset::decode(&koi, declared(&koi))).0.text(), "мир");
    }

    #[test]
    fn deep_nesting_is_no_trouble() {
        let (prose, _) = prose(&format!("{}deep", "<div><b>".repeat(200_000)));
        assert_eq!(prose.text(), "deep");
    }
}
