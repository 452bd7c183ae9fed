//! The commands a page may call, one line each; names and arguments are those of `ui/src/backend/backend.ts`.

mod clusters;
mod evaluated;
mod figured;
mod kept;
mod listed;
mod models;
mod opened;

use std::path::PathBuf;
use std::sync::Arc;

use embedscope_api::Host;
use embedscope_api::wire::{
    AppView, CompareRequest, ComparisonView, ErrorCode, ErrorView, Event, ExplainView, HitView, ImportRequest,
    ItemView, Items, LassoRequest, PlanView, PreviewRequest, PreviewView, ProjectRequest, SearchRequest, SearchView,
    SetHealthView, SteerRequest, TableView,
};
use tauri::ipc::{Channel, InvokeBody, InvokeResponseBody, Request, Response};
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FilePath};

use crate::{attention, feed, menus};

type Answer<T> = Result<T, ErrorView>;
type Shared<'a> = State<'a, Arc<Host>>;

/// Every command, for the builder.
pub fn all() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        connect,
        open_files,
        open_folder,
        plan_sample,
        stop_looking,
        plan_pasted_text,
        plan_pasted_picture,
        preview_import,
        look_at_table,
        start_import,
        stop_watching,
        start_embedding,
        start_projection,
        start_fetch,
        cancel_job,
        pause_job,
        steer_map,
        settle_map,
        go_on_with_map,
        layout_drawn,
        clear_workspace,
        get_rows,
        get_positions,
        get_colours,
        get_matrix,
        get_overlap,
        get_difference,
        select_lasso,
        get_item,
        list_items,
        get_neighbours,
        get_health,
        get_memory,
        search,
        compare,
        evaluated::start_evaluation,
        evaluated::get_evaluations,
        evaluated::write_evaluations,
        evaluated::start_bench,
        evaluated::get_speeds,
        evaluated::start_test,
        evaluated::next_question,
        evaluated::answer_question,
        evaluated::take_back_answer,
        evaluated::count_judgements,
        evaluated::get_move,
        evaluated::use_set,
        explain,
        figured::write_figure,
        figured::copy_figure,
        figured::copy_items,
        figured::open_source,
        menus::set_menus,
        attention::set_notices,
        kept::get_keeping,
        kept::list_runs,
        kept::repeat_run,
        kept::start_check,
        kept::get_check,
        kept::mend_workspace,
        kept::start_compact,
        kept::forget_items,
        kept::forget_collection,
        kept::forget_map,
        kept::find_original,
        kept::start_export,
        kept::write_diagnosis,
        kept::show_in_folder,
        models::search_hub,
        models::inspect_model,
        models::recommend_models,
        models::remove_model,
        models::add_model_folder,
        models::unload_model,
        models::start_combining,
        clusters::start_clustering,
        clusters::show_layer,
        models::list_providers,
        models::allow_provider,
        models::keep_key,
        models::get_hub,
        models::set_mirror,
        models::keep_token,
        models::get_sending,
        listed::get_listing,
        listed::save_selection,
        listed::rename_selection,
        listed::forget_selection,
        listed::get_selection,
        listed::get_tagged,
        listed::set_tag,
        listed::grow_selection,
        listed::get_special,
        listed::reckon,
        listed::get_spread,
        opened::open_workspace,
        opened::new_workspace,
        opened::open_recent,
        opened::open_refused,
        opened::mend_refused,
        opened::forget_recent,
        opened::set_theme,
        opened::set_zoom,
        opened::keep_look,
        opened::set_ask_for_releases,
        opened::newer_version,
        opened::look_for_release,
        opened::open_release,
    ]
}

/// Runs a command's body where it may take its time: neither the window's thread nor the runtime's waits for it.
async fn ask<T: Send + 'static>(host: Shared<'_>, body: impl FnOnce(&Host) -> Answer<T> + Send + 'static) -> Answer<T> {
    let host = host.inner().clone();
    tokio::task::spawn_blocking(move || body(&host)).await.unwrap_or_else(|_| {
        Err(ErrorView {
            code: ErrorCode::Failed,
            message: "The program made a mistake while answering".into(),
            hint: Some("Please try again; if it happens again, report what you did.".into()),
        })
    })
}

