//! Whether a newer version of the program has been published.

use embedscope_engine::{RELEASES_PAGE, Release, Releases};

use super::Host;
use crate::say;
use crate::wire::{ErrorView, ReleaseView};

impl Host {
    /// Keeps whether the newest release of the program is asked for.
    pub fn set_ask_for_releases(&self, ask: bool) -> Result<(), ErrorView> {
        self.settings.set_ask_for_releases(ask).map_err(say::error)
    }

    /// A newer version, looked for unasked: where that is switched on, and at most once a day. Failing is no news.
    pub fn newer_version(&self) -> Option<String> {
        match Releases::of_program().look_unasked(&self.settings) {
            Ok(Some(Release::Newer(version))) => Some(version),
            _ => None,
        }
    }

    /// Looks for a newer version because the user asks to.
    pub fn look_for_release(&self) -> Result<ReleaseView, ErrorView> {
        Ok(match Releases::of_program().look(&self.settings).map_err(say::error)? {
            Release::Newer(version) => ReleaseView::Newer { version },
            Release::Newest => ReleaseView::Newest,
            Release::Nothing => ReleaseView::Nothing,
        })
    }

    /// The address of the page that shows the newest release.
    pub fn releases_page(&self) -> &'static str {
        RELEASES_PAGE
    }
}
