//! Commands about which workspace is open, and the program's settings.

use embedscope_api::Host;
use embedscope_api::wire::{ErrorCode, ErrorView, LookView, OpeningView, RecentView, ReleaseView, Theme};
use tauri::WebviewWindow;
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use super::kept::path_of;
use super::{Answer, Shared, ask};

/// None where the dialogue was closed.
#[tauri::command]
pub async fn open_workspace(window: WebviewWindow, host: Shared<'_>) -> Answer<Option<OpeningView>> {
    let (give, take) = oneshot::channel();
    window.dialog().file().set_parent(&window).pick_folder(move |chosen| drop(give.send(chosen)));
    match path_of(take.await) {
        None => Ok(None),
        Some(path) => ask(host, move |host| Ok(Some(host.open_workspace(&path)))).await,
    }
}

/// None where the dialogue was closed.
#[tauri::command]
pub async fn new_workspace(window: WebviewWindow, host: Shared<'_>) -> Answer<Option<OpeningView>> {
    let (give, take) = oneshot::channel();
    let dialog = window.dialog().file().set_parent(&window).set_file_name("untitled.embedscope");
    dialog.save_file(move |chosen| drop(give.send(chosen)));
    match path_of(take.await) {
        None => Ok(None),
        Some(path) => ask(host, move |host| Ok(Some(host.new_workspace(&path)))).await,
    }
}

#[tauri::command]
pub async fn open_recent(host: Shared<'_>, number: u32, read_only: bool) -> Answer<OpeningView> {
    ask(host, move |host| host.open_recent(number, read_only)).await
}

#[tauri::command]
pub async fn open_refused(host: Shared<'_>, read_only: bool) -> Answer<OpeningView> {
    ask(host, move |host| host.open_refused(read_only)).await
}

#[tauri::command]
pub async fn mend_refused(host: Shared<'_>) -> Answer<OpeningView> {
    ask(host, Host::mend_refused).await
}

#[tauri::command]
pub async fn forget_recent(host: Shared<'_>, number: u32) -> Answer<Vec<RecentView>> {
    ask(host, move |host| host.forget_recent(number)).await
}

#[tauri::command]
pub async fn set_theme(host: Shared<'_>, theme: Theme) -> Answer<()> {
    ask(host, move |host| host.set_theme(theme)).await
}

#[tauri::command]
pub async fn keep_look(host: Shared<'_>, look: LookView) -> Answer<()> {
    ask(host, move |host| host.keep_look(look)).await
}

#[tauri::command]
pub async fn set_zoom(window: WebviewWindow, host: Shared<'_>, zoom: u16) -> Answer<()> {
    show_at(&window, zoom);
    ask(host, move |host| host.set_zoom(zoom)).await
}

#[tauri::command]
pub async fn set_ask_for_releases(host: Shared<'_>, wanted: bool) -> Answer<()> {
    ask(host, move |host| host.set_ask_for_releases(wanted)).await
}

#[tauri::command]
pub async fn newer_version(host: Shared<'_>) -> Answer<Option<String>> {
    ask(host, |host| Ok(host.newer_version())).await
}

#[tauri::command]
pub async fn look_for_release(host: Shared<'_>) -> Answer<ReleaseView> {
    ask(host, Host::look_for_release).await
}

/// Opens the page of the newest release in the system's browser.
#[tauri::command]
pub async fn open_release(host: Shared<'_>) -> Answer<()> {
    ask(host, |host| {
        let page = host.releases_page();
        opener::open_browser(page).map_err(|_| ErrorView {
            code: ErrorCode::Failed,
            message: "The page of the new version could not be opened".into(),
            hint: Some(format!("It is at {page}.").into()),
        })
    })
    .await
}

/// Shows everything in the window at so many per cent of its size.
pub fn show_at(window: &WebviewWindow, zoom: u16) {
    if let Err(error) = window.set_zoom(f64::from(zoom) / 100.0) {
        tracing::debug!(%error, "the window keeps its size of letters");
    }
}
