//! Commands about tables, named selections, tags and directions of meaning.

use embedscope_api::wire::{
    HitView, Items, ListingRequest, ReckonRequest, SpecialRequest, SpecialView, SpreadRequest, TagRequest,
};
use tauri::ipc::Response;

use super::{Answer, Shared, ask, ask_frame};

#[tauri::command]
pub async fn get_listing(host: Shared<'_>, request: ListingRequest) -> Answer<Response> {
    ask_frame(host, |host| host.get_listing(request)).await
}

#[tauri::command]
pub async fn save_selection(host: Shared<'_>, name: String, items: Items) -> Answer<()> {
    ask(host, move |host| host.save_selection(&name, &items.0)).await
}

#[tauri::command]
pub async fn rename_selection(host: Shared<'_>, name: String, to: String) -> Answer<()> {
    ask(host, move |host| host.rename_selection(&name, &to)).await
}

#[tauri::command]
pub async fn forget_selection(host: Shared<'_>, name: String) -> Answer<()> {
    ask(host, move |host| host.forget_selection(&name)).await
}

#[tauri::command]
pub async fn get_selection(host: Shared<'_>, name: String) -> Answer<Response> {
    ask_frame(host, move |host| host.get_selection(&name)).await
}

#[tauri::command]
pub async fn get_tagged(host: Shared<'_>, tag: String) -> Answer<Response> {
    ask_frame(host, move |host| host.get_tagged(&tag)).await
}

#[tauri::command]
pub async fn set_tag(host: Shared<'_>, request: TagRequest) -> Answer<Response> {
    ask_frame(host, move |host| host.set_tag(&request)).await
}

#[tauri::command]
pub async fn grow_selection(host: Shared<'_>, set: u32, items: Items, k: u32) -> Answer<Response> {
    ask_frame(host, move |host| host.grow_selection(set, &items.0, k)).await
}

#[tauri::command]
pub async fn get_special(host: Shared<'_>, request: SpecialRequest) -> Answer<SpecialView> {
    ask(host, move |host| host.get_special(&request)).await
}

#[tauri::command]
pub async fn reckon(host: Shared<'_>, request: ReckonRequest) -> Answer<Vec<HitView>> {
    ask(host, |host| host.reckon(request)).await
}

#[tauri::command]
pub async fn get_spread(host: Shared<'_>, request: SpreadRequest) -> Answer<Response> {
    ask_frame(host, |host| host.get_spread(request)).await
}