async fn ask_frame(host: Shared<'_>, body: impl FnOnce(&Host) -> Answer<Vec<u8>> + Send + 'static) -> Answer<Response> {
    ask(host, body).await.map(Response::new)
}

#[tauri::command]
async fn connect(
    app: AppHandle,
    window: WebviewWindow,
    host: Shared<'_>,
    events: Channel<Event>,
    frames: Channel<InvokeResponseBody>,
) -> Answer<AppView> {
    host.listen(feed::to_page(app, events, frames));
    let app = ask(host, |host| Ok(host.app())).await?;
    opened::show_at(&window, app.zoom);
    Ok(app)
}

#[tauri::command]
async fn open_files(window: WebviewWindow, host: Shared<'_>) -> Answer<Option<PlanView>> {
    let (give, take) = tokio::sync::oneshot::channel();
    window.dialog().file().set_parent(&window).pick_files(move |files| drop(give.send(files)));
    plan_chosen(host, take.await.ok().flatten()).await
}

#[tauri::command]
async fn open_folder(window: WebviewWindow, host: Shared<'_>) -> Answer<Option<PlanView>> {
    let (give, take) = tokio::sync::oneshot::channel();
    window.dialog().file().set_parent(&window).pick_folders(move |folders| drop(give.send(folders)));
    plan_chosen(host, take.await.ok().flatten()).await
}

async fn plan_chosen(host: Shared<'_>, chosen: Option<Vec<FilePath>>) -> Answer<Option<PlanView>> {
    let paths: Vec<PathBuf> = chosen.unwrap_or_default().into_iter().filter_map(|path| path.into_path().ok()).collect();
    match paths.is_empty() {
        true => Ok(None),
        false => ask(host, move |host| host.plan_paths(&paths)).await.map(Some),
    }
}

#[tauri::command]
async fn plan_sample(host: Shared<'_>) -> Answer<PlanView> {
    ask(host, Host::plan_sample).await
}

#[tauri::command]
fn stop_looking(host: Shared<'_>) {
    host.stop_looking();
}

#[tauri::command]
async fn plan_pasted_text(host: Shared<'_>, text: String) -> Answer<PlanView> {
    ask(host, move |host| host.plan_pasted_text(&text)).await
}

#[tauri::command]
async fn plan_pasted_picture(host: Shared<'_>, request: Request<'_>) -> Answer<PlanView> {
    let InvokeBody::Raw(bytes) = request.body().clone() else {
        return Err(ErrorView { code: ErrorCode::BadRequest, message: "A picture comes as bytes".into(), hint: None });
    };
    ask(host, move |host| host.plan_pasted_picture(&bytes)).await
}

#[tauri::command]
async fn preview_import(host: Shared<'_>, request: PreviewRequest) -> Answer<PreviewView> {
    ask(host, |host| host.preview_import(request)).await
}

#[tauri::command]
async fn look_at_table(host: Shared<'_>, plan: u32, name: String, table: String) -> Answer<TableView> {
    ask(host, move |host| host.look_at_table(plan, &name, &table)).await
}

#[tauri::command]
async fn start_import(host: Shared<'_>, request: ImportRequest) -> Answer<u32> {
    ask(host, |host| host.start_import(request)).await
}

#[tauri::command]
async fn stop_watching(host: Shared<'_>, id: u32) -> Answer<()> {
    ask(host, move |host| host.stop_watching(id)).await
}

#[tauri::command]
async fn start_embedding(host: Shared<'_>, model: String) -> Answer<u32> {
    ask(host, move |host| host.start_embedding(&model)).await
}

#[tauri::command]
async fn start_projection(host: Shared<'_>, request: ProjectRequest) -> Answer<u32> {
    ask(host, |host| host.start_projection(request)).await
}

#[tauri::command]
async fn start_fetch(host: Shared<'_>, model: String) -> Answer<u32> {
    ask(host, move |host| host.start_fetch(&model)).await
}

#[tauri::command]
async fn cancel_job(host: Shared<'_>, job: u32) -> Answer<()> {
    ask(host, move |host| host.cancel_job(job)).await
}

