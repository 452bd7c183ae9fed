//! Declares every command, so that each must be allowed by name in `capabilities/`.

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&[
        "connect",
        "open_files",
        "open_folder",
        "plan_sample",
        "plan_pasted_text",
        "plan_pasted_picture",
        "preview_import",
        "look_at_table",
        "start_import",
        "stop_watching",
        "start_embedding",
        "start_projection",
        "start_fetch",
        "cancel_job",
        "clear_workspace",
        "get_rows",
        "get_positions",
        "get_colours",
        "get_matrix",
        "get_overlap",
        "select_lasso",
        "get_item",
        "list_items",
        "get_neighbours",
        "search",
        "compare",
        "explain",
    ]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)).expect("the application's manifest");
}
