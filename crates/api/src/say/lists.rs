//! Lists, tables, axes and what is special, between the engine's types and the wire's words.
//!
//! Deliberately absent: deciding anything.

use embedscope_engine::{
    Amounts, Axis, Error, ItemId, ListFacts, Listing, Mark, SetId, Shift, Special, Spread, Test, Thing, Unit,
};
use serde_json::json;

use crate::frame::{FrameKind, FrameWriter};
use crate::wire;

/// Answers to a question are not ordered among each other.
const NO_REVISION: u32 = 0;

pub(super) fn all(lists: Result<Vec<ListFacts>, Error>) -> Vec<wire::ListView> {
    let view = |list: ListFacts| wire::ListView { name: list.name, items: list.items };
    lists.unwrap_or_default().into_iter().map(view).collect()
}

pub(crate) fn selection(items: &[ItemId]) -> Vec<u8> {
    let items: Vec<u32> = items.iter().map(|item| item.0).collect();
    let frame = FrameWriter::new(FrameKind::Selection, NO_REVISION, json!({}));
    match wire::mask_of(&items) {
        Some(mask) => frame.u8("mask", &mask),
        None => frame.u32("items", &items),
    }
    .finish()
}

pub(crate) fn amounts(set: u32, by: &str, amounts: &Amounts) -> Vec<u8> {
    let unit = match amounts.unit {
        Unit::Number => "number",
        Unit::Date => "date",
        Unit::Similarity => "similarity",
        Unit::Share => "share",
    };
    let (low, high) = amounts.range;
    let head = json!({ "set": set, "by": by, "unit": unit, "low": low, "high": high });
    FrameWriter::new(FrameKind::Amounts, NO_REVISION, head).f32("amounts", &amounts.values).finish()
}

pub(crate) fn spread(set: u32, spread: &Spread) -> Vec<u8> {
    let head = json!({ "set": set, "variance": spread.variance });
    FrameWriter::new(FrameKind::Spread, NO_REVISION, head).f32("positions", spread.positions.as_slice()).finish()
}

pub(crate) fn listing(request: wire::ListingRequest) -> Listing {
    let test = |test: wire::TestView| match test {
        wire::TestView::Holds { words } => Test::Holds(words),
        wire::TestView::Is { values } => Test::Is(values),
        wire::TestView::Between { from, to } => Test::Between(from, to),
    };
    Listing {
        tests: request.filters.into_iter().map(|filter| (filter.field, test(filter.is))).collect(),
        sort: request.sort.map(|sort| (sort.field, sort.descending)),
        set: request.set.map(SetId),
    }
}

pub(crate) fn thing(thing: wire::ThingView) -> Thing {
    match thing {
        wire::ThingView::Item { item } => Thing::Item(ItemId(item)),
        wire::ThingView::Words { words } => Thing::Words(words),
    }
}

pub(crate) fn axis(axis: wire::AxisView) -> Axis {
    Axis { from: thing(axis.from), to: thing(axis.to) }
}

pub(crate) fn special(special: Special) -> wire::SpecialView {
    let mark = |mark: Mark| wire::MarkView {
        field: mark.field,
        value: mark.value,
        here: mark.here,
        elsewhere: mark.elsewhere,
    };
    let shift = |shift: Shift| wire::ShiftView {
        field: shift.field,
        dates: shift.unit == Unit::Date,
        here: shift.here,
        elsewhere: shift.elsewhere,
    };
    wire::SpecialView {
        words: special.words.into_iter().map(mark).collect(),
        values: special.values.into_iter().map(mark).collect(),
        amounts: special.amounts.into_iter().map(shift).collect(),
        here: special.sizes.0 as u32,
        elsewhere: special.sizes.1 as u32,
    }
}
