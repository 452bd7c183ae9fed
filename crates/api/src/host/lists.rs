//! Tables, named selections, tags, what is special about items, and meanings as directions.
//!
//! Deliberately absent: what is selected or filtered at the moment; that is the page's.

use embedscope_engine::{ItemId, SetId, Thing};

use super::Host;
use crate::say;
use crate::wire::{
    ErrorView, HitView, ListingRequest, ReckonRequest, SpecialRequest, SpecialView, SpreadRequest, TagRequest,
    ThingView,
};

impl Host {
    /// The items that pass some filters, in an order: a frame of their ids.
    pub fn get_listing(&self, request: ListingRequest) -> Result<Vec<u8>, ErrorView> {
        Ok(say::selection(&self.engine()?.listing(&say::listing(request)).map_err(say::error)?))
    }

    /// Keeps items under a name, in place of what had the name before.
    pub fn save_selection(&self, name: &str, items: &[u32]) -> Result<(), ErrorView> {
        self.engine()?.save_selection(name, &ids(items)).map_err(say::error)
    }

    /// Gives a saved selection another name.
    pub fn rename_selection(&self, name: &str, to: &str) -> Result<(), ErrorView> {
        self.engine()?.rename_selection(name, to).map_err(say::error)
    }

    /// Forgets a saved selection; its items stay.
    pub fn forget_selection(&self, name: &str) -> Result<(), ErrorView> {
        self.engine()?.forget_selection(name).map_err(say::error)
    }

    /// The items of a saved selection.
    pub fn get_selection(&self, name: &str) -> Result<Vec<u8>, ErrorView> {
        Ok(say::selection(&self.engine()?.selection(name).map_err(say::error)?))
    }

    /// The items that have a tag.
    pub fn get_tagged(&self, tag: &str) -> Result<Vec<u8>, ErrorView> {
        Ok(say::selection(&self.engine()?.tagged(tag).map_err(say::error)?))
    }

    /// Puts a tag on items or takes it off: a frame of those it changed.
    pub fn set_tag(&self, request: &TagRequest) -> Result<Vec<u8>, ErrorView> {
        let changed = self.engine()?.set_tag(&request.tag, &ids(&request.items.0), request.on);
        Ok(say::selection(&changed.map_err(say::error)?))
    }

    /// Some items and whatever is among the `k` nearest of any of them.
    pub fn grow_selection(&self, set: u32, items: &[u32], k: u32) -> Result<Vec<u8>, ErrorView> {
        Ok(say::selection(&self.engine()?.grown(SetId(set), &ids(items), k as usize).map_err(say::error)?))
    }

    /// What sets some items apart from others.
    pub fn get_special(&self, request: &SpecialRequest) -> Result<SpecialView, ErrorView> {
        let against = request.against.as_ref().map(|items| ids(&items.0));
        let special = self.engine()?.special(&ids(&request.items.0), against.as_deref(), request.set.map(SetId));
        Ok(say::special(special.map_err(say::error)?))
    }

    /// The items nearest to a sum of things.
    pub fn reckon(&self, request: ReckonRequest) -> Result<Vec<HitView>, ErrorView> {
        let things = |things: Vec<ThingView>| -> Vec<Thing> { things.into_iter().map(say::thing).collect() };
        let (plus, minus) = (things(request.plus), things(request.minus));
        let hits = self.engine()?.reckon(SetId(request.set), &plus, &minus, request.k as usize);
        hits.map_err(say::error)?.iter().map(|hit| self.hit(hit)).collect()
    }

    /// Where a set's rows lie along one axis or two.
    pub fn get_spread(&self, request: SpreadRequest) -> Result<Vec<u8>, ErrorView> {
        let (x, y) = (say::axis(request.x), request.y.map(say::axis));
        let spread = self.engine()?.spread(SetId(request.set), &x, y.as_ref()).map_err(say::error)?;
        Ok(say::spread(request.set, &spread))
    }
}

fn ids(items: &[u32]) -> Vec<ItemId> {
    items.iter().copied().map(ItemId).collect()
}
