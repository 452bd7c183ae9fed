//! Questions answered in numbers by the thousand, as frames.

use std::sync::{Arc, PoisonError};

use embedscope_engine::{Group, ItemId, MapId, ModelComparison, SetId, Shades};
use serde_json::json;

use super::Host;
use crate::frame::{FrameKind, FrameWriter};
use crate::say;
use crate::wire::{ClassView, CompareRequest, ErrorView, LassoRequest};

/// Answers to a question are not ordered among each other.
const NO_REVISION: u32 = 0;
/// A matrix of more items than a screen has pixels shows no more, and grows with their square.
const MOST_IN_MATRIX: u32 = 2048;

impl Host {
    /// Which item stands in which row of a set, and in what order to draw them.
    pub fn get_rows(&self, set: u32) -> Result<Vec<u8>, ErrorView> {
        let set = SetId(set);
        Ok(say::rows(set, &self.engine()?.set_rows(set, 0).map_err(say::error)?))
    }

    /// Where the rows lie on a map, turned to lie on another where one is named.
    pub fn get_positions(&self, map: u32, aligned_to: Option<u32>) -> Result<Vec<u8>, ErrorView> {
        let layout = match aligned_to {
            Some(other) => self.engine()?.layout_aligned(MapId(map), MapId(other)),
            None => self.engine()?.layout(MapId(map)),
        };
        Ok(say::positions(&layout.map_err(say::error)?))
    }

    /// The classes or amounts of a set's rows, by `cluster`, `kind`, `file`, `collection`, `tag`, `column:NAME`,
    /// `similarity:ITEM` or `misplaced:MAP`.
    pub fn get_colours(&self, set: u32, by: &str) -> Result<Vec<u8>, ErrorView> {
        let colours = match self.engine()?.colours(SetId(set), by).map_err(say::error)? {
            Shades::Classes(colours) => colours,
            Shades::Amounts(amounts) => return Ok(say::amounts(set, by, &amounts)),
        };
        let classes: Vec<ClassView> = colours
            .classes
            .iter()
            .map(|class| ClassView { label: class.label.clone(), count: class.count as u32 })
            .collect();
        let head = json!({ "set": set, "by": by, "classes": classes, "more": colours.more });
        Ok(FrameWriter::new(FrameKind::Colours, NO_REVISION, head).u16("classes", &colours.class_of_row).finish())
    }

    /// Similarities among some items of a set, or among a sample of all.
    pub fn get_matrix(&self, set: u32, items: Option<&[u32]>, limit: u32) -> Result<Vec<u8>, ErrorView> {
        let items: Option<Vec<ItemId>> = items.map(|items| items.iter().copied().map(ItemId).collect());
        let matrix = self
            .engine()?
            .matrix(SetId(set), items.as_deref(), limit.min(MOST_IN_MATRIX) as usize)
            .map_err(say::error)?;
        let groups: Vec<_> = matrix.groups.iter().map(group).collect();
        let shown: Vec<u32> = matrix.items.iter().map(|item| item.0).collect();
        Ok(FrameWriter::new(FrameKind::Matrix, NO_REVISION, json!({ "set": set, "groups": groups }))
            .u32("items", &shown)
            .f32("values", matrix.values.as_slice())
            .finish())
    }

    /// By how much of all pairs each pair is nearer in the right set than in the left: among some items, or a sample.
    pub fn get_difference(&self, a: u32, b: u32, items: Option<&[u32]>, limit: u32) -> Result<Vec<u8>, ErrorView> {
        let items: Option<Vec<ItemId>> = items.map(|items| items.iter().copied().map(ItemId).collect());
        let limit = limit.min(MOST_IN_MATRIX) as usize;
        let found = self.engine()?.difference(SetId(a), SetId(b), items.as_deref(), limit).map_err(say::error)?;
        let groups: Vec<_> = found.groups.iter().map(group).collect();
        let shown: Vec<u32> = found.items.iter().map(|item| item.0).collect();
        let head = json!({ "set": a, "other": b, "groups": groups });
        Ok(FrameWriter::new(FrameKind::Matrix, NO_REVISION, head)
            .u32("items", &shown)
            .f32("values", found.values.as_slice())
            .finish())
    }

    /// The share of neighbours in common for each item two sets show.
    pub fn get_overlap(&self, request: &CompareRequest) -> Result<Vec<u8>, ErrorView> {
        let compared = self.compared(request)?;
        let items: Vec<u32> = compared.items.iter().map(|item| item.0).collect();
        let head = json!({ "a": request.a, "b": request.b, "k": compared.k });
        Ok(FrameWriter::new(FrameKind::Overlap, NO_REVISION, head)
            .u32("items", &items)
            .f32("overlap", &compared.overlap)
            .finish())
    }

    /// The items inside a line drawn on a map.
    pub fn select_lasso(&self, request: &LassoRequest) -> Result<Vec<u8>, ErrorView> {
        let inside = self.engine()?.lasso(MapId(request.map), &request.polygon, request.matrix.as_deref());
        Ok(say::selection(&inside.map_err(say::error)?))
    }

    /// The comparison a request asks for; its figures and its frame are asked for one after the other, and it is made once.
    pub(super) fn compared(&self, request: &CompareRequest) -> Result<Arc<ModelComparison>, ErrorView> {
        let [a, b] = [request.a, request.b].map(SetId);
        let rows = |set| self.engine()?.set(set).map(|set| set.rows).map_err(say::error);
        let subject = (a, b, request.k, rows(a)?, rows(b)?);
        let mut last = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = last.as_ref().filter(|(known, _)| *known == subject) {
            return Ok(known.clone());
        }
        let compared = Arc::new(self.engine()?.compare(a, b, request.k as usize).map_err(say::error)?);
        *last = Some((subject, compared.clone()));
        Ok(compared)
    }
}

fn group(group: &Group) -> serde_json::Value {
    json!({ "label": group.label, "start": group.start, "count": group.count })
}
