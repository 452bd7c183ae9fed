//! The real window, under a display of its own, driven as a user would: the sample folder from start to matrix.
//!
//! Needs the program built (`cargo build`), Xvfb and WebKitWebDriver, all of which `make test` sees to.

mod desk;
mod journey;
