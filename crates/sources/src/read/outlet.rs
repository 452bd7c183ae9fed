//! Where readers hand out what they find: texts are cut, hashed and counted here, the same for every format.
//!
//! Deliberately absent: parsing.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::SyncSender;

use embedscope_space::Cancel;

use super::ReadOptions;
use crate::cut::{self, Cut, TokenCounter, Unit};
use crate::prose::Prose;
use crate::scan::Found;
use crate::{Content, Draft, Limits, Origin, Preprocessing, Reason, hash};

/// What a file says beside its content.
pub(super) type Metadata = BTreeMap<String, String>;

pub(super) struct Outlet {
    origin: Origin,
    cut: Cut,
    preprocessing: Preprocessing,
    tokens: Option<TokenCounter>,
    most: u64,
    given: u64,
    sender: SyncSender<Draft>,
    stop: Cancel,
}

impl Outlet {
    pub(super) fn new(
        found: &Found,
        options: &ReadOptions,
        limits: &Limits,
        sender: SyncSender<Draft>,
        stop: Cancel,
    ) -> Self {
        Self {
            origin: Origin { file: found.path.clone(), name: found.name.clone(), ..Origin::default() },
            cut: options.cut,
            preprocessing: options.preprocessing,
            tokens: options.tokens.clone(),
            most: if super::is_streamed(found.format) { limits.rows_per_table } else { limits.items_per_file },
            given: 0,
            sender,
            stop,
        }
    }

    /// A whole document.
    pub(super) fn document(&mut self, prose: &Prose, metadata: &Metadata) -> Result<(), Reason> {
        self.cut_up(prose, None, None, metadata)
    }

    /// One page of a document, from 1.
    pub(super) fn page(&mut self, number: u32, prose: &Prose, metadata: &Metadata) -> Result<(), Reason> {
        self.cut_up(prose, Some(number), None, metadata)
    }

    /// One row of a table, from 1. What speaks of a picture or brings a vector stays in one piece.
    pub(super) fn row(
        &mut self,
        number: u64,
        text: String,
        picture: Option<PathBuf>,
        vector: Option<Vec<f32>>,
        metadata: Metadata,
    ) -> Result<(), Reason> {
        if picture.is_none() && vector.is_none() {
            return self.cut_up(&Prose::plain(text), None, Some(number), &metadata);
        }
        self.check()?;
        let origin = Origin { row: Some(number), ..self.origin.clone() };
        let text = self.preprocessing.apply(&text).into_owned();
        let hash = match &vector {
            Some(vector) => hash::with_vector(text.as_bytes(), vector),
            None => hash::content(text.as_bytes()),
        };
        self.give(Draft { content: Content::Text(text), origin, hash, metadata, headings: Vec::new(), vector, picture })
    }

    /// The picture that the file is.
    pub(super) fn picture(&mut self, width: u32, height: u32, hash: [u8; 32]) -> Result<(), Reason> {
        let (content, origin) = (Content::Image { width, height }, self.origin.clone());
        let (metadata, headings) = (Metadata::new(), Vec::new());
        self.give(Draft { content, origin, hash, metadata, headings, vector: None, picture: None })
    }

    /// Whether anything was given yet.
    pub(super) fn is_dry(&self) -> bool {
        self.given == 0
    }

    /// Fails once nobody listens any more; asked by readers between pages and rows.
    pub(super) fn check(&self) -> Result<(), Reason> {
        if self.stop.is_cancelled() { Err(unheard()) } else { Ok(()) }
    }

    /// A file without a single item is empty.
    pub(super) fn finish(&self) -> Result<(), Reason> {
        if self.is_dry() { Err(Reason::Empty { what: "no text in it".into() }) } else { Ok(()) }
    }

    fn cut_up(
        &mut self,
        prose: &Prose,
        page: Option<u32>,
        row: Option<u64>,
        metadata: &Metadata,
    ) -> Result<(), Reason> {
        self.check()?;
        let pieces = cut::pieces(prose.text(), prose.headings(), &self.cut, self.tokens.as_ref());
        let count = pieces.len() as u32;
        let kept = if self.preprocessing.truncate { 1 } else { pieces.len() };
        for (number, piece) in (0..).zip(pieces).take(kept) {
            let offset = piece.start as u64;
            let headings = match self.cut.unit {
                Unit::None => prose.headings().iter().filter_map(|at| at.checked_sub(piece.start)).collect(),
                _ => Vec::new(),
            };
            let text = self.preprocessing.apply(&prose.text()[piece]).into_owned();
            let chunk = (count > 1).then_some((number, count));
            let origin = Origin { page, row, chunk, offset, ..self.origin.clone() };
            let hash = hash::content(text.as_bytes());
            let (content, metadata) = (Content::Text(text), metadata.clone());
            self.give(Draft { content, origin, hash, metadata, headings, vector: None, picture: None })?;
        }
        Ok(())
    }

    fn give(&mut self, draft: Draft) -> Result<(), Reason> {
        if self.given == self.most {
            return Err(Reason::TooLarge { what: format!("more than {} items; the first were taken", self.most) });
        }
        self.given += 1;
        self.sender.send(draft).map_err(|_| unheard())
    }
}

/// Ends a reader whose caller has gone; never seen.
fn unheard() -> Reason {
    Reason::Broken { problem: "reading was stopped".into() }
}
