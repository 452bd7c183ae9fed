//! What reading gives: items that know where they came from, or a reason why a file gave none.
//!
//! Deliberately absent: ids and storage (the workspace's), vectors (the models').

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One text or picture found in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What it is.
    pub content: Content,
    /// Where it came from.
    pub origin: Origin,
    /// BLAKE3 of the content (the text's bytes, or the picture file's bytes).
    pub hash: [u8; 32],
    /// Everything else the source said of it: the other columns of a table row, the title of a document.
    pub metadata: BTreeMap<String, String>,
    /// Bytes of the text at which headings begin, ascending; told only of texts that were left uncut.
    pub headings: Vec<usize>,
    /// A vector that came with it, computed elsewhere; then the hash is of the content and of these numbers.
    pub vector: Option<Vec<f32>>,
    /// The picture that this row of a table speaks of; the text is then its caption, perhaps empty.
    pub picture: Option<PathBuf>,
}

/// The content of an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A text, or one chunk of a longer one.
    Text(String),
    /// A picture; its pixels are read again when needed, upright, by [`crate::picture::load`].
    Image {
        /// Columns, after turning it upright.
        width: u32,
        /// Rows, after turning it upright.
        height: u32,
    },
}

/// The place an item came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// The original file; where it is inside an archive or e-mail, a path that goes on below that.
    pub file: PathBuf,
    /// The file's name below the folder that was dropped, with `/` between parts; what the user is shown.
    pub name: String,
    /// Page, from 1, where the format has pages.
    pub page: Option<u32>,
    /// Row, from 1 and without the header, where the file is a table.
    pub row: Option<u64>,
    /// Which chunk of its document (or page, or row) this is, from 0, and of how many; None for an uncut text.
    pub chunk: Option<(u32, u32)>,
    /// Bytes from the start of the document's (page's, row's) text to the first of this chunk.
    pub offset: u64,
}

/// What a format is, for the plan and for choosing a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// HTML.
    Html,
    /// PDF.
    Pdf,
    /// Word document.
    Docx,
    /// Comma- or tab-separated table.
    Csv,
    /// JSON lines.
    Jsonl,
    /// JSON: a list of records, or an object that holds one.
    Json,
    /// Parquet.
    Parquet,
    /// Arrow, as a file (Feather) or a stream.
    Arrow,
    /// SQLite.
    Sqlite,
    /// Ready vectors: NumPy arrays, one (`.npy`) or several (`.npz`).
    Npy,
    /// Ready vectors: bare numbers of the TensorBoard projector (`.bytes`).
    Projector,
    /// Ready vectors: safetensors.
    Safetensors,
    /// reStructuredText.
    Rst,
    /// TeX.
    Tex,
    /// Source code.
    Code,
    /// Rich Text.
    Rtf,
    /// OpenDocument text, spreadsheet or presentation.
    OpenDocument,
    /// PowerPoint presentation.
    Pptx,
    /// Excel workbook.
    Xlsx,
    /// E-book.
    Epub,
    /// E-mail.
    Email,
    /// Jupyter notebook.
    Notebook,
    /// Subtitles.
    Subtitles,
    /// Other XML, such as news feeds.
    Xml,
    /// A picture of any supported format.
    Picture,
}

impl Format {
    /// Whether it is a table: rows of columns, read one after another however many there are.
    pub fn is_table(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl | Self::Json | Self::Parquet | Self::Arrow | Self::Sqlite)
    }

    /// Whether it holds nothing but vectors.
    pub fn is_vectors(self) -> bool {
        matches!(self, Self::Npy | Self::Projector | Self::Safetensors)
    }
}

/// Why a file, or a part of one, gave nothing. Its text is one clause without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Reason {
    /// The format is known but no reader exists yet.
    #[error("{format} files are not read yet")]
    NotReadYet {
        /// The format's name, such as "ODT".
        format: String,
    },
    /// The format is known and left out on purpose.
    #[error("{format} files are not read: {why}")]
    NotRead {
        /// The format's name.
        format: String,
        /// What stands in the way, and what to do.
        why: String,
    },
    /// Nothing here recognises the file.
    #[error("not a known document, table or picture")]
    UnknownFormat,
    /// There is no text or picture in it.
    #[error("{what}")]
    Empty {
        /// What is missing: "empty file", "no visible text on any page (perhaps scanned)".
        what: String,
    },
    /// A limit was passed.
    #[error("larger than the limit: {what}")]
    TooLarge {
        /// Which limit and by how much.
        what: String,
    },
    /// Reading took longer than allowed.
    #[error("reading took longer than {seconds} s")]
    TooSlow {
        /// The limit.
        seconds: u64,
    },
    /// The file is broken, or not what its name says.
    #[error("cannot be read: {}", problem.trim_end_matches('.'))]
    Broken {
        /// What the parser said, in words.
        problem: String,
    },
    /// The file is protected.
    #[error("protected by a password")]
    Protected,
    /// The system did not let us read it.
    #[error("cannot be opened: {problem}")]
    Io {
        /// What the system said.
        problem: String,
    },
}

impl From<std::io::Error> for Reason {
    fn from(error: std::io::Error) -> Self {
        let problem = match error.kind() {
            std::io::ErrorKind::NotFound => "it is not there".into(),
            std::io::ErrorKind::PermissionDenied => "permission denied".into(),
            _ => error.to_string(),
        };
        Reason::Io { problem }
    }
}
