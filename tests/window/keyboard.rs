//! The system's own keyboard, for what no driver of pages reaches: dialogues and menus.
//!
//! Deliberately absent: the keys of the page, which the driver presses (`hands`).

use anyhow::{Context, Result, bail};
use x11rb::CURRENT_TIME;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MapState, Window};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use crate::desk::Desk;

pub const RETURN: u32 = 0xff0d;
pub const RIGHT: u32 = 0xff53;
pub const DOWN: u32 = 0xff54;
pub const F10: u32 = 0xffc7;

/// The keyboard of a desk's display.
pub struct Keyboard {
    display: RustConnection,
    root: Window,
}

impl Keyboard {
    pub fn of(desk: &Desk) -> Result<Self> {
        let (display, screen) = x11rb::connect(Some(&format!(":{}", desk.display)))?;
        let root = display.setup().roots[screen].root;
        Ok(Self { display, root })
    }

    /// The windows in sight that a user would take for one, lowest first.
    pub fn windows(&self) -> Result<Vec<Window>> {
        let mut seen = Vec::new();
        for window in self.display.query_tree(self.root)?.reply()?.children {
            let (Ok(facts), Ok(size)) =
                (self.display.get_window_attributes(window)?.reply(), self.display.get_geometry(window)?.reply())
            else {
                continue;
            };
            if facts.map_state == MapState::VIEWABLE && size.width > 100 && size.height > 100 {
                seen.push(window);
            }
        }
        Ok(seen)
    }

    /// Hands the keyboard over to a window; without a window manager nobody else does.
    pub fn give_to(&self, window: Window) -> Result<()> {
        self.display.set_input_focus(InputFocus::PARENT, window, CURRENT_TIME)?;
        Ok(self.display.flush()?)
    }

    /// Presses a key, named by its symbol.
    pub fn press(&self, symbol: u32) -> Result<()> {
        let key = self.keycode(symbol)?;
        for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
            self.display.xtest_fake_input(kind, key, CURRENT_TIME, x11rb::NONE, 0, 0, 0)?;
        }
        Ok(self.display.flush()?)
    }

    fn keycode(&self, wanted: u32) -> Result<u8> {
        let (low, high) = (self.display.setup().min_keycode, self.display.setup().max_keycode);
        let known = self.display.get_keyboard_mapping(low, high - low + 1)?.reply()?;
        let each = usize::from(known.keysyms_per_keycode);
        let place = known.keysyms.chunks(each).position(|symbols| symbols.contains(&wanted));
        match place {
            Some(place) => Ok(low + u8::try_from(place).context("a keycode")?),
            None => bail!("this keyboard has no such key"),
        }
    }
}
