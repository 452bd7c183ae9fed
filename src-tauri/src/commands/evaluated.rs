//! Commands that measure models by the workspace's own labels.

use embedscope_api::wire::{EvaluationRequest, EvaluationView};

use super::{Answer, Shared, ask};

#[tauri::command]
pub async fn start_evaluation(host: Shared<'_>, request: EvaluationRequest) -> Answer<u32> {
    ask(host, move |host| host.start_evaluation(request)).await
}

#[tauri::command]
pub async fn get_evaluations(host: Shared<'_>, job: u32) -> Answer<Vec<EvaluationView>> {
    ask(host, move |host| host.get_evaluations(job)).await
}
