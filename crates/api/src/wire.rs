//! The words that cross the wire: small facts as JSON; TypeScript types are generated from here.
//!
//! Deliberately absent: paths, and numbers by the thousand (those travel as frames, see [`crate::frame`]).

mod app;
mod clusters;
mod compare;
mod evaluation;
mod health;
mod import;
mod item;
mod items;
mod job;
mod keeping;
mod listing;
mod lists;
mod map;
mod meaning;
mod models;
mod said;
mod speed;

pub use app::*;
pub use clusters::*;
pub use compare::*;
pub use evaluation::*;
pub use health::*;
pub use import::*;
pub use item::*;
pub use items::*;
pub use job::*;
pub use keeping::*;
pub use listing::*;
pub use lists::*;
pub use map::*;
pub use meaning::*;
pub use models::*;
pub use said::*;
pub use speed::*;
