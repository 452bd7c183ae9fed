//! The system's own menus, walked by the keyboard.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::desk::Desk;
use crate::keyboard::{DOWN, F10, Keyboard, RETURN, RIGHT};

const PATIENCE: Duration = Duration::from_secs(60);

impl Desk {
    /// Chooses an entry, counted from 0, of a menu, counted likewise; of an open menu none is chosen yet.
    pub async fn choose_in_menu(&self, menu: usize, entry: usize) -> Result<()> {
        let keyboard = Keyboard::of(self)?;
        let before = keyboard.windows()?;
        let is_open = || Ok(keyboard.windows()?.iter().any(|window| !before.contains(window)));
        // Above the window there may be a hint of a button.
        keyboard.give_to(*before.first().context("no window is open")?)?;
        keyboard.press(F10)?;
        wait("the menu opens", &is_open).await?;
        for key in [RIGHT].repeat(menu).into_iter().chain([DOWN].repeat(entry + 1)).chain([RETURN]) {
            keyboard.press(key)?;
        }
        wait("the menu closes", || Ok(!is_open()?)).await
    }
}

async fn wait(what: &str, until: impl Fn() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    while !until()? {
        ensure!(began.elapsed() < PATIENCE, "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
