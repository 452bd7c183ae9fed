//! Finding clusters, and which of their layers is shown.

use embedscope_api::wire::ClusterRequest;

use super::{Answer, Shared, ask};

#[tauri::command]
pub async fn start_clustering(host: Shared<'_>, request: ClusterRequest) -> Answer<u32> {
    ask(host, |host| host.start_clustering(request)).await
}

#[tauri::command]
pub async fn show_layer(host: Shared<'_>, set: u32, layer: u32) -> Answer<()> {
    ask(host, move |host| host.show_layer(set, layer)).await
}
