//! A process that holds one model for another program, on a graphics card where it is built for one, and ends with its use.
//!
//! Deliberately absent: logic of its own; what it does is `embedscope_models::serve`.

use std::io;

fn main() -> io::Result<()> {
    embedscope_models::serve()
}
