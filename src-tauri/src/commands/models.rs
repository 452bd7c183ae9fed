//! Commands for models and providers.
//!
//! Deliberately absent: any logic.

use embedscope_api::Host;
use embedscope_api::wire::{
    AdviceView, CombineRequest, FoundModelView, HubView, InspectionView, ProviderView, SendingView, WantedRequest,
};
use tauri::WebviewWindow;
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use super::kept::path_of;
use super::{Answer, Shared, ask};

#[tauri::command]
pub async fn search_hub(host: Shared<'_>, words: String) -> Answer<Vec<FoundModelView>> {
    ask(host, move |host| host.search_hub(&words)).await
}

#[tauri::command]
pub async fn inspect_model(host: Shared<'_>, model: String) -> Answer<InspectionView> {
    ask(host, move |host| host.inspect_model(&model)).await
}

#[tauri::command]
pub async fn recommend_models(host: Shared<'_>, request: WantedRequest) -> Answer<Vec<AdviceView>> {
    ask(host, |host| host.recommend_models(request)).await
}

#[tauri::command]
pub async fn remove_model(host: Shared<'_>, model: String) -> Answer<f64> {
    ask(host, move |host| host.remove_model(&model)).await
}

/// None where the dialogue was closed.
#[tauri::command]
pub async fn add_model_folder(window: WebviewWindow, host: Shared<'_>) -> Answer<Option<String>> {
    let (give, take) = oneshot::channel();
    window.dialog().file().set_parent(&window).pick_folder(move |chosen| drop(give.send(chosen)));
    match path_of(take.await) {
        None => Ok(None),
        Some(path) => ask(host, move |host| host.add_model_folder(&path)).await.map(Some),
    }
}

#[tauri::command]
pub async fn unload_model(host: Shared<'_>, model: String) -> Answer<()> {
    ask(host, move |host| host.unload_model(&model)).await
}

#[tauri::command]
pub async fn start_combining(host: Shared<'_>, request: CombineRequest) -> Answer<u32> {
    ask(host, |host| host.start_combining(request)).await
}

#[tauri::command]
pub async fn list_providers(host: Shared<'_>) -> Answer<Vec<ProviderView>> {
    ask(host, |host| host.list_providers()).await
}

#[tauri::command]
pub async fn allow_provider(host: Shared<'_>, name: String, allowed: bool) -> Answer<Vec<ProviderView>> {
    ask(host, move |host| host.allow_provider(&name, allowed)).await
}

#[tauri::command]
pub async fn keep_key(host: Shared<'_>, name: String, key: Option<String>) -> Answer<Vec<ProviderView>> {
    ask(host, move |host| host.keep_key(&name, key.as_deref())).await
}

#[tauri::command]
pub async fn get_hub(host: Shared<'_>) -> Answer<HubView> {
    ask(host, Host::get_hub).await
}

#[tauri::command]
pub async fn set_mirror(host: Shared<'_>, mirror: Option<String>) -> Answer<HubView> {
    ask(host, move |host| host.set_mirror(mirror.as_deref())).await
}

#[tauri::command]
pub async fn keep_token(host: Shared<'_>, token: Option<String>) -> Answer<HubView> {
    ask(host, move |host| host.keep_token(token.as_deref())).await
}

#[tauri::command]
pub async fn get_sending(host: Shared<'_>, model: String) -> Answer<Option<SendingView>> {
    ask(host, move |host| host.get_sending(&model)).await
}
