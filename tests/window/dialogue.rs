//! The system's own dialogues, which no driver of pages reaches: answered as a user would, by the keyboard.
//!
//! Deliberately absent: choosing a place; Enter takes what the dialogue offers, a name in the folder the program was
//! started in.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::desk::Desk;
use crate::keyboard::{Keyboard, RETURN};

const PATIENCE: Duration = Duration::from_secs(60);
/// So long after an Enter that did nothing another is pressed: it came before the dialogue listened.
const ONCE_MORE: Duration = Duration::from_secs(5);

impl Desk {
    /// Runs what opens a dialogue, takes what it offers, and waits until it is gone.
    pub async fn take_what_is_offered(&self, opens: impl Future<Output = Result<()>>) -> Result<()> {
        let keyboard = Keyboard::of(self)?;
        let before = keyboard.windows()?;
        opens.await?;
        let began = Instant::now();
        let mut pressed: Option<Instant> = None;
        while began.elapsed() < PATIENCE {
            let all = keyboard.windows()?;
            match all.into_iter().rfind(|one| !before.contains(one)) {
                None if pressed.is_some() => return Ok(()),
                // On a busy machine a dialogue takes its time: a second Enter could reach the page behind it, and open another.
                Some(dialogue) if pressed.is_none_or(|at| at.elapsed() > ONCE_MORE) => {
                    keyboard.give_to(dialogue)?;
                    keyboard.press(RETURN)?;
                    pressed = Some(Instant::now());
                }
                _ => {}
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the dialogue did not {}", if pressed.is_some() { "close" } else { "open" })
    }
}
