//! The wire between the program and a window: requests, answers, errors and binary frames; never a path.
//!
//! [`Host`] has one plain function for each command of `ui/src/backend/backend.ts`, and tells its listener what happens
//! unasked. Deliberately absent: Tauri, and any computing of its own.

mod feed;
pub mod frame;
mod host;
mod say;
pub mod wire;

pub use feed::Outgoing;
pub use host::{Desk, Host};

pub use embedscope_engine::paper::Painted;
pub use embedscope_engine::{Places, log};
