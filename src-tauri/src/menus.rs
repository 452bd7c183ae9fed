//! The system's own menus, made of what the page says can be done; an entry that is chosen is told to the page.
//!
//! Deliberately absent: names and keys (the page has one table of them), and keys without Control or Command, which
//! would be taken from every field one types in.

use std::sync::Arc;

use embedscope_api::Host;
use embedscope_api::wire::{ErrorCode, ErrorView, Event, MenuView};
use tauri::menu::{Menu, MenuBuilder, MenuEvent, MenuItemBuilder, SubmenuBuilder};
use tauri::{AppHandle, Manager};

/// Shows these menus instead of those before.
#[tauri::command]
pub async fn set_menus(app: AppHandle, menus: Vec<MenuView>) -> Result<(), ErrorView> {
    made(&app, &menus).and_then(|menu| app.set_menu(menu)).map(drop).map_err(|problem| ErrorView {
        code: ErrorCode::Failed,
        message: format!("The menus could not be made: {problem}").into(),
        hint: Some("Everything can be found with Ctrl K as well.".into()),
    })
}

fn made(app: &AppHandle, menus: &[MenuView]) -> tauri::Result<Menu<tauri::Wry>> {
    let mut bar = MenuBuilder::new(app);
    #[cfg(target_os = "macos")]
    {
        // Its first menu is the program's, and without these entries fields know no clipboard.
        let own = SubmenuBuilder::new(app, "Embedscope").hide().hide_others().show_all().separator().quit().build()?;
        bar = bar.item(&own);
    }
    for MenuView { title, entries } in menus {
        let mut menu = SubmenuBuilder::new(app, title);
        for entry in entries {
            let mut item = MenuItemBuilder::with_id(&entry.action, entry.title.replace('&', "&&"));
            if let Some(key) = &entry.key {
                item = item.accelerator(accelerator(key));
            }
            menu = menu.item(&item.build(app)?);
        }
        #[cfg(target_os = "macos")]
        if title == "Edit" {
            menu = menu.separator().cut().copy().paste();
        }
        bar = bar.item(&menu.build()?);
    }
    bar.build()
}

/// "mod+shift+z" as the system writes it.
fn accelerator(key: &str) -> String {
    let parts = key.split('+').map(|part| match part {
        "mod" => "CmdOrCtrl".to_owned(),
        "shift" => "Shift".to_owned(),
        letter => letter.to_uppercase(),
    });
    parts.collect::<Vec<_>>().join("+")
}

/// Tells the page what was chosen.
pub fn on_menu_event(app: &AppHandle, event: MenuEvent) {
    let host = app.state::<Arc<Host>>();
    host.tell(Event::Chosen { action: event.id().as_ref().to_owned() });
}

#[cfg(test)]
mod tests {
    use super::accelerator;

    #[test]
    fn keys_are_written_as_the_system_reads_them() {
        assert_eq!(accelerator("mod+shift+z"), "CmdOrCtrl+Shift+Z");
        assert_eq!(accelerator("mod+k"), "CmdOrCtrl+K");
    }
}
