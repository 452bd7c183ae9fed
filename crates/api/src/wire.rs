//! The words that cross the wire: small facts as JSON; TypeScript types are generated from here.
//!
//! Deliberately absent: paths, and numbers by the thousand (those travel as frames, see [`crate::frame`]).

mod app;
mod compare;
mod evaluation;
mod import;
mod item;
mod job;
mod keeping;
mod map;
mod models;

pub use app::*;
pub use compare::*;
pub use evaluation::*;
pub use import::*;
pub use item::*;
pub use job::*;
pub use keeping::*;
pub use map::*;
pub use models::*;
