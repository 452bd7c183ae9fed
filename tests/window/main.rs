//! The real window, under a display of its own, driven as a user would: the main job from a folder to a comparison, a
//! hundred thousand points, thousands of pictures, and everything that can be in the way.
//!
//! Needs the program built (`cargo build`), Xvfb and WebKitWebDriver, all of which `make test` sees to.

mod crowd;
mod desk;
mod dialogue;
mod failures;
mod hands;
mod journey;
mod keyboard;
mod menus;
mod pictures;
