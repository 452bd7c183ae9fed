//! The desktop shell: puts the engine, the wire and the window together.
//!
//! Deliberately absent: any logic; commands are one line each, their bodies are `embedscope-api`'s.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod attention;
mod clipboard;
mod commands;
mod drops;
mod feed;
mod menus;
mod thumbnails;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use attention::Attention;
use clipboard::Clipboard;
use embedscope_api::{Desk, Host, Places, log};
use tauri::Manager;
use tauri::path::BaseDirectory;

fn main() -> anyhow::Result<()> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .register_asynchronous_uri_scheme_protocol("thumb", thumbnails::answer)
        .invoke_handler(commands::all())
        .on_window_event(drops::on_window_event)
        .on_menu_event(menus::on_menu_event)
        .manage(Attention::default())
        .manage(Arc::new(Clipboard::default()))
        .setup(move |app| {
            let places = Places::of_user();
            // Without a log the program works as well.
            if let Err(problem) = log::to_folder(&places.logs) {
                eprintln!("nothing is logged: {problem}");
            }
            let sample = app.path().resolve("samples", BaseDirectory::Resource).ok().filter(|path| path.is_dir());
            let home = app.path().app_data_dir()?.join("workspace");
            let host = Arc::new(Host::new(Desk { home, sample, places }));
            app.manage(host.clone());
            drops::take(host, paths);
            Ok(())
        })
        .run(tauri::generate_context!())
        .context("the window could not be opened")
}
