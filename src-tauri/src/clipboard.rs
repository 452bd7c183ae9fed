//! The system's clipboard. Deliberately absent: reading it; what is pasted comes through the page.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use arboard::ImageData;
use embedscope_api::Painted;
use embedscope_api::wire::{ErrorCode, ErrorView};

/// Kept while the program runs: on some systems what was copied is gone with who copied it.
#[derive(Default)]
pub struct Clipboard(Mutex<Option<arboard::Clipboard>>);

impl Clipboard {
    /// Puts text on it.
    pub fn put_text(&self, text: String) -> Result<(), ErrorView> {
        self.with(|clipboard| clipboard.set_text(text))
    }

    /// Puts a picture on it.
    pub fn put_picture(&self, Painted { width, height, rgba }: Painted) -> Result<(), ErrorView> {
        let picture = ImageData { width: width as usize, height: height as usize, bytes: Cow::Owned(rgba) };
        self.with(|clipboard| clipboard.set_image(picture))
    }

    fn with(&self, put: impl FnOnce(&mut arboard::Clipboard) -> Result<(), arboard::Error>) -> Result<(), ErrorView> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = match held.take() {
            Some(clipboard) => Ok(clipboard),
            None => arboard::Clipboard::new(),
        };
        let put = opened.and_then(|clipboard| put(held.insert(clipboard)));
        put.map_err(|problem| ErrorView {
            code: ErrorCode::Failed,
            message: format!("Nothing could be put on the clipboard: {problem}").into(),
            hint: Some("Export it to a file instead.".into()),
        })
    }
}