#[tauri::command]
async fn pause_job(host: Shared<'_>, job: u32, paused: bool) -> Answer<()> {
    ask(host, move |host| host.pause_job(job, paused)).await
}

#[tauri::command]
async fn steer_map(host: Shared<'_>, request: SteerRequest) -> Answer<()> {
    ask(host, move |host| host.steer_map(&request)).await
}

#[tauri::command]
async fn settle_map(host: Shared<'_>, map: u32) -> Answer<()> {
    ask(host, move |host| host.settle_map(map)).await
}

#[tauri::command]
async fn go_on_with_map(host: Shared<'_>, map: u32, steps: Option<u32>) -> Answer<u32> {
    ask(host, move |host| host.go_on_with_map(map, steps)).await
}

#[tauri::command]
async fn layout_drawn(host: Shared<'_>, map: u32) -> Answer<()> {
    ask(host, move |host| host.layout_drawn(map)).await
}

#[tauri::command]
async fn clear_workspace(host: Shared<'_>) -> Answer<()> {
    ask(host, Host::clear_workspace).await
}

#[tauri::command]
async fn get_rows(host: Shared<'_>, set: u32) -> Answer<Response> {
    ask_frame(host, move |host| host.get_rows(set)).await
}

#[tauri::command]
async fn get_positions(host: Shared<'_>, map: u32, aligned_to: Option<u32>) -> Answer<Response> {
    ask_frame(host, move |host| host.get_positions(map, aligned_to)).await
}

#[tauri::command]
async fn get_colours(host: Shared<'_>, set: u32, by: String) -> Answer<Response> {
    ask_frame(host, move |host| host.get_colours(set, &by)).await
}

#[tauri::command]
async fn get_matrix(host: Shared<'_>, set: u32, items: Option<Items>, limit: u32) -> Answer<Response> {
    ask_frame(host, move |host| host.get_matrix(set, items.as_ref().map(|items| &items.0[..]), limit)).await
}

#[tauri::command]
async fn get_difference(host: Shared<'_>, a: u32, b: u32, items: Option<Items>, limit: u32) -> Answer<Response> {
    ask_frame(host, move |host| host.get_difference(a, b, items.as_ref().map(|items| &items.0[..]), limit)).await
}

#[tauri::command]
async fn get_overlap(host: Shared<'_>, request: CompareRequest) -> Answer<Response> {
    ask_frame(host, move |host| host.get_overlap(&request)).await
}

#[tauri::command]
async fn select_lasso(host: Shared<'_>, request: LassoRequest) -> Answer<Response> {
    ask_frame(host, move |host| host.select_lasso(&request)).await
}

#[tauri::command]
async fn get_item(host: Shared<'_>, item: u32) -> Answer<ItemView> {
    ask(host, move |host| host.get_item(item)).await
}

#[tauri::command]
async fn list_items(host: Shared<'_>, items: Items) -> Answer<Vec<ItemView>> {
    ask(host, move |host| host.list_items(&items.0)).await
}

#[tauri::command]
async fn get_neighbours(host: Shared<'_>, set: u32, item: u32, k: u32) -> Answer<Vec<HitView>> {
    ask(host, move |host| host.get_neighbours(set, item, k)).await
}

#[tauri::command]
async fn get_memory(host: Shared<'_>) -> Answer<Option<f64>> {
    ask(host, |host| Ok(host.get_memory())).await
}

#[tauri::command]
async fn get_health(host: Shared<'_>, set: u32) -> Answer<SetHealthView> {
    ask(host, move |host| host.get_health(set)).await
}

#[tauri::command]
async fn search(host: Shared<'_>, request: SearchRequest) -> Answer<SearchView> {
    ask(host, move |host| host.search(&request)).await
}

#[tauri::command]
async fn compare(host: Shared<'_>, request: CompareRequest) -> Answer<ComparisonView> {
    ask(host, move |host| host.compare(&request)).await
}

#[tauri::command]
async fn explain(host: Shared<'_>, text: String, model: String) -> Answer<ExplainView> {
    ask(host, move |host| host.explain(&text, &model)).await
}
