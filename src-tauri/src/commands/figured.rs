//! Commands about figures, the clipboard, and originals.

use std::sync::Arc;

use embedscope_api::wire::{CopyAs, ErrorCode, ErrorView, Items};
use tauri::ipc::{InvokeBody, Request};
use tauri::{State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use super::kept::path_of;
use super::{Answer, Shared, ask};
use crate::clipboard::Clipboard;

/// A figure the page drew: its SVG as bytes, what is wanted of it in headers.
struct Figure {
    svg: String,
    format: &'static str,
    scale: f32,
}

impl Figure {
    fn of(request: &Request<'_>) -> Answer<Self> {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let InvokeBody::Raw(bytes) = request.body() else { return Err(wrong()) };
        let svg = String::from_utf8(bytes.clone()).map_err(|_| wrong())?;
        let scale = header("scale").and_then(|scale| scale.parse().ok()).ok_or_else(wrong)?;
        let format = match header("format") {
            Some("png") => "png",
            Some("svg") => "svg",
            _ => return Err(wrong()),
        };
        Ok(Self { svg, format, scale })
    }
}

fn wrong() -> ErrorView {
    ErrorView { code: ErrorCode::BadRequest, message: "A figure comes as the bytes of an SVG".into(), hint: None }
}

/// None where the dialogue was closed; else the name of what was written.
#[tauri::command]
pub async fn write_figure(window: WebviewWindow, host: Shared<'_>, request: Request<'_>) -> Answer<Option<String>> {
    let Figure { svg, format, scale } = Figure::of(&request)?;
    let (give, take) = oneshot::channel();
    let dialog = window.dialog().file().set_parent(&window).set_file_name(host.figure_name(format)?);
    dialog.add_filter(format, &[format]).save_file(move |chosen| drop(give.send(chosen)));
    match path_of(take.await) {
        None => Ok(None),
        Some(path) => ask(host, move |host| host.write_figure(&svg, format, scale, &path)).await.map(Some),
    }
}

#[tauri::command]
pub async fn copy_figure(host: Shared<'_>, clipboard: State<'_, Arc<Clipboard>>, request: Request<'_>) -> Answer<()> {
    let Figure { svg, scale, .. } = Figure::of(&request)?;
    let clipboard = clipboard.inner().clone();
    ask(host, move |host| clipboard.put_picture(host.paint_figure(&svg, scale)?)).await
}

#[tauri::command]
pub async fn copy_items(
    host: Shared<'_>,
    clipboard: State<'_, Arc<Clipboard>>,
    items: Items,
    copy_as: CopyAs,
) -> Answer<()> {
    let clipboard = clipboard.inner().clone();
    ask(host, move |host| clipboard.put_text(host.copied(&items.0, copy_as)?)).await
}

/// Opens the user's file an item came from, as the system opens such files.
#[tauri::command]
pub async fn open_source(host: Shared<'_>, item: u32) -> Answer<()> {
    ask(host, move |host| {
        opener::open(host.source(item)?).map_err(|_| ErrorView {
            code: ErrorCode::Failed,
            message: "The original could not be opened".into(),
            hint: Some("This computer names no program that opens such files.".into()),
        })
    })
    .await
}
