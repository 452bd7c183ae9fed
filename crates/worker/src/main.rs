//! A process that reads users' files for another one, and may die of what they hold: `embedscope-worker BYTES`, the most
//! memory it may take.
//!
//! Deliberately absent: logic of its own; what it does is `embedscope_sources::read::serve`. On Windows its memory has no
//! limit.

use std::io;

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, setrlimit};

fn main() -> io::Result<()> {
    #[cfg(unix)]
    {
        let memory = std::env::args().nth(1).and_then(|bytes| bytes.parse().ok());
        let memory = memory.ok_or_else(|| io::Error::other("how much memory may be taken was not said"))?;
        setrlimit(Resource::As, Rlimit { current: Some(memory), maximum: Some(memory) })?;
    }
    embedscope_sources::read::serve()
}
