//! Commands for models and providers.
//!
//! Deliberately absent: any logic.

use embedscope_api::wire::{AdviceView, FoundModelView, InspectionView, ProviderView, SendingView, WantedRequest};

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
pub async fn get_sending(host: Shared<'_>, model: String) -> Answer<Option<SendingView>> {
    ask(host, move |host| host.get_sending(&model)).await
}
