//! Commands about what is kept; places are chosen in the system's dialogues and stay on this side.

use embedscope_api::wire::{CheckView, ErrorView, ExportRequest, Items, KeepingView, MendView, RunView, Shown};
use embedscope_api::{Host, wire::ErrorCode};
use tauri::WebviewWindow;
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::oneshot;

use super::{Answer, Shared, ask};

#[tauri::command]
pub async fn get_keeping(host: Shared<'_>) -> Answer<KeepingView> {
    ask(host, Host::get_keeping).await
}

#[tauri::command]
pub async fn list_runs(host: Shared<'_>) -> Answer<Vec<RunView>> {
    ask(host, Host::list_runs).await
}

#[tauri::command]
pub async fn repeat_run(host: Shared<'_>, run: u32) -> Answer<u32> {
    ask(host, move |host| host.repeat_run(run)).await
}

#[tauri::command]
pub async fn start_check(host: Shared<'_>) -> Answer<u32> {
    ask(host, Host::start_check).await
}

#[tauri::command]
pub async fn get_check(host: Shared<'_>, job: u32) -> Answer<Option<CheckView>> {
    ask(host, move |host| host.get_check(job)).await
}

#[tauri::command]
pub async fn mend_workspace(host: Shared<'_>) -> Answer<MendView> {
    ask(host, Host::mend_workspace).await
}

#[tauri::command]
pub async fn start_compact(host: Shared<'_>) -> Answer<u32> {
    ask(host, Host::start_compact).await
}

#[tauri::command]
pub async fn forget_items(host: Shared<'_>, items: Items) -> Answer<u32> {
    ask(host, move |host| host.forget_items(&items.0)).await
}

#[tauri::command]
pub async fn forget_map(host: Shared<'_>, map: u32) -> Answer<()> {
    ask(host, move |host| host.forget_map(map)).await
}

#[tauri::command]
pub async fn forget_collection(host: Shared<'_>, collection: u32) -> Answer<u32> {
    ask(host, move |host| host.forget_collection(collection)).await
}

/// None where the dialogue was closed; else how many items were linked.
#[tauri::command]
pub async fn find_original(window: WebviewWindow, host: Shared<'_>, item: u32, folder: bool) -> Answer<Option<u32>> {
    let (give, take) = oneshot::channel();
    let dialog = window.dialog().file().set_parent(&window);
    match folder {
        true => dialog.pick_folder(move |chosen| drop(give.send(chosen))),
        false => dialog.pick_file(move |chosen| drop(give.send(chosen))),
    }
    match path_of(take.await) {
        None => Ok(None),
        Some(path) => ask(host, move |host| host.find_original(item, &path)).await.map(Some),
    }
}

/// None where the dialogue was closed; else the job.
#[tauri::command]
pub async fn start_export(window: WebviewWindow, host: Shared<'_>, request: ExportRequest) -> Answer<Option<u32>> {
    let (name, ending) = host.export_name(request.format)?;
    let (give, take) = oneshot::channel();
    let dialog = window.dialog().file().set_parent(&window);
    match ending {
        Some(ending) => {
            dialog.set_file_name(name).add_filter(ending, &[ending]).save_file(move |chosen| drop(give.send(chosen)))
        }
        None => dialog.pick_folder(move |chosen| drop(give.send(chosen))),
    }
    match path_of(take.await) {
        None => Ok(None),
        Some(path) => ask(host, move |host| host.start_export(&request, &path)).await.map(Some),
    }
}

/// None where the dialogue was closed; else the name of what was written.
#[tauri::command]
pub async fn write_diagnosis(window: WebviewWindow, host: Shared<'_>) -> Answer<Option<String>> {
    let (give, take) = oneshot::channel();
    let dialog = window.dialog().file().set_parent(&window).set_file_name("embedscope-diagnosis.json");
    dialog.add_filter("json", &["json"]).save_file(move |chosen| drop(give.send(chosen)));
    match path_of(take.await) {
        None => Ok(None),
        Some(path) => ask(host, move |host| host.write_diagnosis(&path)).await.map(Some),
    }
}

#[tauri::command]
pub async fn show_in_folder(host: Shared<'_>, shown: Shown) -> Answer<()> {
    ask(host, move |host| {
        opener::open(host.folder_of(shown)?).map_err(|_| ErrorView {
            code: ErrorCode::Failed,
            message: "The folder could not be shown".into(),
            hint: Some("This computer names no program that opens folders.".into()),
        })
    })
    .await
}

/// What was chosen in a dialogue, if anything.
pub(super) fn path_of(answer: Result<Option<FilePath>, oneshot::error::RecvError>) -> Option<std::path::PathBuf> {
    answer.ok().flatten()?.into_path().ok()
}
