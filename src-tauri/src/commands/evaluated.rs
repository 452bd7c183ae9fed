//! Commands that measure models: by the workspace's labels, by what its user judges, on data of files, and by their speed.

use embedscope_api::wire::{AnswerRequest, EvaluationRequest, EvaluationView, MoveView, QuestionView, SpeedView};
use tauri::WebviewWindow;
use tauri_plugin_dialog::DialogExt;

use super::kept::path_of;
use super::{Answer, Shared, ask};

#[tauri::command]
pub async fn start_evaluation(host: Shared<'_>, request: EvaluationRequest) -> Answer<u32> {
    ask(host, move |host| host.start_evaluation(request)).await
}

#[tauri::command]
pub async fn start_test(
    window: WebviewWindow,
    host: Shared<'_>,
    task: String,
    models: Vec<String>,
    folder: bool,
) -> Answer<Option<u32>> {
    let (give, take) = tokio::sync::oneshot::channel();
    let dialog = window.dialog().file().set_parent(&window);
    match folder {
        true => dialog.pick_folder(move |chosen| drop(give.send(chosen))),
        false => dialog.pick_file(move |chosen| drop(give.send(chosen))),
    }
    let Some(data) = take.await.ok().flatten().and_then(|chosen| chosen.into_path().ok()) else { return Ok(None) };
    ask(host, move |host| host.start_test(&task, data, models)).await.map(Some)
}

#[tauri::command]
pub async fn start_bench(host: Shared<'_>, models: Vec<String>) -> Answer<u32> {
    ask(host, move |host| host.start_bench(models)).await
}

#[tauri::command]
pub async fn get_speeds(host: Shared<'_>, job: u32) -> Answer<Vec<SpeedView>> {
    ask(host, move |host| host.get_speeds(job)).await
}

#[tauri::command]
pub async fn get_evaluations(host: Shared<'_>, job: u32) -> Answer<Vec<EvaluationView>> {
    ask(host, move |host| host.get_evaluations(job)).await
}

/// None where the dialogue was closed; else the name of what was written.
#[tauri::command]
pub async fn write_evaluations(
    window: WebviewWindow,
    host: Shared<'_>,
    job: u32,
    ending: String,
) -> Answer<Option<String>> {
    let name = host.evaluation_name(job, &ending)?;
    let (give, take) = tokio::sync::oneshot::channel();
    let dialog = window.dialog().file().set_parent(&window).set_file_name(name);
    dialog.add_filter(&ending, &[&ending]).save_file(move |chosen| drop(give.send(chosen)));
    match path_of(take.await) {
        None => Ok(None),
        Some(path) => ask(host, move |host| host.write_evaluations(job, &ending, &path)).await.map(Some),
    }
}

#[tauri::command]
pub async fn next_question(host: Shared<'_>, sets: Vec<u32>) -> Answer<Option<QuestionView>> {
    ask(host, move |host| host.next_question(&sets)).await
}

#[tauri::command]
pub async fn answer_question(host: Shared<'_>, request: AnswerRequest) -> Answer<u32> {
    ask(host, move |host| host.answer_question(&request)).await
}

#[tauri::command]
pub async fn take_back_answer(host: Shared<'_>) -> Answer<u32> {
    ask(host, |host| host.take_back_answer()).await
}

#[tauri::command]
pub async fn count_judgements(host: Shared<'_>) -> Answer<u32> {
    ask(host, |host| host.count_judgements()).await
}

#[tauri::command]
pub async fn get_move(host: Shared<'_>, model: String) -> Answer<MoveView> {
    ask(host, move |host| host.get_move(&model)).await
}

#[tauri::command]
pub async fn use_set(host: Shared<'_>, set: u32) -> Answer<()> {
    ask(host, move |host| host.use_set(set)).await
}
