//! Makes items of what readers find: texts are cut, hashed and counted here, the same for every format.
//!
//! Deliberately absent: parsing, and where to cut (`cut`).

use std::sync::mpsc::SyncSender;

use super::ReadOptions;
use super::outlet::{Metadata, Piece, unheard};
use crate::cut::{self, Cut, TokenCounter, Unit};
use crate::prose::Prose;
use crate::scan::Found;
use crate::{Content, Draft, Limits, Origin, Preprocessing, Reason, hash};

pub(super) struct Cutter {
    origin: Origin,
    cut: Cut,
    preprocessing: Preprocessing,
    tokens: Option<TokenCounter>,
    most: u64,
    given: u64,
    sender: SyncSender<Draft>,
}

impl Cutter {
    pub(super) fn new(found: &Found, options: &ReadOptions, limits: &Limits, sender: SyncSender<Draft>) -> Self {
        Self {
            origin: Origin { file: found.path.clone(), name: found.name.clone(), ..Origin::default() },
            cut: options.cut,
            preprocessing: options.preprocessing,
            tokens: options.tokens.clone(),
            most: if super::is_streamed(found.format) { limits.rows_per_table } else { limits.items_per_file },
            given: 0,
            sender,
        }
    }

    /// Sends the items of a piece on their way; rows that speak of a picture or bring a vector stay in one.
    pub(super) fn take(&mut self, piece: Piece) -> Result<(), Reason> {
        match piece {
            Piece::Text { prose, page, metadata } => self.cut_up(&prose, page, None, &metadata),
            Piece::Row { number, text, picture: None, vector: None, metadata } => {
                self.cut_up(&Prose::plain(text), None, Some(number), &metadata)
            }
            Piece::Row { number, text, picture, vector, metadata } => {
                let origin = Origin { row: Some(number), ..self.origin.clone() };
                let text = self.preprocessing.apply(&text).into_owned();
                let hash = match &vector {
                    Some(vector) => hash::with_vector(text.as_bytes(), vector),
                    None => hash::content(text.as_bytes()),
                };
                let (content, headings) = (Content::Text(text), Vec::new());
                self.give(Draft { content, origin, hash, metadata, headings, vector, picture })
            }
            Piece::Picture { width, height, hash, tile } => {
                let (content, mut origin) = (Content::Image { width, height }, self.origin.clone());
                if let Some((tile, number)) = tile {
                    origin.file = tile.place(&origin.file, number);
                    origin.name = format!("{}/{number}", origin.name);
                }
                let (metadata, headings) = (Metadata::new(), Vec::new());
                self.give(Draft { content, origin, hash, metadata, headings, vector: None, picture: None })
            }
        }
    }

    fn cut_up(
        &mut self,
        prose: &Prose,
        page: Option<u32>,
        row: Option<u64>,
        metadata: &Metadata,
    ) -> Result<(), Reason> {
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
