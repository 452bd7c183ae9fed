//! The system's own dialogues, which no driver of pages reaches: answered as a user would, by the keyboard.
//!
//! Deliberately absent: choosing a place; Enter takes what the dialogue offers, a name in the folder the program was
//! started in.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use x11rb::CURRENT_TIME;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MapState, Window};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use crate::desk::Desk;

const RETURN: u32 = 0xff0d;
const PATIENCE: Duration = Duration::from_secs(60);
/// So long after an Enter that did nothing another is pressed: it came before the dialogue listened.
const ONCE_MORE: Duration = Duration::from_secs(5);

impl Desk {
    /// Runs what opens a dialogue, takes what it offers, and waits until it is gone.
    pub async fn take_what_is_offered(&self, opens: impl Future<Output = Result<()>>) -> Result<()> {
        let (display, screen) = x11rb::connect(Some(&format!(":{}", self.display)))?;
        let root = display.setup().roots[screen].root;
        let key = keycode(&display, RETURN)?;
        let before = windows(&display, root)?;
        opens.await?;
        let began = Instant::now();
        let mut pressed: Option<Instant> = None;
        while began.elapsed() < PATIENCE {
            let all = windows(&display, root)?;
            match all.into_iter().rfind(|one| !before.contains(one)) {
                None if pressed.is_some() => return Ok(()),
                // On a busy machine a dialogue takes its time: a second Enter could reach the page behind it, and open another.
                Some(dialogue) if pressed.is_none_or(|at| at.elapsed() > ONCE_MORE) => {
                    // Without a window manager nobody else hands the keyboard over.
                    display.set_input_focus(InputFocus::PARENT, dialogue, CURRENT_TIME)?;
                    for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
                        display.xtest_fake_input(kind, key, CURRENT_TIME, x11rb::NONE, 0, 0, 0)?;
                    }
                    display.flush()?;
                    pressed = Some(Instant::now());
                }
                _ => {}
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the dialogue did not {}", if pressed.is_some() { "close" } else { "open" })
    }
}

/// The windows in sight that a user would take for one, lowest first.
fn windows(display: &RustConnection, root: Window) -> Result<Vec<Window>> {
    let mut seen = Vec::new();
    for window in display.query_tree(root)?.reply()?.children {
        let (Ok(facts), Ok(size)) =
            (display.get_window_attributes(window)?.reply(), display.get_geometry(window)?.reply())
        else {
            continue;
        };
        if facts.map_state == MapState::VIEWABLE && size.width > 100 && size.height > 100 {
            seen.push(window);
        }
    }
    Ok(seen)
}

fn keycode(display: &RustConnection, wanted: u32) -> Result<u8> {
    let (low, high) = (display.setup().min_keycode, display.setup().max_keycode);
    let known = display.get_keyboard_mapping(low, high - low + 1)?.reply()?;
    let each = usize::from(known.keysyms_per_keycode);
    let place = known.keysyms.chunks(each).position(|symbols| symbols.contains(&wanted));
    match place {
        Some(place) => Ok(low + u8::try_from(place).context("a keycode")?),
        None => bail!("this keyboard has no such key"),
    }
}
