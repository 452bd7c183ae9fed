//! Where readers hand out what they find, piece by piece, the same for every format.
//!
//! Deliberately absent: parsing, and cutting (`cutter`).

use std::collections::BTreeMap;
use std::path::PathBuf;

use embedscope_space::Cancel;
use serde::{Deserialize, Serialize};

use crate::prose::Prose;
use crate::{Reason, Tile};

/// What a file says beside its content.
pub(super) type Metadata = BTreeMap<String, String>;

/// What a reader finds at once.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Piece {
    /// A whole document, or a page of one, from 1.
    Text { prose: Prose, page: Option<u32>, metadata: Metadata },
    /// One row of a table or matrix, from 1.
    Row { number: u64, text: String, picture: Option<PathBuf>, vector: Option<Vec<f32>>, metadata: Metadata },
    /// The picture that the file is, or one of those that it holds side by side, from 1.
    Picture { width: u32, height: u32, hash: [u8; 32], tile: Option<(Tile, u32)> },
}

impl Piece {
    fn is_blank(&self) -> bool {
        match self {
            Piece::Text { prose, .. } => prose.is_blank(),
            Piece::Row { text, picture, vector, .. } => text.trim().is_empty() && picture.is_none() && vector.is_none(),
            Piece::Picture { .. } => false,
        }
    }
}

pub(super) struct Outlet {
    take: Box<dyn FnMut(Piece) -> Result<(), Reason>>,
    stop: Cancel,
    is_dry: bool,
}

impl Outlet {
    /// An outlet into `take`, until `stop`.
    pub(super) fn new(take: impl FnMut(Piece) -> Result<(), Reason> + 'static, stop: Cancel) -> Self {
        Self { take: Box::new(take), stop, is_dry: true }
    }

    /// A whole document.
    pub(super) fn document(&mut self, prose: &Prose, metadata: &Metadata) -> Result<(), Reason> {
        self.give(Piece::Text { prose: prose.clone(), page: None, metadata: metadata.clone() })
    }

    /// One page of a document, from 1.
    pub(super) fn page(&mut self, number: u32, prose: &Prose, metadata: &Metadata) -> Result<(), Reason> {
        self.give(Piece::Text { prose: prose.clone(), page: Some(number), metadata: metadata.clone() })
    }

    /// One row of a table, from 1.
    pub(super) fn row(
        &mut self,
        number: u64,
        text: String,
        picture: Option<PathBuf>,
        vector: Option<Vec<f32>>,
        metadata: Metadata,
    ) -> Result<(), Reason> {
        self.give(Piece::Row { number, text, picture, vector, metadata })
    }

    /// What was found.
    pub(super) fn give(&mut self, piece: Piece) -> Result<(), Reason> {
        self.check()?;
        self.is_dry &= piece.is_blank();
        (self.take)(piece)
    }

    /// Whether nothing but blank pages was given yet.
    pub(super) fn is_dry(&self) -> bool {
        self.is_dry
    }

    /// Fails once nobody listens any more; asked by readers between pages and rows.
    pub(super) fn check(&self) -> Result<(), Reason> {
        if self.stop.is_cancelled() { Err(unheard()) } else { Ok(()) }
    }

    /// A file without a single item is empty.
    pub(super) fn finish(&self) -> Result<(), Reason> {
        if self.is_dry { Err(Reason::Empty { what: "no text in it".into() }) } else { Ok(()) }
    }
}

/// Ends a reader whose caller has gone; never seen.
pub(super) fn unheard() -> Reason {
    Reason::Broken { problem: "reading was stopped".into() }
}
