//! The real window, under a display of its own, driven as a user would: the main job from a folder to a comparison, and
//! thousands of pictures.
//!
//! Needs the program built (`cargo build`), Xvfb and WebKitWebDriver, all of which `make test` sees to.

mod desk;
mod hands;
mod journey;
mod pictures;
