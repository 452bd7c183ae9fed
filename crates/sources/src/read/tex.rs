//! TeX as its reader sees it: words without commands, headings remembered, title and author as metadata.
//!
//! Nothing is executed: macros are not expanded, files are not included. Formulas stay as they are written.
//! Deliberately absent: the preamble, references, citations and pictures (captions are kept).

mod token;

use token::{Token, Tokens};

use super::outlet::{Metadata, Outlet};
use crate::prose::Prose;
use crate::{Reason, charset};

pub(super) fn read(bytes: &[u8], outlet: &mut Outlet) -> Result<(), Reason> {
    let (prose, metadata) = prose(&charset::decode(bytes, None));
    outlet.document(&prose, &metadata)
}

fn prose(source: &str) -> (Prose, Metadata) {
    let mut metadata = Metadata::new();
    for (command, name) in [("\\title", "title"), ("\\author", "author")] {
        if let Some(argument) = source.split_once(command).and_then(|(_, after)| token::argument(after)) {
            let mut text = Prose::default();
            write(argument, &mut text);
            metadata.insert(name.into(), text.text().replace('\n', " "));
        }
    }
    metadata.retain(|_, value| !value.is_empty());
    let body = source.split_once("\\begin{document}").map_or(source, |(_, body)| body);
    let body = body.split_once("\\end{document}").map_or(body, |(body, _)| body);
    let mut prose = Prose::default();
    write(body, &mut prose);
    (prose, metadata)
}

fn write(source: &str, prose: &mut Prose) {
    let mut tokens = Tokens::of(source);
    // Braces that end a heading when they close, by how deep they are.
    let (mut depth, mut headings) = (0usize, Vec::new());
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => prose.flow(&text),
            Token::Verbatim(text) => prose.push(text),
            Token::Paragraph => prose.block(),
            Token::Open => depth += 1,
            Token::Close => {
                if headings.last() == Some(&depth) {
                    headings.pop();
                    prose.block();
                }
                depth = depth.saturating_sub(1);
            }
            Token::Cell => prose.cell(),
            Token::Command(name) => match name {
                "part" | "chapter" | "section" | "subsection" | "subsubsection" | "paragraph" | "subparagraph" => {
                    tokens.skip_star();
                    tokens.skip_options();
                    prose.heading();
                    headings.push(depth + 1);
                }
                "caption" | "abstract" => {
                    tokens.skip_options();
                    prose.block();
                    headings.push(depth + 1);
                }
                "begin" | "end" => match (name, tokens.argument().unwrap_or_default()) {
                    ("begin", kind @ ("verbatim" | "lstlisting" | "minted" | "Verbatim" | "comment")) => {
                        let text = tokens.until_end(kind);
                        if kind != "comment" {
                            prose.block();
                            prose.push(text.trim_matches('\n'));
                        }
                        prose.block();
                    }
                    ("begin", "tabular" | "array" | "longtable" | "tabularx" | "thebibliography") => {
                        tokens.skip_options();
                        tokens.argument();
                        prose.block();
                    }
                    ("begin", _) => {
                        tokens.skip_options();
                        prose.block();
                    }
                    _ => prose.block(),
                },
                "item" => {
                    tokens.skip_options();
                    prose.line();
                }
                "\\" | "newline" | "linebreak" | "cr" => {
                    tokens.skip_options();
                    prose.line();
                }
                "par" | "newpage" | "clearpage" | "maketitle" => prose.block(),
                "href" | "textcolor" | "colorbox" | "setlength" | "addtolength" => drop(tokens.argument()),
                _ if SILENT.contains(&name) => {
                    tokens.skip_star();
                    tokens.skip_options();
                    while tokens.argument().is_some() {}
                }
                _ => tokens.skip_options(),
            },
        }
    }
}

/// Commands whose arguments are for the machine.
const SILENT: [&str; 36] = [
    "label",
    "ref",
    "eqref",
    "pageref",
    "autoref",
    "cref",
    "Cref",
    "cite",
    "citep",
    "citet",
    "citeauthor",
    "citeyear",
    "nocite",
    "bibliography",
    "bibliographystyle",
    "includegraphics",
    "input",
    "include",
    "usepackage",
    "documentclass",
    "vspace",
    "hspace",
    "newcommand",
    "renewcommand",
    "providecommand",
    "def",
    "newenvironment",
    "setcounter",
    "addcontentsline",
    "pagestyle",
    "thispagestyle",
    "graphicspath",
    "hypersetup",
    "index",
    "write",
    "color",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_go_and_words_stay() {
        let source = r#"\documentclass[12pt]{article}
\usepackage{x}
\title{On \emph{Ducks}}\author{A. B.}
\begin{document}
\maketitle
% a comment
\section*{Intro}\label{s} Ducks~\cite{a} ``swim'' --- na\"ive, \'{e}t\'e, 50\% of $E=mc^2$.
More {\bf bold} words\footnote{note}.

\begin{itemize}
\item one
\item[x] two
\end{itemize}
\begin{figure}[h]\includegraphics[width=1cm]{a.png}\caption{A duck.}\end{figure}
\begin{tabular}{ll}a & b \\ c & d\end{tabular}
\begin{verbatim}
x = \y{1}
\end{verbatim}
\href{http://x.y}{link} \ss\o{} \& done
\end{document} after"#;
        let (prose, metadata) = prose(source);
        assert_eq!(
            prose.text().trim_end(),
            "Intro\n\nDucks “swim” — naïve, été, 50% of $E=mc^2$. More bold wordsnote.\n\none\ntwo\n\nA duck.\n\na\tb\nc\td\n\n\
             x = \\y{1}\n\nlink ßø & done"
        );
        assert_eq!(prose.headings(), [0]);
        assert_eq!((&*metadata["title"], &*metadata["author"]), ("On Ducks", "A. B."));
    }

    #[test]
    fn odd_ends_and_deep_nesting_are_no_trouble() {
        for source in ["\\", "{", "}", "$", "$$", "\\begin", "\\begin{verbatim}", "\\section", "\\'", "\\\"{", "%"] {
            prose(source);
        }
        let (deep, _) = prose(&format!("{}x", "{\\section{".repeat(100_000)));
        assert!(deep.text().ends_with('x'));
    }
}
