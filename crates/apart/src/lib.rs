//! Processes that are spoken to over their input and output, and the frames in which ours speak.
//!
//! Deliberately absent: what is said, and how long anybody waits for an answer.

mod frame;
mod process;

pub use frame::{decode, next, receive, send};
pub use process::{Life, Process, beside_this_program};
