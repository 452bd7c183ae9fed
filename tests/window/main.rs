//! The real window, under a display of its own, driven as a user would: the main job from a folder to a comparison,
//! thousands of pictures, and everything that can be in the way.
//!
//! Needs the program built (`cargo build`), Xvfb and WebKitWebDriver, all of which `make test` sees to.

mod desk;
mod failures;
mod hands;
mod journey;
mod pictures;
