//! A window of the same kind with nothing in it, which `make bench` opens to tell what a window costs by itself.
//!
//! Deliberately absent: everything.

fn main() -> anyhow::Result<()> {
    Ok(tauri::Builder::default().run(tauri::generate_context!("examples/empty/tauri.conf.json"))?)
}
